// Rules that need no call: models allowed, pinned, uncovered prompts, owners. They work on forks and in a dry run.

import type { Policy } from './config/config.ts'
import { globMatcher } from './config/globs.ts'
import type { Change, EvalSet, Finding } from './domain.ts'
import { describeModel } from './prices/describe.ts'

export type PolicyInput = {
  readonly policy: Policy
  readonly uncovered: readonly Change[]
  readonly sets: readonly EvalSet[]
}

export function policyFindings(input: PolicyInput): readonly Finding[] {
  return [
    ...uncoveredFindings(input),
    ...input.sets.flatMap((set) => [...modelFindings(set, input.policy), ...ownerFindings(set, input.policy)]),
  ]
}

function uncoveredFindings({ policy, uncovered }: PolicyInput): readonly Finding[] {
  const level = policy.uncovered
  if (level === 'ignore') return []
  return uncovered.map((change) => ({
    rule: 'uncovered',
    level,
    evalSet: null,
    message: `${change.kind === 'model' ? `The model pin ${change.from ?? '(none)'} to ${change.to ?? '(none)'}` : 'The prompt'} in ${change.path} changed, and no eval set covers it.`,
    threshold: null,
    value: change.path,
    remedy: 'Write an eval set for it, or name the file in `paths` of one that exercises it.',
    place: { path: change.path, ...(change.line === undefined ? {} : { line: change.line }) },
  }))
}

function modelFindings(set: EvalSet, policy: Policy): readonly Finding[] {
  const model = set.target.model
  return (model === undefined || model === 'echo' ? [] : [model]).flatMap((model) => [
    ...allowedFinding(set, model, policy),
    ...pinnedFinding(set, model, policy),
  ])
}

function allowedFinding(set: EvalSet, model: string, policy: Policy): readonly Finding[] {
  const { allow, deny } = policy.models
  const denied = deny !== undefined && globMatcher(deny)(model)
  const missing = allow !== undefined && !globMatcher(allow)(model)
  if (!denied && !missing) return []
  return [
    {
      rule: 'policy-model',
      level: 'fail',
      evalSet: set.name,
      message: `The model ${model} is ${denied ? 'denied' : 'not allowed'} by policy.models.`,
      threshold: (denied ? deny : allow)?.join(', ') ?? null,
      value: model,
      remedy: 'Use an allowed model, or change the policy in a pull request of its own.',
      place: { path: set.path },
    },
  ]
}

function pinnedFinding(set: EvalSet, model: string, policy: Policy): readonly Finding[] {
  if (!policy.models.pinnedOnly || describeModel(model).pin !== 'floating') return []
  return [
    {
      rule: 'policy-unpinned',
      level: 'fail',
      evalSet: set.name,
      message: `${model} is a floating name: its provider may put another model behind it at any time.`,
      threshold: 'pinned_only',
      value: model,
      remedy: 'Pin a dated id.',
      place: { path: set.path },
    },
  ]
}

function ownerFindings(set: EvalSet, policy: Policy): readonly Finding[] {
  if (policy.owner !== 'required' || set.owner !== undefined) return []
  return [
    {
      rule: 'policy-owner',
      level: 'fail',
      evalSet: set.name,
      message: `${set.name} has no owner.`,
      threshold: 'owner: required',
      value: null,
      remedy: 'Add `owner:` to the eval set, or a line to CODEOWNERS.',
      place: { path: set.path },
    },
  ]
}
