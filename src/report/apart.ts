// Two long texts of which only the beginnings are shown: where these are the same, from a little before the texts differ.

const BEFORE = 40

/** As they are, if the first `shown` characters show a difference. */
export function apart(a: string, b: string, shown: number): readonly [string, string] {
  if (a === b || a.slice(0, shown) !== b.slice(0, shown)) return [a, b]
  let at = shown
  while (at < a.length && a[at] === b[at]) at += 1
  const from = Math.max(0, at - Math.min(BEFORE, Math.trunc(shown / 2)))
  return [`…${a.slice(from)}`, `…${b.slice(from)}`]
}
