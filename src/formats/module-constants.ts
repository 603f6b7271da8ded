// A string constant with the constants that it is built from, in its own module and in those that it imports. Nothing is run:
// what is not a constant stays a variable of the template, or there is no such prompt.

import type { Json, Link } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { importsOf, moduleCandidates } from '../references/imports.ts'
import { type Assignment, assignments, type Language, languageOf } from './constants.ts'
import type { PromptDraft } from './draft.ts'
import type { Literal } from './string-literals.ts'

const MAX_MODULES = 50
const MAX_DEPTH = 20

type Module = { readonly path: string; readonly text: string }
type Search = {
  readonly tree: Tree
  readonly modules: Map<string, Module | null>
  readonly links: Link[]
  /** `path#name` on the way here: what leads back to itself has no value. */
  readonly within: readonly string[]
}
type Found = { readonly text: string; readonly at: number }

/** The text of `symbol`. Throws a UserError when there is none or it cannot be known without running code. */
export async function readConstant(tree: Tree, module: Module, symbol: string): Promise<PromptDraft> {
  const { path, text } = module
  if (!languageOf(path)) {
    throw new UserError({
      what: `Constants of "${path}" cannot be read.`,
      expected: 'a .py, .js, .mjs, .cjs, .ts, .mts, .cts, .jsx or .tsx file',
      remedy: 'Move the prompt into a text file.',
      place: { path },
    })
  }
  const links: Link[] = []
  const found = await constantOf(module, symbol, { tree, modules: new Map([[path, module]]), links, within: [] })
  if (found === null) {
    throw new UserError({
      what: `There is no constant "${symbol.slice(0, 100)}" that is a plain string.`,
      expected: `${symbol.slice(0, 100)} = "…", of texts and other constants`,
      remedy: 'Correct the name after #, or write the prompt as one string.',
      place: { path },
    })
  }
  const line = text.slice(0, found.at).split('\n').length
  const messages = [{ role: 'user' as const, content: found.text }]
  return { engine: 'nunjucks', messages, line, ...(links.length === 0 ? {} : { links: unique(links) }) }
}

/** The same from the module's own text alone, without what it takes from others; null when that is not known. */
export function ownConstant({ path, text }: Module, symbol: string): PromptDraft | null {
  const language = languageOf(path)
  if (!language) return null
  for (const { literal, start } of assignments(text, symbol, language)) {
    if (literal.parts.some((part) => 'name' in part)) continue
    const messages = [{ role: 'user' as const, content: templateOf(literal) }]
    return { engine: 'nunjucks', messages, line: text.slice(0, start).split('\n').length }
  }
  return null
}

async function constantOf(module: Module, symbol: string, search: Search): Promise<Found | null> {
  const language = languageOf(module.path)
  const key = `${module.path}#${symbol}`
  if (!language || search.within.includes(key) || search.within.length >= MAX_DEPTH) return null
  const inner = { ...search, within: [...search.within, key] }
  for (const assignment of assignments(module.text, symbol, language)) {
    const text = await textOf(module, { assignment, language }, inner)
    if (text !== null) return { text, at: assignment.start }
  }
  return null
}

type Written = { readonly assignment: Assignment; readonly language: Language }

/** The text as a template, or null when a part that is joined to it has no value. */
async function textOf(module: Module, { assignment }: Written, search: Search): Promise<string | null> {
  const { literal, top } = assignment
  const pieces: Literal['parts'][number][] = []
  for (const part of literal.parts) {
    if ('text' in part) {
      pieces.push(part)
      continue
    }
    const name = 'name' in part ? part.name : part.expression
    // In a function a name may be an argument, whatever the module has of that name.
    const isConstant = top || /^[A-Z][A-Z\d_]*$/.test(name.split('.').at(-1) ?? '')
    const text = 'name' in part || isConstant ? await meant(module, name, search) : null
    if (text === null && 'name' in part) return null
    pieces.push(text === null ? part : { text })
  }
  return templateOf({ ...literal, parts: pieces })
}

/** The constant that a name stands for, here or where it is imported from. */
async function meant(module: Module, name: string, search: Search): Promise<string | null> {
  const dot = name.lastIndexOf('.')
  if (dot < 0) {
    const own = await constantOf(module, name, search)
    if (own !== null) return own.text
  }
  const wanted =
    dot < 0 ? { local: name, member: undefined } : { local: name.slice(0, dot), member: name.slice(dot + 1) }
  return importedText(module, wanted, search)
}

type Wanted = { readonly local: string; readonly member: string | undefined }

async function importedText(module: Module, wanted: Wanted, search: Search): Promise<string | null> {
  for (const one of importsOf(module.path, module.text)) {
    const name = nameIn(one.names, wanted)
    if (name === null) continue
    for (const path of moduleCandidates(module.path, one)) {
      const other = await moduleAt(path, search)
      if (other === null) continue
      const known = search.links.length
      search.links.push({ from: module.path, to: path, how: `takes ${name} from`, name })
      const found = (await constantOf(other, name, search)) ?? (await reExported(other, name, search))
      if (found !== null) return found.text
      search.links.splice(known)
    }
  }
  return null
}

/** What of an imported module is meant: `TONE` of `import { TONE }`, of `import * as tone` by `tone.TONE`. */
function nameIn(names: ReturnType<typeof importsOf>[number]['names'], { local, member }: Wanted): string | null {
  for (const name of names) {
    if (member === undefined && name.imported !== '*' && name.local === local) return name.imported
    if (member === undefined && name.local === '*') return local
    if (member !== undefined && name.local === local) return member
  }
  return null
}

/** A module that only passes on what another one has. */
async function reExported(module: Module, name: string, search: Search): Promise<Found | null> {
  if (search.within.length >= MAX_DEPTH) return null
  const within = [...search.within, `${module.path}#${name} passed on`]
  if (search.within.includes(within.at(-1) ?? '')) return null
  const text = await importedText(module, { local: name, member: undefined }, { ...search, within })
  return text === null ? null : { text, at: 0 }
}

async function moduleAt(path: string, { tree, modules }: Search): Promise<Module | null> {
  const known = modules.get(path)
  if (known !== undefined) return known
  if (modules.size >= MAX_MODULES * 4 || !languageOf(path)) return null
  const text = await tree.read(path).catch(() => null)
  const module = text === null ? null : { path, text }
  modules.set(path, module)
  return module
}

const unique = (links: readonly Link[]) => [
  ...new Map(links.map((link) => [JSON.stringify(link as Json), link])).values(),
]

/** As a template: `{name}` of f-strings and format strings and `${name}` become `{{ name }}`. */
function templateOf({ parts, formatted }: Literal): string {
  const written = parts
    .map((part) => ('text' in part ? part.text : 'expression' in part ? `{{ ${part.expression} }}` : ''))
    .join('')
  if (formatted || /\{\{\s*[A-Za-z_]/.test(written)) return written
  return written.replace(/(?<![{$\w])\{([A-Za-z_]\w*)\}(?!\})/g, '{{ $1 }}')
}
