// What a provider's batch endpoint is to the engine: many requests handed over at once, answered within a day at half the price.
// Each answer comes back as if it had been a response of its own, so that the shape of the provider decodes it.

import type { Json, JsonObject } from '../../domain.ts'
import { HttpFailure, type HttpRequest, type HttpResponse } from '../../ports.ts'
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

/** An order whose fate nobody knows: it may stand, and be billed. */
export type Unheard = { readonly state: 'unheard'; readonly why: string }

export type Submitted = { readonly state: 'submitted'; readonly id: string }

export type Ordering = {
  readonly send: Send
  /** Before the order goes out: a process that is killed meanwhile leaves word of it. */
  intend(): Promise<void>
}

export type BatchWire = {
  /** Of one batch. */
  readonly most: { readonly requests: number; readonly bytes: number }
  submit(lines: readonly BatchLine[], origin: Origin, ordering: Ordering): Promise<Submitted | Refused | Unheard>
  /** @param ids of the lines, in the order in which they were handed over */
  poll(
    batch: { readonly id: string; readonly ids: readonly string[] },
    origin: Origin,
    send: Send,
  ): Promise<BatchState | Refused>
}

export const isFine = ({ status }: HttpResponse) => status >= 200 && status < 300

/** Of faults of the line: the order had been sent. */
const WAS_SENT: ReadonlySet<HttpFailure['kind']> = new Set(['reset', 'timeout', 'truncated'])

/** The order itself, behind all that goes before it and costs nothing. */
export async function order(
  { send, intend }: Ordering,
  request: Parameters<Send>[0],
  idIn: (response: HttpResponse) => string | undefined,
): Promise<Submitted | Refused | Unheard> {
  await intend()
  const response = await send(request).catch((error: unknown): Unheard => {
    if (error instanceof HttpFailure && WAS_SENT.has(error.kind)) return unheard(error.message)
    throw error
  })
  if ('state' in response) return response
  // What is not implemented is not made, either.
  if (response.status >= 500 && response.status !== 501) return unheard(`the answer was ${response.status}`)
  if (!isFine(response)) return { state: 'refused', response }
  const id = idIn(response)
  return id === undefined ? unheard('the answer has no id') : { state: 'submitted', id }
}

const unheard = (why: string): Unheard => ({ state: 'unheard', why })

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
