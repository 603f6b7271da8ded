// What unchanged sources beside a changed file do with it: read a text as a prompt, ask a model to fill in a class of a module.

import { posix } from 'node:path'
import { once } from '../once.ts'
import type { Tree } from '../ports.ts'
import { answerClasses } from './answer-schemas.ts'
import { promptTexts } from './prompt-texts.ts'
import { isCode, readSource } from './read-file.ts'

/** Sources of the same folder and of the one above; more of them are not read. */
const MAX_SOURCES = 20
/** Of all changed files together. */
const MAX_READS = 200
const MAX_BYTES = 100_000

export type Near = {
  /** A text that a source beside it reads as a prompt. */
  isReadAsPrompt(path: string): Promise<boolean>
  /** Classes of a module of Python that a source beside it asks a model to fill in. */
  answers(path: string, text: string): Promise<ReadonlySet<string>>
}

/** What a source says of others, worked out when somebody asks, and once. */
type Source = {
  readonly prompts: () => ReadonlySet<string>
  readonly modules: () => ReadonlySet<string>
  readonly answers: () => Promise<ReadonlySet<string>>
}

/** Lists and settings that programs read, too. */
const NO_PROMPT = /(?:^|\/)(?:requirements|constraints|robots|humans|CMakeLists|version|license|notice)[^/]*$/i

/** For one detection: its changed files have many neighbours in common. */
export function nearIn(tree: Tree): Near {
  const folders = once(() => codeByFolder(tree))
  const sources = new Map<string, Promise<Source | null>>()

  function sourceAt(path: string): Promise<Source | null> {
    const known = sources.get(path)
    if (known !== undefined) return known
    if (sources.size >= MAX_READS) return Promise.resolve(null)
    const source = tree.read(path, MAX_BYTES).then(
      (text) => (text === null ? null : sourceOf(path, text)),
      () => null,
    )
    sources.set(path, source)
    return source
  }

  async function sourcesNear(path: string): Promise<readonly Source[]> {
    const folder = posix.dirname(path)
    const byFolder = await folders()
    const near = [...new Set([folder, posix.dirname(folder)])]
      .flatMap((one) => (byFolder.get(one) ?? []).slice(0, MAX_SOURCES + 1))
      .filter((other) => other !== path)
      .slice(0, MAX_SOURCES)
    return (await Promise.all(near.map(sourceAt))).filter((source) => source !== null)
  }

  return {
    async isReadAsPrompt(path) {
      if (!path.endsWith('.txt') || NO_PROMPT.test(path)) return false
      const name = posix.basename(path)
      return (await sourcesNear(path)).some((source) => source.prompts().has(name))
    },
    async answers(path, text) {
      const found = new Set<string>()
      if (!path.endsWith('.py') || !/\bBaseModel\b/.test(text) || !/\bdescription\s*=/.test(text)) return found
      const module = posix.basename(path, '.py')
      for (const source of await sourcesNear(path))
        if (source.modules().has(module)) for (const name of await source.answers()) found.add(name)
      return found
    },
  }
}

async function codeByFolder(tree: Tree): Promise<ReadonlyMap<string, readonly string[]>> {
  const folders = new Map<string, string[]>()
  for (const { path } of await tree.list().catch(() => [])) {
    if (!isCode(path)) continue
    const folder = posix.dirname(path)
    const files = folders.get(folder)
    if (files === undefined) folders.set(folder, [path])
    else files.push(path)
  }
  return folders
}

const sourceOf = (path: string, text: string): Source => ({
  prompts: once(() => promptTexts(text)),
  modules: once(() => (path.endsWith('.py') ? importedFrom(text) : new Set())),
  answers: once(async () => answerClasses(await readSource(path, text))),
})

const FROM = /^[ \t\uFEFF]*from ([\w.]+) import /gm
/** `from app.schemas import Bill`: the last name of each module. */
const importedFrom = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(FROM)].map(([, module = '']) => module.slice(module.lastIndexOf('.') + 1)))
