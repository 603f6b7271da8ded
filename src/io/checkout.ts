// Where the checkout begins that the program was started in.

import { realpathSync } from 'node:fs'
import { readAhead } from './git-blobs.ts'
import { runGit } from './git-process.ts'
import { plainCheckout } from './plain-checkout.ts'

type Lookup = { readonly from: string; readonly root: Promise<string | null> }

let ahead: Lookup | null = null

/** Starts git while the rest of the program is loaded; the next who wants to know gets the answer. */
export function lookAhead(from: string): void {
  const plain = plainCheckout(from)
  if (plain !== null) readAhead(plain)
  const root = lookUp(from, plain)
  root.catch(() => undefined)
  ahead = { from, root }
}

/** Null outside of a git checkout. */
export function checkoutRoot(from: string): Promise<string | null> {
  const known = ahead?.from === from ? ahead.root : null
  ahead = null
  return known ?? lookUp(from)
}

/** Top of the checkout, so that paths mean the same wherever in it the program was started. */
export async function repositoryRoot(from: string): Promise<string> {
  return (await checkoutRoot(from)) ?? realpathSync(from)
}

async function lookUp(from: string, plain = plainCheckout(from)): Promise<string | null> {
  if (plain !== null) return plain
  const root = realpathSync(from)
  const found = await runGit({ root, args: ['rev-parse', '--show-toplevel'], options: { root } })
  return found.code === 0 ? found.stdout.replace(/\n$/, '') : null
}
