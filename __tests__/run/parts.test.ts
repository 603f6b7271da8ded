import { describe, expect, it } from 'vitest'
import type { ErrorCause, Failure, Outcome, Usage } from '../../src/domain.ts'
import { createBreaker } from '../../src/run/breaker.ts'
import { createBudget, outputBound } from '../../src/run/budget.ts'
import { createLimiter } from '../../src/run/limiter.ts'
import { RUN_LIMITS } from '../../src/run/limits.ts'
import { createPace } from '../../src/run/pace.ts'
import { createPatience } from '../../src/run/patience.ts'
import { createQueue } from '../../src/run/queue.ts'
import { nextStep } from '../../src/run/retry.ts'
import { backToBack, laneOf, workKey } from '../../src/run/work.ts'
import { request, trial } from '../targets/requests.ts'

const failure = (cause: ErrorCause) => ({ kind: 'transient' as const, cause, message: 'm' })
const failedWith = (cause: ErrorCause): Outcome => ({ state: 'failed', failure: failure(cause) })
const answered = (usage?: Usage): Outcome => ({
  state: 'answered',
  answer: { text: 'x', latencyMs: 1, ...(usage ? { usage } : {}) },
})
const tried = { key: 'k', faults: 1, refusals: 0, firstMs: 0, nowMs: 0, retryAfterMs: null }

describe('nextStep', () => {
  it('faults are tried five times with growing waits, the same ones each time', () => {
    const waits = [1, 2, 3, 4].map((faults) => {
      const next = nextStep(failedWith('server'), { ...tried, faults }, RUN_LIMITS)
      return next.step === 'again' ? next.atMs : -1
    })
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThanOrEqual(500 * 2 ** i)
      expect(wait).toBeLessThanOrEqual(1000 * 2 ** i)
    })
    expect(nextStep(failedWith('server'), { ...tried, faults: 3 }, RUN_LIMITS)).toEqual({
      step: 'again',
      atMs: waits[2],
    })
    expect(nextStep(failedWith('server'), { ...tried, faults: 3, key: 'other' }, RUN_LIMITS)).not.toEqual({
      step: 'again',
      atMs: waits[2],
    })
    expect(nextStep(failedWith('server'), { ...tried, faults: 5 }, RUN_LIMITS)).toEqual({ step: 'exhausted' })
  })

  it('Retry-After is never undercut, has no cap of a minute, and ends with the deadline of the call', () => {
    for (const retryAfterMs of [0, 300, 1000, 59_000, 61_000, 590_000]) {
      const next = nextStep(failedWith('rate-limit'), { ...tried, retryAfterMs, refusals: 40 }, RUN_LIMITS)
      if (next.step !== 'again') throw new Error(`${retryAfterMs} ${next.step}`)
      expect(next.atMs).toBeGreaterThanOrEqual(retryAfterMs)
      // "At once", said forty times, was not meant.
      expect(next.atMs).toBeLessThanOrEqual(retryAfterMs === 0 ? 15_000 : Math.max(retryAfterMs + 250, 30_000 / 16))
      if (retryAfterMs < 500) expect(next.atMs).toBeGreaterThan(retryAfterMs === 0 ? 7_500 : 900)
    }
    const atOnce = [1, 2, 3, 4].map((refusals) => {
      const next = nextStep(failedWith('rate-limit'), { ...tried, retryAfterMs: 0, refusals }, RUN_LIMITS)
      return next.step === 'again' ? next.atMs : Number.NaN
    })
    expect(atOnce[0]).toBeLessThan(65)
    atOnce.slice(1).forEach((waitMs, i) => {
      expect(waitMs).toBeGreaterThan(2 * (atOnce[i] ?? Number.NaN))
    })
    const first = nextStep(failedWith('rate-limit'), { ...tried, refusals: 1, retryAfterMs: 300 }, RUN_LIMITS)
    expect(first.step === 'again' && first.atMs).toBeLessThan(331)
    // It may be meant for this call alone: once more, and then it holds.
    const far = { ...tried, retryAfterMs: 700_000 }
    expect(nextStep(failedWith('rate-limit'), far, RUN_LIMITS).step).toBe('again')
    expect(nextStep(failedWith('rate-limit'), { ...far, refusals: 2 }, RUN_LIMITS)).toEqual({ step: 'exhausted' })
    expect(nextStep(failedWith('rate-limit'), { ...tried, retryAfterMs: 1000, nowMs: 599_500 }, RUN_LIMITS)).toEqual({
      step: 'exhausted',
    })
  })

  it('refusals for load do not use up attempts', () => {
    expect(nextStep(failedWith('rate-limit'), { ...tried, faults: 0, refusals: 99 }, RUN_LIMITS).step).toBe('again')
  })

  it.each(['quota', 'authentication'] as const)('%s is not retried and stops the provider', (cause) => {
    expect(nextStep(failedWith(cause), tried, RUN_LIMITS)).toEqual({ step: 'stop' })
  })

  it('a key that was answered is not wrong: what one call is refused is tried again', () => {
    const known = { ...tried, wasAnswered: true }
    expect(nextStep(failedWith('authentication'), known, RUN_LIMITS).step).toBe('again')
    expect(nextStep(failedWith('authentication'), { ...known, faults: 5 }, RUN_LIMITS)).toEqual({ step: 'exhausted' })
    expect(nextStep(failedWith('quota'), known, RUN_LIMITS)).toEqual({ step: 'stop' })
  })

  it.each(['rate-limit', 'server'] as const)(
    'a %s with a wait beyond the deadline is tried some times while others are answered',
    (cause) => {
      const far = { ...tried, retryAfterMs: 3_600_000, wasAnswered: true }
      const step = (more: object) => nextStep(failedWith(cause), { ...far, ...more }, RUN_LIMITS)
      const first = step({})
      expect(first.step === 'again' && first.atMs).toBeLessThan(1001)
      // Nobody else since: then it holds for all.
      expect(step({ faults: 2 })).toEqual({ step: 'exhausted' })
      expect(step({ faults: 2, isAlive: true }).step).toBe('again')
      expect(step({ faults: 5, isAlive: true })).toEqual({ step: 'exhausted' })
      // At the start of a run refusals come back faster than answers.
      expect(step({ wasAnswered: false }).step).toBe('again')
      expect(step({ wasAnswered: false, faults: 2 })).toEqual({ step: 'exhausted' })
    },
  )

  it('answers and behavioural errors end the call', () => {
    expect(nextStep(answered(), tried, RUN_LIMITS)).toEqual({ step: 'end' })
    const own: Outcome = { state: 'failed', failure: { kind: 'behavioural', cause: 'server', message: 'm' } }
    expect(nextStep(own, tried, RUN_LIMITS)).toEqual({ step: 'end' })
  })
})

describe('limiter', () => {
  const feed = (limiter: ReturnType<typeof createLimiter>, results: readonly boolean[]) => {
    for (const refused of results) limiter.ended(limiter.started(0, 60_000), refused ? 'refused' : 'answered', 0)
  }
  const window = (size: number, refused: number) => Array.from({ length: size }, (_, i) => i < refused)

  it('half of a window refused is noise, more is a limit', () => {
    const limiter = createLimiter(20)
    feed(limiter, window(20, 10))
    expect(limiter.current()).toBe(20)
    feed(limiter, window(20, 11))
    expect(limiter.current()).toBe(10)
  })

  it('never cuts below half per step, never below one', () => {
    const limiter = createLimiter(20)
    const seen = [10, 5, 3, 2, 1, 1]
    for (const expected of seen) {
      feed(limiter, window(limiter.current(), limiter.current()))
      expect(limiter.current()).toBe(expected)
    }
  })

  it('what started before a cut does not cut again', () => {
    const limiter = createLimiter(20)
    const before = Array.from({ length: 60 }, () => limiter.started(0, 60_000))
    for (const one of before) limiter.ended(one, 'refused', 0)
    expect(limiter.current()).toBe(10)
  })

  it('comes back one by one, up to where it began', () => {
    const limiter = createLimiter(4)
    feed(limiter, window(4, 4))
    expect(limiter.current()).toBe(2)
    feed(limiter, window(2, 0))
    expect(limiter.current()).toBe(3)
    feed(limiter, window(30, 0))
    expect(limiter.current()).toBe(4)
  })
})

describe('patience', () => {
  it('waits the whole timeout until it has seen enough, then four times the slowest hundredth', () => {
    const patience = createPatience(RUN_LIMITS)
    for (let i = 0; i < 19; i++) patience.note(900)
    expect(patience.limitMs(0, 60_000)).toBe(60_000)
    patience.note(1000)
    expect(patience.limitMs(0, 60_000)).toBe(4000)
    expect(patience.limitMs(1, 60_000)).toBe(8000)
    expect(patience.limitMs(0, 3000)).toBe(3000)
    expect(patience.limitMs(4, 60_000)).toBe(60_000)
  })

  it('has a floor', () => {
    const patience = createPatience(RUN_LIMITS)
    for (let i = 0; i < 50; i++) patience.note(1)
    expect(patience.limitMs(0, 60_000)).toBe(2000)
  })

  it('forgets old answers', () => {
    const patience = createPatience(RUN_LIMITS)
    patience.note(50_000)
    for (let i = 0; i < 256; i++) patience.note(1000)
    expect(patience.limitMs(0, 60_000)).toBe(4000)
  })
})

describe('breaker', () => {
  it('opens after so many calls in a row without an answer, not with one in between', () => {
    const breaker = createBreaker(RUN_LIMITS)
    for (let i = 0; i < 19; i++) breaker.exhausted(failure('server'), 0, 'head')
    breaker.alive(0, 'head')
    for (let i = 0; i < 19; i++) breaker.exhausted(failure('server'), 0, 'head')
    expect(breaker.open()).toBeNull()
    breaker.exhausted(failure('server'), 0, 'head')
    expect(breaker.open()).toMatchObject({ cause: 'server', message: expect.stringContaining('20 calls in a row') })
  })

  it('calls of one side alone do not open it while the other side was answered', () => {
    const breaker = createBreaker(RUN_LIMITS)
    breaker.alive(0, 'base')
    for (let i = 0; i < 40; i++) breaker.exhausted(failure('server'), 0, 'head')
    expect(breaker.open()).toBeNull()
    breaker.exhausted(failure('server'), 0, 'base')
    expect(breaker.open()).toMatchObject({ message: expect.stringContaining('41 calls in a row') })
  })

  it('opens after a long silence full of faults', () => {
    const breaker = createBreaker(RUN_LIMITS)
    breaker.alive(0, 'head')
    for (let i = 0; i < 50; i++) breaker.fault(failure('timeout'), 119_000, 'head')
    expect(breaker.open()).toBeNull()
    breaker.fault(failure('timeout'), 121_000, 'head')
    expect(breaker.open()).toMatchObject({ cause: 'timeout' })
  })

  it('a silence of one side alone does not open it while the other has not been asked since', () => {
    const breaker = createBreaker(RUN_LIMITS)
    breaker.alive(0, 'base')
    for (let i = 0; i < 50; i++) breaker.fault(failure('server'), 300_000, 'head')
    breaker.exhausted(failure('server'), 300_000, 'head')
    expect(breaker.open()).toBeNull()
    breaker.fault(failure('server'), 301_000, 'base')
    expect(breaker.open()).toMatchObject({ message: expect.stringContaining('no answer for 120 s') })
  })

  it('opens with the first call that is given up when nothing but refusals came for long', () => {
    const breaker = createBreaker(RUN_LIMITS)
    breaker.refused(1000)
    breaker.exhausted(failure('rate-limit'), 100_000, 'head')
    expect(breaker.open()).toBeNull()
    breaker.exhausted(failure('rate-limit'), 600_000, 'head')
    expect(breaker.open()).toMatchObject({ cause: 'rate-limit', message: expect.stringContaining('599 s') })
  })
})

describe('pace', () => {
  const limit = (name: string, left: number, resetMs: number) => ({ name, left, resetMs })

  it('counts the calls that start against what is left, and holds until the limit is whole again', () => {
    const pace = createPace(60_000)
    pace.told([limit('x-ratelimit-remaining-requests', 2, 5000)], 1000)
    pace.started()
    expect(pace.heldUntil(1000, true)).toBeNull()
    pace.started()
    expect(pace.heldUntil(1000, true)).toBe(6000)
    expect(pace.heldUntil(6000, true)).toBeNull()
    for (let i = 0; i < 9; i++) pace.started()
    expect(pace.heldUntil(6001, true)).toBeNull()
  })

  it('a later answer corrects it; tokens are what the answers say', () => {
    const pace = createPace(60_000)
    pace.told([limit('x-ratelimit-remaining-tokens', 1, 5000)], 0)
    pace.started()
    expect(pace.heldUntil(0, true)).toBeNull()
    pace.told([limit('x-ratelimit-remaining-tokens', 0, 5000)], 10)
    expect(pace.heldUntil(10, true)).toBe(5010)
    pace.told([limit('x-ratelimit-remaining-tokens', 900, 5000)], 20)
    expect(pace.heldUntil(20, true)).toBeNull()
  })

  it('a header cannot hold a run for a day, and one limit does not lift another', () => {
    const pace = createPace(60_000)
    pace.told([limit('anthropic-ratelimit-requests-remaining', 0, 86_400_000), limit('other', 5, 10)], 0)
    expect(pace.heldUntil(20, true)).toBe(60_000)
  })

  it('three refusals of a call that was alone hold the fresh ones; an answer in between is a new start', () => {
    const pace = createPace(60_000)
    for (const until of [1000, 2000]) pace.refused(until)
    pace.answered()
    for (const until of [3000, 4000]) pace.refused(until)
    expect(pace.heldUntil(0, true)).toBeNull()
    pace.refused(5000)
    expect(pace.heldUntil(0, true)).toBe(5000)
    pace.refused(4500)
    expect([pace.heldUntil(4700, true), pace.heldUntil(4700, false)]).toEqual([5000, null])
  })
})

describe('budget', () => {
  const price = ({ input, output }: Usage) => BigInt(input + output)
  const asked = request({ parameters: { max_tokens: 100 } })
  const worstInput = 40

  it('puts the worst case aside, so that calls in flight cannot pass the cap together', () => {
    const budget = createBudget({ price, maxPico: 300n, maxCalls: null })
    const first = budget.reserve(asked)
    const second = budget.reserve(asked)
    expect([first, second].every((one) => typeof one === 'object')).toBe(true)
    expect(budget.reserve(asked)).toBe('wait')
    if (typeof first === 'object') expect(budget.settle(first, asked, answered({ input: 5, output: 5 }))).toBe(10n)
    expect(typeof budget.reserve(asked)).toBe('object')
    expect(budget.spent()).toEqual({ pico: 10n, uncertainPico: 0n, unpriced: 0, calls: 3, capHit: null })
  })

  it('says which cap ended it, and the first one stays', () => {
    const byCalls = createBudget({ price, maxPico: 1_000n, maxCalls: 1 })
    byCalls.reserve(asked)
    expect([byCalls.spent().capHit, byCalls.reserve(asked), byCalls.spent().capHit]).toEqual([null, 'no', 'calls'])
    const byMoney = createBudget({ price, maxPico: 1n, maxCalls: 9 })
    expect([byMoney.reserve(asked), byMoney.spent().capHit]).toEqual(['no', 'usd'])
    for (let at = 0; at < 20; at += 1) byMoney.reserve(asked)
    expect(byMoney.spent().capHit).toBe('usd')
  })

  it('puts aside what a provider counted beyond the prompt of an earlier call', () => {
    const budget = createBudget({ price, maxPico: 2000n, maxCalls: null })
    const first = budget.reserve(asked)
    if (typeof first !== 'object') throw new Error(first)
    budget.settle(first, asked, answered({ input: 900, output: 5 }))
    const next = budget.reserve(asked)
    expect(typeof next === 'object' && Number(next.worstPico)).toBeGreaterThanOrEqual(1000)
    expect(budget.reserve(asked)).toBe('wait')
  })

  it('an answer whose tier has no price counts as what was put aside', () => {
    const budget = createBudget({
      price: (usage, _, at) => (at?.tier === 'priority' ? null : price(usage)),
      ...{ maxPico: 1000n, maxCalls: null },
    })
    const reserved = budget.reserve(asked)
    if (typeof reserved !== 'object') throw new Error(reserved)
    const answer = { text: 'x', latencyMs: 1, usage: { input: 5, output: 5 }, serviceTier: 'priority' }
    expect(budget.settle(reserved, asked, { state: 'answered', answer })).toBeNull()
    expect(budget.spent()).toMatchObject({ pico: 0n, uncertainPico: reserved.worstPico, unpriced: 1 })
  })

  it.each<[string, Partial<Failure>, boolean]>([
    ['a connection that never stood', { cause: 'connection' }, false],
    ['one that broke after the request', { cause: 'connection', wasSent: true }, true],
    ['a refusal', { cause: 'server', status: 503 }, false],
    ['a gateway that gave up waiting', { cause: 'server', status: 504 }, true],
    ['no answer in time', { cause: 'timeout' }, true],
  ])('%s is free, or may be billed with its worst case', (_, facts, mayBeBilled) => {
    const budget = createBudget({ price, maxPico: 1000n, maxCalls: null })
    const reserved = budget.reserve(asked)
    if (typeof reserved !== 'object') throw new Error(reserved)
    const failure = { kind: 'transient', cause: 'server', message: 'no', ...facts } as const
    expect(budget.settle(reserved, asked, { state: 'failed', failure })).toBe(mayBeBilled ? null : 0n)
    expect(budget.spent().uncertainPico).toBe(mayBeBilled ? reserved.worstPico : 0n)
  })

  it('an answer that was filtered whole costs what it counts, and says how long answers are', () => {
    const failure = { kind: 'behavioural', cause: 'content-filter', message: 'filtered' } as const
    const free = request({})
    const settled = (facts: object) => {
      const budget = createBudget({
        price: (usage, _, at) => (at?.tier === 'flex' ? 1n : price(usage)),
        ...{ maxPico: 100_000n, maxCalls: null },
      })
      const reserved = budget.reserve(free)
      if (typeof reserved !== 'object') throw new Error(reserved)
      return { budget, cost: budget.settle(reserved, free, { state: 'failed', failure: { ...failure, ...facts } }) }
    }
    const usage = { input: 70, output: 9000 }
    const { budget, cost } = settled({ usage })
    expect([cost, budget.spent()]).toEqual([
      9070n,
      { pico: 9070n, uncertainPico: 0n, unpriced: 0, calls: 1, capHit: null },
    ])
    const next = budget.reserve(free)
    expect(typeof next === 'object' && Number(next.worstPico)).toBeGreaterThan(4 * 9000)
    expect(settled({ usage, serviceTier: 'flex' }).cost).toBe(1n)
    const uncounted = settled({})
    expect(uncounted.cost).toBeNull()
    expect(Number(uncounted.budget.spent().uncertainPico)).toBeGreaterThan(4000)
    // A stored one is no news of today's bill, but of how long answers are.
    const seen = createBudget({ price, maxPico: 100_000n, maxCalls: null })
    seen.see(free, { state: 'failed', failure: { ...failure, usage } })
    const worst = seen.reserve(free)
    expect(typeof worst === 'object' && Number(worst.worstPico)).toBeGreaterThan(4 * 9000)
  })

  it('once hit it stays hit', () => {
    const budget = createBudget({ price, maxPico: 100n, maxCalls: null })
    expect(budget.reserve(asked)).toBe('no')
    expect(budget.reserve(request({ messages: [], parameters: { max_tokens: 1 } }))).toBe('no')
  })

  it('puts nothing aside for an application behind a URL, whatever model it names', () => {
    const budget = createBudget({ price, maxPico: 1n, maxCalls: 2 })
    const behind = { ...asked, kind: 'http' as const }
    const reserved = budget.reserve(behind)
    if (typeof reserved !== 'object') throw new Error(reserved)
    budget.settle(reserved, behind, answered())
    expect(budget.spent()).toEqual({ pico: 0n, uncertainPico: 0n, unpriced: 1, calls: 1, capHit: null })
    expect([1, 2].map(() => typeof budget.reserve(behind))).toEqual(['object', 'string'])
  })

  it('counts calls', () => {
    const budget = createBudget({ price, maxPico: null, maxCalls: 2 })
    expect([1, 2, 3].map(() => typeof budget.reserve(asked))).toEqual(['object', 'object', 'string'])
  })

  it('an answer without usage, a timeout and a broken answer cost their worst case; a refusal nothing', () => {
    const budget = createBudget({ price, maxPico: null, maxCalls: null })
    const settle = (outcome: Outcome) => {
      const reservation = budget.reserve(asked)
      if (typeof reservation !== 'object') throw new Error(reservation)
      return budget.settle(reservation, asked, outcome)
    }
    expect(settle(answered())).toBeNull()
    const worst = budget.spent().uncertainPico
    expect(budget.spent().unpriced).toBe(1)
    expect(Number(worst)).toBeGreaterThan(100)
    expect(Number(worst)).toBeLessThanOrEqual(100 + worstInput + 60)
    expect(settle(failedWith('timeout'))).toBeNull()
    expect(settle(failedWith('malformed-answer'))).toBeNull()
    expect(settle({ state: 'failed', failure: { ...failure('rate-limit'), status: 429 } })).toBe(0n)
    expect(settle(failedWith('connection'))).toBe(0n)
    expect(budget.spent()).toMatchObject({ uncertainPico: 3n * worst, unpriced: 1 })
  })

  it('an answer without usage of a model that costs nothing costs nothing', () => {
    const budget = createBudget({ price: () => 0n, maxPico: null, maxCalls: null })
    const reservation = budget.reserve(asked)
    if (typeof reservation !== 'object') throw new Error(reservation)
    budget.settle(reservation, asked, answered())
    expect(budget.spent()).toMatchObject({ pico: 0n, uncertainPico: 0n, unpriced: 0 })
  })

  it('without a bound the output is four times the longest seen', () => {
    const open = request()
    const budget = createBudget({ price: ({ output }) => BigInt(output), maxPico: null, maxCalls: null })
    const worst = () => {
      const reservation = budget.reserve(open)
      return typeof reservation === 'object' ? reservation : { worstPico: null }
    }
    const first = worst()
    expect(first.worstPico).toBe(4096n)
    budget.settle(first, open, answered({ input: 1, output: 70 }))
    expect(worst().worstPico).toBe(280n)
  })

  it('without a bound each of the answers that are asked for may be as long as one', () => {
    const budget = createBudget({ price: ({ output }) => BigInt(output), maxPico: null, maxCalls: null })
    expect(budget.reserve(request({ parameters: { n: 8 } }))).toMatchObject({ worstPico: 8n * 4096n })
  })

  it('what has no price is counted, not taken for free', () => {
    const budget = createBudget({ price: () => null, maxPico: 1n, maxCalls: null })
    const reservation = budget.reserve(asked)
    if (typeof reservation !== 'object') throw new Error(reservation)
    expect(budget.settle(reservation, asked, answered({ input: 1, output: 1 }))).toBeNull()
    expect(budget.spent()).toMatchObject({ pico: 0n, unpriced: 1 })
  })

  it.each([
    [{ max_tokens: 5 }, 5],
    [{ max_completion_tokens: 6 }, 6],
    [{ max_output_tokens: 7, n: 3 }, 21],
    [{ generationConfig: { maxOutputTokens: 60_000 } }, 60_000],
    [{ max_tokens: 10, generationConfig: { maxOutputTokens: 60_000 } }, 60_000],
    [{ max_tokens: 10, candidateCount: 8 }, 80],
    [{ max_tokens: 10, generationConfig: { candidateCount: 8 } }, 80],
    [{ inferenceConfig: { maxTokens: 60_000 } }, 60_000],
    [{ generationConfig: 'x', max_tokens: 5 }, 5],
    [{ max_tokens: '5' }, null],
    [{ n: 8 }, null],
    [{ max_tokens: 0 }, null],
    [{}, null],
  ])('bound of %j is %s', (parameters, bound) => {
    expect(outputBound(request({ parameters: parameters as Record<string, number> }))).toBe(bound)
  })
})

describe('budget of applications', () => {
  const app = request({ kind: 'command', provider: 'command', model: null, endpoint: 'application', application: {} })
  const price = ({ input, output }: Usage) => BigInt(input + output)
  const answeredBy = (calls?: []): Outcome => ({
    state: 'answered',
    answer: { text: 'x', latencyMs: 1, usage: { input: 50, output: 50 }, ...(calls ? { calls } : {}) },
  })

  it('a run holds nothing back and is no call of a model: its calls reserve for themselves', () => {
    const budget = createBudget({ price, maxPico: 10_000n, maxCalls: 1 })
    const runs = Array.from({ length: 50 }, () => budget.reserve(app))
    expect(runs.every((one) => one !== 'no' && one !== 'wait')).toBe(true)
    expect(budget.spent().calls).toBe(0)
    expect(budget.reserve(request())).toMatchObject({ worstPico: expect.anything() })
    expect([budget.reserve(request()), budget.reserve(app)]).toEqual(['no', 'no'])
  })

  it('what it cost is booked by its calls, or as it says where none was seen', () => {
    const budget = createBudget({ price, maxPico: null, maxCalls: null })
    expect(budget.settle({ worstPico: null }, app, answeredBy([]))).toBeNull()
    expect(budget.settle({ worstPico: null }, app, failedWith('timeout'))).toBeNull()
    expect(budget.spent()).toEqual({ pico: 0n, uncertainPico: 0n, unpriced: 0, calls: 0, capHit: null })
    expect(budget.settle({ worstPico: null }, app, answeredBy())).toBe(100n)
    expect(budget.settle({ worstPico: null }, app, answered())).toBeNull()
    expect(budget.spent()).toMatchObject({ pico: 100n, unpriced: 1 })
  })
})

describe('work', () => {
  it('repeats and cases that ask the same never share an answer', () => {
    const asked = request()
    const works = [
      { trial: trial(), request: asked },
      { trial: trial({ index: 1 }), request: asked },
      { trial: trial({ caseId: 'c2' }), request: asked },
      { trial: trial({ side: 'base' }), request: asked },
      { trial: trial({ step: 'fresh' }), request: asked },
      { trial: trial({ evalSet: 'other' }), request: asked },
      { trial: trial(), request: request({ parameters: { temperature: 1 } }) },
      { trial: trial(), request: asked, purpose: 'judge' as const },
    ]
    expect(new Set(works.map(workKey)).size).toBe(works.length)
  })

  it('puts base and head of a case back to back', () => {
    const works = [
      ...['a', 'b'].map((caseId) => ({ trial: trial({ caseId, side: 'base' }), request: request() })),
      ...['b', 'a'].map((caseId) => ({ trial: trial({ caseId, side: 'head' }), request: request() })),
    ]
    expect(backToBack(works).map(({ trial: { caseId, side } }) => `${caseId} ${side}`)).toEqual([
      'a base',
      'a head',
      'b base',
      'b head',
    ])
  })

  it('applications have a lane per eval set and side, providers one', () => {
    const app = request({ kind: 'command', endpoint: 'application' })
    const lanes = [trial(), trial({ side: 'base' }), trial({ evalSet: 'x' })].map((at) =>
      laneOf({ trial: at, request: app }),
    )
    expect(new Set(lanes).size).toBe(3)
    expect(laneOf({ trial: trial(), request: request() })).toBe('openai')
  })
})

it('queue: in order, express first, whatever its length', () => {
  const queue = createQueue<number>(() => ({ urgency: 0, group: 'a', pair: '' }))
  for (let i = 0; i < 5000; i++) queue.push(i)
  queue.pushFirst(-1)
  const out = Array.from({ length: 4000 }, () => queue.shift())
  expect(out.slice(0, 3)).toEqual([-1, 0, 1])
  expect(queue.peek()).toBe(3999)
  queue.pushFirst(-2)
  expect(queue.drain()).toHaveLength(1002)
  expect([queue.shift(), queue.peek()]).toEqual([undefined, undefined])
})

describe('the order of a queue', () => {
  type Item = { readonly urgency: number; readonly group: string; readonly pair: string; readonly side: string }
  const item = (group: string, pair: number, side = 'base', urgency = 0): Item => ({
    group,
    pair: `${group}${pair}`,
    side,
    urgency,
  })
  const pairs = (group: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => [item(group, from + i), item(group, from + i, 'head')]).flat()
  const take = (queue: ReturnType<typeof createQueue<Item>>, count: number, weight?: (one: Item) => number) =>
    Array.from({ length: count }, () => {
      const shown = queue.peek()
      const taken = queue.shift(shown === undefined ? 1 : weight?.(shown))
      expect(taken).toBe(shown)
      return taken === undefined ? 'nothing' : `${taken.pair} ${taken.side}`
    })

  it('takes turns between eval sets, pair by pair', () => {
    const queue = createQueue<Item>((one) => one)
    for (const one of [...pairs('a', 0, 3), ...pairs('b', 0, 2)]) queue.push(one)
    expect(take(queue, 11)).toEqual([
      ...['a0 base', 'a0 head', 'b0 base', 'b0 head', 'a1 base', 'a1 head'],
      ...['b1 base', 'b1 head', 'a2 base', 'a2 head', 'nothing'],
    ])
  })

  it('a set of dear calls takes fewer turns', () => {
    const queue = createQueue<Item>((one) => one)
    for (const one of [...pairs('dear', 0, 20), ...pairs('cheap', 0, 20)]) queue.push(one)
    const taken = take(queue, 22, ({ group }) => (group === 'dear' ? 10 : 1))
    expect(taken.filter((one) => one.startsWith('dear'))).toHaveLength(2)
  })

  it('what is urgent comes before what is fair, what waited comes before both', () => {
    const queue = createQueue<Item>((one) => one)
    queue.push(item('a', 0, 'base', 3))
    queue.push(item('b', 0, 'base', 1))
    queue.push(item('b', 1, 'base', 1))
    queue.pushFirst(item('c', 0, 'base', 9))
    expect(take(queue, 4)).toEqual(['c0 base', 'b0 base', 'b1 base', 'a0 base'])
  })
})
