// What providers demand of requests beyond their published types, in the words of their refusals.

import type { Body } from './llm-answers.ts'

/** Others speak OpenAI's language with demands of their own; the model says who is asked. */
export function chatRule(body: Body): string | null {
  const model = String(body.model)
  return /^deepseek-/.test(model) ? deepseek(body) : null
}

function deepseek({ response_format: format, messages }: Body): string | null {
  const type = (format as Body | null | undefined)?.type ?? 'text'
  if (type !== 'text' && type !== 'json_object') return 'This response_format type is unavailable now'
  if (type === 'json_object' && !/json/i.test(JSON.stringify(messages)))
    return "Prompt must contain the word 'json' in some form to use 'response_format' of type 'json_object'."
  return null
}
