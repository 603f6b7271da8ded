// Owners by CODEOWNERS, GitHub's rules: the last matching pattern wins, a pattern without owners means nobody.

import type { Tree } from '../ports.ts'
import { globMatcher } from './globs.ts'

export type OwnerOf = (path: string) => string | undefined

const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']

/** Reads the first CODEOWNERS of the places GitHub looks at; without one nobody owns anything. */
export async function readCodeowners(tree: Tree): Promise<OwnerOf> {
  for (const path of PLACES) {
    // A link or a submodule in its place names nobody, on GitHub as here; it is no reason to stop.
    const text = await tree.read(path).catch(() => null)
    if (text !== null) return codeowners(text)
  }
  return () => undefined
}

/** Owners of a path as one text (`@a @b`), or undefined. Lines that cannot be a pattern are left out, as GitHub does. */
export function codeowners(text: string): OwnerOf {
  const rules = text.split(/\r?\n/).slice(0, 20_000).flatMap(ruleOf).reverse()
  return (path) => rules.find((rule) => rule.matches(path))?.owners
}

type Rule = { readonly matches: (path: string) => boolean; readonly owners: string | undefined }

function ruleOf(line: string): Rule[] {
  const [pattern, ...owners] = line
    .replace(/(^|\s)#.*$/, '')
    .trim()
    .split(/(?<!\\)\s+/)
  if (!pattern || pattern.startsWith('!') || pattern.includes('[')) return []
  const names = owners.filter((owner) => owner.includes('@'))
  try {
    return [{ matches: globMatcher(globsOf(pattern)), owners: names.length > 0 ? names.join(' ') : undefined }]
  } catch {
    return []
  }
}

/** gitignore-like: a pattern without an inner slash matches at any depth, a folder owns all below it. */
function globsOf(pattern: string): string[] {
  const folder = pattern.endsWith('/')
  const body = pattern.replace(/^\//, '').replace(/\/$/, '').replaceAll('\\ ', ' ')
  const anchored = pattern.startsWith('/') || body.includes('/')
  const base = anchored ? body : `**/${body}`
  if (folder) return [`${base}/**`]
  return body.endsWith('*') && anchored ? [base] : [base, `${base}/**`]
}
