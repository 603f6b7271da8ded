// Which texts of a file are prompts: by the name that they stand under, by the call that they go into, and by what they say.

import { isOfAnswer } from './answer-schemas.ts'
import { isAsked, isCarrier, MODEL_CALLS } from './carriers.ts'
import { inConversation, isSpoken } from './conversation.ts'
import { isShot, shotLists } from './few-shot.ts'
import { type Flows, flowsOf, isFlowing } from './flows.ts'
import {
  isCallForPeople,
  isComment,
  isComponent,
  isForMachine,
  isLabel,
  isNameForPeople,
  isOfValidation,
  isShownBy,
  isSlackBlock,
  isSuggestion,
  tellsOfPrompt,
} from './for-people.ts'
import { atItsPlace } from './formatted.ts'
import { withInserted } from './inserted.ts'
import { isAddition, withPieces } from './joined.ts'
import { callsOf, type Frame, namesOf, type Reading, symbolOf, type Text } from './reading.ts'
import { describesTool, type FileKnown, isOfToolkit, isToolText, type ToolFacts, toolFacts } from './tool-texts.ts'
import {
  asksReader,
  carrierOf,
  isLetter,
  isMachineText,
  isNoSentence,
  modelSpeech,
  saysFailure,
  wordCount,
} from './words.ts'

/** A prompt in code or data: one value, in however many pieces it is written. */
export type FoundPrompt = {
  readonly symbol: string
  /** Function or class around it, to tell equal symbols apart. */
  readonly owner: string
  readonly pieces: readonly Pick<Text, 'value' | 'line' | 'holes' | 'inserted'>[]
  readonly line: number
}

/** Where texts stand: everything with words is a prompt in a prompt file's data, unless its name says otherwise. */
export type Surroundings = 'any' | 'prompt code' | 'prompts' | 'prompt data'

/** Names such as `content` are for what is shown in a page, and what starts with a capital makes a part of it. */
const PAGE = /\.(?:tsx|jsx|vue|svelte|astro|razor)$/i
const isPart = (name: string) => /^[A-Z][a-z]/.test(name)

export function findPrompts(
  reading: Reading,
  surroundings: Surroundings = 'any',
  path = '',
  known: FileKnown = {},
): readonly FoundPrompt[] {
  const facts = {
    surroundings,
    tools: toolFacts(reading, path, known),
    flows: flowsOf(reading),
    shown: PAGE.test(path),
    shots: shotLists(reading),
  }
  const values = valuesOf(reading)
  const pieces = withPieces(values, (texts) => {
    const [first] = texts
    return first !== undefined && isPrompt(texts, first, facts)
  })
  const found = withInserted(values, pieces)
  return found.flatMap((texts) => (texts[0] === undefined ? [] : [foundPrompt(texts, texts[0])]))
}

/** Every text that is a value, whether it reads like a prompt or not: for somebody who names one. */
export function findTexts(reading: Reading): readonly FoundPrompt[] {
  return valuesOf(reading).flatMap((texts) => (texts[0] === undefined ? [] : [foundPrompt(texts, texts[0])]))
}

const foundPrompt = (texts: readonly Text[], first: Text): FoundPrompt => ({
  symbol: symbolOf(first),
  owner: first.owner,
  pieces: texts,
  line: first.line,
})

function valuesOf(reading: Reading): readonly (readonly Text[])[] {
  const groups = new Map<number, Text[]>()
  for (const text of reading.texts) {
    if (text.use === 'key' || text.use === 'condition' || text.frame.tested) continue
    const group = groups.get(text.group)
    if (group) group.push(text)
    else groups.set(text.group, [text])
  }
  return [...groups.values()]
}

type FileFacts = {
  readonly surroundings: Surroundings
  readonly tools: ToolFacts
  readonly flows: Flows
  /** A page or a part of one. */
  readonly shown: boolean
  /** Lists of examples that a model is shown. */
  readonly shots: ReadonlySet<string>
}

function isPrompt(texts: readonly Text[], first: Text, facts: FileFacts): boolean {
  if (isShot(first, facts.shots)) return true
  const value = texts.map((text) => text.value).join(' ')
  if (value.length < 8 || isMachineText(value)) return false
  const words = wordCount(value)
  if (isTemplate(value, texts, first, facts.flows)) return true
  if (texts.every((text) => isNoSentence(text.value)) || areLabels(texts)) return false
  if (
    words < 2 ||
    asksReader(value) ||
    saysFailure(value, words) ||
    (isLetter(value) && carrierOf(namesOf(first)[0] ?? '') !== 'strong')
  )
    return false
  return modelSpeech(value) >= needed(first, words, facts)
}

/** `["API base:", "API key:"]` */
const areLabels = (texts: readonly Text[]) =>
  texts.length > 1 &&
  texts.every(({ value }) => isNoSentence(value) || (wordCount(value) <= 3 && value.trimEnd().endsWith(':')))

/** Few words around what is put in: `user_prompt = f"Topic: {topic}"`, `system_message = old + "\nOS: " + os`. */
const isTemplate = (value: string, texts: readonly Text[], first: Text, flows: Flows) =>
  (/(?:user|system|human)_?prompt$|^system_?message$/i.test(isReturned(first) ? first.owner : first.name) ||
    (first.name === 'prompt' && isFlowing(flows, first.name, first.line)) ||
    (BUILDS_PROMPT.test(first.owner) && isAddition(atItsPlace(first)))) &&
  !tellsOfPrompt(first.owner) &&
  ((HOLE.test(value) && /\p{L}/u.test(value.replaceAll(HOLES, ''))) || (texts.length > 1 && wordCount(value) > 1))

const HOLE = /[{}]|%[ds]/
const HOLES = /\{[^{}]*\}|%[dns]/g

/** How much a text must say for itself under its names and calls; Infinity when it cannot be a prompt. */
function needed(written: Text, words: number, { surroundings, tools, flows, shown }: FileFacts): number {
  const text = atItsPlace(written)
  if (text.use === 'docstring')
    return (isAskedByDoc(text, tools) || IS_TOLD.test(text.value)) && words >= 4
      ? 0
      : FOR_DEVELOPERS.test(text.value)
        ? Number.POSITIVE_INFINITY
        : 7
  const [names, calls] = [namesOf(text), callsOf(text)]
  const [name = ''] = names
  const [call = ''] = calls
  if (isOfSchema(names, call)) return Number.POSITIVE_INFINITY
  if (isOfValidation(text, call)) return Number.POSITIVE_INFINITY
  if (isToolText(text, tools)) return words >= 3 ? 0 : 2
  if (isAsked(text, calls)) return words >= 4 ? 0 : 2
  if (isCallForPeople(text, call)) return isWrittenInto(text, call) ? (words >= 4 ? 0 : 2) : 8
  // Ruby's `<<~PROMPT`
  if (carrierOf(text.tag ?? '') === 'strong') return words >= 4 ? 0 : 2
  const own = shown && isPart(name) ? 'none' : carrierOf(name)
  // `class Prompts: SUMMARY = "…"`: under prompts a word like "summary" says what the prompt is for.
  if (own === 'about' && isAmongPrompts(text, names) && !saysPrompt(name)) return words >= 4 ? 2 : 7
  if (names.slice(0, 3).some((one) => carrierOf(one) === 'reader')) return Number.POSITIVE_INFINITY
  if (own === 'about' || (isForMachine(names) && !calls.some(isCarrier))) return 7
  if (isLabel(names, text)) return 7
  if (isSuggestion(text.frame, names) && !IS_TOLD.test(text.value)) return Number.POSITIVE_INFINITY
  if (isDescribedAsPrompt(text, name)) return words >= 4 ? 0 : 2
  if (own === 'strong') return words >= 4 ? 0 : 2
  if (isSpoken(text, call)) return words >= 3 ? 0 : 2
  if (calls.some(isCarrier)) return words >= 3 ? 0 : 2
  if (inConversation(text)) return words >= 3 ? 0 : 2
  if (name !== '' && isFlowing(flows, name, text.line)) return words >= 4 ? 0 : 2
  // A constant or key that is called so and says a whole sentence.
  if (/^(?:SYSTEM|system)$/.test(name) && words >= 5 && SENTENCE.test(text.value)) return 0
  if (/^system$/i.test(name) && words >= 4) return 1
  if (isPartOfAgent(text.frame, name)) return words >= 3 ? 0 : 2
  if (isModelArgument(text.frame, name)) return words >= 3 ? 0 : 2
  if (isNameForPeople(name) || isComment(text.frame, name) || isSlackBlock(text.frame, name))
    return IS_TOLD.test(text.value) && words >= MIN_PERSONA ? 4 : 6
  if (surroundings === 'prompt data') return words >= 4 ? 0 : 2
  const around = names.slice(1).map((one) => (shown && isPart(one) ? 'none' : carrierOf(one)))
  const lift = surroundings === 'any' ? 0 : 1
  if (around[0] === 'strong') return words >= 4 ? 0 : 2
  if (around[1] === 'strong') return words >= 5 ? 1 : 3
  if (text.marks?.some((mark) => carrierOf(mark.split('.').at(-1) ?? '') === 'strong')) return words >= 4 ? 0 : 2
  if (
    carrierOf(text.owner) === 'strong' &&
    !isComponent(text.owner) &&
    !(shown && isPart(text.owner)) &&
    !tellsOfPrompt(text.owner)
  )
    return (isReturned(text) || (MAKES_PROMPT.test(text.owner) && isAddition(text))) && words >= 4
      ? 0
      : words >= 5
        ? 1
        : 3
  if (surroundings === 'prompts' && name !== '' && call === '' && isLong(text, words)) return 0
  if (isShownBy(text.owner)) return 6
  if (own === 'weak') return shown ? 5 : 3 - lift
  return shown ? 4 : 4 - lift
}

/** `json_schema_extra={"examples": […]}`, `Field(examples=[…])`: what the documentation of an API shows. */
const isOfSchema = (names: readonly string[], call: string) =>
  names.some((one) => /^examples?$/.test(one)) &&
  (/(?:^|\.)(?:Field|Body|Query|Param|Property)$/.test(call) ||
    names.some((one) => /^(?:json_)?schema_extra$|^openapi/i.test(one)))

/** `fmt.Fprintf(&prompt, "…")`, and into a builder where a prompt is made. */
const isWrittenInto = ({ frame, owner }: Text, call: string) =>
  /fprint(?:f|ln)?$/i.test(call) &&
  frame.callee === call &&
  (carrierOf(frame.first) === 'strong' ||
    (/^(?:b|sb|buf|buffer|builder)$/.test(frame.first) && MAKES_PROMPT.test(owner)))

/** `buildPrompt`, `systemPrompt`, `formatInstructions` */
const MAKES_PROMPT =
  /^(?:build|get|make|create|format|compose|generate|render|assemble|construct)\w{0,40}(?:prompt|instructions)|(?:system|user)_?(?:prompt|instructions)$/i

/** One prompt is put together, and nothing is told of several. */
const BUILDS_PROMPT = /^(?:build|make|create|compose|assemble|construct)\w{0,40}prompt$/i

/** What a function gives back, or its last statement says. */
const isReturned = ({ name, frame, owner }: Text) =>
  owner !== '' &&
  frame.callee === '' &&
  ((name === '' && (frame.owner !== '' || frame.open === '')) ||
    // An arm of a `switch`.
    (/^(?:default)?$/.test(name) && frame.open === '{' && frame.name === '' && frame.parent?.owner === owner))

/** Sections and code that documentation of a function has. */
const FOR_DEVELOPERS =
  /^\s*(?:Args|Arguments|Parameters|Returns|Raises|Examples?|Attributes):?\s*$|^\s*(?::param|>>>)|``?\w+[.(]|``[^`\n]+``/m

/** Nobody documents a function so, and few tell a user. */
const IS_TOLD = /^\s*You are (?:an?|the) /

const MIN_PERSONA = 12

const isAskedByDoc = (text: Text, { functions, answers }: ToolFacts) =>
  functions.has(text.owner) ||
  isOfAnswer(text, answers) ||
  isOfToolkit(text) ||
  (text.marks?.some((mark) => /(?:^|\.)BaseTool$/.test(mark)) ?? false) ||
  (text.marks?.some((mark) => ASKS_BY_DOC.test(mark) || describesTool(mark)) ?? false)

/** Classes and functions whose documentation is the prompt. */
const ASKS_BY_DOC = /(?:^|\.)(?:Signature|ai_fn|ai_model|ai_classifier|ell\.(?:simple|complex)|prompt_template)$/

/** A sentence, or a text of its own. */
const isLong = ({ value }: Text, words: number) => (words >= 8 && SENTENCE.test(value)) || words >= 40
const SENTENCE = /^\s*\p{Lu}[\s\S]*[.!?:}]\s*$/u

const saysPrompt = (name: string) => /prompt|instruction|persona|preamble/i.test(name)
const isAmongPrompts = ({ owner }: Text, names: readonly string[]) =>
  /^\w*(?:prompts|instructions)$/i.test(names[1] ?? owner) && !isComponent(owner)

/** `default:` of an input that is described as a prompt; the same for a setting's value, a form's field, a seed. */
function isDescribedAsPrompt({ frame }: Text, name: string): boolean {
  if (!/^(default|value|initial|content|body|default_?value|initial_?value|)$/i.test(name)) return false
  return frame.entries.some(
    ({ name: other, text }) =>
      /^(description|help|label|title|name|key|id|slug|deprecationMessage)$/i.test(other) &&
      text.length < 400 &&
      /\bprompts?\b|_prompt\b|\bsystem (?:message|instructions?)\b|\binstructions? (?:to|for) the (?:model|llm|ai|assistant)\b/i.test(
        text,
      ),
  )
}

/** An agent's role and goal stand beside its backstory, a task beside what is expected of it (CrewAI). */
const isPartOfAgent = ({ keys }: Frame, name: string) =>
  (keys.has('backstory') && /^(?:role|goal)$/.test(name)) ||
  (keys.has('expected_output') && /^(?:description|expected_output)$/.test(name))

/** `system`, `prompt`, `instructions`, `input` of a call or object that also names a model or is known to ask one. */
function isModelArgument(frame: Frame, name: string): boolean {
  const list = frame.parent
  // `system: [{ type: "text", text: "…" }]`, Go's `System: []anthropic.TextBlockParam{{Text: "…"}}`: the blocks of one argument.
  if (
    /^text$/i.test(name) &&
    list &&
    (list.open === '[' || BLOCKS.test(list.callee)) &&
    list.name !== '' &&
    list.parent
  )
    return isModelArgument(list.parent, list.name)
  if (
    !/^(system|prompt|instructions?|input|contents?|system_?instruction|developer|backstory|goal|preamble)$/i.test(name)
  )
    return false
  return (
    MODEL_CALLS.test(frame.callee) ||
    MODEL_CALLS.test(frame.parent?.callee ?? '') ||
    [...frame.keys].some((key) => /^(model|model_?name|model_?id|messages|temperature|max_?tokens|tools)$/i.test(key))
  )
}
const BLOCKS = /(?:^|\.)TextBlockParam$/
