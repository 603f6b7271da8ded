// `policy.forbidden_text`: patterns in linear time, found wanting when the configuration is read and not at a prompt.

import type { Place } from '../domain.ts'
import { UserError } from '../errors.ts'
import { type LinearRegex, linearRegexes } from '../scorers/linear-regex.ts'

export type Forbidden = { readonly pattern: string; readonly find: LinearRegex['find'] }

/** Throws a UserError for the first pattern that cannot be used. */
export async function checkForbidden(
  patterns: readonly string[],
  placeOf: (index: number) => Place | undefined,
): Promise<readonly Forbidden[]> {
  if (patterns.length === 0) return []
  const compile = await linearRegexes()
  return patterns.map((pattern, index) => {
    const made = compile(pattern)
    if (made.state === 'refused') throw unusable(pattern, made.why, placeOf(index))
    if (made.regex.test(''))
      throw unusable(pattern, 'it matches the empty text, so it is in every prompt', placeOf(index))
    return { pattern, find: made.regex.find }
  })
}

function unusable(pattern: string, why: string, place: Place | undefined): UserError {
  return new UserError({
    what: `The pattern ${JSON.stringify(pattern.slice(0, 200))} under \`policy.forbidden_text\` cannot be used: ${why}.`,
    expected: 'a regular expression of RE2 (no lookaround, no backreference)',
    remedy: 'Correct the pattern or remove it.',
    ...(place === undefined ? {} : { place }),
  })
}
