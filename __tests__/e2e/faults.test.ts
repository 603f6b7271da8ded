// What goes wrong at a provider, in an application or at a keyboard, through the shipped programs.

import { describe, expect, it } from 'vitest'
import { type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { change, type Trees } from './change.ts'
import { providers } from './launch.ts'
import { evalFile, PROMPT, project, rightAnswer, wrongWhen } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const isHead = ({ prompt }: { readonly prompt: string }) => prompt.includes('Be brief')
const few = () => project({ cases: 4 })

async function run(trees: Trees, options: FakeLlmOptions = {}) {
  await using llm = await startFakeLlm({ seed: 'faults', answer: rightAnswer, ...options })
  return { ...(await change(llm, trees)), stats: llm.stats() }
}

function broken(ran: Awaited<ReturnType<typeof run>>): readonly string[] {
  return ran.report?.evalSets[0]?.flips.filter((one) => one.kind === 'broken').map((one) => one.caseId) ?? []
}

describe.concurrent('a fault of the change itself fails the check', () => {
  it('a misspelt model id (404) breaks every case; it is asked once each time, not retried', async () => {
    const good = 'gpt-4.1-2025-04-14'
    const head = { 'evals/capital.eval.yaml': evalFile({ model: 'openai/gpt-4.1-2025-04-41' }) }
    const ran = await run({ base: project(), head }, { knownModels: [good] })
    expect([ran.code, ran.report?.verdict.outcome]).toEqual([1, 'fail'])
    expect(broken(ran)).toHaveLength(20)
    expect(ran.report?.evalSets[0]?.cases.missing).toBe(0)
    expect(ran.report?.run.calls.retried).toBe(0)
    expect(JSON.stringify(ran.report?.evalSets[0]?.flips)).toContain('gpt-4.1-2025-04-41')
  })

  it('a refused parameter (400) on the head breaks', async () => {
    const faults = [{ kind: 'unsupported-parameter', when: isHead }] as const
    const ran = await run({ base: project(), head: BRIEF }, { faults })
    expect([ran.code, ran.report?.verdict.outcome]).toEqual([1, 'fail'])
    expect(broken(ran)).toHaveLength(20)
    expect(JSON.stringify(ran.report?.evalSets[0]?.flips)).toContain('temperature')
  })

  for (const kind of ['content-filter', 'content-filter-answer', 'context-too-long'] as const) {
    it(`a ${kind} on the head breaks the cases that it hits, and no other`, async () => {
      const hit = ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana']
      const when = ({ prompt }: { prompt: string }) =>
        isHead({ prompt }) && hit.some((country) => prompt.includes(`of ${country}?`))
      const ran = await run({ base: project(), head: BRIEF }, { faults: [{ kind, when }] })
      expect([ran.code, ran.report?.verdict.outcome]).toEqual([1, 'fail'])
      expect([...broken(ran)].sort()).toEqual(hit.map((country) => country.toLowerCase()).sort())
    })
  }

  const application = (answers: string): Files => ({
    'app/answer.mjs': `import { createInterface } from 'node:readline'
for await (const line of createInterface({ input: process.stdin })) {
  const { id } = JSON.parse(line)
  ${answers}
}
`,
    'evals/app.eval.yaml': `target: { command: [node, app/answer.mjs] }
paths: [app/**]
cases: [${Array.from({ length: 8 }, (_, i) => `{ id: c${i}, vars: { n: ${i} } }`).join(', ')}]
scorers: [{ contains: fine }]
`,
  })
  const fine = application("console.log('PARITY ' + JSON.stringify({ id, output: 'fine' }))")
  for (const [what, answers] of [
    ['crashes', "throw new Error('no such module for ' + id)"],
    ['answers garbage', "console.log('PARITY {not json')"],
  ]) {
    it(`an application that ${what} on the head breaks; its words are evidence`, async () => {
      const ran = await run({
        base: fine,
        head: { 'app/answer.mjs': application(answers ?? '')['app/answer.mjs'] ?? '' },
      })
      expect([ran.code, ran.report?.verdict.outcome]).toEqual([1, 'fail'])
      expect(broken(ran)).toHaveLength(8)
      if (what === 'crashes') expect(JSON.stringify(ran.report?.evalSets)).toContain('no such module for')
    })
  }
})

describe.concurrent('a fault of the world is never a regression and never a pass', () => {
  it('a provider that is down ends not measured, with 3', async () => {
    const ran = await run({ base: project({ cases: 3 }), head: BRIEF }, { down: true })
    expect([ran.code, ran.report?.verdict.outcome]).toEqual([3, 'not-measured'])
    expect(broken(ran)).toEqual([])
    expect(ran.rules).toEqual(expect.arrayContaining(['provider-error']))
  })

  it('a refusal of one call, and a wait of an hour for one, do not end a run whose other calls are answered', async () => {
    const when = ({ prompt }: { prompt: string }) => isHead({ prompt }) && prompt.includes('of France?')
    const parity = { 'parity.yaml': 'providers: { openai: { kind: openai, max_concurrency: 2 } }\n' }
    for (const fault of [{ kind: 'invalid-key' }, { kind: 'rate-limit', retryAfter: 3600 }] as const) {
      const base = { ...project({ cases: 16 }), ...parity }
      const ran = await run({ base, head: BRIEF }, { faults: [{ ...fault, when, firstAttempts: 1 }] })
      expect([ran.code, ran.report?.evalSets[0]?.cases.missing], ran.stderr).toEqual([0, 0])
      expect(ran.report?.run.calls.retried).toBe(1)
    }
  }, 60_000)

  for (const kind of ['invalid-key', 'quota'] as const) {
    it(`${kind}: given up at once, not measured`, async () => {
      const ran = await run({ base: project({ cases: 60 }), head: BRIEF }, { faults: [{ kind }], latency: 20 })
      expect([ran.code, ran.report?.verdict.outcome]).toEqual([3, 'not-measured'])
      expect(ran.requests.length).toBeLessThanOrEqual(20)
      expect(ran.stats.retries).toBe(0)
    })
  }

  it('a missing key is found before any call and named, with 2', async () => {
    await using llm = await startFakeLlm()
    const { OPENAI_API_KEY: _, ...env } = providers(llm)
    const ran = await change(llm, { base: few(), head: BRIEF, env })
    expect([ran.code, ran.requests.length, ran.report]).toEqual([2, 0, null])
    expect(ran.stderr).toContain('OPENAI_API_KEY')
  })

  it('a key that only the judge needs is missed before any call, too', async () => {
    const judge = 'llm-rubric: { value: "Polite.", model: anthropic/claude-haiku-4-5-20251001 }'
    const base = { ...few(), 'evals/capital.eval.yaml': evalFile().replace('contains: "{{expected}}"', judge) }
    await using llm = await startFakeLlm()
    const { ANTHROPIC_API_KEY: _, ...env } = providers(llm)
    const ran = await change(llm, { base, head: BRIEF, env })
    expect([ran.code, ran.requests.length]).toEqual([2, 0])
    expect(ran.stderr).toContain('ANTHROPIC_API_KEY')
  })

  it('the spend cap is kept: not measured, partial, and what was spent is said', async () => {
    const ran = await run({ base: project(), head: BRIEF, args: ['--max-usd', '0.002'] })
    expect([ran.code, ran.report?.verdict.outcome]).toEqual([3, 'not-measured'])
    expect(ran.rules).toContain('spend-cap')
    expect(ran.requests.length).toBeGreaterThan(0)
    expect(ran.requests.length).toBeLessThan(40)
    expect(Number(ran.report?.run.usd.target)).toBeGreaterThan(0)
    expect(Number(ran.report?.run.usd.target)).toBeLessThanOrEqual(0.002)
    expect(ran.report?.run.incomplete).toMatchObject({ planned: 40, done: ran.requests.length })
  })

  const atMost = (calls: number, cases = 20) => ({
    ...project({ cases }),
    'parity.yaml': `spend: { max_calls: ${calls} }\n`,
  })

  it('of calls that were all refused none is done', async () => {
    const faults = [{ kind: 'server-error' }] as const
    const ran = await run({ base: atMost(12, 4), head: BRIEF }, { faults })
    expect([ran.code, ran.requests.length]).toEqual([3, 12])
    expect(ran.report?.run.incomplete).toEqual({ reason: 'the spend cap was reached', planned: 8, done: 0 })
  })

  it('a call that was refused for what it asks is done', async () => {
    const faults = [{ kind: 'context-too-long', when: isHead }] as const
    const ran = await run({ base: atMost(5, 4), head: BRIEF }, { faults })
    expect(ran.report?.run.incomplete).toMatchObject({ planned: 8, done: 5 })
  })

  it('a run that ends in its re-runs has these in what was planned', async () => {
    const broken = wrongWhen('Be brief', ['Italy', 'Peru', 'Cuba'])
    const ran = await run({ base: atMost(43), head: BRIEF }, { answer: broken })
    expect([ran.code, ran.requests.length]).toEqual([3, 43])
    // Three cases once more on both sides.
    expect(ran.report?.run.incomplete).toMatchObject({ planned: 46, done: 43 })
  })

  it('429 with Retry-After slows the run and loses no case', async () => {
    const faults = [{ kind: 'rate-limit', firstAttempts: 1, share: 0.4, retryAfter: 1 }] as const
    const ran = await run({ base: project(), head: BRIEF }, { faults })
    expect([ran.code, ran.report?.verdict.outcome]).toEqual([0, 'pass'])
    expect(ran.report?.evalSets[0]?.cases).toMatchObject({ paired: 20, missing: 0 })
    expect(ran.stats.byStatus['429']).toBeGreaterThan(3)
    expect([ran.stats.earlyRetries, ran.report?.run.calls.failed]).toEqual([0, 0])
  })

  it('resets, broken JSON, cut answers and 500s are retried, and change no score', async () => {
    const answer = wrongWhen('Be brief', ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana'])
    const kinds = ['reset', 'broken-json', 'truncated', 'server-error'] as const
    const faults = kinds.map((kind) => ({ kind, firstAttempts: 1, share: 0.1 }))
    const calm = await run({ base: project(), head: BRIEF }, { answer })
    const rough = await run({ base: project(), head: BRIEF }, { answer, faults })
    expect(Object.keys(rough.stats.byFault).length).toBeGreaterThan(2)
    expect(rough.report?.run.calls.retried).toBeGreaterThan(3)
    expect([rough.code, broken(rough)]).toEqual([1, broken(calm)])
    expect(rough.report?.evalSets[0]?.score).toEqual(calm.report?.evalSets[0]?.score)
  })
})
