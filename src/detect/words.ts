// Names and sentences that tell a prompt from the other texts of a program.

/** `systemPrompt`, `SYSTEM_PROMPT`, `system-prompt` → system, prompt. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]{2,})([A-Z][a-z]{2})/g, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase())
}

const STRONG =
  /^(prompts?|instructions?|persona|preamble|rubric|fewshots?|guardrails?|systemprompt|sysprompt|backstory|userprompt|promptbase)$/
const WEAK =
  /^(templates?|system|messages?|content|contents|context|few|shots?|role|task|goal|query|question|guidelines?|rules|text|body|input|developer|examples?|criteria|prefix|suffix|lines|parts|sections?|rule|guidance|directives?|structure|reminder|nudge)$/
/** A name that ends so is about a prompt and not one. */
const ABOUT =
  /^(label|labels|title|titles|placeholder|placeholders|error|errors|id|ids|name|names|file|filename|filenames|files|path|paths|dir|url|urls|key|keys|version|tooltip|help|hint|button|class|classname|color|icon|type|types|tokens|token|cost|price|schema|log|warning|toast|header|headers|heading|tab|menu|category|kind|status|count|length|format|mode|default_file|caption|alert|notice|subtitle|desc|href|route|endpoint|hash|tag|tags|themes?|symbol|regex|patterns?|env|var|usage|summary|test|tests|ext|suffixes|dialog|modal|style|styles|columns?|table|command|cmd|flag|slug|author|event|events|toolbar|sql|models|prefixes|language|languages|provider|providers)$/

/** `suggestedPrompts`, `PROMPT_IDEAS`: what somebody who does not know what to ask is shown. */
const SUGGESTED = /^(?:suggested|starters?|quick|examples?|samples?|demo|popular|trending|featured|placeholder)$/
/** `installationInstructions`: what somebody has to do. */
const OF_PEOPLE = /^(?:install|installation|setup|build|usage|login|payment|shipping|delivery|cooking)$/
const IDEAS = /^(?:ideas?|suggestions?|starters?)$/

/** `HELP_MESSAGE`, `welcome_text`: words to whoever uses the program. */
const FOR_READERS =
  /^(?:help|usage|welcome|intro|outro|tutorial|onboarding|about|error|warning|toast|tooltip|log|placeholder|comment)$/
/** Texts in the languages of a program's users (`defaultMessage`: react-intl), and what a form says below its fields (Home Assistant). */
const TRANSLATIONS = /^(?:translations?|i18n|l10n|locales?|data_description|defaultMessage)$/i
/** A sentence as a key is what is shown, or stands for it: `"Use / to select prompts": "…"`. */
const MIN_SENTENCE_WORDS = 4
const isSentence = (name: string) => name.trim().split(/\s+/).length >= MIN_SENTENCE_WORDS

/**
 * `promptForCommand` asks for one, `getPromptForCommand` is what is said, `themes_for_prompts` are none: what comes behind says
 * what for, and of what.
 */
const BEHIND = /^(?:for|from|of|by)$/
function withoutPurpose(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => BEHIND.test(word))
  const head = words.slice(0, Math.max(0, at))
  const saysWhat = head.length > 1 ? head.some((word) => STRONG.test(word)) : ABOUT.test(head[0] ?? '')
  return saysWhat ? head : words
}

/** `getQuotaErrorMessage` */
const FAILURES = /^(?:errors?|exceptions?)$/

export type Carrier = 'strong' | 'weak' | 'about' | 'reader' | 'none'

/** What a name says of the text under it. */
export function carrierOf(name: string): Carrier {
  if (TRANSLATIONS.test(name)) return 'reader'
  if (isSentence(name)) return 'none'
  const words = withoutPurpose(wordsOf(name))
  const last = words.at(-1) ?? ''
  const strong = words.some((word) => STRONG.test(word)) || /prompt$/i.test(name)
  if (words.length === 1 && IDEAS.test(last)) return 'reader'
  if (last === 'instructions' && OF_PEOPLE.test(words.at(-2) ?? '')) return 'reader'
  if (words.length > 1 && SUGGESTED.test(words.at(-2) ?? '') && last === 'prompts') return 'reader'
  if (words.length > 1 && IDEAS.test(last) && /^prompts?$/.test(words.at(-2) ?? '')) return 'reader'
  if (!strong && words.length > 1 && FOR_READERS.test(words[0] ?? '')) return 'reader'
  if (/^(?:help|usage)$/.test(words[0] ?? '') && words.length === 2) return 'reader'
  if (strong) return (ABOUT.test(last) || last === 'query') && !STRONG.test(last) ? 'about' : 'strong'
  if (words.some((word, at) => word === 'system' && /^(message|msg|template|text)$/.test(words[at + 1] ?? '')))
    return 'strong'
  if (words.some((word, at) => word === 'few' && /^shots?$/.test(words[at + 1] ?? ''))) return 'strong'
  if (ABOUT.test(last) || words.some((word) => FAILURES.test(word))) return 'about'
  return words.some((word) => WEAK.test(word)) ? 'weak' : 'none'
}

const SIGNS: readonly (readonly [RegExp, number])[] = [
  [/(^|[.\n>:|]\s*)you(?: are|'re) (?:an?|the|my|our|acting|tasked|given|\{)/i, 4],
  [/(^|[.\n>:|]\s*)You are (?!Here|Welcome|About|Now|Not)[A-Z][\w-]+/, 4],
  [/(^|[.\n>:|]\s*)you will (?:be given|be provided|receive|act|help|analy[sz]e|write|generate|evaluate)/i, 4],
  [/(^|[.\n>:]\s*)As an? [\w -]{3,60}, (?:you|your)\b/i, 4],
  [
    /\bI want you to\b|\bI(?: will|'ll) (?:provide|give) you\b|\bassume the role of\b|\byour name is\b|\bimagine (?:that )?you are\b/i,
    3,
  ],
  [/\b(?:generate|provide|produce) (?:an? |the )?(?:list of |array of |valid |single )?json\b/i, 2],
  [
    /\byour (?:(?:last|previous|final|entire|own) )?(?:task|job|role|goal|objective|purpose|output|response|answer|reply) (?:is|must|should|will|did|only)\b/i,
    3,
  ],
  [/\b(?:du bist|tu es un|vous êtes un|eres un|usted es|você é um|sei un)/i, 4],
  [/(?:^|[.\n>:|]\s*)(?:ты|вы) [—–-] /i, 4],
  [
    /你是|您是|[请請](?:根[据據]|用|[将將]|你)|あなたは[^。\n]{1,60}(?:です|である|であり|として)|당신은[^.\n]{1,80}(?:입니다|로서)/,
    4,
  ],
  [/(?:出力|回答|返答|応答|要約|翻訳|抽出|分類|判定)してください|(?:답변|요약|번역|출력|추출|분류)해 ?주세요/, 3],
  [/してください|해 ?주세요|あなたは|당신은/, 2],
  [
    /(?:以下|次)の(?:テキスト|文章|会話|質問|内容|情報|形式|ルール|条件|手順|指示)|다음 (?:텍스트|문장|대화|질문|내용|정보|형식)/,
    1,
  ],
  [
    /\b(?:respond|reply|answer|output) (?:only|with|in|as|strictly|using|concisely|briefly|to the|the (?:question|user))/i,
    2,
  ],
  [
    /\b(?:only|just) (?:respond|reply|answer|output|return)\b|\bmake sure (?:that )?your (?:final )?(?:response|output|answer)\b/i,
    2,
  ],
  [
    /\bdo not (?:include|add|output|return|provide|write|use) (?:any (?:other|additional|extra|further|explanation|text|comment|markdown)|anything (?:else|other)|explanations?|markdown|code blocks?|quotes|preambles?)/i,
    2,
  ],
  [/\breturn (?:only|a json|json|the json|your|exactly|an? (?:json|list|array|object))/i, 1],
  [
    /\b(?:in|follow(?:ing)?|use|using) (?:the|this) (?:following |exact |same )?(?:format|style|structure|schema)\b/i,
    2,
  ],
  [/\b(?:valid|strict|raw) json\b|\bjson (?:object|array|format|schema)\b|\bno (?:markdown|preamble|explanation)/i, 2],
  [
    /\b(?:the following|given|provided|below) (?:text|context|question|document|conversation|content|code|information|data|article|email|transcript|message|user|query|json|chunk|passage)/i,
    2,
  ],
  [
    /^\s*(?:#+ .*\n+)?(?:summari[sz]e|translate|extract|classify|analy[sz]e|generate|rewrite|evaluate|identify|act as|given (?:the|a|an)|based on|based only|use the|answer the|imagine|write (?:a|an|the)|create (?:a|an)|describe|compare|determine|decide|convert|review|rate(?! limit)|score|grade|judge|rank|rephrase|paraphrase|condense|assess|respond|reply|return (?:a|an|the|only))\b(?! (?:failed|error|completed?|finished|succeeded)\b)/i,
    2,
  ],
  [
    /\b(?:do not|don't|never|always|must not|avoid|make sure to|be (?:concise|brief|kind|friendly|polite|specific|helpful)) /i,
    1,
  ],
  [/\byou (?:must|should|will|can|may|need to|have to|are (?:allowed|required|expected))\b/i, 1],
  [/\b(?:the|a) user(?:'s)?\b|\buser (?:question|query|input|message|request)\b/i, 1],
  [/\b(?:assistant|chatbot|ai model|language model|llm|expert in|helpful)\b/i, 1],
  [/\bstep[- ]by[- ]step\b|\bchain of thought\b|\bif you (?:don't|do not|cannot|can't|are not|are unsure)/i, 2],
  [
    /<\/?(?:instructions?|context|example|examples|rules|task|document|documents|output|input|thinking|question|answer)>/i,
    2,
  ],
  [/\{\{?\s*[\w.]*\s*\}?\}/, 1],
  [/\n\s*(?:#{1,4} |[-*] |\d+\. )[^\n]+\n/, 1],
]

/** How much a text reads like words to a model. Looks at its beginning and its end only when it is long. */
export function modelSpeech(text: string): number {
  const trimmed = text.trimStart()
  const seen = trimmed.length > 8_000 ? `${trimmed.slice(0, 6_000)}\n${trimmed.slice(-2_000)}` : trimmed
  const length = (seen.length > 200 ? 1 : 0) + (seen.length > 600 ? 1 : 0)
  const weights = SIGNS.filter(([sign]) => sign.test(seen)).map(([, weight]) => weight)
  const addressed = weights.some((weight) => weight >= 3) || weights.filter((weight) => weight === 2).length >= 2
  const sum = weights.reduce((total, weight) => total + weight, length)
  // Long instructions for people have lists and "do not", too: without words to a model they stay below what is needed.
  return addressed ? sum : Math.min(sum, 3)
}

/** SQL, markup, regular expressions, command usage, addresses, code: written for a machine, but not for a model. */
export function isMachineText(text: string): boolean {
  const start = text.trimStart().slice(0, 400)
  return (
    (/^SELECT\b/.test(start) && /\bFROM\b/.test(text.slice(0, 4_000))) ||
    /^(?:INSERT INTO|UPDATE \S+ SET|DELETE FROM|CREATE (?:TABLE|INDEX|UNIQUE|OR|VIEW|EXTENSION|TYPE)|ALTER TABLE|DROP (?:TABLE|INDEX)|WITH \w+ AS \(|PRAGMA |BEGIN;)/.test(
      start,
    ) ||
    /^<(?:!doctype|html|div|p|span|svg|table|head|body|style|script|section|ul|h[1-6]|a|b|form|button|\?xml)\b/i.test(
      start,
    ) ||
    /^(?:usage|synopsis):/i.test(start) ||
    /^(?:GET|POST|PUT|PATCH|DELETE|HEAD) (?:https?:|[/{])/.test(start) ||
    /^\$\{\{[^{}]*\}\}\s*$/.test(start) ||
    // Styles, scripts, and templates of pages with their bindings.
    /^(?:@import\b|@media\b|@keyframes\b|class:[\w-]+)/.test(start) ||
    isStyles(start) ||
    /^\((?:async )?(?:\(\w*\) ?=>|function\b)/.test(start) ||
    /^<[\w-]+\s[^>]*(?:\[\w+\]|\(\w+\)|\*ng\w+|v-\w+|className|:class)=/.test(start) ||
    // Settings: `model = "…"`, line after line.
    /^[\w.-]+ ?= ?["'{[\d][^\n]*\n\s*(?:[\w.-]+ ?= ?["'{[\d]|\[[\w.-]+\])/.test(start) ||
    /^(?:https?:\/\/|\.{0,2}\/|#!|import |from \S+ import |package |const |function |def |\^)/.test(start) ||
    /^(?:query|mutation|subscription|fragment)\b[^.]*\{/.test(start) ||
    isProgram(text)
  )
}

/** What a rule of styles begins with: a class, an id, or an element. Prose with `{label: string; …}` has neither. */
const SELECTOR =
  /^(?:[.#:][a-z][\w-]*|html|body|main|div|span|p|a|ul|ol|li|table|t[rdh]|thead|tbody|form|input|button|img|svg|section|header|footer|nav|h[1-6])(?=[\s.,:>#{])[\w\s.,:>#-]{0,80}\{\s*[a-z-]+\s*:\s*(?!(?:string|number|boolean|any|unknown|null)\b)[^;{}]*;/
const isStyles = (start: string) => SELECTOR.test(start)

/** A line of a program. */
const CODE_LINE =
  /^\s*(?:(?:def|class|import|from|return|const|let|var|function|async|await|export|public|private|try|except|finally|elif|else|raise|throw|yield|with|while|for|if)\b.*[:;{()}\w'"\]]|[\w.[\]'"]+ ?(?:[-+*/]?=|:=) ?\S.*|[\w.]+\(.*\)?;?|[{}()[\];,]+|@\w+.*|<\/?\w+[^>]*>)$/
const MIN_LINES = 5
/** Most of its lines are a program's. */
function isProgram(text: string): boolean {
  const lines = text
    .slice(0, 4_000)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.length >= MIN_LINES && lines.filter((line) => CODE_LINE.test(line)).length > lines.length * 0.8
}

/** Names, keys, paths, commands: nothing with a blank in it, in a script that has blanks. */
export const isNoSentence = (text: string) =>
  !/\S\s+\S/.test(text) && !/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{3}/.test(text)

/** Running text: some words with blanks between them, or a sentence of a script without blanks. */
export function wordCount(text: string): number {
  const head = text.slice(0, 4_000)
  const dense = denseSigns(head)
  return (head.match(/[\p{L}']{2,}(?=[\s.,;:!?)\]}"'–—-]|$)/gu)?.length ?? 0) + Math.floor(dense / 3)
}

/** Signs of scripts without blanks, each of which says as much as a few letters. */
export const denseSigns = (text: string) => text.match(/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/g)?.length ?? 0

/** A letter to somebody says "you", too; so does a question at a terminal. */
const GREETING = /^\s*(?:<[^>]+>\s*)*(?:hello|hi|hey|dear|hallo|bonjour|hola)\b[^.\n]{0,60}[,!]/i
const ASKS_READER =
  /^(?:[\s\p{So}\p{Sk}]|\uFE0F)*(?:please )?(?:enter|type|input|press|choose|select|pick)\b[^\n]{0,120}[:?>]\s*$|^\s*are you sure\b[^\n]{0,200}$|\b(?:continue|proceed|are you sure|overwrite it)\? *(?:[([][yn/ ]+[)\]])?:?\s*$|\?\s*[([]y(?:es)?\/no?[)\]]:?\s*$/iu

/** What has gone wrong is said to whoever runs the program. */
const FAILED = /^\s*(?:failed to|could not|unable to|invalid) /i
const MAX_FAILURE = 25
export const saysFailure = (text: string, words: number) => words < MAX_FAILURE && FAILED.test(text)
export const isLetter = (text: string) => GREETING.test(text)
export const asksReader = (text: string) => ASKS_READER.test(text)
