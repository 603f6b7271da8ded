// What the projection is told of a run: which model each call is priced as.

import { describe, expect, it } from 'vitest'
import { projectCost } from '../src/cost/project.ts'
import type { Answer, AnswerFacts, JsonObject, Result } from '../src/domain.ts'
import type { Evaluation } from '../src/evaluate.ts'
import { callsOf } from '../src/measure.ts'
import { loadPrices } from '../src/prices/index.ts'
import { NOW } from './cost/fixtures.ts'
import { planned, questions, user } from './cost/rendered.ts'

const OPUS = 'anthropic/claude-opus-4-6'
const asks = [user('{{question}}')]
const answer: Answer = { text: 'x', latencyMs: 1, usage: { input: 1000, output: 100 } }

/** One case on both sides, with what each side asks for and says. */
function evaluation(head: JsonObject, said: Partial<Answer> = {}): Evaluation {
  const plan = planned({ model: OPUS, messages: asks }, { model: OPUS, messages: asks, parameters: head }, questions(1))
  const result = (more: Partial<Answer>) =>
    ({ trial: { step: 'pass' }, outcome: { state: 'answered', answer: { ...answer, ...more } } }) as unknown as Result
  const [planCase] = [...plan.cases.values()]
  const runs = [{ kase: planCase?.kase, role: 'paired', identical: false, base: [result({})], head: [result(said)] }]
  return { plan, runs } as unknown as Evaluation
}

async function cost(head: JsonObject, said: Partial<Answer> = {}, own: Parameters<typeof loadPrices>[0] = []) {
  const evalSets = [callsOf(evaluation(head, said))]
  const { perSet, numbers } = projectCost({ evalSets, routes: [], book: await loadPrices(own), atMs: NOW })
  return { report: perSet.support, numbers: numbers.support }
}

describe('the terms of a call', () => {
  it('are none without any', async () => {
    expect((await cost({})).report?.perRequestUsd).toMatchObject({ base: '0.0075', head: '0.0075', delta: '0' })
  })

  it.each<readonly [JsonObject, Partial<Answer>]>([
    [{ inference_geo: 'us' }, {}],
    [{ inference_geo: 'us' }, { terms: { inference_geo: 'us' } }],
    [{}, { terms: { inference_geo: 'us', speed: 'standard' } }],
  ])('asked %j, said %j: the head costs a tenth more, and its price is why', async (asked, said) => {
    const { report, numbers } = await cost(asked, said)
    expect(report?.perRequestUsd).toMatchObject({ base: '0.0075', head: '0.00825', delta: '0.00075' })
    expect(report?.parts).toMatchObject({ price: '0.00075', input: '0', output: '0' })
    expect(numbers?.ratio?.point).toBeCloseTo(1.1, 9)
  })

  it.each<readonly [JsonObject, Partial<Answer>]>([
    [{ speed: 'fast' }, {}],
    [{ speed: 'fast' }, { terms: { speed: 'fast' } }],
    [{}, { terms: { speed: 'fast' } }],
  ])('asked %j, said %j: the price is not known, and the parameter and the remedy are named', async (asked, said) => {
    const { report, numbers } = await cost(asked, said)
    expect(report).toMatchObject({ state: 'unpriced', perRequestUsd: { base: null, head: null, delta: null } })
    expect(numbers).toMatchObject({ ratio: null, headPico: null })
    expect(numbers?.why).toBe(`no price is known for ${OPUS} with speed: fast; add ${OPUS}?speed=fast to \`prices:\``)
  })

  it('that have a price in `prices:` cost it', async () => {
    const own = { id: `${OPUS}?speed=fast`, input: 30, output: 150, place: { path: 'parity.yaml' } }
    const { report } = await cost({ speed: 'fast' }, {}, [own])
    expect(report?.perRequestUsd).toMatchObject({ base: '0.0075', head: '0.045' })
  })

  it('of an application are those of each call', async () => {
    const call = { provider: 'anthropic', model: 'claude-opus-4-6', hash: 'h', usage: answer.usage, latencyMs: 1 }
    const seen = { ...call, kind: 'generation', counted: 'measured' }
    const calls = [seen, { ...seen, terms: { inference_geo: 'us' } }] as unknown as NonNullable<Answer['calls']>
    expect((await cost({}, { calls })).report?.perRequestUsd.head).toBe('0.01575')
  })
})

describe('an answer that was filtered whole', () => {
  const filtered = async (facts: AnswerFacts) => {
    const made = evaluation({})
    const failure = { kind: 'behavioural', cause: 'content-filter', message: 'filtered', ...facts }
    const head = [{ trial: { step: 'pass' }, outcome: { state: 'failed', failure } }]
    const evalSets = [callsOf({ ...made, runs: made.runs.map((one) => ({ ...one, head })) } as unknown as Evaluation)]
    return projectCost({ evalSets, routes: [], book: await loadPrices(), atMs: NOW }).perSet.support?.perRequestUsd
  }

  it('is paid for in production, too', async () => {
    expect(await filtered({ usage: { input: 1000, output: 0 } })).toMatchObject({ base: '0.0075', head: '0.005' })
    expect(await filtered({ usage: { input: 1000, output: 100 }, terms: { inference_geo: 'us' } })).toMatchObject({
      ...{ base: '0.0075', head: '0.00825' },
    })
  })

  it('without counts is no run that has a cost', async () => {
    expect(await filtered({})).toMatchObject({ head: null })
  })
})
