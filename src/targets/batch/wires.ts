// The batch endpoints that we know.

import { anthropicBatch } from './anthropic.ts'
import { geminiBatch } from './gemini.ts'
import { openaiBatch } from './openai.ts'
import { type BatchProvider, hasBatches } from './providers.ts'
import type { BatchWire } from './wire.ts'

const WIRES: { readonly [provider in BatchProvider]: BatchWire } = {
  openai: openaiBatch,
  anthropic: anthropicBatch,
  gemini: geminiBatch,
}

export function wireOf(provider: string): BatchWire | null {
  return hasBatches(provider) ? WIRES[provider] : null
}
