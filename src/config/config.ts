// parity.yaml, checked and with every default filled in.

import { posix } from 'node:path'
import type { Gates, Json, JsonObject, Level, Limit, Place } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { contentHash } from './canonical.ts'
import { refuseUtf16 } from './encoding.ts'
import { checkForbidden } from './forbidden-text.ts'
import { DEFAULT_DROP_POINTS, readGates, readLimit } from './gates.ts'
import { globMatcher } from './globs.ts'
import { checkerFor } from './validate.ts'
import { type ParsedFile, parseYaml } from './yaml.ts'

export type ProviderConfig = {
  readonly kind: string
  readonly baseUrl?: string
  readonly apiKeyEnv?: string
  readonly headers: { readonly [name: string]: string }
  readonly maxConcurrency?: number
  readonly timeoutS?: number
  readonly apiVersion?: string
  readonly region?: string
  readonly project?: string
  readonly place: Place
}

/** USD per million tokens. */
export type ListPrices = {
  readonly input?: number
  readonly output?: number
  readonly cachedInput?: number
  readonly cacheWrite5m?: number
  readonly cacheWrite1h?: number
  readonly audioInput?: number
  readonly audioOutput?: number
}

export type PriceOverride = ListPrices & {
  readonly id: string
  readonly from?: string
  /** What requests of more than `above` input tokens pay, for all of their tokens. */
  readonly tiers?: readonly (ListPrices & { readonly above: number })[]
  readonly usdPerHour?: number
  readonly tokensPerSecond?: number
  readonly reason?: string
  readonly place: Place
}

/** A production use. Ratios and shares are fractions, amounts USD. Absent = not known. */
export type Route = {
  readonly name: string
  readonly evals: readonly string[]
  readonly owner?: string
  readonly requestsPerMonth?: number
  /** Path of the traffic profile, as written (relative to the config). */
  readonly profile?: string
  /** Path of a file with what the route really cost, as written (relative to the config). */
  readonly usage?: string
  readonly promptCacheHitRatio?: number
  readonly responseCacheHitRatio?: number
  readonly retryRate?: number
  readonly batchShare?: number
  readonly turns?: number
  readonly serviceTier?: string
  /** False: nobody waits for an answer, so that batch and flex are an option. */
  readonly interactive?: boolean
  readonly sliceWeights?: { readonly [dimension: string]: { readonly [value: string]: number } }
  readonly horizonDays: number
  readonly calibrateUsd?: number
  readonly monthlyUsd?: number
  readonly monthlyDeltaUsd?: number
  readonly place: Place
}

/** Globs; with `!` they exclude. */
export type NameLists = { readonly allow?: readonly string[]; readonly deny?: readonly string[] }

export type Policy = {
  readonly models: NameLists & { readonly pinnedOnly: boolean }
  readonly regions: NameLists
  /** The base's lists where the head's are others: both hold for this change. */
  readonly before?: { readonly models?: NameLists; readonly regions?: NameLists }
  readonly uncovered: 'ignore' | Level
  readonly owner: 'required' | 'optional'
  readonly reason: 'required' | 'optional'
  readonly maxStaticTokens?: Limit
  readonly forbiddenText: readonly string[]
  /** What a prompt that teaches to the test, a doubled case or a loosened scorer does to the check. */
  readonly integrity: 'ignore' | Level
}

export type Config = {
  readonly path: string
  /** False when there is no such file and everything is a default. */
  readonly found: boolean
  /** SHA-256 of the content (not its spelling); equal for a missing and an empty file. */
  readonly hash: string
  /** Null: every known format in its usual places. */
  readonly evals: readonly string[] | null
  readonly prompts: readonly string[]
  readonly ignore: readonly string[]
  /** The base's patterns where the head's are others: what either calls a prompt is one, and what both ignore is ignored. */
  readonly before?: Pick<Config, 'prompts' | 'ignore'>
  readonly mode: 'enforce' | 'report'
  readonly providers: { readonly [prefix: string]: ProviderConfig }
  readonly models: { readonly [id: string]: string | { readonly base: string; readonly head: string } }
  /** Grades assertions of promptfoo files that name no grader; null leaves them out. */
  readonly judge: string | null
  /** Variables that templates may read. */
  readonly environment: readonly string[]
  readonly prices: readonly PriceOverride[]
  /** Feeds of model ends, as written (relative to the config), each with where it stands. */
  readonly lifecycle: readonly { readonly path: string; readonly place: Place }[]
  readonly routes: readonly Route[]
  readonly cost: { readonly monthlyUsd?: number; readonly owner?: string }
  readonly spend: {
    readonly maxUsd?: number
    readonly maxCalls?: number
    readonly maxMinutes?: number
    /** Scheduled runs use batch endpoints. */
    readonly batch?: boolean
  }
  /** How scheduled runs come to their baseline: `runs` runs at once, or one in each run until there are ten. */
  readonly drift: { readonly baseline: 'at-once' | 'spread'; readonly runs: number }
  /** For what an eval set does not name itself. */
  readonly gates: Gates
  /** Names or globs of the variants that gate in files with several; empty: the first. */
  readonly gateOn: readonly string[]
  readonly policy: Policy
  readonly comment: {
    readonly when: 'always' | 'changes' | 'failures' | 'never'
    readonly outputs: 'show' | 'numbers-only'
  }
  readonly redact: readonly string[]
}

/** A set that names another gate, or cases that must pass, keeps it: without it a drop would go in unseen. */
export const DEFAULT_GATES: Gates = { maxDropPoints: { limit: DEFAULT_DROP_POINTS, level: 'fail' } }

/** Reads `parity.yaml` at `path`; a missing or empty file is all defaults. Throws a UserError with every problem found. */
export async function loadConfig(tree: Tree, path = 'parity.yaml'): Promise<Config> {
  const text = await tree.read(path)
  if (text === null) return configOf({}, { path, found: false, place: () => ({ path }) })
  refuseUtf16(text, { path })
  const parsed = parseYaml(path, text)
  if (!parsed.ok) throw failure(parsed.problems)
  if (parsed.file.value === null) return configOf({}, { path, found: true, place: () => ({ path }) })
  const problems = (await checkerFor('parity'))(parsed.file)
  if (problems.length > 0) throw failure(problems)
  const config = configOf(parsed.file.value as ParityFile, { path, found: true, place: parsed.file.place })
  checkMeaning(config, parsed.file)
  if (Object.keys(config.providers).length > 0) (await import('./provider-entries.ts')).checkProviders(config.providers)
  await checkForbidden(config.policy.forbiddenText, (index) => parsed.file.place(['policy', 'forbidden_text', index]))
  return config
}

function failure(problems: readonly ConstructorParameters<typeof UserError>[0][]): UserError {
  const [first, ...rest] = problems
  return new UserError(first ?? { what: 'The file cannot be read.', remedy: 'Correct it.' }, ...rest)
}

type Origin = { readonly path: string; readonly found: boolean; readonly place: ParsedFile['place'] }

// The shape that the schema has checked.
type ParityFile = {
  readonly evals?: string[]
  readonly prompts?: string[]
  readonly ignore?: string[]
  readonly mode?: Config['mode']
  readonly providers?: { readonly [prefix: string]: JsonObject }
  readonly models?: Config['models']
  readonly judge?: string
  readonly environment?: string[]
  readonly prices?: readonly JsonObject[]
  readonly lifecycle?: string[]
  readonly routes?: readonly JsonObject[]
  readonly cost?: JsonObject
  readonly spend?: JsonObject
  readonly drift?: Partial<Config['drift']>
  readonly gates?: JsonObject
  readonly gate_on?: string[]
  readonly policy?: JsonObject & { readonly models?: JsonObject; readonly max_static_tokens?: Json }
  readonly comment?: Partial<Config['comment']>
  readonly redact?: string[]
}

function configOf(file: ParityFile, { path, found, place }: Origin): Config {
  const { $schema: _, ...content } = { $schema: '', ...file }
  const providers = Object.entries(file.providers ?? {}).map(([prefix, entry]): [string, ProviderConfig] => [
    prefix,
    {
      headers: {},
      ...(camel(entry) as Omit<ProviderConfig, 'place' | 'headers'>),
      place: place(['providers', prefix]),
    },
  ])
  return {
    path,
    found,
    hash: contentHash(content),
    evals: file.evals ?? null,
    prompts: file.prompts ?? [],
    ignore: [...(file.ignore ?? []), ...feedsHere(file.lifecycle ?? [])],
    mode: file.mode ?? 'enforce',
    providers: Object.fromEntries(providers),
    models: file.models ?? {},
    judge: file.judge ?? null,
    environment: file.environment ?? [],
    prices: (file.prices ?? []).map((price, index) => ({
      ...(camel(price) as Omit<PriceOverride, 'place' | 'tiers'>),
      ...(Array.isArray(price.tiers) ? { tiers: price.tiers.map(tierOf) } : {}),
      place: place(['prices', index]),
    })),
    lifecycle: (file.lifecycle ?? []).map((path, index) => ({ path, place: place(['lifecycle', index]) })),
    routes: (file.routes ?? []).map((route, index) => routeOf(route, place(['routes', index]))),
    cost: camel(file.cost ?? {}) as Config['cost'],
    spend: camel(file.spend ?? {}) as Config['spend'],
    drift: { baseline: 'at-once', runs: 10, ...file.drift },
    gates: { ...DEFAULT_GATES, ...(file.gates ? readGates(file.gates) : {}) },
    gateOn: file.gate_on ?? [],
    policy: policyOf(file.policy ?? {}),
    comment: { when: 'changes', outputs: 'show', ...file.comment },
    redact: file.redact ?? [],
  }
}

/** The schema has checked it. */
const tierOf = (tier: Json) => camel(tier as JsonObject) as NonNullable<PriceOverride['tiers']>[number]

/** What a feed lists is not what this repository uses. Paths that lead elsewhere are not looked through anyway. */
export const feedsHere = (paths: readonly string[]) =>
  paths.map((path) => posix.normalize(path)).filter((path) => /^[\w@-][\w@./-]*$/.test(path))

function routeOf(route: JsonObject, place: Place): Route {
  return { horizonDays: 30, ...(camel(route) as Omit<Route, 'horizonDays' | 'place'>), place }
}

function policyOf(policy: NonNullable<ParityFile['policy']>): Policy {
  const { max_static_tokens: tokens, ...rest } = policy
  return {
    uncovered: 'warn',
    owner: 'optional',
    reason: 'optional',
    integrity: 'warn',
    forbiddenText: [],
    regions: {},
    ...(camel(rest) as Partial<Policy>),
    models: { pinnedOnly: false, ...(camel(policy.models ?? {}) as Partial<Policy['models']>) },
    ...(tokens === undefined ? {} : { maxStaticTokens: readLimit(tokens) }),
  }
}

// Top-level keys only: names that users choose (headers, slices) keep their spelling.
function camel(entry: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key.replace(/_([a-z0-9])/g, (_, next: string) => next.toUpperCase()),
      value,
    ]),
  )
}

/** What a schema cannot say: patterns that compile, names that are unique, prices that are complete. */
function checkMeaning(config: Config, file: ParsedFile): void {
  for (const key of ['evals', 'prompts', 'ignore', 'gateOn'] as const) {
    globMatcher(config[key] ?? [], file.place([key === 'gateOn' ? 'gate_on' : key]))
  }
  for (const key of ['models', 'regions'] as const) {
    for (const list of ['allow', 'deny'] as const)
      globMatcher(config.policy[key][list] ?? [], file.place(['policy', key, list]))
  }
  const seen = new Map<string, Route>()
  for (const route of config.routes) {
    const other = seen.get(route.name)
    if (other) {
      throw new UserError({
        what: `Two routes are called "${route.name}" (the other one: line ${other.place.line}).`,
        remedy: 'Rename one of them.',
        place: route.place,
      })
    }
    seen.set(route.name, route)
  }
  for (const price of config.prices) {
    const perTokens = price.input !== undefined && price.output !== undefined
    const perHour = price.usdPerHour !== undefined && price.tokensPerSecond !== undefined
    if (perTokens !== perHour) continue
    throw new UserError({
      what: `The price of "${price.id}" is ${perTokens ? 'given twice' : 'incomplete'}.`,
      expected: 'input and output, or usd_per_hour and tokens_per_second',
      remedy: perTokens ? 'Keep one of the two.' : 'Add what is missing.',
      place: price.place,
    })
  }
}
