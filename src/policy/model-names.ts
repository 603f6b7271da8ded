// The names under which a pattern of the policy may mean a model: as written, by its provider, and bare.

import type { Config, NameLists } from '../config/config.ts'
import { globMatcher } from '../config/globs.ts'
import { describeModel } from '../prices/describe.ts'
import { parseModelId, priceCandidates } from '../prices/ids.ts'

export type ModelNames = {
  /** What `allow` is held against: names that say through whom the model is reached, and the bare id. */
  readonly own: readonly string[]
  /** What `deny` is held against beside them: the model that a reseller passes on. */
  readonly inner: readonly string[]
  /** Whether it is known who serves it; a bare id of no known family says nothing. */
  readonly served: boolean
}

export function modelNames(id: string, models: Config['models'] = {}): ModelNames {
  const stands = resolved(id, models)
  const all = [...new Set([id, stands])].map(namesOf)
  return {
    own: [...new Set(all.flatMap((one) => one.own))],
    inner: [...new Set(all.flatMap((one) => one.inner))],
    served: all.some((one) => one.served),
  }
}

/** What `models:` says that a name of one's own stands for on the head. */
export function resolved(id: string, models: Config['models']): string {
  const alias = Object.hasOwn(models, id) ? models[id] : undefined
  return alias === undefined ? id : typeof alias === 'string' ? alias : alias.head
}

function namesOf(id: string): ModelNames {
  const written = id.trim().toLowerCase()
  const { provider, model } = parseModelId(id)
  const owner = provider ?? describeModel(id).provider
  const spelled = [model, ...(owner === null ? [] : priceCandidates(owner, model).flatMap(exactly))]
  // `*` stops at a slash, and ids may have several: `openrouter/openai/gpt-4.1` is one of `openrouter/*`.
  const flat = spelled.map((one) => one.replaceAll('/', ':'))
  const served = owner === null ? [] : [...spelled, ...flat].map((one) => `${owner}/${one}`)
  return { own: [written, ...served, ...flat], inner: spelled.flatMap(passedOn), served: owner !== null }
}

const exactly = (one: { readonly model: string; readonly dated: boolean }) => (one.dated ? [] : [one.model])

/** `openai/gpt-4.1` and `gpt-4.1` within `openrouter/openai/gpt-4.1`. */
const passedOn = (model: string) => [model, model.slice(model.lastIndexOf('/') + 1)]

export type Standing = 'denied' | 'not-allowed' | 'unknown' | 'fine'

/** `deny` wins over `allow`. */
export function standingOf(names: ModelNames, { allow, deny }: NameLists): Standing {
  if (deny !== undefined && [...names.own, ...names.inner].some(matcher(deny))) return 'denied'
  if (allow === undefined || names.own.some(matcher(allow))) return 'fine'
  return names.served ? 'not-allowed' : 'unknown'
}

export const matcher = (patterns: readonly string[]) => globMatcher(patterns.map((pattern) => pattern.toLowerCase()))
