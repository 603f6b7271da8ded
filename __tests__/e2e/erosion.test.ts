// Merges that cost four points each, through the shipped action: none fails its own gate, and the guard ends it.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { git } from '../fakes/git.ts'
import { eroding, guardOf, type World } from './eroding.ts'

const ZEROS = '0'.repeat(40)
const first = async (world: World) => world.push(ZEROS, await world.repository.sha('main'))

describe('five merges of four points each, limit five', () => {
  let world: World
  beforeAll(async () => {
    world = await eroding({ cases: 50, broken: (version) => 2 * version })
    await first(world)
    await world.tag('v1.0.0')
  })
  afterAll(() => world[Symbol.asyncDispose]())

  it('warns at the second and fails at the third, with what was lost here and since the release', async () => {
    const seen: unknown[] = []
    for (const version of [1, 2, 3]) {
      const pull = await world.pullRequest(version)
      const { row, outcome } = guardOf(pull)
      seen.push([row?.status, outcome, row?.metric, pull.report.evalSets[0]?.score.delta])
      if (version < 3) await world.merge(version)
      else {
        expect(pull.code).toBe(1)
        const { finding, since } = guardOf(pull)
        expect(finding?.message).toMatch(
          /^-4 here, -12 since v1\.0\.0 \(limit 5 points\); 50 cases are what they were; /,
        )
        expect(finding?.evidence).toHaveLength(6)
        expect(since).toMatchObject({ anchor: 'v1.0.0', matched: 50, unmatched: 0, proven: true })
        expect(pull.report.verdict.headline).toContain('-4 here, -12 since v1.0.0')
      }
    }
    expect(seen).toEqual([
      ['pass', 'pass', 'since v1.0.0', -4],
      ['warn', 'pass', 'since v1.0.0', -4],
      ['fail', 'fail', 'since v1.0.0', -4],
    ])
  })

  it('keeps a record of each merge: cases, levels, and the pull request that brought it', async () => {
    const merges = (await world.records()).filter((one) => one.kind === 'run')
    expect(merges.map(({ role, figures, pr }) => [role, figures.score, pr])).toEqual([
      ['merge', 100, null],
      ['merge', 96, 1],
      ['merge', 92, 2],
    ])
    expect(merges[2]?.levels).toMatch(/^[0k]{50}$/)
    const page = await git(world.repository.bare, ['show', 'prompt-parity-history:registry.json'])
    expect(JSON.parse(page)).toMatchObject([{ prompt: 'prompts/capital.md', score: 92, owner: '@atlas/geo' }])
  })

  it('moves with the next release, and by nothing else', async () => {
    await world.tag('v1.1.0')
    const { row, outcome } = guardOf(await world.pullRequest(3))
    expect([row?.status, row?.metric, row?.base, row?.head, outcome]).toEqual([
      ...['pass', 'since v1.1.0', '92', '88'],
      'pass',
    ])
  })
})
