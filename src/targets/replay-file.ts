// Recorded answers as a file: one JSON object a line.

import type { Json, Usage } from '../domain.ts'
import { UserError } from '../errors.ts'
import { countAt, isObject, parseJson, textAt } from './outside.ts'
import type { ReplayRow } from './replay.ts'

/** Rows `{request | case, side?, prompt?, output, usage?, model?, latency_ms?}`. Throws a UserError that names the line. */
export function readReplay(text: string, path: string): readonly ReplayRow[] {
  return text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [readRow(line, { path, line: i + 1 })]))
}

function readRow(line: string, place: { path: string; line: number }): ReplayRow {
  const row = parseJson(line)
  const output = textAt(row, 'output')
  const [request, kase] = [textAt(row, 'request'), textAt(row, 'case') ?? textAt(row, 'id')]
  if (!isObject(row) || output === undefined || (request === undefined && kase === undefined)) {
    throw new UserError({
      what: 'this is no recorded answer.',
      place,
      expected: 'a JSON object with `output`, and with `case` or `request`',
      remedy: 'Correct the line.',
    })
  }
  const side = textAt(row, 'side')
  if (row.side !== undefined && side !== 'base' && side !== 'head')
    throw new UserError({
      what: `the side is ${JSON.stringify(row.side).slice(0, 40)}.`,
      place,
      expected: '"base", "head", or no side for both',
      remedy: 'Correct the line.',
    })
  const [prompt, model, latencyMs] = [textAt(row, 'prompt'), textAt(row, 'model'), countAt(row, 'latency_ms')]
  return {
    output,
    ...(request === undefined ? {} : { request }),
    ...(kase === undefined ? {} : { case: kase }),
    ...(side === 'base' || side === 'head' ? { side } : {}),
    ...(prompt === undefined ? {} : { prompt }),
    ...(model === undefined ? {} : { model }),
    ...(latencyMs === undefined ? {} : { latency_ms: latencyMs }),
    ...readUsage(row.usage),
  }
}

function readUsage(value: Json | undefined): { usage?: Usage } {
  const [input, output] = [countAt(value, 'input'), countAt(value, 'output')]
  if (input === undefined || output === undefined) return {}
  const cachedInput = countAt(value, 'cachedInput') ?? countAt(value, 'cached_input')
  return { usage: { input, output, ...(cachedInput === undefined ? {} : { cachedInput }) } }
}
