// What a provider's batch endpoint is to the engine: many requests handed over at once, answered within a day at half the price.
// Each answer comes back as if it had been a response of its own, so that the shape of the provider decodes it.

import type { Json, JsonObject } from '../../domain.ts'
import type { HttpRequest, HttpResponse } from '../../ports.ts'
import type { Encoded } from '../shape.ts'

/** A request of a batch; the id is ours, 64 hex digits. All requests of a batch go to one URL with the same headers. */
export type BatchLine = { readonly id: string; readonly body: JsonObject }

/** Where an ordinary call of the batch would go, and with which headers. */
export type Origin = Pick<Encoded, 'url' | 'headers'>

/** `gone`: nothing of it was answered, and nothing will be. */
export type BatchState =
  | { readonly state: 'running' }
  | { readonly state: 'ended'; readonly responses: ReadonlyMap<string, HttpResponse> }
  | { readonly state: 'gone'; readonly why: string }

/** What the provider refused, as it said it. */
export type Refused = { readonly state: 'refused'; readonly response: HttpResponse }

export type Send = (
  request: Pick<HttpRequest, 'method' | 'url' | 'headers'> & { body?: string },
) => Promise<HttpResponse>

export type BatchWire = {
  /** Of one batch. */
  readonly most: { readonly requests: number; readonly bytes: number }
  submit(
    lines: readonly BatchLine[],
    origin: Origin,
    send: Send,
  ): Promise<{ readonly state: 'submitted'; readonly id: string } | Refused>
  /** @param ids of the lines, in the order in which they were handed over */
  poll(
    batch: { readonly id: string; readonly ids: readonly string[] },
    origin: Origin,
    send: Send,
  ): Promise<BatchState | Refused>
}

export const isFine = ({ status }: HttpResponse) => status >= 200 && status < 300

/** A part of a result as a response of its own. */
export function responseOf(
  status: number,
  body: Json | undefined,
  headers: HttpResponse['headers'] = {},
): HttpResponse {
  return { status, headers, body: JSON.stringify(body ?? null) }
}

/** An answer that the provider did not get to in time: no doing of the request. */
export function unanswered(why: string): HttpResponse {
  return responseOf(503, { error: { type: 'server_error', message: why } })
}

export const json = (headers: Origin['headers']) => ({ 'content-type': 'application/json', ...headers })
