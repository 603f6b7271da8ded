// The interfaces that the fake serves, and which one a path means.

import type { ApiKind } from './llm-answers.ts'
import { anthropic } from './llm-anthropic.ts'
import { gemini } from './llm-gemini.ts'
import { openaiChat, openaiResponses } from './llm-openai.ts'
import type { Shape } from './llm-shape.ts'

export const shapes: { readonly [api in ApiKind]: Shape } = {
  chat: openaiChat,
  responses: openaiResponses,
  messages: anthropic,
  generate: gemini,
}

export type Route = { readonly shape: Shape; readonly pathModel?: string }

/** The interface behind a path; `prefixes` are base paths beside the providers' own. */
export function routeOf(path: string, prefixes: readonly string[]): Route | undefined {
  const inner = prefixes.reduce(
    (rest, prefix) => (rest.startsWith(`${prefix}/`) ? rest.slice(prefix.length) : rest),
    path,
  )
  const azure = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(inner)
  if (azure?.[1]) return { shape: shapes.chat, pathModel: decodeURIComponent(azure[1]) }
  const generate = /^\/v1beta\/models\/([^/:]+):generateContent$/.exec(inner)
  if (generate?.[1]) return { shape: shapes.generate, pathModel: decodeURIComponent(generate[1]) }
  if (/^(\/openai)?\/v1\/chat\/completions$/.test(inner)) return { shape: shapes.chat }
  if (/^(\/openai)?\/v1\/responses$/.test(inner)) return { shape: shapes.responses }
  if (inner === '/v1/messages') return { shape: shapes.messages }
  return undefined
}
