// Bugs that other tools of this kind shipped, as far as they can be seen without running anything.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { formatPointsChange, formatUsdChange } from '../../src/report/numbers.ts'
import type { UsdEstimate } from '../../src/report/report.ts'
import { PASS_FAIL, readVerdict, type Scale } from '../../src/scorers/judge.ts'
import { answerOf, scoreWith } from '../scorers/cases.ts'
import { ROOT } from './stage.ts'

describe('bugs that peers shipped, without a run', () => {
  it('B13: caches of our workflows are keyed by the run, not by a file that they are about to restore', () => {
    const folder = join(ROOT, 'docs', 'workflows')
    const steps = readdirSync(folder)
      .filter((name) => name.endsWith('.yml'))
      .flatMap((name) => Object.values(parse(readFileSync(join(folder, name), 'utf8')).jobs as Jobs))
      .flatMap((job) => job.steps.filter((step) => /actions\/cache/.test(step.uses ?? '')))
    const [restore, save] = ['restore', 'save'].map((verb) =>
      steps.filter((one) => one.uses?.includes(`cache/${verb}@`)),
    )
    // One pair a job that calls models: the whole run, a shard, the merge.
    expect([restore?.length, save?.length]).toEqual([3, 3])
    for (const { with: given } of steps) {
      expect(given?.key).toContain('github.run_id')
      expect(given?.key).not.toContain('hashFiles')
    }
    // A new key never hits by itself: the newest older one is found by its prefix.
    for (const { with: given } of restore ?? []) expect(given?.key.startsWith(given['restore-keys'] ?? '-')).toBe(true)
  })

  const labels: Scale = {
    kind: 'labels',
    labels: [
      { label: 'correct', score: 1 },
      { label: 'incorrect', score: 0 },
    ],
  }
  const verdict = (label: unknown) => readVerdict(JSON.stringify({ reason: 'r', label }), labels)
  it('B34: "incorrect" is not "correct", in whatever order the labels stand', () => {
    expect(verdict('incorrect')?.score).toBe(0)
    expect(verdict('correct')?.score).toBe(1)
    for (const label of ['not correct', 'Incorrect', 'correct!', 'incorrect or correct', '', null, ['correct']])
      expect(verdict(label)).toBeNull()
  })

  it('B34: prose that mentions a label is no verdict', () => {
    for (const reply of ['correct', 'The answer is incorrect.', 'pass: no, fail', '{"label": "correct"'])
      expect([readVerdict(reply, labels), readVerdict(reply, PASS_FAIL)]).toEqual([null, null])
  })

  const usd = (base: string | null, head: string | null, delta: string | null): UsdEstimate => ({
    ...{ base, head, delta },
    low: null,
    high: null,
  })
  it('B35: a base of 0 is "new", an unknown base is no number, and neither is a percentage', () => {
    expect(formatUsdChange(usd('0', '0.004', '0.004'))).toBe('+$0.004, new')
    expect(formatUsdChange(usd('0', '0', '0'))).toBe('$0')
    expect(formatUsdChange(usd(null, '0.004', null))).toBe('-')
    for (const base of ['0', null]) expect(formatUsdChange(usd(base, '1', '1'))).not.toMatch(/%|NaN|Infinity/)
    const points = { base: 0, head: 100, delta: 100, low: null, high: null }
    expect(formatPointsChange(points)).toBe('+100 points')
  })

  it('B36: scoring changes nothing that it was given, so no scorer sees what another one left behind', async () => {
    const shared = deepFreeze({
      value: { type: 'object', required: ['a'] },
      options: { strict: true },
      vars: { n: [1] },
    })
    const ran = []
    for (const scorer of ['is-json', 'contains-json', 'equals', 'not-is-json'])
      ran.push(await scoreWith({ scorer, output: '{"a": 1}', ...shared }))
    const again = []
    for (const scorer of ['is-json', 'contains-json', 'equals', 'not-is-json'])
      again.push(await scoreWith({ scorer, output: '{"a": 1}', ...shared }))
    expect(ran.map((one) => one.state)).toEqual(['scored', 'scored', 'scored', 'scored'])
    expect(again).toEqual(ran)
    expect(answerOf('x')).not.toBe(answerOf('x'))
  })
})

type Jobs = { [name: string]: { steps: { uses?: string; with?: { key: string; 'restore-keys'?: string } }[] } }

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
