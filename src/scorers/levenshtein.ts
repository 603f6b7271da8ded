import { binary, missing, type Scorer, scalarText } from './scorer.ts'

const DEFAULT_MAX_DISTANCE = 5
const MAX_CELLS = 50_000_000

/** Edit distance (insert, delete, replace) is at most the threshold, 5 by default. */
export const levenshtein: Scorer = {
  value: 'templated',
  check: (spec) => (scalarText(spec.value) === null ? 'its value must be a text' : null),
  score: ({ spec, value, answer }) => {
    const most = Math.floor(spec.threshold ?? DEFAULT_MAX_DISTANCE)
    const expected = scalarText(value) ?? ''
    const distance = distanceUpTo(expected, answer.text, most)
    if (distance === 'too-long') return missing('the texts are too long for an edit distance')
    if (distance === null) return binary(false, `edit distance above ${most}`)
    return binary(true, `edit distance ${distance}, limit ${most}`)
  },
}

/** Null when the distance is above `most`; only the diagonal band that can stay below it is computed. */
function distanceUpTo(left: string, right: string, most: number): number | null | 'too-long' {
  if (Math.abs(left.length - right.length) > most) return null
  const band = Math.min(most, Math.max(left.length, right.length))
  if (left.length * (2 * band + 1) > MAX_CELLS) return 'too-long'
  const beyond = band + 1
  let last = Uint32Array.from({ length: right.length + 1 }, (_, column) => Math.min(column, beyond))
  let current = new Uint32Array(right.length + 1)
  for (let row = 1; row <= left.length; row += 1) {
    const from = Math.max(1, row - band)
    const to = Math.min(right.length, row + band)
    // Outside the band every distance is beyond the limit; only the cells next to it are ever read.
    current[from - 1] = from === 1 ? Math.min(row, beyond) : beyond
    for (let column = from; column <= to; column += 1) {
      const replaced = cell(last, column - 1) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const above = column === row + band ? beyond : cell(last, column) + 1
      current[column] = Math.min(replaced, above, cell(current, column - 1) + 1, beyond)
    }
    const spare = last
    last = current
    current = spare
  }
  const distance = cell(last, right.length)
  return distance <= most ? distance : null
}

function cell(row: Uint32Array, column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
