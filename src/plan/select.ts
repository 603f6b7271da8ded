// Which eval sets run: those that the change selects, or those that the user names, with the reason in words, and what
// stands in the way of the others.

import { contentHash } from '../config/canonical.ts'
import { nameMatcher } from '../config/globs.ts'
import type { LoadedSets, SetPair } from '../config/pairs.ts'
import { isSecretName } from '../config/secret-names.ts'
import type { SideContext } from '../context.ts'
import type { Detection, Selection as Selected } from '../detect.ts'
import type { EvalSet, Finding } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import type { Job } from '../job.ts'
import type { SideConfigs } from '../load.ts'
import { nearest } from '../nearest.ts'
import { planSet, type SetPlan } from '../plan.ts'
import type { Environment } from '../ports.ts'
import { secretVariables } from '../targets/provider-headers.ts'
import { restrictUntrusted } from '../trust.ts'
import { sampleShared } from './sampling.ts'

/** An affected eval set of which the report has no result. */
export type NotRun = {
  readonly evalSet: string
  readonly why: string
  /** Null where that is as it should be. */
  readonly remedy: string | null
}
export type Selection = {
  readonly plans: readonly SetPlan[]
  readonly notRun: readonly NotRun[]
  readonly findings: readonly Finding[]
}

export type SelectInput = {
  readonly job: Job
  readonly detection: Detection
  readonly sets: LoadedSets
  readonly configs: SideConfigs
  readonly trusted: boolean
  readonly context: SideContext
  readonly environment: Environment
  /** YYYY-MM-DD. */
  readonly today?: string
}

export function select(input: SelectInput): Selection {
  const chosen = choose(input)
  const findings: Finding[] = []
  const notRun: NotRun[] = []
  const problems: Problem[] = []
  const plans: SetPlan[] = []
  for (const one of chosen) {
    const { pair } = one
    if (pair.head === null) {
      const deleted = deletedPrompt(pair, input)
      if (deleted) findings.push(deleted)
      else if (pair.headProblems.length > 0) problems.push(...pair.headProblems)
      else notRun.push(lost(pair))
      continue
    }
    const plan = planOf(one, input)
    if ('refused' in plan) notRun.push({ evalSet: pair.name, why: plan.refused, remedy: TRUSTED_ONLY })
    else plans.push(plan)
  }
  const [first, ...rest] = problems
  if (first !== undefined) throw new UserError(first, ...rest)
  return { plans: sampleShared(plans), notRun, findings }
}

const lost = ({ name, idle }: SetPair): NotRun =>
  idle === undefined
    ? { evalSet: name, why: 'the eval set was removed in this change', remedy: null }
    : { evalSet: name, why: `nothing of it can be run any more: ${idle.replace(/\.$/, '')}`, remedy: KEEP }

const KEEP = 'Keep what could be run (prompts, providers, assertions), or write it as an eval file.'
const TRUSTED_ONLY = 'Run it where the head is trusted, or by the second-stage workflow.'

function choose({ job, detection, sets }: SelectInput): readonly Selected[] {
  const affected = new Map(detection.selections.map((one) => [one.pair.name, one]))
  if (job.evals === 'affected') {
    // A set that cannot be read is never passed over, even when nothing says that the change did it.
    const unreadable = sets.pairs.filter((pair) => pair.headProblems.length > 0 && !affected.has(pair.name))
    return [...detection.selections, ...unreadable.map((pair) => named(pair, 'its files cannot be read'))]
  }
  const wanted = job.evals === 'all' ? sets.pairs : setsNamed(job.evals, sets.pairs)
  return wanted
    .filter((pair) => pair.head !== null || pair.headProblems.length > 0)
    .map((pair) => affected.get(pair.name) ?? named(pair, 'it was named by `evals`'))
}

const named = (pair: SetPair, why: string): Selected => ({ pair, because: [why], kinds: new Set() })

function setsNamed(words: readonly string[], pairs: readonly SetPair[]): readonly SetPair[] {
  const names = pairs.map((pair) => pair.name)
  for (const word of words) {
    const match = nameMatcher([word])
    if (names.some((name) => name === word || match(name))) continue
    const near = nearest(word, names)
    throw new UserError({
      what: `no eval set is called "${word}".`,
      expected: names.length === 0 ? 'an eval set' : `one of ${names.slice(0, 10).join(', ')}`,
      remedy: near === null ? 'Name one that `evals:` in parity.yaml finds.' : `Did you mean "${near}"?`,
    })
  }
  return pairs.filter((pair) => words.some((word) => pair.name === word || nameMatcher([word])(pair.name)))
}

function planOf(one: Selected, input: SelectInput): SetPlan | { readonly refused: string } {
  const { pair, because, kinds } = one
  if (pair.head === null) return { refused: 'it cannot be read' }
  const callsNothing = input.job.dryRun || input.job.planOnly !== null
  const restricted =
    input.trusted || callsNothing
      ? { evalSet: pair.head }
      : restrictUntrusted(pair.head, pair.base, input.configs.config)
  if ('refused' in restricted) return restricted
  const code = codeRefusal(restricted.evalSet.target.kind, input)
  if (code !== null) return { refused: code }
  return planSet(
    { head: restricted.evalSet, base: pair.base, because, kinds },
    {
      contentIds: input.context.contentIds,
      environment: input.environment,
      listed: listedFor(pair, input),
      keys: keysOf(input),
      mode: input.job.mode,
      ...(input.today === undefined ? {} : { today: input.today }),
    },
  )
}

/** Whoever may bring code may send a secret anywhere; of others it goes where the base has sent it. */
function listedFor({ base, head }: SetPair, { job, configs }: SelectInput): readonly string[] {
  const { environment } = configs.config
  if (job.allowCode === 'trusted') return environment
  const isMoved = contentHash(addressesOf(base)) !== contentHash(addressesOf(head))
  const before = isMoved ? [] : (configs.base?.environment ?? [])
  return environment.filter((name) => !isSecretName(name) || before.includes(name))
}

/** What a provider gets as a secret is no application's, whichever side says so. */
function keysOf({ configs, environment }: SelectInput): ReadonlySet<string> {
  const entries = [configs.base, configs.config].flatMap((config) => Object.values(config?.providers ?? {}))
  return new Set(
    entries.flatMap((entry) => [
      ...(entry.apiKeyEnv === undefined ? [] : [entry.apiKeyEnv]),
      ...secretVariables(entry, environment),
    ]),
  )
}

const addressesOf = (set: EvalSet | null) => (set?.target.kind === 'http' ? [set.target.base, set.target.head] : null)

function codeRefusal(kind: string, { job }: SelectInput): string | null {
  if (job.dryRun || job.planOnly !== null) return null
  if (kind !== 'command' || job.allowCode === 'trusted') return null
  return `its target executes the head's code, and \`allow-code\` is \`${job.allowCode}\``
}

/** A used prompt that is gone is a failing finding, not a broken configuration: the change itself did it. */
function deletedPrompt(pair: SetPair, { context, configs }: SelectInput): Finding | null {
  const target = pair.base?.target
  if (target?.kind !== 'prompt') return null
  const gone = context.files.find((file) => file.status === 'deleted' && file.path === target.prompt.path)
  const moved = context.files.find((file) => file.status === 'renamed' && file.previousPath === target.prompt.path)
  const missing = gone ?? moved
  if (missing === undefined) return null
  return {
    rule: 'prompt-deleted',
    level: 'fail',
    evalSet: pair.name,
    message: gone
      ? `The prompt ${target.prompt.path} was deleted, and the eval set ${pair.name} uses it.`
      : `The prompt ${target.prompt.path} was moved to ${moved?.path ?? ''}, and the eval set ${pair.name} still names the old path.`,
    threshold: null,
    value: missing.path,
    remedy: gone
      ? `Bring it back (\`git checkout <base> -- ${target.prompt.path}\`), or remove the eval set with it.`
      : `Name the new path in ${pair.base?.path ?? configs.config.path}.`,
    place: { path: pair.base?.path ?? missing.path },
  }
}
