// The same simulation with every answer fetched over HTTP: requests as the program sends them, answers read and scored as in
// a real run. Slow, so that it only checks that the in-process stand-in is no other world.

import { seededCases, startFakeLlm } from '../../__tests__/fakes/llm.ts'
import type { TrialOutcome } from '../../src/domain.ts'
import { type EvaluateDeps, evaluate } from '../../src/evaluate.ts'
import { caseOrder } from '../../src/gate/score.ts'
import { systemClock } from '../../src/io/clock.ts'
import { createHttp } from '../../src/io/http.ts'
import { scoreAnswer } from '../../src/scorers/score-answer.ts'
import { callModel } from '../../src/targets/model.ts'
import type { Endpoint } from '../../src/targets/shape.ts'
import { costInPasses, planOf } from './engine.ts'
import { outcomeOf } from './tally.ts'
import { type WorldSpec, worldOf } from './worlds.ts'

const noScripts = () => Promise.reject(new Error('no scripts here'))

const TIMEOUT_MS = 30_000

export type HttpTally = {
  readonly fail: number
  readonly pass: number
  readonly inconclusive: number
  readonly cost: number
}

export async function tallyOverHttp(spec: WorldSpec, runs: number): Promise<HttpTally> {
  const world = worldOf(spec)
  await using llm = await startFakeLlm()
  const http = createHttp({ environment: () => undefined })
  const endpoint: Endpoint = {
    provider: 'openai',
    kind: 'openai',
    baseUrl: `${llm.url}/v1`,
    headers: {},
    key: { name: 'OPENAI_API_KEY', value: 'simulated' },
  }
  const plan = planOf('over-http', spec)
  const sum = { fail: 0, pass: 0, inconclusive: 0, cost: 0 }
  const context = { timeoutMs: TIMEOUT_MS, signal: new AbortController().signal }
  const deps: EvaluateDeps = {
    suites: 1,
    submit: async ({ trial, request }): Promise<TrialOutcome> => {
      const { outcome } = await callModel(request, endpoint, {
        http,
        clock: systemClock,
        withoutKeys: (text) => text,
        context: { ...context, trial },
      })
      return { trial, request, outcome, attempts: 1, stored: false, startedAt: '' }
    },
    scorePair: async (_plan, _planned, pair) => pair,
    score: (set, planned, made) =>
      scoreAnswer({ ...set.head, kase: planned.kase }, made, { costPico: null, sandbox: noScripts }),
    onDone: () => undefined,
  }
  for (let run = 0; run < runs; run += 1) {
    llm.reset()
    llm.configure({
      answer: seededCases({
        seed: run,
        caseOf: ({ prompt }) => /Number (\d+)/.exec(prompt)?.[1] ?? '',
        passRate: (id, _model, { prompt }) => world[prompt.startsWith('Say') ? 'base' : 'head'][Number(id)] ?? 0,
        right: () => 'right',
        wrong: () => 'wrong',
      }),
    })
    const evaluations = await evaluate([{ ...plan, order: caseOrder(plan.order, `http/${run}`) }], deps)
    const outcome = outcomeOf(evaluations)
    if (outcome === 'fail' || outcome === 'pass' || outcome === 'inconclusive') sum[outcome] += 1 / runs
    sum.cost += evaluations.reduce((total, one) => total + costInPasses(one), 0) / runs
  }
  http.close()
  return sum
}
