// One line of progress in the columns that a terminal has. Names are an eval set's own, and of any length: they are what is cut.

import type { ProgressLine } from '../ports.ts'
import { columnsOf, cutColumns } from '../report/columns.ts'
import { cleanCut, logLine } from '../report/escape.ts'

/** A shorter beginning of a name tells nobody which eval set it is. */
const USUAL_NAME = 12
const LEAST_NAME = 4

/** No terminal is wider. */
const WIDEST = 1_000

export function wholeLine({ name, long }: ProgressLine): string {
  return `${oneLine(name)}: ${long}`
}

const oneLine = (name: string) => logLine(cleanCut(name, WIDEST))

/** The words if there is room for them and for most of a name, else the figures, of which rate and time left go first. */
export function fittingLine({ name, long, figures, more }: ProgressLine, columns: number): string {
  const shown = oneLine(name)
  const texts = more.map((_, at) => [...figures, ...more.slice(0, more.length - at)].join(', '))
  const all = [{ text: long, least: USUAL_NAME }, ...texts.map((text) => ({ text, least: LEAST_NAME }))]
  const fits = all.find(({ text, least }) => roomFor(text, columns) >= Math.min(columnsOf(shown), least))
  const text = fits?.text ?? figures.join(', ')
  const room = roomFor(text, columns)
  return room < 1 ? cutColumns(text, columns) : `${cutColumns(shown, room)}: ${text}`
}

const roomFor = (text: string, columns: number) => columns - columnsOf(text) - ': '.length
