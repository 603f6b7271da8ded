// What the sides did otherwise on the way to their answers: documents that retrieval found, tools that were called. Shown with a
// case that changed, where the answers themselves may not differ at all.

import { canonicalJson } from '../config/canonical.ts'
import { cutText } from '../cut-text.ts'
import type { Answer, Result } from '../domain.ts'
import type { Difference } from './report.ts'

/** Of each kind; more are counted. */
const SHOWN = 20
const SHOWN_CHARACTERS = 300

/** Of two answers; nothing of a side that gave none. */
export function differencesOf(base: Result | undefined, head: Result | undefined): readonly Difference[] {
  if (base?.outcome.state !== 'answered' || head?.outcome.state !== 'answered') return []
  const [before, after] = [base.outcome.answer, head.outcome.answer]
  return [...documents(before, after), ...tools(before, after)]
}

function documents(before: Answer, after: Answer): readonly Difference[] {
  if (before.retrieved === undefined && after.retrieved === undefined) return []
  const [base, head] = [idsOf(before), idsOf(after)]
  const [gone, added] = [without(base, head, String), without(head, base, String)]
  const moved = gone.length + added.length === 0 && base.some((id, at) => id !== head[at]) ? head : []
  return [
    ...difference('documents-gone', gone, short),
    ...difference('documents-added', added, short),
    ...difference('documents-reordered', moved, short),
  ]
}

const idsOf = ({ retrieved }: Answer) => (retrieved ?? []).map(({ id }) => id)

type Call = { readonly name: string; readonly text: string }

/** Calls of the same name stand for each other in their order: where the arguments differ, the call is changed. */
function tools(before: Answer, after: Answer): readonly Difference[] {
  // Where there is no text the calls are the answer, and stand in its place.
  if (before.text === '' || after.text === '') return []
  const [base, head] = [callsOf(before), callsOf(after)]
  const [gone, added] = [without(base, head, textOf), without(head, base, textOf)]
  const { pairs, left, right } = paired(gone, added)
  const isMoved = gone.length + added.length === 0 && base.some(({ text }, at) => text !== head[at]?.text)
  return [
    ...difference('tools-gone', left, shortOf),
    ...difference('tools-added', right, shortOf),
    ...difference('tools-changed', pairs, changeOf),
    ...difference('tools-reordered', isMoved ? head : [], ({ name }) => short(name)),
  ]
}

const callsOf = ({ toolCalls }: Answer): readonly Call[] =>
  (toolCalls ?? []).map(({ name, arguments: given }) => {
    return { name, text: `${name}(${canonicalJson(given)})` }
  })

const textOf = ({ text }: Call) => text
const short = (text: string) => cutText(text, SHOWN_CHARACTERS)
const shortOf = ({ text }: Call) => short(text)

function changeOf([from, to]: readonly [Call, Call]): string {
  const [before, after] = [shortOf(from), shortOf(to)]
  return before === after ? `${before} (what differs comes later)` : `${before} → ${after}`
}

/** `left` and `right` found none of their name on the other side. */
function paired(gone: readonly Call[], added: readonly Call[]) {
  const waiting = new Map<string, Call[]>()
  for (const call of added) {
    const queue = waiting.get(call.name)
    if (queue === undefined) waiting.set(call.name, [call])
    else queue.push(call)
  }
  const pairs: (readonly [Call, Call])[] = []
  const left: Call[] = []
  const next = new Map<string, number>()
  for (const call of gone) {
    const at = next.get(call.name) ?? 0
    const other = waiting.get(call.name)?.[at]
    next.set(call.name, at + 1)
    if (other === undefined) left.push(call)
    else pairs.push([call, other])
  }
  return { pairs, left, right: [...waiting].flatMap(([name, calls]) => calls.slice(next.get(name) ?? 0)) }
}

/** As often as it is there and not in the other. */
function without<T>(items: readonly T[], others: readonly T[], keyOf: (item: T) => string): readonly T[] {
  const counts = new Map<string, number>()
  for (const other of others) counts.set(keyOf(other), (counts.get(keyOf(other)) ?? 0) + 1)
  return items.filter((item) => {
    const count = counts.get(keyOf(item)) ?? 0
    counts.set(keyOf(item), count - 1)
    return count <= 0
  })
}

function difference<T>(
  kind: Difference['kind'],
  items: readonly T[],
  shownAs: (item: T) => string,
): readonly Difference[] {
  return items.length === 0 ? [] : [{ kind, count: items.length, shown: items.slice(0, SHOWN).map(shownAs) }]
}
