// Globs over the list of a tree. Patterns come from the repository, so their cost is bounded before they are compiled.

import picomatch from 'picomatch'
import type { Place } from '../domain.ts'
import { UserError } from '../errors.ts'

const MAX_ALTERNATIVES = 64
const MAX_STARS_PER_SEGMENT = 3
const MAX_GLOBSTARS = 4

/** Tests a path against globs; patterns that start with `!` exclude. Throws a UserError for patterns that are too costly. */
export function globMatcher(patterns: readonly string[], from?: Place): (path: string) => boolean {
  return matcherOf(patterns, from, {})
}

/** The same for names, in which a slash is a character as any other: variants of promptfoo have the path of their prompt. */
export function nameMatcher(patterns: readonly string[], from?: Place): (name: string) => boolean {
  return matcherOf(patterns, from, { bash: true })
}

function matcherOf(patterns: readonly string[], from: Place | undefined, more: { readonly bash?: true }) {
  for (const pattern of patterns) refuseBomb(pattern, from)
  const options = { dot: true, noextglob: true, ...more }
  const compile = (wanted: boolean) =>
    patterns
      .filter((pattern) => pattern.startsWith('!') !== wanted)
      .map((pattern) => picomatch(pattern.replace(/^!?(\.\/)*/, ''), options))
  const included = compile(true)
  const excluded = compile(false)
  return (path: string) => included.some((match) => match(path)) && !excluded.some((match) => match(path))
}

/** Whether a reference is a pattern and not a plain path. */
export function isGlob(reference: string): boolean {
  return /[*?[\]{}]/.test(reference)
}

function refuseBomb(pattern: string, from: Place | undefined): void {
  const body = pattern.replace(/^!/, '').replaceAll('\\', '/')
  const climbs = body.startsWith('/') || body.split('/').includes('..') || /^[A-Za-z]:/.test(body)
  if (!climbs && !isBomb(body)) return
  throw new UserError({
    what: `The pattern "${pattern.slice(0, 100)}" ${climbs ? 'leads out of the repository' : 'has too many alternatives or stars'}.`,
    expected: climbs
      ? 'a pattern relative to the repository, without ".."'
      : `at most ${MAX_ALTERNATIVES} alternatives, ${MAX_STARS_PER_SEGMENT} stars in a folder name and ${MAX_GLOBSTARS} "**"`,
    remedy: 'Write simpler patterns.',
    ...(from ? { place: from } : {}),
  })
}

function isBomb(pattern: string): boolean {
  if (pattern.length > 500 || /\{[^}]*\.\./.test(pattern)) return true
  let alternatives = 1
  for (const group of pattern.match(/\{[^{}]*\}?/g) ?? []) alternatives *= group.split(',').length
  const segments = pattern.split('/')
  const globstars = segments.filter((segment) => segment.includes('**')).length
  const stars = Math.max(...segments.map((segment) => (segment.match(/\*+/g) ?? []).length))
  return alternatives > MAX_ALTERNATIVES || globstars > MAX_GLOBSTARS || stars > MAX_STARS_PER_SEGMENT
}
