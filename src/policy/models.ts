// `policy.models`: allowed, denied, pinned.

import type { Finding } from '../domain.ts'
import type { PolicyInput } from '../policy.ts'
import { describeModel } from '../prices/describe.ts'
import { modelNames, resolved, standingOf } from './model-names.ts'
import { USES, type UsedModel } from './used-models.ts'

export function modelFindings({ used, ...input }: PolicyInput): readonly Finding[] {
  return used.flatMap((one) => allowedFinding(one, input))
}

type Rules = Pick<PolicyInput, 'policy' | 'models'>

function allowedFinding(one: UsedModel, { policy, models }: Rules): readonly Finding[] {
  const names = modelNames(one.id, models)
  const lists = [policy.models, ...(policy.before?.models ? [policy.before.models] : [])]
  const standings = lists.map((list) => ({ list, standing: standingOf(names, list) }))
  const worst =
    standings.find(({ standing }) => standing === 'denied') ??
    standings.find(({ standing }) => standing === 'not-allowed') ??
    standings.find(({ standing }) => standing === 'unknown')
  if (worst === undefined) return []
  const { list, standing } = worst
  const patterns = standing === 'denied' ? list.deny : list.allow
  const common = { rule: 'policy-model', evalSet: one.evalSet, value: one.id, place: one.place } as const
  const threshold = patterns?.join(', ') ?? null
  if (standing === 'unknown') {
    return [
      {
        ...common,
        level: 'note',
        threshold,
        message: `Who serves the model ${one.id} cannot be seen here, so that \`policy.models.allow\` says nothing about it.`,
        remedy: 'Write it with its provider (`openai/…`), or allow it by its bare name.',
      },
    ]
  }
  return [
    {
      ...common,
      level: 'fail',
      threshold,
      message: `The model ${one.id}${described(one)} is ${standing === 'denied' ? 'denied' : 'not allowed'} by policy.models.`,
      remedy: 'Use an allowed model, or change the policy in a pull request of its own.',
    },
  ]
}

const described = ({ use }: UsedModel) => (USES[use] === null ? '' : ` (${USES[use]})`)

/** A candidate is not in use yet, and the live model floats by design: both are exempt. */
export function pinnedFindings({ used, policy, models }: PolicyInput): readonly Finding[] {
  if (!policy.models.pinnedOnly) return []
  const bound = used.filter(({ use }) => use !== 'candidate' && use !== 'live')
  return bound
    .filter(({ id }) => describeModel(resolved(id, models)).pin === 'floating')
    .map((one) => ({
      rule: 'policy-unpinned',
      level: 'fail',
      evalSet: one.evalSet,
      message: `${one.id}${described(one)} is a floating name: its provider may put another model behind it at any time.`,
      threshold: 'pinned_only',
      value: one.id,
      remedy: 'Pin a dated id.',
      place: one.place,
    }))
}
