// Rules that need no call: models, regions, owners, prompts that nothing covers, their length and words. They work on forks
// and in a dry run.

import type { Config, Policy } from './config/config.ts'
import type { Forbidden } from './config/forbidden-text.ts'
import type { Change, EvalSet, Finding, FindingRule } from './domain.ts'
import { forbiddenFindings } from './policy/forbidden.ts'
import { modelFindings, pinnedFindings } from './policy/models.ts'
import type { PromptText } from './policy/prompt-texts.ts'
import { regionFindings } from './policy/regions.ts'
import { staticTokenFindings } from './policy/static-tokens.ts'
import type { UsedModel } from './policy/used-models.ts'

export type PolicyInput = {
  readonly policy: Policy
  readonly uncovered: readonly Change[]
  /** The head's sets that the change touches. */
  readonly sets: readonly EvalSet[]
  readonly used: readonly UsedModel[]
  readonly prompts: readonly PromptText[]
  readonly forbidden: readonly Forbidden[]
  readonly models: Config['models']
  readonly providers: Config['providers']
}

type PolicyRule = Extract<FindingRule, `policy-${string}` | 'uncovered'>

const RULES: { readonly [rule in Exclude<PolicyRule, 'policy-reason'>]: (input: PolicyInput) => readonly Finding[] } = {
  uncovered: uncoveredFindings,
  'policy-model': modelFindings,
  'policy-unpinned': pinnedFindings,
  'policy-region': regionFindings,
  'policy-owner': ownerFindings,
  'policy-static-tokens': staticTokenFindings,
  'policy-forbidden-text': forbiddenFindings,
}

export function policyFindings(input: PolicyInput): readonly Finding[] {
  return Object.values(RULES).flatMap((rule) => rule(input))
}

function uncoveredFindings({ policy, uncovered }: PolicyInput): readonly Finding[] {
  const level = policy.uncovered
  if (level === 'ignore') return []
  return uncovered.map((change) => ({
    rule: 'uncovered',
    level,
    evalSet: null,
    message: `${uncoveredWhat(change)} in ${change.path} changed, and no eval set covers it.`,
    threshold: null,
    value: change.path,
    remedy: 'Write an eval set for it, or name the file in `paths` of one that exercises it.',
    place: { path: change.path, ...(change.line === undefined ? {} : { line: change.line }) },
  }))
}

function uncoveredWhat({ kind, from, to }: Change): string {
  if (kind === 'model') return `The model pin ${from ?? '(none)'} to ${to ?? '(none)'}`
  return kind === 'parameters' ? 'A parameter' : 'The prompt'
}

function ownerFindings({ policy, sets }: PolicyInput): readonly Finding[] {
  if (policy.owner !== 'required') return []
  return sets
    .filter((set) => set.owner === undefined)
    .map((set) => ({
      rule: 'policy-owner',
      level: 'fail',
      evalSet: set.name,
      message: `${set.name} has no owner.`,
      threshold: 'owner: required',
      value: null,
      remedy: 'Add `owner:` to the eval set, or a line to CODEOWNERS.',
      place: { path: set.path },
    }))
}
