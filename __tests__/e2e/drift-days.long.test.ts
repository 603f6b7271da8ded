// What takes many days: outages, spread baselines, merges, accepts, and steady models, through the shipped program.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HistoryRecord } from '../../src/drift/records.ts'
import { git } from '../fakes/git.ts'
import { type Days, startDays, watched } from './drift-days.ts'

const TIMEOUT = 120_000

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

describe('prompt-parity drift, day after day', () => {
  it('an outage, a missing key and a cap are not measured, and no drift', { timeout: TIMEOUT }, async () => {
    await using days = await startDays(watched({ cases: 40 }))
    await days.day(0)
    days.weather = { down: true }
    const down = await days.day(1)
    expect([down.run.code, down.set?.state, down.report?.verdict.outcome]).toEqual([3, 'not-measured', 'not-measured'])
    expect(down.set?.why).toMatch(/40 of 40 cases have no result/)
    days.weather = {}
    const keyless = await days.command(2, ['drift'], { OPENAI_API_KEY: '' })
    expect(keyless.code).toBe(3)
    expect(keyless.stdout).toMatch(/OPENAI_API_KEY is not set/)
    const capped = await days.day(3, ['--max-usd', '0.0001'])
    expect([capped.run.code, capped.set?.state]).toEqual([3, 'not-measured'])
    expect(capped.report?.run.incomplete?.reason).toMatch(/spend cap/)
    const back = await days.day(4)
    expect([back.run.code, back.set?.state]).toEqual([0, 'in-band'])
    expect(back.set?.trend.filter((one) => one === null).length).toBeGreaterThan(0)
  })

  it('spreads the baseline over ten days, by flag and by configuration', { timeout: TIMEOUT }, async () => {
    await using days = await startDays(watched({ cases: 20, config: 'drift: { baseline: spread }\n' }))
    for (let day = 0; day < 9; day += 1) expect((await days.day(day)).set?.state).toBe('baseline')
    const tenth = await days.day(9, ['--spread'])
    expect([tenth.set?.state, tenth.set?.baseline?.runs]).toEqual(['baseline', 10])
    expect(requests(days)).toBe(200)
    expect((await days.day(10)).set?.state).toBe('in-band')
  })

  it('accept needs a reason, ends the baseline, and is kept', { timeout: TIMEOUT }, async () => {
    await using days = await startDays(watched({ cases: 40 }))
    await days.day(0)
    const mute = await days.command(1, ['drift', 'accept'])
    expect([mute.code, mute.stderr]).toEqual([2, expect.stringContaining('no reason is given')])
    const nothing = await days.command(1, ['drift', 'accept', '--reason', 'why not'])
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('no eval set drifts')])
    days.weather = { broken: 20 }
    const low = await days.day(1)
    expect(low.set?.state).toBe('drift')
    const accepted = await days.command(2, ['drift', 'accept', '--reason', 'the handbook changed'])
    expect([accepted.code, accepted.stdout]).toEqual([0, expect.stringContaining('support')])
    const anew = await days.day(3)
    expect([anew.set?.state, anew.set?.baseline?.runs]).toEqual(['baseline', 10])
    expect((await days.day(4)).set?.state).toBe('in-band')
    const kinds = (await recordsOf(days)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'baseline')).toHaveLength(2)
    expect(await recordsOf(days)).toContainEqual(
      expect.objectContaining({ kind: 'accept', reason: 'the handbook changed' }),
    )
  })

  it('a merge that changes what is asked starts a new baseline; gates and passes do not', {
    timeout: TIMEOUT,
  }, async () => {
    await using days = await startDays(watched({ cases: 20 }))
    const first = await days.day(0)
    const gated = watched({ cases: 20, extra: 'passes: 3\ngates: { max_drop_points: 2 }\n' })
    await writeFile(join(days.workspace, 'evals/support.eval.yaml'), String(gated['evals/support.eval.yaml']))
    expect((await days.day(1)).set?.state).toBe('in-band')
    await writeFile(join(days.workspace, 'prompts/support.md'), 'Answer in one sentence.\n')
    expect((await days.day(2)).set?.state).toBe('baseline')
    await writeFile(join(days.workspace, 'prompts/support.md'), 'Answer.\n')
    const back = await days.day(3)
    expect([back.set?.state, back.set?.baseline?.at]).toEqual(['in-band', first.set?.baseline?.at])
  })

  it('another id of equal quality is an event and no drift', { timeout: TIMEOUT }, async () => {
    await using days = await startDays()
    await days.day(0)
    days.weather = { model: 'gpt-4.1-2026-11-30', fingerprint: 'fp_new' }
    const { report, set } = await days.day(1)
    expect(set?.state).toBe('in-band')
    // That the model is announced to stop is said in every run.
    const told = (of: typeof report) => of?.drift?.events.map(({ kind }) => kind).filter((kind) => kind !== 'shutdown')
    expect(told(report)?.sort()).toEqual(['fingerprint', 'model'])
    expect(told((await days.day(2)).report)).toEqual([])
  })

  it('a set whose cases always pass has noise enough not to divide by nothing', { timeout: TIMEOUT }, async () => {
    await using days = await startDays(watched({ cases: 20 }))
    days.weather = { flake: 0 }
    const { set } = await days.day(0)
    expect(set?.baseline?.sd).toBeGreaterThan(0)
    days.weather = { flake: 0, broken: 1 }
    const one = await days.day(1)
    expect([one.set?.state, Number.isFinite(one.set?.z)]).toEqual(['in-band', true])
    days.weather = { flake: 0, broken: 2 }
    expect((await days.day(2)).set?.state).toBe('drift')
  })

  it('without a remote the history stays on the local branch', { timeout: TIMEOUT }, async () => {
    await using days = await startDays(watched({ cases: 10 }))
    await git(days.workspace, ['remote', 'remove', 'origin'])
    await days.day(0)
    const second = await days.day(1)
    expect([second.set?.state, second.report?.drift?.history.state]).toEqual(['in-band', 'local'])
    expect(await git(days.workspace, ['status', '--porcelain'])).toBe('')
  })

  it('a live model that slides is told, and opens nothing', { timeout: 2 * TIMEOUT }, async () => {
    await using days = await startDays(watched({ cases: 40, model: 'openai/gpt-4.1-2025-04-14' }))
    const told: (readonly [number, string])[] = []
    for (let day = 0; day < 18; day += 1) {
      days.weather = { flake: 0, brokenOf: { 'gpt-4.1': Math.max(0, day - 9) } }
      const { report, set } = await days.day(day)
      expect(set?.state).not.toBe('drift')
      for (const { kind, message } of report?.drift?.events ?? []) if (kind === 'live') told.push([day, message])
    }
    expect(told).toEqual([[expect.any(Number), expect.stringContaining('openai/gpt-4.1 slides away from the pin')]])
  })
})
