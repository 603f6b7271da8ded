// Bugs that other tools of this kind shipped, each as a test of ours: how often what is called, what counts as an answer,
// and what it cost.

import { describe, expect, it } from 'vitest'
import { type FakeLlmOptions, type RecordedRequest, startFakeLlm } from '../fakes/llm.ts'
import { change, type Trees } from './change.ts'
import { KEYS } from './launch.ts'
import { CAPITALS, evalFile, PROMPT, project, rightAnswer } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const few = (cases = 4) => project({ cases })

async function run(trees: Trees, options: FakeLlmOptions = {}) {
  await using llm = await startFakeLlm({ seed: 'runs', answer: rightAnswer, ...options })
  const ran = await change(llm, trees)
  expect(llm.violations).toEqual([])
  return ran
}

const isHead = (request: RecordedRequest) => request.prompt?.includes('Be brief') === true
const countryOf = (request: RecordedRequest) => /of (\w+)\?/.exec(request.prompt ?? '')?.[1]

/** How often each distinct body was sent. */
function timesSent(requests: readonly RecordedRequest[]): readonly number[] {
  const counts = new Map<string, number>()
  for (const { rawBody } of requests) counts.set(rawBody, (counts.get(rawBody) ?? 0) + 1)
  return [...counts.values()]
}

describe.concurrent('runs: bugs that peers shipped', () => {
  it('B21: each pass is a draw of its own, not a copy of the first', async () => {
    const base = { ...few(), 'evals/capital.eval.yaml': evalFile({ extra: 'passes: 3\n' }) }
    const answer = (context: Parameters<typeof rightAnswer>[0]) => `${rightAnswer(context)}, said ${context.call} times`
    const { report, requests, files } = await run({ base, head: BRIEF }, { answer })
    expect(timesSent(requests)).toEqual(Array.from({ length: 8 }, () => 3))
    expect([report?.evalSets[0]?.pairs, report?.run.calls.stored]).toEqual([12, 0])
    const calls = files.find((one) => one.path.endsWith('calls.jsonl'))?.text ?? ''
    expect(new Set(calls.match(/said \d times/g))).toEqual(new Set(['said 1 times', 'said 2 times', 'said 3 times']))
  })

  it('B22: two cases with the same text are two cases, each with its own answer and score', async () => {
    const rows = ['Paris', 'Rome'].map((expected) => ({ vars: { question: 'The capital of France?' }, expected }))
    const base = { ...few(), 'evals/cases/capital.jsonl': rows.map((row) => `${JSON.stringify(row)}\n`).join('') }
    const { report, requests } = await run({ base, head: BRIEF })
    expect(timesSent(requests)).toEqual([2, 2])
    expect(report?.evalSets[0]?.cases.paired).toBe(2)
    expect(report?.evalSets[0]?.score).toMatchObject({ base: 50, head: 50 })
  })

  it('B31: the base is run again, beside the head, and not taken from a frozen file', async () => {
    const { report, requests } = await run({ base: few(), head: BRIEF })
    expect(requests.filter(isHead)).toHaveLength(4)
    expect(requests.filter((one) => !isHead(one))).toHaveLength(4)
    expect(report?.run.calls).toMatchObject({ target: 8, stored: 0 })
  })

  it('B32: cases that are on one side only are counted and named, never dropped', async () => {
    const lines = String(few(20)['evals/cases/capital.jsonl']).split('\n')
    const added = JSON.stringify({ id: 'chile', vars: { question: 'Chile?' }, expected: 'Santiago' })
    const edited = String(lines[1]).replace('Rome', 'Roma')
    const rest = [edited, ...lines.slice(2, 20), added]
    const head = { ...BRIEF, 'evals/cases/capital.jsonl': `${rest.join('\n')}\n` }
    const { report, files } = await run({ base: few(20), head })
    const [set] = report?.evalSets ?? []
    expect(set?.cases).toMatchObject({ paired: 18, added: 1, removed: 1, edited: 1, missing: 0 })
    expect(set?.removed.map((one) => one.caseId)).toEqual(['france'])
    const comment = files.find((one) => one.path.endsWith('comment.md'))?.text ?? ''
    for (const id of ['france', 'italy', 'chile']) expect(comment).toContain(id)
  })

  it('B33: an error in an answer with status 200, or text that cost no token, is missing and never graded', async () => {
    const laundered = (prompt: string) => prompt.includes('of France?') || prompt.includes('of Italy?')
    const { code, report, requests } = await run(
      { base: few(8), head: BRIEF },
      {
        faults: [{ kind: 'error-in-200', when: ({ prompt }) => prompt.includes('of France?') }],
        answer: (context) =>
          laundered(context.prompt)
            ? { text: 'Paris, Rome: quota exceeded', usage: { output: 0 } }
            : `${rightAnswer(context)} (rate limit, quota, 429)`,
      },
    )
    const [set] = report?.evalSets ?? []
    expect(set?.missing.map((one) => one.caseId).sort()).toEqual(['france', 'italy'])
    expect(set?.cases).toMatchObject({ paired: 6, missing: 2 })
    expect([code, report?.verdict.outcome]).toEqual([3, 'not-measured'])
    // Words in a real answer mean nothing: the others were asked once.
    expect(requests.filter((one) => !laundered(one.prompt ?? ''))).toHaveLength(12)
  })

  it('B37: a model without a known price costs an unknown amount, not nothing and not another`s price', async () => {
    const base = {
      ...few(),
      'parity.yaml': 'routes: [{ name: atlas, evals: [capital], requests_per_month: 1000000, monthly_usd: 1 }]\n',
      'evals/capital.eval.yaml': evalFile({ model: 'openai/house-model-7' }),
    }
    const { report, rules } = await run({ base, head: BRIEF })
    expect(report?.run.usd.target).toBeNull()
    expect(report?.evalSets[0]?.cost).toMatchObject({ state: 'unpriced', perRequestUsd: { base: null, head: null } })
    expect(report?.routes[0]?.perMonthUsd).toMatchObject({ base: null, head: null, delta: null })
    expect(rules).toContain('unpriced')
    const capped = await run({ base, head: BRIEF, args: ['--max-usd', '5'] })
    expect([capped.code, capped.requests.length]).toEqual([2, 0])
    expect(capped.stderr).toContain('openai/house-model-7')
  })

  it('B38: an application that prints without end is read as a stream', async () => {
    const app = `import { createInterface } from 'node:readline'
const noise = 'x'.repeat(1023) + '\\n'
for await (const line of createInterface({ input: process.stdin })) {
  const { id } = JSON.parse(line)
  for (let i = 0; i < 4000; i++) { process.stdout.write(noise); process.stderr.write(noise) }
  process.stdout.write('PARITY ' + JSON.stringify({ id, output: 'Paris' }) + '\\n')
}
`
    const base = {
      'app/answer.mjs': app,
      'evals/app.eval.yaml': `target: { command: [node, app/answer.mjs] }
paths: [app/**]
cases: [{ id: one, vars: { q: 1 } }, { id: two, vars: { q: 2 } }, { id: three, vars: { q: 3 } }]
scorers: [{ contains: Paris }]
`,
    }
    const { report } = await run({ base, head: { 'app/answer.mjs': `${app}// changed\n` } })
    expect(report?.evalSets[0]?.cases).toMatchObject({ paired: 3, missing: 0 })
    expect(report?.evalSets[0]?.score).toMatchObject({ base: 100, head: 100 })
  })

  it('B44: both sides are called equally often, and next to each other', async () => {
    await using llm = await startFakeLlm({ seed: 'runs', answer: rightAnswer })
    const gateway = `providers: { gateway: { kind: openai, base_url: "${llm.url}/v1", api_key_env: GATEWAY_KEY, max_concurrency: 1 } }\n`
    const base = {
      ...few(8),
      'parity.yaml': gateway,
      'evals/capital.eval.yaml': evalFile({ model: 'gateway/house-model', extra: 'passes: 2\n' }),
    }
    const { requests, report } = await change(llm, {
      base,
      head: BRIEF,
      env: { ...KEYS, GATEWAY_KEY: 'gw-0123456789' },
    })
    expect(requests).toHaveLength(32)
    expect(report?.evalSets[0]).toMatchObject({ passes: 2, pairs: 16 })
    for (let i = 0; i < requests.length; i += 2) {
      const pair = requests.slice(i, i + 2)
      expect(new Set(pair.map(isHead)).size).toBe(2)
      expect(new Set(pair.map(countryOf)).size).toBe(1)
    }
    expect(new Set(requests.map(countryOf))).toEqual(new Set(CAPITALS.slice(0, 8).map(([country]) => country)))
  })
})
