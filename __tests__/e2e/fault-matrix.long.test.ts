// What can go wrong at a provider, one row each, through the shipped command line: no case is lost, nothing is asked before
// it may be, and the report is that of a calm day.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import { type Checkout, checkout, essence, type Ran } from './calm.ts'
import { PROMPT, project, wrongWhen } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const BROKEN = ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana']
const answer = wrongWhen('Be brief', BROKEN)
/** Attempts that hang are given up after five seconds: tests have no minutes, and a machine may be busy. */
const IMPATIENT = 'providers: { openai: { kind: openai, timeout_s: 5 } }\n'

let place: Checkout
let calm: Ran
beforeAll(async () => {
  place = await checkout({ ...project(), 'parity.yaml': IMPATIENT }, BRIEF)
  await using llm = await startFakeLlm({ seed: 'matrix', answer })
  calm = await place.run(llm)
  expect([calm.code, calm.report?.verdict.outcome, calm.report?.run.calls.retried]).toEqual([1, 'fail', 0])
})
afterAll(() => place[Symbol.asyncDispose]())

async function rough(options: FakeLlmOptions, env: { readonly [name: string]: string } = {}) {
  await using llm = await startFakeLlm({ seed: 'matrix', answer, ...options })
  const ran = await place.run(llm, { env })
  return { ran, stats: llm.stats(), violations: llm.violations }
}

const share = { firstAttempts: 1, share: 0.3 } as const
const WINDOW = { windowMs: 2500, latency: 20 } as const
const ROWS: readonly (readonly [string, FakeLlmOptions])[] = [
  ['429 with Retry-After', { faults: [{ kind: 'rate-limit', retryAfter: 1, ...share }] }],
  ['429 with a date', { faults: [{ kind: 'rate-limit', retryAfter: { dateInSeconds: 1 }, ...share }] }],
  ['429 without Retry-After', { faults: [{ kind: 'rate-limit', retryAfter: 'none', ...share }] }],
  ['429 for every first attempt', { faults: [{ kind: 'rate-limit', retryAfter: 1, firstAttempts: 1 }] }],
  [
    '429 far more often than there are attempts',
    { faults: [{ kind: 'rate-limit', retryAfter: { ms: 50 }, firstAttempts: 8 }] },
  ],
  ['three calls at once and no more', { maxConcurrent: 3, latency: 40 }],
  ['a limit of requests per minute', { requestsPerMinute: 15, ...WINDOW }],
  [
    'a limit of requests per minute that is told by headers alone',
    { requestsPerMinute: 15, limitRetryAfter: 'none', ...WINDOW },
  ],
  [
    'a limit of requests per minute that no header tells',
    { requestsPerMinute: 15, limitRetryAfter: { ms: 400 }, silentLimits: true, ...WINDOW },
  ],
  ['a limit of tokens per minute', { tokensPerMinute: 1200, ...WINDOW }],
  [
    'a limit of tokens per minute that is told by headers alone',
    { tokensPerMinute: 1200, limitRetryAfter: 'none', ...WINDOW },
  ],
  ['500', { faults: [{ kind: 'server-error', ...share }] }],
  ['503 with Retry-After', { faults: [{ kind: 'server-error', status: 503, retryAfter: 1, ...share }] }],
  ['529 overloaded', { faults: [{ kind: 'overloaded', ...share }] }],
  ['408', { faults: [{ kind: 'server-error', status: 408, ...share }] }],
  ['409', { faults: [{ kind: 'server-error', status: 409, ...share }] }],
  ['a gateway’s page in HTML', { faults: [{ kind: 'html', ...share }] }],
  ['resets', { faults: [{ kind: 'reset', ...share }] }],
  ['hangs', { faults: [{ kind: 'hang', firstAttempts: 1, share: 0.1 }] }],
  ['answers that drip', { faults: [{ kind: 'drip', firstAttempts: 1, share: 0.1 }] }],
  ['answers that stop half way', { faults: [{ kind: 'stall', firstAttempts: 1, share: 0.1 }] }],
  ['truncated answers', { faults: [{ kind: 'truncated', ...share }] }],
  ['broken JSON', { faults: [{ kind: 'broken-json', ...share }] }],
  ['an error text with status 200', { faults: [{ kind: 'error-in-200', ...share }] }],
  ['empty answers', { faults: [{ kind: 'empty', ...share }] }],
]

describe.concurrent('the same report as on a calm day', () => {
  for (const [what, options] of ROWS) {
    it(what, async () => {
      const { ran, stats, violations } = await rough(options)
      expect(essence(ran.report), ran.stderr).toEqual(essence(calm.report))
      expect([ran.code, ran.record, violations]).toEqual([calm.code, calm.record, []])
      const { target = 0, stored, lost } = ran.report?.run.calls ?? {}
      // Something did go wrong, nothing was asked before its time, and every request is accounted for.
      expect(Object.values(stats.byFault).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
      expect([stats.earlyRetries, stats.requests, stored, lost]).toEqual([0, target, 0, 0])
    })
  }
})

/** Loaded before the program: from the third second of the process on the clock of the machine is wrong by so much. */
async function jumpingClock(hours: number): Promise<string> {
  const path = join(await place.scratch(), 'jump.cjs')
  const text = `const now = Date.now, began = process.hrtime.bigint()
Date.now = () => now() + (process.hrtime.bigint() - began > 1_500_000_000n ? ${hours * 3_600_000} : 0)
`
  await writeFile(path, text)
  return path
}

describe.concurrent('a clock that jumps changes nothing', () => {
  for (const hours of [24, -24, 0.2]) {
    it(`by ${hours} hours, while calls wait for a limit`, async () => {
      const faults = [{ kind: 'rate-limit', retryAfter: 1, firstAttempts: 3, share: 0.5 }] as const
      const { ran, stats } = await rough({ faults }, { NODE_OPTIONS: `--require ${await jumpingClock(hours)}` })
      expect(essence(ran.report), ran.stderr).toEqual(essence(calm.report))
      expect([ran.code, stats.earlyRetries]).toEqual([calm.code, 0])
      expect(stats.byStatus['429']).toBeGreaterThan(20)
      expect(ran.report?.run.seconds).toBeGreaterThan(1)
      expect(ran.report?.run.seconds).toBeLessThan(1000)
    })
  }
})
