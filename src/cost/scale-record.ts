// What runs learnt of token counts, kept in the state directory: a later dry run estimates with it instead of assumptions.

import type { Result } from '../domain.ts'
import type { Evaluation } from '../evaluate.ts'
import { inputOf } from '../measure.ts'
import type { Store } from '../ports.ts'
import { at, parseJson, textAt } from '../targets/outside.ts'
import { sampleWires } from './wire-facts.ts'

export const SCALES_FILE = 'token-scales.jsonl'

/** Of an eval set on a model. */
export type KnownScale = {
  /** Tokens that the provider counted for one that is estimated from text. */
  readonly scale: number
  /** Mean output tokens of an answer. */
  readonly output: number
  readonly at: string
}
export type KnownScales = (evalSet: string, model: string) => KnownScale | undefined

type OpenStore = () => Promise<Store & { close(): Promise<void> }>

export async function keepScales(evaluations: readonly Evaluation[], open: OpenStore, now: string): Promise<void> {
  const lines = evaluations.flatMap(scaleLines)
  if (lines.length === 0) return
  const store = await open()
  for (const line of lines) store.append(SCALES_FILE, JSON.stringify({ ...line, at: now }))
  await store.close()
}

function scaleLines({ plan, runs }: Evaluation) {
  if (plan.head.target.kind !== 'prompt') return []
  const { scale } = sampleWires(plan, inputOf(runs))
  if (!scale.measured) return []
  const sides = ['base', 'head'] as const
  const lines = sides.flatMap((side) => {
    const model = (side === 'base' ? plan.base : plan.head)?.target.model
    const output = meanOutput(runs.flatMap((one) => one[side]))
    return model === undefined || output === null ? [] : [{ evalSet: plan.name, model, scale: scale[side], output }]
  })
  // Of one model the head's answers are the newer ones.
  return lines.filter((line, index) => !lines.slice(index + 1).some((later) => later.model === line.model))
}

function meanOutput(runs: readonly Result[]): number | null {
  const counts = runs.flatMap(({ outcome }) =>
    outcome.state === 'answered' && outcome.answer.usage !== undefined ? [outcome.answer.usage.output] : [],
  )
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0) / counts.length
}

/** The last line of each wins. */
export async function readScales(open: OpenStore): Promise<KnownScales> {
  const known = new Map<string, KnownScale>()
  const store = await open()
  for (const text of await store.readLines(SCALES_FILE)) {
    const line = parseJson(text)
    const [evalSet, model, when] = [textAt(line, 'evalSet'), textAt(line, 'model'), textAt(line, 'at')]
    const [scale, output] = [at(line, 'scale'), at(line, 'output')]
    if (evalSet === undefined || model === undefined || when === undefined) continue
    if (!isCount(scale) || !isCount(output)) continue
    known.set(keyOf(evalSet, model), { scale, output, at: when })
  }
  await store.close()
  return (evalSet, model) => known.get(keyOf(evalSet, model))
}

const isCount = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1e6
const keyOf = (evalSet: string, model: string) => JSON.stringify([evalSet, model])
