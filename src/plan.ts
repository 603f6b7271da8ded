// What a run of one eval set consists of: its cases with both sides' requests, and the key under which its record lives.
// Pure. Requests are built for both sides before any call, so that only what differs is called.

import { bagHash, contentHash } from './config/canonical.ts'
import { isInForce } from './config/quarantine.ts'
import type { Case, ChangeKind, EvalSet, Gates, ScorerSpec, SideLabel } from './domain.ts'
import { caseOrder } from './gate/score.ts'
import { stricterGates, stricterMode } from './gate/stricter.ts'
import { type CaseRole, mustPass, type PairedCase, pairCases } from './plan/cases.ts'
import { type Prepared, prepareRequest, type RequestContext } from './plan/request.ts'
import { type Rescored, scoringOf } from './plan/scoring.ts'
import { sideEnvironment } from './plan/side-environment.ts'
import { isJudge } from './scorers/kinds.ts'
import type { Share } from './shard/share.ts'

export type PlannedCase = {
  readonly kase: Case
  readonly role: CaseRole
  /** Null when the base has no such eval set. */
  readonly base: Prepared | null
  readonly head: Prepared
  /** Both sides would send the same bytes: a tie without a call. */
  readonly identical: boolean
  /** Characters of the messages of each side; null where it has no request. Known without making the request again. */
  readonly baseSize: number | null
  readonly headSize: number | null
}

export type SetPlan = {
  readonly name: string
  readonly head: EvalSet
  readonly base: EvalSet | null
  readonly because: readonly string[]
  readonly kinds: ReadonlySet<ChangeKind>
  readonly cases: ReadonlyMap<string, PlannedCase>
  readonly removed: readonly Case[]
  readonly gates: Gates
  /** Whether its gates count: what the run was asked, else the stricter of both sides. */
  readonly mode: EvalSet['mode']
  /** Ids of the cases that enter the paired test, in the order that the content seeds. */
  readonly order: readonly string[]
  /** Cases whose identical request is called once, because an absolute gate needs the answer. */
  readonly levels: readonly string[]
  readonly mustPass: readonly string[]
  readonly contentKey: string
  readonly scorerHash: string
  readonly judge: string | null
  /** The other side's scorers, which score the same answers; null or left out when both sides have the same. */
  readonly rescored?: Rescored | null
  /** What selected it is shared by many sets: a sample may end it (`plan/sampling.ts`). */
  readonly sampled?: boolean
  /** What each side may read of the environment. */
  readonly environments?: { readonly [side in SideLabel]: RequestContext['environment'] }
  /**
   * Of several comparisons with one base (`candidates/share.ts`): this one makes the runs of the head alone; the plan of
   * `base` stands for the base's, which so many comparisons ask for.
   */
  readonly shared?: { readonly side: SideLabel; readonly comparisons: number }
  /** Each slice is tested as the set is (`evaluate/each-slice.ts`); so many such tests are in the run. */
  readonly sliceTests?: number
  /** Of a shard: the plan has a part of the set's cases (`shard/share.ts`). */
  readonly share?: Share
}

export type PlanContext = {
  readonly contentIds: { readonly base: string; readonly head: string }
  readonly environment: (name: string) => string | undefined
  /** `environment:` of the configuration that governs; without it nothing is listed. */
  readonly listed?: readonly string[]
  /** What providers get as a secret, beside the keys of those that are built in; without it nothing. */
  readonly keys?: ReadonlySet<string>
  /** That of the run, where it was asked for; null or left out where the configuration says it. */
  readonly mode?: EvalSet['mode'] | null
  /** YYYY-MM-DD, for what expires; without it nothing has. */
  readonly today?: string
}

export type PlanInput = {
  readonly head: EvalSet
  readonly base: EvalSet | null
  readonly because: readonly string[]
  readonly kinds: ReadonlySet<ChangeKind>
}

export function planSet(input: PlanInput, context: PlanContext): SetPlan {
  const { base } = input
  const { head, rescored } = scoringOf(base, input.head)
  const { gates } = stricterGates(base?.gates ?? null, head.gates)
  const pairing = pairCases(base, head)
  const contexts = { base: requestContext(base ?? head, 'base', context), head: requestContext(head, 'head', context) }
  const musts = mustPassOf(pairing.cases, gates.mustPass)
  const roleOf = rolesOf(head, musts, context.today)
  const planned = pairing.cases.map(({ kase, role }) => ({ kase, role: roleOf(kase, role) }))
  const quarantined = planned.filter((one) => one.role === 'quarantined').map((one) => one.kase.id)
  const scorerHash = contentHash(head.scorers.map(({ place: _, calibration: __, ...scorer }) => scorer))
  // Where a case stands in its file is no part of what is asked.
  const requests = bagHash()
  const sides: Sides = {
    base: (kase) => (base === null ? null : prepareRequest(base.target, kase, contexts.base)),
    head: (kase) => prepareRequest(head.target, kase, contexts.head),
    keep: pairing.cases.length <= KEPT_REQUESTS,
    note: (kase, ofBase, ofHead) => requests.add([kase.id, kase.hash, ofBase, ofHead]),
  }
  const cases = new Map<string, PlannedCase>()
  for (const one of planned) cases.set(one.kase.id, new Planned(one, sides))
  const contentKey = contentHash({
    gates,
    quarantined: quarantined.length === 0 ? undefined : quarantined.toSorted(),
    requests: requests.end(),
    rescored: rescored === null ? undefined : rescored.hash,
    run: [head.passes, head.compare, head.threshold ?? null],
    scorers: scorerHash,
  })
  const paired = planned.filter((one) => one.role === 'paired')
  return {
    name: head.name,
    ...input,
    head,
    cases,
    removed: pairing.removed,
    gates,
    mode: context.mode ?? stricterMode(base?.mode ?? null, head.mode).mode,
    order: caseOrder(
      paired.map((one) => one.kase.id),
      contentKey,
    ),
    levels: hasAbsoluteGate(gates) ? [...cases.values()].filter((one) => one.identical).map((one) => one.kase.id) : [],
    mustPass: [...musts],
    contentKey,
    scorerHash,
    judge: judgeOf(head),
    rescored,
    environments: { base: contexts.base.environment, head: contexts.head.environment },
  }
}

/** Ids, in the order of the cases. */
function mustPassOf(cases: readonly PairedCase[], rules: readonly string[] = []): ReadonlySet<string> {
  return new Set(rules.length === 0 ? [] : cases.filter((one) => mustPass(one, rules)).map(({ kase }) => kase.id))
}

/** A case that must pass cannot be set aside: there the quarantine does not count. */
function rolesOf(
  head: EvalSet,
  musts: ReadonlySet<string>,
  today: string | undefined,
): (kase: Case, role: CaseRole) => CaseRole {
  const inForce = (head.quarantine ?? []).filter((one) => today === undefined || isInForce(one, today))
  const ids = new Set(inForce.map((one) => one.case))
  return (kase, role) => (role === 'paired' && ids.has(kase.id) && !musts.has(kase.id) ? 'quarantined' : role)
}

/** Rendered requests are many times larger than what they are made of: of large sets each is made where it is used. */
const KEPT_REQUESTS = 2_000

/** One case of a plan. Whether both sides ask the same is known; what they ask is made again, or kept for a small set. */
class Planned implements PlannedCase {
  readonly kase: Case
  readonly role: CaseRole
  readonly identical: boolean
  readonly baseSize: number | null
  readonly headSize: number | null
  readonly #sides: Sides
  #kept: { readonly base: Prepared | null; readonly head: Prepared } | null

  constructor({ kase, role }: { kase: Case; role: CaseRole }, sides: Sides) {
    const [base, head] = [sides.base(kase), sides.head(kase)]
    this.kase = kase
    this.role = role
    this.identical = base?.state === 'ready' && head.state === 'ready' && base.request.hash === head.request.hash
    this.baseSize = base === null ? null : sizeOf(base)
    this.headSize = sizeOf(head)
    this.#sides = sides
    this.#kept = sides.keep ? { base, head } : null
    sides.note(kase, hashOf(base), hashOf(head))
  }
  get base(): Prepared | null {
    return this.#kept === null ? this.#sides.base(this.kase) : this.#kept.base
  }
  get head(): Prepared {
    return this.#kept === null ? this.#sides.head(this.kase) : this.#kept.head
  }
}

function sizeOf(prepared: Prepared): number | null {
  if (prepared.state === 'failed') return null
  let size = 0
  for (const { content } of prepared.request.messages) size += content.length
  return size
}

type Sides = {
  base(kase: Case): Prepared | null
  head(kase: Case): Prepared
  readonly keep: boolean
  /** Called once for each case, with what makes the content key. */
  note(kase: Case, base: string | null, head: string | null): void
}

function requestContext(set: EvalSet, side: 'base' | 'head', context: PlanContext): RequestContext {
  const { environment, listed = [], keys = new Set(), contentIds } = context
  return { side, contentId: contentIds[side], environment: sideEnvironment(set, { environment, listed, keys }) }
}

const hashOf = (prepared: Prepared | null) =>
  prepared === null ? null : prepared.state === 'ready' ? prepared.request.hash : prepared.failure.message

/** Gates on a level and not on a difference: they need the answer of a tie, too. */
function hasAbsoluteGate(gates: Gates): boolean {
  const slices = Object.values(gates.slices ?? {}).some((one) => one.minScore !== undefined)
  const scorers = Object.values(gates.scorers ?? {}).some(
    (one) => one.maxRatePercent !== undefined || one.minScore !== undefined,
  )
  return (
    gates.minScore !== undefined ||
    slices ||
    scorers ||
    gates.latency?.p95Ms !== undefined ||
    gates.tokens !== undefined ||
    gates.cost?.perRequestUsd !== undefined
  )
}

function judgeOf(set: EvalSet): string | null {
  const judges = [...set.scorers, ...set.cases.flatMap((kase) => kase.scorers)].filter(isJudge)
  const models = [...new Set(judges.map(judgeModel))]
  return models.length === 0 ? null : models.sort().join(', ')
}

export const judgeModel = (scorer: ScorerSpec) =>
  typeof scorer.options.model === 'string' ? scorer.options.model : 'not named'
