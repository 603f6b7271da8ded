// Any number of shards, joined in any order, decides as the one run does on the same answers: through the loop, without a network.

import { describe, expect, it } from 'vitest'
import { planOf } from '../../scripts/bench-verdict/engine.ts'
import { TRUTHS, type Truth, worldOf } from '../../scripts/bench-verdict/worlds.ts'
import type { Gates, Outcome, Result, Trial, TrialOutcome } from '../../src/domain.ts'
import { evaluateShares } from '../../src/evaluate/share.ts'
import { type EvaluateDeps, type Evaluation, evaluate } from '../../src/evaluate.ts'
import type { SetPlan } from '../../src/plan.ts'
import { createMadeRuns } from '../../src/shard/made.ts'
import { type MadeRun, readRunLine, runLine, runsOf } from '../../src/shard/run-line.ts'
import { shardOf, shareOf } from '../../src/shard/share.ts'
import { seededRandom, shuffled } from '../../src/stats/random.ts'
import { fraction } from '../fakes/draw.ts'

type World = ReturnType<typeof worldOf>
type Lost = (trial: Trial) => boolean

/** A run's answer depends on its trial alone: whoever makes it gets the same. */
function depsOf(
  worlds: ReadonlyMap<string, World>,
  seed: string,
  made: EvaluateDeps['made'],
  lost: Lost = () => false,
) {
  const asked: Trial[] = []
  const deps: EvaluateDeps = {
    suites: worlds.size,
    ...(made === undefined ? {} : { made }),
    submit: async ({ trial, request }): Promise<TrialOutcome> => {
      asked.push(trial)
      const { evalSet, caseId, side, step, index } = trial
      const rate = worlds.get(evalSet)?.[side][Number(caseId.slice(1))] ?? 0
      const text = fraction(seed, evalSet, caseId, side, step, index) < rate ? 'right' : 'wrong'
      const outcome = { state: 'answered', answer: { text, latencyMs: 1 } } as const
      return { trial, request, outcome, attempts: 1, stored: false, startedAt: '' }
    },
    score: async (_plan, _planned, { trial, outcome }): Promise<Result> => {
      if (lost(trial)) return { trial, outcome, scores: [], state: 'missing', why: 'lost' }
      const pass = outcome.state === 'answered' && outcome.answer.text === 'right'
      return { trial, outcome, scores: [], state: 'scored', score: pass ? 1 : 0, pass }
    },
    scorePair: async (_plan, _planned, pair) => pair,
    onDone: () => undefined,
  }
  return { deps, asked }
}

const RULES = { redact: (text: string) => text, texts: true }

type Scene = {
  readonly plans: readonly SetPlan[]
  readonly worlds: ReadonlyMap<string, World>
  readonly seed: string
  readonly lost?: Lost
}

/** Through the lines that a shard writes. */
async function sharded({ plans, worlds, seed, lost }: Scene, of: number, without: readonly number[] = []) {
  const made = createMadeRuns({ of, startedAt: '2026-01-01T00:00:00.000Z' })
  const asked: Trial[] = []
  for (const index of shuffled(
    Array.from({ length: of }, (_, i) => i + 1),
    seededRandom(`${seed}/${of}`),
  )) {
    const shard = { index, of }
    const run = depsOf(worlds, seed, undefined, lost)
    const parts = await evaluateShares(
      plans.map((plan) => shareOf(plan, shard)),
      run.deps,
    )
    asked.push(...run.asked)
    const lines = parts.flatMap((part) => [...runsOf(part)].map((one) => runLine(one, RULES)))
    if (without.includes(index)) made.giveUp(index, 'is missing')
    else for (const line of lines) made.add(readRunLine(line) as MadeRun, index)
  }
  const merge = depsOf(worlds, seed, made, lost)
  return { joined: await evaluate(plans, merge.deps), byShards: asked, byMerge: merge.asked }
}

const came = (evaluations: readonly Evaluation[]) =>
  evaluations.map(({ decision, published, runs }) => ({
    decision,
    published: [...published],
    runs: runs.map((one) => [one.kase.id, one.base, one.head]),
  }))
const key = ({ evalSet, caseId, side, step, index }: Trial) => [evalSet, caseId, side, step, index].join(' ')

function sceneOf(
  seed: string,
  shape: {
    truth: Truth
    cases: number
    flake: number
    sets?: number
    passes?: number
    sampled?: boolean
    gates?: Gates
  },
): Scene {
  const names = Array.from({ length: shape.sets ?? 1 }, (_, i) => `set${i}`)
  const { truth, ...rest } = shape
  const plans = names.map((name) =>
    planOf(name, {
      ...rest,
      labels: (at) => ({ half: at % 2 === 0 ? 'even' : 'odd' }),
      tags: (at) => (at === 3 ? ['safety'] : []),
    }),
  )
  const worlds = new Map(
    names.map((name, i) => [name, worldOf({ ...shape, truth: i === 0 ? truth : 'none' })] as const),
  )
  return { plans, worlds, seed }
}

describe('shares of the cases', () => {
  it('do not depend on order, company or count, and are about equal', () => {
    const ids = Array.from({ length: 3000 }, (_, i) => `case-${i}`)
    const of = 7
    const counts = Array.from({ length: of }, (_, i) => ids.filter((id) => shardOf('set', id, of) === i + 1).length)
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(3000)
    for (const count of counts) expect(Math.abs(count - 3000 / of)).toBeLessThan(90)
    expect(ids.every((id) => shardOf('set', id, 1) === 1)).toBe(true)
    expect(ids.filter((id) => shardOf('set', id, of) !== shardOf('other', id, of)).length).toBeGreaterThan(2000)
    // For good: who caches the state of a shard, or runs one again, relies on it.
    expect(['a', 'b', 'c', 'd'].map((id) => [2, 5, 16].map((n) => shardOf('support', id, n)))).toEqual([
      [1, 1, 13],
      [2, 2, 14],
      [1, 1, 13],
      [2, 1, 4],
    ])
  })

  it('are disjoint, whole, and keep the content key', () => {
    const plan = planOf('set', { cases: 50 })
    const shares = [1, 2, 3].map((index) => shareOf(plan, { index, of: 3 }))
    expect(shares.flatMap((one) => [...one.cases.keys()]).sort()).toEqual([...plan.cases.keys()].sort())
    expect(shares.map((one) => one.contentKey)).toEqual([plan.contentKey, plan.contentKey, plan.contentKey])
    for (const one of shares) expect(plan.order.filter((id) => one.cases.has(id))).toEqual(one.order)
  })
})

describe('joined shards decide as one run', () => {
  const gates: Gates = {
    mustPass: ['tag:safety'],
    slices: { half: { maxDropPoints: { limit: 5, level: 'fail' } } },
  }
  for (const truth of TRUTHS)
    for (const cases of [5, 20, 60, 210])
      for (const [passes, flake] of [
        [1, 0.1],
        [2, 0.15],
      ] as const)
        it(`${truth}, ${cases} cases, ${passes} passes`, async () => {
          for (const seed of ['a', 'b', 'c']) {
            const scene = sceneOf(`${truth} ${cases} ${seed}`, { truth, cases, flake, passes, gates })
            const whole = depsOf(scene.worlds, scene.seed, undefined)
            const once = came(await evaluate(scene.plans, whole.deps))
            for (const of of [1, 2, 3, 8, 40]) {
              const { joined, byShards, byMerge } = await sharded(scene, of)
              expect(came(joined)).toEqual(once)
              // Nothing is made twice, and only what the passes do not have is left to the merge.
              const all = [...byShards, ...byMerge].map(key)
              expect(new Set(all).size).toBe(all.length)
              expect(byShards.every((one) => one.step === 'pass' && one.index < passes)).toBe(true)
              expect(byMerge.every((one) => one.step === 'fresh' || one.index >= passes)).toBe(true)
              const wanted = new Set(whole.asked.map(key))
              expect(byMerge.map(key).filter((one) => !wanted.has(one))).toEqual([])
            }
          }
        })

  it('with a sample of each set first: the sampled cases are the same whatever the number', async () => {
    for (const truth of ['none', 'one', 'concentrated'] as const) {
      const scene = sceneOf(`sampled ${truth}`, { truth, cases: 150, flake: 0, sets: 5, sampled: true })
      const whole = depsOf(scene.worlds, scene.seed, undefined)
      const once = came(await evaluate(scene.plans, whole.deps))
      const samples = new Set<string>()
      for (const of of [1, 2, 5, 16]) {
        const { joined, byShards } = await sharded(scene, of)
        expect(came(joined)).toEqual(once)
        // Sets without a loss: their sample, and nothing else.
        const sample = byShards.filter((one) => one.evalSet !== 'set0').map(key)
        samples.add(JSON.stringify(sample.sort()))
        expect(sample.length).toBeLessThan(4 * 2 * 100)
      }
      expect(samples.size).toBe(1)
    }
  })

  it('with a lost answer here and there', async () => {
    const scene = {
      ...sceneOf('lost', { truth: 'three', cases: 100, flake: 0.05 }),
      lost: (trial: Trial) => trial.caseId === 'c7',
    }
    const once = came(await evaluate(scene.plans, depsOf(scene.worlds, scene.seed, undefined, scene.lost).deps))
    for (const of of [2, 9]) expect(came((await sharded(scene, of)).joined)).toEqual(once)
  })
})

describe('a missing shard', () => {
  it('leaves its cases without a run; the merge does not make them', async () => {
    const scene = sceneOf('gone', { truth: 'none', cases: 100, flake: 0 })
    const { joined, byMerge } = await sharded(scene, 4, [2])
    expect(joined[0]?.decision).toMatchObject({ outcome: 'not-measured', rule: 'too-many-missing' })
    const gone = joined[0]?.runs
      .filter((one) => one.head.some((run) => run.state === 'missing'))
      .map((one) => one.kase.id)
    expect(gone).toEqual([...(scene.plans[0]?.cases.keys() ?? [])].filter((id) => shardOf('set0', id, 4) === 2))
    expect(byMerge).toEqual([])
  })
})

describe('runs.jsonl', () => {
  const trial: Trial = { evalSet: 's', caseId: 'c', side: 'head', step: 'pass', index: 0 }
  const answered: Result = {
    trial,
    outcome: {
      state: 'answered',
      answer: {
        text: 'call ada@example.com',
        latencyMs: 3,
        toolCalls: [{ name: 'mail', arguments: { to: ['ada@example.com'] } }],
        retrieved: [{ id: 'd of ada@example.com', text: 'secret' }],
      },
    },
    scores: [{ scorer: 'contains', weight: 1, state: 'scored', value: 1, pass: true, why: 'has ada@example.com' }],
    state: 'scored',
    score: 1,
    pass: true,
  }
  const redact = (text: string) => text.replaceAll('ada@example.com', '[x]')

  it('is redacted, cut, and has ids of retrieved documents without their texts', () => {
    const line = runLine({ result: answered, rescored: answered }, { redact, texts: true })
    expect(line).not.toContain('ada@')
    expect(line).not.toContain('secret')
    expect(readRunLine(line)?.rescored).toMatchObject({ state: 'scored', score: 1 })
    expect(readRunLine(line)?.result.outcome).toMatchObject({ answer: { retrieved: [{ id: 'd of [x]' }] } })
    const long = {
      ...answered,
      outcome: { state: 'answered', answer: { text: 'x'.repeat(1e6), latencyMs: null } },
    } as const
    expect(runLine({ result: long }, { redact, texts: true }).length).toBeLessThan(6000)
  })
  it('is cut after it is redacted: half of an address is none that is recognised', () => {
    for (let before = 3_980; before < 4_010; before += 1) {
      const text = `${'x'.repeat(before)} ada@example.com and more`
      const scores = answered.scores.map((score) => ({ ...score, why: text }))
      const outcome: Outcome = { state: 'answered', answer: { text, latencyMs: null } }
      expect(runLine({ result: { ...answered, outcome, scores } }, { redact, texts: true }), `${before}`).not.toMatch(
        /ada/,
      )
    }
  })
  it('has the words of a provider redacted, and prompts of calls only where texts are shown', () => {
    const mail = 'ada@example.com'
    const ids = { requestId: mail, responseId: mail }
    const failure = { kind: 'transient', cause: 'server', message: mail, ...ids } as const
    const call = { provider: 'p', model: 'm', hash: 'h', kind: 'generation', counted: 'unknown', latencyMs: 1 } as const
    const calls = [{ ...call, answered: mail, prompt: `mail ${mail}`, failure }]
    const said = { model: mail, fingerprint: mail, serviceTier: mail, ...ids, calls }
    const outcome: Outcome = { state: 'answered', answer: { text: 'x', latencyMs: null, ...said } }
    const shown = runLine({ result: { ...answered, outcome } }, { redact, texts: true })
    expect(shown).not.toContain('ada@')
    expect(readRunLine(shown)?.result.outcome).toMatchObject({
      answer: { model: '[x]', requestId: '[x]', calls: [{ ...call, answered: '[x]', prompt: 'mail [x]' }] },
    })
    expect(runLine({ result: { ...answered, outcome } }, { redact, texts: false })).not.toContain('mail [x]')
    const missing: Result = { ...answered, outcome: { state: 'failed', failure }, state: 'missing', why: mail }
    expect(runLine({ result: missing }, { redact, texts: true })).not.toContain('ada@')
    // One that was filtered whole has the same words beside it.
    const usage = { input: 9, output: 3 }
    const filtered = { ...failure, usage, model: mail, fingerprint: mail, serviceTier: mail }
    const line = runLine(
      { result: { ...missing, outcome: { state: 'failed', failure: filtered } } },
      { redact, texts: true },
    )
    expect(line).not.toContain('ada@')
    expect(readRunLine(line)?.result.outcome).toMatchObject({ failure: { usage, model: '[x]', responseId: '[x]' } })
  })
  it('has no text of a model or a judge with `numbers-only`', () => {
    const line = runLine({ result: answered }, { redact: (text) => text, texts: false })
    expect(line).not.toMatch(/ada@|secret|mail|has |retrieved/)
    expect(readRunLine(line)?.result).toMatchObject({ state: 'scored', scores: [{ scorer: 'contains', value: 1 }] })
  })
  it.each([
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '{"trial":{"evalSet":"s"}}',
    runLine({ result: answered }, RULES).replace('"score":1', '"score":2'),
    runLine({ result: answered }, RULES).replace('"score":1', '"score":"1"'),
    runLine({ result: answered }, RULES).replace('"side":"head"', '"side":"both"'),
    runLine({ result: answered }, RULES).replace('"step":"pass"', '"step":"fresh"'),
    runLine({ result: answered }, RULES).replace('"state":"answered"', '"state":"guessed"'),
    runLine({ result: answered }, RULES).slice(0, -5),
  ])('%# is no run', (line) => {
    expect(readRunLine(line)).toBeNull()
  })
  it('a run of a case of another shard is passed over, and the first of two counts', () => {
    const made = createMadeRuns({ of: 50, startedAt: '' })
    const plan = planOf('s', { cases: 1 })
    const own = shardOf('s', 'c', 50)
    made.add({ result: answered }, (own % 50) + 1)
    expect(made.find(plan, trial)).toBeUndefined()
    made.add({ result: answered }, own)
    made.add({ result: { ...answered, pass: false } as Result }, own)
    expect(made.find(plan, trial)?.result).toMatchObject({ pass: true })
  })
})
