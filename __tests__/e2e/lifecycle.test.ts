// Ends of models and answers of other models through the shipped program. Dates are set around the day on which it runs.

import { describe, expect, it } from 'vitest'
import type { Finding } from '../../src/domain.ts'
import { startFakeLlm } from '../fakes/llm.ts'
import type { AnswerSpec, CallContext } from '../fakes/llm-answers.ts'
import type { Files } from '../fakes/repository.ts'
import { change as changed, type Trees } from './change.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'
import { stage } from './stage.ts'
import { day } from './today.ts'

/** Whole days, whatever the time of the day. */
const feed = (models: readonly object[], more: object = {}) =>
  JSON.stringify(
    { spec: 'model-eol/0.1', publisher: 'openai', generated: '2026-11-01T00:00:00Z', models, ...more },
    null,
    2,
  )
const PIN = 'openai/gpt-9-2026-01-01'
const NEXT = 'openai/gpt-9-2026-06-01'
const base = (models: readonly object[], extra = ''): Files => ({
  ...project({ cases: 5, model: PIN, extra }),
  'parity.yaml': 'lifecycle: [feeds/openai.json]\n',
  'feeds/openai.json': feed(models),
})
const moved = { 'evals/capital.eval.yaml': evalFile({ model: NEXT }) }
const dry = { args: ['--dry-run'], env: {} }

async function change(
  before: Files,
  head: Files,
  { answer = rightAnswer, ...more }: Partial<Trees> & { answer?: (context: CallContext) => string | AnswerSpec } = {},
) {
  await using llm = await startFakeLlm({ seed: 'lifecycle', answer })
  const ran = await changed(llm, { base: before, head, ...more })
  expect(llm.violations).toEqual([])
  const of = (rule: Finding['rule']) => ran.report?.verdict.findings.filter((one) => one.rule === rule) ?? []
  return { ...ran, shutdowns: of('model-shutdown'), answered: of('model-answered') }
}

describe.concurrent('a pull request whose pin stops', () => {
  it.each([
    [10, 'warn', `in only 10 days: from then on calls to it fail`],
    [50, 'warn', `in 50 days`],
  ])('in %i days', async (days, level, words) => {
    const models = [{ id: 'gpt-9-2026-06-01', shutdown: day(days), replacement: 'gpt-10' }]
    const ran = await change(base(models), moved, dry)
    expect([ran.code, ran.requests.length]).toEqual([0, 0])
    expect(ran.shutdowns.map((one) => one.level)).toEqual([level])
    expect(ran.shutdowns[0]?.message).toContain(`${NEXT} stops on ${day(days)}, ${words}`)
    expect(ran.shutdowns[0]).toMatchObject({
      evalSet: 'capital',
      remedy: expect.stringContaining('Compare gpt-10 under `candidates:`'),
    })
    for (const name of ['comment.md', 'summary.md', 'report.html'])
      expect(ran.files.find((file) => file.path.endsWith(name))?.text, name).toContain(`stops on ${day(days)}`)
    // The change says it, too, and the feed itself is no change of a pin.
    expect(ran.report?.changes.map((one) => one.path)).toEqual(['evals/capital.eval.yaml'])
    expect(ran.report?.changes[0]?.pin?.to).toMatchObject({ shutdown: day(days), replacement: 'gpt-10' })
  })

  it('in 70 days: nothing is said but beside the change', async () => {
    const ran = await change(base([{ id: 'gpt-9-2026-06-01', shutdown: day(70) }]), moved, dry)
    expect(ran.shutdowns).toEqual([])
    expect(ran.report?.changes[0]?.why).toContain(`stops on ${day(70)}`)
  })

  it('judges, candidates, the live model and loose pins are held against it as well', async () => {
    const extra = `candidates: [openai/gpt-8]\nlive: openai/gpt-9\n`
    const models = ['gpt-7', 'gpt-8', 'gpt-9', 'gpt-6-x'].map((id) => ({ id, shutdown: day(20) }))
    const judged = evalFile({ model: PIN, extra }).replace(
      'scorers: [',
      'scorers: [{ llm-rubric: { value: "Names a city.", model: openai/gpt-7 } }, ',
    )
    const before = { ...base(models), 'evals/capital.eval.yaml': judged, 'app/llm.py': 'MODEL = "gpt-4o"\n' }
    const head = { 'prompts/capital.md': `${PROMPT}Be brief.\n`, 'app/llm.py': 'MODEL = "openai/gpt-6-x"\n' }
    const ran = await change(before, head, dry)
    expect(ran.shutdowns.map((one) => one.message.replace(/ stops on.*/, '')).sort()).toEqual([
      'openai/gpt-6-x',
      'openai/gpt-7 (a judge)',
      'openai/gpt-8 (a candidate)',
      'openai/gpt-9 (what drift compares the pin with)',
    ])
    expect(ran.shutdowns.find((one) => one.value && one.message.startsWith('openai/gpt-6-x'))?.place).toEqual({
      path: 'app/llm.py',
      line: 1,
    })
  })

  it('a change that touches no model is spared', async () => {
    const ran = await change(base([{ id: 'gpt-9-2026-01-01', shutdown: day(3) }]), { 'README.md': '# New\n' }, dry)
    expect([ran.report?.verdict.outcome, ran.shutdowns]).toEqual(['nothing-affected', []])
  })

  it('a feed counts before our own table, and says so', async () => {
    const models = [{ id: 'gpt-4.1-2025-04-14', shutdown: day(400) }]
    const head = { 'evals/capital.eval.yaml': evalFile({ model: 'openai/gpt-4.1-2025-04-14' }) }
    const ran = await change(base(models), head, dry)
    expect(ran.shutdowns.map(({ level, message }) => [level, message.split(',')[0]])).toEqual([
      ['note', `About openai/gpt-4.1-2025-04-14 the feed feeds/openai.json says ${day(400)}`],
    ])
  })

  it('a fork cannot make an end go away, nor can a broken feed of its own end the run', async () => {
    const files = base([{ id: 'gpt-9-2026-06-01', shutdown: day(5) }])
    for (const text of [feed([{ id: 'gpt-9-2026-06-01' }]), '{']) {
      await using play = await stage({
        base: files,
        head: { ...moved, 'feeds/openai.json': text },
        llm: { answer: rightAnswer },
        proposer: 'fork',
      })
      const { report, action } = await play.run()
      expect(report?.verdict.outcome, action.stderr).toBe('planned')
      expect(report?.verdict.findings.filter((one) => one.rule === 'model-shutdown').map((one) => one.level)).toEqual([
        'warn',
      ])
    }
  })

  it('a broken feed is an error with its place', async () => {
    const head = { 'feeds/openai.json': feed([{ id: 'x', shutdown: '2027-02-30' }]), ...moved }
    const ran = await change(base([]), head, dry)
    expect([ran.code, ran.report]).toEqual([2, null])
    expect(ran.stderr).toMatch(
      /feeds\/openai\.json:8:\d+: "shutdown" is "2027-02-30", which is no day of the calendar\./,
    )
  })
})

describe.concurrent('who answers', () => {
  const prompt = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
  const as =
    (model: string) =>
    (context: CallContext): AnswerSpec => ({ text: rightAnswer(context), model })

  it('a pin that is answered by another model is a warning', async () => {
    const ran = await change(project({ cases: 5, model: PIN }), prompt, { answer: as('gpt-10') })
    expect([ran.code, ran.report?.verdict.outcome]).toEqual([0, 'pass'])
    expect(ran.answered.map(({ level, value }) => [level, value])).toEqual([['warn', 'gpt-10']])
    expect(ran.answered[0]?.message).toContain(`${PIN} was asked, and gpt-10 answered (`)
    expect(ran.files.find((file) => file.path.endsWith('comment.md'))?.text).toContain('**model-answered**')
  })

  it('an alias that resolves is a note, and the pin itself is nothing', async () => {
    const before = project({ cases: 5, model: 'openai/gpt-9' })
    const alias = await change(before, prompt, { answer: as('gpt-9-2026-01-01') })
    expect(alias.answered.map(({ level, message }) => [level, message.replace(/\(\d+ answers\)/, '(n)')])).toEqual([
      ['note', 'openai/gpt-9 answers as gpt-9-2026-01-01 (n).'],
    ])
    expect((await change(before, prompt)).answered).toEqual([])
  })

  it('a judge that is answered by another model is a warning', async () => {
    const judged = evalFile({ model: PIN }).replace(
      'scorers: [',
      'scorers: [{ llm-rubric: { value: "Names a city.", model: openai/gpt-7-2026-01-01 } }, ',
    )
    const before = { ...project({ cases: 5 }), 'evals/capital.eval.yaml': judged }
    const answer = (context: CallContext): AnswerSpec =>
      context.model === 'gpt-7-2026-01-01'
        ? { text: '{"pass": true, "score": 1, "reason": "a city"}', model: 'gpt-8' }
        : { text: rightAnswer(context) }
    const ran = await change(before, prompt, { answer })
    expect(ran.answered.map(({ level, message }) => [level, message.slice(0, 63)])).toEqual([
      ['warn', 'openai/gpt-7-2026-01-01, a judge, was asked, and gpt-8 answered'],
    ])
  })
})
