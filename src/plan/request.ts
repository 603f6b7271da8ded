// Render first: what a side would send for a case, built for both sides before any call.

import { isObject } from '../config/cases.ts'
import { VARIABLE } from '../config/variables.ts'
import type { Case, Failure, Json, Message, Request, SideLabel, Target } from '../domain.ts'
import { endpointOf } from '../targets/endpoint-of.ts'
import { requestHash } from '../targets/request.ts'
import { renderMessages, renderTemplate } from '../template/index.ts'
import type { SideEnvironment } from './side-environment.ts'

export type Prepared =
  | { readonly state: 'ready'; readonly request: Request }
  | { readonly state: 'failed'; readonly failure: Failure }

export type RequestContext = {
  readonly side: SideLabel
  /** Identity of the side's files: what an application is, since its requests cannot be seen beforehand. */
  readonly contentId: string
  readonly environment: SideEnvironment
}

export function prepareRequest(target: Target, kase: Case, context: RequestContext): Prepared {
  try {
    return { state: 'ready', request: build(target, kase, context) }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return { state: 'failed', failure: { kind: 'behavioural', cause: 'template', message: error.message } }
  }
}

function build(target: Target, kase: Case, context: RequestContext): Request {
  switch (target.kind) {
    case 'prompt':
      return promptRequest(target, kase, context)
    case 'command': {
      const { contentId } = context
      const input = {
        id: kase.id,
        vars: kase.vars,
        ...(kase.messages ? { messages: kase.messages } : {}),
      } as unknown as Json
      return application('command', { command: [...target.command], contentId, input }, target.model)
    }
    case 'http':
      return application('http', httpInput(target, kase, context), target.model)
  }
}

type PromptTarget = Extract<Target, { kind: 'prompt' }>

function promptRequest(target: PromptTarget, kase: Case, context: RequestContext): Request {
  const rendered = renderMessages(target.prompt, scope(kase), context.environment.templates)
  const slash = target.model.indexOf('/')
  const provider = slash < 0 ? target.model : target.model.slice(0, slash)
  const kind = target.replay !== undefined ? 'replay' : target.model === 'echo' ? 'echo' : 'model'
  const model = slash < 0 ? null : target.model.slice(slash + 1)
  return withHash({
    kind,
    provider,
    model,
    endpoint: endpointOf(provider, model, target.api),
    messages: withHistory(rendered.messages, kase),
    parameters: target.parameters,
    ...(target.tools === undefined ? {} : { tools: target.tools }),
    ...(target.responseFormat === undefined ? {} : { responseFormat: target.responseFormat }),
  })
}

/** What templates can see: the case's variables, and beside them what the case carries under well-known names. */
export function scope(kase: Case): { readonly [name: string]: Json } {
  const extras: Record<string, Json> = {}
  if (kase.context !== undefined) extras.context = [...kase.context]
  return { ...extras, ...kase.vars }
}

/** A case's history stands after the system messages and before the prompt's own turn. */
function withHistory(messages: readonly Message[], kase: Case): readonly Message[] {
  if (kase.messages === undefined || kase.messages.length === 0) return messages
  const firstTurn = messages.findIndex((message) => message.role !== 'system')
  if (firstTurn < 0) return [...messages, ...kase.messages]
  return [...messages.slice(0, firstTurn), ...kase.messages, ...messages.slice(firstTurn)]
}

function httpInput(target: Extract<Target, { kind: 'http' }>, kase: Case, context: RequestContext): Json {
  const fill = (text: string) =>
    renderTemplate({
      engine: 'nunjucks',
      text,
      path: kase.place.path,
      line: 1,
      vars: scope(kase),
      partials: {},
      env: context.environment.templates,
    }).text
  const base = expandEnvironment(context.side === 'base' ? target.base : target.head, context.environment)
  const headers = Object.fromEntries(
    Object.entries(target.headers).map(([name, value]) => [name, expandEnvironment(value, context.environment)]),
  )
  return {
    method: target.method,
    url: `${withoutSlash(base)}${rooted(fill(target.path))}`,
    headers,
    output: target.output,
    ...(target.body === undefined ? {} : { body: mapStrings(target.body, fill) }),
  }
}

/**
 * An http request as it is written: its address and headers with the names of the environment in place of their values. Where an
 * application runs today, and by which token it is asked, is no part of what it is asked.
 */
export function asWritten(request: Request, target: Target, environment: SideEnvironment): Request {
  if (target.kind !== 'http' || !isObject(request.application)) return request
  if (![target.head, ...Object.values(target.headers)].some((text) => text.includes('${'))) return request
  const { url } = request.application
  const resolved = withoutSlash(expandEnvironment(target.head, environment))
  const path = typeof url === 'string' ? url.slice(resolved.length) : ''
  const application = { ...request.application, url: `${withoutSlash(target.head)}${path}`, headers: target.headers }
  return { ...withHash({ ...request, application }), segments: request.segments }
}

const withoutSlash = (base: string) => base.replace(/\/$/, '')

/** Without a slash between them a path would become a part of the host. */
const rooted = (path: string) => (path === '' || /^[/?]/.test(path) ? path : `/${path}`)

/** A name without a value ends a run before its first call; where nothing is called, it is what its requests lack. */
function expandEnvironment(text: string, { addresses, unset }: SideEnvironment): string {
  return text.replace(VARIABLE, (_all, name: string) => {
    const value = addresses[name]
    if (value === undefined) throw new Error(`the environment variable ${name} ${unset[name]?.why ?? 'is not set'}`)
    return value
  })
}

function mapStrings(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((item: Json) => mapStrings(item, map))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]))
}

function application(kind: 'command' | 'http', input: Json, model: string | undefined): Request {
  return withHash({
    kind,
    provider: kind,
    model: model ?? null,
    endpoint: 'application',
    messages: [],
    parameters: {},
    application: input,
  })
}

function withHash(request: Omit<Request, 'hash' | 'segments'>): Request {
  return { ...request, hash: requestHash(request), segments: [] }
}
