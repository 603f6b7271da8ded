// `prompt-parity ci profile`: exports of production to the summary that may be committed. Reads files of any size as a stream.

import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { leftOut, refusal } from '../cost/profile/load.ts'
import { inputQuantiles, type Profile } from '../cost/profile/profile.ts'
import { readExports } from '../cost/profile/read.ts'
import { summaryText } from '../cost/profile/summary.ts'
import { EXIT, UserError } from '../errors.ts'
import { createLog } from '../io/terminal.ts'
import { tierEdges } from '../prices/edges.ts'
import { loadPrices } from '../prices/index.ts'
import { readFlags } from './flags.ts'

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, { out: 'text', route: 'text', slices: 'text' })
  if (flags.rest.length === 0)
    throw new UserError({
      what: 'no export is named.',
      remedy: 'Give one or several files, or `-` for standard input.',
    })
  const dimensions = flags
    .text('slices')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const path = flags.rest.length === 1 ? (flags.rest[0] ?? '') : `${flags.rest.length} files`
  const several = flags.rest.length > 1
  const exports = flags.rest.map((one) => ({ name: several ? one : '', chunks: textOf(one) }))
  const read = await readExports(exports, {
    dimensions,
    route: flags.text('route') || null,
    nowMs: Date.now(),
    edges: tierEdges(await loadPrices()),
  })
  if (read.state === 'refused') throw refusal(path, read)
  const text = summaryText(read.profile)
  const out = flags.text('out')
  if (out === '') process.stdout.write(text)
  else await writeFile(out, text).catch((error: unknown) => Promise.reject(cannotWrite(out, error)))
  const log = createLog(process.stderr)
  for (const line of [...describe(read.profile), leftOut(read)]) if (line !== '') log.info(line)
  return EXIT.pass
}

async function* textOf(path: string): AsyncGenerator<string> {
  const source = path === '-' ? process.stdin.setEncoding('utf8') : createReadStream(path, { encoding: 'utf8' })
  try {
    for await (const chunk of source) yield String(chunk)
  } catch (error) {
    throw cannotRead(path, error)
  }
}

function cannotRead(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  return new UserError({
    what: `the file cannot be read (${String(error.code)}).`,
    place: { path },
    remedy: 'Correct the path.',
  })
}

function cannotWrite(path: string, error: unknown): UserError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
  return new UserError({
    what: `the file cannot be written (${code}).`,
    place: { path },
    remedy: 'Choose another path for `--out`.',
  })
}

function describe(profile: Profile): readonly string[] {
  const { span, requestsPerMonth, outputTokens } = profile
  const input = inputQuantiles(profile.bins)
  const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 })
  const percent = (value: number | null) => (value === null ? 'not known' : `${(value * 100).toFixed(1)} %`)
  return [
    `${number(profile.calls)} calls (${profile.source})${span === null ? '' : `, ${span.from} to ${span.to}`}`,
    `input tokens: mean ${number(input.mean)}, p50 ${number(input.p50)}, p95 ${number(input.p95)}`,
    `output tokens: mean ${number(outputTokens.mean)}, p50 ${number(outputTokens.p50)}, p95 ${number(outputTokens.p95)}`,
    requestsPerMonth === null
      ? 'requests a month: not known (set requests_per_month): the rows have no times, or less than a day of them'
      : `requests a month: ${number(requestsPerMonth)}, extrapolated to 30 days`,
    `input tokens from the prompt cache: ${percent(profile.promptCacheHitRatio)}; response cache: ${percent(profile.responseCacheHitRatio)}; batch: ${percent(profile.batchShare)}`,
  ]
}
