// The policy, like gates: what the head loosens of it is named, and the stricter of both sides applies to this change.

import type { NameLists, Policy } from '../config/config.ts'
import { isLooser, type LoosenedGate, stricter } from './stricter.ts'

export type EffectivePolicy = { readonly policy: Policy; readonly loosened: readonly LoosenedGate[] }

export function stricterPolicy(base: Policy, head: Policy): EffectivePolicy {
  const words = [ordered('uncovered', base, head), ordered('integrity', base, head)]
  const flags = [required('owner', base, head), required('reason', base, head)]
  const [models, regions] = [lists('models', base, head), lists('regions', base, head)]
  const tokens = tokenLimit(base, head)
  const dropped = base.forbiddenText.filter((pattern) => !head.forbiddenText.includes(pattern))
  const unpinned = base.models.pinnedOnly && !head.models.pinnedOnly
  const before = { ...models.before, ...regions.before }
  return {
    policy: {
      ...head,
      ...Object.fromEntries([...words, ...flags].map((one) => [one.key, one.value])),
      models: { ...head.models, pinnedOnly: base.models.pinnedOnly || head.models.pinnedOnly },
      ...(Object.keys(before).length === 0 ? {} : { before }),
      ...(tokens.limit === undefined ? {} : { maxStaticTokens: tokens.limit }),
      forbiddenText: [...head.forbiddenText, ...dropped],
    },
    loosened: [
      ...models.loosened,
      ...(unpinned ? [{ gate: 'policy.models.pinned_only', base: 'true', head: 'false' }] : []),
      ...regions.loosened,
      ...[...words, ...flags].flatMap((one) => one.loosened),
      ...tokens.loosened,
      ...dropped.map((pattern) => ({ gate: 'policy.forbidden_text', base: pattern, head: 'removed' })),
    ],
  }
}

const RANK = { ignore: 0, warn: 1, fail: 2 } as const

function ordered(key: 'uncovered' | 'integrity', base: Policy, head: Policy) {
  const looser = RANK[head[key]] < RANK[base[key]]
  return { key, value: looser ? base[key] : head[key], loosened: looser ? [gate(key, base[key], head[key])] : [] }
}

function required(key: 'owner' | 'reason', base: Policy, head: Policy) {
  const looser = base[key] === 'required' && head[key] === 'optional'
  return { key, value: looser ? base[key] : head[key], loosened: looser ? [gate(key, base[key], head[key])] : [] }
}

const gate = (key: string, base: string, head: string): LoosenedGate => ({ gate: `policy.${key}`, base, head })

function tokenLimit({ maxStaticTokens: old }: Policy, { maxStaticTokens: now }: Policy) {
  const limit = stricter(old, now, 'lower-is-stricter')
  if (old === undefined || (now !== undefined && !isLooser(now, old, 'lower-is-stricter')))
    return { limit, loosened: [] }
  const show = (one: typeof old | undefined) =>
    one === undefined ? 'removed' : `${one.limit}${one.level === 'warn' ? ' (warn)' : ''}`
  return { limit, loosened: [gate('max_static_tokens', show(old), show(now))] }
}

type Lists = { readonly before: Policy['before']; readonly loosened: readonly LoosenedGate[] }

/** Lists cannot be joined into one, since patterns overlap: where they differ, both sides' are held against a name. */
function lists(key: 'models' | 'regions', base: Policy, head: Policy): Lists {
  const [old, now] = [base[key], head[key]]
  const loosened = (['allow', 'deny'] as const).flatMap((list) =>
    isWider(list, old[list], now[list])
      ? [gate(`${key}.${list}`, (old[list] ?? []).join(', '), now[list]?.join(', ') ?? 'removed')]
      : [],
  )
  if (loosened.length === 0) return { before: {}, loosened }
  const { allow, deny } = old
  const before: NameLists = { ...(allow === undefined ? {} : { allow }), ...(deny === undefined ? {} : { deny }) }
  return { before: { [key]: before }, loosened }
}

/** Whether the head's list lets more through: a pattern that allows is new, or one that shuts out is gone. */
function isWider(list: 'allow' | 'deny', old: readonly string[] | undefined, now: readonly string[] | undefined) {
  if (old === undefined) return false
  if (now === undefined) return true
  const opens = (pattern: string) => pattern.startsWith('!') !== (list === 'allow')
  return (
    now.some((pattern) => opens(pattern) && !old.includes(pattern)) ||
    old.some((pattern) => !opens(pattern) && !now.includes(pattern))
  )
}
