// Files with credentials that the environment names: small ones, read whole, and never part of an error.

import { readFileSync, statSync } from 'node:fs'

const MAX_BYTES = 1024 * 1024

export function readCredentialFile(path: string): string | null {
  try {
    const { size } = statSync(path)
    return size > MAX_BYTES ? null : readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
