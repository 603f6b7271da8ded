// An access token that is fetched once, shared by every call, and fetched again before it ends.

import type { Failure } from '../../domain.ts'

export type Token = { readonly value: string; readonly untilMs: number }
export type TokenRead = { readonly token: Token } | { readonly failure: Failure }
/** Null when the signal ended the wait. */
export type TokenSource = (nowMs: number, signal: AbortSignal) => Promise<TokenRead | null>

/** A call takes a minute: a token that ends sooner is no use. Of a short-lived token half its life. */
const MARGIN_MS = 300_000

/** `ask` is called once at a time, whatever the number of calls that wait; a failure is not kept. */
export function createTokenSource(ask: () => Promise<TokenRead>): TokenSource {
  let token: { readonly value: Token; readonly refreshMs: number } | null = null
  let open: Promise<TokenRead> | null = null
  const renew = async (nowMs: number): Promise<TokenRead> => {
    const read = await ask()
    if ('token' in read) {
      const life = read.token.untilMs - nowMs
      token = { value: read.token, refreshMs: read.token.untilMs - Math.min(MARGIN_MS, life / 2) }
    }
    return read
  }
  return async (nowMs, signal) => {
    if (token !== null && nowMs < token.refreshMs) return { token: token.value }
    open ??= renew(nowMs).finally(() => {
      open = null
    })
    return Promise.race([open, aborted(signal)])
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
