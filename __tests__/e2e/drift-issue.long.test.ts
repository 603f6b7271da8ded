// The one issue through the shipped action: a schedule, a model that gets worse, two jobs at once, a recovery.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scheduleEvent } from '../fakes/events.ts'
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts'
import { scanMarkdown } from '../fakes/markdown.ts'
import { type Days, startDays, watched } from './drift-days.ts'
import { type Launched, launch } from './launch.ts'
import { at, DAY_MS } from './today.ts'

const START = Date.UTC(2026, 10, 30, 5, 17)

let days: Days
let github: FakeGitHub

/** A scheduled run in a clone of its own, as a runner has it. */
async function scheduled(day: number, env: { readonly [name: string]: string } = {}): Promise<Launched> {
  const sha = await days.repository.sha('main')
  return launch({
    workspace: await days.repository.cloneFull('main'),
    event: scheduleEvent({ defaultSha: sha }),
    llm: days.llm,
    github,
    env: { ...at(START + day * DAY_MS), ...env },
  })
}
const issues = () => [...github.state.issues.values()].map(({ number, state }) => `${number} ${state}`)
const statusOf = ({ report }: Launched) => report?.drift?.issue?.status

beforeAll(async () => {
  days = await startDays(watched({ cases: 60 }))
  github = await startFakeGitHub({ bare: days.repository.bare })
})
afterAll(async () => {
  await github.close()
  await days[Symbol.asyncDispose]()
})

describe('the drift issue', () => {
  it('is none while nothing drifts', async () => {
    const first = await scheduled(0)
    expect([first.action.code, statusOf(first)]).toEqual([0, 'off'])
    // Chance is for the baseline: what is asked here is what becomes of a state.
    days.weather = { flake: 0 }
    expect([(await scheduled(1)).report?.drift?.sets[0]?.state, issues()]).toEqual(['in-band', []])
  })

  it('is opened once by two jobs at the same moment, and the job stays green', async () => {
    days.weather = { broken: 12, flake: 0, model: 'gpt-4.1-2026-12-01' }
    const runs = await Promise.all([scheduled(2), scheduled(2)])
    expect(runs.map(({ action }) => action.code)).toEqual([0, 0])
    expect(runs.map(({ report }) => report?.drift?.sets[0]?.state)).toEqual(['drift', 'drift'])
    expect(issues()).toEqual(['1 open'])
    const issue = github.state.issues.get(1)
    expect(issue?.title).toMatch(/^Drift: support is [\d.]+ points below its baseline since 2026-12-02$/)
    // The other job may have edited it already, and only the first text mentions.
    const created = github.requests.filter(({ operation }) => operation === 'issues/create').map(({ body }) => body)
    const mentions = created.flatMap((body) => scanMarkdown((body as { body: string }).body).mentions)
    expect(mentions.map(({ text }) => text)).toEqual(['@acme/support'])
    expect(issue?.body).toContain('gpt-4.1-2026-12-01')
    expect(issue?.body).toContain('drift accept --evals support')
    expect(github.violations).toEqual([])
  })

  it('is edited in place the next day', async () => {
    expect(statusOf(await scheduled(3))).toBe('updated')
    expect([issues(), github.state.comments]).toEqual([['1 open'], []])
    // Said by the run of the day before, and still there.
    expect(github.state.issues.get(1)?.body).toContain('The provider answered as gpt-4.1-2026-12-01')
  })

  it('stays as it is while the provider is down', async () => {
    const before = github.state.writes.length
    const down = await scheduled(4, { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })
    expect([down.report?.drift?.sets[0]?.state, github.state.writes.length]).toEqual(['not-measured', before])
  })

  it('is closed with a comment when it is gone', async () => {
    days.weather = { flake: 0 }
    const back = await scheduled(5)
    expect([back.report?.drift?.sets[0]?.state, statusOf(back), issues()]).toEqual([
      'recovered',
      'closed',
      ['1 closed'],
    ])
    expect(github.state.comments.map(({ body }) => body)).toEqual([expect.stringContaining('is back inside its band')])
    expect(statusOf(await scheduled(6))).toBe('off')
  })

  it('names the permission that is missing, and stays green', async () => {
    await using readOnly = await startFakeGitHub({ bare: days.repository.bare, permissions: { issues: 'read' } })
    days.weather = { broken: 12, flake: 0 }
    const allowed = github
    github = readOnly
    const refused = await scheduled(7)
    github = allowed
    expect([refused.action.code, statusOf(refused)]).toEqual([0, 'failed'])
    expect(refused.report?.drift?.issue?.note).toContain('`issues: write`')
    expect(refused.action.stdout).toContain('issues: write')
    expect(statusOf(await scheduled(8))).toBe('opened')
    expect(issues()).toEqual(['1 closed', '2 open'])
  })

  it('is closed when the drift is accepted, with the reason', async () => {
    const accepted = await days.command(8.5, ['drift', 'accept', '--reason', 'the shorter answers are wanted'])
    expect(accepted.code).toBe(0)
    expect(statusOf(await scheduled(9))).toBe('closed')
    expect(issues()).toEqual(['1 closed', '2 closed'])
    expect(github.state.comments.at(-1)?.body).toMatch(/`support` was accepted.*: the shorter answers are wanted/)
    expect(statusOf(await scheduled(10))).toBe('off')
  })

  it('a merge that changes what is asked while it drifts is no recovery', async () => {
    // The accept of the day before took the low level; the next fall is from there.
    days.weather = { flake: 0, broken: 30 }
    expect(statusOf(await scheduled(11))).toBe('opened')
    expect(issues()).toEqual(['1 closed', '2 closed', '3 open'])
    await days.repository.commit({ 'prompts/support.md': 'Answer in one sentence.\n' }, 'Shorter', {
      branch: 'main',
      from: 'main',
    })
    const changed = await scheduled(12)
    expect([changed.report?.drift?.sets[0]?.state, statusOf(changed), issues()[2]]).toEqual([
      'baseline',
      'updated',
      '3 open',
    ])
    expect(changed.report?.drift?.events.map(({ message }) => message).join()).toContain('was changed while it drifted')
    const issue = () => github.state.issues.get(3)
    expect(issue()?.title).toBe('Drift: support was changed while it drifted')
    expect(issue()?.body).toContain('the series that drifted has ended (last run of it: 2026-12-11')
    expect(github.state.comments.at(-1)?.body).toContain('the series that drifted has ended')
    const told = github.state.comments.length
    const down = await scheduled(13, { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' })
    expect([down.report?.drift?.sets[0]?.state, statusOf(down), issues()[2]]).toEqual([
      'not-measured',
      'unchanged',
      '3 open',
    ])
    const inside = await scheduled(14)
    expect([inside.report?.drift?.sets[0]?.state, statusOf(inside), issues()[2]]).toEqual([
      'in-band',
      'closed',
      '3 closed',
    ])
    expect(github.state.comments).toHaveLength(told + 1)
    const last = github.state.comments.at(-1)?.body
    expect(last).toMatch(/nothing is left to measure this drift by[\s\S]*was not seen to recover/)
    expect(last).not.toMatch(/back inside|is over/)
    expect(github.violations).toEqual([])
  }, 90_000)
})
