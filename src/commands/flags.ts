// Flags of a command, with an error that names the nearest one.

import { parseArgs } from 'node:util'
import { UserError } from '../errors.ts'
import { nearest } from '../nearest.ts'

export type FlagSpec = { readonly [name: string]: 'text' | 'switch' | 'list' }
export type Flags = {
  text(name: string): string
  given(name: string): boolean
  list(name: string): readonly string[]
  readonly rest: readonly string[]
}

/** @param words how many arguments may stand without a flag; a further one would be passed over without a word */
export function readFlags(args: readonly string[], spec: FlagSpec, words = Number.POSITIVE_INFINITY): Flags {
  const flags = parsed(args, spec)
  const stray = flags.rest[words]
  if (stray === undefined) return flags
  throw new UserError({
    what: `"${stray.slice(0, 100)}" stands alone.`,
    expected: words === 0 ? 'options alone' : `${words} argument beside the options`,
    remedy: 'Remove it, or write the option that it belongs to in front of it.',
  })
}

function parsed(args: readonly string[], spec: FlagSpec): Flags {
  const options = Object.fromEntries(
    Object.entries(spec).map(([name, kind]) => [
      name,
      { type: kind === 'switch' ? ('boolean' as const) : ('string' as const), multiple: kind === 'list' },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const at = (name: string) => values[name]
    return {
      text: (name) => {
        const value = at(name)
        return typeof value === 'string' ? value : ''
      },
      given: (name) => at(name) !== undefined,
      list: (name) => {
        const value = at(name)
        return Array.isArray(value) ? value.map(String) : []
      },
      rest: positionals,
    }
  } catch (error) {
    throw wrongFlag(error, Object.keys(spec))
  }
}

function wrongFlag(error: unknown, known: readonly string[]): UserError {
  const message = error instanceof Error ? error.message : String(error)
  const written = /'(--?[^' ]+)/.exec(message)?.[1] ?? ''
  const near = nearest(written.replace(/^--?/, ''), known)
  return new UserError({
    what: `${message.split('. ')[0]?.replace(/\.$/, '') ?? message}.`,
    remedy:
      near === null ? `Known options: ${known.map((name) => `--${name}`).join(' ')}.` : `Did you mean \`--${near}\`?`,
  })
}

export function formatFlag<const T extends string>(flags: Flags, allowed: readonly T[]): T {
  const value = flags.text('format')
  const found = allowed.find((one) => one === value)
  if (found !== undefined) return found
  if (value === '' && allowed[0] !== undefined) return allowed[0]
  throw new UserError({
    what: `--format is "${value.slice(0, 40)}".`,
    expected: allowed.join(', '),
    remedy: 'Correct it.',
  })
}
