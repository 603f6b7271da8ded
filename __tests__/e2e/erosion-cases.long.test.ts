// The guard where it cannot tell, where levels are not known yet, and against changes of itself, through the shipped action.

import { describe, expect, it } from 'vitest'
import { type Eroding, eroding, guardOf, promptOf, type World } from './eroding.ts'
import { cases, evalFile } from './project.ts'

const ZEROS = '0'.repeat(40)
const SINCE = 'since: { ref: last-release, max_drop_points: 5 }'
const first = async (world: World) => world.push(ZEROS, await world.repository.sha('main'))

describe('what cannot be told', () => {
  it.each<[string, Partial<Eroding>, string]>([
    ['no release', {}, 'no release tag leads up to the base'],
    ['no baseline', { gates: 'since: { ref: baseline, max_drop_points: 5 }' }, 'there is no baseline of it yet'],
    ['no such ref', { gates: 'since: { ref: v9, max_drop_points: 5 }' }, 'there is no commit `v9` in this clone'],
  ])('warns with %s, and does not fail', async (_, options, why) => {
    await using world = await eroding({ cases: 20, broken: () => 0, ...options })
    await first(world)
    const pull = await world.pullRequest(1)
    const { row, finding } = guardOf(pull)
    expect([pull.code, row?.status, row?.head]).toEqual([0, 'warn', ''])
    expect(finding?.message).toContain(why)
  })

  it('warns when most cases are others than they were, and counts the rest', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0 })
    await first(world)
    await world.tag('v1.0.0')
    const lines = cases(20).split('\n')
    const edited = await world.pullRequest(1, {
      files: {
        'evals/cases/capital.jsonl': [
          ...lines.slice(0, 12).map((line) => line.replace('What', 'Which')),
          ...lines.slice(12),
        ].join('\n'),
      },
    })
    expect(guardOf(edited).finding?.message).toContain(
      'only 8 of 20 cases are what they were at v1.0.0 (20 cases then)',
    )
    expect(edited.code).toBe(0)
  })

  it('warns when answers are scored in another way than then', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0 })
    await first(world)
    await world.tag('v1.0.0')
    const extra = 'gates: { max_drop_points: 5, since: { ref: last-release, max_drop_points: 5 } }\n'
    const file = evalFile({ extra }).replace('contains: "{{expected}}"', 'icontains: "{{expected}}"')
    const other = await world.pullRequest(1, { files: { 'evals/capital.eval.yaml': file } })
    expect(guardOf(other).finding?.message).toContain('answers are scored in another way than at v1.0.0')
  })
})

describe('levels that the verdict of a change does not need', () => {
  it('ties are asked once, and a tie that lost since then counts', async () => {
    await using world = await eroding({ cases: 40, broken: (version) => 3 * version })
    await first(world)
    await world.tag('v1.0.0')
    // On main the prompt got worse by three cases; the change touches what four other cases are asked.
    const thinking = (country: string) =>
      `${promptOf(1)}{{question}}{% if "${country}" in question %} Think.{% endif %}\n`
    await world.pullRequest(1, { files: { 'prompts/capital.md': thinking('Austria') } })
    await world.merge(1)
    const pull = await world.pullRequest(2, { files: { 'prompts/capital.md': thinking('Italy') } })
    const { row, since } = guardOf(pull)
    expect(pull.report.evalSets[0]).toMatchObject({ cases: { paired: 40, identical: 36 }, score: { delta: 0 } })
    expect(since).toMatchObject({ matched: 40, score: { base: 100, head: 92.5 } })
    // Four pairs, one call for each tie, and three more rounds of the head: 7.5 points are beyond the limit, and not proven.
    expect([pull.calls, row?.status, pull.code]).toEqual([8 + 36 + 120, 'warn', 0])
  })

  it('cases that an early verdict left unrun are run on the head alone, and recorded at the merge', async () => {
    await using world = await eroding({ cases: 200, broken: () => 0 })
    await first(world)
    await world.tag('v1.0.0')
    const pull = await world.pullRequest(1)
    expect(pull.report.evalSets[0]).toMatchObject({ rule: 'pass-all', pairs: 100 })
    expect([pull.calls, guardOf(pull).since?.matched]).toEqual([300, 200])
    await world.merge(1)
    const levels = (await world.records()).flatMap((one) => (one.kind === 'run' ? [one.levels] : []))
    expect(levels).toEqual(['k'.repeat(200), 'k'.repeat(200)])
  })

  it('without the gate they are not asked, and the record has no score of the set', async () => {
    await using world = await eroding({ cases: 200, broken: () => 0, gates: 'require: proof' })
    await first(world)
    const pull = await world.pullRequest(1)
    expect([pull.calls, guardOf(pull).row]).toEqual([200, undefined])
    const merged = await world.merge(1)
    expect(merged.calls).toBe(200)
    const last = (await world.records()).findLast((one) => one.kind === 'run')
    expect(last).toMatchObject({ figures: { n: 100, missing: 0, score: null } })
  })
})

describe('the stricter of base and head', () => {
  it('a change cannot free itself of the guard, nor move its anchor', async () => {
    await using world = await eroding({ cases: 40, broken: (version) => (version === 9 ? 8 : 0), gates: SINCE })
    await first(world)
    await world.tag('v1.0.0')
    const loosened = async (version: number, gates: string) => {
      const files = { 'evals/capital.eval.yaml': evalFile({ extra: `gates: { ${gates} }\n` }) }
      const pull = await world.pullRequest(version, { files })
      const found = pull.report.verdict.findings.filter((one) => one.rule === 'loosened-gate').map((one) => one.message)
      return { ...guardOf(pull), found: found.join(' '), code: pull.code }
    }
    const removed = await loosened(9, 'max_drop_points: { limit: 90, level: warn }')
    expect([removed.row?.status, removed.code]).toEqual(['fail', 1])
    expect(removed.found).toContain('since.max_drop_points')
    const moved = await loosened(2, 'max_drop_points: 5, since: { ref: main, max_drop_points: 50 }')
    expect(moved.row).toMatchObject({ metric: 'since v1.0.0', limit: '-5 points' })
    expect(moved.found).toContain('since.ref')
  })

  it('only warns at `level: warn`, and can be waived', async () => {
    const waiver = `waivers: [{ rule: erosion, reason: "shorter is meant", owner: "@atlas/geo", expiry: 2999-01-01 }]`
    await using world = await eroding({ cases: 40, broken: (version) => 4 * version, gates: SINCE })
    await first(world)
    await world.tag('v1.0.0')
    const of = (version: number, extra: string) =>
      world.pullRequest(version, { files: { 'evals/capital.eval.yaml': evalFile({ extra }) } })
    const gates = `gates: { max_drop_points: { limit: 90, level: warn }, ${SINCE} }\n`
    const waived = await of(2, `${gates}${waiver}\n`)
    expect(waived.report.verdict.findings.map((one) => one.rule)).toContain('waived')
    expect(guardOf(waived).row?.status).toBe('warn')
  })
})
