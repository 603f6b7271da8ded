// The rows of a record, in flat memory: twenty bytes each, where an object takes four times that.

import type { RecordRow } from '../domain.ts'
import { floats, integers } from './columns.ts'

export type RecordRows = Iterable<RecordRow> & {
  readonly length: number
  push(row: RecordRow): void
  /** The rows at these places, in this order. */
  at(places: readonly number[]): Iterable<RecordRow>
}

/** What a row is, beside its case, index and score. */
const KINDS = [
  { step: 'identical' },
  { side: 'base', step: 'pass' },
  { side: 'head', step: 'pass' },
  { side: 'base', step: 'fresh' },
  { side: 'head', step: 'fresh' },
  { side: 'base', step: 'pass', stored: true },
] as const

export function createRecordRows(evalSet: string): RecordRows {
  const ids: string[] = []
  const [kinds, indices, scores] = [integers(), integers(), floats()]
  const rowAt = (place: number): RecordRow => {
    const id = ids[place]
    const kind = KINDS[kinds.get(place)]
    if (id === undefined || kind === undefined) throw new Error(`no row ${place}`)
    if (kind.step === 'identical') return { evalSet, case: id, step: kind.step }
    const { side, step } = kind
    const row = { evalSet, case: id, side, step, index: indices.get(place), score: scores.get(place) }
    return 'stored' in kind ? { ...row, stored: true } : row
  }
  function* at(places: Iterable<number>): Generator<RecordRow> {
    for (const place of places) yield rowAt(place)
  }
  return {
    get length() {
      return ids.length
    },
    push: (row) => {
      ids.push(row.case)
      kinds.push(kindOf(row))
      indices.push(row.step === 'identical' ? 0 : row.index)
      scores.push(row.step === 'identical' ? 0 : row.score)
    },
    at: (places) => ({ [Symbol.iterator]: () => at(places) }),
    [Symbol.iterator]: () => at(ids.keys()),
  }
}

function kindOf(row: RecordRow): number {
  if (row.step === 'identical') return 0
  if (row.stored) return 5
  return (row.step === 'pass' ? 1 : 3) + (row.side === 'base' ? 0 : 1)
}
