// A file that is new and says much of what another one said, which is gone: its settings are compared with that one's.

import { NOTHING, type Reading } from './reading.ts'

type Side = { readonly text: string | null; readonly reading: Reading }
export type Sides = { readonly file: { readonly path: string }; readonly base: Side; readonly head: Side }

/** More pairs than these are a move of the whole repository. */
const MAX_PAIRS = 400
/** Of the lines of the shorter file. */
const LEAST_SHARED = 0.4
const MAX_LINES = 4_000

/** By new file, what the file that it came from said. */
export function origins(files: readonly Sides[]): ReadonlyMap<Sides, Reading> {
  const come = files.filter(({ base, head }) => base.text === null && head.text !== null)
  const gone = files.filter(({ base, head }) => head.text === null && base.text !== null)
  const found = new Map<Sides, Reading>()
  if (come.length * gone.length > MAX_PAIRS) return found
  const lines = new Map([...come, ...gone].map((one) => [one, linesOf(one.head.text ?? one.base.text ?? '')]))
  const pairs = come.flatMap((now) =>
    gone
      .filter((old) => kindOf(old) === kindOf(now))
      .map((old) => ({ now, old, shared: shared(lines.get(now) ?? NO_LINES, lines.get(old) ?? NO_LINES) })),
  )
  const taken = new Set<Sides>()
  for (const { now, old, shared } of pairs.sort((a, b) => b.shared - a.shared)) {
    if (shared < LEAST_SHARED || found.has(now) || taken.has(old)) continue
    taken.add(old)
    found.set(now, old.base.reading ?? NOTHING)
  }
  return found
}

const NO_LINES: ReadonlySet<string> = new Set()
const kindOf = ({ file }: Sides) => /\.\w+$/.exec(file.path)?.[0]

/** Lines that say something: brackets and the like are in every file. */
const linesOf = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .split('\n', MAX_LINES)
      .map((line) => line.trim())
      .filter((line) => line.length > 8 && !/^(?:import|from|using|use|package)\b/.test(line)),
  )

function shared(some: ReadonlySet<string>, others: ReadonlySet<string>): number {
  let both = 0
  for (const line of some) if (others.has(line)) both++
  const least = Math.min(some.size, others.size)
  return least < 5 ? 0 : both / least
}
