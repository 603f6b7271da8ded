// Many writers at once, each in a checkout of its own: what must hold, whatever their number.

import { expect } from 'vitest'
import { runRecord } from '../fakes/drift-records.ts'
import { lines, open, runs, shortWait, start } from './history-world.ts'

export async function race(writers: number, each: number, kind: 'shallow' | 'full'): Promise<void> {
  await using repository = await start()
  const checkout = () => (kind === 'full' ? repository.cloneFull() : repository.cloneShallow(1, 'main'))
  const numbers = Array.from({ length: writers }, (_, writer) => writer)
  // Squashes fall into the race too.
  const opened = async () => open(repository, { root: await checkout(), mostCommits: 7, clock: shortWait })
  const histories = await Promise.all(numbers.map(opened))
  const shared = runs(1, 28)
  const records = (writer: number) =>
    Array.from({ length: each }, (_, at) =>
      runRecord({ at: `2026-11-${10 + at}T05:${10 + writer}:00Z`, evalSet: `w${writer}` }),
    )
  const written = await Promise.all(
    histories.map(async (history, writer) => {
      const results = []
      for (const record of records(writer)) results.push(await history.append([record, ...shared]))
      return results
    }),
  )
  expect(written.flat().map(({ state }) => state)).toEqual(Array(writers * each).fill('written'))
  const all = await lines(repository)
  expect(new Set(all).size).toBe(all.length)
  expect(all).toHaveLength(writers * each + 1)
  expect(written.flat().filter(({ added }) => shared.some(({ id }) => added.includes(id)))).toHaveLength(1)
  const read = await (await open(repository)).read()
  expect(read.records).toHaveLength(writers * each + 1)
  expect(read).toMatchObject({ state: 'found', notes: [] })
}
