// The same exchange as http.ts, for answers that are to be passed on while they arrive.

import type { IncomingMessage } from 'node:http'
import { HttpFailure, type OpenRequest, type OpenResponse } from '../ports.ts'
import { bodyOf, headersOf } from './http-body.ts'
import { type Route, reasonOf, sendGuarded } from './http-send.ts'

/** Resolves with the head of the answer. Deadline and abort reach into the body: its chunks then throw. */
export function openExchange(request: OpenRequest, route: Route): Promise<OpenResponse> {
  const { url } = route
  return new Promise((resolve, reject) => {
    let failure: HttpFailure | null = null
    const failed = (why: HttpFailure) => {
      failure = why
      reject(why)
    }
    const answered = (response: IncomingMessage, { over }: { over(): void }) => {
      // Whoever stops reading leaves it broken; that is no crash.
      response.on('error', () => undefined)
      const chunks = chunksOf(response, { over, failure: () => failure, host: url.host })
      resolve({ status: response.statusCode ?? 0, headers: headersOf(response), chunks })
    }
    sendGuarded(request, route, { answered, failed })
  })
}

type Reading = { readonly over: () => void; readonly failure: () => HttpFailure | null; readonly host: string }

async function* chunksOf(response: IncomingMessage, { over, failure, host }: Reading): AsyncIterable<Uint8Array> {
  const cut = (why: string) => failure() ?? new HttpFailure('truncated', `the answer of ${host} ended early: ${why}`)
  try {
    for await (const chunk of await bodyOf(response)) yield chunk as Uint8Array
  } catch (error) {
    throw cut(error instanceof Error ? reasonOf(error) : 'cut off')
  } finally {
    over()
  }
  if (!response.complete) throw cut('cut off')
}
