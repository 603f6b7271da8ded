// Tables with a header line; BOM, CRLF, quoted line breaks. Quotes are relaxed when strict parsing fails.

import { type Problem, UserError } from '../errors.ts'
import { MAX_CASES } from './cases.ts'

export type CsvRow = { readonly row: { readonly [column: string]: string }; readonly line: number }
type Read = { readonly record: CsvRow['row']; readonly info: { readonly lines: number } }

const optionsFor = (path: string, relaxed: boolean) => ({
  bom: true,
  columns: (header: string[]) => uniqueColumns(header, path),
  info: true,
  skip_empty_lines: true,
  relax_column_count_less: true,
  to: MAX_CASES + 1,
  relax_quotes: relaxed,
})

export async function csvRows(
  path: string,
  text: string,
): Promise<{ readonly rows: readonly CsvRow[] } | { readonly problem: Problem }> {
  const rows: CsvRow[] = []
  const problem = await takeCsvRows(path, async (take) => take(text), {
    row: (row) => void rows.push(row),
    again: () => {
      rows.length = 0
    },
  })
  return problem === null ? { rows } : { problem }
}

type Rows = {
  row(row: CsvRow): void
  /** What was there so far does not count: the rows are read once more. */
  again(): void
}

/** As `csvRows`, row by row, of a text that comes in pieces. */
export async function takeCsvRows(
  path: string,
  read: (take: (piece: string) => void) => Promise<void>,
  { row, again }: Rows,
): Promise<Problem | null> {
  const { CsvError, parse } = await import('csv-parse')
  for (const relaxed of [false, true]) {
    again()
    const onRecord = ({ record, info }: Read) => {
      row({ row: record, line: info.lines })
      return null
    }
    const parser = parse({ ...optionsFor(path, relaxed), on_record: (read: unknown) => onRecord(read as Read) })
    // A text with more rows than are asked for is closed early, without a word.
    const ended = new Promise<unknown>((resolve) => {
      for (const event of ['error', 'finish', 'close']) parser.once(event, resolve)
    })
    parser.resume()
    await read((piece) => {
      if (!parser.writableEnded && parser.errored === null) parser.write(piece)
    })
    if (!parser.writableEnded) parser.end()
    const error = await ended
    if (error === undefined) return null
    if (!(error instanceof CsvError)) throw error
    if (relaxed) return notATable(path, error)
  }
  return null
}

function notATable(path: string, error: Error & { readonly lines?: unknown }): Problem {
  const line = Number(error.lines)
  return {
    what: `Not a valid table: ${error.message.replace(/\.$/, '')}.`,
    expected: 'CSV with a header line',
    remedy: 'Correct the line.',
    place: { path, ...(line > 0 ? { line } : {}) },
  }
}

function uniqueColumns(header: string[], path: string): string[] {
  const columns = header.map((column) => column.trim())
  const twice = columns.find((column, index) => column === '__proto__' || columns.indexOf(column) !== index)
  if (twice === undefined) return columns
  throw new UserError({
    what: `The column "${twice.slice(0, 100)}" ${twice === '__proto__' ? 'is not allowed' : 'stands twice'}.`,
    remedy: 'Rename it.',
    place: { path, line: 1 },
  })
}
