// What an operation of the fake is, and the failures it can answer with.

import type { Permission, Permissions } from './events.ts'
import type { GitHubState } from './github-state.ts'

export type Call = {
  readonly state: GitHubState
  readonly bare: string
  readonly path: { readonly [name: string]: string }
  readonly query: { readonly [name: string]: unknown }
  readonly body: { readonly [name: string]: unknown }
  readonly accept: string
  readonly apiVersion: string
}
export type Reply = {
  readonly status: number
  /** Completed by the schema unless it is a Buffer; undefined for 204. */
  readonly body?: unknown
  /** The whole list of a paged endpoint; the server cuts it and adds the Link header. */
  readonly list?: readonly unknown[]
  /** Key under which a paged list stands beside `total_count`. */
  readonly listKey?: string
}
/** Any one of these sets of permissions is enough. */
export type Need = readonly { readonly [name in keyof Permissions]?: Permission }[]
export type Operation = {
  readonly needs: Need | ((call: Call) => Need)
  readonly run: (call: Call) => Promise<Reply> | Reply
  /** Counts against the limit of content-creating requests. */
  readonly creates?: boolean
}
export type Operations = { readonly [operationId: string]: Operation }

export class Problem extends Error {
  readonly status: number
  readonly errors: readonly object[] | undefined
  constructor(status: number, message: string, errors?: readonly object[]) {
    super(message)
    this.status = status
    this.errors = errors
  }
}

export function notFound(): Problem {
  return new Problem(404, 'Not Found')
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : String(value ?? '')
}

export function numberOf(value: unknown): number {
  return Number(value)
}
