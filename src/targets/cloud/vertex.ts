// Vertex AI: Gemini as Gemini's own interface has it, Claude as Anthropic's, other publishers by OpenAI's Chat.

import type { Request } from '../../domain.ts'
import { anthropicMessages } from '../anthropic.ts'
import { geminiGenerate, geminiMethod } from '../gemini.ts'
import { openaiChat } from '../openai-chat.ts'
import { type Encoded, type Endpoint, endpointUrl, type Shape } from '../shape.ts'
import type { VertexCloud } from './cloud.ts'
import { vertexModel } from './vertex-model.ts'

/** Demanded in the body where Anthropic's own interface has a header. */
const ANTHROPIC_VERSION = 'vertex-2023-10-16'

export function vertexShape(cloud: VertexCloud, request: Request): Shape {
  const { publisher } = vertexModel(request.model ?? '')
  const inner = publisher === 'google' ? geminiGenerate : publisher === 'anthropic' ? anthropicMessages : openaiChat
  const encode = (asked: Request, endpoint: Endpoint): Encoded => {
    const { model } = vertexModel(asked.model ?? '')
    const { body, headers } = inner.encode(asked, { ...endpoint, key: null })
    const { 'anthropic-version': _version, ...plain } = headers
    const signed = { ...accessHeaders(cloud, endpoint), ...plain }
    const at = (path: string) => endpointUrl(endpoint.baseUrl, `${placeOf(cloud)}/${path}`, 'v1')
    const named = `publishers/${encodeURIComponent(publisher)}/models/${encodeURIComponent(model)}`
    if (publisher === 'google') return { url: at(`${named}:${geminiMethod(asked)}`), headers: signed, body }
    if (publisher !== 'anthropic')
      return {
        url: at('endpoints/openapi/chat/completions'),
        headers: signed,
        body: { ...body, model: `${publisher}/${model}` },
      }
    const { model: _, ...rest } = body
    return {
      url: at(`${named}:${rest.stream === true ? 'streamRawPredict' : 'rawPredict'}`),
      headers: signed,
      body: { anthropic_version: ANTHROPIC_VERSION, ...rest },
    }
  }
  return { encode, decode: inner.decode }
}

function placeOf({ project, location }: VertexCloud): string {
  return `/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`
}

function accessHeaders({ credentials }: VertexCloud, { key }: Endpoint): { readonly [name: string]: string } {
  const quota = credentials?.kind === 'user' ? credentials.quotaProject : undefined
  return {
    ...(key === null ? {} : { authorization: `Bearer ${key.value}` }),
    ...(quota === undefined ? {} : { 'x-goog-user-project': quota }),
  }
}
