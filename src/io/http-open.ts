// The same exchange as http.ts, for answers that are to be passed on while they arrive.

import type { IncomingMessage } from 'node:http'
import { HttpFailure, type HttpRequest, type OpenResponse } from '../ports.ts'
import { type AnyAgent, flatHeaders, reasonOf, trySend } from './http.ts'

/** Resolves with the head of the answer. Deadline and abort reach into the body: its chunks then throw. */
export function openExchange(request: HttpRequest, url: URL, agent: AnyAgent): Promise<OpenResponse> {
  return new Promise((resolve, reject) => {
    const { host } = url
    const { signal } = request
    if (signal?.aborted) return reject(new HttpFailure('cancelled', `the call to ${host} was cancelled`))
    const sent = trySend(request, url, agent)
    if (sent instanceof HttpFailure) return reject(sent)
    let failure: HttpFailure | null = null
    const over = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', cancel)
    }
    const fail = (kind: HttpFailure['kind'], message: string) => {
      failure ??= new HttpFailure(kind, message)
      over()
      reject(failure)
      sent.destroy()
    }
    const cancel = () => fail('cancelled', `the call to ${host} was cancelled`)
    const late = () => fail('timeout', `${host} did not answer within ${request.timeoutMs / 1000} s`)
    const timer = setTimeout(late, request.timeoutMs)
    signal?.addEventListener('abort', cancel, { once: true })
    sent.on('error', (error) => fail('connection', `no connection to ${host}: ${reasonOf(error)}`))
    sent.on('response', (response) => {
      // Whoever stops reading leaves it broken; that is no crash.
      response.on('error', () => undefined)
      const chunks = chunksOf(response, { over, failure: () => failure, host })
      resolve({ status: response.statusCode ?? 0, headers: flatHeaders(response), chunks })
    })
  })
}

type Reading = { readonly over: () => void; readonly failure: () => HttpFailure | null; readonly host: string }

async function* chunksOf(response: IncomingMessage, { over, failure, host }: Reading): AsyncIterable<Uint8Array> {
  const cut = (why: string) => failure() ?? new HttpFailure('truncated', `the answer of ${host} ended early: ${why}`)
  try {
    for await (const chunk of response) yield chunk as Uint8Array
  } catch (error) {
    throw cut(error instanceof Error ? reasonOf(error) : 'cut off')
  } finally {
    over()
  }
  if (!response.complete) throw cut('cut off')
}
