// What is found in a text, and where: in the text as it stands, and in views of it, which are what somebody reads in it.

/** A part of a text, and what is shown in its place. */
export type Span = { readonly start: number; readonly end: number; readonly mark: string }

export type Finder = (text: string) => readonly Span[]

/** A text as it is searched, and where each of its characters, and its end, stands in the text as it is; null: at the same place. */
export type View = { readonly text: string; readonly at: readonly number[] | null }

/** The view with what the global `pattern` matches read as something else; the same one where it matches nothing. */
export function readAs(view: View, pattern: RegExp, reading: (match: string) => string): View {
  const { text } = view
  const place = (index: number) => view.at?.[index] ?? index
  const parts: string[] = []
  const at: number[] = []
  let done = 0
  const keep = (end: number) => {
    parts.push(text.slice(done, end))
    for (let index = done; index < end; index += 1) at.push(place(index))
  }
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    keep(match.index)
    const read = reading(match[0])
    parts.push(read)
    for (let unit = 0; unit < read.length; unit += 1) at.push(place(match.index))
    done = match.index + match[0].length
  }
  if (parts.length === 0) return view
  keep(text.length)
  at.push(place(text.length))
  return { text: parts.join(''), at }
}

/** What is found in a view, in the text that it is a view of. What is read as nothing behind a part goes with it. */
export function foundIn(view: View, find: Finder): readonly Span[] {
  const { at, text } = view
  const found = find(text)
  if (at === null) return found
  return found.map(({ start, end, mark }) => ({ start: at[start] ?? 0, end: at[end] ?? 0, mark }))
}

/** The text with the marks in place of what was found, each part once; the same text where nothing was. */
export function withMarks(text: string, found: readonly Span[]): string {
  if (found.length === 0) return text
  const parts: string[] = []
  let done = 0
  // Of two parts that begin alike the longer one, of two equal ones the first.
  for (const { start, end, mark } of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= done) continue
    if (start >= done) parts.push(text.slice(done, start), mark)
    done = end
  }
  return `${parts.join('')}${text.slice(done)}`
}
