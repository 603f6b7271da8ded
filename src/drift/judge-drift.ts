// Was it the model or the judge? Answers that do not change are graded again: those of the baseline's first run where this
// machine has kept them, else labelled outputs with the verdict that the judge gave them then.

import { metricOf } from '../compare.ts'
import type { Answer, Case, JsonObject, ScorerSpec } from '../domain.ts'
import type { EvaluateDeps } from '../evaluate.ts'
import { planSet, type SetPlan } from '../plan.ts'
import type { Store, Tree } from '../ports.ts'
import { gradeOf, judgeIdentity } from '../scorers/calibration.ts'
import { jsonObjectsIn } from '../scorers/json-search.ts'
import { isJudge } from '../scorers/kinds.ts'
import { permWorse } from '../stats/permutation.ts'
import { inOrder } from './key.ts'
import type { Pass } from './passes.ts'
import type { DriftEvent } from './report.ts'

/** In the state directory, like all answers. */
const ANSWERS_FILE = 'drift-answers.jsonl'
/** More would cost without saying more. */
const GRADED_AGAIN = 100
const ALPHA = 0.01

export const hasJudge = ({ judge }: SetPlan): boolean => judge !== null

/** The first run of a baseline, for a day on which its judge is in question. */
export function keepAnswers(store: Store, key: string, pass: Pass): void {
  for (const { caseId, answer, level } of pass.cases.slice(0, GRADED_AGAIN))
    if (answer !== null && level !== null) {
      const { text, toolCalls, refusal } = answer
      const kept = { text, ...(toolCalls ? { toolCalls } : {}), ...(refusal === undefined ? {} : { refusal }) }
      store.append(ANSWERS_FILE, JSON.stringify({ key, caseId, level, answer: kept }))
    }
}

export type Question = { readonly plan: SetPlan; readonly key: string; readonly at: string }
export type Means = { readonly store: Store; readonly tree: Tree; readonly deps: EvaluateDeps }

/** Level then and level now of the same answers. */
type Regraded = { readonly before: number; readonly now: number }

/** `moved`: it fails texts that it passed. */
export type JudgeLook = { readonly event: DriftEvent; readonly moved: boolean }

export async function lookAtJudge({ plan, key, at }: Question, means: Means): Promise<JudgeLook> {
  const told = { kind: 'judge', evalSet: plan.name, at } as const
  const kept = await regradeKept(plan, key, means)
  const [graded, what] =
    kept.length > 0
      ? [kept, 'answers of the baseline']
      : ([await regradeLabels(plan, means), 'labelled outputs'] as const)
  if (graded.length > 0) return judged(graded, what, told)
  const message =
    'Whether it is the judge cannot be told: no answers of the baseline are kept here (`state-dir`), and no `labels` with outputs and verdicts of this judge are there.'
  return { event: { ...told, message }, moved: false }
}

function judged(graded: readonly Regraded[], what: string, told: Omit<DriftEvent, 'message'>): JudgeLook {
  const lower = graded.filter(({ before, now }) => now < before).length
  const higher = graded.filter(({ before, now }) => now > before).length
  const worse = permWorse(graded.map(({ before, now }) => ({ base: [before], head: [now] }))).midP
  const better = permWorse(graded.map(({ before, now }) => ({ base: [now], head: [before] }))).midP
  const again = `The judge graded ${graded.length} ${what} again, the same texts as then: ${lower} lower, ${higher} higher`
  const moved = worse < ALPHA
  const end = moved
    ? ` (p ${worse.toPrecision(2)}). The judge moved; the model may not have.`
    : better < ALPHA
      ? ` (p ${better.toPrecision(2)}). The judge moved, and in the other direction.`
      : '. It grades as it did: the answers changed.'
  return { event: { ...told, message: `${again}${end}` }, moved }
}

// ---------------------------------------------------------------------------------------- answers of the baseline

async function regradeKept(plan: SetPlan, key: string, { store, deps }: Means): Promise<readonly Regraded[]> {
  const kept = new Map<string, { readonly level: number; readonly answer: Answer }>()
  for (const line of await store.readLines(ANSWERS_FILE)) {
    const [row] = jsonObjectsIn(line)
    if (row?.key !== key || typeof row.caseId !== 'string' || typeof row.level !== 'number') continue
    // Written by us; of several baselines the last one counts.
    kept.set(row.caseId, { level: row.level, answer: { ...(row.answer as unknown as Answer), latencyMs: null } })
  }
  const again = { ...plan, contentKey: `${plan.contentKey} graded again` }
  const graded = await Promise.all(
    inOrder(plan).map(async ({ kase }) => {
      const one = kept.get(kase.id)
      return one === undefined ? null : regrade(again, kase.id, { ...one, deps })
    }),
  )
  return graded.filter((one) => one !== null)
}

type Kept = { readonly level: number; readonly answer: Answer; readonly deps: EvaluateDeps }

async function regrade(plan: SetPlan, caseId: string, { level, answer, deps }: Kept): Promise<Regraded | null> {
  const planned = plan.cases.get(caseId)
  if (planned?.head.state !== 'ready') return null
  const trial = { evalSet: plan.name, caseId, side: 'head', step: 'pass', index: 0 } as const
  const outcome = { state: 'answered', answer } as const
  const result = await deps.score(plan, planned, { trial, request: planned.head.request, outcome })
  const now = result.state === 'scored' ? metricOf(plan.head.compare)(result) : null
  return now === null ? null : { before: level, now }
}

// ------------------------------------------------------------------------------------------------ labelled outputs

async function regradeLabels(plan: SetPlan, { tree, deps }: Means): Promise<readonly Regraded[]> {
  const all: Regraded[] = []
  for (const spec of plan.head.scorers.filter(isJudge)) {
    const path = spec.options.labels
    const text = typeof path === 'string' ? await tree.read(path).catch(() => null) : null
    if (text === null) continue
    const rows = labelled(text, spec).slice(0, GRADED_AGAIN)
    const carrier = carrierOf(plan, spec, rows)
    for (const [at, { before, output }] of rows.entries()) {
      const answer = { text: output, latencyMs: null }
      const graded = await regrade(carrier, String(at), { level: before, answer, deps })
      if (graded !== null) all.push(graded)
    }
  }
  return all
}

type Labelled = { readonly output: string; readonly before: number; readonly row: JsonObject }

/** Rows with an output and a verdict of this very judge. */
function labelled(text: string, spec: ScorerSpec): readonly Labelled[] {
  const identity = judgeIdentity(spec)
  return text.split('\n').flatMap((line): readonly Labelled[] => {
    const [row] = jsonObjectsIn(line)
    const verdict = gradeOf(row?.judge)
    if (row === undefined || verdict === null || typeof row.output !== 'string') return []
    if (row.judge_id !== undefined && row.judge_id !== identity) return []
    return [{ output: row.output, before: verdict ? 1 : 0, row }]
  })
}

/** The outputs as cases of a set whose own target is never called. */
function carrierOf({ head, because }: SetPlan, spec: ScorerSpec, rows: readonly Labelled[]): SetPlan {
  const cases = rows.map(({ row }, at): Case => {
    const vars = isMap(row.vars) ? row.vars : row.input === undefined ? {} : { input: row.input }
    const expected = row.expected === undefined ? {} : { expected: row.expected }
    const place = { path: head.path, line: at + 1 }
    return {
      id: String(at),
      explicitId: true,
      vars,
      ...expected,
      tags: [],
      labels: {},
      scorers: [],
      place,
      hash: String(at),
    }
  })
  const prompt = { path: '', engine: 'none', messages: [], sources: [], partials: {}, line: 1, hash: '' } as const
  const target = { kind: 'prompt', prompt, model: 'echo', parameters: {} } as const
  const set = { ...head, target, cases, scorers: [spec], compare: 'pass', gates: {} } as const
  const plan = planSet(
    { head: set, base: null, because, kinds: new Set() },
    { contentIds: { base: '', head: '' }, environment: () => undefined },
  )
  return { ...plan, contentKey: `${plan.contentKey} graded again` }
}

const isMap = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
