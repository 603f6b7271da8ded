// The word that makes a line of standard output an answer. It begins the line, unless something was printed without an end of line.

export const MARKER = 'PARITY '

/** A line with more of them is a log of something else. */
const MOST = 20

/** What follows each marker within a line, from left to right, where it may be an object. */
export function afterMarkers(line: string): readonly string[] {
  const parts: string[] = []
  for (let from = line.indexOf(`${MARKER}{`); from !== -1 && parts.length < MOST; ) {
    parts.push(line.slice(from + MARKER.length))
    from = line.indexOf(`${MARKER}{`, from + MARKER.length)
  }
  return parts
}
