// What a run without a call never uses, loaded when it is first asked for: Node's own modules behind it take as long to start
// as a small run.

import type { Environment, Http, HttpOpen, Loopback, Sandbox } from '../ports.ts'
import { loopbackToken } from './loopback-token.ts'

/** Remembers what was made, and whether anything was. */
function onDemand<T>(make: () => Promise<T>) {
  let made: Promise<T> | undefined
  const get = () => {
    made ??= make()
    return made
  }
  return { get, ifMade: () => made }
}

export function httpOnDemand(environment: Environment): { http: Http; open: HttpOpen; close(): Promise<void> } {
  const { get, ifMade } = onDemand(async () => (await import('./http.ts')).createHttp({ environment }))
  return {
    http: async (request) => (await get())(request),
    open: async (request) => (await get()).open(request),
    close: async () => (await ifMade())?.close(),
  }
}

export const loopbackOnDemand: Loopback = {
  token: loopbackToken,
  listen: async (handle) => (await import('./loopback.ts')).systemLoopback.listen(handle),
}

export function sandboxOnDemand(): { run: Sandbox; close(): Promise<void> } {
  const { get, ifMade } = onDemand(async () => (await import('./sandbox-pool.ts')).createSandboxPool())
  return {
    run: async (body, data) => (await get()).run(body, data),
    close: async () => (await ifMade())?.close(),
  }
}
