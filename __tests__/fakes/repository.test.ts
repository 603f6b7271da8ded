import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { git, tryGit } from './git.ts'
import { createRepository } from './repository.ts'

test('the same calls make the same commits', async () => {
  const make = async () => {
    await using repository = await createRepository({ files: { 'a.txt': 'one\n' } })
    await repository.branch('change')
    return await repository.commit({ 'a.txt': 'two\n', 'b/ü "c".txt': 'x' }, 'second')
  }
  const first = await make()
  expect(first).toMatch(/^[0-9a-f]{40}$/)
  expect(await make()).toBe(first)
})

test('removes its directory when done', async () => {
  const repository = await createRepository({ files: { a: '1' } })
  expect(existsSync(repository.bare)).toBe(true)
  await repository[Symbol.asyncDispose]()
  expect(existsSync(repository.bare)).toBe(false)
})

test('knows links, executables, submodules, renames and removals', async () => {
  await using repository = await createRepository({
    files: {
      'link.md': { symlink: '/etc/passwd' },
      run: { executable: '#!/bin/sh\n' },
      sub: { submodule: '1'.repeat(40) },
      old: 'text\n'.repeat(10),
      gone: 'x',
      'bin.dat': new Uint8Array([0, 255, 10]),
    },
  })
  const head = await repository.commit({ new: { renamedFrom: 'old' }, gone: null })
  const listed = await git(repository.bare, ['ls-tree', head])
  expect(listed.split('\n').map((line) => `${line.slice(0, 6)} ${line.split('\t')[1]}`)).toEqual([
    '100644 bin.dat',
    '120000 link.md',
    '100644 new',
    '100755 run',
    '160000 sub',
  ])
  expect(await git(repository.bare, ['diff', '-M', '--name-status', `${head}~1`, head])).toContain('R100\told\tnew')
})

test('a pull request has a merge commit with the base first, and none with a conflict', async () => {
  await using repository = await createRepository({ files: { a: '1\n', b: '1\n' } })
  await repository.commit({ a: '2\n' }, 'change', { branch: 'change' })
  const base = await repository.commit({ b: '2\n' }, 'main goes on', { branch: 'main' })
  const pull = await repository.pull(1, 'main', 'change')
  const parents = await git(repository.bare, ['log', '-1', '--format=%P', 'refs/pull/1/merge'])
  expect(parents).toBe(`${base} ${pull.headSha}`)
  await repository.commit({ b: 'other\n' }, 'conflict', { branch: 'change' })
  expect(await repository.pull(2, 'main', 'change')).toMatchObject({ mergeSha: null })
})

test('shallow clones lack the parents, full clones have them', async () => {
  await using repository = await createRepository({ files: { a: '1\n' } })
  await repository.commit({ a: '2\n' }, 'change', { branch: 'change' })
  const { mergeSha, baseSha } = await repository.pull(1, 'main', 'change')
  const shallow = await repository.cloneShallow(1, 'refs/pull/1/merge')
  expect(await git(shallow, ['rev-parse', 'HEAD'])).toBe(mergeSha)
  expect(await readFile(join(shallow, 'a'), 'utf8')).toBe('2\n')
  expect(await tryGit(shallow, 'cat-file', '-e', baseSha)).toBeNull()
  expect(await git(shallow, ['fetch', '--quiet', '--depth=2', 'origin', baseSha]).then(() => 'fetched')).toBe('fetched')
  const full = await repository.cloneFull('change')
  expect(await tryGit(full, 'cat-file', '-e', baseSha)).not.toBeNull()
})

test('an orphan branch shares nothing', async () => {
  await using repository = await createRepository({ files: { a: '1' } })
  const orphan = await repository.commit({ 'h.jsonl': '{}\n' }, 'history', { branch: 'history', from: null })
  expect(await git(repository.bare, ['ls-tree', '--name-only', orphan])).toBe('h.jsonl')
  expect(await repository.mergeBase('main', 'history')).toBeNull()
})
