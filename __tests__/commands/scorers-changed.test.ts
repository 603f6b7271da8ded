// Scorers, judges and flaky cases that a pull request changes: which version decides, and what is said of the other.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evalFile, PROMPT, project, rightAnswer, wrongWhen } from '../e2e/project.ts'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { runChange } from './cli.ts'

let llm: FakeLlm
beforeAll(async () => {
  llm = await startFakeLlm({ seed: 'scorers' })
})
afterAll(() => llm.close())

const PLAIN = '{ contains: "{{expected}}" }'
const withScorers = (scorers: string, more = '') => evalFile({ extra: more }).replace(PLAIN, scorers)
const brief = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const countries = ['France', 'Italy', 'Austria', 'Portugal', 'Greece', 'Poland', 'Ireland', 'Norway']

async function change(base: string, head: string, answer: (context: CallContext) => string) {
  llm.reset()
  llm.configure({ answer })
  const files = { ...project(), 'evals/capital.eval.yaml': base }
  const { ran, report } = await runChange(llm, files, { ...brief, 'evals/capital.eval.yaml': head })
  expect(llm.violations).toEqual([])
  const of = (rule: string) => report.verdict.findings.filter((one) => one.rule === rule)
  return { ran, report, of }
}

const wrong = (context: CallContext) => String(wrongWhen('brief', countries)(context))

describe('deterministic scorers', () => {
  it('that stop seeing a break: the head decides, and the base says that it would fail', async () => {
    const { ran, report, of } = await change(evalFile(), withScorers('{ word-count: { max: 90 } }'), wrong)
    expect(ran.code).toBe(0)
    expect(report.evalSets[0]?.score).toMatchObject({ base: 100, head: 100 })
    const [finding, ...rest] = of('scorer-changed')
    expect(rest).toEqual([])
    expect(finding).toMatchObject({ level: 'warn', evalSet: 'capital' })
    expect(finding?.message).toMatch(/by those of the base this change would fail: .*-40 points/)
    expect(finding?.evidence).toContain('italy')
    // Scoring twice asks nobody twice.
    expect(llm.requests).toHaveLength(40)
  })

  it('a drop that only re-runs could settle is named as such', async () => {
    const two = (context: CallContext) => String(wrongWhen('brief', ['Italy', 'Peru'])(context))
    const { of } = await change(evalFile(), withScorers('{ word-count: { max: 90 } }'), two)
    expect(of('scorer-changed')[0]?.level).toBe('warn')
    expect(of('scorer-changed')[0]?.message).toMatch(/would drop by 10 points \(limit 5\); no case was run again/)
  })

  it('a loosened threshold of the set counts as changed scorers', async () => {
    const scorers = `${PLAIN}, { word-count: { max: 90 } }`
    const { of } = await change(withScorers(scorers), withScorers(scorers, 'threshold: 0.4\n'), wrong)
    expect(of('scorer-changed')[0]?.message).toContain('would fail')
  })

  it('that come to the same are a note with the figures', async () => {
    const head = withScorers('{ icontains: "{{expected}}" }')
    const { of } = await change(evalFile(), head, rightAnswer)
    expect(of('scorer-changed')).toEqual([expect.objectContaining({ level: 'note' })])
    expect(of('scorer-changed')[0]?.message).toContain('100 → 100')
  })

  it('say nothing when they only moved or got another name', async () => {
    const head = `# moved\n${withScorers('{ contains: { value: "{{expected}}", name: city } }')}`
    const { of } = await change(evalFile(), head, wrong)
    expect(of('scorer-changed')).toEqual([])
    expect(of('score-drop')).toHaveLength(1)
  })
})

describe('a judge', () => {
  const judge = (rubric: string) => `{ llm-rubric: { value: "${rubric}", model: openai/gpt-5-mini-2025-08-07 } }`
  /** The lenient rubric passes everything; the strict one only cities. */
  const graded = (context: CallContext) => {
    if (!context.prompt.includes('criterion')) return wrong(context)
    const fails = context.prompt.includes('Strict.') && context.prompt.includes('whom you ask')
    return JSON.stringify({ reason: 'Read it.', label: fails ? 'fail' : 'pass' })
  }

  it('that the head makes lenient: the base decides on both sides, and the head is shown', async () => {
    const { ran, report, of } = await change(withScorers(judge('Strict.')), withScorers(judge('Lenient.')), graded)
    expect(ran.code).toBe(1)
    expect(report.evalSets[0]?.score).toMatchObject({ base: 100, head: 60 })
    expect(of('score-drop')).toHaveLength(1)
    const [finding] = of('scorer-changed')
    expect(finding?.level).toBe('warn')
    expect(finding?.message).toContain('by those of the head it is a pass rate of 100 → 100')
    expect(finding?.message).not.toContain('By them it would fail')
  })

  it('that the head removes still decides', async () => {
    const { ran } = await change(withScorers(judge('Strict.')), withScorers('{ word-count: { max: 90 } }'), graded)
    expect(ran.code).toBe(1)
  })

  it('that the head adds decides, and asks its questions once', async () => {
    const { ran, of } = await change(withScorers(PLAIN), withScorers(`${PLAIN}, ${judge('Strict.')}`), graded)
    expect(ran.code).toBe(1)
    expect(of('scorer-changed')[0]?.message).toContain('by those of the base this change would fail')
    const asked = llm.requests
      .filter((one) => JSON.stringify(one).includes('criterion'))
      .map((one) => JSON.stringify(one.body))
    expect(new Set(asked).size).toBe(asked.length)
  })
})

describe('quarantine', () => {
  const aside = (expiry: string, more = '') =>
    evalFile({
      extra: `quarantine:\n${['italy', 'peru']
        .map((id) => `  - { case: ${id}, reason: two answers are right, owner: "@atlas/geo", expiry: ${expiry} }\n`)
        .join('')}${more}`,
    })
  const two = (context: CallContext) => String(wrongWhen('brief', ['Italy', 'Peru'])(context))

  it('keeps a case in the score and out of the test', async () => {
    const { ran, report, of } = await change(aside('2999-01-01'), aside('2999-01-01'), two)
    expect(ran.code).toBe(0)
    expect(report.evalSets[0]).toMatchObject({ score: { base: 100, head: 90 }, cases: { paired: 18 }, flips: [] })
    expect(of('quarantined').map((one) => one.evidence)).toEqual([['italy'], ['peru']])
  })

  it('that is over fails, and the case is in the test again', async () => {
    const { ran, report, of } = await change(aside('2020-01-01'), aside('2020-01-01'), rightAnswer)
    expect(ran.code).toBe(1)
    expect(of('quarantine-expired')).toHaveLength(2)
    expect(report.evalSets[0]).toMatchObject({ outcome: 'fail', cases: { paired: 20 } })
  })

  it('does not reach a case that must pass', async () => {
    const file = aside('2999-01-01', 'gates: { must_pass: [italy] }\n')
    const { ran, of } = await change(file, file, two)
    expect(ran.code).toBe(1)
    expect(of('must-pass')[0]?.message).toContain('italy')
    expect(of('quarantined').find((one) => one.level === 'warn')?.evidence).toEqual(['italy'])
  })
})

describe('a must-pass case', () => {
  it('that is lost once and not again is named as flaky', async () => {
    let asked = 0
    const once = (context: CallContext) =>
      context.prompt.includes('brief') && context.prompt.includes('of Italy?') && asked++ === 0
        ? 'Hm.'
        : rightAnswer(context)
    const file = evalFile({ extra: 'gates: { must_pass: [italy], max_drop_points: 5 }\n' })
    const { ran, of } = await change(file, file, once)
    expect(ran.code).toBe(0)
    expect(of('must-pass')).toEqual([expect.objectContaining({ level: 'warn', evidence: ['italy'] })])
    expect(of('must-pass')[0]?.message).toContain('differently from run to run')
  })
})
