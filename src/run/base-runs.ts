// Base runs of earlier decisions, in the state directory: they may stand for the base half of the complete passes, and they
// say how much a case flakes. One line per run; the answer itself is in the record (`answers.jsonl`) under its key.

import type { Json, Score } from '../domain.ts'
import type { Clock, Store } from '../ports.ts'
import { at, isObject, listAt, parseJson, textAt } from '../targets/outside.ts'

export const BASE_RUNS_FILE = 'base-runs.jsonl'
/** An older answer says little of what the provider serves today. */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1000
/** Clocks of machines that share a state directory. */
const MAX_SKEW_MS = 60 * 60 * 1000

/** A scored run of a case's base request. `run` names the case and everything that it is asked and judged by. */
export type BaseRun = {
  readonly run: string
  /** Key of the answer in the record; a run that is lent twice is the same draw. */
  readonly answer: string
  /** Content key of the decision that made it. */
  readonly decision: string
  readonly step: 'pass' | 'fresh'
  readonly at: string
  readonly score: number
  readonly pass: boolean
  readonly scores: readonly Score[]
  readonly model: string | null
  readonly fingerprint: string | null
}

export type BaseRuns = {
  /** All runs under these keys, oldest first, each once. */
  history(runs: ReadonlySet<string>): ReadonlyMap<string, readonly BaseRun[]>
  /**
   * The runs that a decision uses, up to `passes` for each key, newest first. The choice is written down, so that the same
   * decision gets the same runs again, or none again, whatever was stored since.
   */
  choose(decision: string, wanted: { readonly keys: readonly string[]; readonly passes: number }): readonly BaseRun[]
  keep(run: BaseRun): void
  /** Whether the base had moved when a decision looked; undefined before it did. First answer stays: what is known of flake grows. */
  moved(decision: string): boolean | undefined
  setMoved(decision: string, moved: boolean): void
}

export async function openBaseRuns(store: Store, clock: Pick<Clock, 'now'>): Promise<BaseRuns> {
  const runs = new Map<string, BaseRun[]>()
  const answers = new Set<string>()
  const uses = new Map<string, ReadonlySet<string>>()
  const moves = new Map<string, boolean>()
  const add = (run: BaseRun): boolean => {
    if (answers.has(run.answer)) return false
    answers.add(run.answer)
    runs.set(run.run, [...(runs.get(run.run) ?? []), run])
    return true
  }
  const read = (line: string) => {
    const parsed = parseJson(line)
    const used = textAt(parsed, 'use')
    if (used !== undefined && !uses.has(used)) uses.set(used, new Set(listAt(parsed, 'answers').map(String)))
    const [looked, moved] = [textAt(parsed, 'looked'), at(parsed, 'moved')]
    if (looked !== undefined && typeof moved === 'boolean' && !moves.has(looked)) moves.set(looked, moved)
    const run = readRun(parsed)
    if (run !== null) add(run)
  }
  if (store.eachLine) await store.eachLine(BASE_RUNS_FILE, read)
  else for (const line of await store.readLines(BASE_RUNS_FILE)) read(line)
  const history = (keys: ReadonlySet<string>) => new Map([...keys].map((key) => [key, runs.get(key) ?? []] as const))
  const choose: BaseRuns['choose'] = (decision, { keys, passes }) => {
    const known = uses.get(decision)
    if (known !== undefined) return keys.flatMap((key) => (runs.get(key) ?? []).filter((one) => known.has(one.answer)))
    const found = candidates(keys.map((key) => runs.get(key) ?? []))(decision, clock.now(), passes)
    const list = found.map((one) => one.answer)
    uses.set(decision, new Set(list))
    store.append(BASE_RUNS_FILE, JSON.stringify({ use: decision, answers: list }))
    return found
  }
  const keep = (run: BaseRun) => {
    if (add(run)) store.append(BASE_RUNS_FILE, JSON.stringify(run))
  }
  const setMoved = (decision: string, moved: boolean) => {
    moves.set(decision, moved)
    store.append(BASE_RUNS_FILE, JSON.stringify({ looked: decision, moved }))
  }
  return { history, choose, keep, moved: (decision) => moves.get(decision), setMoved }
}

/** Runs of complete passes of other decisions, not too old, all answered by the model that answered last. */
function candidates(lists: readonly (readonly BaseRun[])[]) {
  return (decision: string, nowMs: number, passes: number): readonly BaseRun[] => {
    const usable = lists.map((list) =>
      list
        .filter((one) => one.step === 'pass' && one.decision !== decision && isRecent(one, nowMs))
        .sort((a, b) => (a.at < b.at ? 1 : -1)),
    )
    const [newest] = usable.flat().sort((a, b) => (a.at < b.at ? 1 : -1))
    if (newest === undefined) return []
    const same = (one: BaseRun) => one.model === newest.model && one.fingerprint === newest.fingerprint
    const complete = usable.map((list) => list.filter(same).slice(0, passes)).filter((list) => list.length === passes)
    return complete.flat()
  }
}

/** One of the future was written by a wrong clock: nobody knows how old it is. */
function isRecent({ at: when }: BaseRun, nowMs: number): boolean {
  const ageMs = nowMs - Date.parse(when)
  return ageMs <= MAX_AGE_MS && ageMs >= -MAX_SKEW_MS
}

function readRun(line: ReturnType<typeof parseJson>): BaseRun | null {
  const [run, answer, decision, when] = [
    textAt(line, 'run'),
    textAt(line, 'answer'),
    textAt(line, 'decision'),
    textAt(line, 'at'),
  ]
  const [score, pass, step] = [at(line, 'score'), at(line, 'pass'), textAt(line, 'step')]
  if (run === undefined || answer === undefined || decision === undefined || when === undefined) return null
  if (typeof score !== 'number' || typeof pass !== 'boolean') return null
  if (step !== 'pass' && step !== 'fresh') return null
  const scores = listAt(line, 'scores').filter(isScore)
  const [model, fingerprint] = [textAt(line, 'model') ?? null, textAt(line, 'fingerprint') ?? null]
  return { run, answer, decision, step, at: when, score, pass, scores, model, fingerprint }
}

/** Written by us; the tags tell it from a foreign line. */
function isScore(value: Json): value is Json & Score {
  return isObject(value) && textAt(value, 'scorer') !== undefined && typeof at(value, 'weight') === 'number'
}
