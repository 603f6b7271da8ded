import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Outcome, TrialOutcome } from '../../src/domain.ts'
import { UserError } from '../../src/errors.ts'
import { systemClock } from '../../src/io/clock.ts'
import { createHttp } from '../../src/io/http.ts'
import { createStore } from '../../src/io/store.ts'
import type { Clock, Store } from '../../src/ports.ts'
import { hideKeys } from '../../src/report/known-keys.ts'
import type { CallRecord } from '../../src/run/call-record.ts'
import { ANSWERS_FILE, RAW_FILE } from '../../src/run/record.ts'
import { createRunner, runTrials } from '../../src/run/runner.ts'
import type { RunDeps } from '../../src/run/state.ts'
import type { Work } from '../../src/run/work.ts'
import { attempt, type Call } from '../../src/targets/call.ts'
import { callModel } from '../../src/targets/model.ts'
import { behavioural, transient } from '../../src/targets/shape.ts'
import { chatBody, endpoint, type Handler, request, serve, trial } from '../targets/requests.ts'

let directory: string
const closers: (() => unknown)[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parity-run-'))
})
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  rmSync(directory, { recursive: true, force: true })
})

const free = { price: () => 1n, maxPico: null, maxCalls: null }
/** A machine that stands still for seconds is no provider that hangs. */
const quick = { backoffMs: 1, maxBackoffMs: 5, patienceFloorMs: 60_000 }

/** A model behind a real server on this machine. */
async function model(handler: Handler): Promise<Call> {
  const server = await serve(handler)
  const http = createHttp({ environment: () => undefined })
  closers.push(http.close, server.close)
  const at = endpoint({ baseUrl: `${server.url}/v1` })
  return (asked, context) => callModel(asked, at, { http, clock: systemClock, context, withoutKeys: (text) => text })
}
function deps(call: Call, extra: Partial<RunDeps> = {}): RunDeps {
  const world = { clock: systemClock, store: createStore(directory), withoutKeys: (text: string) => text }
  return { call, ...world, budget: free, limits: quick, ...extra }
}
/** `n` cases on both sides, each with a prompt of its own: `<side> <n>`. */
function works(n: number, parameters = {}): Work[] {
  return Array.from({ length: n }, (_, i) => i).flatMap((i) =>
    (['base', 'head'] as const).map((side) => ({
      trial: trial({ caseId: `c${i}`, side }),
      request: request({ messages: [{ role: 'user', content: `${side} ${i}` }], parameters }),
    })),
  )
}
/** The real clock, and how many of its sleeps were begun and are not over. */
function countSleeps(): { clock: Clock; started(): number; open(): number } {
  let started = 0
  let over = 0
  const sleep: Clock['sleep'] = (ms, signal) => {
    started += 1
    return systemClock.sleep(ms, signal).finally(() => {
      over += 1
    })
  }
  return { clock: { ...systemClock, sleep }, started: () => started, open: () => started - over }
}
/** Calls of which none ends before so many are in flight together; how many there were at most. */
function crowd(expected: number): { readonly call: Call; most(): number } {
  const complete = gate()
  let now = 0
  let most = 0
  const call: Call = async (asked) => {
    now += 1
    most = Math.max(most, now)
    if (now === expected) complete.open()
    await complete.opened
    await systemClock.sleep(2)
    now -= 1
    return attempt(answer(asked.hash))
  }
  return { call, most: () => most }
}
/** Something to wait for. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
const promptOf = (body: string): string => JSON.parse(body).messages[0].content
const said = ({ outcome }: TrialOutcome) =>
  outcome.state === 'answered' ? outcome.answer.text : `${outcome.failure.kind} ${outcome.failure.cause}`
const ok = (response: ServerResponse, text: string) => response.end(chatBody(text))
const answer = (text: string): Outcome => ({
  state: 'answered',
  answer: { text, latencyMs: 1, usage: { input: 1, output: 1 } } satisfies Answer,
})

describe('a run', () => {
  it('asks each once, gives outcomes in order, and tells all about each call', async () => {
    const asked: string[] = []
    const call = await model((body, response) => {
      asked.push(promptOf(body))
      ok(response, promptOf(body).toUpperCase())
    })
    const calls: CallRecord[] = []
    const todo = works(30, { temperature: 0 })
    const outcomes = await runTrials(todo, deps(call, { onCall: (one) => calls.push(one) }))
    expect(outcomes.map(said)).toEqual(todo.map((work) => work.request.messages[0]?.content.toUpperCase()))
    expect([...asked].sort()).toEqual(todo.map((work) => work.request.messages[0]?.content ?? '').sort())
    expect(calls).toHaveLength(60)
    expect(calls[0]).toMatchObject({
      purpose: 'target',
      attempt: 1,
      retried: false,
      modelAnswered: 'gpt-4.1-2025-04-14',
      usage: { input: 10, output: 5 },
      latencyMs: expect.any(Number),
      rawSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      costPico: 1n,
      startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      request: { parameters: { temperature: 0 } },
    })
    expect(outcomes[0]).toMatchObject({ attempts: 1, stored: false })
  })

  it('is the same whatever the concurrency and the order of answers', async () => {
    const seen = new Map<string, number>()
    const call = await model((body, response) => {
      const prompt = promptOf(body)
      const times = (seen.get(prompt) ?? 0) + 1
      seen.set(prompt, times)
      const n = Number(prompt.split(' ')[1])
      if (n % 5 === 0 && times === 1) response.writeHead(500).end()
      else if (n % 7 === 0) response.writeHead(400).end('{"error":{"code":"context_length_exceeded","message":"m"}}')
      else setTimeout(() => ok(response, prompt), (n * 7919) % 13)
    })
    const results: unknown[] = []
    for (const concurrency of [1, 3, 50]) {
      seen.clear()
      const store = createStore(join(directory, String(concurrency)))
      const outcomes = await runTrials(works(25), deps(call, { store, limits: { ...quick, concurrency } }))
      results.push(outcomes.map((one) => [one.trial, said(one), one.attempts]))
    }
    expect(results[1]).toEqual(results[0])
    expect(results[2]).toEqual(results[0])
  })

  it('never has more in flight than allowed, per provider', async () => {
    const one = crowd(7)
    await runTrials(works(40), deps(one.call, { concurrencyOf: () => 7 }))
    expect(one.most()).toBe(7)
    // Two names of one account share its limit; two accounts do not.
    const named = works(40).map((work, i) => ({
      ...work,
      request: { ...work.request, provider: i % 4 < 2 ? 'one' : 'other' },
    }))
    for (const [accountOf, expected] of [
      [() => 'same', 7],
      [() => undefined, 14],
    ] as const) {
      const both = crowd(expected)
      rmSync(directory, { recursive: true, force: true })
      await runTrials(named, deps(both.call, { concurrencyOf: () => 7, accountOf }))
      expect(both.most()).toBe(expected)
    }
  })

  it('works that are one and the same are called once', async () => {
    let calls = 0
    const call: Call = async () => {
      calls += 1
      return attempt(answer('x'))
    }
    const [one] = works(1)
    if (one === undefined) throw new Error('none')
    const outcomes = await runTrials([one, { ...one }, one], deps(call))
    expect([calls, outcomes.map(said)]).toEqual([1, ['x', 'x', 'x']])
  })

  it('repeats have answers of their own', async () => {
    let calls = 0
    const call: Call = async () => attempt(answer(String(++calls)))
    const asked = request()
    const repeats = [0, 1, 2].map((index) => ({ trial: trial({ index }), request: asked }))
    const twin = { trial: trial({ caseId: 'c2' }), request: asked }
    const texts = (await runTrials([...repeats, twin], deps(call))).map(said)
    expect(new Set(texts).size).toBe(4)
  })
})

describe('faults', () => {
  const faults: [string, (response: ServerResponse) => void][] = [
    ['500', (response) => void response.writeHead(500).end('oops')],
    ['503 with HTML', (response) => void response.writeHead(503).end('<html>')],
    ['408', (response) => void response.writeHead(408).end()],
    ['a reset', (response) => void response.destroy()],
    [
      'a truncated body',
      (response) => {
        response.writeHead(200, { 'content-length': '500' }).write('{"choices":')
        setTimeout(() => response.destroy(), 5)
      },
    ],
    ['broken JSON', (response) => void response.end('{"choices":[{"mess')],
    ['an error with status 200', (response) => void response.end('{"error":{"message":"overloaded","code":502}}')],
    [
      'an empty answer',
      (response) => void response.end(chatBody('', { usage: { prompt_tokens: 1, completion_tokens: 0 } })),
    ],
    ['429 with Retry-After', (response) => void response.writeHead(429, { 'retry-after-ms': '15' }).end()],
  ]
  it.each(faults)('%s is retried and no case is lost', async (_name, fault) => {
    const seen = new Map<string, number>()
    const call = await model((body, response) => {
      const prompt = promptOf(body)
      seen.set(prompt, (seen.get(prompt) ?? 0) + 1)
      if (prompt.endsWith('1') && (seen.get(prompt) ?? 0) <= 2) fault(response)
      else ok(response, prompt)
    })
    const runner = await createRunner(deps(call))
    const outcomes = await runner.run(works(12))
    expect(outcomes.map(said)).toEqual(works(12).map((work) => work.request.messages[0]?.content))
    expect(outcomes.filter(({ attempts }) => attempts === 3)).toHaveLength(4)
    expect(runner.stats()).toMatchObject({ calls: 32, retried: 8, failed: 0 })
  })

  it('a hang is given up by the timeout and asked again', async () => {
    let calls = 0
    const call = await model((_body, response) => {
      calls += 1
      if (calls > 1) ok(response, 'late')
    })
    const [one] = works(1)
    const [outcome] = await runTrials(one ? [{ ...one, timeoutMs: 300 }] : [], deps(call))
    // On a machine that stands still meanwhile, more attempts than the first may take too long.
    expect([outcome && said(outcome), outcome?.attempts]).toEqual(['late', calls])
    expect(calls).toBeGreaterThan(1)
  })

  it('a hang from before there was anything to compare with is given up long before its timeout', async () => {
    let hung = 0
    const call = await model((body, response) => {
      if (promptOf(body) === 'base 0' && hung++ === 0) return
      ok(response, promptOf(body))
    })
    // The attempt that follows has the whole timeout, however slow the machine is.
    const limits = { ...quick, patienceFloorMs: 60, timeoutMs: 600_000, maxAttempts: 2 }
    const outcomes = await runTrials(works(15), deps(call, { limits }))
    expect(outcomes.map(said)[0]).toBe('base 0')
    expect(outcomes[0]?.attempts).toBe(2)
  })

  it('behavioural errors are outcomes of that side, asked once', async () => {
    const call = await model((body, response) => {
      if (promptOf(body).startsWith('head'))
        response.writeHead(404).end('{"error":{"code":"model_not_found","message":"no such model"}}')
      else ok(response, 'fine')
    })
    const runner = await createRunner(deps(call))
    const outcomes = await runner.run(works(3))
    expect(outcomes.map(said)).toEqual([
      'fine',
      'behavioural unknown-model',
      'fine',
      'behavioural unknown-model',
      'fine',
      'behavioural unknown-model',
    ])
    expect(runner.stats()).toMatchObject({ calls: 6, failed: 0 })
  })

  describe('a refusal is no matter of the request', () => {
    const REFUSED = '{"error":{"code":"model_not_found","message":"no such model"}}'
    const again = (of: readonly Work[], step: 'pass' | 'fresh' = 'fresh'): Work[] =>
      of.map((work) => ({ ...work, trial: { ...work.trial, step, index: step === 'pass' ? 1 : 0 } }))

    it('where the same request was answered before, by this run, an earlier one or another job', async () => {
      let isDown = false
      const call = await model((body, response) => {
        if (isDown) response.writeHead(400).end('{"error":{"message":"bad request"}}')
        else ok(response, promptOf(body))
      })
      const first = await createRunner(deps(call))
      await first.run(works(2))
      isDown = true
      const expected = Array.from({ length: 4 }, () => 'transient server')
      expect((await first.run(again(works(2)))).map(said)).toEqual(expected)
      expect((await runTrials(again(works(2), 'pass'), deps(call))).map(said)).toEqual(expected)
      const elsewhere = { store: createStore(join(directory, 'other')), wasAnswered: () => true }
      expect((await runTrials(again(works(2)), deps(call, elsewhere))).map(said)).toEqual(expected)
      const nobody = deps(call, { store: createStore(join(directory, 'third')) })
      expect((await runTrials(again(works(2)), nobody)).map(said)).toEqual(
        Array.from({ length: 4 }, () => 'behavioural refused-request'),
      )
    })

    it('where the side has answers of the same model; one side alone may be refused for what it is', async () => {
      const late = works(4).slice(4)
      let isDown = false
      const call = await model((body, response) => {
        if (isDown || promptOf(body) === 'head 3') response.writeHead(404).end(REFUSED)
        else ok(response, promptOf(body))
      })
      const runner = await createRunner(deps(call, { limits: { ...quick, concurrency: 1 } }))
      expect((await runner.run(works(2))).map(said)).toEqual(['base 0', 'head 0', 'base 1', 'head 1'])
      isDown = true
      expect((await runner.run(late)).map(said)).toEqual(late.map(() => 'transient server'))
      const other = deps(call, { store: createStore(join(directory, 'other')) })
      isDown = false
      const heads = works(4).filter(({ trial }) => trial.side === 'base' || trial.caseId === 'c3')
      expect((await runTrials(heads, other)).map(said).at(-1)).toBe('behavioural unknown-model')
    })

    it('a content filter takes offence at what it likes, when it likes', async () => {
      let isDown = false
      const filtered = '{"error":{"code":"content_filter","message":"filtered"}}'
      const call = await model((body, response) => {
        if (isDown) response.writeHead(400).end(filtered)
        else ok(response, promptOf(body))
      })
      const runner = await createRunner(deps(call))
      await runner.run(works(1))
      isDown = true
      expect((await runner.run(again(works(1)))).map(said)).toEqual([
        'behavioural content-filter',
        'behavioural content-filter',
      ])
    })
  })

  it('one side that never answers is asked to the end while the other is answered', async () => {
    const call = await model((body, response) => {
      if (promptOf(body).startsWith('head')) response.writeHead(500).end()
      else ok(response, promptOf(body))
    })
    const outcomes = await runTrials(works(25), deps(call))
    const heads = outcomes.filter(({ trial }) => trial.side === 'head')
    expect(new Set(heads.map(({ attempts }) => attempts))).toEqual(new Set([5]))
    expect(outcomes.filter(({ outcome }) => outcome.state === 'answered')).toHaveLength(25)
  })

  it('a stored refusal stands, but not where it is asked again, nor for a judge; the later answer counts from then on', async () => {
    let isDown = true
    const call = await model((body, response) => {
      if (isDown) response.writeHead(404).end('{"error":{"code":"model_not_found","message":"no such model"}}')
      else ok(response, promptOf(body))
    })
    const [one] = works(1)
    const judged = { ...one, purpose: 'judge' } as Work
    if (one === undefined) throw new Error('no work')
    await runTrials([one, judged], deps(call))
    isDown = false
    expect((await runTrials([one], deps(call))).map(said)).toEqual(['behavioural unknown-model'])
    expect((await runTrials([judged], deps(call))).map(said)).toEqual(['base 0'])
    expect((await runTrials([{ ...one, again: true }], deps(call))).map(said)).toEqual(['base 0'])
    isDown = true
    for (let run = 0; run < 2; run += 1)
      expect((await runTrials([one, judged], deps(call))).map(said)).toEqual(['base 0', 'base 0'])
  })

  it('what stored answers were like, a cap knows before the first call', async () => {
    const call = await model((body, response) =>
      response.end(chatBody(promptOf(body), { usage: { prompt_tokens: 1, completion_tokens: 20_000 } })),
    )
    const limits = { ...quick, concurrency: 1 }
    const budget = { price: ({ output }: { output: number }) => BigInt(output), maxPico: 50_000n, maxCalls: null }
    const first = await createRunner(deps(call, { budget, limits }))
    const outcomes = await first.run(works(10))
    expect(outcomes.filter(({ outcome }) => outcome.state === 'answered')).toHaveLength(1)
    const second = await createRunner(deps(call, { budget, limits }))
    await second.run(works(10))
    expect(second.stats()).toMatchObject({ calls: 0, stored: 1 })
  })

  it('Retry-After is obeyed: nothing comes early, and the slot is free meanwhile', async () => {
    const refusedMs = new Map<string, number>()
    const order: string[] = []
    const others = gate()
    const call = await model((body, response) => {
      const prompt = promptOf(body)
      if (prompt.endsWith(' 0') && !refusedMs.has(prompt)) {
        refusedMs.set(prompt, systemClock.now())
        response.writeHead(429, { 'retry-after-ms': '60000' }).end()
        return
      }
      if (order.push(prompt) === 10) others.open()
      ok(response, prompt)
    })
    // The minute is over once all others are answered.
    const untilMs: number[] = []
    const sleep: Clock['sleep'] = (ms) => {
      untilMs.push(systemClock.now() + ms)
      return others.opened
    }
    const clock = { ...systemClock, sleep }
    const outcomes = await runTrials(works(6), deps(call, { clock, limits: { ...quick, concurrency: 1 } }))
    expect(outcomes.map(said)[0]).toBe('base 0')
    expect(order.slice(-2).sort()).toEqual(['base 0', 'head 0'])
    const waits = [...refusedMs.values()].map((from, at) => (untilMs[at] ?? 0) - from)
    expect(waits).toHaveLength(2)
    // Both clocks count whole milliseconds.
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(60_000 - 1)
  })

  it('a Retry-After beyond the deadline of the call is the end of it', async () => {
    const call = await model((_body, response) => void response.writeHead(429, { 'retry-after': '3600' }).end())
    expect((await runTrials(works(1), deps(call))).map(said)).toEqual(['transient rate-limit', 'transient rate-limit'])
  })

  it('a real limit of three in flight loses nothing', async () => {
    let now = 0
    let refused = 0
    const call = await model((body, response) => {
      if (now >= 3) {
        refused += 1
        response.writeHead(429, { 'retry-after-ms': '10' }).end()
        return
      }
      now += 1
      setTimeout(() => {
        now -= 1
        ok(response, promptOf(body))
      }, 5)
    })
    const outcomes = await runTrials(works(40), deps(call))
    expect(outcomes.map(said)).toEqual(works(40).map((work) => work.request.messages[0]?.content))
    expect(refused).toBeGreaterThan(0)
  })

  it('an application that hangs is tried twice, not five times', async () => {
    let calls = 0
    const call: Call = async () => {
      calls += 1
      return attempt(transient('timeout', 'silent'))
    }
    const hung = { trial: trial(), request: request({ kind: 'command', endpoint: 'application' }) }
    expect((await runTrials([hung], deps(call))).map(said)).toEqual(['transient timeout'])
    expect(calls).toBe(2)
  })
})

it('an application that hangs leaves the other processes at work', async () => {
  let open = 0
  let most = 0
  const call: Call = async ({ hash }) => {
    open += 1
    if (Number(hash) >= 8 && Number(hash) < 12) most = Math.max(most, open)
    await new Promise((resolve) => setTimeout(resolve, 5))
    open -= 1
    return attempt(Number(hash) < 8 ? transient('timeout', 'silent') : answer('fine'))
  }
  const all = Array.from({ length: 20 }, (_, i) => ({
    trial: trial({ caseId: `c${i}` }),
    request: { ...request({ kind: 'command', endpoint: 'application' }), hash: String(i) },
  }))
  await runTrials(all, deps(call, { concurrencyOf: () => 4, limits: { ...quick, commandAttempts: 1 } }))
  expect(most).toBe(4)
})

describe('a provider that is down', () => {
  it('a wrong key ends all calls to that provider at once, and shows no key', async () => {
    let calls = 0
    const call = await model((_body, response, incoming) => {
      calls += 1
      const key = incoming.headers.authorization
      response
        .writeHead(401)
        .end(JSON.stringify({ error: { code: 'invalid_api_key', message: `Incorrect key: ${key}` } }))
    })
    const outcomes = await runTrials(works(500), deps(call))
    expect(new Set(outcomes.map(said))).toEqual(new Set(['transient authentication']))
    expect(calls).toBeLessThanOrEqual(20)
    expect(JSON.stringify(outcomes)).not.toContain('sk-secret-value')
    for (const file of [ANSWERS_FILE, RAW_FILE])
      expect(readFileSync(join(directory, file), 'utf8')).not.toContain('sk-secret-value')
  })

  it('an empty account is not retried', async () => {
    let calls = 0
    const call: Call = async () => {
      calls += 1
      return attempt(transient('quota', 'insufficient_quota'))
    }
    const outcomes = await runTrials(works(100), deps(call))
    expect([new Set(outcomes.map(said)), calls <= 20]).toEqual([new Set(['transient quota']), true])
  })

  it('500 without end opens the breaker; the rest fails with the same cause and no call', async () => {
    let calls = 0
    const call = await model((_body, response) => {
      calls += 1
      response.writeHead(500).end()
    })
    const runner = await createRunner(deps(call))
    const outcomes = await runner.run(works(500))
    expect(new Set(outcomes.map(said))).toEqual(new Set(['transient server']))
    expect(outcomes.filter(({ attempts }) => attempts === 0).length).toBeGreaterThan(900)
    expect(calls).toBeLessThan(400)
    expect((await runner.run(works(600).slice(-2))).map(said)).toEqual(['transient server', 'transient server'])
  })

  it('the watch over hung attempts ends with them, and leaves no wait behind', async () => {
    const sleeps = countSleeps()
    const call = await model((body, response) => void setTimeout(() => ok(response, promptOf(body)), 5))
    const limits = { ...quick, concurrency: 8, patienceAnswers: 2, patienceFloorMs: 20_000 }
    const outcomes = await runTrials(works(20), deps(call, { clock: sleeps.clock, limits }))
    expect(outcomes.filter((one) => one.outcome.state === 'answered')).toHaveLength(40)
    expect(sleeps.started()).toBeGreaterThan(0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(sleeps.open()).toBe(0)
  })

  it('a call that waits for the provider ends with it, not when its wait is over', async () => {
    const sleeps = countSleeps()
    const call: Call = async (asked) => {
      if (asked.messages[0]?.content !== 'base 0') return attempt(transient('authentication', 'no'))
      return { outcome: transient('rate-limit', 'busy'), raw: '', retryAfterMs: 300_000 }
    }
    const outcomes = await runTrials(
      works(1),
      deps(call, { clock: sleeps.clock, limits: { ...quick, concurrency: 1 } }),
    )
    expect(outcomes.map(said)).toEqual(['transient authentication', 'transient authentication'])
    expect([sleeps.started(), sleeps.open()]).toEqual([1, 0])
  })

  it('for one model alone opens the breaker of that model, whatever others are answered', async () => {
    let asked = 0
    const call: Call = async ({ model: name, hash }) => {
      if (name !== 'busy') return attempt(answer(hash))
      asked += 1
      return attempt(transient('server', 'overloaded'))
    }
    const mixed = works(500).map((work) =>
      work.trial.side === 'base' ? work : { ...work, request: request({ ...work.request, model: 'busy' }) },
    )
    const runner = await createRunner(deps(call))
    const outcomes = await runner.run(mixed)
    expect(outcomes.filter(({ outcome }) => outcome.state === 'answered')).toHaveLength(500)
    const failures = outcomes.flatMap(({ outcome }) => (outcome.state === 'failed' ? [outcome.failure] : []))
    expect(failures.filter(({ isOutage }) => isOutage).length).toBeGreaterThan(250)
    // Five of each without it.
    expect(asked).toBeLessThan(2400)
    const [up, down] = [mixed[0], mixed[1]]
    expect(up && down && [runner.isAlive(up, 1), runner.isAlive(down, 1)]).toEqual([true, false])
  })

  it('another provider goes on', async () => {
    const call: Call = async (asked) =>
      attempt(asked.provider === 'down' ? transient('authentication', 'no') : answer('up'))
    const mixed = works(30).map((work, i) =>
      i % 2 ? work : { ...work, request: request({ ...work.request, provider: 'down' }) },
    )
    const outcomes = await runTrials(mixed, deps(call))
    expect(outcomes.filter((one) => said(one) === 'up')).toHaveLength(30)
  })
})

describe('budget', () => {
  it('the cap is not passed by calls in flight together; what is left over is missing for it', async () => {
    let calls = 0
    const call = await model((body, response) => {
      calls += 1
      ok(response, promptOf(body))
    })
    const budget = { price: ({ output }: { output: number }) => BigInt(output), maxPico: 100n, maxCalls: null }
    const runner = await createRunner(deps(call, { budget }))
    const outcomes = await runner.run(works(50, { max_tokens: 20 }))
    const { pico, uncertainPico } = runner.stats()
    expect(pico + uncertainPico).toBeLessThanOrEqual(100n)
    expect(calls).toBe(17)
    expect(outcomes.filter((one) => said(one) === 'transient budget')).toHaveLength(83)
  })

  it('max_calls counts attempts', async () => {
    let calls = 0
    const call: Call = async () => {
      calls += 1
      return attempt(transient('server', 'down'))
    }
    await runTrials(works(5), deps(call, { budget: { ...free, maxCalls: 3 } }))
    expect(calls).toBe(3)
  })
})

describe('the record', () => {
  const counting = () => {
    const counts = { calls: 0 }
    const call: Call = async (asked) => {
      counts.calls += 1
      return attempt(answer(`answer to ${asked.messages[0]?.content}`), '{"raw":true}')
    }
    return { counts, call }
  }

  it('a second run makes no call and has the same outcomes', async () => {
    const { counts, call } = counting()
    const first = await runTrials(works(20), deps(call))
    const runner = await createRunner(deps(call))
    const second = await runner.run(works(20))
    expect(counts.calls).toBe(40)
    expect(second).toEqual(first.map((one) => ({ ...one, stored: true })))
    expect(runner.stats()).toMatchObject({ stored: 40, lost: 0, calls: 0 })
  })

  it('uses stored answers only where the policy says so', async () => {
    const { counts, call } = counting()
    await runTrials(works(5), deps(call))
    await runTrials(works(5), deps(call, { useStored: ({ trial: { side } }) => side === 'base' }))
    expect(counts.calls).toBe(15)
  })

  it('the answer is on disk before anybody gets it, and the intent before the call', async () => {
    const events: string[] = []
    const inner = createStore(directory)
    const store: Store = {
      ...inner,
      append: (name, line) => {
        if (name === ANSWERS_FILE) events.push(`append ${JSON.parse(line).t}`)
        inner.append(name, line)
      },
      flush: async () => {
        await inner.flush()
        events.push('flush')
      },
    }
    const call: Call = async () => {
      events.push('call')
      return attempt(answer('x'))
    }
    await runTrials(works(1).slice(0, 1), deps(call, { store })).then(() => events.push('used'))
    expect(events).toEqual(['append intent', 'flush', 'call', 'append answer', 'flush', 'used'])
  })

  it('nothing that a call says has a key once it is used or written, in whatever form and field', async () => {
    const key = 'Zt8Qm4/Lx9Pd2Vk7Rb5Yn3Hc6'
    const forms = [key, Buffer.from(key).toString('base64'), Buffer.from(key).toString('hex'), encodeURIComponent(key)]
    const said = forms.join(' ')
    const answers: { readonly [asked: string]: Outcome } = {
      'base 0': behavioural('refused-request', `bad key ${said}`),
      'head 0': { state: 'answered', answer: { text: said, latencyMs: 1, model: `m-${key}`, fingerprint: key } },
    }
    const call: Call = async ({ messages }) =>
      attempt(answers[messages[0]?.content ?? ''] ?? answer('fine'), JSON.stringify({ said }))
    const calls: CallRecord[] = []
    const extra = { withoutKeys: hideKeys([key]), onCall: (one: CallRecord) => void calls.push(one) }
    const outcomes = await runTrials(works(2), deps(call, extra))
    const again = await runTrials(works(2), deps(call, extra))
    expect(again.map(({ outcome, stored }) => [stored, outcome])).toEqual(
      outcomes.map(({ outcome }) => [true, outcome]),
    )
    const written = [ANSWERS_FILE, RAW_FILE].map((name) => readFileSync(join(directory, name), 'utf8'))
    const everything = `${written.join('')}${JSON.stringify([outcomes, calls], (_, value) => (typeof value === 'bigint' ? String(value) : value))}`
    for (const text of [...written, everything]) expect(text).toContain('[redacted: configured key]')
    for (const form of forms) expect(everything).not.toContain(form.slice(0, 12))
  })

  it('a killed run goes on: only what was in flight is asked again, and counted as lost once', async () => {
    let killed = false
    let calls = 0
    const call: Call = async (asked) => {
      calls += 1
      if (calls > 30) {
        killed = true
        return new Promise(() => undefined)
      }
      return attempt(answer(asked.hash))
    }
    void runTrials(works(40), deps(call, { limits: { ...quick, concurrency: 4 } }))
    while (!killed || calls < 34) await new Promise((resolve) => setTimeout(resolve, 5))

    const again: string[] = []
    const resumed: Call = async (asked) => {
      again.push(asked.hash)
      return attempt(answer(asked.hash))
    }
    const runner = await createRunner(deps(resumed))
    const outcomes = await runner.run(works(40))
    expect(again).toHaveLength(50)
    expect(runner.stats()).toMatchObject({ lost: 4, stored: 30 })
    expect(outcomes.map(said)).toEqual(works(40).map((work) => work.request.hash))
    expect((await createRunner(deps(resumed))).stats().lost).toBe(0)
  })

  it('transient failures are asked again by the next run, behavioural ones are not', async () => {
    const results = [transient('malformed-answer', 'm'), behavioural('content-filter', 'm')]
    let calls = 0
    const call: Call = async (asked) => {
      calls += 1
      return attempt(asked.messages[0]?.content === 'base 0' ? (results[0] ?? answer('')) : (results[1] ?? answer('')))
    }
    expect((await runTrials(works(1), deps(call))).map(said)).toEqual([
      'transient malformed-answer',
      'behavioural content-filter',
    ])
    expect(calls).toBe(6)
    results[0] = answer('now')
    expect((await runTrials(works(1), deps(call))).map(said)).toEqual(['now', 'behavioural content-filter'])
    expect(calls).toBe(7)
  })

  it('an answer that was filtered whole is recorded with what came with it', async () => {
    const usage = { input: 9, output: 3 }
    const said = { usage, model: 'm', responseId: 'c', finishReason: 'content_filter' as const }
    const failure = { kind: 'behavioural', cause: 'content-filter', message: 'm', ...said } as const
    const records: CallRecord[] = []
    const onCall = (record: CallRecord) => void records.push(record)
    const budget = { price: () => 5n, maxPico: null, maxCalls: null }
    const call: Call = async () => attempt({ state: 'failed', failure })
    const first = await createRunner(deps(call, { onCall, budget }))
    await first.run(works(1))
    expect(first.stats()).toMatchObject({ pico: 10n, uncertainPico: 0n, unpriced: 0 })
    const again = await createRunner(deps(() => Promise.reject(new Error('asked again')), { onCall, budget }))
    const outcomes = await again.run(works(1))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([0, 1].map(() => ({ state: 'failed', failure })))
    expect(records.map((one) => [one.usage, one.modelAnswered, one.costPico, one.stored])).toEqual([
      ...[0, 1].map(() => [usage, 'm', 5n, undefined]),
      ...[0, 1].map(() => [usage, 'm', 0n, true]),
    ])
  })

  it('lines of others and torn ones do no harm', async () => {
    const { counts, call } = counting()
    const store = createStore(directory)
    for (const line of [
      '',
      'null',
      '[]',
      '{"k":1}',
      '{"t":"answer","k":"x"}',
      '{"t":"answer","k":"y","startedAt":"z","outcome":{"state":"answered"}}',
      '{"t":"ans',
    ])
      store.append(ANSWERS_FILE, line)
    await store.flush()
    expect((await runTrials(works(2), deps(call))).every((one) => one.outcome.state === 'answered')).toBe(true)
    expect(counts.calls).toBe(4)
  })

  it('a disk that fills up ends the run with its error; no answer is used', async () => {
    const full: Store = {
      readLines: async () => [],
      append: () => undefined,
      flush: async () => {
        throw new UserError({ what: 'The disk is full.', remedy: 'Make room.' })
      },
    }
    const { counts, call } = counting()
    await expect(runTrials(works(50), deps(call, { store: full }))).rejects.toThrow('The disk is full')
    expect(counts.calls).toBe(0)
  })

  it('a defect in a target ends the run with its error', async () => {
    const call: Call = async () => {
      throw new TypeError('a defect')
    }
    await expect(runTrials(works(50), deps(call))).rejects.toThrow('a defect')
  })

  it('answers out of a replay file are not recorded: the file may change', async () => {
    let text = 'old'
    const call: Call = async () => attempt(answer(text))
    const replayed = [{ trial: trial(), request: request({ kind: 'replay' }) }]
    expect(await runTrials(replayed, deps(call, { budget: { ...free, maxCalls: 0 } }))).toMatchObject([
      { attempts: 0, stored: true },
    ])
    text = 'new'
    expect((await runTrials(replayed, deps(call))).map(said)).toEqual(['new'])
  })
})

it('a wait that no call is allowed is named', async () => {
  const call: Call = async () => ({
    ...attempt(transient('rate-limit', 'openai answered 429: slow down.')),
    retryAfterMs: 86_400_000,
  })
  const [outcome] = await runTrials(works(1), deps(call))
  expect(outcome?.outcome).toMatchObject({
    state: 'failed',
    failure: { message: 'openai answered 429: slow down (it asks to wait 1440 minutes)' },
  })
})

describe('interruption', () => {
  it('gives what is there, ends what is in flight, starts nothing more', async () => {
    const stop = new AbortController()
    let calls = 0
    const call = await model((body, response) => {
      calls += 1
      if (calls <= 10) ok(response, promptOf(body))
      if (calls === 14) stop.abort()
    })
    const runner = await createRunner(deps(call, { signal: stop.signal, limits: { ...quick, concurrency: 4 } }))
    const outcomes = await runner.run(works(50))
    expect(outcomes.filter((one) => one.outcome.state === 'answered')).toHaveLength(10)
    expect(outcomes.filter((one) => said(one) === 'transient cancelled')).toHaveLength(90)
    expect(runner.stats()).toMatchObject({ interrupted: 4, inFlight: 0, waiting: 0 })
    expect(calls).toBe(14)
  })

  it('what is cut off is lost: no failure, marked in the audit record, counted once, and asked again', async () => {
    const stop = new AbortController()
    let calls = 0
    const call = await model((body, response) => {
      calls += 1
      if (calls <= 10 || stop.signal.aborted) ok(response, promptOf(body))
      if (calls === 14) stop.abort()
    })
    const records: CallRecord[] = []
    const onCall = (record: CallRecord) => records.push(record)
    const limits = { ...quick, concurrency: 4 }
    const first = await createRunner(deps(call, { onCall, signal: stop.signal, limits }))
    await first.run(works(50))
    expect(first.stats()).toMatchObject({ lost: 4, failed: 0, calls: 14 })
    const lost = records.filter((one) => one.lost === true)
    expect(lost.map(({ attempt, retried, failure }) => [attempt, retried, failure?.cause])).toEqual(
      Array.from({ length: 4 }, () => [1, false, 'cancelled']),
    )
    expect(lost[0]?.failure?.message).toBe('the run was interrupted before openai answered')
    expect(records.filter((one) => one.outcome.state === 'answered').some((one) => one.lost)).toBe(false)
    const again = await createRunner(deps(call, { limits }))
    await again.run(works(50))
    expect(again.stats()).toMatchObject({ lost: 0, failed: 0, stored: 10, calls: 90 })
  })

  it('answers that are there are not used any more: a run that only reads them ends, too', async () => {
    const call: Call = async () => attempt(answer('fine'), 'x')
    const kept = deps(call)
    await (await createRunner(kept)).run(works(50))
    const stop = new AbortController()
    const records: CallRecord[] = []
    const runner = await createRunner({ ...kept, signal: stop.signal, onCall: (record) => records.push(record) })
    const before = await runner.run(works(5))
    stop.abort()
    const after = await runner.run(works(50))
    expect(before.map((one) => one.stored)).toEqual(before.map(() => true))
    expect(after.map((one) => [said(one), one.stored])).toEqual(after.map(() => ['transient cancelled', false]))
    expect(runner.stats()).toMatchObject({ stored: 10, calls: 0, failed: 0, lost: 0, waiting: 0 })
    expect(records).toHaveLength(10)
    const again = await createRunner(kept)
    expect((await again.run(works(50))).every((one) => one.stored)).toBe(true)
    expect(again.stats()).toMatchObject({ stored: 100, calls: 0 })
  })

  it('a batch that is left behind is not lost: the next run collects it', async () => {
    const stop = new AbortController()
    const call: Call = async () => {
      stop.abort()
      return attempt(transient('cancelled', 'the run ended before its batch; the next one collects it'))
    }
    const runner = await createRunner(deps(call, { signal: stop.signal }))
    await runner.run(works(1).map((work) => ({ ...work, batched: true as const })))
    expect(runner.stats()).toMatchObject({ lost: 0, failed: 0 })
  })

  it('also ends waits for a provider, and work that comes later', async () => {
    const stop = new AbortController()
    const call = await model((_body, response) => {
      response.writeHead(429, { 'retry-after': '300' }).end()
    })
    const sleeps = countSleeps()
    const sleep: Clock['sleep'] = (ms, signal) => {
      const slept = sleeps.clock.sleep(ms, signal)
      if (sleeps.started() === 2) setImmediate(() => stop.abort())
      return slept
    }
    const runner = await createRunner(deps(call, { signal: stop.signal, clock: { ...sleeps.clock, sleep } }))
    expect((await runner.run(works(1))).map(said)).toEqual(['transient cancelled', 'transient cancelled'])
    expect((await runner.run(works(2).slice(-1))).map(said)).toEqual(['transient cancelled'])
    // A wait left behind would keep the process from ending.
    expect([sleeps.started(), sleeps.open()]).toEqual([2, 0])
  })
})

it('twenty thousand trials', async () => {
  const call: Call = async (asked) => attempt(answer(asked.hash.slice(0, 8)), 'x'.repeat(100))
  const todo = works(10_000)
  const done: TrialOutcome[] = []
  const runner = await createRunner(deps(call))
  const outcomes = await runner.run(todo, (one) => done.push(one))
  expect(outcomes.map(said)).toEqual(todo.map((work) => work.request.hash.slice(0, 8)))
  expect(done).toHaveLength(20_000)
})

describe('calls that are passed on', () => {
  const passedOn = (call: Call, signal = new AbortController().signal) => ({ call, signal })
  const asked = (name: string) => request({ messages: [{ role: 'user', content: name }] })
  const never: Call = () => Promise.reject(new Error('made by the engine'))
  const fine: Outcome = { state: 'answered', answer: { text: 'fine', latencyMs: 1, usage: { input: 1, output: 1 } } }

  it('are made by whoever passes them on, each time anew, and are no answers of the record', async () => {
    const store = createStore(directory)
    const records: CallRecord[] = []
    const runner = await createRunner(deps(never, { store, onCall: (record) => records.push(record) }))
    let made = 0
    const call: Call = async () => {
      made += 1
      return attempt(fine)
    }
    const work: Work = { trial: trial(), request: asked('a'), purpose: 'model', passedOn: passedOn(call) }
    await Promise.all([runner.submit(work), runner.submit(work)])
    await runner.submit(work)
    expect([made, records.length, runner.stats().calls]).toEqual([3, 3, 3])
    expect(records.every(({ purpose }) => purpose === 'model')).toBe(true)
    expect(await store.readLines(ANSWERS_FILE)).toEqual([])
    expect(runner.stats()).toMatchObject({ stored: 0, retried: 0, failed: 0, lost: 0 })
  })

  it('stand before all that waits', async () => {
    const order: string[] = []
    const [begun, submitted] = [gate(), gate()]
    const call: Call = async ({ messages }) => {
      order.push(messages[0]?.content ?? '')
      begun.open()
      await submitted.opened
      return attempt(fine)
    }
    const runner = await createRunner(deps(call, { concurrencyOf: () => 1 }))
    const ours = works(3).map((work) => runner.submit(work))
    await begun.opened
    const theirs = runner.submit({
      trial: trial(),
      request: asked('theirs'),
      purpose: 'model',
      passedOn: passedOn(call),
    })
    submitted.open()
    await Promise.all([...ours, theirs])
    expect(order.indexOf('theirs')).toBe(1)
  })

  it('are made again after a fault, but not when a part is handed on or another attempt is of no use', async () => {
    const runner = await createRunner(deps(never))
    const submit = async (final: boolean) => {
      let made = 0
      const call: Call = async () => {
        made += 1
        const failed = attempt(transient('server', 'down'))
        return final ? { ...failed, final: true } : failed
      }
      const { outcome } = await runner.submit({
        trial: trial(),
        request: asked(String(final)),
        purpose: 'model',
        passedOn: passedOn(call),
      })
      return [made, outcome.state]
    }
    expect(await submit(false)).toEqual([5, 'failed'])
    expect(await submit(true)).toEqual([1, 'failed'])
    expect(runner.stats()).toMatchObject({ retried: 4, failed: 0 })
  })

  it('that nobody waits for any more are not made, and leave no timer behind', async () => {
    const sleeps = countSleeps()
    const runner = await createRunner(
      deps(never, { clock: sleeps.clock, concurrencyOf: () => 1, limits: { backoffMs: 60_000, maxBackoffMs: 60_000 } }),
    )
    const gone = new AbortController()
    let made = 0
    const call: Call = async () => {
      made += 1
      setTimeout(() => gone.abort(), 5)
      return attempt(transient('server', 'down'))
    }
    const of = (name: string): Work => ({
      trial: trial(),
      request: asked(name),
      purpose: 'model',
      passedOn: passedOn(call, gone.signal),
    })
    const [first, second] = [runner.submit(of('a')), runner.submit(of('b'))]
    expect([said(await first), said(await second)]).toEqual(['transient cancelled', 'transient cancelled'])
    expect(made).toBeLessThanOrEqual(2)
    expect(sleeps.open()).toBe(0)
  })
})
