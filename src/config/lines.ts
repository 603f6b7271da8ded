// Lines of a text that comes in pieces.

/** Feeds each line, without its line feed, with its number; `end` feeds what follows the last one. */
export function lineReader(onLine: (line: string, number: number) => void) {
  let number = 0
  // A long line may take many pieces, and is put together once.
  let parts: string[] = []
  const emit = (last: string) => {
    const line = parts.length === 0 ? last : parts.join('') + last
    parts = []
    onLine(line, ++number)
  }
  return {
    take: (piece: string): void => {
      let start = 0
      for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
        emit(piece.slice(start, end))
        start = end + 1
      }
      if (start < piece.length) parts.push(piece.slice(start))
    },
    end: (): void => {
      if (parts.length > 0) emit('')
    },
  }
}
