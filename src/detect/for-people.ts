// Calls, names and places whose texts are for people or for a machine that is no model.

import type { Frame, Text } from './reading.ts'
import { wordsOf } from './words.ts'

const CALLS =
  /^Text$|(^|\.|::)(console|logger|log|logging|(?:debug|trace|audit|write|add)_?[lL]og|slog|syslog\w*|winston|toast|alert|confirm|print|printf|println|eprintln|puts|echo|warn|warning|error|Errorf|Error|fail|fatal|panic|assert\w*|expect|describe|it|test|t|i18n|gettext|_|add_argument|add_parser|ArgumentParser|option|argument|command|help|usage|desc|long_desc|banner|inquirer|input|question|select|Ask|ask|read|die|cat|debug|info|notice|track|capture\w*|HTTPException|abort|bail|anyhow|ensure|fprintf|Fprintf|Println|Printf|Fatalf|raise|throw|querySelector\w*|execute|sql|raw_sql|compile|RegExp|Regexp|markdown|caption|write|title|header|subheader|cn|clsx|cva|classNames|twMerge|tv|Render|Option|Argument|showInputBox|showQuickPick)[?!]?$|(^|\.)(?:questionary|inquirer|enquirer|prompts|clack)\.\w+$|(Error|Exception|Warning|Problem|Toast|Snackbar|Notification|Notice|Alert|Banner|Tooltip|Dialog)$/
/** Inputs of a page: what stands first is shown above them. */
const INPUTS =
  /(?:^|\.)(?:text_area|text_input|number_input|chat_input|selectbox|multiselect|checkbox|radio|slider|file_uploader|form_submit_button|download_button|expander|spinner)$/
const NAMES =
  /^(__all__|moduledoc|typedoc|help|label|title|placeholder|tooltip|description|message|error|errors|usage|summary|subtitle|epilog|heading|caption|alt|aria.*|className|doc|docs|note|notes|info|html|sql|css|comment|detail|details|reason|url|href|log|hint|headline|faq|answer|bio|excerpt|changelog|copy|cta|license|copyright)$/i

/** Scripts and commands. */
const MACHINE_NAMES =
  /^(run|script|scripts|command|commands|cmd|entrypoint|shell|exec|before_script|after_script|args)$/i

/** Parts of a page: their texts are for people. */
const COMPONENT =
  /^[A-Z]\w*(?:Input|Textarea|Button|Card|Form|Provider|List|Item|View|Page|Editor|Dialog|Menu|Panel|Modal|Area|Bar|Composer|Component)\w*$/

export const isCallForPeople = (text: Text, call: string) =>
  CALLS.test(call) || (INPUTS.test(call) && text.name === '' && text.frame.first === text.value) || isRaised(text, call)
/** `super().__init__("…")` of an exception. */
const isRaised = ({ owner, outer = '' }: Text, call: string) =>
  /(?:^|\.)(?:__init__|super)$/.test(call) && [owner, outer].some((name) => /(?:Error|Exception|Warning)$/.test(name))
export const isNameForPeople = (name: string) => NAMES.test(name)
export const isComponent = (owner: string) => COMPONENT.test(owner)

/** `"scripts": { "test:prompts": "…" }` */
export const isForMachine = (names: readonly string[]) => MACHINE_NAMES.test(names[0] ?? '') || names[1] === 'scripts'

/** Functions that do something with a prompt and say what they have done. */
export const tellsOfPrompt = (owner: string) =>
  /^(?:show|reset|print|log|delete|remove|list)$/.test(wordsOf(owner)[0] ?? '')

/** Functions that show something, or say what has gone wrong. */
export const isShownBy = (owner: string) => {
  const words = wordsOf(owner)
  return /^(?:show|draw|display|print)$/.test(words[0] ?? '') || words.some((word) => /^(?:errors?|usage)$/.test(word))
}

/** `with: { token: …, issue-number: …, body: "…" }`: what an action writes below an issue, or into a release. */
export const isComment = ({ keys }: Frame, name: string) =>
  name === 'body' &&
  [...keys].some((key) =>
    /^(?:(?:github-|repo-)?token|(?:issue-|pr-|pull-request-)?number|comment-id|labels?|assignees|tag_name|release_name|prerelease)$/.test(
      key,
    ),
  )

/** `z.string().min(1, "…")`, `yup.string().required("…")`: what somebody is told who fills in a form. */
export const isOfValidation = ({ name, frame }: Text, call: string) =>
  name === '' &&
  frame.callee === call &&
  VALIDATES.test(call) &&
  /(?:^|\s)(?:z|v|yup|Yup|joi|Joi)\.\w/.test(frame.chain)
const VALIDATES = /(?:^|\.)(?:min|max|length|nonempty|required|refine|matches|regex|email|url|uuid|test|oneOf|message)$/

/** `examples: [{ scenario: "…", prompt: "…" }]`: what somebody may ask, as a page offers it. */
export function isSuggestion({ keys }: Frame, [own = '', holder = '']: readonly string[]): boolean {
  const words = wordsOf(holder)
  if (!ASKED.test(own) || words.includes('shot') || words.includes('shots')) return false
  return words.some((word) => SUGGESTS.test(word)) && [...keys].some((key) => OFFERED.test(key))
}
const ASKED = /^(?:prompt|text|question|query|message|code)$/i
const SUGGESTS = /^(?:suggest\w*|starters?|examples?|samples?|ideas?)$/
const OFFERED = /^(?:title|subtitle|icon|emoji|scenario)$/i

/** `{ type: "mrkdwn", text: "…" }`: a block of Slack's. */
export const isSlackBlock = ({ entries }: Frame, name: string) =>
  name === 'text' && entries.some(({ name: key, text }) => key === 'type' && BLOCKS.test(text))
const BLOCKS = /^"(?:mrkdwn|plain_text)"$/

/**
 * `labels = { prompt: "…" }`, `TOOLTIPS = { instructions: "…" }`: what a page shows beside its fields. A label is also what a text is
 * classified as, and may have a prompt of its own.
 */
export const isLabel = ([, holder = '']: readonly string[], { value }: Text) =>
  SHOWN.test(wordsOf(holder).at(-1) ?? '') && !TO_A_MODEL.test(value)
const TO_A_MODEL = /\b(?:you are|you must|your (?:task|job|role)|answer|respond|reply)\b/i
const SHOWN = /^(?:labels?|tooltips?|placeholders?|captions?)$/
