// Whether a text is what somebody says in a conversation with a model.

import type { Frame, Text } from './reading.ts'
import { carrierOf } from './words.ts'

/**
 * `{ role: "system", content: "…" }`, `Map.of("role", "system", "content", "…")`, `("system", "…")` among messages, and
 * `new ChatMessage("system", "…")`.
 */
export function inConversation({ name, frame }: Text): boolean {
  if (isGeminiPart(name, frame) || (name === 'content' && frame.open === '(' && frame.first === 'role')) return true
  if (/^(content|parts|text)$/i.test(name)) return [frame, frame.parent, frame.parent?.parent].some(hasChatRole)
  if (frame.open !== '(') return false
  if (/^messages$/i.test(frame.name)) return name === '' || carrierOf(name) !== 'none'
  return name === '' && (frame.callee === '' ? TUPLE_ROLE.test(frame.first) : isMessage(frame))
}
/** Gemini's `contents: [{ parts: [{ text: "…" }] }]`, where the role may be left out; one `content` is what is embedded, or of a page. */
const isGeminiPart = (name: string, { parent }: Frame) =>
  name === 'text' &&
  parent?.name === 'parts' &&
  CONTENTS.test(parent.parent?.name || (parent.parent?.parent?.name ?? ''))
const CONTENTS = /^(?:contents|system_?instruction)$/i
/** `("system", "…")` wherever it goes. */
const TUPLE_ROLE = /^(?:(?:system|human|user|ai|assistant|developer)|(?:Chat|Author|Message|ChatMessage)Role)$/
/** `new ChatMessage(ChatRole.System, "…")`, `ChatMessage::new("user", "…")` */
const isMessage = ({ callee, first }: Frame) =>
  ROLE_NAME.test(first) || (MESSAGE_TYPE.test(callee) && TUPLE_ROLE.test(first))
const ROLE_NAME = /^(?:Chat|Author|Message|ChatMessage)Role$/
const MESSAGE_TYPE = /(?:^|\.|::)(?:[A-Z]\w*)?(?<!Error|Log|Toast|Status)Message(?:::new|\.new)?$/

/** A role that is no word, or one of a conversation: people have roles, too, and so have parts of a page. */
function hasChatRole(frame: Frame | null | undefined): boolean {
  // A variable of a function's body, or of the module, is no role of its texts.
  if (frame == null || frame.open === '' || frame.owner !== '') return false
  if (!frame.keys.has('role') && !frame.keys.has('Role')) return false
  const role = frame.entries.find(({ name }) => /^role$/i.test(name))?.text
  const word = role === undefined ? undefined : /^"([^"]*)"$/.exec(role)?.[1]
  if (word !== undefined && ANSWERS.test(word) && [...frame.keys].some((key) => SHOWN.test(key))) return false
  return word === undefined || CHAT_ROLE.test(word)
}
/** What a page keeps beside an answer that it shows: a greeting, one that is still to come. */
const ANSWERS = /^(?:assistant|model|ai|bot|agent)$/i
const SHOWN = /^(?:timestamp|created_?at|date|time|is_?(?:user|loading|streaming|typing)|avatar)$/i
const CHAT_ROLE = /^(?:system|user|assistant|developer|tool|function|model|human|ai|bot|agent|\{\}|)$/i

const SPEAKS = /(?:^|\.|::)(?:new_)?(?:system|user|assistant|developer)$/i
const MESSAGE = /(?:system|user|human|developer|assistant)_?(?:chat)?_?(?:message|prompt)/i
const SETS_PROMPT = /^(?:set|with|add|use|default|append)_?/i

/** `chat.prompt().system("…")`, `SystemMessageArgs::default().content("…")`, `chat.setSystemMessage("…")`. */
export function isSpoken({ frame, owner }: Text, call: string): boolean {
  if (frame.callee !== call) return false
  const chain = `${call} ${frame.chain} ${frame.parent?.chain ?? ''}`
  const last = call.split(/\.|::|->/).at(-1) ?? ''
  if (SPEAKS.test(last)) return /prompt|chat|message/i.test(chain) || /^(?:prompt|messages?|chat)$/i.test(owner)
  if (last === 'text' && SPEAKS.test(frame.parent?.callee ?? '')) return true
  return (MESSAGE.test(chain) && /^(?:content|text)$/.test(last)) || (SETS_PROMPT.test(last) && MESSAGE.test(last))
}
