// Names of commits, asked of one long-lived git: whatever they are, each question has its own answer.

import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createGit } from '../../src/io/git.ts'
import { git } from '../fakes/git.ts'
import { createRepository } from '../fakes/repository.ts'

describe('a commit by its name', () => {
  it('is found by branch, tag and sha, and null for anything else, in whatever order they are asked', async () => {
    await using repository = await createRepository({ files: { 'a.md': 'One\n' } })
    const root = await repository.cloneFull('main')
    const sha = (await git(root, ['rev-parse', 'HEAD'])).trim()
    await git(root, ['tag', '-a', '-m', 'One', 'v1'])
    const here = createGit({ root })
    const names = ['HEAD', 'nothing', sha, 'v1', '-rf', '', 'HEAD\nHEAD', 'HEAD:a.md', '--help', 'a b', sha.slice(0, 9)]
    const found = await Promise.all(names.map((name) => here.commit(name)))
    expect(found).toEqual([sha, null, sha, sha, null, null, null, null, null, null, sha])
    // A line too many would have shifted every answer behind it.
    const tree = here.tree(sha)
    expect([await here.commit('nothing'), await tree.read('a.md'), await here.commit('HEAD')]).toEqual([
      null,
      'One\n',
      sha,
    ])
    expect(await here.contentId(sha)).toBe((await git(root, ['rev-parse', 'HEAD^{tree}'])).trim())
  })

  it('is there after it was fetched', async () => {
    await using repository = await createRepository({ files: { 'a.md': 'One\n' } })
    await repository.commit({ 'a.md': 'Two\n' }, 'Two', { branch: 'main' })
    const root = await repository.cloneShallow(1, 'main')
    const here = createGit({ root })
    const head = (await here.commit('HEAD')) ?? ''
    const [parent = ''] = await here.parents(head)
    expect(await here.commit(parent)).toBe(null)
    expect(await here.fetch(['main'], { deepen: 1 })).toBe(true)
    expect(await here.commit(parent)).toBe(parent)
    expect(await here.tree(parent).read('a.md')).toBe('One\n')
  })

  it('is null outside of a repository', async () => {
    const root = await mkdtemp(join(tmpdir(), 'parity-no-git-'))
    const here = createGit({ root })
    expect(await Promise.all([here.commit('HEAD'), here.commit('main')])).toEqual([null, null])
    expect(await here.commit('HEAD')).toBe(null)
    await rm(root, { recursive: true })
  })
})

describe('the content of a working tree', () => {
  it('changes with every file, whatever others are called or are', async () => {
    await using repository = await createRepository({ files: { 'a.md': 'One\n', 'old.md': 'A text that moves.\n' } })
    const root = await repository.cloneFull('main')
    const head = (await git(root, ['rev-parse', 'HEAD'])).trim()
    const ids = new Set<string>()
    const look = async () => {
      const id = await createGit({ root }).contentId(null)
      expect(ids.has(id)).toBe(false)
      ids.add(id)
      expect(await createGit({ root }).contentId(null)).toBe(id)
    }
    await look()
    // Git would end at each of these, and be silent about those behind it.
    await symlink('nowhere', join(root, '0-dangling'))
    await symlink('.', join(root, '0-loop'))
    await look()
    const odd = ['"quoted"', 'two\nlines', '-dash', 'zz.md']
    for (const name of odd) {
      await writeFile(join(root, name), 'one')
      await look()
      await writeFile(join(root, name), 'two')
      await look()
    }
    await rm(join(root, '0-dangling'))
    await symlink('elsewhere', join(root, '0-dangling'))
    await look()
    await rename(join(root, 'old.md'), join(root, 'new\nname.md'))
    await look()
    const changes = await createGit({ root }).changes(head, null)
    expect(changes).toContainEqual({ status: 'renamed', path: 'new\nname.md', previousPath: 'old.md' })
    expect(changes.map(({ path }) => path).sort()).toEqual([...odd, '0-dangling', '0-loop', 'new\nname.md'].sort())
  })
})
