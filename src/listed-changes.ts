// What the configuration of a trusted head changes and what counts at once: listed first, for whoever reviews it.

import { canonicalJson, contentHash } from './config/canonical.ts'
import type { Config } from './config/config.ts'
import type { Finding, Json, Place } from './domain.ts'

export function listedChanges(base: Config | null, head: Config): readonly Finding[] {
  if (base === null) return []
  return [
    ...providerChanges(base, head),
    ...nameChanges(base, head),
    ...priceChanges(base, head),
    ...trafficChanges(base, head),
  ]
}

function listed({ message, remedy, place }: { message: string; remedy: string; place: Place }): Finding {
  return { rule: 'loosened-gate', level: 'note', evalSet: null, message, threshold: null, value: null, remedy, place }
}

function providerChanges(base: Config, head: Config): readonly Finding[] {
  return changedProviders(base, head).map(([name, { place }]) =>
    listed({
      message: `The provider \`${name}\` is new or changed in this pull request.`,
      remedy: 'Look at its address before the merge.',
      place,
    }),
  )
}

type Provider = Config['providers'][string]

export function changedProviders(base: Config, head: Config): readonly (readonly [string, Provider])[] {
  const said = ({ place: _, ...settings }: Provider) => contentHash(settings)
  return Object.entries(head.providers).filter(([name, entry]) => {
    const before = base.providers[name]
    return before === undefined || said(before) !== said(entry)
  })
}

/** What a name is said to stand for: the policy, prices and ends of models go by it, and nobody can check it here. */
function nameChanges(base: Config, head: Config): readonly Finding[] {
  const said = ({ models }: Config, name: string) => (Object.hasOwn(models, name) ? models[name] : undefined)
  const names = [...new Set([...Object.keys(base.models), ...Object.keys(head.models)])]
  return names
    .filter((name) => JSON.stringify(said(base, name)) !== JSON.stringify(said(head, name)))
    .map((name) =>
      listed({
        message: `The name \`${name}\` stands for ${standing(said(head, name))} in this pull request, and for ${standing(said(base, name))} in the base.`,
        remedy: 'Look at it before the merge: the policy and prices go by it.',
        place: { path: head.path },
      }),
    )
}

const standing = (entry: Config['models'][string] | undefined) =>
  entry === undefined ? 'nothing' : typeof entry === 'string' ? entry : `${entry.base} (base), ${entry.head} (head)`

/** New, changed or gone: cost gates and ceilings go by them. */
function priceChanges(base: Config, head: Config): readonly Finding[] {
  const of = (config: Config, id: string) => config.prices.filter((price) => price.id === id)
  const said = (config: Config, id: string) =>
    contentHash(of(config, id).map(({ place: _, ...price }) => ({ ...price })))
  const ids = new Set([...base.prices, ...head.prices].map(({ id }) => id))
  return [...ids]
    .filter((id) => said(base, id) !== said(head, id))
    .map((id) =>
      listed({
        message: `The price of \`${id}\` is new, changed or removed in this pull request, and counts on both sides.`,
        remedy: 'Look at it before the merge: cost gates and ceilings go by it.',
        place: of(head, id)[0]?.place ?? { path: head.path },
      }),
    )
}

const TRAFFIC = [
  ...(['requestsPerMonth', 'profile', 'turns', 'retryRate', 'sliceWeights', 'horizonDays'] as const),
  ...(['promptCacheHitRatio', 'responseCacheHitRatio', 'batchShare', 'serviceTier'] as const),
]

/** A smaller traffic would make any change cheap. Limits are not among it: the stricter one counts. */
function trafficChanges(base: Config, head: Config): readonly Finding[] {
  const before = new Map(base.routes.map((route) => [route.name, route]))
  return head.routes.flatMap((route) => {
    const old = before.get(route.name)
    if (old === undefined) return []
    const changed = TRAFFIC.filter((key) => contentHash([old[key] ?? null]) !== contentHash([route[key] ?? null]))
    if (changed.length === 0) return []
    const values = changed.map((key) => `\`${written(key)}\` from ${shown(old[key])} to ${shown(route[key])}`)
    return [
      listed({
        message: `The traffic of the route \`${route.name}\` is changed in this pull request, and counts on both sides: ${values.join(', ')}.`,
        remedy: 'Look at it before the merge: what a month costs goes by it.',
        place: route.place,
      }),
    ]
  })
}

const written = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const shown = (value: Json | undefined) => (value === undefined ? 'not set' : canonicalJson(value))
