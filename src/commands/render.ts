// `prompt-parity render`: any report again.

import { readFile } from 'node:fs/promises'
import { EXIT, UserError } from '../errors.ts'
import { type Renderers, renderersOf } from '../render.ts'
import { checkReport } from '../report/check.ts'
import { logLines } from '../report/escape.ts'
import { renderJson } from '../report/json.ts'
import { renderJunit } from '../report/junit.ts'
import type { Report } from '../report/report.ts'
import { formatFlag, readFlags } from './flags.ts'

const RENDERERS = {
  text: (report: Report, { text }: Renderers) => logLines(text(report)),
  markdown: (report: Report, { comment }: Renderers) => comment(report),
  summary: (report: Report, { summary }: Renderers) => summary(report),
  html: (report: Report, { html }: Renderers) => html(report),
  junit: renderJunit,
  json: renderJson,
} as const
type Format = keyof typeof RENDERERS
const FORMATS: readonly Format[] = ['text', 'markdown', 'summary', 'html', 'junit', 'json']

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, { format: 'text' }, 1)
  const format = formatFlag(flags, FORMATS)
  const [path] = flags.rest
  if (path === undefined)
    throw new UserError({ what: 'no report is named.', remedy: 'Give the path of a report.json.' })
  const report = await readReport(path)
  process.stdout.write(`${RENDERERS[format](report, await renderersOf(report)).trimEnd()}\n`)
  return EXIT.pass
}

/** A report.json of this schema version; anything else is an error that says what it is. */
export async function readReport(path: string): Promise<Report> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null)
    throw new UserError({ what: `${path} cannot be read.`, remedy: 'Name a report.json that a run wrote.' })
  const value = parse(text)
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (schema === 'prompt-parity/1') return checkReport(value, path)
  throw new UserError({
    what: `${path} is no report of ours${schema === undefined ? '' : ` (schema ${String(schema).slice(0, 40)})`}.`,
    expected: 'the schema prompt-parity/1',
    remedy: 'Name a report.json that a run wrote.',
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
