import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { loadEvalSets } from '../../src/config/evalset.ts'
import { knownScorers } from '../../src/config/known-scorers.ts'
import type { Result } from '../../src/domain.ts'
import { hasJudge, keepAnswers, lookAtJudge } from '../../src/drift/judge-drift.ts'
import type { Pass } from '../../src/drift/passes.ts'
import type { EvaluateDeps } from '../../src/evaluate.ts'
import { planSet } from '../../src/plan.ts'
import type { Store } from '../../src/ports.ts'
import { judgeIdentity } from '../../src/scorers/calibration.ts'
import { memoryTree } from '../fakes/tree.ts'

const CASES = 40

function memoryStore(): Store {
  const lines: string[] = []
  return {
    readLines: async () => [...lines],
    append: (_, line) => void lines.push(line),
    flush: async () => {},
  }
}

async function planned(
  scorer = '- llm-rubric: { value: "Is right.", model: openai/gpt-5-mini, labels: labels.jsonl }',
) {
  const cases = Array.from({ length: CASES }, (_, i) => `${JSON.stringify({ id: `c${i}`, vars: { q: String(i) } })}\n`)
  const tree = memoryTree({
    'a.eval.yaml': `name: a\ntarget: { messages: [{ role: user, content: "{{q}}" }], model: openai/gpt-4.1 }\ncases: c.jsonl\nscorers:\n  ${scorer}\n`,
    'c.jsonl': cases.join(''),
  })
  const [loaded] = await loadEvalSets(tree, await loadConfig(tree), { known: knownScorers })
  const [head] = loaded?.evalSets ?? []
  if (head === undefined) throw new Error(JSON.stringify(loaded?.problems))
  return planSet(
    { head, base: null, because: [], kinds: new Set() },
    { contentIds: { base: '', head: '' }, environment: () => undefined },
  )
}

/** A judge that passes what `passes` says, and is asked about nothing but texts that are there. */
function judgeOf(passes: (text: string) => boolean): { readonly deps: EvaluateDeps; readonly asked: string[] } {
  const asked: string[] = []
  const score = async (
    _plan: unknown,
    _planned: unknown,
    made: Parameters<EvaluateDeps['score']>[2],
  ): Promise<Result> => {
    const text = made.outcome.state === 'answered' ? made.outcome.answer.text : ''
    asked.push(text)
    const pass = passes(text)
    return { trial: made.trial, outcome: made.outcome, scores: [], state: 'scored', score: pass ? 1 : 0, pass }
  }
  return { deps: { score } as unknown as EvaluateDeps, asked }
}

const pass: Pass = {
  whyMissing: null,
  cases: Array.from({ length: CASES }, (_, i) => ({
    ...{ caseId: `c${i}`, level: i % 10 === 0 ? 0 : 1, inputTokens: 1, outputTokens: 1, latencyMs: 1, costPico: 1n },
    ...{ refuses: false, output: 'h', answer: { text: `answer ${i}`, latencyMs: 1 } },
  })),
}
const as = (text: string) => Number(text.split(' ')[1]) % 10 !== 0
const at = '2026-12-02T05:17:00.000Z'

describe('was it the judge?', () => {
  it('no: it grades the answers of the baseline as it did', async () => {
    const [plan, store] = [await planned(), memoryStore()]
    keepAnswers(store, 'key', pass)
    const { deps, asked } = judgeOf(as)
    const { event } = await lookAtJudge({ plan, key: 'key', at }, { store, tree: memoryTree({}), deps })
    expect(asked).toHaveLength(CASES)
    expect(event).toMatchObject({ kind: 'judge', evalSet: 'a' })
    expect(event.message).toMatch(/40 answers of the baseline again.*0 lower, 0 higher.*the answers changed/)
  })

  it('yes: it fails what it passed', async () => {
    const [plan, store] = [await planned(), memoryStore()]
    keepAnswers(store, 'key', pass)
    const { deps } = judgeOf((text) => as(text) && Number(text.split(' ')[1]) > 15)
    const { event, moved } = await lookAtJudge({ plan, key: 'key', at }, { store, tree: memoryTree({}), deps })
    expect(moved).toBe(true)
    expect(event.message).toMatch(/The judge moved; the model may not have/)
  })

  it('answers of another baseline are not taken; labels with its verdicts are', async () => {
    const [plan, store] = [await planned(), memoryStore()]
    keepAnswers(store, 'other key', pass)
    const [spec] = plan.head.scorers
    if (spec === undefined) throw new Error('no judge')
    const rows = Array.from({ length: 30 }, (_, i) =>
      JSON.stringify({ output: `text ${i}`, input: 'q', label: 'pass', judge: 'pass', judge_id: judgeIdentity(spec) }),
    )
    const foreign = JSON.stringify({ output: 'foreign', label: 'pass', judge: 'pass', judge_id: 'someone else' })
    const tree = memoryTree({ 'labels.jsonl': [...rows, foreign, 'no json', '{"output": 3}'].join('\n') })
    const { deps, asked } = judgeOf((text) => text !== 'text 3')
    const { event } = await lookAtJudge({ plan, key: 'key', at }, { store, tree, deps })
    expect(asked).not.toContain('foreign')
    expect(event.message).toMatch(/30 labelled outputs again.*1 lower, 0 higher.*the answers changed/)
  })

  it('cannot be told where neither is there, and that is said', async () => {
    const plan = await planned()
    const { deps } = judgeOf(() => true)
    const { event } = await lookAtJudge({ plan, key: 'key', at }, { store: memoryStore(), tree: memoryTree({}), deps })
    expect(event.message).toMatch(/cannot be told/)
  })

  it('is not asked of a set without a judge', async () => {
    expect(hasJudge(await planned('- contains: "x"'))).toBe(false)
    expect(hasJudge(await planned())).toBe(true)
  })
})
