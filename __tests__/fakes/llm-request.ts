// What is wrong with a request, in the order in which a provider would look: key, other headers, JSON, schema, model.

import type { IncomingHttpHeaders } from 'node:http'
import { type Check, definitionCheck, propertyNames, schemaFile } from './check.ts'
import { type Body, tokensOf } from './llm-answers.ts'
import type { FakeClouds, IssuedTokens } from './llm-clouds.ts'
import type { ErrorFacts, ErrorKind, Shape } from './llm-shape.ts'
import type { Route } from './llm-shapes.ts'

export type Refusal = Partial<ErrorFacts> & { readonly kind: ErrorKind }
export type Read = ReturnType<Shape['read']> & { readonly prompt: string }
export type Examined = {
  readonly violations: readonly string[]
  readonly refusal?: Refusal
  readonly body?: Body
  readonly read?: Read
}
export type Strictness = {
  readonly apiKeys?: readonly string[]
  readonly knownModels?: readonly string[]
  readonly validate?: 'every' | 'shapes'
  readonly clouds?: FakeClouds
}

export type Received = {
  readonly method: string
  /** As sent, with its query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly rawBody: string
  readonly route: Route
  readonly tokens: IssuedTokens
}

/** `forms` remembers the forms of bodies already found good (`validate: shapes`). */
export function examine(received: Received, rules: Strictness, forms: Set<string>): Examined {
  const { headers, rawBody, route } = received
  const { shape } = route
  const [path = '/', query = ''] = received.url.split('?')
  const signed = { method: received.method, path, rawBody, aws: rules.clouds?.aws }
  const { key, problem, violation } = shape.key(headers, signed)
  if (violation !== undefined) return { violations: [violation], refusal: { kind: 'wrong-key' } }
  if (key === undefined) return { violations: ['no API key header'], refusal: { kind: 'missing-key' } }
  const stranger = route.issuer && rules.clouds?.[route.issuer] && headers.authorization !== undefined
  if (stranger && received.tokens.get(key) !== route.issuer)
    return { violations: [`a token that ${route.issuer} did not issue`], refusal: { kind: 'wrong-key' } }
  const version = wrongVersion(route, query)
  if (version !== null) return { violations: [version], refusal: { kind: 'invalid', message: version } }
  if (rules.apiKeys && !rules.apiKeys.includes(key)) return { violations: [], refusal: { kind: 'wrong-key' } }
  if (problem) return { violations: [`${problem} in the headers`], refusal: { kind: problem } }
  const type = headers['content-type'] ?? ''
  const violations = /^application\/json\b/.test(type) ? [] : ['content-type is not application/json']
  const body = parseBody(rawBody)
  if (!body) return { violations: [...violations, 'the body is not a JSON object'], refusal: { kind: 'bad-json' } }
  const wrong = wrongBody(route, body, rules.validate === 'shapes' ? forms : undefined)
  if (wrong) return { violations: [...violations, wrong.what], refusal: wrong.refusal, body }
  const raw = shape.read(body, route.pathModel)
  const read = { ...raw, prompt: raw.messages.map((message) => message.content).join('\n') }
  if (rules.knownModels && !rules.knownModels.includes(read.model)) {
    return {
      violations,
      refusal: { kind: 'unknown-model', model: read.model, tokens: tokensOf(read.prompt) },
      body,
      read,
    }
  }
  return { violations, body, read }
}

/** Azure's older paths demand a dated version, its v1 path knows only `preview`. */
function wrongVersion({ apiVersion }: Route, query: string): string | null {
  const said = new URLSearchParams(query).get('api-version')
  if (apiVersion === 'dated')
    return said !== null && /^\d{4}-\d\d-\d\d(-preview)?$/.test(said) ? null : 'no dated api-version'
  return apiVersion === 'v1' && said !== null && said !== 'preview' ? `api-version ${said} on the v1 path` : null
}

function parseBody(raw: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(raw)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Body) : undefined
  } catch {
    return undefined
  }
}

type Rules = { readonly check: Check; readonly names: ReadonlySet<string> }
const rulesByApi = new Map<string, Rules>()

function rulesOf(shape: Shape): Rules {
  const known = rulesByApi.get(shape.api)
  if (known) return known
  const { file, request } = shape.schema
  const definition = schemaFile(file).definitions[request]
  if (!definition) throw new Error(`${file}.json has no ${request}`)
  const rules = { check: definitionCheck(file, request), names: propertyNames(file, definition) }
  rulesByApi.set(shape.api, rules)
  return rules
}

function wrongBody(
  route: Route,
  body: Body,
  forms: Set<string> | undefined,
): { readonly what: string; readonly refusal: Refusal } | undefined {
  const { shape, pathModel } = route
  const form = forms ? `${shape.api} ${pathModel === undefined} ${formOf(body)}` : ''
  if (forms?.has(form)) return undefined
  const rules = rulesOf(shape)
  const published = shape.asPublished?.(body, pathModel) ?? body
  if (typeof published === 'string') return { what: published, refusal: { kind: 'invalid', message: published } }
  const unknown = Object.keys(published).find((name) => !rules.names.has(name))
  if (unknown !== undefined) {
    return { what: `unknown parameter ${unknown}`, refusal: { kind: 'unknown-parameter', parameter: unknown } }
  }
  if (body.stream === true && !shape.stream) {
    return { what: 'this fake does not stream here', refusal: { kind: 'invalid', message: 'stream is not supported' } }
  }
  // In Azure's path the deployment is the model.
  const problems = rules.check(
    shape.asPublished
      ? published
      : pathModel !== undefined && shape.api === 'chat'
        ? { model: pathModel, ...body }
        : body,
  )
  const message = problems.length > 0 ? problems.join('; ') : (shape.rule?.(body, pathModel) ?? '')
  if (message !== '') return { what: message, refusal: { kind: 'invalid', message } }
  forms?.add(form)
  return undefined
}

/** Keys and types without values, but with roles and type tags. */
function formOf(value: unknown, name = ''): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map((item) => formOf(item)))].join()}]`
  if (value === null) return 'null'
  if (typeof value === 'object') {
    const parts = Object.entries(value).map(([key, inner]) => `${key}:${formOf(inner, key)}`)
    return `{${parts.join()}}`
  }
  return name === 'role' || name === 'type' ? String(value) : typeof value
}
