// The change that puts another model in place, as a unified diff that `git apply` takes.

import type { PinDiff } from '../report/candidates/report.ts'
import { bareOf, providerOf } from './model-name.ts'
import type { PinPlace } from './pin-places.ts'

const CONTEXT = 3

export function pinDiff(
  places: readonly PinPlace[],
  inUse: string,
  to: { model: string; because: PinDiff['because'] },
): PinDiff {
  const { model } = to
  const sameProvider = providerOf(model) === providerOf(inUse)
  const fits = (place: PinPlace) => sameProvider || place.written === inUse
  const byFile = new Map<string, PinPlace[]>()
  for (const place of places.filter(fits)) byFile.set(place.path, [...(byFile.get(place.path) ?? []), place])
  const bare = places.filter((place) => !fits(place))
  return {
    ...to,
    diffs: [...byFile].flatMap(([path, inFile]) => {
      const [first] = inFile
      return first === undefined ? [] : [{ path, line: first.line, diff: fileDiff(path, inFile, { inUse, model }) }]
    }),
    notes: [
      ...bare.map(
        ({ path, line }) =>
          `${path}:${line} names the model without a provider: the client there has to change to ${providerOf(model)} with it.`,
      ),
      ...(places.length === 0 ? [`Where ${inUse} is pinned was not found in the files that the eval set names.`] : []),
    ],
  }
}

type Swap = { readonly inUse: string; readonly model: string }

function fileDiff(path: string, places: readonly PinPlace[], swap: Swap): string {
  const text = places[0]?.text ?? ''
  const lines = text.split('\n')
  const ends = lines.at(-1) === ''
  if (ends) lines.pop()
  const changed = new Map(places.map(({ line, written }) => [line - 1, swapped(lines[line - 1] ?? '', written, swap)]))
  const hunks = hunksOf(
    [...changed.keys()].sort((a, b) => a - b),
    lines.length,
  )
  const body = hunks.flatMap(({ from, to }) => hunk(lines, { from, to, changed, ends }))
  return `${[`--- ${fileName('a', path)}`, `+++ ${fileName('b', path)}`, ...body].join('\n')}\n`
}

/** A written id is replaced as it was written: with its provider, or bare. */
function swapped(line: string, written: string, { inUse, model }: Swap): string {
  const to = written === inUse ? model : bareOf(model)
  return line.split(written).join(to)
}

type Hunk = { readonly from: number; readonly to: number }

/** Lines that are near each other share a hunk, as `git apply` wants it. Bounds are 0-based, `to` is exclusive. */
function hunksOf(at: readonly number[], length: number): readonly Hunk[] {
  const hunks: { from: number; to: number }[] = []
  for (const line of at) {
    const [from, to] = [Math.max(0, line - CONTEXT), Math.min(length, line + CONTEXT + 1)]
    const last = hunks.at(-1)
    if (last !== undefined && from <= last.to) last.to = to
    else hunks.push({ from, to })
  }
  return hunks
}

type In = Hunk & { readonly changed: ReadonlyMap<number, string>; readonly ends: boolean }

function hunk(lines: readonly string[], { from, to, changed, ends }: In): readonly string[] {
  const size = `${from + 1},${to - from}`
  const body: string[] = []
  for (let at = from; at < to; at += 1) {
    const torn = at === lines.length - 1 && !ends ? ['\\ No newline at end of file'] : []
    const after = changed.get(at)
    if (after === undefined) body.push(` ${lines[at]}`, ...torn)
    else body.push(`-${lines[at]}`, ...torn, `+${after}`, ...torn)
  }
  return [`@@ -${size} +${size} @@`, ...body]
}

/** As git writes names that a plain line could not hold. */
function fileName(side: 'a' | 'b', path: string): string {
  const name = `${side}/${path}`
  const needsQuotes = /["\\\p{Cc}]/u.test(name)
  return needsQuotes ? `"${name.replace(/["\\]/g, '\\$&').replace(/\p{Cc}/gu, octal)}"` : name
}

const octal = (character: string) => `\\${(character.codePointAt(0) ?? 0).toString(8).padStart(3, '0')}`
