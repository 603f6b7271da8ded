// Every harm that came to a history branch, by force, by hand or by a broken push: it is noticed, said, and put right.

import { describe, expect, it } from 'vitest'
import { HISTORY_BRANCH } from '../../src/drift/records.ts'
import { git } from '../fakes/git.ts'
import { createMemoryStore } from '../fakes/memory-store.ts'
import { BACKUP, ids, lines, open, REF, runs, start } from './history-world.ts'

describe('a branch that came to harm', () => {
  it('deleted, and only the number of the last commit is known: origin still has the commit', async () => {
    await using repository = await start()
    const store = createMemoryStore()
    await (await open(repository, { store })).append(runs(3))
    store.files.delete('history-copy.jsonl')
    await git(repository.bare, ['update-ref', '-d', REF])
    await git(repository.bare, ['update-ref', '-d', BACKUP])
    const next = await open(repository, { store })
    expect((await next.read()).records).toEqual(runs(3))
    await git(repository.bare, ['reflog', 'expire', '--expire=now', '--all'])
    await git(repository.bare, ['gc', '--quiet', '--prune=now'])
    const late = await open(repository, { store })
    expect(await late.read()).toMatchObject({
      state: 'lost',
      records: [],
      notes: [expect.stringContaining('nothing of it')],
    })
  })

  it.each([
    ['deleted', (_: string) => ['-d', REF]],
    ['rewound', (early: string) => [REF, early]],
  ] as const)('%s: a fresh runner that remembers nothing has it back from the second ref', async (how, harm) => {
    await using repository = await start()
    await (await open(repository)).append(runs(2))
    const early = await repository.sha(HISTORY_BRANCH)
    await (await open(repository)).append(runs(2, 5))
    await git(repository.bare, ['update-ref', ...harm(early)])
    const fresh = await open(repository)
    expect(await fresh.read()).toMatchObject({ state: 'lost', notes: [expect.stringContaining(how)] })
    expect(await fresh.append(runs(1, 9))).toMatchObject({ state: 'written', added: ids(runs(1, 9)) })
    expect(await lines(repository)).toHaveLength(5)
    expect(await (await open(repository)).read()).toMatchObject({ state: 'found', notes: [] })
    expect(await repository.sha(BACKUP)).toBe(await repository.sha(HISTORY_BRANCH))
  })

  it('overwritten by another branch: what was known is put on top of it', async () => {
    await using repository = await start()
    const history = await open(repository)
    await history.append(runs(3))
    await git(repository.bare, ['update-ref', REF, await repository.sha('main')])
    expect(await history.read()).toMatchObject({ state: 'lost', records: runs(3) })
    await history.append(runs(1, 9))
    expect(await lines(repository)).toHaveLength(4)
    expect(await git(repository.bare, ['show', `${REF}:app.txt`])).toBe('app')
  })

  it.each<[string, (text: string) => string]>([
    ['a line cut off', (text) => text.slice(0, -40)],
    ['a line taken away', (text) => text.split('\n').slice(1).join('\n')],
    ['bytes of another kind', (text) => `\u0000\u0001${text.slice(0, 50)}\n${text}`],
    ['everything gone', () => ''],
  ])('%s: found without any memory, from the commits before it', async (_, harm) => {
    await using repository = await start()
    await (await open(repository)).append(runs(2))
    await (await open(repository)).append(runs(2, 5))
    const text = await git(repository.bare, ['show', `${REF}:runs/2026-11.jsonl`])
    await repository.commit({ 'runs/2026-11.jsonl': harm(`${text}\n`) }, 'by hand', { branch: HISTORY_BRANCH })
    const history = await open(repository)
    const read = await history.read()
    expect(read).toMatchObject({ state: 'lost', notes: [expect.stringContaining('damaged')] })
    expect(read.records).toEqual([...runs(2), ...runs(2, 5)])
    await history.append(runs(1, 9))
    const mended = await open(repository)
    expect(await mended.read()).toMatchObject({
      state: 'found',
      notes: [],
      records: [...runs(2), ...runs(2, 5), ...runs(1, 9)],
    })
  })

  it('a history.json that is gone or broken is made again', async () => {
    await using repository = await start()
    await (await open(repository)).append(runs(2))
    for (const text of [null, '{', '[]']) {
      await repository.commit({ 'history.json': text }, 'by hand', { branch: HISTORY_BRANCH })
      const history = await open(repository)
      expect(await history.read()).toMatchObject({ state: 'lost', records: runs(2) })
      await history.append([])
      expect((await history.read()).state).toBe('found')
    }
  })
})
