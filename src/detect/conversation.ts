// Whether a text is what somebody says in a conversation with a model.

import type { Frame, Text } from './reading.ts'

/** `{ role: "system", content: "…" }`, `Map.of("role", "system", "content", "…")`, `("system", "…")` among messages. */
export function inConversation({ name, frame }: Text): boolean {
  if (isGeminiPart(name, frame) || (name === 'content' && frame.open === '(' && frame.first === 'role')) return true
  if (/^(content|parts|text)$/i.test(name)) return [frame, frame.parent, frame.parent?.parent].some(hasChatRole)
  if (frame.open !== '(') return false
  return (
    /^messages$/i.test(frame.name) ||
    (name === '' && (frame.callee === '' ? TUPLE_ROLE.test(frame.first) : ROLE_NAME.test(frame.first)))
  )
}
/** Gemini's `contents: [{ parts: [{ text: "…" }] }]`, where the role may be left out; one `content` is what is embedded, or of a page. */
const isGeminiPart = (name: string, { parent }: Frame) =>
  name === 'text' &&
  parent?.name === 'parts' &&
  CONTENTS.test(parent.parent?.name || (parent.parent?.parent?.name ?? ''))
const CONTENTS = /^(?:contents|system_?instruction)$/i
/** `("system", "…")` wherever it goes. */
const TUPLE_ROLE = /^(?:(?:system|human|user|ai|assistant|developer)|(?:Chat|Author|Message|ChatMessage)Role)$/
/** `new ChatMessage(ChatRole.System, "…")` */
const ROLE_NAME = /^(?:Chat|Author|Message|ChatMessage)Role$/

/** A role that is no word, or one of a conversation: people have roles, too, and so have parts of a page. */
function hasChatRole(frame: Frame | null | undefined): boolean {
  if (!frame?.keys.has('role') && !frame?.keys.has('Role')) return false
  const role = frame.entries.find(({ name }) => /^role$/i.test(name))?.text
  const word = role === undefined ? undefined : /^"([^"]*)"$/.exec(role)?.[1]
  return word === undefined || CHAT_ROLE.test(word)
}
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
