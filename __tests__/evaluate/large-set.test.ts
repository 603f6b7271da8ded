// A large set keeps its figures in flat arrays and its texts on a shelf; what is decided, reported and recorded is what it would
// be with everything in memory.

import { describe, expect, it } from 'vitest'
import { planOf } from '../../scripts/bench-verdict/engine.ts'
import { sha256 } from '../../src/config/canonical.ts'
import { HELD_CASES } from '../../src/config/shelved-cases.ts'
import type { RecordRow, Result, TrialOutcome } from '../../src/domain.ts'
import { createResults } from '../../src/evaluate/results.ts'
import { type EvaluateDeps, type Evaluation, evaluate } from '../../src/evaluate.ts'
import { callsOf, measure } from '../../src/measure.ts'
import type { SetPlan } from '../../src/plan.ts'
import type { Shelf } from '../../src/ports.ts'
import { fraction } from '../fakes/draw.ts'

const CASES = HELD_CASES + 200

function memoryShelf(): Shelf & { readonly texts: string[] } {
  const texts: string[] = []
  return { texts, put: (text) => texts.push(text) - 1, get: (ticket) => texts[ticket] ?? '' }
}

/** One case in fifty breaks, one in a hundred is lost; answers, scores and usage differ from run to run. */
function depsOf(more: Partial<EvaluateDeps>): EvaluateDeps {
  const draw = ({ trial }: Pick<TrialOutcome, 'trial'>) =>
    fraction(trial.caseId, trial.side, trial.step, `${trial.index}`)
  return {
    suites: 1,
    submit: async ({ trial, request }): Promise<TrialOutcome> => {
      const text = `${trial.side} ${trial.caseId} ${draw({ trial })}`
      const usage = { input: 10 + text.length, output: Math.round(50 * draw({ trial })) }
      const answer = { text, usage, model: 'm', requestId: text, latencyMs: 100 * draw({ trial }) }
      const at = Number(trial.caseId.slice(1))
      const failure = { kind: 'transient', cause: 'server', message: `down for ${trial.caseId}` } as const
      const outcome =
        at % 100 === 7 ? ({ state: 'failed', failure } as const) : ({ state: 'answered', answer } as const)
      return { trial, request, outcome, attempts: 1, stored: false, startedAt: '' }
    },
    score: async (_plan, _planned, { trial, outcome }): Promise<Result> => {
      if (outcome.state === 'failed')
        return { trial, outcome, scores: [], state: 'missing', why: outcome.failure.message }
      const pass = !(trial.side === 'head' && Number(trial.caseId.slice(1)) % 50 === 3)
      const why = `because ${outcome.answer.text}`
      const scores = [{ scorer: 'contains', weight: 1, state: 'scored', value: draw({ trial }), pass, why }] as const
      return { trial, outcome, scores, state: 'scored', score: pass ? 1 : 0, pass }
    },
    scorePair: async (_plan, _planned, pair) => pair,
    onDone: () => undefined,
    ...more,
  }
}

const plan = planOf('set', { cases: CASES, gates: { maxDropPoints: { limit: 1.9, level: 'fail' } } })

async function evaluated(of: SetPlan, more: Partial<EvaluateDeps>): Promise<Evaluation> {
  const [evaluation] = await evaluate([of], depsOf(more))
  if (evaluation === undefined) throw new Error('no evaluation')
  return evaluation
}

const PRICELESS = {
  perSet: {
    set: {
      state: 'unpriced',
      perRequestUsd: { base: null, head: null, delta: null, low: null, high: null },
      parts: {},
      provenance: '',
      priceDate: null,
      events: [],
    },
  },
  numbers: { set: { ratio: null, headPico: null, why: '' } },
  routes: [],
  routeStates: {},
  checks: [],
} as unknown as Parameters<typeof measure>[1]

/** Hashed: a difference would be a megabyte. */
const hashOf = (evaluation: Evaluation) => sha256(JSON.stringify(readOut(evaluation)))

/** Everything that a report is made of, read out. */
function readOut(evaluation: Evaluation) {
  const { cases, score } = measure(evaluation, PRICELESS)
  const said = (run: Result) => [
    run.trial,
    run.state,
    run.state === 'scored' ? [run.score, run.pass] : run.why,
    run.scores.map((one) => [one.scorer, one.weight, one.state === 'scored' ? [one.value, one.pass] : null, one.why]),
    run.outcome.state === 'answered'
      ? [run.outcome.answer.text, run.outcome.answer.usage, run.outcome.answer.latencyMs, run.outcome.answer.requestId]
      : [run.outcome.failure.cause, run.outcome.failure.message],
  ]
  return {
    ...{ decision: evaluation.decision, published: [...evaluation.published], score },
    cases: cases.map(({ kase, base, head, difference, missing }) => [kase.id, base, head, difference, missing]),
    runs: evaluation.runs.map((one) => [one.kase.id, one.role, one.base.map(said), one.head.map(said)]),
    calls: callsOf(evaluation).pairs.map((one) => [one.caseId, one.base, one.head]),
  }
}

describe('a large set', () => {
  it('comes to the same with its texts on a shelf', async () => {
    const shelf = memoryShelf()
    const [inMemory, onShelf] = [await evaluated(plan, {}), await evaluated(plan, { shelf })]
    expect(shelf.texts.length).toBeGreaterThan(CASES)
    expect(hashOf(onShelf)).toBe(hashOf(inMemory))
    expect(inMemory.decision?.rule).not.toBe('undecided')
  })

  it('is scored again by other scorers from the texts on the shelf', async () => {
    const rescored = { of: 'base', hash: 'other', scorers: plan.head.scorers } as unknown as SetPlan['rescored']
    const other = { ...plan, rescored: rescored ?? null }
    const figures = async (more: Partial<EvaluateDeps>) => {
      const again = (await evaluated(other, more)).rescored
      return again ? hashOf(again) : null
    }
    const onShelf = await figures({ shelf: memoryShelf() })
    expect(onShelf).not.toBeNull()
    expect(onShelf).toBe(await figures({}))
  })

  it('small ones put nothing on it', () => {
    const shelf = memoryShelf()
    const trial = { evalSet: 'set', caseId: 'c1', side: 'head', step: 'pass', index: 0 } as const
    const outcome = { state: 'answered', answer: { text: 'x', latencyMs: 1 } } as const
    createResults(new Map([['c1', null]]), shelf).add({
      trial,
      outcome,
      scores: [],
      state: 'scored',
      score: 1,
      pass: true,
    })
    expect(shelf.texts).toEqual([])
  })
})

describe('the record as it grows', () => {
  it('has the rows of the test, whole pairs at each flush, and in the end those that are published', async () => {
    const rows: RecordRow[] = []
    let flushed = 0
    const log = {
      add: (row: RecordRow) => void rows.push(row),
      flush: async () => {
        flushed += 1
        const sides = rows.flatMap((row) => (row.step === 'identical' ? [] : [row.side]))
        expect(sides.filter((side) => side === 'base')).toHaveLength(sides.length / 2)
      },
    }
    const { published } = await evaluated(plan, { rows: log })
    expect(flushed).toBeGreaterThan(1)
    const sorted = (all: readonly RecordRow[]) => all.map((row) => JSON.stringify(row)).sort()
    expect(sorted(rows)).toEqual(sorted([...published]))
  })
})

describe('a set that is cut short', () => {
  const interrupted = (after: number) => {
    let runs = 0
    const onDone = () => {
      runs += 1
    }
    return { deps: { onDone, isCutShort: () => runs >= after }, runs: () => runs }
  }
  const large = planOf('set', { cases: 3 * CASES, gates: { maxDropPoints: { limit: 1.9, level: 'fail' } } })

  it('begins no more of its runs, and is no evaluation', async () => {
    const { deps, runs } = interrupted(100)
    expect(await evaluate([large], depsOf(deps))).toEqual([])
    // What was asked for at once is finished: it was on its way.
    expect([runs() >= 100, runs() <= 4_000]).toEqual([true, true])
  })

  it('stays one that fails where that is proven already', async () => {
    const failing = { ...large, mustPass: ['c3'], order: ['c3', ...large.order.filter((id) => id !== 'c3')] }
    let cut = false
    const submit: EvaluateDeps['submit'] = async (work) => {
      const { trial, request } = work
      if (trial.step === 'fresh') cut = true
      const bad = trial.side === 'head' && trial.caseId === 'c3'
      const answer = { text: bad ? 'bad' : 'good', usage: { input: 1, output: 1 }, model: 'm', latencyMs: 1 }
      const outcome = { state: 'answered', answer } as const
      return { trial, request, outcome, attempts: 1, stored: true, startedAt: '' }
    }
    const score: EvaluateDeps['score'] = async (_plan, _planned, { trial, outcome }) => {
      const pass = outcome.state === 'answered' && outcome.answer.text === 'good'
      return { trial, outcome, scores: [], state: 'scored', score: pass ? 1 : 0, pass }
    }
    const [evaluation] = await evaluate([failing], depsOf({ submit, score, isCutShort: () => cut }))
    expect([cut, evaluation?.decision?.outcome, evaluation?.decision?.rule]).toEqual([true, 'fail', 'must-pass'])
  })
})
