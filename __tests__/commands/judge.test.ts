// A judge against people: the arithmetic, the label files that people and report.html write, and the command.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLabels } from '../../src/commands/judge-labels.ts'
import type { ScorerSpec } from '../../src/domain.ts'
import type { Report } from '../../src/report/report.ts'
import {
  attenuationText,
  calibrate,
  calibrationWarnings,
  type Graded,
  judgeIdentity,
  recordedQuality,
} from '../../src/scorers/calibration.ts'
import { evalFile, project, rightAnswer } from '../e2e/project.ts'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { cli, inRepository, runChange } from './cli.ts'

const times = (n: number, human: boolean, judge: boolean): Graded[] =>
  Array.from({ length: n }, () => ({ human, judge }))

describe('calibration', () => {
  it('turns 90 % and 85 % into J .75: a drop of 10 shows as 7.5', () => {
    const of = calibrate([
      ...times(90, true, true),
      ...times(10, true, false),
      ...times(85, false, false),
      ...times(15, false, true),
    ])
    expect(of.sensitivity).toMatchObject({ value: 0.9, n: 100 })
    expect(of.specificity).toMatchObject({ value: 0.85, n: 100 })
    expect(of.j).toBeCloseTo(0.75)
    expect(attenuationText(of.j)).toBe('a true drop of 10 points shows as 7.5')
    expect(of.kappa?.value).toBeCloseTo(0.75)
    expect(of.kappa?.low).toBeLessThan(0.75)
    expect(calibrationWarnings(of)).toEqual([])
  })
  it('does not make up what no label shows', () => {
    expect(calibrate([])).toMatchObject({
      n: 0,
      agreement: null,
      kappa: null,
      sensitivity: null,
      specificity: null,
      j: null,
    })
    const oneClass = calibrate(times(60, true, true))
    expect(oneClass).toMatchObject({ specificity: null, j: null, kappa: null })
    expect(attenuationText(oneClass.j)).toBeNull()
    expect(calibrationWarnings(oneClass)).toEqual([expect.stringContaining('Only 0 labels are fail')])
  })
  it('warns of few labels, of disagreement, and of a judge that guesses', () => {
    const guess = calibrate([true, false].flatMap((human) => [...times(5, human, true), ...times(5, human, false)]))
    expect(attenuationText(guess.j)).toContain('hardly better than chance')
    expect(calibrationWarnings(guess).join('\n')).toMatch(
      /20 labels are few[\s\S]*Only 10[\s\S]*Kappa is 0\.00[\s\S]*J is 0\.00/,
    )
  })
})

const spec: ScorerSpec = {
  type: 'llm-rubric',
  not: false,
  value: 'Names one city.',
  weight: 1,
  name: 'llm-rubric',
  options: { model: 'openai/gpt-5-mini-2025-08-07' },
  place: { path: 'x' },
}

describe('recorded verdicts', () => {
  const line = (row: object) => `${JSON.stringify(row)}\n`
  it('count only under the judge that gave them', () => {
    const mine = judgeIdentity(spec)
    const text = [
      line({ label: 'pass', judge: 'pass', judge_id: mine }),
      line({ label: 'reject', judge: 'fail' }),
      line({ label: 'fail', judge: 'pass', judge_id: 'another' }),
      line({ label: 'pass' }),
      'not json\n\n[1]\n{"label": 7, "judge": "pass"}\n',
    ].join('')
    expect(recordedQuality(text, spec)).toEqual({ labels: 4, usable: 2, agreement: 1, j: 1 })
    expect(recordedQuality(text, { ...spec, value: 'Another rubric.' })).toMatchObject({ labels: 4, usable: 1 })
    expect(recordedQuality('', spec)).toEqual({ labels: 0, usable: 0, agreement: null, j: null })
  })
  it('know a judge by what it is asked and not by where its labels are', () => {
    const same = {
      ...spec,
      name: 'judge',
      weight: 3,
      place: { path: 'y' },
      options: { ...spec.options, labels: 'l.jsonl' },
    }
    expect(judgeIdentity(same)).toBe(judgeIdentity(spec))
    expect(judgeIdentity({ ...spec, options: { model: 'openai/other' } })).not.toBe(judgeIdentity(spec))
    expect(judgeIdentity({ ...spec, not: true })).not.toBe(judgeIdentity(spec))
  })
})

describe('labels', () => {
  const report = {
    evalSets: [
      {
        name: 'capital',
        flips: [
          { caseId: 'italy', kind: 'broken', base: 'Rome', head: 'Milan' },
          { caseId: 'peru', kind: 'broken', base: 'Lima', head: null },
          { caseId: 'cuba', kind: 'broken', base: 'Havana', head: 'Long…' },
        ],
      },
    ],
  } as unknown as Report
  const downloaded = (id: string, more = {}) =>
    JSON.stringify({ evalSet: 'capital', case: id, side: 'head', kind: 'broken', label: 'reject', ...more })

  it('of report.html find the answer they are about, or say why not', () => {
    const text = ['italy', 'peru', 'cuba', 'chad'].map((id) => downloaded(id)).join('\n')
    const { labelled, skipped } = readLabels(text, 'labels.jsonl', { report, set: null })
    expect(labelled.map((one) => [one.output, one.human])).toEqual([['Milan', false]])
    expect(skipped).toEqual([
      expect.stringContaining('does not carry the answer of peru'),
      expect.stringContaining('only a part of the answer of cuba'),
      expect.stringContaining('no report at hand shows the case chad'),
    ])
    expect(readLabels(text, 'labels.jsonl', { report: null, set: null }).labelled).toEqual([])
  })
  it('of people have the same id twice without becoming one', () => {
    const text = '{"id": "a", "output": "x", "label": "pass"}\n{"id": "a", "output": "x", "label": "fail"}\n'
    const ids = readLabels(text, 'l', { report: null, set: null }).labelled.map((one) => one.kase.id)
    expect(new Set(ids).size).toBe(2)
  })
  it.each([
    ['nothing', 'no JSON object'],
    ['{"output": "x"}', '"label" is missing'],
    ['{"output": "x", "label": "good"}', '"label" is "good"'],
    ['{"output": "x", "label": 1}', '"label" is 1'],
  ])('%s is an error with its line', (line, what) => {
    expect(() => readLabels(`\n${line}\n`, 'l.jsonl', { report: null, set: null })).toThrow(`l.jsonl:2: `)
    expect(() => readLabels(line, 'l.jsonl', { report: null, set: null })).toThrow(what)
  })
})

describe('prompt-parity judge', () => {
  let llm: FakeLlm
  beforeAll(async () => {
    llm = await startFakeLlm({ seed: 'judge', answer: judgeOrCity })
  })
  afterAll(() => llm.close())

  /** fails what hedges. */
  function judgeOrCity(context: CallContext) {
    if (!context.prompt.includes('criterion')) return rightAnswer(context)
    const label = context.prompt.includes('maybe') ? 'fail' : 'pass'
    return JSON.stringify({ reason: 'Read it.', label })
  }
  const judged = evalFile().replace(
    '{ contains: "{{expected}}" }',
    '{ llm-rubric: { value: "Names one city.", model: openai/gpt-5-mini-2025-08-07, labels: ../judged.jsonl } }',
  )
  const files = { ...project({ cases: 4 }), 'evals/capital.eval.yaml': judged }
  // Ten that both pass, six that both fail, four that the judge lets through.
  const rows = (output: string, label: string, n: number) =>
    Array.from({ length: n }, (_, i) => `${JSON.stringify({ output: `${output} ${label} ${i}`, label })}\n`).join('')
  const labels = rows('Rome', 'pass', 10) + rows('Rome, maybe', 'fail', 6) + rows('Milan', 'fail', 4)

  it('says how far to trust it, writes its verdicts, and the report then shows the attenuation', async () => {
    llm.reset()
    let recorded = ''
    await inRepository(files, async (cwd) => {
      await writeFile(join(cwd, 'labels.jsonl'), labels)
      const args = ['judge', 'labels.jsonl', '--eval-set', 'capital']
      const ran = await cli(cwd, [...args, '--out', 'judged.jsonl', '--format', 'json'], llm)
      expect(ran.code, ran.stderr).toBe(0)
      const report = JSON.parse(ran.stdout)
      expect(report).toMatchObject({ judged: 20, calls: 20, attenuation: 'a true drop of 10 points shows as 6' })
      expect(report.calibration.counts).toEqual({
        bothPass: 10,
        judgePassHumanFail: 4,
        judgeFailHumanPass: 0,
        bothFail: 6,
      })
      expect(report.disagreements).toHaveLength(4)
      expect(report.warnings.join('\n')).toMatch(/20 labels are few[\s\S]*same family/)
      const again = await cli(cwd, args, llm)
      expect(again.stdout).toContain('kappa')
      expect(llm.requests).toHaveLength(20)
      recorded = await (await import('node:fs/promises')).readFile(join(cwd, 'judged.jsonl'), 'utf8')
    })
    expect(recorded.trim().split('\n')).toHaveLength(20)
    const { report } = await runChange(
      llm,
      { ...files, 'judged.jsonl': recorded },
      { 'prompts/capital.md': 'Be brief.\n' },
    )
    expect(report.evalSets[0]?.evidence).toContain(
      'The judge llm-rubric agrees with people on 80 % of 20 labels (few): a true drop of 10 points shows as 6.',
    )
    expect(llm.violations).toEqual([])
  })

  it('wants a judge, labels, and one of several', async () => {
    await inRepository(files, async (cwd) => {
      await writeFile(join(cwd, 'labels.jsonl'), labels)
      const fails = async (args: readonly string[]) => {
        const ran = await cli(cwd, ['judge', ...args], llm)
        expect(ran.code).toBe(2)
        return ran.stderr
      }
      expect(await fails([])).toContain('no labels')
      expect(await fails(['none.jsonl', '--eval-set', 'capital'])).toContain('cannot be read')
      expect(await fails(['labels.jsonl', '--model', 'openai/x'])).toContain('no judge is named')
      expect(await fails(['labels.jsonl', '--eval-set', 'capitol'])).toContain('Did you mean "capital"?')
    })
  })
})
