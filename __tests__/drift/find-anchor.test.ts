// What is said where an anchor cannot be found, and that nothing is fetched in vain.

import { describe, expect, it } from 'vitest'
import { findAnchor } from '../../src/drift/find-anchor.ts'
import type { Git } from '../../src/ports.ts'

type World = {
  readonly shallow?: boolean
  readonly local?: readonly string[]
  readonly remote?: readonly string[] | null
  /** Tags whose commit comes with a fetch. */
  readonly gives?: readonly string[]
  /** Tags that lead up to the base, once they are here. */
  readonly leads?: readonly string[]
}

function gitOf({ shallow = true, local = [], remote = [], gives = [], leads = [] }: World) {
  const here = new Set(local.map((name) => `c-${name}`))
  const asked: string[] = []
  const git = {
    isShallow: async () => shallow,
    tags: async () => local.map((name) => ({ name, commit: `c-${name}` })),
    remoteTags: async () => {
      asked.push('tags')
      return remote?.map((name) => ({ name, commit: `c-${name}` })) ?? null
    },
    fetch: async (refs: readonly string[]) => {
      asked.push(...refs)
      for (const name of gives) if (refs.some((ref) => ref.includes(name))) here.add(`c-${name}`)
      return gives.length > 0
    },
    commit: async (ref: string) => (here.has(ref) ? ref : here.has(`c-${ref}`) ? `c-${ref}` : null),
    mergeBase: async (commit: string) => (leads.some((name) => commit === `c-${name}`) ? commit : shallow ? null : 'x'),
    ancestry: async (commit: string) => [commit],
  } as unknown as Git
  return { git, asked }
}

const find = async (world: World, over: { ref?: string; recorded?: readonly string[] } = {}) => {
  const { git, asked } = gitOf(world)
  const recorded = new Set(over.recorded ?? ['c-v1.0.0'])
  return { found: await findAnchor({ git, ref: over.ref ?? 'last-release', from: 'base', recorded }), asked }
}

describe('the anchor of a gate', () => {
  it('a full checkout with its tags asks nobody', async () => {
    const { found, asked } = await find({ shallow: false, local: ['v1.0.0'] })
    expect([found, asked]).toEqual([{ name: 'v1.0.0', commits: ['c-v1.0.0'] }, []])
  })

  it('a shallow one that has an old tag finds the newer one', async () => {
    const world = { local: ['v0.9.0'], remote: ['v0.9.0', 'v1.0.0'], gives: ['v1.0.0'], leads: ['v1.0.0'] }
    expect((await find(world)).found).toMatchObject({ name: 'v1.0.0' })
  })

  it('where no merge is recorded nothing is fetched', async () => {
    const { found, asked } = await find({ remote: ['v1.0.0'] }, { recorded: [] })
    expect([found, asked]).toEqual([expect.objectContaining({ why: 'no merge has a record of it yet' }), []])
  })

  it.each<[string, World, RegExp, RegExp]>([
    [
      'an origin that does not answer',
      { remote: null },
      /origin did not list its tags/,
      /fetch-depth: 0.*contents: read/,
    ],
    [
      'a commit that is not given out',
      { remote: ['v1.0.0'] },
      /v1\.0\.0 is on origin, and its commits could not/,
      /fetch-depth: 0/,
    ],
    [
      'too far back',
      { remote: ['v1.0.0'], gives: ['v1.0.0'] },
      /could not be fetched as far as the base/,
      /fetch-depth: 0/,
    ],
    ['tags that are no versions', { remote: ['nightly'] }, /no tag of origin is a version/, /fetch-depth: 0/],
    ['no tag', { remote: [] }, /origin has no tag/, /Tag a release/],
    [
      'another line alone',
      { shallow: false, remote: ['v2.0.0'], gives: ['v2.0.0'] },
      /no release tag leads up to the base \(the highest one, v2\.0\.0, does not\)/,
      /Tag a release on the branch/,
    ],
  ])('%s is said with what to do', async (_, world, why, remedy) => {
    const { found } = await find(world)
    expect(found).toMatchObject({
      state: 'none',
      why: expect.stringMatching(why),
      remedy: expect.stringMatching(remedy),
    })
  })

  it('a name is fetched, and nothing that git would read as more than a name', async () => {
    expect((await find({ gives: ['stable'] }, { ref: 'stable' })).found).toMatchObject({ name: 'stable' })
    for (const ref of ['x:refs/heads/main', '--upload-pack=evil', '*', 'a..b', '+refs/heads/x']) {
      const { found, asked } = await find({ gives: [ref] }, { ref })
      expect([asked, found]).toEqual([[], expect.objectContaining({ state: 'none' })])
    }
  })
})
