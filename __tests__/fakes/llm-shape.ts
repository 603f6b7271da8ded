// What an interface of a provider is to the fake: how its requests are read, its answers and errors written.

import type { IncomingHttpHeaders } from 'node:http'
import type { ApiKind, Body, FakeMessage, FullAnswer } from './llm-answers.ts'
import type { AwsAccount } from './llm-clouds.ts'

export type ErrorKind =
  | 'missing-key'
  | 'wrong-key'
  | 'missing-version'
  | 'bad-json'
  | 'unknown-parameter'
  | 'invalid'
  | 'unknown-model'
  | 'rate-limit'
  | 'quota'
  | 'server-error'
  | 'overloaded'
  | 'forbidden'
  | 'content-filter'
  | 'unsupported-parameter'
  | 'context-too-long'
export type ErrorFacts = {
  readonly kind: ErrorKind
  readonly model: string
  readonly tokens: number
  readonly message?: string
  readonly parameter?: string
  readonly status?: number
  readonly waitMs?: number
}
export type ErrorAnswer = {
  readonly status: number
  readonly body: Body
  readonly headers?: Record<string, string>
}

/** What a signature is over. */
export type Signed = {
  readonly method: string
  readonly path: string
  readonly rawBody: string
  readonly aws: AwsAccount | undefined
}

export type Shape = {
  readonly api: ApiKind
  readonly schema: {
    readonly file: 'openai' | 'anthropic' | 'gemini' | 'bedrock'
    readonly request: string
    readonly answer: string
  }
  /** The key as sent; undefined when its header is missing. `problem` is what else is wrong with the headers. */
  readonly key: (
    headers: IncomingHttpHeaders,
    signed: Signed,
  ) => { readonly key?: string; readonly problem?: ErrorKind; readonly violation?: string }
  /** The body as the schema has it, or what is wrong, where the interface is served with a difference. */
  readonly asPublished?: (body: Body, pathModel: string | undefined) => Body | string
  /** What a provider demands beyond its types: what is wrong with a body that fits them, or null. */
  readonly rule?: (body: Body, pathModel: string | undefined) => string | null
  /** `pathModel` is the model or deployment in the path, if the interface has it there. */
  readonly read: (
    body: Body,
    pathModel: string | undefined,
  ) => {
    readonly model: string
    readonly messages: readonly FakeMessage[]
    readonly outputLimit: number | undefined
    /** Text up to the last explicit cache mark; null where caching is automatic. */
    readonly cachePrefix: string | null
  }
  readonly notParameters: readonly string[]
  readonly answer: (answer: FullAnswer, body: Body) => Body
  /** Server-sent events of a streamed answer; undefined where this fake does not stream. */
  readonly stream?: (answer: FullAnswer, body: Body) => readonly string[]
  readonly error: (facts: ErrorFacts) => ErrorAnswer
}

/** Text of a string, of content parts, or of nested tool results. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map(textOf).join('')
  if (content === null || typeof content !== 'object') return ''
  const part = content as Body
  if (typeof part.text === 'string') return part.text
  return textOf(part.content ?? part.output ?? '')
}
