// Scores are points from 0 to 100. Other tools count from 0 to 1, and a gate copied from there would pass everything.

import type { Gates } from '../domain.ts'

/** In words, each a sentence; none where every least score is on our scale. */
export function fractionSentences({ minScore, slices = {}, scorers = {} }: Gates): readonly string[] {
  const named = [
    ['min_score', minScore] as const,
    ...Object.entries(slices).map(([name, one]) => [`slices.${name}.min_score`, one.minScore] as const),
    ...Object.entries(scorers).map(([name, one]) => [`scorers.${name}.min_score`, one.minScore] as const),
  ]
  return named.flatMap(([name, gate]) =>
    gate !== undefined && gate.limit > 0 && gate.limit <= 1
      ? [
          `\`gates.${name}\` is ${gate.limit} on a scale of 0 to 100, which passes almost everything: ${shown(100 * gate.limit)} may be meant.`,
        ]
      : [],
  )
}

const shown = (points: number) => String(Math.round(points * 100) / 100)
