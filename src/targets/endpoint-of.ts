// Which interface of its provider a model is asked through.

import type { Request, Target } from '../domain.ts'
import { vertexModel } from './cloud/vertex-model.ts'

/** @param model without its provider @param api Chat or Responses, where a provider has both */
export function endpointOf(
  provider: string,
  model: string | null,
  api: Extract<Target, { kind: 'prompt' }>['api'] = 'chat',
): Request['endpoint'] {
  if (provider === 'anthropic') return 'messages'
  if (provider === 'gemini') return 'generate'
  if (provider === 'bedrock') return 'converse'
  if (provider !== 'vertex') return api
  const { publisher } = vertexModel(model ?? '')
  return publisher === 'google' ? 'generate' : publisher === 'anthropic' ? 'messages' : 'chat'
}
