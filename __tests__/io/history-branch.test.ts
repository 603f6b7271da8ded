// The history branch over real repositories: a bare one as GitHub has it, and checkouts as jobs make them. Every harm that can
// come to it is in the long suite.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compactRecord, orderRecords } from '../../src/drift/join.ts'
import { serializeRecord, serializeRecords } from '../../src/drift/lines.ts'
import { HISTORY_BRANCH } from '../../src/drift/records.ts'
import { createStore } from '../../src/io/store.ts'
import type { HistoryStore } from '../../src/ports.ts'
import { pastOf, runRecord } from '../fakes/drift-records.ts'
import { git, tryGit } from '../fakes/git.ts'
import { createFakeHistory } from '../fakes/history.ts'
import { createMemoryStore } from '../fakes/memory-store.ts'
import type { Repository } from '../fakes/repository.ts'
import { BACKUP, ids, lines, NOW, open, REF, runs, start } from './history-world.ts'

describe.each([
  ['the fake', async (_: Repository): Promise<HistoryStore> => createFakeHistory()],
  ['a shallow checkout', (repository: Repository): Promise<HistoryStore> => open(repository)],
  [
    'a full clone',
    async (repository: Repository): Promise<HistoryStore> => open(repository, { root: await repository.cloneFull() }),
  ],
])('history through %s', (_, opened) => {
  it('has none, then what was written, each record once', async () => {
    await using repository = await start()
    const history = await opened(repository)
    expect(await history.read()).toMatchObject({ state: 'none', records: [], registry: null, notes: [] })
    const [one, two, three] = runs(3)
    if (!one || !two || !three) throw new Error('no samples')
    const files = { 'index.html': '<p>page</p>', 'registry.json': '[]\n' }
    const first = await history.append([two, one, two], () => files)
    expect(first).toMatchObject({ state: 'written', where: 'origin', added: ids([one, two]), notes: [] })
    expect(
      await history.append([one, three], ({ records }) => ({ ...files, 'registry.json': `[${records.length}]` })),
    ).toMatchObject({
      state: 'written',
      added: [three.id],
    })
    const read = await history.read()
    expect(read).toMatchObject({ state: 'found', registry: '[3]', notes: [] })
    expect(read.records).toEqual([one, two, three])
    expect(read.commit).toMatch(/^[0-9a-f]{40}$/)
  })

  it('writes nothing when there is nothing new', async () => {
    await using repository = await start()
    const history = await opened(repository)
    const first = await history.append(runs(2))
    const second = await history.append(runs(2))
    expect(second).toMatchObject({ state: 'written', added: [] })
    expect(second.state === 'written' && first.state === 'written' && second.commit === first.commit).toBe(true)
  })

  it('asks a function with what is there', async () => {
    await using repository = await start()
    const history = await opened(repository)
    await history.append(runs(1))
    const seen: number[] = []
    await history.append(({ records }) => {
      seen.push(records.length)
      return runs(1, 2)
    })
    expect(seen.at(-1)).toBe(1)
  })
})

describe('the branch', () => {
  it('is an orphan of its own, and neither index, work tree nor other branches change', async () => {
    await using repository = await start()
    const root = await repository.cloneFull()
    await writeFile(join(root, 'app.txt'), 'edited\n')
    await writeFile(join(root, 'new.txt'), 'staged\n')
    await git(root, ['add', 'new.txt'])
    const state = async () => [
      await git(root, ['status', '--porcelain']),
      await git(root, ['rev-parse', 'HEAD', 'origin/main']),
      await git(root, ['rev-parse', '--is-shallow-repository']),
      await git(repository.bare, ['rev-parse', 'main']),
    ]
    const before = await state()
    const history = await open(repository, { root })
    await history.append(runs(2))
    await history.append(runs(2, 5))
    expect(await state()).toEqual(before)
    expect(await repository.mergeBase('main', HISTORY_BRANCH)).toBeNull()
    const log = await git(repository.bare, ['log', '--format=%an <%ae> %s', HISTORY_BRANCH])
    const bot = 'prompt-parity[bot] <prompt-parity[bot]@users.noreply.github.com>'
    expect(log.split('\n')).toEqual([`${bot} Drift history: 2 records`, `${bot} Drift history: 2 records`])
    const names = await git(repository.bare, ['ls-tree', '-r', '--name-only', HISTORY_BRANCH])
    expect(names.split('\n')).toEqual(['.nojekyll', 'README.md', 'history.json', 'runs/2026-11.jsonl'])
  })

  it('keeps what else lies on it, and lines of a kind that only a later release knows', async () => {
    await using repository = await start()
    const strange = '{"v":1,"kind":"weather","id":"w"}'
    const files = {
      'history.json': '{"schema":"prompt-parity-history/1","lines":2,"commits":1}',
      'runs/2026-11.jsonl': `${serializeRecord(runRecord({ at: '2026-11-02T05:00:00Z' }))}\n${strange}`,
      CNAME: 'drift.example\n',
      'docs/more.txt': 'x',
      'runs/notes.txt': 'y',
    }
    await repository.commit(files, 'by hand', { branch: HISTORY_BRANCH, from: null })
    const history = await open(repository)
    const read = await history.read()
    expect(read.state).toBe('found')
    expect(read.notes).toEqual([expect.stringContaining('1 line of the drift history is no record')])
    await history.append(runs(1, 9))
    expect((await lines(repository))[1]).toBe(strange)
    expect(await lines(repository)).toHaveLength(3)
    const names = await git(repository.bare, ['ls-tree', '-r', '--name-only', HISTORY_BRANCH])
    expect(names.split('\n')).toEqual(expect.arrayContaining(['CNAME', 'docs/more.txt', 'runs/notes.txt']))
    expect((await history.read()).state).toBe('found')
  })

  it('of a later schema, or of somebody else, stops reading and writing', async () => {
    await using repository = await start()
    const history = await open(repository)
    const later = { 'history.json': '{"schema":"prompt-parity-history/2"}' }
    await repository.commit(later, 'later', { branch: HISTORY_BRANCH, from: null })
    await expect(history.read()).rejects.toThrow(/later release/)
    await expect(history.append(runs(1))).rejects.toThrow(/later release/)
    const line = { 'history.json': null, 'runs/2026-11.jsonl': '{"v":2,"kind":"run"}\n' }
    await repository.commit(line, 'later line', { branch: HISTORY_BRANCH })
    await expect(history.read()).rejects.toThrow(/later release/)
    const foreign = { 'history.json': '{"schema":"else"}' }
    const sha = await repository.commit(foreign, 'else', { branch: HISTORY_BRANCH })
    await expect(history.append(runs(1))).rejects.toThrow(/not a history of ours/)
    expect(await repository.sha(HISTORY_BRANCH)).toBe(sha)
  })

  it('loses the levels of old scheduled runs, once, and appends to the rest', async () => {
    await using repository = await start()
    const past = pastOf({ sets: 1, days: 150, cases: 20, from: '2026-05-20T05:00:00Z', mergesPerWeek: 2 })
    const early = await open(repository, { now: () => Date.parse('2026-07-01T00:00:00Z') })
    await early.append(past.filter(({ at }) => at < '2026-07'))
    const before = await lines(repository, '2026-05')
    expect(before.some((line) => line.includes('"levels"'))).toBe(true)
    const late = await open(repository)
    await late.append(past)
    expect((await late.read()).records).toEqual(orderRecords(past.map((record) => compactRecord(record, NOW))))
    const blob = () => git(repository.bare, ['rev-parse', `${REF}:runs/2026-05.jsonl`])
    const compacted = await blob()
    await late.append(runs(1, 20))
    expect(await blob()).toBe(compacted)
  })

  it('has a log that does not grow without bound', async () => {
    await using repository = await start()
    const history = await open(repository, { mostCommits: 5 })
    const count = () => git(repository.bare, ['rev-list', '--count', HISTORY_BRANCH])
    const counts: string[] = []
    for (const record of runs(12)) {
      await history.append([record])
      counts.push(await count())
    }
    expect(counts).toEqual(['1', '2', '3', '4', '5', '1', '2', '3', '4', '5', '1', '2'])
    expect((await history.read()).records).toEqual(runs(12))
    expect((await history.read()).state).toBe('found')
  })

  it('is not squashed where nobody may force a push', async () => {
    await using repository = await start()
    await git(repository.bare, ['config', 'receive.denyNonFastForwards', 'true'])
    const history = await open(repository, { mostCommits: 3 })
    for (const record of runs(6)) expect((await history.append([record])).state).toBe('written')
    expect(await git(repository.bare, ['rev-list', '--count', HISTORY_BRANCH])).toBe('6')
    expect((await history.read()).records).toEqual(runs(6))
  })

  it('stays in a repository without origin', async () => {
    await using repository = await start()
    const root = await repository.cloneFull()
    await git(root, ['remote', 'remove', 'origin'])
    const history = await open(repository, { root })
    expect((await history.read()).state).toBe('none')
    expect(await history.append(runs(2))).toMatchObject({ state: 'written', where: 'local' })
    expect((await history.read()).records).toEqual(runs(2))
    await git(root, ['remote', 'add', 'origin', repository.url])
    // A remote that comes later gets what was here.
    expect(await history.append(runs(1, 7))).toMatchObject({
      state: 'written',
      where: 'origin',
      notes: expect.any(Array),
    })
    expect(await lines(repository)).toHaveLength(3)
  })
})

describe('a branch that came to harm', () => {
  it('rewound by force: noticed, said, put back', async () => {
    await using repository = await start()
    const history = await open(repository)
    await history.append(runs(2))
    const early = await repository.sha(HISTORY_BRANCH)
    await history.append(runs(2, 5))
    await git(repository.bare, ['update-ref', REF, early])
    const read = await history.read()
    expect(read).toMatchObject({ state: 'lost', notes: [expect.stringMatching(/rewound or overwritten; 2 records/)] })
    expect(read.records).toEqual([...runs(2), ...runs(2, 5)])
    const written = await history.append(runs(1, 9))
    expect(written).toMatchObject({
      state: 'written',
      added: ids(runs(1, 9)),
      notes: [expect.stringContaining('rewound')],
    })
    expect(await lines(repository)).toHaveLength(5)
    expect(await history.read()).toMatchObject({ state: 'found', notes: [] })
  })

  it('deleted: a fresh checkout with the cached state has it back, with its registry', async () => {
    await using repository = await start()
    const store = createMemoryStore()
    const first = await open(repository, { store })
    await first.append(runs(3), () => ({ 'index.html': 'x', 'registry.json': '["kept"]' }))
    await git(repository.bare, ['update-ref', '-d', REF])
    const next = await open(repository, { store })
    const read = await next.read()
    expect(read).toMatchObject({ state: 'lost', notes: [expect.stringContaining('was deleted')], registry: '["kept"]' })
    expect(read.records).toEqual(runs(3))
    await next.append(runs(1, 9))
    expect(await lines(repository)).toHaveLength(4)
    expect(await git(repository.bare, ['show', `${REF}:registry.json`])).toBe('["kept"]')
  })

  it('edited by hand, with nothing taken away: no harm', async () => {
    await using repository = await start()
    const history = await open(repository)
    await history.append(runs(2))
    await repository.commit({ CNAME: 'drift.example\n' }, 'by hand', { branch: HISTORY_BRANCH })
    expect(await history.read()).toMatchObject({ state: 'found', notes: [], records: runs(2) })
  })

  it('a branch of the same name that never was ours is refused, and left as it is', async () => {
    await using repository = await start()
    await git(repository.bare, ['update-ref', REF, await repository.sha('main')])
    const history = await open(repository)
    await expect(history.read()).rejects.toThrow(/is not a history of ours: it has other files/)
    await expect(history.append(runs(1))).rejects.toThrow(/is not a history of ours/)
    expect(await repository.sha(HISTORY_BRANCH)).toBe(await repository.sha('main'))
  })

  it('a branch that somebody made ready, with a README, is ours to fill', async () => {
    await using repository = await start()
    await repository.commit({ 'README.md': 'soon\n', CNAME: 'drift.example\n' }, 'ready', {
      branch: HISTORY_BRANCH,
      from: null,
    })
    const history = await open(repository)
    expect(await history.append(runs(2))).toMatchObject({ state: 'written' })
    expect((await (await open(repository)).read()).records).toEqual(runs(2))
  })

  it('a squash by another writer is no harm', async () => {
    await using repository = await start()
    const [one, two] = [await open(repository), await open(repository, { mostCommits: 2 })]
    await one.append(runs(2))
    for (const record of runs(4, 5)) await two.append([record])
    expect(await one.read()).toMatchObject({ state: 'found', notes: [] })
  })
})

describe('a branch that cannot be written', () => {
  it('is written alone where the remote takes no other refs', async () => {
    await using repository = await start()
    const hook = join(repository.bare, 'hooks', 'update')
    await mkdir(join(repository.bare, 'hooks'), { recursive: true })
    await writeFile(hook, '#!/bin/sh\ncase "$1" in refs/heads/*) exit 0;; esac\nexit 1\n', { mode: 0o755 })
    const history = await open(repository)
    expect((await history.append(runs(1))).state).toBe('written')
    expect((await history.append(runs(1, 2))).state).toBe('written')
    expect(await lines(repository)).toHaveLength(2)
    expect(await tryGit(repository.bare, 'rev-parse', '--verify', '--quiet', BACKUP)).toBeNull()
  })

  const refusing = async (repository: Repository, said: string) => {
    const hook = join(repository.bare, 'hooks', 'pre-receive')
    await mkdir(join(repository.bare, 'hooks'), { recursive: true })
    await writeFile(hook, `#!/bin/sh\necho '${said}' >&2\nexit 1\n`, { mode: 0o755 })
  }

  it('leaves the files, says which permission is missing, and takes the records along later', async () => {
    await using repository = await start()
    const state = await repository.scratch('state')
    const store = createStore(state)
    const history = await open(repository, { store })
    await history.append(runs(1))
    await refusing(repository, 'GH006: Protected branch update failed')
    const refused = await history.append(runs(2, 5), () => ({ 'index.html': '<p>', 'registry.json': '[]' }))
    expect(refused).toMatchObject({
      state: 'refused',
      added: ids(runs(2, 5)),
      why: expect.stringContaining('protected'),
    })
    expect(refused.records).toHaveLength(3)
    const folder = join(history.reportDir, 'history')
    expect(refused.state === 'refused' && refused.files).toBe(folder)
    expect((await readdir(folder)).sort()).toEqual([
      '.nojekyll',
      'README.md',
      'history.json',
      'index.html',
      'registry.json',
      'runs',
    ])
    expect((await readFile(join(folder, 'runs/2026-11.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(3)
    const later = await open(repository, { store: createStore(state) })
    expect(await later.read()).toMatchObject({ state: 'found', records: [...runs(1), ...runs(2, 5)], notes: [] })
    await writeFile(join(repository.bare, 'hooks', 'pre-receive'), '#!/bin/sh\n', { mode: 0o755 })
    expect((await later.append(runs(1, 9))).state).toBe('written')
    expect(await lines(repository)).toHaveLength(4)
  })

  it('an origin that does not answer is neither an empty history nor a reason to wait for long', async () => {
    await using repository = await start()
    const history = await open(repository)
    await history.append(runs(2))
    await git(history.root, ['remote', 'set-url', 'origin', 'http://bob:s3cr3t@127.0.0.1:1/gone.git'])
    const read = await history.read()
    expect(read).toMatchObject({ state: 'unreachable', records: runs(2), commit: null })
    expect(read.notes.join()).not.toContain('s3cr3t')
    expect(await history.append(runs(1, 5))).toMatchObject({
      state: 'refused',
      why: expect.stringContaining('fetched'),
    })
    await git(history.root, ['remote', 'set-url', 'origin', repository.url])
    expect(await history.append(runs(1, 6))).toMatchObject({ state: 'written', added: ids(runs(1, 6)) })
    expect(await lines(repository)).toHaveLength(4)
  })
})

it('what is written can be read by git alone', async () => {
  await using repository = await start()
  await (await open(repository)).append(runs(3))
  expect(`${(await lines(repository)).join('\n')}\n`).toBe(serializeRecords(runs(3)))
  expect(await tryGit(repository.bare, 'fsck', '--strict')).not.toBeNull()
})
