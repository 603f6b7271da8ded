// The anchor of the erosion guard in a checkout of one commit, as actions/checkout makes it: no tags, and no history.

import { describe, expect, it } from 'vitest'
import { git } from '../fakes/git.ts'
import { eroding, guardOf, type World } from './eroding.ts'

const ZEROS = '0'.repeat(40)

/** Commits of other work on main. */
async function grow({ repository }: World, count: number): Promise<void> {
  let tip = await repository.sha('main')
  const tree = await git(repository.bare, ['rev-parse', `${tip}^{tree}`])
  for (let i = 0; i < count; i++) tip = await git(repository.bare, ['commit-tree', tree, '-p', tip, '-m', `Other ${i}`])
  await git(repository.bare, ['update-ref', 'refs/heads/main', tip])
}

describe('a shallow checkout without tags', () => {
  it('finds the last release that leads up to the base, and the merge before it', async () => {
    await using world = await eroding({ cases: 20, broken: (version) => version })
    await world.push(ZEROS, await world.repository.sha('main'))
    // The release is of a later commit than the last merge with a record, and the base is further on than one step of deepening.
    await grow(world, 3)
    await git(world.repository.bare, ['tag', '-a', '-m', 'annotated', 'v1.0.0', await world.repository.sha('main')])
    await world.tag('v0.9.0', 'main~2')
    await grow(world, 60)
    // A higher version on a line of its own, and one that is no release.
    await world.repository.commit({ 'README.md': 'Two\n' }, 'Two', { branch: 'next', from: 'main~10' })
    await world.tag('v2.0.0', 'next')
    await world.tag('v3.0.0-rc.1')
    const pull = await world.pullRequest(2, { depth: 1 })
    const { row, since } = guardOf(pull)
    expect([row?.metric, row?.status, since?.anchor], pull.log).toEqual(['since v1.0.0', 'warn', 'v1.0.0'])
    expect(since).toMatchObject({ matched: 20, score: { base: 100, head: 90 } })
  }, 120_000)

  it('finds a tag or a branch that the gate names', async () => {
    await using world = await eroding({
      cases: 20,
      broken: (version) => version,
      gates: 'since: { ref: production, max_drop_points: 5 }',
    })
    await world.push(ZEROS, await world.repository.sha('main'))
    await git(world.repository.bare, ['update-ref', 'refs/heads/production', await world.repository.sha('main')])
    await grow(world, 5)
    const { row } = guardOf(await world.pullRequest(2, { depth: 1 }))
    expect([row?.metric, row?.status]).toEqual(['since production', 'warn'])
  }, 120_000)

  it('says what to do where there is no release at all', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0 })
    await world.push(ZEROS, await world.repository.sha('main'))
    const { finding } = guardOf(await world.pullRequest(1, { depth: 1 }))
    expect(finding?.message).toContain('no release tag leads up to the base: origin has no tag')
    expect(finding?.remedy).toContain('Tag a release')
  }, 120_000)
})
