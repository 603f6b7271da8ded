// Pins over all changed files of a commit: which id took the place of which, whatever file they stand in.

import { kindOf } from './model-ids.ts'
import { sameStart } from './pin-likeness.ts'
import type { LooseChange } from './undeclared.ts'
import { wordsOf } from './words.ts'

export const isPin = (change: LooseChange) => change.kind === 'model'
const arrivals = (changes: readonly LooseChange[]) =>
  changes.filter((change) => isPin(change) && change.from === undefined)
const departures = (changes: readonly LooseChange[]) =>
  changes.filter((change) => isPin(change) && change.to === undefined)

const became = ({ listed: _, ...now }: LooseChange, from: string): LooseChange => ({
  ...now,
  from,
  what: `model pin ${from} to ${now.to ?? ''}`,
})

/** Pins over all changed files: what moved is no change, and what is told elsewhere is not told again. */
export const pinsMoved = (changes: readonly LooseChange[]) =>
  onceInFile(explained(movedOn(renamedFiles(withoutMovedPins(changes)).filter(({ listed }) => listed !== true))))

/** What came or is gone under several names is told once of its file. */
function onceInFile(changes: readonly LooseChange[]): readonly LooseChange[] {
  const told = new Set<string>()
  return changes.filter((change) => {
    if (!isPin(change) || !isOneSided(change)) return true
    const key = sideIn(change)
    const isFirst = !told.has(key)
    told.add(key)
    return isFirst
  })
}
const isOneSided = ({ from, to }: LooseChange) => from === undefined || to === undefined
const sideIn = ({ path, from, to }: LooseChange) => `${path}\0${from ?? ''}\0${to ?? ''}`

/** A pin that left as many files as others came into has moved; in one file more it was said once more. */
function withoutMovedPins(changes: readonly LooseChange[]): readonly LooseChange[] {
  const files = (pins: readonly LooseChange[]) => {
    const counts = new Map<string, Set<string>>()
    for (const { from, to, path } of pins) {
      const id = from ?? to ?? ''
      counts.set(id, (counts.get(id) ?? new Set()).add(path))
    }
    return counts
  }
  const [left, come] = [files(departures(changes)), files(arrivals(changes))]
  const hasMoved = (change: LooseChange) => {
    if (!isOneSided(change)) return false
    const id = change.from ?? change.to ?? ''
    // What several files said may now be said by one for all of them.
    if (change.from !== undefined) return come.has(id)
    if (EXAMPLE.test(change.path)) return left.has(id)
    const places = [...(come.get(id) ?? [])].filter((path) => !EXAMPLE.test(path))
    return places.indexOf(change.path) < (left.get(id)?.size ?? 0)
  }
  return changes.filter((change) => !isPin(change) || !hasMoved(change))
}

/** `.env.example` says what the program says: it is no further place. */
const EXAMPLE = /(?:^|[/.])(?:dot)?env[._-](?:[a-z]{1,20}[._-])?(?:example|sample|template|dist)$/i

/** The same name in another file: `DOCUMENT_ENCODER_MODEL`, `chatGptModelName` of a template and of its parameters. */
function renamedFiles(changes: readonly LooseChange[]): readonly LooseChange[] {
  const made: LooseChange[] = []
  const replaced = new Set<LooseChange>()
  const gone = byName(departures(changes))
  for (const [name, come] of byName(arrivals(changes))) {
    const old = gone.get(name) ?? []
    const [froms, tos] = [new Set(old.map((one) => one.from)), new Set(come.map((one) => one.to))]
    const [from] = froms
    const [now] = come
    if (from === undefined || now === undefined || froms.size > 1 || tos.size > 1) continue
    for (const one of [...old, ...come]) replaced.add(one)
    made.push(became(now, from))
  }
  return [...changes.filter((change) => !replaced.has(change)), ...made]
}

/** Names of two words or more: `model` alone is everybody's. */
function byName(pins: readonly LooseChange[]): ReadonlyMap<string, readonly LooseChange[]> {
  const found = new Map<string, LooseChange[]>()
  for (const pin of pins) {
    const words = wordsOf(pin.pinName ?? '')
    if (words.length < 2) continue
    const name = words.join(' ')
    found.set(name, [...(found.get(name) ?? []), pin])
  }
  return found
}

/** One id left, and others came elsewhere (or many left, and one came): what asked the one asks the others now. */
function movedOn(changes: readonly LooseChange[]): readonly LooseChange[] {
  const made: LooseChange[] = []
  const replaced = new Set<LooseChange>()
  const all = [...departures(changes), ...arrivals(changes)].map(({ from, to }) => kindOf(from ?? to ?? ''))
  for (const kind of new Set(all)) {
    const of = (id: string | undefined) => id !== undefined && !isVersion(id) && kindOf(id) === kind
    const gone = departures(changes).filter((change) => of(change.from))
    const come = arrivals(changes).filter((change) => of(change.to))
    const [froms, tos] = [new Set(gone.map((one) => one.from)), new Set(come.map((one) => one.to))]
    if (froms.size === 0 || tos.size === 0) continue
    const pairs = alike(gone, come, froms.size > 1 && tos.size > 1 ? MIN_ALIKE : Number.POSITIVE_INFINITY)
    for (const { old, now } of pairs) {
      for (const one of [...gone, ...come]) if (one.to === now.to || one.from === old.from) replaced.add(one)
      made.push(became(now, old.from ?? ''))
    }
    if (pairs.length === 0 && froms.size > 1 && froms.size === tos.size && isOfOneFile(gone) && isOfOneFile(come)) {
      for (const one of [...gone, ...come]) replaced.add(one)
      made.push(...inOrder(gone, come))
    }
    if (pairs.length > 0 || (froms.size > 1 && tos.size > 1)) continue
    const { old, now } = oneOfKin(gone, come)
    for (const one of [...old, ...now]) replaced.add(one)
    made.push(...eachToEach(old, now))
  }
  return versionMovedOn([...changes.filter((change) => !replaced.has(change)), ...made])
}

/** More than these at once did not all take the place of one: the first did, and the others came beside it. */
const MAX_PLACES = 2

function eachToEach(old: readonly LooseChange[], now: readonly LooseChange[]): readonly LooseChange[] {
  const [first, ...more] = new Map(now.map((one) => [one.to, one])).values()
  const [from = '', ...left] = new Set(old.map((one) => one.from ?? ''))
  if (first === undefined) return []
  if (more.length >= MAX_PLACES) return [became(first, from), ...more]
  if (left.length >= MAX_PLACES) return [became(first, from), ...old.filter((one) => one.from !== from)]
  return now.flatMap((one) => [from, ...left].map((id) => became(one, id)))
}

/** One version left a file and one came into it: whatever stands around it. */
function versionMovedOn(changes: readonly LooseChange[]): readonly LooseChange[] {
  const [old, ...otherOld] = departures(changes).filter(({ from = '' }) => isVersion(from))
  const [now, ...otherNow] = arrivals(changes).filter(({ to = '' }) => isVersion(to))
  const isOne = otherOld.length + otherNow.length === 0 && old?.path === now?.path
  if (old?.from === undefined || now === undefined || !isOne) return changes
  return [...changes.filter((change) => change !== old && change !== now), became(now, old.from)]
}

/** Of several that one became, or that became one, the one of its family, if that is one alone; else all of them. */
function oneOfKin(gone: readonly LooseChange[], come: readonly LooseChange[]) {
  const [froms, tos] = [new Set(gone.map((one) => one.from)), new Set(come.map((one) => one.to))]
  const kin = [...froms].flatMap((from) =>
    [...tos].filter((to) => family(from) === family(to)).map((to) => ({ from, to })),
  )
  const [only, ...others] = kin
  if (only === undefined || others.length > 0) return { old: gone, now: come }
  return { old: gone.filter(({ from }) => from === only.from), now: come.filter(({ to }) => to === only.to) }
}
/** `gpt` of `openai/gpt-4o` */
const family = (id = '') => /^[a-z]+/i.exec(id.slice(id.lastIndexOf('/') + 1))?.[0].toLowerCase() ?? id

const isOfOneFile = (changes: readonly LooseChange[]) => new Set(changes.map(({ path }) => path)).size === 1

/** As many that left one file came into another: the first took the place of the first. */
function inOrder(gone: readonly LooseChange[], come: readonly LooseChange[]): readonly LooseChange[] {
  const inLines = (changes: readonly LooseChange[]) =>
    [...changes].sort((one, other) => (one.line ?? 0) - (other.line ?? 0))
  const froms = [...new Set(inLines(gone).map(({ from }) => from ?? ''))]
  const tos = [...new Map([...inLines(come)].reverse().map((now) => [now.to, now])).values()].reverse()
  return tos.flatMap((now, at) => (froms[at] === undefined ? [] : [became(now, froms[at])]))
}

/** Those that begin most alike belong together: `claude-3-5-sonnet-20240620` and `claude-3-5-sonnet-latest`. */
function alike(gone: readonly LooseChange[], come: readonly LooseChange[], least: number) {
  const left = [...new Map(gone.map((one) => [one.from, one])).values()].slice(0, MAX_ALIKE)
  const arrived = [...new Map(come.map((one) => [one.to, one])).values()].slice(0, MAX_ALIKE)
  const taken = new Set<LooseChange>()
  return left
    .flatMap((old) => arrived.map((now) => ({ old, now, same: sameStart(old.from ?? '', now.to ?? '') })))
    .filter(({ old, now, same }) => same >= least || same === Math.min(old.from?.length ?? 0, now.to?.length ?? 0))
    .sort((one, other) => other.same - one.same)
    .filter(({ old, now }) => {
      const isFree = !taken.has(old) && !taken.has(now)
      if (isFree) taken.add(old).add(now)
      return isFree
    })
}
const MIN_ALIKE = 5
const MAX_ALIKE = 40

const isVersion = (id: string) => /^[\d-]+(?:-preview)?$/.test(id)

/** Files that set the parameters of infrastructure whose defaults stand in another one. */
export const INFRASTRUCTURE =
  /\.(?:bicep|bicepparam|tf|tfvars)$|(?:^|\/)(?:[\w.-]*parameters[\w.-]*\.json|infra\/[\w.-]+\.ya?ml)$/i

/** A constant that names what something else was changed to, and one that named what it was changed from. */
function explained(changes: readonly LooseChange[]): readonly LooseChange[] {
  const { told, places } = replacements(changes)
  const isTold = ({ from, to, path, again, pinName = '' }: LooseChange) => {
    if (from !== undefined && to !== undefined) return false
    const id = from === undefined ? `to ${to}` : `from ${from}`
    // Infrastructure states a default in one file and sets it in another.
    const isElsewhere = [...(places.get(id) ?? [])].some((place) => place !== path)
    if ((INFRASTRUCTURE.test(path) && isElsewhere) || (!again && CONSTANT.test(pinName) && told.has(id))) return true
    // What asked for it there is gone, and what asks for it in several files asks for another.
    if (to === undefined && !again && (places.get(id)?.size ?? 0) >= MANY_FILES) return true
    // What another file gives by its name, and what became something else in its own.
    return (
      told.has(from === undefined ? `${id}\0by name` : `${id}\0${path}`) ||
      (!again && told.has(`${id}\0${path}\0${pinName}`))
    )
  }
  return changes.filter((change) => !isPin(change) || !isTold(change))
}

/** What is told of ids that became others: by itself, of a file, of a name in it; and the files of each. */
function replacements(changes: readonly LooseChange[]) {
  const told = new Set<string>()
  const places = new Map<string, Set<string>>()
  for (const { kind, from, to, path, pinName, by } of changes) {
    if (kind !== 'model' || from === undefined || to === undefined) continue
    for (const id of [`from ${from}`, `to ${to}`]) {
      told.add(id).add(`${id}\0${path}\0${pinName}`)
      places.set(id, (places.get(id) ?? new Set()).add(path))
    }
    told.add(`from ${from}\0${path}`)
    if (by !== undefined) told.add(`to ${to}\0by name`)
  }
  return { told, places }
}
const MANY_FILES = 2
const CONSTANT = /^[A-Z][A-Z\d]*_[A-Z\d_]+$/
