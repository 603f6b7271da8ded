// Where the model in use is written: eval file, prompt file, and the constants of the files that the eval set names.

import { globMatcher } from '../config/globs.ts'
import { parseYaml } from '../config/yaml.ts'
import { readVersion } from '../detect/version.ts'
import type { EvalSet } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { isObject } from '../targets/outside.ts'
import { bareOf } from './model-name.ts'

export type PinPlace = {
  readonly path: string
  readonly text: string
  /** 1-based. */
  readonly line: number
  /** As it stands there: with or without its provider. */
  readonly written: string
}

/** Files below `paths` that are looked at: it names an application, not a repository. */
const MOST_FILES = 500
const MAX_BYTES = 1_000_000

export type Found = { readonly places: readonly PinPlace[]; readonly files: ReadonlySet<string> }

/** Of the files that the eval set names, which are told beside it. */
export async function pinPlaces(set: EvalSet, inUse: string, tree: Tree): Promise<Found> {
  const own = set.sources.map(({ path }) => path)
  const among = set.paths.length === 0 ? [] : (await tree.list()).map(({ path }) => path).filter(globMatcher(set.paths))
  const files = new Set([...own, ...among.slice(0, MOST_FILES)])
  const cases = new Set(set.sources.filter(({ role }) => role === 'cases').map(({ path }) => path))
  const wanted = [...files].filter((path) => !cases.has(path))
  const found = await Promise.all(wanted.map((path) => placesIn(path, { set, inUse, tree })))
  return { places: found.flat(), files }
}

type Of = { readonly set: EvalSet; readonly inUse: string; readonly tree: Tree }

async function placesIn(path: string, { set, inUse, tree }: Of): Promise<readonly PinPlace[]> {
  const text = await readable(tree, path)
  const isPrompt = set.target.kind === 'prompt' && set.target.prompt.path === path
  if (path !== set.path) return pinsIn({ path, text, isPrompt }, inUse)
  // An eval file names judges, candidates and the live model, too.
  const line = text === null ? null : targetLine(path, text)
  return text === null || line === null ? [] : placeAt({ path, text, line, written: bareOf(inUse) }, inUse)
}

type Source = { readonly path: string; readonly text: string | null; readonly isPrompt: boolean }

/** Values under a name that says model; the judges of a harness are no pins of the product. */
export async function pinsIn({ path, text, isPrompt }: Source, inUse: string): Promise<readonly PinPlace[]> {
  if (text === null || !text.includes(bareOf(inUse))) return []
  const { pins } = await readVersion(path, text, isPrompt)
  const own = pins.filter(({ id, written }) => written === inUse || id.toLowerCase() === bareOf(inUse).toLowerCase())
  const used = own.filter(({ trust, place = '' }) => trust !== 'likely' && !/judge|scorer|candidates|live/i.test(place))
  const found = used.flatMap(({ line, id, written = id }) => placeAt({ path, text, line, written }, inUse))
  return [...new Map(found.map((one) => [one.line, one])).values()]
}

/** With its provider where that stands before it. */
function placeAt(place: PinPlace, inUse: string): readonly PinPlace[] {
  const line = place.text.split('\n')[place.line - 1]
  if (line?.includes(inUse)) return [{ ...place, written: inUse }]
  return line?.includes(place.written) ? [place] : []
}

/** Where `target.model` stands; null in a file of another tool, or where the prompt names the model. */
function targetLine(path: string, text: string): number | null {
  const parsed = parseYaml(path, text)
  if (!parsed.ok) return null
  const { value, place } = parsed.file
  const target = isObject(value) ? value.target : undefined
  return isObject(target) && target.model !== undefined ? (place(['target', 'model']).line ?? null) : null
}

export async function readable(tree: Tree, path: string): Promise<string | null> {
  try {
    return await tree.read(path, MAX_BYTES)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}
