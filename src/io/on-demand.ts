// What most runs never use, made when it is first asked for: some of Node's own modules behind it take long to load.

import type { Environment, HistoryStore, Http, HttpOpen, Loopback, Sandbox } from '../ports.ts'
import { loopbackToken } from './loopback-token.ts'
import type { DisposableWorkTrees, WorkTreesOf } from './work-trees.ts'

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

export function historyOnDemand(make: () => Promise<HistoryStore>): HistoryStore {
  const { get } = onDemand(make)
  return {
    read: async () => (await get()).read(),
    append: async (records, files) => (await get()).append(records, files),
  }
}

/** An application runs in its own folder of the side's tree. */
export function workTreesOnDemand(of: WorkTreesOf, directory: string): DisposableWorkTrees {
  const { get, ifMade } = onDemand(async () => (await import('./work-trees.ts')).createWorkTrees(of, directory))
  return {
    directory: async (side) => (await get()).directory(side),
    copy: async (from, to, folder) => (await get()).copy(from, to, folder),
    dispose: async () => (await ifMade())?.dispose(),
  }
}
