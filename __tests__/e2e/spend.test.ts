// What a run may cost: said before the first call, kept while it runs, shared fairly where it is short.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CallContext, type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { type Checkout, checkout } from './calm.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const JUDGE = 'llm-rubric: { value: "Polite.", model: openai/gpt-4.1-mini-2025-04-14 }'
const withJudge = (judge = JUDGE): Files => ({
  ...project(),
  'evals/capital.eval.yaml': evalFile().replace('contains: "{{expected}}"', `contains: "{{expected}}" }, { ${judge}`),
})
const answered = (context: CallContext) =>
  context.model.includes('mini') ? JSON.stringify({ reason: 'polite', label: 'pass' }) : rightAnswer(context)

const places: Checkout[] = []
const at = async (base: Files, head: Files = BRIEF) => {
  const place = await checkout(base, head)
  places.push(place)
  return place
}
let judged: Checkout
beforeAll(async () => {
  judged = await at(withJudge())
})
afterAll(() => Promise.all(places.map((place) => place[Symbol.asyncDispose]())))

describe('the plan', () => {
  it('is on standard error before the first call, and in the report and the summary', async () => {
    let planned = ''
    const onError = (text: string) => {
      if (text.includes('Plan:')) planned ||= text
    }
    // What was written before the call is in the pipe: the next turns of the loop read it.
    let first: Promise<boolean> | undefined
    const looked = async () => {
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
      return planned !== ''
    }
    const asked = (context: CallContext) => {
      first ??= looked()
      return answered(context)
    }
    await using llm = await startFakeLlm({ answer: asked, latency: 300 })
    const ran = await judged.run(llm, { onError })
    expect([ran.code, await first], ran.stderr).toEqual([0, true])
    expect(planned).toMatch(
      /^Plan: 40 calls and 40 judge calls planned, for about \$0\.0\d+, of which \$0\.0\d+ for judges,/,
    )
    expect(planned).toMatch(/in about \d+ s \([\d,]+ tokens in, [\d,]+ out\); with every re-run at most 400 calls/)
    const plan = ran.report?.run.plan
    expect(plan?.calls).toBe(ran.report?.run.calls.target)
    // Both sides answered alike, and equal questions to a judge are asked once.
    expect(plan?.judgeCalls).toBeGreaterThanOrEqual(ran.report?.run.calls.judge ?? 0)
    expect(Number(plan?.usd)).toBeGreaterThan(Number(ran.report?.run.usd.target) / 2)
    expect(Number(plan?.worstUsd)).toBeGreaterThan(
      Number(ran.report?.run.usd.target) + Number(ran.report?.run.usd.judge),
    )
    expect(plan?.target.usd.expected).not.toBe(plan?.judge.usd.expected)
    expect(plan?.minutes.worst).toBeGreaterThan(plan?.minutes.expected ?? 0)
    expect(ran.stdout.trimStart().startsWith('{')).toBe(true)
  })

  it('is all that a dry run does', async () => {
    await using llm = await startFakeLlm({ answer: answered })
    const ran = await judged.run(llm, { args: ['--dry-run'] })
    expect([ran.code, ran.report?.verdict.outcome, llm.requests.length]).toEqual([0, 'planned', 0])
    expect(ran.report?.run.plan).toMatchObject({ calls: 40, judgeCalls: 40 })
  })

  it('has, in a dry run, only what stored answers do not stand for, and writes nothing', async () => {
    await using llm = await startFakeLlm({ answer: answered })
    const state = await judged.scratch()
    const whole = await judged.run(llm, { state })
    const record = join(state, 'answers.jsonl')
    const all = readFileSync(record, 'utf8').split('\n').filter(Boolean)
    const isTarget = (line: string) => line.startsWith('{"t":"answer"') && line.includes('"purpose":"target"')
    const lost = new Set(all.filter(isTarget).slice(0, 12))
    const kept = all.filter((line) => !lost.has(line)).join('\n')
    // A refusal may be asked again; a call without an end has no answer.
    const refused = [...lost].map((line) =>
      line.replace(/"outcome":\{.*\},"attempts"/, '"outcome":{"state":"failed"},"attempts"'),
    )
    writeFileSync(record, `${kept}\n${refused.slice(0, 3).join('\n')}\n{"t":"intent","k":"${'a'.repeat(64)}"`)
    const before = readFileSync(record, 'utf8')
    const dry = await judged.run(llm, { state, args: ['--dry-run'] })
    expect(dry.report?.run.plan).toMatchObject({ calls: 12, judgeCalls: 12, target: { calls: { worst: 400 - 28 } } })
    expect(dry.report?.run.plan?.judge.calls.worst).toBe(400)
    expect(dry.report?.verdict.headline).toMatch(/ 24 calls, .* \(28 more have stored answers\)\.$/)
    expect(readFileSync(record, 'utf8')).toBe(before)
    const rest = await judged.run(llm, { state })
    expect(rest.report?.run.calls).toMatchObject({ target: 12, stored: 28 + (whole.report?.run.calls.judge ?? 0) })
    // What a run ends with does not depend on where it was cut.
    expect(rest.report?.run.plan).toEqual(whole.report?.run.plan)
  })
})

describe('a judge', () => {
  it('whose replies could not be read is asked anew by the next run, and by the one after no more', async () => {
    const state = await judged.scratch()
    const garbled = (context: CallContext) => (context.model.includes('mini') ? 'hm' : rightAnswer(context))
    await using broken = await startFakeLlm({ answer: garbled })
    const first = await judged.run(broken, { state })
    expect([first.code, first.report?.verdict.outcome]).toEqual([3, 'not-measured'])
    await using llm = await startFakeLlm({ answer: answered })
    const second = await judged.run(llm, { state })
    expect([second.code, second.report?.run.calls.target], second.stderr).toEqual([0, 0])
    const asked = second.report?.run.calls.judge ?? 0
    expect([asked > 0, llm.requests.length]).toEqual([true, asked])
    const third = await judged.run(llm, { state })
    expect([third.code, llm.requests.length]).toEqual([0, asked])
    expect(third.report?.evalSets).toEqual(second.report?.evalSets)
  })

  it('of Anthropic is planned with the tokens that it may think', async () => {
    const model = 'model: anthropic/claude-sonnet-4-5-20250929'
    const worst = async (parameters: string) => {
      const place = await at(withJudge(`llm-rubric: { value: "Polite.", ${model}${parameters} }`))
      await using llm = await startFakeLlm({ answer: answered })
      const { report } = await place.run(llm, { args: ['--dry-run'] })
      const { calls, outputTokens } = report?.run.plan?.judge ?? {}
      return (outputTokens?.worst ?? 0) / (calls?.worst ?? 1)
    }
    expect(await worst('')).toBe(4096)
    expect(await worst(', parameters: { thinking: { type: enabled, budget_tokens: 8000 } }')).toBe(12_096)
    expect(await worst(', parameters: { thinking: { type: enabled, budget_tokens: 8000 }, max_tokens: 9000 }')).toBe(
      9000,
    )
  })
})

describe('a cap', () => {
  it('with a judge that has no price is refused before any call, with the remedy', async () => {
    const place = await at(withJudge('llm-rubric: { value: "Polite.", model: openai/our-own-judge }'))
    await using llm = await startFakeLlm({ answer: answered })
    const ran = await place.run(llm, { args: ['--max-usd', '5'] })
    expect([ran.code, ran.stdout, llm.requests.length]).toEqual([2, '', 0])
    expect(ran.stderr).toMatch(/openai\/our-own-judge[\s\S]*`prices:`/)
  })

  it('that could not be kept is named by a dry run', async () => {
    const place = await at(withJudge('llm-rubric: { value: "Polite.", model: openai/our-own-judge }'))
    await using llm = await startFakeLlm({ answer: answered })
    const ran = await place.run(llm, { args: ['--max-usd', '5', '--dry-run'] })
    expect([ran.code, ran.report?.verdict.outcome, llm.requests.length]).toEqual([0, 'planned', 0])
    expect(ran.report?.verdict.findings).toContainEqual(
      expect.objectContaining({
        ...{ rule: 'spend-cap', level: 'warn', threshold: '$5' },
        message: expect.stringMatching(/would be refused \(exit code 2\): .*openai\/our-own-judge/),
      }),
    )
  })

  it('that is less than what a run would take is named by a dry run', async () => {
    await using llm = await startFakeLlm({ answer: answered })
    const about = async (place: Checkout, ...args: readonly string[]) => {
      const ran = await place.run(llm, { args: [...args, '--dry-run'] })
      expect([ran.code, llm.requests.length], ran.stderr).toEqual([0, 0])
      return ran.report?.verdict.findings.find(({ rule }) => rule === 'spend-cap')
    }
    expect(await about(judged, '--max-usd', '0.001')).toMatchObject({ level: 'warn', threshold: '$0.001' })
    expect(await about(judged, '--max-usd', '5')).toBeUndefined()
    expect(await about(judged, '--max-usd', '0.001', '--shard', '1/2')).toMatchObject({
      ...{ level: 'warn', threshold: '$0.0005' },
      message: expect.stringMatching(
        /^This shard would take about .*, more than its part of the cap of \$0\.0005 allows/,
      ),
    })
    const few = await at({ ...withJudge(), 'parity.yaml': 'spend: { max_calls: 79 }\n' })
    expect(await about(few)).toMatchObject({ level: 'warn', threshold: '79 calls', value: '80 calls' })
  })

  it('that is short is shared by the eval sets, must-pass cases first', async () => {
    const set = (name: string, extra = '') => evalFile({ extra }).replace('name: capital', `name: ${name}`)
    const files = {
      ...project(),
      'evals/a.eval.yaml': set('a'),
      'evals/b.eval.yaml': set('b'),
      'evals/capital.eval.yaml': set('c', 'gates: { must_pass: [canada, cuba] }\n'),
      // The first four are in flight before any other.
      'parity.yaml': 'spend: { max_calls: 24 }\nproviders: { openai: { kind: openai, max_concurrency: 4 } }\n',
    }
    const place = await at(files)
    await using llm = await startFakeLlm({ answer: answered, latency: 5 })
    const ran = await place.run(llm)
    expect([ran.code, ran.report?.verdict.outcome, llm.requests.length], ran.stderr).toEqual([3, 'not-measured', 24])
    const capped = ran.report?.verdict.findings.filter((one) => one.rule === 'spend-cap') ?? []
    expect(capped.length).toBeGreaterThan(0)
    for (const found of capped)
      expect(found).toMatchObject({
        ...{ threshold: '24 calls', value: '24 calls', message: expect.stringContaining('The cap on calls') },
        remedy: 'Raise `spend.max_calls`, or run fewer cases; stored answers are kept and not paid again.',
      })
    const paired = new Map(ran.report?.evalSets.map((one) => [one.name, one.cases.paired]))
    // Twelve pairs: two must-pass cases of c, and what is left in turns, of which c has had two already.
    expect([...paired.values()].reduce((sum, count) => sum + count, 0)).toBe(12)
    for (const name of ['a', 'b', 'c']) expect(paired.get(name), name).toBe(4)
    const asked = llm.requests.slice(0, 4).map((one) => /capital of (\w+)/.exec(one.prompt ?? '')?.[1])
    expect(asked.sort()).toEqual(['Canada', 'Canada', 'Cuba', 'Cuba'])
  })
})

it('what nobody told the cost of is said beside what was spent', async () => {
  const notes = async (faults: FakeLlmOptions['faults'] = []) => {
    await using llm = await startFakeLlm({ seed: 'uncertain', answer: answered, faults })
    const { report } = await judged.run(llm)
    return report?.run.notes.filter((note) => note.includes('may be billed'))
  }
  const cutOff = { kind: 'truncated', firstAttempts: 1, share: 0.3 } as const
  const uncounted = { kind: 'no-usage', when: ({ prompt }: { prompt: string }) => prompt.includes('Italy') } as const
  const unheard = String.raw`\d+ calls that ended without an answer \(cut off, broken, given up, in flight at the end\)`
  const most = String.raw`\. At most \$0\.\d+ may be billed for that\.$`
  const saying = (what: string) => [expect.stringMatching(new RegExp(`^Not in the cost of this run: ${what}${most}`))]
  expect(await notes()).toEqual([])
  expect(await notes([cutOff])).toEqual(saying(unheard))
  // Both sides, and the judge of their answers.
  expect(await notes([uncounted])).toEqual(saying(String.raw`\d answers that came without token counts`))
  expect(await notes([cutOff, uncounted])).toEqual(
    saying(String.raw`${unheard}, and \d answers that came without token counts`),
  )
})

it('says why answers of earlier runs were not used', async () => {
  await using llm = await startFakeLlm({ answer: answered })
  const place = await at(project({ cases: 4 }))
  const state = await place.scratch()
  const drawn = async (...args: readonly string[]) => {
    const { report } = await place.run(llm, { args, state })
    return report?.run.notes.filter((note) => note.startsWith('A fresh draw'))
  }
  expect(await drawn()).toEqual(['A fresh draw: no answers of an earlier run were stored.'])
  expect(await drawn()).toEqual([])
  expect(await drawn('--no-cache')).toEqual([
    'A fresh draw: stored answers of earlier runs are not used, because of --no-cache.',
  ])
})

it('a time limit ends the run as not measured, with what was learnt', async () => {
  const place = await at({ ...project({ cases: 60 }), 'parity.yaml': 'spend: { max_minutes: 0.1 }\n' })
  // A few are answered at once, and then none for as long as it takes.
  let asked = 0
  const faults = [{ kind: 'hang', when: () => ++asked > 15 }] as const
  await using llm = await startFakeLlm({ answer: answered, faults })
  const ran = await place.run(llm)
  expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
  expect(ran.report?.run.incomplete?.reason).toBe('the time limit of the run was reached')
  expect([ran.report?.run.incomplete?.done, ran.report?.run.calls.target]).toEqual([15, asked])
  // Those in flight at the end were made, and nobody knows whether they were answered.
  expect(ran.report?.run.calls).toMatchObject({ lost: asked - 15, failed: 0 })
  expect(asked).toBeLessThan(120)
  expect(ran.report?.evalSets[0]?.flips).toEqual([])
})
