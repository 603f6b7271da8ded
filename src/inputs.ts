// The inputs that the action and the command line share: read once, checked here, with an error for every word that is off.

import { UserError } from './errors.ts'
import type { CommentWhen, Job } from './job.ts'
import { nearest } from './nearest.ts'

/** Raw text of an input by its kebab-case name; '' when not given. */
export type Inputs = (name: string) => string

export type Settings = Omit<Job, 'command' | 'request' | 'provenance' | 'planOnly'>

export const DEFAULT_CONFIG = 'parity.yaml'
export const COMMENT_DEFAULT: CommentWhen = 'changes'

export function readSettings(input: Inputs): Settings {
  const comment = oneOf(input, 'comment', ['always', 'changes', 'failures', 'never'] as const)
  return {
    workingDirectory: folder(input('working-directory')),
    configPath: input('config') || DEFAULT_CONFIG,
    evals: evals(input('evals')),
    mode: oneOf(input, 'mode', ['enforce', 'report'] as const),
    maxUsd: usd(input('max-usd')),
    onInconclusive: oneOf(input, 'on-inconclusive', ['pass', 'fail'] as const) ?? 'pass',
    onNotMeasured: oneOf(input, 'on-not-measured', ['pass', 'fail'] as const) ?? 'fail',
    allowCode: oneOf(input, 'allow-code', ['never', 'base', 'trusted'] as const) ?? 'trusted',
    // An input left at its default cannot be told from one that spells it, so the default gives way to the configuration.
    comment: comment === COMMENT_DEFAULT ? null : comment,
    shard: shard(input('shard')),
    reportDir: input('report-dir') || '.parity/report',
    stateDir: input('state-dir') || '.parity/state',
    dryRun: bool(input, 'dry-run'),
    useStored: !bool(input, 'no-cache'),
  }
}

function oneOf<const T extends string>(input: Inputs, name: string, allowed: readonly T[]): T | null {
  const value = input(name).trim()
  if (value === '') return null
  const found = allowed.find((one) => one === value)
  if (found !== undefined) return found
  const near = nearest(value, allowed)
  throw wrong(
    name,
    value,
    allowed.map((one) => `\`${one}\``).join(' or '),
    near === null ? '' : ` Did you mean \`${near}\`?`,
  )
}

function bool(input: Inputs, name: string): boolean {
  return oneOf(input, name, ['true', 'false'] as const) === 'true'
}

function folder(text: string): string {
  const clean = text.trim().replace(/\\/g, '/').replace(/^\.\//, '').replace(/\/+$/, '')
  if (clean.startsWith('/') || clean.split('/').includes('..'))
    throw wrong('working-directory', text, 'a folder inside the repository')
  return clean === '.' ? '' : clean
}

function evals(text: string): Job['evals'] {
  const words = text
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '')
  if (words.length === 0 || (words.length === 1 && words[0] === 'affected')) return 'affected'
  return words.length === 1 && words[0] === 'all' ? 'all' : words
}

function usd(text: string): string | null {
  const value = text.trim().replace(/^\$/, '')
  if (value === '') return null
  if (!/^\d+(\.\d{1,9})?$/.test(value)) throw wrong('max-usd', text, 'an amount of US dollars such as `5` or `0.50`')
  return value
}

function shard(text: string): Job['shard'] {
  if (text.trim() === '') return null
  const [, index, of] = /^(\d{1,3})\/(\d{1,3})$/.exec(text.trim()) ?? []
  const [i, n] = [Number(index), Number(of)]
  if (index === undefined || i < 1 || i > n) throw wrong('shard', text, '`i/n` with 1 ≤ i ≤ n, such as `2/4`')
  return { index: i, of: n }
}

function wrong(name: string, value: string, expected: string, hint = ''): UserError {
  return new UserError({
    what: `the input \`${name}\` is "${value.slice(0, 100)}".`,
    expected,
    remedy: `Correct it.${hint}`,
  })
}
