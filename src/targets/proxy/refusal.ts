// What the proxy says in its own name, in a body that the libraries of all providers can read.

import { cutText } from '../../cut-text.ts'
import type { Failure } from '../../domain.ts'
import type { LoopbackReply } from '../../ports.ts'

export type Refusal = { readonly status: number; readonly code: string; readonly message: string }

export const UNKNOWN_TOKEN: Refusal = {
  status: 401,
  code: 'unknown_token',
  message:
    'this key was not given out in this run, or its process has ended. Use the key and the base URL of the environment.',
}

export const NO_CASE: Refusal = {
  status: 409,
  code: 'no_case',
  message: 'no case is being answered by this process. Make calls before the answer, not at the start or after it.',
}

export const tooManyCalls = (most: number): Refusal => ({
  status: 429,
  code: 'too_many_calls',
  message: `one case may make at most ${most} calls of models.`,
})

type Named = { readonly method: string; readonly path: string }

/** A query may have a key in it. */
const notPassedOn = ({ method, path }: Named, why: string) =>
  `${method.slice(0, 10)} ${cutText(path.split('?')[0] ?? '', 120)} is not passed on by the proxy: ${why}`

export const unknownPath = (asked: Named): Refusal => ({
  status: 404,
  code: 'unknown_path',
  message: notPassedOn(
    asked,
    'Chat Completions, Responses, Messages, generateContent, completions, embeddings, moderations, counts of tokens and lists of models are.',
  ),
})

export const tooLarge = (asked: Named): Refusal => ({
  status: 413,
  code: 'too_large',
  message: notPassedOn(asked, 'its body is larger than 32 MB.'),
})

export const notDecoded = (asked: Named): Refusal => ({
  status: 415,
  code: 'not_decoded',
  message: notPassedOn(asked, 'its body cannot be read. A Content-Encoding of gzip, deflate or br can.'),
})

export const NO_JSON = 'no_json'

export const noJson = (asked: Named): Refusal => ({
  status: 400,
  code: NO_JSON,
  message: notPassedOn(asked, 'its body is not a JSON object.'),
})

/** A cap cannot be kept with calls that have no price. */
export const unpriced = (model: string): Refusal => ({
  status: 402,
  code: 'unpriced',
  message: `a spend cap is set, and the price of ${model} is not known, so that the cap could not be kept. Add the model to prices: in parity.yaml, or say by models: what it stands for.`,
})

/** A call that ended without any answer of the provider's. */
export function refusalOf({ cause, message, status }: Failure): Refusal {
  if (cause === 'budget')
    return { status: 402, code: 'spend_cap', message: `${message}; no more calls of models are made.` }
  return { status: status ?? (cause === 'timeout' ? 504 : 502), code: cause, message: `no answer: ${message}` }
}

export async function refuse(reply: LoopbackReply, { status, code, message }: Refusal): Promise<void> {
  const said = `Prompt Parity's proxy: ${message}`
  const body = { type: 'error', error: { type: 'parity_proxy', code, status: code, message: said, param: null } }
  reply.start(status, { 'content-type': 'application/json', 'x-should-retry': 'false' })
  await reply.write(JSON.stringify(body))
  reply.end()
}
