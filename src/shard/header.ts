// shard.json: whose part of which run a report folder holds. Written last, so that a folder without it is no shard.

import type { Json, Sides } from '../domain.ts'
import { addUnpriceable } from '../engine/uncertain.ts'
import type { EngineStats } from '../engine.ts'
import { UserError } from '../errors.ts'
import type { Evaluation } from '../evaluate.ts'
import type { Job, Provenance } from '../job.ts'
import type { SetPlan } from '../plan.ts'
import type { SideRequest } from '../sides.ts'
import { type ApplicationFacts, readFacts } from '../targets/application-facts.ts'
import { at, countAt, isObject, listAt, parseJson, textAt } from '../targets/outside.ts'
import { type AskedInputs, askedInputs } from './asked.ts'
import type { Shard } from './share.ts'

export const SHARD_FILE = 'shard.json'
export const RUNS_FILE = 'runs.jsonl'
const SCHEMA = 'prompt-parity/shard/1'

/** What a run has spent and counted; sums over shards mean the same. */
export type Counts = Pick<
  EngineStats,
  | 'targetCalls'
  | 'judgeCalls'
  | 'modelCalls'
  | 'modelRepeats'
  | 'stored'
  | 'retried'
  | 'failed'
  | 'lost'
  | 'calls'
  | 'unpriced'
  | 'passesAsked'
  | 'rerunsAsked'
  | 'targetsDone'
  | 'unheard'
  | 'uncounted'
  | 'unpriceable'
  | 'pico'
  | 'judgePico'
  | 'uncertainPico'
>

/** What makes a run this run and no other. */
export type RunIdentity = {
  readonly pair: string
  readonly baseSha: string | null
  readonly headSha: string | null
  readonly configHash: string
  /** Content key by eval set. */
  readonly evalSets: { readonly [name: string]: string }
}
/** What all shards of one run have in common. */
export type ShardIdentity = RunIdentity & { readonly of: number; readonly version: string }

export type ShardHeader = {
  readonly index: number
  readonly identity: ShardIdentity
  readonly startedAt: string
  readonly provenance: Provenance
  /** What the run was asked, for a merge that is not told otherwise. */
  readonly asked: Pick<Job, 'workingDirectory' | 'configPath' | 'evals'> & {
    readonly request: SideRequest
    readonly inputs?: AskedInputs
  }
  /** Why no call was made, or fewer than planned; null otherwise. */
  readonly planned: string | null
  readonly incomplete: string | null
  /** Lines of runs.jsonl. */
  readonly runs: number
  readonly counts: Counts
  /** What processes did beside answering. Left out by earlier versions. */
  readonly applications?: readonly ApplicationFacts[]
}

/** What a shard's run hands on beside its report. */
export type ShardPart = Pick<ShardHeader, 'startedAt' | 'planned' | 'incomplete' | 'counts' | 'applications'> & {
  readonly identity: RunIdentity
  readonly evaluations: readonly Evaluation[]
}

type HeaderOf = {
  readonly job: Job
  readonly shard: Shard
  readonly version: string
  readonly runs: number
  readonly redact: (text: string) => string
}

export function headerOf(part: ShardPart, { job, shard, version, runs, redact }: HeaderOf): ShardHeader {
  const { identity, startedAt, planned, incomplete } = part
  // The words are a provider's, or an application's, in part.
  const applications = part.applications?.map((one) => ({ ...one, how: redact(one.how) })) ?? []
  const said = Object.entries(part.counts.unpriceable).map(([why, count]) => ({ [redact(why)]: count }))
  const counts = { ...part.counts, unpriceable: said.reduce(addUnpriceable, {}) }
  const { workingDirectory, configPath, evals, request, provenance } = job
  return {
    index: shard.index,
    identity: { ...identity, of: shard.of, version },
    ...{ startedAt, provenance, planned, incomplete, runs, counts, applications },
    asked: { workingDirectory, configPath, evals, request, inputs: askedInputs(job) },
  }
}

export function identityOf(sides: Sides, configHash: string, plans: readonly SetPlan[]): RunIdentity {
  return {
    pair: sides.pair.kind,
    baseSha: sides.base?.sha ?? null,
    headSha: sides.head.sha,
    configHash,
    evalSets: Object.fromEntries(plans.map((plan) => [plan.name, plan.contentKey])),
  }
}

export function writeHeader({ counts, ...header }: ShardHeader): string {
  // Only what is summed: a run counts more.
  const { pico, judgePico, uncertainPico, ...numbers } = addCounts(NO_COUNTS, counts)
  const money = { pico: String(pico), judgePico: String(judgePico), uncertainPico: String(uncertainPico) }
  return `${JSON.stringify({ schema: SCHEMA, ...header, counts: { ...numbers, ...money } }, null, 2)}\n`
}

/** Throws a UserError for a file that is no header of this version. */
export function readHeader(text: string, path: string): ShardHeader {
  const value = parseJson(text)
  const counts = readCounts(at(value, 'counts'))
  const [index, of] = [countAt(value, 'index'), countAt(value, 'identity', 'of')]
  const whole =
    textAt(value, 'schema') === SCHEMA &&
    isObject(value) &&
    isIdentity(at(value, 'identity')) &&
    isAsked(at(value, 'asked'))
  const numbered = index !== undefined && of !== undefined && index >= 1 && index <= of
  if (
    whole &&
    numbered &&
    counts !== null &&
    countAt(value, 'runs') !== undefined &&
    isTime(textAt(value, 'startedAt'))
  )
    return { ...(value as unknown as ShardHeader), counts, applications: readFacts(at(value, 'applications')) }
  throw new UserError({
    what: 'this is no shard of a run, or one of another version.',
    place: { path },
    expected: `the schema ${SCHEMA}`,
    remedy: 'Run the shards and the merge with the same version of Prompt Parity, and leave the files as they are.',
  })
}

const isTime = (text: string | undefined) => text !== undefined && !Number.isNaN(Date.parse(text))

function isIdentity(value: Json | undefined): boolean {
  const texts = ['pair', 'configHash', 'version'].every((name) => textAt(value, name) !== undefined)
  return texts && isObject(at(value, 'evalSets'))
}

/** The request is only looked at where the merge has none of its own. */
function isAsked(value: Json | undefined): boolean {
  const evals = at(value, 'evals')
  return (
    textAt(value, 'workingDirectory') !== undefined &&
    textAt(value, 'configPath') !== undefined &&
    (typeof evals === 'string' || listAt(value, 'evals').length > 0) &&
    textAt(value, 'request', 'kind') !== undefined &&
    isInputs(at(value, 'inputs'))
  )
}

/** Left out by earlier versions; each word is checked as an input where it is read. */
const isInputs = (value: Json | undefined) =>
  value === undefined || (isObject(value) && Object.values(value).every((word) => typeof word === 'string'))

function readCounts(value: Json | undefined): Counts | null {
  const number = (name: string) => countAt(value, name) ?? Number.NaN
  const money = (name: string) =>
    /^\d{1,30}$/.test(textAt(value, name) ?? '') ? BigInt(textAt(value, name) ?? 0) : null
  const [pico, judgePico, uncertainPico] = [money('pico'), money('judgePico'), money('uncertainPico')]
  const counts = {
    targetCalls: number('targetCalls'),
    judgeCalls: number('judgeCalls'),
    modelCalls: number('modelCalls'),
    modelRepeats: number('modelRepeats'),
    stored: number('stored'),
    retried: number('retried'),
    failed: number('failed'),
    lost: number('lost'),
    calls: number('calls'),
    unpriced: number('unpriced'),
    passesAsked: number('passesAsked'),
    rerunsAsked: number('rerunsAsked'),
    targetsDone: number('targetsDone'),
    unheard: number('unheard'),
    uncounted: number('uncounted'),
  }
  const unpriceable = readUnpriceable(at(value, 'unpriceable'))
  if (pico === null || judgePico === null || uncertainPico === null || unpriceable === null) return null
  return Object.values(counts).some(Number.isNaN) ? null : { ...counts, unpriceable, pico, judgePico, uncertainPico }
}

function readUnpriceable(value: Json | undefined): Counts['unpriceable'] | null {
  if (!isObject(value) || Object.keys(value).some((why) => countAt(value, why) === undefined)) return null
  return value as Counts['unpriceable']
}

/** Of a shard that made no call. */
export const NO_COUNTS: Counts = {
  targetCalls: 0,
  judgeCalls: 0,
  modelCalls: 0,
  modelRepeats: 0,
  stored: 0,
  retried: 0,
  failed: 0,
  lost: 0,
  calls: 0,
  unpriced: 0,
  passesAsked: 0,
  rerunsAsked: 0,
  targetsDone: 0,
  unheard: 0,
  uncounted: 0,
  unpriceable: {},
  pico: 0n,
  judgePico: 0n,
  uncertainPico: 0n,
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    targetCalls: a.targetCalls + b.targetCalls,
    judgeCalls: a.judgeCalls + b.judgeCalls,
    modelCalls: a.modelCalls + b.modelCalls,
    modelRepeats: a.modelRepeats + b.modelRepeats,
    stored: a.stored + b.stored,
    retried: a.retried + b.retried,
    failed: a.failed + b.failed,
    lost: a.lost + b.lost,
    calls: a.calls + b.calls,
    unpriced: a.unpriced + b.unpriced,
    passesAsked: a.passesAsked + b.passesAsked,
    rerunsAsked: a.rerunsAsked + b.rerunsAsked,
    targetsDone: a.targetsDone + b.targetsDone,
    unheard: a.unheard + b.unheard,
    uncounted: a.uncounted + b.uncounted,
    unpriceable: addUnpriceable(a.unpriceable, b.unpriceable),
    pico: a.pico + b.pico,
    judgePico: a.judgePico + b.judgePico,
    uncertainPico: a.uncertainPico + b.uncertainPico,
  }
}
