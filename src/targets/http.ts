// One attempt at an application behind a URL. The request comes rendered: {method, url, headers, body?, output}.

import type { Failure, Json, Outcome, Request } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { HttpResponse } from '../ports.ts'
import type { Attempt, AttemptContext } from './call.ts'
import { classifyError } from './classify.ts'
import { readJsonPath } from './json-path.ts'
import { exchange, type Transport } from './model.ts'
import { at, isObject, parseJson, textAt } from './outside.ts'
import { behavioural, failed } from './shape.ts'

export async function callHttp(
  request: Request,
  how: Transport & { readonly context: AttemptContext },
): Promise<Attempt> {
  const wire = request.application
  const url = textAt(wire, 'url') ?? ''
  const method = (textAt(wire, 'method') ?? 'POST').toUpperCase()
  if (method !== 'GET' && method !== 'POST') throw badRequest(`the method ${method}`, 'GET or POST')
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw badRequest('an address that is no URL', 'an http or https URL')
  const body = at(wire, 'body')
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...headersOf(at(wire, 'headers')),
  }
  const sent = { method, url, headers, ...(body === undefined ? {} : { body: bodyText(body) }) } as const
  const output = textAt(wire, 'output') ?? '$'
  return exchange(sent, (response) => decodeHttp(response, output, new URL(url).host), how)
}

function headersOf(value: Json | undefined): Record<string, string> {
  const entries = Object.entries(isObject(value) ? value : {})
  return Object.fromEntries(entries.map(([name, text]) => [name.toLowerCase(), bodyText(text)]))
}

/** A text body goes out as it is, anything else as JSON. */
function bodyText(body: Json): string {
  return typeof body === 'string' ? body : JSON.stringify(body)
}

/** The answer at the path; `$` on a body that is not JSON is the body itself. */
export function decodeHttp(response: HttpResponse, output: string, host: string): Outcome {
  if (response.status < 200 || response.status > 299) return failed(applicationFailure(response, host))
  const body = parseJson(response.body)
  if (body === undefined && output === '$') return answer(response.body)
  if (body === undefined) return behavioural('application-garbage', `${host} answered something that is not JSON`)
  const found = readJsonPath(body, output)
  if (found === undefined || found === null)
    return behavioural('application-garbage', `the answer of ${host} has nothing at ${output}`)
  return answer(bodyText(found))
}

function answer(text: string): Outcome {
  return { state: 'answered', answer: { text, latencyMs: null } }
}

/** Nobody is let in, or too many ask: the only statuses below 500 that say nothing of what an application makes of a case. */
const OF_THE_WORLD: ReadonlySet<number> = new Set([401, 407, 408, 425, 429])

/** The words for model endpoints do not fit: any other 4xx of an application is its own error, whatever codes its body repeats. */
function applicationFailure(response: HttpResponse, host: string): Failure {
  const failure = classifyError(response, host)
  const isOwn = response.status >= 400 && response.status < 500 && !OF_THE_WORLD.has(response.status)
  return isOwn ? { ...failure, kind: 'behavioural', cause: 'application-error' } : failure
}

function badRequest(what: string, expected: string): UserError {
  return new UserError({
    what: `The http target uses ${what}.`,
    expected,
    remedy: 'Correct target.http in the eval set.',
  })
}
