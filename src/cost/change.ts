// What a change does to a request of production, from the paired cases: tokens added to the input, and the ratio of the outputs,
// both with how far each case is from them. Nothing else of production changes.

import type { Usage } from '../domain.ts'
import { callsOf } from './billing.ts'
import type { Share } from './fine.ts'
import type { CasePair, CaseRun } from './input.ts'

export type Tokens = { readonly input: number; readonly output: number }

/** Mean tokens of a case on both sides, and how much it counts. */
export type TokenPair = { readonly base: Tokens; readonly head: Tokens; readonly weight: number }

export type Change = {
  /**
   * The same variables on both sides: the difference is what the static text gained. With another tokenizer every token is
   * another one, and the input is scaled instead.
   */
  readonly input: {
    readonly kind: 'added' | 'scaled'
    readonly value: number
    /** Of a single case, the least and the most. */
    readonly low: number
    readonly high: number
  }
  /** Sum of the head's outputs over sum of the base's. */
  readonly outputRatio: number
  /** For each case, how far both estimates move without it (jackknife), for the error of what is computed from them. */
  readonly pulls: readonly { readonly input: number; readonly output: number }[]
  /** As many cases of equal weight and length would tell as much: few long answers can outweigh all the others. */
  readonly effective: number
}

/** What cannot be told from the cases, in words. */
export type NoChange = { readonly why: string }

export function changeOf(cases: readonly TokenPair[], isSameTokenizer: boolean): Change | NoChange {
  // In an order of their own: sums of floats depend on it.
  const pairs = [...cases].sort(byTokens)
  const sum = (of: (pair: TokenPair) => number) => pairs.reduce((total, pair) => total + pair.weight * of(pair), 0)
  const whole = sum(() => 1)
  const baseOutput = sum((pair) => pair.base.output)
  const headOutput = sum((pair) => pair.head.output)
  if (baseOutput === 0 && headOutput > 0) return { why: 'no case has an answer on the base' }
  const outputRatio = baseOutput === 0 ? 1 : headOutput / baseOutput
  const baseInput = sum((pair) => pair.base.input)
  if (!isSameTokenizer && baseInput === 0) return { why: 'no case has input tokens on the base' }
  const kind = isSameTokenizer ? 'added' : 'scaled'
  const each = pairs.map(({ base, head }) => (isSameTokenizer ? head.input - base.input : head.input / base.input))
  const value = isSameTokenizer
    ? sum((pair) => pair.head.input - pair.base.input) / whole
    : sum((pair) => pair.head.input) / baseInput
  const [low, high] = [each, each].map((all, at) =>
    all.reduce((one, other) => (at === 0 ? Math.min(one, other) : Math.max(one, other))),
  )
  const input: Change['input'] = { kind, value, low: low ?? value, high: high ?? value }
  const pulls = pairs.map(({ base, head, weight }) => ({
    input:
      input.kind === 'added'
        ? pull(weight * (head.input - base.input - input.value), whole, weight)
        : pull(weight * (head.input - input.value * base.input), baseInput, weight * base.input),
    output: pull(weight * (head.output - outputRatio * base.output), baseOutput, weight * base.output),
  }))
  const effective = Math.min(
    sizeOf(pairs.map(({ weight }) => weight / whole)),
    baseOutput === 0 ? pairs.length : sizeOf(pairs.map(({ base, weight }) => (weight * base.output) / baseOutput)),
  )
  return { input, outputRatio, pulls, effective }
}

/** A ratio of sums moves by residual / (sum - own part) without a case. */
function pull(residual: number, sum: number, own: number): number {
  return sum - own <= 0 ? 0 : residual / (sum - own)
}

/** Number of equal parts that are as uneven as these, which add up to 1 (1 over the sum of squares). */
function sizeOf(parts: readonly number[]): number {
  return 1 / parts.reduce((sum, part) => sum + part * part, 0)
}

function byTokens(one: TokenPair, other: TokenPair): number {
  return (
    one.base.input - other.base.input ||
    one.base.output - other.base.output ||
    one.head.input - other.head.input ||
    one.head.output - other.head.output ||
    one.weight - other.weight
  )
}

/**
 * Mean tokens of each pair; of a tie without a call those of the others, for it changes nothing. Null where a request is
 * several calls: then rows of a profile, which are calls, are not like it.
 */
export function tokenPairs(
  measured: readonly CasePair[],
  tied: readonly CasePair[],
  weights: readonly Share[],
): readonly TokenPair[] | null {
  const called = measured.map((pair) => ({ base: meanTokens(pair.base), head: meanTokens(pair.head) }))
  const pairs: { base: Tokens; head: Tokens }[] = []
  for (const { base, head } of called) {
    if (base === null || head === null) return null
    pairs.push({ base, head })
  }
  const mean = (of: keyof Tokens) => pairs.reduce((sum, pair) => sum + pair.base[of], 0) / Math.max(1, pairs.length)
  const level = { input: mean('input'), output: mean('output') }
  const all = [...pairs, ...tied.map(() => ({ base: level, head: level }))]
  return all.map((pair, index) => ({ ...pair, weight: Number(weights[index] ?? 0n) }))
}

function meanTokens(runs: readonly CaseRun[]): Tokens | null {
  const usages: Usage[] = []
  for (const run of runs) {
    const [call, ...more] = callsOf(run)
    if (call === undefined || more.length > 0) return null
    if (call.usage !== null) usages.push(call.usage)
  }
  if (usages.length === 0) return null
  const mean = (of: keyof Tokens) => usages.reduce((sum, usage) => sum + usage[of], 0) / usages.length
  return { input: mean('input'), output: mean('output') }
}
