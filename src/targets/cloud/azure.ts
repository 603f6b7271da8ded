// Azure OpenAI: OpenAI's two interfaces under Azure's paths. The deployment's name stands where the model's would.

import type { Request } from '../../domain.ts'
import { openaiChat } from '../openai-chat.ts'
import { openaiResponses } from '../openai-responses.ts'
import type { Encoded, Endpoint, Shape } from '../shape.ts'
import type { AzureCloud } from './cloud.ts'

export function azureShape(cloud: AzureCloud, request: Request): Shape {
  const isResponses = request.endpoint === 'responses'
  const inner = isResponses ? openaiResponses : openaiChat
  const encode = (asked: Request, endpoint: Endpoint): Encoded => {
    const { baseUrl } = endpoint
    const { body, headers } = inner.encode(asked, { ...endpoint, key: null })
    const signed = { ...keyHeader(cloud, endpoint), ...headers }
    const { apiVersion } = cloud
    const query = apiVersion === null ? '' : `?api-version=${encodeURIComponent(apiVersion)}`
    const path = isResponses ? 'responses' : 'chat/completions'
    // The v1 path takes `preview` as its version; any other version is one of the older paths.
    if (apiVersion === null || /^(preview|latest)$/.test(apiVersion))
      return { url: `${baseUrl}/openai/v1/${path}${query}`, headers: signed, body }
    if (isResponses) return { url: `${baseUrl}/openai/${path}${query}`, headers: signed, body }
    const { model: _, ...rest } = body
    const deployment = encodeURIComponent(asked.model ?? '')
    return { url: `${baseUrl}/openai/deployments/${deployment}/${path}${query}`, headers: signed, body: rest }
  }
  return { encode, decode: inner.decode }
}

function keyHeader({ keyIn }: AzureCloud, { key }: Endpoint): { readonly [name: string]: string } {
  if (key === null) return {}
  return keyIn === 'bearer' ? { authorization: `Bearer ${key.value}` } : { 'api-key': key.value }
}
