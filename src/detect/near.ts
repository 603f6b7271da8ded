// What unchanged sources beside a changed file do with it: read a text as a prompt, ask a model to fill in a class of a module.

import { posix } from 'node:path'
import type { Tree } from '../ports.ts'
import { answerClasses } from './answer-schemas.ts'
import { isCode, readSource } from './read-file.ts'

/** Sources of the same folder and of the one above; more of them are not read. */
const MAX_SOURCES = 20
const MAX_BYTES = 100_000

async function sourcesNear(
  path: string,
  tree: Tree,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const folder = posix.dirname(path)
  const folders = new Set([folder, posix.dirname(folder)])
  const files = await tree.list().catch(() => [])
  const near = files.filter((file) => file.path !== path && folders.has(posix.dirname(file.path)) && isCode(file.path))
  const read = near.slice(0, MAX_SOURCES).map(async (file) => ({
    path: file.path,
    text: (await tree.read(file.path, MAX_BYTES).catch(() => null)) ?? '',
  }))
  return Promise.all(read)
}

/** Lists and settings that programs read, too. */
const NO_PROMPT = /(?:^|\/)(?:requirements|constraints|robots|humans|CMakeLists|version|license|notice)[^/]*$/i
const PROMPT_NAME = /(?:system|prompt|instruction|persona|preamble)/i
const MAX_LINE = 300

/** `SYSTEM = Path("assistant.txt").read_text()`, `const PROMPT: &str = include_str!("assistant.txt")` */
export async function isReadAsPrompt(path: string, tree: Tree): Promise<boolean> {
  if (!path.endsWith('.txt') || NO_PROMPT.test(path)) return false
  const name = posix.basename(path)
  const isRead = (line: string) => {
    const at = line.indexOf(name)
    return at > 0 && /["'`/]/.test(line[at - 1] ?? '') && PROMPT_NAME.test(line.slice(0, at))
  }
  const sources = await sourcesNear(path, tree)
  return sources.some(({ text }) => text.split('\n').some((line) => line.length <= MAX_LINE && isRead(line)))
}

/** Classes of a module of Python that a source beside it asks a model to fill in. */
export async function answersNear(path: string, text: string, tree: Tree): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  if (!path.endsWith('.py') || !/\bBaseModel\b/.test(text) || !/\bdescription\s*=/.test(text)) return found
  const module = posix.basename(path, '.py')
  for (const source of await sourcesNear(path, tree)) {
    const brings = (line: string) => /^\s*from /.test(line) && line.includes(`${module} import `)
    if (!source.path.endsWith('.py') || !source.text.split('\n').some(brings)) continue
    for (const name of answerClasses(await readSource(source.path, source.text))) found.add(name)
  }
  return found
}
