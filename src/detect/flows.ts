// Names whose texts a model is given further on: `HumanMessage(retry)`, `{ role: "user", content: question }`, `prompt=text`.

import type { Frame, Reading } from './reading.ts'

/** By name, the lines on which a model is given it. */
export type Flows = ReadonlyMap<string, readonly number[]>

const GIVEN =
  /^(?:(?:\w+_)?(?:system|user)_?(?:prompt|message|instruction)s?|\w*Prompt|prompt|instructions?|system|system_?instruction|developer_?message|preamble|content)$/i
/** Calls whose first argument is a message to a model. */
const MESSAGE =
  /(?:^|\.|::)(?:SystemMessage|HumanMessage|AIMessage|UserMessage|SystemChatMessage|UserChatMessage|ChatRequestSystemMessage|ChatRequestUserMessage|from_template|fromTemplate|AddSystemMessage|addSystemMessage|system_prompt|with_instructions|generate_content|generateContent|(?:llm|model|chat_model)\.a?invoke)$/
const IDENTIFIER = /^(?:self \. |this \. )?([A-Za-z_]\w*)(?: \. (?:format|strip|trim|replace)\b.*)?$/

export function flowsOf({ frames }: Reading): Flows {
  const flows = new Map<string, number[]>()
  const add = (text: string, line: number) => {
    const name = IDENTIFIER.exec(text.slice(0, MAX_TEXT))?.[1]
    if (name === undefined) return
    const lines = flows.get(name)
    if (lines) lines.push(line)
    else flows.set(name, [line])
  }
  for (const frame of frames) {
    if (MESSAGE.test(frame.callee) && /^[A-Za-z_]\w*$/.test(frame.first)) add(frame.first, frame.line)
    const given = frame.entries.filter(({ name }) => GIVEN.test(name))
    if (given.length === 0 || frame.open === '' || frame.owner !== '') continue
    const [hasRole, asks] = [[...frame.keys].some((key) => /^role$/i.test(key)), asksModel(frame)]
    for (const { name, text, line } of given) if (/^content$/i.test(name) ? hasRole : asks || hasRole) add(text, line)
  }
  return flows
}
const MAX_TEXT = 200

/** A call, or an object, with what goes to a model; content belongs to a role. */
export const asksModel = ({ keys }: Frame) =>
  [...keys].some((key) => /^(?:model\w*|messages|temperature|max_?tokens|tools)$/i.test(key))

/** A constant is given wherever in the file, a variable to what follows soon. */
export function isFlowing(flows: Flows, name: string, line: number): boolean {
  const lines = flows.get(name)
  if (lines === undefined || /^(?:answer|result|response|reply|output|content|text|chunk|error)$/i.test(name))
    return false
  return /^[A-Z][A-Z\d_]+$/.test(name) || lines.some((at) => at >= line && at <= line + MAX_AWAY)
}
const MAX_AWAY = 80
