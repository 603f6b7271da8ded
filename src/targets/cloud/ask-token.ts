// One request to a token service, and what its refusal means: a wrong credential is nothing that the prompt has done.

import type { Failure, Json } from '../../domain.ts'
import { type Clock, type Http, HttpFailure } from '../../ports.ts'
import { oneLine, readProviderError } from '../classify.ts'
import { at, parseJson, textAt } from '../outside.ts'
import type { Token, TokenRead } from './token-source.ts'

export type TokenWorld = {
  readonly http: Http
  readonly clock: Clock
  readonly credentialFile: (path: string) => string | null
  /** Told every secret that comes up, so that it is redacted wherever it shows itself. */
  readonly noteSecret: (value: string) => void
}

export type TokenRequest = {
  /** Whose service it is, for messages. */
  readonly who: string
  readonly method?: 'GET' | 'POST'
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  /** Sent as a form. */
  readonly form?: { readonly [name: string]: string }
  readonly json?: Json
  /** The answer is a text and no JSON. */
  readonly plain?: boolean
}

const TIMEOUT_MS = 30_000
const HOUR_S = 3600

/** The JSON that the service answers. */
export async function askTokenService(
  asked: TokenRequest,
  { http }: TokenWorld,
): Promise<{ readonly body: Json } | { readonly failure: Failure }> {
  const { who, url, headers, form, json } = asked
  const body =
    form !== undefined ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json)
  const type = form !== undefined ? 'application/x-www-form-urlencoded' : 'application/json'
  try {
    const response = await http({
      method: asked.method ?? 'POST',
      url,
      headers: { ...(body === undefined ? {} : { 'content-type': type }), ...headers },
      ...(body === undefined ? {} : { body }),
      timeoutMs: TIMEOUT_MS,
    })
    const answer = asked.plain ? response.body.trim() : parseJson(response.body)
    if (response.status === 200 && answer !== undefined) return { body: answer }
    const isBusy = response.status >= 500 || response.status === 429 || response.status === 408
    const why = textAt(answer, 'error_description') ?? readProviderError(response.body).message
    return refused(
      isBusy ? 'server' : 'authentication',
      `${who} gave no token (status ${response.status}): ${oneLine(why)}`,
    )
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error
    return refused(error.kind === 'timeout' ? 'timeout' : 'connection', `${who} gave no token: ${error.message}`)
  }
}

export function refused(cause: Failure['cause'], message: string): { readonly failure: Failure } {
  return { failure: { kind: 'transient', cause, message } }
}

/** A token out of an OAuth answer. `expires_in` may be missing or a text; then an hour, which is the usual life; a day at most. */
export function readOAuthToken(body: Json, world: TokenWorld, who: string): TokenRead {
  const value = textAt(body, 'access_token') ?? ''
  if (!/^[\x21-\x7e]+$/.test(value)) return refused('authentication', `${who} answered without a token`)
  const said = Number(at(body, 'expires_in') ?? HOUR_S)
  const seconds = said > 0 ? Math.min(said, 24 * HOUR_S) : HOUR_S
  return { token: keep(value, world.clock.now() + seconds * 1000, world) }
}

export function keep(value: string, untilMs: number, { noteSecret }: TokenWorld): Token {
  noteSecret(value)
  return { value, untilMs }
}
