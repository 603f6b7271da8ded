// Where a prompt was before it had its name: another constant of the file, or another file of the same commit.

import { similar } from '../detect/compare.ts'
import { essence, whole } from '../detect/essence.ts'
import { isReadable } from '../detect/read-file.ts'
import { said, type Version } from '../detect/version.ts'
import type { History } from '../ports.ts'
import type { Step } from './lineage.ts'
import { mannerOf, type Spoken, versionOf, type Wanted } from './spoken.ts'

/** A commit that touches more files is an import or a rewrite: nobody can say what moved. */
const MAX_FILES = 200
/** Shorter texts are equal by accident. */
const MIN_CHARS = 20

/** The name that a constant had before: the same text, or an edited one, whose name is gone now. */
export function renamedFrom(after: Spoken, old: Version): string | null {
  const left = new Set(after.version.prompts.map((prompt) => prompt.symbol))
  const gone = old.prompts.filter((prompt) => !left.has(prompt.symbol))
  const same = gone.find((prompt) => whole(prompt) === after.words)
  const edited = gone.find((prompt) => similar(whole(prompt), after.words))
  return (same ?? edited)?.symbol ?? null
}

/** The same text in another file before the commit, and no longer there after it. */
export async function movedFrom(after: Spoken, step: Step, history: History): Promise<Wanted | null> {
  if (step.parents.length !== 1 || after.words.length < MIN_CHARS) return null
  const [all = []] = await history.changesIn([{ sha: step.sha }])
  const files = all.filter((one) => one.before !== null && (one.previousPath ?? one.path) !== step.path)
  if (files.length > MAX_FILES) return null
  const texts = await history.texts(files.flatMap((one) => [one.before, one.after]).filter((id) => id !== null))
  for (const { path, previousPath = path, ...file } of files) {
    const wanted = await holder(after.words, previousPath, texts.get(file.before ?? ''))
    if (wanted === null) continue
    if ((await holder(after.words, path, texts.get(file.after ?? ''))) === null) return wanted
  }
  return null
}

/** The other way round, for what is gone from its place: where the same text stands now that did not before. */
export async function movedInto(before: Spoken, step: Step, history: History): Promise<Wanted | null> {
  if (step.parents.length !== 1 || before.words.length < MIN_CHARS) return null
  const [all = []] = await history.changesIn([{ sha: step.sha }])
  const files = all.filter((one) => one.after !== null)
  if (files.length > MAX_FILES) return null
  const texts = await history.texts(files.flatMap((one) => [one.before, one.after]).filter((id) => id !== null))
  for (const { path, previousPath = path, ...file } of files) {
    const wanted = await holder(before.words, path, texts.get(file.after ?? ''))
    if (wanted === null) continue
    // In its own file it was there before, by the name that is gone.
    if (path === step.path || (await holder(before.words, previousPath, texts.get(file.before ?? ''))) === null)
      return wanted
  }
  return null
}

/** Where in a file these words stand, as a whole prompt. */
async function holder(words: string, path: string, text: string | null | undefined): Promise<Wanted | null> {
  if (typeof text !== 'string') return null
  if (isReadable(path)) {
    const { prompts } = await versionOf(path, text)
    const found = prompts.find((prompt) => whole(prompt) === words)
    if (found !== undefined) return { path, symbol: found.symbol, manner: 'texts' }
  }
  const isIt = mannerOf(path) === 'text' && essence(said(text) ?? '') === words
  return isIt ? { path, symbol: null, manner: 'text' } : null
}
