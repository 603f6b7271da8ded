import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { IncidentRecord } from '../../src/drift/records.ts'
import { race } from './history-race.ts'
import { lines, open, runs, shortWait, start } from './history-world.ts'

describe('many writers at once', () => {
  it.each([
    [2, 3, 'shallow'],
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

  it.each([
    ['is waited for', 8, 'written'],
    ['that is left behind is not waited for without end', Number.POSITIVE_INFINITY, 'refused'],
  ] as const)('a lock of another git in the checkout %s', async (_, waits, state) => {
    await using repository = await start()
    await (await open(repository)).append(runs(1))
    const root = await repository.cloneShallow(1, 'main')
    const lock = join(root, '.git', 'shallow.lock')
    await writeFile(lock, '')
    let slept = 0
    const sleep = async () => {
      slept += 1
      if (slept === waits) await rm(lock)
    }
    const written = await (await open(repository, { root, clock: { sleep } })).append(runs(1, 2))
    expect([written.state, slept]).toEqual([state, Math.min(waits, 11)])
    if (written.state === 'refused') expect(written.why).toContain('shallow.lock')
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
