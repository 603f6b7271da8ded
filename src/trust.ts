// What an untrusted head may decide: prompts, cases, model names on the allow-list, stricter limits. Everything else
// (code, endpoints, keys, scorers that run code or ask a judge, looser gates) comes from the base.

import { contentHash } from './config/canonical.ts'
import type { Config } from './config/config.ts'
import { nameMatcher } from './config/globs.ts'
import { withScorers } from './config/shelved-cases.ts'
import type { EvalSet, Finding, ScorerSpec } from './domain.ts'
import { UserError } from './errors.ts'
import { isJudge } from './scorers/kinds.ts'
import { PROVIDERS } from './targets/providers.ts'

export type Restricted = { readonly evalSet: EvalSet } | { readonly refused: string }

/** The head's set as far as it may count. Without a base only a prompt target with plain scorers can run. */
export function restrictUntrusted(head: EvalSet, base: EvalSet | null, config: Config): Restricted {
  if (head.target.kind !== 'prompt') {
    if (base === null) return { refused: 'its target runs code or calls an address that the head names' }
    return base.target.kind === head.target.kind
      ? { refused: 'its target executes the head, which is not trusted' }
      : { refused: 'the head changes the kind of its target' }
  }
  if (base !== null && base.target.kind !== 'prompt') return { refused: 'the head changes the kind of its target' }
  const allowed = allowedModels(base, config)
  if (!allowed(head.target.model))
    return { refused: `the model ${head.target.model} is not on the allow-list of the base (policy.models.allow)` }
  const { api: _api, replay: _replay, ...target } = head.target
  const of = base?.target.kind === 'prompt' ? base.target : null
  return {
    evalSet: {
      ...head,
      target: { ...target, ...(of?.api ? { api: of.api } : {}), ...(of?.replay ? { replay: of.replay } : {}) },
      scorers: base?.scorers ?? head.scorers.filter(isData),
      cases: head.cases.map((kase) => withScorers(kase, kase.scorers.filter(isData))),
      ...(base === null ? {} : { passes: base.passes, compare: base.compare, slices: base.slices, mode: base.mode }),
      waivers: base?.waivers ?? [],
      quarantine: base?.quarantine ?? [],
    },
  }
}

const isData = (scorer: ScorerSpec) => scorer.type !== 'javascript' && !isJudge(scorer)

function allowedModels(base: EvalSet | null, config: Config): (model: string) => boolean {
  const listed = config.policy.models.allow
  const inUse = base?.target.model
  if (listed === undefined) return (model) => model === inUse || (base === null && !config.found)
  // As the policy reads its list: `openrouter/openai/gpt-4.1` is one of `openrouter/*`.
  const match = nameMatcher(listed)
  return (model) => model === inUse || match(model)
}

/** Providers that are new or changed in a trusted head: listed, and refused when they would redirect a key. */
export function providerFindings(base: Config | null, head: Config): readonly Finding[] {
  return Object.entries(head.providers).flatMap(([name, entry]) => {
    const { place, ...settings } = entry
    const { place: _, ...before } = base?.providers[name] ?? { place }
    if (base !== null && contentHash(before) === contentHash(settings)) return []
    if (base === null) return []
    refuseRedirect(name, entry, base)
    return [
      {
        rule: 'loosened-gate' as const,
        level: 'note' as const,
        evalSet: null,
        message: `The provider \`${name}\` is new or changed in this pull request.`,
        threshold: null,
        value: null,
        remedy: 'Look at its address before the merge.',
        place,
      },
    ]
  })
}

/** Prices of a trusted head count at once, in cost gates and ceilings: what is new, changed or gone is listed. */
export function priceFindings(base: Config | null, head: Config): readonly Finding[] {
  if (base === null) return []
  const of = (config: Config, id: string) => config.prices.filter((price) => price.id === id)
  const said = (config: Config, id: string) =>
    contentHash(of(config, id).map(({ place: _, ...price }) => ({ ...price })))
  const ids = new Set([...base.prices, ...head.prices].map(({ id }) => id))
  return [...ids]
    .filter((id) => said(base, id) !== said(head, id))
    .map((id) => ({
      rule: 'loosened-gate' as const,
      level: 'note' as const,
      evalSet: null,
      message: `The price of \`${id}\` is new, changed or removed in this pull request, and counts on both sides.`,
      threshold: null,
      value: null,
      remedy: 'Look at it before the merge: cost gates and ceilings go by it.',
      place: of(head, id)[0]?.place ?? { path: head.path },
    }))
}

function refuseRedirect(name: string, entry: Config['providers'][string], base: Config): void {
  const key = entry.apiKeyEnv
  if (key === undefined) return
  const builtIn = Object.values(PROVIDERS).some((provider) => provider.keys.includes(key))
  const others = Object.entries(base.providers).some(
    ([other, one]) => one.apiKeyEnv === key && (other !== name || one.baseUrl !== entry.baseUrl),
  )
  if (!builtIn && !others) return
  throw new UserError({
    what: `the provider \`${name}\`, which is new or changed in this pull request, would send the key ${key} to another address.`,
    place: entry.place,
    remedy: 'Give it a key of its own in `api_key_env`, or change the provider in a pull request that is merged first.',
  })
}
