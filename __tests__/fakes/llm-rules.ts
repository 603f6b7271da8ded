// What providers demand of requests beyond their published types, in the words of their refusals.

import type { Body } from './llm-answers.ts'

/** Others speak OpenAI's language with demands of their own; the model says who is asked. */
export function chatRule(body: Body): string | null {
  const model = String(body.model)
  if (/^deepseek-/.test(model)) return deepseek(body)
  return /^(?:mistral|ministral|magistral|codestral|devstral)-/.test(model) ? mistral(body) : null
}

function mistral({ messages }: Body): string | null {
  const ids = (messages as readonly Body[]).flatMap((message) => [
    message.tool_call_id,
    ...((message.tool_calls ?? []) as readonly Body[]).map((call) => call.id),
  ])
  const wrong = ids.find((id) => id !== undefined && !/^[a-zA-Z0-9]{9}$/.test(String(id)))
  if (wrong !== undefined) return `Tool call id was ${wrong} but must be a-z, A-Z, 0-9, with a length of 9.`
  return null
}

function deepseek({ response_format: format, messages }: Body): string | null {
  const type = (format as Body | null | undefined)?.type ?? 'text'
  if (type !== 'text' && type !== 'json_object') return 'This response_format type is unavailable now'
  if (type === 'json_object' && !/json/i.test(JSON.stringify(messages)))
    return "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'."
  return null
}

/** Of the turn that is going on, each step's first call needs its signature, which is base64. */
export function geminiRule({ contents }: Body, model: string | undefined): string | null {
  if (!/^gemini-(?:[3-9]|flash-latest$)/.test(model ?? '')) return null
  const turns = (contents as readonly Body[]).map(({ role, parts }) => ({ role, parts: parts as readonly Body[] }))
  const spoken = turns.findLastIndex(({ role, parts }) => role === 'user' && parts.some((part) => 'text' in part))
  const firsts = turns.slice(spoken + 1).map(({ parts }) => parts.find((part) => 'functionCall' in part))
  const unsigned = firsts.some((part) => part && !/^[\w+/-]+=*$/.test(String(part.thoughtSignature ?? '')))
  return unsigned ? 'Function call is missing a thought_signature in functionCall parts.' : null
}

/** Chat's nested form of a tool in a choice of allowed ones, which the published types leave open. */
export function responsesRule({ tool_choice: choice }: Body): string | null {
  const allowed = (choice as Body | null | undefined)?.tools
  const wrong =
    Array.isArray(allowed) && allowed.some(({ type, name }: Body) => /^(function|custom)$/.test(`${type}`) && !name)
  return wrong ? "Missing required parameter: 'tool_choice.tools[0].name'." : null
}

/** Anthropic counts thoughts as output. */
export function anthropicRule({ max_tokens: most, thinking }: Body): string | null {
  const { type, budget_tokens: budget } = (thinking ?? {}) as Body
  const fits = type !== 'enabled' || Number(most) > Number(budget)
  return fits ? null : '`max_tokens` must be greater than `thinking.budget_tokens`.'
}
