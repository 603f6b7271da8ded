// The scheduled job on a laptop and in CI, through the shipped program: a moved clock, and a model whose health the test sets.

import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HistoryRecord } from '../../src/drift/records.ts'
import { git } from '../fakes/git.ts'
import { type Days, startDays, watched } from './drift-days.ts'
import { mostMs } from './launch.ts'

async function recordsOf({ repository }: Days): Promise<readonly HistoryRecord[]> {
  const files = (await git(repository.bare, ['ls-tree', '-r', '--name-only', 'prompt-parity-history']))
    .trim()
    .split('\n')
  const texts = await Promise.all(
    files
      .filter((file) => file.endsWith('.jsonl'))
      .map((file) => git(repository.bare, ['show', `prompt-parity-history:${file}`])),
  )
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as HistoryRecord),
  )
}

const requests = ({ llm }: Days) => llm.stats().requests

describe('prompt-parity drift', () => {
  it('makes a baseline, stays in its band, finds a drop at once, and closes it', async () => {
    await using days = await startDays()
    const plan = await days.day(0, ['--dry-run'])
    expect([plan.run.code, requests(days)]).toEqual([0, 0])
    expect(plan.run.stdout).toMatch(/1,000 calls planned, for about \$\d/)
    expect(plan.report?.verdict.outcome).toBe('planned')

    const first = await days.day(0)
    expect([first.run.code, first.set?.state, first.set?.baseline?.runs]).toEqual([0, 'baseline', 10])
    expect(first.run.stderr).toMatch(/Of 1 eval set 1 has no baseline yet: 10 runs at once/)
    expect(requests(days)).toBe(1000)

    const second = await days.day(1)
    expect([second.run.code, second.set?.state]).toEqual([0, 'in-band'])
    expect(second.run.stdout).toMatch(/^✓ No drift: 1 eval set inside its band\.\nfrozen baseline -> working tree/)

    days.weather = { broken: 20 }
    const third = await days.day(2)
    expect([third.run.code, third.set?.state, third.report?.verdict.outcome]).toEqual([0, 'drift', 'pass'])
    expect(third.set?.since).toMatch(/^2026-12-0[12]/)
    expect(third.set?.flips.length).toBeGreaterThan(10)
    expect(third.report?.verdict.findings.map(({ rule, level }) => [rule, level])).toContainEqual(['drift', 'warn'])
    expect(third.run.stdout).toContain('⚠ Drift: support scores')
    for (const name of ['report.html', 'summary.md', 'junit.xml'])
      expect(await readFile(join(days.workspace, '.parity/report', name), 'utf8')).toContain('support')

    days.weather = {}
    const fourth = await days.day(3)
    expect(fourth.set?.state).toBe('recovered')
    expect((await days.day(4)).set?.state).toBe('in-band')

    const records = await recordsOf(days)
    expect(JSON.stringify(records)).not.toMatch(/Is this case|right 00/)
    expect(records.filter(({ kind }) => kind === 'baseline')).toHaveLength(1)
  })

  it('never asks the store, and its answers are no answers of a run', async () => {
    await using days = await startDays(watched({ cases: 10 }))
    await days.day(0)
    await days.day(0)
    await days.day(0)
    expect(requests(days)).toBe(120)
    const sharded = await days.command(1, ['drift', '--shard', '1/2'])
    expect([sharded.code, sharded.stderr]).toEqual([2, expect.stringContaining('not made in shards')])
    const change = await days.command(1, ['drift', '--pr', '7', '--sha', 'a'.repeat(40)])
    expect([change.code, change.stderr]).toEqual([2, expect.stringContaining('one trusted commit')])
    expect(requests(days)).toBe(120)
  })

  it('a run in batches that was killed goes on where it stood, and the next one asks afresh', async () => {
    const config = 'spend: { batch: true }\ndrift: { baseline: spread }\n'
    // Three calls of ten come to nothing and are ordered again.
    await using days = await startDays(watched({ cases: 10, config }), { batches: { polls: 0, expire: 3 } })
    const file = join(days.workspace, '.parity/state/batches.jsonl')
    const when = () => existsSync(file) && readFileSync(file, 'utf8').split('"batch":').length > 2
    const killed = await days.command(0, ['drift'], {}, { when, signal: 'SIGKILL' })
    expect([killed.killedMs === undefined, requests(days)]).toEqual([false, 7])
    days.llm.configure({ batches: { polls: 0 } })
    const rest = await days.day(1)
    expect([rest.run.code, rest.set?.state, requests(days)]).toEqual([0, 'baseline', 10])
    expect(rest.run.stderr).not.toContain('handed to')
    expect([(await days.day(2)).set?.baseline?.runs, requests(days)]).toEqual([2, 20])
  })

  it('a baseline that was cut short goes on where it stood', async () => {
    await using days = await startDays(watched({ cases: 20, config: 'spend: { max_calls: 70 }\n' }))
    const cut = await days.day(0)
    expect([cut.run.code, cut.set?.state, cut.set?.baseline?.runs]).toEqual([3, 'baseline', 3])
    await rm(join(days.workspace, 'parity.yaml'))
    const rest = await days.day(1)
    expect([rest.run.code, rest.set?.baseline?.runs]).toEqual([0, 10])
    expect(requests(days)).toBe(70 + 140)
    expect((await days.day(2)).set?.state).toBe('in-band')
  })

  it('the pin and its live model side by side; a fallback must hold, too', async () => {
    const files = watched({ model: 'openai/gpt-4.1-2025-04-14', cases: 60 })
    const set = String(files['evals/support.eval.yaml']).replace(
      '  parameters:',
      '  fallbacks: [openai/gpt-4o-mini]\n  parameters:',
    )
    await using days = await startDays({ ...files, 'evals/support.eval.yaml': set })
    days.weather = { brokenOf: { 'gpt-4.1': 25, 'gpt-4o-mini': 40 } }
    const { report, set: drift, run } = await days.day(0)
    expect(run.code).toBe(0)
    expect(drift?.state).toBe('baseline')
    expect(drift?.live).toMatchObject({ model: 'openai/gpt-4.1', worse: true })
    expect(drift?.live?.high ?? 0).toBeLessThan(0)
    expect(report?.drift?.fallbacks).toMatchObject([{ model: 'openai/gpt-4o-mini', holds: false }])
    expect(requests(days)).toBe(600 + 60 + 60)
    days.weather = {}
    const next = await days.day(1)
    expect([next.set?.live?.worse, next.report?.drift?.fallbacks[0]?.holds]).toEqual([false, true])
  })

  it('a history that cannot be read makes no second baseline', async () => {
    await using days = await startDays(watched({ cases: 10 }))
    await days.day(0)
    await rm(join(days.workspace, '.parity'), { recursive: true })
    await git(days.workspace, ['update-ref', '-d', 'refs/remotes/origin/prompt-parity-history'])
    await git(days.workspace, ['config', 'remote.origin.url', join(days.workspace, 'gone.git')])
    const { run, set } = await days.day(1)
    expect([run.code, set?.state]).toEqual([3, 'not-measured'])
    expect(set?.why).toMatch(/history could not be read/)
    expect(requests(days)).toBe(100)
  })

  it('what is interrupted says so, within five seconds, and claims nothing', async () => {
    await using days = await startDays(watched({ cases: 40 }), { latency: 400 })
    await mkdir(join(days.workspace, '.parity'), { recursive: true })
    const run = await days.command(0, ['drift'], {}, { when: () => requests(days) > 40, signal: 'SIGINT' })
    expect(run.code).toBe(3)
    expect(run.killedMs).toBeLessThan(mostMs(run.durationMs, run.killedMs))
    const { report } = await days.read()
    expect(report?.run.incomplete?.reason).toMatch(/interrupted/)
    expect(report?.drift?.history.why).toMatch(/interrupted/)
  })

  it('a plan says how it is repeated; nothing to watch is nothing written', async () => {
    await using days = await startDays({ 'README.md': '# Nothing here\n' })
    const { run } = await days.day(0)
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('History: nothing to write.')])
    await using more = await startDays(watched({ cases: 10 }))
    const plan = await more.day(0, ['--dry-run'])
    expect(plan.run.stdout).toMatch(/^Reproduce: prompt-parity drift$/m)
  })

  it('what cannot be asked at all is not measured, and no baseline of nothing', async () => {
    const files = watched({ cases: 10 })
    const url = (side: string) => `"\${${side}_APP_URL}"`
    const http = `  http: { base: ${url('BASE')}, head: ${url('HEAD')}, path: /a, body: {q: "{{question}}"}, output: "$.a" }\n`
    const set = String(files['evals/support.eval.yaml']).replace(/ {2}prompt:[\s\S]*?(?=cases:)/, http)
    await using days = await startDays({ ...files, 'evals/support.eval.yaml': set })
    const { run, set: web } = await days.day(0)
    expect([run.code, web?.state, web?.baseline]).toEqual([3, 'not-measured', null])
    expect(web?.why).toMatch(/no request could be built: the environment variable HEAD_APP_URL is not set/)
  })

  it('a baseline that is cut short is not called calm', async () => {
    await using days = await startDays(watched({ cases: 20, config: 'spend: { max_calls: 70 }\n' }))
    const { report } = await days.day(0)
    expect(report?.verdict.headline).toBe(
      'Not measured to the end: the spend cap was reached; the baseline of support has 3 of 10 runs, and the next run goes on from there.',
    )
  })

  it('a cap that is hit beside a live model ends as not measured, and one that just fits does not', async () => {
    const model = 'openai/gpt-4.1-2025-04-14'
    await using days = await startDays(watched({ model, cases: 10, config: 'spend: { max_calls: 55 }\n' }))
    const cut = await days.day(0)
    expect([cut.run.code, cut.set?.state, requests(days)]).toEqual([3, 'baseline', 55])
    expect(cut.report?.run.incomplete).toEqual({ reason: 'the spend cap was reached', planned: 110, done: 55 })
    expect(cut.report?.verdict.headline).toMatch(
      /^Not measured to the end: the spend cap was reached; the baseline of support has [345] of 10 runs, and the next/,
    )
    expect(cut.report?.verdict.findings).toMatchObject([
      { rule: 'spend-cap', evalSet: 'support', threshold: '55 calls', value: '55 calls' },
    ])
    const left = 10 - (cut.set?.baseline?.runs ?? 0)
    await writeFile(join(days.workspace, 'parity.yaml'), `spend: { max_calls: ${10 * (left + 1)} }\n`)
    const rest = await days.day(1)
    expect([rest.run.code, rest.set?.baseline?.runs]).toEqual([0, 10])
    expect([rest.report?.verdict.outcome, rest.report?.verdict.findings]).toEqual(['pass', []])
    expect(requests(days)).toBe(55 + 10 * (left + 1))
  })

  it('what was lost is told once', async () => {
    await using days = await startDays(watched({ cases: 10 }))
    await days.day(0)
    await git(days.repository.bare, ['update-ref', '-d', 'refs/heads/prompt-parity-history'])
    const { report, set } = await days.day(1)
    expect(set?.state).toBe('in-band')
    expect(report?.drift?.events.filter(({ kind }) => kind === 'history')).toHaveLength(1)
  })

  it('a model that is not there is no baseline, and one that goes says so', async () => {
    let gone = true
    await using days = await startDays(watched({ cases: 10 }), {
      faults: [{ kind: 'unknown-model', when: () => gone }],
    })
    const { run, set } = await days.day(0)
    expect([run.code, set?.state, set?.baseline]).toEqual([3, 'not-measured', null])
    expect(set?.why).toMatch(/^10 of 10 calls were refused: /)
    gone = false
    expect((await days.day(1)).set?.state).toBe('baseline')
    gone = true
    const { set: lost } = await days.day(2)
    expect([lost?.state, lost?.advice[0]]).toEqual(['drift', expect.stringContaining('10 of 10 calls were refused')])
  })

  it('what a machine with a wrong clock wrote is not counted until then, and is said', async () => {
    await using days = await startDays(watched({ cases: 20 }))
    days.weather = { flake: 0 }
    await days.day(0)
    await days.day(1)
    const run = (await recordsOf(days)).findLast((one) => one.kind === 'run' && one.monitor !== undefined)
    if (run?.kind !== 'run' || run.monitor === undefined) throw new Error('no run')
    const at = '2031-01-01T00:00:00Z'
    const late = [
      { ...run, id: 'late-run', at, monitor: { ...run.monitor, z: 9, cusum: 9, state: 'drift' } },
      { v: 1, kind: 'accept', id: 'late-accept', at, evalSets: ['support'], reason: 'r', actor: null },
    ]
    const text = late.map((one) => `${JSON.stringify(one)}\n`).join('')
    const branch = 'prompt-parity-history'
    await days.repository.commit({ 'runs/2031-01.jsonl': text }, 'Late', { branch, from: branch })
    for (const day of [2, 3]) {
      const { report, set } = await days.day(day)
      expect([set?.state, set?.baseline?.at, set?.z]).toEqual(['in-band', expect.stringMatching(/^2026-11-30/), 0])
      expect(report?.run.notes.join()).toContain('2 records of the history are from the future')
    }
  })
})
