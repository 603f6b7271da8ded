import { describe, expect, it } from 'vitest'
import type { IncidentRecord } from '../../src/drift/records.ts'
import { race } from './history-race.ts'
import { lines, open, runs, shortWait, start } from './history-world.ts'

describe('many writers at once', () => {
  it.each([
    [2, 3, 'shallow'],
    [4, 2, 'shallow'],
    [3, 2, 'full'],
  ] as const)('%i writers, %i records each, %s checkouts: nothing is lost or doubled', race)

  it('in one checkout', async () => {
    await using repository = await start()
    const root = await repository.cloneShallow(1, 'main')
    const histories = await Promise.all([0, 1, 2].map(() => open(repository, { root, clock: shortWait })))
    const written = await Promise.all(histories.map((history, writer) => history.append(runs(2, 1 + 2 * writer))))
    expect(written.map(({ state }) => state)).toEqual(['written', 'written', 'written'])
    expect(await lines(repository)).toHaveLength(6)
  })

  it('only one of them gets a claim that is made unless there is one', async () => {
    await using repository = await start()
    const histories = await Promise.all(Array.from({ length: 4 }, () => open(repository)))
    const claim = (writer: number): IncidentRecord => ({
      ...{ v: 1, kind: 'incident', id: `claim-${writer}`, at: `2026-11-28T05:00:0${writer}Z`, state: 'claimed' },
      ...{ incident: 'one', issue: null, evalSets: [] },
    })
    const written = await Promise.all(
      histories.map((history, writer) =>
        history.append(({ records }) => (records.some(({ kind }) => kind === 'incident') ? [] : [claim(writer)])),
      ),
    )
    expect(written.filter(({ added }) => added.length > 0)).toHaveLength(1)
    expect(await lines(repository)).toHaveLength(1)
    expect(written.every(({ state, records }) => state === 'written' && records.length === 1)).toBe(true)
  })
})
