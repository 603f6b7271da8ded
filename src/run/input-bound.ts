// The most input tokens that a request can have, whatever the tokenizer: for what is put aside under a cap, and a plan's worst case.

import { canonicalJson } from '../config/canonical.ts'
import type { Request } from '../domain.ts'
import { textOfMessage } from '../targets/turns.ts'

/** Words as most of a text is made of: a token for every two of their letters, and one more, is above what tokenizers take. */
const PLAIN_WORD = /(?<![A-Za-z0-9])[A-Za-z]?[a-z]{1,11}(?![A-Za-z0-9])/g

/** A token is at least a byte. Numbers, hashes, capitals and other scripts come near to that. */
function mostTokens(text: string): number {
  const bytes = Buffer.byteLength(text, 'utf8')
  let spared = 0
  for (const [word] of text.matchAll(PLAIN_WORD)) spared += Math.floor((word.length - 1) / 2)
  return bytes - spared
}

const known = new WeakMap<object, number>()

/** Tools and fixed messages are the same objects in every request of a set, and looked at once. */
function mostOf(part: object, textOf: () => string): number {
  const before = known.get(part)
  if (before !== undefined) return before
  const most = mostTokens(textOf())
  known.set(part, most)
  return most
}

/** What says whose turn it is, and where it ends. */
const PER_MESSAGE = 8

export function inputBound(request: Request): number {
  const { messages, parameters, application } = request
  const { tools = parameters.tools, responseFormat = parameters.response_format } = request
  let most = 0
  for (const message of messages) most += PER_MESSAGE + mostOf(message, () => textOfMessage(message))
  for (const part of [tools, responseFormat, application])
    if (typeof part === 'object' && part !== null) most += mostOf(part, () => canonicalJson(part))
  return most
}
