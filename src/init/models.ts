// Which model a prompt is most likely used with: the pin that stands nearest to it.

import { posix } from 'node:path'
import type { PinEntry } from '../inventory.ts'
import { PROVIDERS } from '../targets/provider-table.ts'

export type ModelChoice = { readonly model: string; readonly why: string; readonly distance: number }

/** Models of the same providers that answer no prompt with text. */
const NO_CHAT = /embed|whisper|tts|dall-e|imagen|veo-|-image|audio|realtime|transcri|moderation|rerank|davinci|babbage/i

/** A `provider/model` that can be called, or null when no pin of the tree is one. */
export function nearestModel(path: string, pins: readonly PinEntry[]): ModelChoice | null {
  const choices = pins.flatMap((pin) => {
    const model = callableModel(pin)
    if (model === null) return []
    return [{ model, why: `${pin.path}:${pin.line}`, distance: stepsBetween(path, pin.path) }]
  })
  return choices.reduce<ModelChoice | null>(
    (best, one) => (best === null || one.distance < best.distance ? one : best),
    null,
  )
}

/** Of a pin that our tables know, as a model that writes text at a provider that we can call. */
export function callableModel({ id, pin }: PinEntry): string | null {
  if (pin === undefined || !pin.known || pin.provider === null || NO_CHAT.test(id)) return null
  return Object.hasOwn(PROVIDERS, pin.provider) ? `${pin.provider}/${id}` : null
}

/** 0 in one file, else how many folders lie between the two, and one. */
function stepsBetween(a: string, b: string): number {
  if (a === b) return 0
  const [from, to] = [folders(a), folders(b)]
  let shared = 0
  while (shared < from.length && from[shared] === to[shared]) shared++
  return 1 + from.length + to.length - 2 * shared
}

const folders = (path: string) => {
  const folder = posix.dirname(path)
  return folder === '.' ? [] : folder.split('/')
}
