// Settings whose call is written in another way now: what the file as a whole says of a kind, however it is called.

import { isAsking } from './asking.ts'
import { around, type Frame, type Reading } from './reading.ts'
import { HOLDS } from './setting-holders.ts'
import { settingOf } from './setting-names.ts'
import { differing, isSent, isTold, type Pair, type Setting, without } from './setting-values.ts'

/** How often a model is asked or set up, options aside. */
const asks = ({ frames }: Reading) =>
  frames.filter((frame) => asked(frame) && !around(frame).slice(1, 5).some(asked)).length

const asked = (frame: Frame) =>
  frame.owner === '' && !isParameters(frame) && isAsking(frame) && !HOLDS.test(frame.callee || frame.name)

const isParameters = ({ open, callee }: Frame) => open === '(' && (callee === '' || callee === 'constructor')

/** In a file that asks in words of its own, what is called on a model. */
const roots = ({ settings }: Side) =>
  settings.filter(({ name, scope }) => name === '' && scope !== '' && !HOLDS.test(scope)).length

type Side = { readonly reading: Reading; readonly settings: readonly Setting[] }

/**
 * A kind of setting that one side says with another value, or that one side alone says though the other asks as often: the call
 * that had it, or has it now, is not called in the same way.
 */
export function unbalanced(
  base: Side,
  head: Side,
  kindOf: (one: Setting) => string,
  known: ReadonlySet<string>,
): readonly Pair[] {
  const kinds = new Set([...base.settings, ...head.settings].filter(isOwn).map(kindOf))
  const counted = [asks(base.reading), asks(head.reading)]
  const [was = 0, is = 0] = Math.max(...counted) > 0 ? counted : [base, head].map(roots)
  if (was === 0 || is === 0) return []
  return [...kinds].flatMap((kind): readonly Pair[] => {
    if (known.has(kind)) return []
    const ofKind = ({ settings }: Side) => settings.filter((one) => one.name !== '' && kindOf(one) === kind)
    const [olds, nows] = [ofKind(base), ofKind(head)]
    const [gone, come] = [without(olds, nows).filter(counts), without(nows, olds).filter(counts)]
    if (gone.length === 0 && come.length === 0) return []
    if (gone.length > 0 && come.length > 0) return differing(gone, come).filter((pair) => pair.old && pair.now)
    if (gone.length > 0) return is === was ? gone.map((old) => ({ old, now: undefined })) : []
    return is <= was ? come.map((now) => ({ old: undefined, now })) : []
  })
}

/** It says something that is sent, and is given to a call, holds for its file or stands among options: a table of models is none. */
const counts = (one: Setting) =>
  isTold(one) && isSent(one) && one.weak !== true && (one.asked === true || one.scope === '' || HOLDS.test(one.scope))

const isOwn = ({ name, asked }: Setting) => (settingOf(name)?.own ?? false) || (asked === true && /^seed$/i.test(name))
