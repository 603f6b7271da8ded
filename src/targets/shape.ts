// The two pure halves of a provider shape, and the words they share.

import type { Failure, FinishReason, Json, JsonObject, Outcome, Request } from '../domain.ts'
import type { HttpResponse } from '../ports.ts'
import type { Cloud } from './cloud/cloud.ts'

/** How a provider wants its key and which family of paths it serves. */
export type EndpointKind = 'openai' | 'anthropic' | 'gemini' | Cloud['kind']

/** Where calls of a provider go. `key.value` and `secrets` must never reach a message, a report or the record. */
export type Endpoint = {
  readonly provider: string
  readonly kind: EndpointKind
  /** Without a trailing slash. */
  readonly baseUrl: string
  readonly headers: { readonly [name: string]: string }
  readonly key: { readonly name: string; readonly value: string } | null
  /** Values of variables in `headers` that are secrets. */
  readonly secrets?: readonly string[]
  readonly maxConcurrency?: number
  /** Takes ids of tool calls of nine letters and digits only. */
  readonly shortToolIds?: true
  /** Of the kinds azure, bedrock and vertex: paths and access of their own. */
  readonly cloud?: Cloud
}

/** What is sent to it and shown to nobody. */
export const secretsOf = ({ key, secrets = [] }: Pick<Endpoint, 'key' | 'secrets'>): readonly string[] =>
  key === null ? secrets : [key.value, ...secrets]

/** What goes over the wire, as a POST. */
export type Encoded = {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: JsonObject
}

export type Shape = {
  encode(request: Request, endpoint: Endpoint): Encoded
  /** `latencyMs` of the answer is null: only the caller has a clock. */
  decode(response: HttpResponse): Outcome
}

export function failed(failure: Failure): Outcome {
  return { state: 'failed', failure }
}

export function transient(cause: Failure['cause'], message: string, more: Pick<Failure, 'wasSent'> = {}): Outcome {
  return failed({ kind: 'transient', cause, message, ...more })
}

export function behavioural(cause: Failure['cause'], message: string): Outcome {
  return failed({ kind: 'behavioural', cause, message })
}

/** Arguments of a tool call: providers send JSON in a string; what does not parse stays as it was written. */
export function toolArguments(value: Json | undefined): Json {
  if (typeof value !== 'string') return value ?? null
  try {
    return JSON.parse(value) as Json
  } catch {
    return value
  }
}

/** Our word for a provider's; `other` for one that we do not know; undefined when it said nothing. */
export function finishReason(
  said: string | undefined,
  words: { readonly [word: string]: FinishReason },
): FinishReason | undefined {
  if (said === undefined) return undefined
  return Object.hasOwn(words, said) ? words[said] : 'other'
}

/** `base` and `path` joined; `version` is put between them unless the base ends in a version already. */
export function endpointUrl(base: string, path: string, version?: string): string {
  const trimmed = base.replace(/\/+$/, '')
  const versioned = version === undefined || /\/v\d[a-z0-9]*$/.test(trimmed) ? trimmed : `${trimmed}/${version}`
  return `${versioned}${path}`
}

/** Names under which providers and their gateways give the number of a request; support asks for it. */
const REQUEST_IDS = ['x-request-id', 'request-id', 'apim-request-id', 'x-amzn-requestid', 'x-ms-request-id']

export function requestIdOf({ headers }: HttpResponse): string | undefined {
  return REQUEST_IDS.map((name) => headers[name]).find((id) => id !== undefined && id !== '')
}
