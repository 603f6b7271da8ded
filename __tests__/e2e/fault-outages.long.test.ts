// Who is to blame, one row each, through the shipped command line: what the head's own requests bring about is a regression and
// never an outage, what the world does for good is not measured and never a regression.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeLlmOptions, type LlmFault, startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { type Checkout, checkout, type Ran } from './calm.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
/** Attempts that hang are given up after half a second, so that five of them are no matter of minutes. */
const IMPATIENT = 'providers: { openai: { kind: openai, timeout_s: 0.5 } }\n'
const isHead = ({ prompt }: { readonly prompt: string }) => prompt.includes('Be brief')

let patient: Checkout
let impatient: Checkout
beforeAll(async () => {
  patient = await checkout(project({ cases: 6 }), BRIEF)
  impatient = await checkout({ ...project({ cases: 6 }), 'parity.yaml': IMPATIENT }, BRIEF)
})
afterAll(() => Promise.all([patient, impatient].map((place) => place[Symbol.asyncDispose]())))

async function run(place: Checkout, options: FakeLlmOptions) {
  await using llm = await startFakeLlm({ seed: 'blame', answer: rightAnswer, ...options })
  return { ran: await place.run(llm), stats: llm.stats() }
}
const outcome = ({ code, report }: Ran) => [code, report?.verdict.outcome]
const broken = ({ report }: Ran) => report?.evalSets[0]?.flips.filter((one) => one.kind === 'broken').length

const BEHAVIOURAL: readonly (readonly [string, LlmFault])[] = [
  ['400 about a parameter', { kind: 'unsupported-parameter' }],
  ['400 content filter', { kind: 'content-filter' }],
  ['an answer that the content filter took', { kind: 'content-filter-answer' }],
  ['400 too long', { kind: 'context-too-long' }],
  ['404 unknown model', { kind: 'unknown-model' }],
  ['413', { kind: 'server-error', status: 413 }],
  ['422', { kind: 'server-error', status: 422 }],
]

describe.concurrent('an error that the head brings about is a regression', () => {
  for (const [what, fault] of BEHAVIOURAL) {
    it(`${what}, asked once each time`, async () => {
      const { ran } = await run(patient, { faults: [{ ...fault, when: isHead }] })
      expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([1, 'fail', 6])
      const { retried, failed } = ran.report?.run.calls ?? {}
      expect([ran.report?.evalSets[0]?.cases.missing, retried, failed]).toEqual([0, 0, 0])
    })
  }
})

const OUTAGES: readonly (readonly [string, FakeLlmOptions])[] = [
  ['401', { faults: [{ kind: 'invalid-key' }] }],
  ['403', { faults: [{ kind: 'forbidden' }] }],
  ['an account without money', { faults: [{ kind: 'quota' }] }],
  ['a Retry-After of a day', { faults: [{ kind: 'rate-limit', retryAfter: 86_400 }] }],
  ['503', { down: true }],
  ['500', { faults: [{ kind: 'server-error' }] }],
  ['a page in HTML', { faults: [{ kind: 'html' }] }],
  ['resets', { faults: [{ kind: 'reset' }] }],
  ['hangs', { faults: [{ kind: 'hang' }] }],
  ['answers that drip', { faults: [{ kind: 'drip' }] }],
  ['truncated answers', { faults: [{ kind: 'truncated' }] }],
  ['broken JSON', { faults: [{ kind: 'broken-json' }] }],
  ['error texts with status 200', { faults: [{ kind: 'error-in-200' }] }],
  ['empty answers', { faults: [{ kind: 'empty' }] }],
]

describe.concurrent('an outage is not measured, with 3, and breaks nothing', () => {
  for (const [what, options] of OUTAGES) {
    it(`${what} for good`, async () => {
      const { ran } = await run(impatient, options)
      expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([3, 'not-measured', 0])
      expect(ran.report?.verdict.findings.map((one) => one.rule)).toContain('provider-error')
    })
  }

  it('one that begins half way, for both sides', async () => {
    let asked = 0
    const { ran } = await run(impatient, { faults: [{ kind: 'server-error', when: () => ++asked > 5 }] })
    expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([3, 'not-measured', 0])
    expect(ran.report?.run.calls.target).toBeGreaterThan(5)
  })

  it('one of the head alone, where the base cannot be asked again either', async () => {
    let asked = 0
    const when = ({ prompt }: { readonly prompt: string }) => isHead({ prompt }) || ++asked > 6
    const { ran } = await run(impatient, { faults: [{ kind: 'server-error', status: 503, when }] })
    expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([3, 'not-measured', 0])
  })
})

/** Anthropic's published types have no temperature any more. */
const MOVED = evalFile({ model: 'anthropic/claude-sonnet-4-5-20250929' }).replace('temperature: 0, ', '')
const isMoved = ({ model }: { readonly model: string }) => model.startsWith('claude')

describe.concurrent('a head that moves to another model of the same provider', () => {
  const isMini = ({ model }: { readonly model: string }) => model.includes('mini')
  const moved = async (cases: number, fault: LlmFault, files: Files = {}) => {
    const evals = { 'evals/capital.eval.yaml': evalFile({ model: 'openai/gpt-4.1-mini-2025-04-14' }) }
    const place = await checkout({ ...project({ cases }), ...files }, evals)
    try {
      return (await run(place, { faults: [{ when: isMini, ...fault }] })).ran
    } finally {
      await place[Symbol.asyncDispose]()
    }
  }

  it.each([3, 20])('which is down, with %i cases, is an outage, whatever the base answers', async (cases) => {
    const ran = await moved(cases, { kind: 'server-error', status: 503 })
    expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([3, 'not-measured', 0])
  })

  it('which hangs is an outage, too', async () => {
    const ran = await moved(6, { kind: 'hang' }, { 'parity.yaml': IMPATIENT })
    expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([3, 'not-measured', 0])
  })

  it('which fails for some cases and answers the others breaks those', async () => {
    const hit = ['France', 'Japan', 'Kenya', 'Peru', 'Cuba']
    const when = ({ model, prompt }: { readonly model: string; readonly prompt: string }) =>
      isMini({ model }) && hit.some((country) => prompt.includes(`of ${country}?`))
    const ran = await moved(20, { kind: 'server-error', when })
    expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([1, 'fail', 5])
  })
})

describe.concurrent('a head that moves to another provider', () => {
  const moved = async (cases: number, faults: FakeLlmOptions['faults']) => {
    const place = await checkout(project({ cases }), { 'evals/capital.eval.yaml': MOVED })
    try {
      return (await run(place, faults === undefined ? {} : { faults })).ran
    } finally {
      await place[Symbol.asyncDispose]()
    }
  }

  it.each([3, 20])('which is down, with %i cases, is an outage, whatever the base answers', async (cases) => {
    const ran = await moved(cases, [{ kind: 'server-error', status: 529, when: isMoved }])
    expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([3, 'not-measured', 0])
  })

  it('which fails for some cases and answers the others breaks those', async () => {
    const hit = ['France', 'Japan', 'Kenya', 'Peru', 'Cuba']
    const when = ({ model, prompt }: { readonly model: string; readonly prompt: string }) =>
      isMoved({ model }) && hit.some((country) => prompt.includes(`of ${country}?`))
    const ran = await moved(20, [{ kind: 'server-error', when }])
    expect([...outcome(ran), broken(ran)], ran.stderr).toEqual([1, 'fail', 5])
  })
})
