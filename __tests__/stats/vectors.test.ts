import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { boundaries } from '../../src/gate/score/levels.ts'
import { cohenKappa, judgeAttenuation, roganGladen } from '../../src/stats/agreement.ts'
import { betaInc, betaQuantile } from '../../src/stats/beta.ts'
import { benjaminiHochberg, holm } from '../../src/stats/multiple.ts'
import { disagreementRate } from '../../src/stats/noise.ts'
import { normCdf, normQuantile } from '../../src/stats/normal.ts'
import { quantile7, quantileRanks } from '../../src/stats/order.ts'
import { meanInterval, pairedInterval, pairedLogRatio, ratioOfSums } from '../../src/stats/paired.ts'
import { permWorse } from '../../src/stats/permutation.ts'
import { mde, mdeFlake, sampleSize } from '../../src/stats/power.ts'
import { binomCdf, clopperPearson, fisherLess, wilson } from '../../src/stats/proportion.ts'
import { tCdf, tQuantile } from '../../src/stats/student.ts'

// Each function has an input of its own.
// biome-ignore lint/suspicious/noExplicitAny: outside data, read by the table below
type Input = any
type Vector = { id: string; fn: string; input: Input; expected: unknown; tol: number }

const { vectors } = JSON.parse(readFileSync(new URL('../vectors/stat-vectors.json', import.meta.url), 'utf8')) as {
  vectors: Vector[]
}

const pairs = (input: Input) => input.base.map((base: number, i: number) => ({ base, head: input.head[i] }))
const repeats = (list: [number, number][]) => list.map(([runs, passes]) => ({ runs, passes }))
const tail = (strata: { base: number[]; head: number[] }[]) => {
  const { midP, exact } = permWorse(strata)
  return { midp: midP, exact }
}

// A name missing here is a function that the product does not have (or, for the old gate, has replaced).
const functions: { [fn: string]: (input: Input) => unknown } = {
  normQuantile: ({ p }) => normQuantile(p),
  normCdf: ({ z }) => normCdf(z),
  betaInc: ({ a, b, x }) => betaInc(a, b, x),
  betaQuantile: ({ p, a, b }) => betaQuantile(p, a, b),
  tQuantile: ({ p, df }) => tQuantile(p, df),
  tCdf: ({ t, df }) => tCdf(t, df),
  binomCdf: ({ k, n, p }) => binomCdf(k, n, p),
  wilson: ({ x, n, level }) => Object.values(wilson(x, n, level)),
  clopperPearson: ({ x, n, level }) => Object.values(clopperPearson(x, n, level)),
  fisherLess: (table) => fisherLess(table),
  seMean: ({ x }) => meanInterval(x)?.se,
  pairedSe: ({ a, b }) => {
    const interval = meanInterval(b.map((head: number, i: number) => head - a[i]))
    return { mean: interval?.mean, se: interval?.se }
  },
  pairedInterval: ({ losses, wins, n, d, z }) => {
    const differences = d ?? Array.from({ length: n }, (_, i) => (i < losses ? -1 : i < losses + wins ? 1 : 0))
    const { mean, se, low, high } = pairedInterval(differences, { z })
    return { mean, se, lo: low, hi: high }
  },
  pairedLogRatio: (input) => {
    const ratio = pairedLogRatio(pairs(input), input.level)
    return { ratio: ratio?.ratio, lo: ratio?.low, hi: ratio?.high, pSlower: ratio?.pLarger }
  },
  ratioOfSums: (input) => ratioOfSums(pairs(input)),
  quantile7: ({ x, p }) => quantile7(x, p),
  quantileRanks: ({ n, p, level }) => Object.values(quantileRanks(n, p, level)),
  holm: ({ p }) => holm(p),
  benjaminiHochberg: ({ p }) => benjaminiHochberg(p),
  mde: ({ n, sdDiff, ...test }) => mde(n, sdDiff, test),
  mdeFlake: ({ n, k, flake, ...test }) => mdeFlake({ n, k, flake }, test),
  sampleSize: ({ delta, alpha, power, sides, ...spread }) => sampleSize(delta, spread, { alpha, power, sides }),
  cohenKappa: (counts) => cohenKappa(counts),
  judgeAttenuation: ({ sens, spec, drop }) => ({ observed: drop * judgeAttenuation(sens, spec) }),
  roganGladen: ({ p, spec, sens, n, mNeg, mPos, alpha }) => {
    const judged = { rate: p, n, sensitivity: sens, specificity: spec, labelledFail: mNeg, labelledPass: mPos }
    const found = roganGladen(judged, 1 - alpha)
    return { theta: found?.rate, lo: found?.low, hi: found?.high }
  },
  disagreementRate: ({ runs }) => disagreementRate(repeats(runs)),
  // One pair per case: McNemar. One difference per case against 0: the sign-flip test.
  mcnemarWorse: ({ losses, wins }) =>
    tail([
      ...Array.from({ length: losses }, () => ({ base: [1], head: [0] })),
      ...Array.from({ length: wins }, () => ({ base: [0], head: [1] })),
    ]),
  signFlipWorse: ({ sums }) => tail(sums.map((sum: number) => ({ base: [0], head: [sum] }))),
  obfBounds: ({ alpha, looks }) => boundaries(String(alpha).slice(1) as '.05', looks),
}
const ALPHAS_IN_USE = [0.05, 0.005, 0.0025]
/** The gate before the present one, e-values, prediction-powered estimates, levels of `obfBounds` that no gate
 * uses, and the monitor of drift, which __tests__/drift/monitor.test.ts holds against its vectors. */
const NOT_OURS = [
  'baselineNoise',
  'betaCredible',
  'cusum',
  'cusumLimit',
  'eFail',
  'ePass',
  'eUniform',
  'gateLooks',
  'gateSingleLook',
  'gsprtLlr',
  'obfBounds',
  'passAtK',
  'ppiMean',
  'ppiPlus',
  'seClustered',
  'wilcoxonGreater',
]

function compare(actual: unknown, expected: unknown, tolerance: number): void {
  if (typeof expected === 'number') {
    expect(typeof actual).toBe('number')
    expect(Math.abs(Number(actual) - expected)).toBeLessThanOrEqual(tolerance)
  } else if (expected === null || typeof expected !== 'object') {
    expect(actual).toEqual(expected)
  } else {
    // Some vectors give fewer figures than the function; lists must have the same length.
    if (Array.isArray(expected)) expect(Object(actual).length).toBe(expected.length)
    for (const [key, value] of Object.entries(expected)) compare(Object(actual)[key], value, tolerance)
  }
}

describe('published vectors', () => {
  const usable = vectors.filter(({ fn, input }) => {
    return fn === 'obfBounds' ? ALPHAS_IN_USE.includes(input.alpha) : fn in functions
  })
  it('leaves out only what the product does not have', () => {
    const left = new Set(vectors.filter((vector) => !usable.includes(vector)).map(({ fn }) => fn))
    expect([...left].sort()).toEqual(NOT_OURS)
    const covered = new Set(usable.map(({ fn }) => fn))
    expect(Object.keys(functions).filter((fn) => !covered.has(fn))).toEqual([])
  })
  it.each(usable.map((vector) => [vector.id, vector] as const))('%s', (_, { fn, input, expected, tol }) => {
    // A tolerance of 0 on a decimal fraction would ask for the same rounding, not the same number.
    compare(functions[fn]?.(input), expected, Math.max(tol, fn === 'quantileRanks' ? 0 : 1e-12))
  })
})
