// Policy and integrity: everything that can be found in a change before, and without, any call.

import { checkForbidden } from './config/forbidden-text.ts'
import type { LoadedSets, SetPair } from './config/pairs.ts'
import { unknownSetFindings } from './cost/unknown-sets.ts'
import type { Detection } from './detect.ts'
import type { Finding } from './domain.ts'
import { waiveFindings } from './gate/waivers.ts'
import type { Removed } from './integrity/last-results.ts'
import { NAMED } from './integrity/reviewed.ts'
import type { IntegrityInput } from './integrity.ts'
import type { LifecycleBook } from './lifecycle/book.ts'
import type { SideConfigs } from './load.ts'
import { pairCases } from './plan/cases.ts'
import { promptTexts } from './policy/prompt-texts.ts'
import { type UsedModel, usedModels } from './policy/used-models.ts'
import { policyFindings } from './policy.ts'
import type { Environment, FileChange, Store } from './ports.ts'

export type StaticInput = {
  readonly configs: SideConfigs
  readonly sets: LoadedSets
  readonly detection: Detection
  readonly files: readonly FileChange[]
  readonly trusted: boolean
  /** YYYY-MM-DD. */
  readonly today: string
  readonly nowMs: number
  readonly lifecycle: LifecycleBook
  /** Names of the eval sets that run. */
  readonly chosen: readonly string[]
  readonly environment: Environment
  openStore(): Promise<Store & { close(): Promise<void> }>
}

export async function staticFindings(input: StaticInput): Promise<readonly Finding[]> {
  const { detection, configs, files } = input
  const { policy, models, providers } = configs.config
  const pairs = touched(input)
  const sides = pairs.flatMap(({ base, head }) => (head === null ? [] : [{ base, head }]))
  const sets = sides.map(({ head }) => head)
  const prompts = promptTexts(sides, detection.texts)
  const kinds = new Map(detection.selections.map((one) => [one.pair.name, one.kinds]))
  const lastResult = await resultsOf(pairs, input)
  const used = usedModels(sets, detection.pins)
  return [
    ...waiveFindings(
      await integrity({
        level: policy.integrity,
        pairs,
        kindsOf: (evalSet) => kinds.get(evalSet) ?? new Set(),
        files,
        prompts,
        lastResult,
      }),
      { waivers: pairs.flatMap(({ base, head }) => (input.trusted ? head : base)?.waivers ?? []), today: input.today },
    ),
    ...policyFindings({
      policy,
      models,
      providers,
      uncovered: detection.uncovered,
      sets,
      used,
      prompts,
      forbidden: await checkForbidden(policy.forbiddenText, () => ({ path: configs.config.path })),
    }),
    ...(await endings(used, input)),
    ...routeNames(input),
    ...(await namesNobodyHas(input)),
  ]
}

/** A change that touches no eval set need not load what there is to say of one. */
async function integrity(input: IntegrityInput): Promise<readonly Finding[]> {
  if (input.pairs.length === 0) return []
  const { integrityFindings } = await import('./integrity.ts')
  return integrityFindings(input)
}

/** Where something is measured; a set that cannot be read is a matter of its own, and may be the one. */
function routeNames({ configs, sets, chosen }: StaticInput): readonly Finding[] {
  if (chosen.length === 0 || sets.pairs.some(({ headProblems }) => headProblems.length > 0)) return []
  return unknownSetFindings(
    configs.config.routes,
    sets.pairs.map(({ name }) => name),
  )
}

/** Only where something is measured. A set that cannot be read may be the one that has what parity.yaml names. */
async function namesNobodyHas({ configs, sets, chosen, environment }: StaticInput): Promise<readonly Finding[]> {
  if (chosen.length === 0) return []
  const all = sets.pairs.flatMap(({ head }) => head ?? [])
  const { inVain } = await import('./integrity/in-vain.ts')
  return inVain(
    all.filter(({ name }) => chosen.includes(name)),
    sets.pairs.some(({ headProblems }) => headProblems.length > 0) ? null : all,
    { config: configs.config, environment },
  )
}

/** A change that touches no model need not load what there is to say of one. */
async function endings(used: readonly UsedModel[], { lifecycle, configs, nowMs }: StaticInput) {
  if (used.length === 0) return []
  const { shutdownFindings } = await import('./lifecycle/findings.ts')
  return shutdownFindings(used, { lifecycle, models: configs.config.models }, nowMs)
}

/**
 * Sets that the change selects, that run, or that are another value than in the base, as one that it removes is: a candidate
 * selects nothing, and is policy's.
 */
function touched({ sets, detection, chosen }: StaticInput): readonly SetPair[] {
  const selected = new Set([...chosen, ...detection.selections.map((one) => one.pair.name)])
  return sets.pairs.filter((pair) => selected.has(pair.name) || pair.base !== pair.head)
}

async function resultsOf(pairs: readonly SetPair[], input: StaticInput): Promise<IntegrityInput['lastResult']> {
  const removed = pairs.flatMap(({ base, head }): Removed[] => {
    if (base === null || base === head) return []
    const cases = head === null ? base.cases.slice(0, NAMED) : pairCases(base, head).removed
    return cases.map((kase) => ({ set: base, kase }))
  })
  if (removed.length === 0) return () => null
  const { lastResults, resultKey } = await import('./integrity/last-results.ts')
  const store = await input.openStore()
  const known = await lastResults(removed, store).finally(() => store.close())
  return (evalSet, caseId) => known.get(resultKey(evalSet, caseId)) ?? null
}
