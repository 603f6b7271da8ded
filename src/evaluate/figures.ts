// Runs as rows of flat arrays, linked in the order in which a case's side ran them.

import type { Result } from '../domain.ts'
import type { Shelf } from '../ports.ts'
import { createPool, floats, integers } from './columns.ts'
import { putTogether, type RunOf } from './kept-run.ts'
import { createPacked } from './packed.ts'
import { type Shape, type Texts, takeApart } from './run-parts.ts'

export type Figures = {
  /** The number of the new row. */
  add(result: Result): number
  link(row: number, next: number): void
  /** The runs from a row on, put together anew each time. */
  from(row: number, of: RunOf): readonly Result[]
}

const LAST = -1

export function createFigures(shelf: Shelf): Figures {
  const shapes = createPool<Shape>((shape) => JSON.stringify(shape))
  const words = createPool<string>((word) => word)
  const [shapeOf, startOf, nextOf] = [integers(), integers(), integers()]
  const ticketOf = floats()
  const values = createPacked()
  const add = (result: Result) => {
    const { shape, figures, texts } = takeApart(result, words)
    shapeOf.push(shapes.numberOf(shape))
    startOf.push(values.add(figures))
    ticketOf.push(shelf.put(JSON.stringify(texts)))
    return nextOf.push(LAST)
  }
  const resultOf = (row: number, of: RunOf) => {
    const start = startOf.get(row)
    const kept = {
      shape: shapes.at(shapeOf.get(row)),
      figure: (at: number) => values.get(start, at),
      words,
      texts: () => JSON.parse(shelf.get(ticketOf.get(row))) as Texts,
    }
    return putTogether(kept, of)
  }
  const from: Figures['from'] = (row, of) => {
    const results: Result[] = []
    for (let at = row; at !== LAST; at = nextOf.get(at)) results.push(resultOf(at, of))
    return results
  }
  return { add, link: (row, next) => nextOf.set(row, next), from }
}
