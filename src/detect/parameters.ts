// Settings of model calls: temperature, limits, tools and the like, where they stand beside a model or messages.

import { askingAround, isAsking, isModelish } from './asking.ts'
import { around, type Entry, type Frame, type Reading } from './reading.ts'
import { isSetter, type SettingName, settingOf } from './setting-names.ts'
import { differing, type Pair, type Setting, shown } from './setting-values.ts'

export type { Setting } from './setting-values.ts'

export type SettingChange = {
  readonly scope: string
  readonly from: string
  readonly to: string
  readonly line: number
}

/** Objects of one list that give the same setting: more of them are a catalogue of models. */
const MAX_LISTED = 3

export function findSettings(reading: Reading): readonly Setting[] {
  const asks = reading.frames.some(isAsking)
  const listed = listedIn(reading)
  return reading.frames.flatMap((frame) => {
    const listing = around(frame)
      .slice(1, 4)
      .some((one) => (listed.get(one) ?? 0) > MAX_LISTED)
    return [
      // A call without settings is known, too, so that its first setting is a change and a new call's is none.
      ...(isAsking(frame) || isRoot(frame) ? marks(frame) : []),
      ...frame.entries.flatMap((entry) => (listing ? [] : ofEntry(entry, asks))),
      ...(frame.setter === null ? [] : ofSetter(frame, frame.setter)),
    ]
  })
}

/** Beside the call itself, its file: what is assigned in a body belongs to no call in particular. */
const marks = (frame: Frame): readonly Setting[] =>
  [...new Set([scopeOf(frame), BODY])].map((scope) => ({ scope, name: '', value: '', line: 1 }))

/** How many objects without a model to ask stand in a list or table and give a limit. */
function listedIn({ frames }: Reading): ReadonlyMap<Frame, number> {
  const counts = new Map<Frame, number>()
  for (const frame of frames) {
    if (frame.open !== '{' || frame.owner !== '' || [...frame.keys].some((key) => /^model$/i.test(key))) continue
    if (![...frame.keys].some((key) => settingOf(key)?.own)) continue
    for (const one of around(frame).slice(1, 4)) {
      if (one.owner !== '' || one.open === '(' || one.open === '') break
      counts.set(one, (counts.get(one) ?? 0) + 1)
    }
  }
  return counts
}

function ofEntry(entry: Entry, asks: boolean): readonly Setting[] {
  const { frame } = entry
  const setting = settingOf(entry.name) ?? defaultOf(entry)
  if (setting === null || isPart(frame)) return []
  if (isBody(frame)) {
    const known = setting.own ? asks || isNamed(frame) : asks && isToolList(entry, setting)
    return known ? written(setting, { name: entry.name, entry, scope: BODY }) : []
  }
  const asking = askingAround(frame)
  if (asking === null && !(setting.own && isAmongSettings(frame))) return []
  return written(setting, { name: entry.name, entry, scope: scopeOf(asking ?? frame) })
}

/** `.temperature(0.2)` of a builder, `llms.WithTemperature(0.2)`, `model.bind_tools([search])`. */
function ofSetter(frame: Frame, entry: Entry): readonly Setting[] {
  const setting = settingOf(entry.name)
  if (setting === null || isAsking(frame)) return []
  if (!isModelish(frame) && !(setting.own && isSetter(entry.name) && frame.ids > 0)) return []
  if (!setting.own && frame.chain === '' && !isSetter(entry.name)) return []
  return written(setting, { name: entry.name, entry, scope: chainScope(frame) })
}

/** The first call of a chain about models. */
const isRoot = (frame: Frame) => frame.open === '(' && frame.chain === '' && isModelish(frame)
/** All calls of a chain have the scope of the first. */
const chainScope = (frame: Frame) =>
  scopeOf(frame.chain === '' ? frame : { ...frame, callee: frame.chain.split(' ')[0] ?? '' })

type Found = { readonly name: string; readonly entry: Entry; readonly scope: string }

function written(setting: SettingName, { name, entry, scope }: Found): readonly Setting[] {
  const value = entry.text.replace(/\s+/g, ' ').trim()
  if (!isPossible(setting, value)) return []
  return [{ scope, name, value, line: entry.line }]
}

/** No rate is a table, no temperature of a model is above two, nothing stops at a number. */
function isPossible({ plain, scalar }: SettingName, value: string): boolean {
  if (scalar && /^[{[]/.test(value)) return false
  const number = /^["']?(-?\d+(?:\.\d+)?)/.exec(value)?.[1]
  if (plain === 'temperature') return number === undefined || Number(number) <= 2
  if (/^(?:stop|format|tools?)$/.test(plain)) return number === undefined
  return plain !== 'text' || /format|verbosity/.test(value)
}

/** The statements of a file or of a function. */
const isBody = (frame: Frame) => frame.open === '' || frame.owner !== ''
const isNamed = (frame: Frame) => frame.ids > 0 || [...frame.keys].some((key) => /model|llm/i.test(key))

function isAmongSettings(frame: Frame): boolean {
  const siblings = [...frame.keys].filter((key) => settingOf(key)?.own).length
  return siblings >= 2 || /generation_?config|model_?(?:settings|params|kwargs)|llm/i.test(frame.name)
}

/** `tools = [search, refund]` in a file that asks a model. */
const isToolList = ({ text }: Entry, { plain }: SettingName) => plain === 'tools' && text.startsWith('[')

/** `{ name: "temperature", default: 0.6 }`, `add_argument("--max-tokens", default=500)` beside a setting's name. */
function defaultOf({ name, frame }: Entry): SettingName | null {
  if (!/^default$/i.test(name)) return null
  for (const entry of frame.entries) {
    if (!/^(?:name|key|id|variable)$/i.test(entry.name)) continue
    const setting = settingOf(entry.text.replace(/["']/g, ''))
    if (setting?.own) return setting
  }
  return null
}

/** It stands in the value of another setting, which is told as a whole. */
const isPart = (frame: Frame) =>
  around(frame)
    .slice(0, 4)
    .some(
      (one) =>
        one.owner === '' &&
        one.name !== '' &&
        settingOf(one.name) !== null &&
        one.parent !== null &&
        askingAround(one.parent) !== null,
    )

/** Calls by what is called: the variable that takes the answer says little. */
const scopeOf = (frame: Frame) =>
  around(frame)
    .slice(0, 3)
    .map((one) => one.callee || one.name || one.owner)
    .filter((name) => name !== '')
    .reverse()
    .join('.') || (frame.open === '{' ? ROOT : '')
/** The object that a data file is, and the statements of a file. */
const ROOT = '{}'
const BODY = ''

/** Limits have many names; under another one the same limit is the same. */
const kindOf = ({ name }: Setting) =>
  (settingOf(name)?.plain ?? name).replace(/^(?:max\w*tokens?\w*|numpredict)$/, 'maxtokens')

/** Settings that differ, one entry per call or object. A new call's settings are no change of settings. */
export function changedSettings(base: readonly Setting[], head: readonly Setting[]): readonly SettingChange[] {
  const [was, is] = [groups(base, (one) => one.scope), groups(head, (one) => one.scope)]
  const renamed = otherCall(was, is)
  return [...was].flatMap(([scope, old]): readonly SettingChange[] => {
    const now = is.get(scope) ?? renamed.get(scope)
    if (now === undefined) return []
    const calls = (side: readonly Setting[]) => side.filter((one) => one.name === '').length
    // With a call more or less, what one side alone has belongs to that call.
    const sameCalls = calls(old) === calls(now) && (scope !== BODY || calls(old) > 0)
    const [olds, nows] = [groups(old, kindOf), groups(now, kindOf)]
    const pairs = [...new Set([...olds.keys(), ...nows.keys()])]
      .flatMap((kind) => differing(olds.get(kind) ?? [], nows.get(kind) ?? []))
      .filter((pair) => sameCalls || (pair.old && pair.now))
    return scope === BODY
      ? pairs.flatMap((pair) => told(kindName(pair), [pair]))
      : told(scope === ROOT ? '' : scope, pairs)
  })
}

type Scopes = ReadonlyMap<string, readonly Setting[]>

/**
 * `ChatOpenAI(temperature=0)` became `ChatAnthropic()`: one call is gone, and one came in its place. `client.chat(…)` that was
 * `chat(…)` is called by a longer name.
 */
function otherCall(was: Scopes, is: Scopes): Scopes {
  const only = (side: Scopes, other: Scopes) => [...side].filter(([scope]) => !other.has(scope) && scope !== ROOT)
  const [gone, come] = [only(was, is), only(is, was)]
  const longer = gone.flatMap(([old]) => {
    const [now, ...more] = come.filter(([scope]) => scope.endsWith(`.${old}`) || old.endsWith(`.${scope}`))
    return now === undefined || more.length > 0 ? [] : [[old, now[1]] as const]
  })
  if (longer.length > 0) return new Map(longer)
  const [[one, ...others], [other, ...more]] = [gone, come]
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
  return [{ scope, from, to, line }]
}
