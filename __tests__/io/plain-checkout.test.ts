// Where a checkout begins: the same as git says, or left to git.

import { chownSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkoutRoot, lookAhead } from '../../src/io/checkout.ts'
import { createGit } from '../../src/io/git.ts'
import { plainCheckout } from '../../src/io/plain-checkout.ts'
import { git, tryGit } from '../fakes/git.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function folder(): Promise<string> {
  const made = await realpath(await mkdtemp(join(tmpdir(), 'parity-plain-')))
  folders.push(made)
  return made
}

async function repository(): Promise<string> {
  const root = await folder()
  await git(root, ['init', '-q', '-b', 'main'])
  await git(root, ['commit', '-q', '--allow-empty', '-m', 'One'])
  await mkdir(join(root, 'a/b'), { recursive: true })
  return root
}

/** What git says of a folder; null where it finds nothing that it takes. */
const saidByGit = (from: string) => tryGit(from, 'rev-parse', '--show-toplevel')

describe('where a checkout begins', () => {
  it('a plain one, from its root, from within and through a link, without asking git', async () => {
    const root = await repository()
    const link = join(await folder(), 'link')
    await symlink(join(root, 'a'), link)
    for (const from of [root, join(root, 'a/b'), link]) {
      expect(plainCheckout(from)).toBe(root)
      expect(await saidByGit(from)).toBe(root)
    }
    await git(root, ['checkout', '-q', '--detach'])
    expect(plainCheckout(root)).toBe(root)
  })

  it('git is asked of everything else', async () => {
    const root = await repository()
    const strange: { readonly [what: string]: () => Promise<string> } = {
      'no repository': folder,
      'a folder that is not there': async () => join(await folder(), 'gone'),
      'a linked work tree': async () => {
        const linked = join(await folder(), 'linked')
        await git(root, ['worktree', 'add', '-q', '--detach', linked])
        return linked
      },
      'a bare repository in a checkout': async () => {
        const bare = join(root, 'a/bare')
        await git(root, ['init', '-q', '--bare', bare])
        return bare
      },
      'another work tree by its configuration': async () => {
        const other = await repository()
        await git(other, ['config', 'core.worktree', join(other, 'a')])
        return other
      },
      'no work tree by its configuration': async () => {
        const other = await repository()
        await git(other, ['config', 'core.bare', 'true'])
        return other
      },
      'a form of repository with extensions': async () => {
        const other = await folder()
        await git(other, ['init', '-q', '--object-format=sha256'])
        return other
      },
      'a .git that is none, within a repository': async () => {
        const inner = join(root, 'inner')
        await mkdir(join(inner, '.git'), { recursive: true })
        return inner
      },
      'a HEAD that names nothing': async () => {
        const other = await repository()
        await writeFile(join(other, '.git/HEAD'), 'nothing\n')
        return other
      },
    }
    for (const [what, make] of Object.entries(strange)) {
      const from = await make()
      expect([what, plainCheckout(from)]).toEqual([what, null])
    }
    expect(await checkoutRoot(join(root, 'inner'))).toBe(await saidByGit(join(root, 'inner')))
    expect(await checkoutRoot(join(root, 'inner'))).toBe(root)
  })

  it('git is asked where a variable limits where it looks', async () => {
    const root = await repository()
    process.env.GIT_CEILING_DIRECTORIES = join(root, 'a')
    try {
      expect(plainCheckout(join(root, 'a/b'))).toBeNull()
      expect(await checkoutRoot(join(root, 'a/b'))).toBeNull()
    } finally {
      delete process.env.GIT_CEILING_DIRECTORIES
    }
  })

  it.runIf(process.getuid?.() === 0)('git is asked of the folder of somebody else', async () => {
    const root = await repository()
    chownSync(join(root, '.git'), 12345, 12345)
    expect(plainCheckout(join(root, 'a'))).toBeNull()
    const other = await repository()
    chownSync(other, 12345, 12345)
    expect(plainCheckout(join(other, 'a'))).toBeNull()
  })

  it('git that was started ahead reads for the first who asks there, and not after a fetch', async () => {
    const root = await repository()
    lookAhead(root)
    expect(await checkoutRoot(root)).toBe(root)
    const head = await git(root, ['rev-parse', 'HEAD'])
    expect(await createGit({ root }).commit('HEAD')).toBe(head)
    lookAhead(root)
    expect(await createGit({ root: await repository() }).commit('HEAD')).not.toBeNull()
    expect(await createGit({ root }).commit('HEAD')).toBe(head)
  })
})
