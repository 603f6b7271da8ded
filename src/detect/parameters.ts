// Settings of model calls on two sides: what is sent otherwise, or no longer, by a call that both have.

import type { Reading } from './reading.ts'
import { unbalanced } from './setting-balance.ts'
import { BODY, HOLDS, ROOT } from './setting-holders.ts'
import { isUnderName, moreOften, type Named, namedIn } from './setting-named.ts'
import { settingOf } from './setting-names.ts'
import { differing, isTold, meaning, type Pair, type Setting, shown } from './setting-values.ts'
import { calls, findSettings } from './settings.ts'

export type SettingChange = {
  readonly scope: string
  readonly from: string
  readonly to: string
  readonly line: number
  readonly kinds: readonly string[]
}

type Moved = { readonly come: ReadonlySet<string>; readonly gone: ReadonlySet<string> }
/** What some of the changed files say oftener than before, and what some say more rarely; `named`: of values under names. */
export type Moves = Moved & { readonly named: Moved }

const NO_MOVED: Moved = { come: new Set(), gone: new Set() }
const NO_MOVES: Moves = { ...NO_MOVED, named: NO_MOVED }

/** Settings that differ, and are in no other file. Most files have none: then nobody looks for calls. */
export function settingChanges(base: Reading, head: Reading, others = () => NO_MOVES): readonly SettingChange[] {
  const [was, is] = [findSettings(base), findSettings(head)]
  if (was.length + is.length === 0) return []
  const renames = !(base.isData || head.isData)
  const scopes = new Set([...was, ...is].map(({ scope }) => scope))
  const all = { base: [...was, ...calls(base, scopes)], head: [...is, ...calls(head, scopes)] }
  const renamed = renamedIn({ base, head }, others)
  const changed = changedSettings(all.base, all.head, { renames, others, renamed })
  if (!renames) return changed
  const found = [...changed, ...givenNow(all, base, others)]
  return [...found, ...overFile({ base, head }, all, { found, others, renamed })]
}

/** Values that only got a name, or lost it; names are looked up where somebody asks. */
type Renamed = { readonly has: (pair: Pair) => boolean; readonly kinds: ReadonlySet<string> }

function renamedIn({ base, head }: Readings, others: () => Moves): Renamed {
  let named: { readonly base: Named; readonly head: Named } | undefined
  const kinds = new Set<string>()
  const has = (pair: Pair) => {
    named ??= { base: namedIn(base), head: namedIn(head) }
    const one = isUnderName(pair, named, () => others().named)
    if (one) kinds.add(kindOf((pair.now ?? pair.old) as Setting))
    return one
  }
  return { has, kinds }
}

type Readings = { readonly base: Reading; readonly head: Reading }

/** What no place shows, because the places themselves are others now. */
function overFile(
  { base, head }: Readings,
  all: { readonly base: readonly Setting[]; readonly head: readonly Setting[] },
  { found, others, renamed }: Weighed & { readonly found: readonly SettingChange[] },
): readonly SettingChange[] {
  const known = new Set([...found.flatMap(({ kinds }) => kinds), ...renamed.kinds])
  const moved = movedIn(all.base, all.head, others)
  const named = { base: byName(all.base), head: byName(all.head) }
  return unbalanced({ reading: base, settings: all.base }, { reading: head, settings: all.head }, kindOf, known)
    .filter((pair) => !moved(pair) && !isNamedNow(pair, named) && !renamed.has(pair))
    .flatMap((pair) => told((pair.now ?? pair.old)?.scope || kindName(pair), [pair]))
}

type Weighed = { readonly others: () => Moves; readonly renamed: Renamed }

/** Settings of all changed files, whatever they belong to. */
export function movesOf(files: readonly Readings[]): Moves {
  const moves = { come: new Set<string>(), gone: new Set<string>() }
  const named = { come: new Set<string>(), gone: new Set<string>() }
  for (const { base, head } of files) {
    const [before, after] = [namedIn(base), namedIn(head)]
    for (const key of moreOften(before, after)) named.come.add(key)
    for (const key of moreOften(after, before)) named.gone.add(key)
    const [was, is] = [groups(findSettings(base), keyOf), groups(findSettings(head), keyOf)]
    for (const key of new Set([...was.keys(), ...is.keys()])) {
      const more = (is.get(key)?.length ?? 0) - (was.get(key)?.length ?? 0)
      if (more !== 0) (more > 0 ? moves.come : moves.gone).add(key)
    }
  }
  return { ...moves, named }
}

/** What is computed is known by its name alone. */
const keyOf = (one: Setting) => `${kindOf(one)}\0${isTold(one) ? meaning(one) : ''}`

/** Limits have many names; under another one the same limit is the same. */
const kindOf = ({ name }: Setting) =>
  (settingOf(name)?.plain ?? name)
    .replace(/^(?:max\w*tokens?\w*|numpredict)$/, 'maxtokens')
    .replace(/^functions$/, 'tools')

/** Settings that differ, one entry per call or object. A new call's settings are no change of settings. */
function changedSettings(
  base: readonly Setting[],
  head: readonly Setting[],
  { renames, others, renamed: names }: Weighed & { readonly renames: boolean },
): readonly SettingChange[] {
  const [was, is] = [groups(base, placeOf), groups(head, placeOf)]
  const moved = movedIn(base, head, others)
  const named = { base: byName(base), head: byName(head) }
  const renamed = renames ? otherCall(was, is) : NONE
  return [...was].flatMap(([scope, old]): readonly SettingChange[] => {
    const now = is.get(scope) ?? renamed.get(scope)
    if (now === undefined) return []
    const count = (side: readonly Setting[]) => side.filter((one) => one.name === '').length
    // With a call more or less, what one side alone has belongs to that call.
    const sameCalls = count(old) === count(now) && (scope !== BODY || count(old) > 0)
    // A module of constants calls nothing, and is given to all calls.
    const amongConstants = scope === BODY && count(now) === 0 && old.filter(isConstant).length > 1
    const [olds, nows] = [groups(old, kindOf), groups(now, kindOf)]
    const pairs = [...new Set([...olds.keys(), ...nows.keys()])]
      .flatMap((kind) => differing(olds.get(kind) ?? [], nows.get(kind) ?? []))
      .filter((pair) =>
        pair.old && pair.now
          ? !isNamedNow(pair, named)
          : (sameCalls || (amongConstants && isConstant(pair.old ?? pair.now))) && !isWeak(pair) && !moved(pair),
      )
      .filter((pair) => !names.has(pair))
    return scope === BODY
      ? pairs.flatMap((pair) => told(kindName(pair), [pair]))
      : told(scope === ROOT ? '' : (now.at(-1)?.scope ?? scope), pairs)
  })
}

/**
 * A call that is given options for the first time: what holds them is new in a function or object that was there before, and no
 * more is called than before.
 */
function givenNow(
  { base, head }: { readonly base: readonly Setting[]; readonly head: readonly Setting[] },
  { frames }: Reading,
  others: () => Moves,
): readonly SettingChange[] {
  const [was, is] = [groups(base, placeOf), groups(head, placeOf)]
  const come = [...is].filter(([scope]) => HOLDS.test(scope) && !was.has(scope))
  const asked = (side: Scopes) =>
    [...side].flatMap(([scope, all]) =>
      scope === BODY || HOLDS.test(scope) ? [] : all.filter(({ name }) => name === ''),
    ).length
  if (
    come.length === 0 ||
    [...was.keys()].some((scope) => HOLDS.test(scope) && !is.has(scope)) ||
    asked(was) !== asked(is)
  )
    return []
  const moved = movedIn(base, head, others)
  const known = new Set(frames.flatMap(({ callee, name, owner }) => [callee, name, owner]))
  return come.flatMap(([scope, settings]) => {
    const [place = '', ...rest] = scope.split('.')
    const named = settings.filter((one) => one.name !== '' && isTold(one))
    return rest.length === 0 || !known.has(place)
      ? []
      : told(
          scope,
          named.map((now) => ({ old: undefined, now })).filter((pair) => !moved(pair)),
        )
  })
}

type Names = ReadonlyMap<string, Setting>
const byName = (all: readonly Setting[]): Names => new Map(all.map((one) => [one.name, one]))

/** A value that now stands under a name in the same file, or no longer does. */
function isNamedNow({ old, now }: Pair, { base, head }: { readonly base: Names; readonly head: Names }): boolean {
  if (old === undefined || now === undefined) return false
  // `options?.maxTokens ?? 1024` and what stands for the 1024 now.
  if (
    FALLBACK.exec(now.value)?.[1] === old.value ||
    (old.scope === BODY && FALLBACK.exec(old.value)?.[1] === now.value)
  )
    return true
  const [was, is] = [base.get(old.value) ?? old, head.get(now.value) ?? now]
  return (was !== old) !== (is !== now) && meaning({ ...was, name: '' }) === meaning({ ...is, name: '' })
}

const FALLBACK = / (?:\?\?|\|\||or) (-?[\d._]+)$/

const isConstant = (one: Setting | undefined) =>
  one !== undefined && /^[A-Z][A-Z\d]*_[A-Z\d_]+$/.test(one.name) && isTold(one)

const isWeak = ({ old, now }: Pair) => (old ?? now)?.weak === true

/** Calls by what is called, whatever it is called on and whatever is tried around it. */
const placeOf = ({ scope }: Setting) =>
  scope
    .replace(/(?:\w+(?:\.|->|::))*(?=(?:completions|messages|responses|embeddings|models)\.\w+$)/, '')
    .replace(/(?:^|\.)(?:try|catch|if|else|for|while|switch|finally)(?=\.)/g, '')
    .replace(/^\./, '')

/** What one side says in one place and the other side, as often, in another. */
function movedIn(base: readonly Setting[], head: readonly Setting[], others: () => Moves): (pair: Pair) => boolean {
  const [was, is] = [groups(base, keyOf), groups(head, keyOf)]
  const count = (side: ReadonlyMap<string, readonly Setting[]>, key: string) => side.get(key)?.length ?? 0
  return ({ old, now }) => {
    const one = old ?? now
    if (one === undefined || (old && now)) return false
    const more = count(is, keyOf(one)) - count(was, keyOf(one))
    return (old ? more >= 0 : more <= 0) || (old ? others().come : others().gone).has(keyOf(one))
  }
}

type Scopes = ReadonlyMap<string, readonly Setting[]>
const NONE: Scopes = new Map()

/**
 * `ChatOpenAI(temperature=0)` became `ChatAnthropic()`: one call is gone, and one came in its place. `client.chat(…)` that was
 * `chat(…)` is called by a longer name.
 */
function otherCall(was: Scopes, is: Scopes): Scopes {
  const only = (side: Scopes, other: Scopes) => [...side].filter(([scope]) => !other.has(scope) && scope !== ROOT)
  const [gone, come] = [only(was, is), only(is, was)]
  const given = (side: readonly (readonly [string, readonly Setting[]])[]) =>
    side.filter(([scope, settings]) => scope !== BODY && settings.some(({ name, asked }) => name !== '' && asked))
  const longer = gone.flatMap(([old]) => {
    const [now, ...more] = come.filter(([scope]) => scope.endsWith(`.${old}`) || old.endsWith(`.${scope}`))
    return now === undefined || more.length > 0 ? [] : [[old, now[1]] as const]
  })
  if (longer.length > 0) return new Map(longer)
  const isOnly = gone.length === 1 && come.length === 1
  const [[one, ...others], [other, ...more]] = isOnly ? [gone, come] : [given(gone), given(come)]
  if (one === undefined || other === undefined || others.length + more.length > 0) return new Map()
  return new Map([[one[0], other[1]]])
}

function groups(settings: readonly Setting[], key: (one: Setting) => string): ReadonlyMap<string, readonly Setting[]> {
  const found = new Map<string, Setting[]>()
  for (const one of settings) {
    const group = found.get(key(one))
    if (group) group.push(one)
    else found.set(key(one), [one])
  }
  return found
}

/** Settings of one call that are named. */
const MAX_TOLD = 12
const kindName = ({ old, now }: Pair) => (now ?? old)?.name ?? ''

function told(scope: string, pairs: readonly Pair[]): readonly SettingChange[] {
  if (pairs.length === 0) return []
  const more = pairs.length > MAX_TOLD ? `, and ${pairs.length - MAX_TOLD} more` : ''
  const texts = pairs
    .slice(0, MAX_TOLD)
    .map((pair) => ({ name: kindName(pair), ...shown(pair.old?.value, pair.now?.value) }))
  const from = texts.map((text) => `${text.name}: ${text.from}`).join(', ') + more
  const to = texts.map((text) => `${text.name}: ${text.to}`).join(', ') + more
  const line = pairs.find((pair) => pair.now)?.now?.line ?? pairs[0]?.old?.line ?? 1
  return [{ scope, from, to, line, kinds: pairs.map(({ old, now }) => kindOf((now ?? old) as Setting)) }]
}
