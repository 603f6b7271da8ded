// `PROMPT[#symbol]` of the command line -> a file of the repository, and how it is read.

import { posix } from 'node:path'
import type { Prompt } from '../domain.ts'
import { UserError } from '../errors.ts'
import { splitSymbol } from '../formats/prompts.ts'
import { nearest } from '../nearest.ts'
import { mannerOf, versionOf, type Wanted } from './spoken.ts'

export type Place = {
  /** As it was written. */
  readonly reference: string
  /** Folders that it may be relative to, nearest first; '' is the root. */
  readonly folders: readonly string[]
}

/** Readings of the reference, most likely first. A name with `#` may be the name of a file. */
export function candidates({ reference, folders }: Place): readonly { path: string; symbol: string | null }[] {
  const { path, symbol } = splitSymbol(reference)
  const both = [{ path: reference, symbol: null }, ...(symbol ? [{ path, symbol }] : [])]
  const found = both.flatMap((one) =>
    [...new Set([...folders, ''])].flatMap((folder) =>
      spellings(one.path).map((path) => ({ ...one, path: inRoot(folder, path) })),
    ),
  )
  return found.filter((one) => one.path !== '' && one.path !== '..' && !one.path.startsWith('../'))
}

/** A backslash may be a part of the name; else it is how another system writes a folder. */
const spellings = (path: string) => [...new Set([path, path.replaceAll('\\', '/')])]

const inRoot = (folder: string, path: string) => posix.normalize(posix.join(folder, path)).replace(/^\.?\/|\/$/g, '')

/** The prompt as eval sets declare it, where they do: then its version is theirs. */
export function wantedOf(at: { path: string; symbol: string | null }, declared: readonly Prompt[]): Wanted {
  const isDeclared = declared.some((one) => one.path === at.path && (one.symbol ?? null) === at.symbol)
  return { ...at, manner: isDeclared ? 'declared' : mannerOf(at.path) }
}

export function noSuchFile({ reference }: Place, paths: readonly string[]): UserError {
  const { path } = splitSymbol(reference)
  const name = posix.basename(path)
  const near = paths.find((one) => posix.basename(one) === name) ?? nearest(path, paths)
  return new UserError({
    what: `there is no prompt "${path.slice(0, 200)}" in this commit, nor was there one before it.`,
    expected: 'the path of a prompt file, or of a source file and a constant (app/prompts.py#SYSTEM)',
    remedy: near === null ? '`prompt-parity detect --all` names prompts that changed.' : `Did you mean ${near}?`,
  })
}

/** The names in a file that could have been meant. */
export async function noSuchPrompt(wanted: Wanted, text: string | null): Promise<UserError> {
  const { path, symbol } = wanted
  const version = await versionOf(path, text)
  const names = [...new Set(version.prompts.map((prompt) => prompt.symbol))].filter((name) => name !== '')
  const near = symbol === null ? null : nearest(symbol, names)
  const known = names.slice(0, 12).map((name) => `${path}#${name}`)
  return new UserError({
    what:
      symbol === null
        ? wanted.manner === 'texts'
          ? `${path} is source code in which no prompt was found.`
          : `${path} is there, and git names no commit that made it.`
        : `${path} has no prompt or constant "${symbol.slice(0, 100)}", and never had.`,
    remedy:
      near !== null
        ? `Did you mean ${path}#${near}?`
        : known.length > 0
          ? `Prompts in it: ${known.join(', ')}.`
          : 'Name the constant that holds the prompt after #.',
  })
}
