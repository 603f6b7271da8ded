// What a prompt says in one version of its file, read in the way in which `detect` would compare it.

import { canonicalJson } from '../config/canonical.ts'
import { changedPrompts, shortHash } from '../detect/compare.ts'
import { essence, whole } from '../detect/essence.ts'
import { settingChanges } from '../detect/parameters.ts'
import { changedPins } from '../detect/pin-changes.ts'
import { type FoundPrompt, findTexts } from '../detect/prompts.ts'
import { isCode } from '../detect/read-file.ts'
import { bodyOf, isWholeText, readVersion, said, type Version } from '../detect/version.ts'
import { UserError } from '../errors.ts'
import type { PromptDraft } from '../formats/draft.ts'
import { ownConstant } from '../formats/module-constants.ts'
import { readPrompt } from '../formats/prompts.ts'
import { stripComments } from '../template/index.ts'

/** How a file is read: as one text, by the texts in it, or as the prompt that an eval set declares. */
export type Manner = 'text' | 'texts' | 'declared'
export type Wanted = { readonly path: string; readonly symbol: string | null; readonly manner: Manner }

export type Spoken = {
  /** Equal for versions that say the same. */
  readonly essence: string
  /** Its words alone, to find it again where it stood in another form. */
  readonly words: string
  readonly line: number
  /** Hash over all of it, as `detect` prints it for a prompt of one piece. */
  readonly hash: string
  readonly prompts: readonly FoundPrompt[]
  readonly version: Version
}

/** A code file, or data with texts in it, has prompts; every other file is one. */
export const mannerOf = (path: string): Manner => (isCode(path) || !isWholeText(path) ? 'texts' : 'text')

/** Null when the prompt is not in this version. */
export function spokenIn({ path, symbol, manner }: Wanted, version: Version): Spoken | null {
  const { text } = version
  if (text === null) return null
  if (symbol !== null) {
    const constant = () => ofDraft(draftOf(path, text, symbol), version)
    const found = () => ofPrompts(bySymbol(version, symbol), version)
    return manner === 'declared' ? (constant() ?? found()) : (found() ?? constant())
  }
  if (manner === 'declared') return ofDraft(draftOf(path, text), version) ?? ofText(version)
  if (manner === 'text' || version.reading.note !== undefined) return ofText(version)
  return ofPrompts(version.prompts, version) ?? (isCode(path) ? null : ofText(version))
}

/** As `detect` compares: pins and settings in front matter are changes of their own, and no other version of the prompt. */
export function sayTheSame(one: Spoken, other: Spoken): boolean {
  if (one.essence === other.essence) return true
  const [a, b] = [one.version, other.version]
  if (one.prompts.length + other.prompts.length > 0 || a.text === null || b.text === null) return false
  if (bodyOf(said(a.text) ?? '') !== bodyOf(said(b.text) ?? '')) return false
  const settings = settingChanges(a.reading, b.reading)
  return changedPins(a.pins, b.pins).length + settings.length > 0
}

/** Hashes that `detect` prints for this version when it follows on the other. */
export function hashesAfter(before: Spoken | null, after: Spoken): readonly string[] {
  if (after.prompts.length === 0) return [after.hash]
  const nowhere = { base: new Map<string, number>(), head: new Map<string, number>() }
  const printed = changedPrompts(before?.prompts ?? [], after.prompts, nowhere).flatMap((change) => change.to ?? [])
  const [only, ...more] = [...new Set(printed)]
  return [...new Set(only !== undefined && more.length === 0 ? [only, after.hash] : [after.hash, ...printed])]
}

export const versionOf = (path: string, text: string | null): Promise<Version> => readVersion(path, text, true)

/** Prompts called so, by name or by owner and name; a text that is called so when no prompt is. */
function bySymbol(version: Version, symbol: string): readonly FoundPrompt[] {
  const called = (one: FoundPrompt) =>
    one.symbol === symbol || one.symbol === `${symbol}=` || `${one.owner}.${one.symbol}` === symbol
  const prompts = version.prompts.filter(called)
  return prompts.length > 0 ? prompts : findTexts(version.reading).filter(called)
}

function ofPrompts(prompts: readonly FoundPrompt[], version: Version): Spoken | null {
  const [first] = prompts
  if (first === undefined) return null
  const parts = prompts.map(whole)
  const words = parts.join('')
  // Order in the file does not count.
  return { essence: [...parts].sort().join('\0'), words, line: first.line, hash: shortHash(words), prompts, version }
}

function ofText(version: Version): Spoken {
  const text = said(version.text) ?? ''
  return { essence: essence(text), words: essence(text), line: 1, hash: shortHash(text), prompts: [], version }
}

function ofDraft(draft: PromptDraft | null, version: Version): Spoken | null {
  if (draft === null) return null
  const { engine, messages, tools, responseFormat } = draft
  const contents = messages.map((one) => essence(stripComments(engine, one.content)))
  const parts = [...messages.map((one, at) => [one.role, contents[at]]), tools ?? null, responseFormat ?? null]
  const words = contents.join('')
  const said = canonicalJson([engine, parts])
  return { essence: said, words, line: draft.line, hash: shortHash(words), prompts: [], version }
}

function draftOf(path: string, text: string, symbol?: string): PromptDraft | null {
  try {
    return symbol === undefined ? readPrompt(path, text) : ownConstant({ path, text }, symbol)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}
