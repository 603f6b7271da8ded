// What a suite can see, before it is run. Differences as fractions.

import { normQuantile } from './normal.ts'

/** Error rates of a test: `alpha` in all, over one or two sides. */
export type Test = { readonly alpha: number; readonly power: number; readonly sides: 1 | 2 }

/** Smallest mean difference that n pairs show with the wanted power; sd of one paired difference. */
export function mde(n: number, sdDifference: number, test: Test): number {
  return (reach(test) * sdDifference) / Math.sqrt(n)
}

/**
 * The same from the flake rate f (chance that one run of a case differs from its usual outcome), k runs per case and side:
 * two runs of a case disagree with chance 2f(1 - f). One-sided.
 */
export function mdeFlake(
  suite: { readonly n: number; readonly k: number; readonly flake: number },
  test: Pick<Test, 'alpha' | 'power'>,
): number {
  return mde(suite.n * suite.k, Math.sqrt(2 * suite.flake * (1 - suite.flake)), { ...test, sides: 1 })
}

export type Spread = {
  /** Variance between cases of the true paired difference. */
  readonly omega2: number
  /** Variance of one run within a case, and runs per case, on each side. */
  readonly sigmaA2: number
  readonly sigmaB2: number
  readonly kA: number
  readonly kB: number
}

/** Cases needed to show the difference `delta` (Miller 2024, section 5); not rounded. */
export function sampleSize(delta: number, spread: Spread, test: Test): number {
  const variance = spread.omega2 + spread.sigmaA2 / spread.kA + spread.sigmaB2 / spread.kB
  return (reach(test) ** 2 * variance) / delta ** 2
}

function reach(test: Test): number {
  return normQuantile(1 - test.alpha / test.sides) + normQuantile(test.power)
}
