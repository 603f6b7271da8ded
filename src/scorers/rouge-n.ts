import { graded, missing, type Scorer, scalarText } from './scorer.ts'

const DEFAULT_THRESHOLD = 0.75

/**
 * F1 of overlapping n-grams of lower-case words, counts clipped (ROUGE-N, Lin 2004). The option `n` is 1 by default.
 */
export const rougeN: Scorer = {
  value: 'templated',
  check: (spec) => (scalarText(spec.value) === null ? 'its value must be a text' : null),
  score: ({ spec, value, answer }) => {
    const size = typeof spec.options.n === 'number' ? Math.max(1, Math.floor(spec.options.n)) : 1
    const reference = grams(scalarText(value) ?? '', size)
    if (reference.total === 0) return missing(`the value has fewer than ${size} words for this case`)
    const found = grams(answer.text, size)
    const f1 = (2 * overlap(reference.counts, found.counts)) / (reference.total + found.total)
    const threshold = spec.threshold ?? DEFAULT_THRESHOLD
    return graded(f1, threshold, `ROUGE-${size} ${f1.toFixed(2)}, limit ${threshold}`)
  },
}

type Grams = { readonly counts: ReadonlyMap<string, number>; readonly total: number }

function grams(text: string, size: number): Grams {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const counts = new Map<string, number>()
  const total = Math.max(0, words.length - size + 1)
  for (let start = 0; start < total; start += 1) {
    const gram = words.slice(start, start + size).join(' ')
    counts.set(gram, (counts.get(gram) ?? 0) + 1)
  }
  return { counts, total }
}

function overlap(left: Grams['counts'], right: Grams['counts']): number {
  let sum = 0
  for (const [gram, count] of left) sum += Math.min(count, right.get(gram) ?? 0)
  return sum
}
