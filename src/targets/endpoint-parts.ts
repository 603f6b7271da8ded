// What addresses and keys in the environment are made of.

import type { Environment } from '../ports.ts'
import type { Endpoint } from './shape.ts'

/** The value of a variable without the white space around it; undefined when that leaves nothing. */
export function setting(environment: Environment, ...names: readonly string[]): string | undefined {
  return names.map((name) => environment(name)?.trim()).find((value) => value !== undefined && value !== '')
}

export function firstKey(names: readonly string[], environment: Environment): Endpoint['key'] {
  for (const name of names) {
    const value = setting(environment, name)
    if (value !== undefined) return { name, value }
  }
  return null
}

export function fitsHeader(value: string): boolean {
  return /^[\x21-\x7e]+$/.test(value)
}

/** The URL without a trailing slash; null when it is no http(s) URL, or carries credentials, a query or a fragment. */
export function readBase(url: string, local = false): string | null {
  if (!URL.canParse(url)) return null
  const parsed = new URL(url)
  if (!/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password || parsed.search || parsed.hash)
    return null
  const path = parsed.pathname.replace(/\/+$/, '')
  return `${parsed.origin}${path === '' && local ? '/v1' : path}`
}

export function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : ''
}

/** https, or this machine: what a credential may be sent to. */
export function isSafeUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname))
}

export function own<T>(table: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
