// Five merges of four points each through the shipped program, 100 cases, flake 5 %: pull requests, pushes, the drift run that makes
// the baseline, and the accept that moves it.

import { describe, expect, it } from 'vitest'
import { scheduleEvent } from '../fakes/events.ts'
import { eroding, guardOf, type World } from './eroding.ts'
import { cli, launch, providers } from './launch.ts'

const ZEROS = '0'.repeat(40)
const MERGES = [1, 2, 3, 4, 5]
/** Prompts from here on say something else and break nothing more than what is merged. */
const UNCHANGED = 100

async function drift(world: World): Promise<void> {
  const workspace = await world.repository.cloneFull('main')
  const event = scheduleEvent({ defaultSha: await world.repository.sha('main') })
  const { action } = await launch({ workspace, event, llm: world.llm })
  expect(action.code, action.stdout).toBe(0)
}

async function accept(world: World): Promise<void> {
  const cwd = await world.repository.cloneFull('main')
  const done = await cli(['drift', 'accept', '--evals', 'capital', '--reason', 'shorter answers are meant'], {
    ...{ cwd, env: providers(world.llm) },
  })
  expect(done.code, done.stderr).toBe(0)
}

/** Statuses of the guard by merge, until it fails. */
async function eroded(world: World): Promise<readonly string[]> {
  const seen: string[] = []
  for (const version of MERGES) {
    const pull = await world.pullRequest(version)
    seen.push(guardOf(pull).row?.status ?? 'none')
    if (seen.at(-1) === 'fail') {
      expect(pull.code).toBe(1)
      break
    }
    await world.merge(version)
  }
  return seen
}

describe.each(['one', 'two', 'three'])('world %s', (seed) => {
  it('against a baseline of ten runs: five unchanged changes stay, erosion ends by the third merge', async () => {
    const gates = 'since: { ref: baseline, max_drop_points: 5 }'
    await using world = await eroding({
      ...{ flake: 0.05, seed, gates },
      broken: (version) => (version >= UNCHANGED ? 0 : 4 * version),
    })
    await world.push(ZEROS, await world.repository.sha('main'))
    await drift(world)
    for (const at of MERGES) {
      const same = await world.pullRequest(UNCHANGED + at)
      expect(['pass', 'warn']).toContain(guardOf(same).row?.status)
      expect(same.code).toBe(0)
    }
    const seen = await eroded(world)
    expect(seen.at(-1)).toBe('fail')
    expect(seen.length).toBeLessThanOrEqual(3)
    // What is accepted is the new anchor, once a drift run has measured it; before that nobody can tell.
    await accept(world)
    const between = await world.pullRequest(seen.length)
    expect(guardOf(between).finding?.message).toContain('accepted away on')
    await drift(world)
    const after = await world.pullRequest(seen.length)
    expect(['pass', 'warn']).toContain(guardOf(after).row?.status)
  }, 600_000)

  it('against a release of one run: erosion ends by the fifth merge', async () => {
    await using world = await eroding({ flake: 0.05, seed, broken: (version) => 4 * version })
    await world.push(ZEROS, await world.repository.sha('main'))
    await world.tag('v1.0.0')
    const seen = await eroded(world)
    expect(seen.at(-1)).toBe('fail')
    expect(seen[0]).not.toBe('fail')
  }, 600_000)
})
