// Which lines of two versions of a file are the same line, and which stand in the place of which: a diff by lines that
// occur once on both sides, and between those, where little is left, by the longest common subsequence.

export type LineDiff = {
  /** For each line of the base, counted from 0, the head's line that it is; -1 where it is gone or changed. */
  readonly same: Int32Array
  /** Which changed stretch a line of the base or the head is in; 0 for lines that are the same. */
  readonly baseStretch: Int32Array
  readonly headStretch: Int32Array
}

/** A table of the common subsequence has at most as many fields, and stretches are narrowed down at most so often. */
const MAX_TABLE = 10_000
const MAX_DEPTH = 20
/** Longer files are data: they are one stretch. */
const MAX_LINES = 100_000

type Range = { readonly base: number; readonly baseEnd: number; readonly head: number; readonly headEnd: number }

type Work = LineDiff & { readonly was: readonly string[]; readonly is: readonly string[]; stretches: number }

export function lineDiff(base: string, head: string): LineDiff {
  const [was, is] = [linesOf(base), linesOf(head)]
  const work: Work = {
    was,
    is,
    same: new Int32Array(was.length).fill(-1),
    baseStretch: new Int32Array(was.length),
    headStretch: new Int32Array(is.length),
    stretches: 0,
  }
  const whole = { base: 0, baseEnd: was.length, head: 0, headEnd: is.length }
  if (was.length + is.length > MAX_LINES) stretch(work, whole)
  else narrow(work, whole, 0)
  return work
}

/** Brackets and empty lines are the same everywhere. */
const SAYS = /[\p{L}\d]/u

const linesOf = (text: string) => text.split('\n').map((line) => line.trim())

function narrow(work: Work, range: Range, depth: number): void {
  const { was, is, same } = work
  let { base, baseEnd, head, headEnd } = range
  while (base < baseEnd && head < headEnd && was[base] === is[head]) same[base++] = head++
  while (base < baseEnd && head < headEnd && was[baseEnd - 1] === is[headEnd - 1]) same[--baseEnd] = --headEnd
  if (base === baseEnd && head === headEnd) return
  const left = { base, baseEnd, head, headEnd }
  const anchors = depth < MAX_DEPTH ? onceOnBoth(work, left) : []
  if (anchors.length > 0) between(work, left, anchors, depth)
  else if ((baseEnd - base) * (headEnd - head) <= MAX_TABLE) common(work, left)
  else stretch(work, left)
}

type Anchor = readonly [base: number, head: number]

function between(work: Work, range: Range, anchors: readonly Anchor[], depth: number): void {
  let { base, head } = range
  for (const [atBase, atHead] of anchors) {
    narrow(work, { base, baseEnd: atBase, head, headEnd: atHead }, depth + 1)
    work.same[atBase] = atHead
    base = atBase + 1
    head = atHead + 1
  }
  narrow(work, { ...range, base, head }, depth + 1)
}

function stretch(work: Work, { base, baseEnd, head, headEnd }: Range): void {
  work.stretches++
  work.baseStretch.fill(work.stretches, base, baseEnd)
  work.headStretch.fill(work.stretches, head, headEnd)
}

/** Lines that occur once on both sides, as many as keep their order. */
function onceOnBoth({ was, is }: Work, { base, baseEnd, head, headEnd }: Range): readonly Anchor[] {
  const [inBase, inHead] = [placesOf(was, base, baseEnd), placesOf(is, head, headEnd)]
  const pairs: Anchor[] = []
  for (const [line, at] of inBase) {
    const other = inHead.get(line)
    if (at >= 0 && other !== undefined && other >= 0) pairs.push([at, other])
  }
  return increasing(pairs)
}

/** Where each line stands; -1 for lines that stand there more than once. */
function placesOf(lines: readonly string[], from: number, to: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (let at = from; at < to; at++) {
    const line = lines[at] ?? ''
    if (!SAYS.test(line)) continue
    places.set(line, places.has(line) ? -1 : at)
  }
  return places
}

/** The longest run of pairs, which are in the base's order, that is in the head's order, too. */
function increasing(pairs: readonly Anchor[]): readonly Anchor[] {
  const tails: number[] = []
  const before = new Int32Array(pairs.length).fill(-1)
  for (const [at, [, head]] of pairs.entries()) {
    let [low, high] = [0, tails.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((pairs[tails[middle] ?? 0]?.[1] ?? 0) < head) low = middle + 1
      else high = middle
    }
    before[at] = low > 0 ? (tails[low - 1] ?? -1) : -1
    tails[low] = at
  }
  const run: Anchor[] = []
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at]
    if (pair) run.push(pair)
  }
  return run.reverse()
}

const isSame = (one = '', other = '') => one === other && SAYS.test(one)

function common(work: Work, range: Range): void {
  const { was, is, same } = work
  let { base, head } = range
  const [rows, width] = [range.baseEnd - base + 1, range.headEnd - head + 1]
  const table = new Uint16Array(rows * width)
  for (let i = rows - 2; i >= 0; i--)
    for (let j = width - 2; j >= 0; j--)
      table[i * width + j] = isSame(was[base + i], is[head + j])
        ? (table[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0)
  const start = { base, head }
  const length = (i: number, j: number) => table[(i - start.base) * width + j - start.head] ?? 0
  let from = { base, head }
  while (base < range.baseEnd && head < range.headEnd) {
    if (isSame(was[base], is[head])) {
      stretch(work, { ...from, baseEnd: base, headEnd: head })
      same[base++] = head++
      from = { base, head }
    } else if (length(base + 1, head) >= length(base, head + 1)) base++
    else head++
  }
  stretch(work, { ...range, ...from })
}
