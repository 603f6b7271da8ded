// Finds the published operation behind a request and checks parameters, body and answer against it.

import { type Check, compileCheck, type JsonSchema, type OperationSchema, propertyNames, schemaFile } from './check.ts'

export type Route = {
  readonly operation: string
  readonly schema: OperationSchema
  readonly pattern: RegExp
  readonly names: readonly string[]
}
export type Matched = { readonly route: Route; readonly path: { readonly [name: string]: string } }

/** Parameters that may have slashes in them. */
const WIDE = new Set(['path', 'ref', 'basehead', 'branch'])
/** Understood by GitHub wherever lists are paged, though the description does not say so for each. */
const PAGING = new Set(['page', 'per_page'])

export const routes: readonly Route[] = Object.entries(schemaFile('github').operations)
  .map(([operation, schema]) => {
    const names = [...schema.path.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? '')
    const source = schema.path.replace(/\{(\w+)\}/g, (_, name: string) => (WIDE.has(name) ? '(.+)' : '([^/]+)'))
    return { operation, schema, names, pattern: new RegExp(`^${source}$`) }
  })
  // The most literal first: /commits/{ref}/status before /commits/{ref}.
  .sort((one, other) => literal(other) - literal(one))

function literal(route: { readonly schema: OperationSchema }): number {
  return route.schema.path.replace(/\{\w+\}/g, '').length
}

export function matchRoute(method: string, path: string): Matched | undefined {
  for (const route of routes) {
    const found = route.schema.method === method ? route.pattern.exec(path) : null
    if (!found) continue
    const values = route.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')])
    return { route, path: Object.fromEntries(values) }
  }
  return undefined
}

const checks = new Map<string, Check>()

function checkFor(key: string, schema: JsonSchema): Check {
  const known = checks.get(key) ?? compileCheck('github', schema)
  checks.set(key, known)
  return known
}

export type Checked = { readonly query: { readonly [name: string]: unknown }; readonly problems: readonly string[] }

/** Query and path against the description; integers and booleans are read from text. */
export function checkParameters({ route, path }: Matched, search: URLSearchParams): Checked {
  const problems: string[] = []
  const query: { [name: string]: unknown } = {}
  const known = new Map(route.schema.parameters.map((parameter) => [`${parameter.in} ${parameter.name}`, parameter]))
  for (const [name, raw] of search) {
    const parameter = known.get(`query ${name}`)
    if (!parameter) problems.push(`unknown query parameter ${name}`)
    else {
      query[name] = typed(parameter.schema, raw)
      const wrong = checkFor(`${route.operation} ${name}`, parameter.schema)(query[name])
      problems.push(...wrong.map((problem) => `${name}=${raw}: ${problem}`))
    }
    if (PAGING.has(name) && !/^[1-9]\d*$/.test(raw)) problems.push(`${name}=${raw} is no page number`)
  }
  for (const [name, raw] of Object.entries(path)) {
    const schema = known.get(`path ${name}`)?.schema
    if (schema?.type === 'integer' && !/^\d+$/.test(raw)) problems.push(`${name} ${raw} is not an integer`)
  }
  for (const parameter of route.schema.parameters) {
    if (parameter.required && parameter.in === 'query' && !search.has(parameter.name))
      problems.push(`${parameter.name} is missing`)
  }
  return { query, problems }
}

function typed(schema: JsonSchema, raw: string): unknown {
  const types = [schema.type].flat()
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+$/.test(raw)) return Number(raw)
  if (types.includes('boolean') && /^(true|false)$/.test(raw)) return raw === 'true'
  return raw
}

/** A request body; keys that the description does not have are problems, though GitHub often ignores them. */
export function checkRequestBody({ route }: Matched, body: unknown): readonly string[] {
  const { operation, schema } = route
  const isEmpty = body === undefined || (typeof body === 'object' && body !== null && Object.keys(body).length === 0)
  if (!schema.body) return isEmpty ? [] : [`${operation} takes no body`]
  if (body === undefined) return schema.bodyRequired ? ['the body is missing'] : []
  const known = propertyNames('github', schema.body)
  const unknown = Object.keys(body as object).filter((name) => !known.has(name))
  const stray = unknown.map((name) => `"${name}" is not a permitted key.`)
  return [...stray, ...checkFor(`${operation} body`, schema.body)(body)]
}

/** Schema of an answer; null for one without a body, undefined when the operation has no such status. */
export function answerSchema(route: Route, status: number): JsonSchema | null | undefined {
  return route.schema.responses[status]
}

export function checkAnswer(route: Route, status: number, body: unknown): readonly string[] {
  const schema = answerSchema(route, status)
  if (!schema) return []
  return checkFor(`${route.operation} ${status}`, schema)(body).slice(0, 5)
}
