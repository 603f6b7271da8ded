// What a file names: includes and partials of every template format, `$ref`, `file://`, `${file:…}`, imports, and the texts
// that a program reads. Only edges: whether such a file exists is for the caller to see.

import { posix } from 'node:path'
import { ancestors, importsOf, isPython, isScript, moduleCandidates } from './imports.ts'

export type Named = {
  /** How the one file uses the other, as a verb: `includes`, `extends`, `imports`, `reads`, `refers to`. */
  readonly how: string
  /** Paths that may be meant, in order; the first that exists counts, all that exist when `every`. */
  readonly candidates: readonly string[]
  readonly every?: boolean
}

const MAX_TEXT = 400_000
const MAX_NAMED = 500

const TEMPLATE =
  /\.(?:j2|jinja2?|njk|nunjucks|md|mdx|txt|tmpl|html?|xml|prompt|prompty|hbs|handlebars|mustache|liquid)$/i
const DATA = /\.(?:ya?ml|json|jsonc|json5|toml)$/i
const TEXTS = 'md|mdx|txt|j2|jinja2?|njk|tmpl|prompt|prompty|hbs|handlebars|mustache|liquid|ya?ml|jsonc?|toml|xml'

/** Whether a file of this name can be named by another, or name others. */
export const isLinkable = (path: string) => TEMPLATE.test(path) || DATA.test(path) || isScript(path) || isPython(path)

export function namedBy(path: string, text: string): readonly Named[] {
  const seen = text.slice(0, MAX_TEXT)
  const all = [
    ...(TEMPLATE.test(path) || DATA.test(path) ? templateNames(path, seen) : []),
    ...(DATA.test(path) || /\.prompty?$/i.test(path) ? dataNames(path, seen) : []),
    ...(isScript(path) || isPython(path) ? codeNames(path, seen) : []),
  ]
  return all.slice(0, MAX_NAMED)
}

const TAGS =
  /\{%-?\s*(include|extends|import|from|render|layout)\s+(?:\[([^\]\n]{1,1000})\]|(["'])([^"'\n]{1,300})\3|([\w./-]{1,200})(?=\s))/g
const PARTIALS = /\{\{\{?~?\s*>\s*(?:(["'])([^"'\n]{1,300})\1|([\w./@-]{1,200}))/g
const VERBS: { readonly [word: string]: string } = {
  include: 'includes',
  render: 'includes',
  layout: 'extends',
  extends: 'extends',
  import: 'imports',
  from: 'imports',
}

function templateNames(path: string, text: string): readonly Named[] {
  const tags = [...text.matchAll(TAGS)].flatMap((match) => {
    const [, word = '', list, , quoted, bare] = match
    const how = VERBS[word] ?? 'includes'
    // Jinja takes a list of names, of which the first that exists is included.
    const names =
      list === undefined
        ? [quoted ?? bare ?? '']
        : [...list.matchAll(/["']([^"'\n]{1,300})["']/g)].map((one) => one[1] ?? '')
    return [{ how, candidates: names.flatMap((name) => templateCandidates(path, name)) }]
  })
  const partials = [...text.matchAll(PARTIALS)].map((match) => ({
    how: 'includes',
    candidates: partialCandidates(path, match[2] ?? match[3] ?? ''),
  }))
  return [...tags, ...partials]
}

/** Beside the file, then from each folder above it: loaders have their root somewhere up there. */
function templateCandidates(from: string, name: string): readonly string[] {
  if (!isInside(name)) return []
  const end = posix.extname(from)
  const own = posix.extname(name) === '' ? [name, ...liquidNames(name, end)] : [name]
  return inFolders(from, own)
}

const liquidNames = (name: string, end: string) => [
  `${name}${end}`,
  posix.join(posix.dirname(name), `_${posix.basename(name)}${end}`),
  `snippets/${name}${end}`,
  `_includes/${name}${end}`,
]

function partialCandidates(from: string, name: string): readonly string[] {
  if (!isInside(name)) return []
  const end = posix.extname(from) || '.hbs'
  const underscored = posix.join(posix.dirname(name), `_${posix.basename(name)}${end}`)
  const own = [underscored, `${name}${end}`, name, `partials/${name}${end}`, `_partials/${name}${end}`]
  return inFolders(from, own)
}

function inFolders(from: string, names: readonly string[]): readonly string[] {
  const paths = ancestors(posix.dirname(from)).flatMap((folder) => names.map((name) => posix.join(folder, name)))
  return [...new Set(paths.map((path) => posix.normalize(path)))].filter((path) => !path.startsWith('..'))
}

const REFS = /["']?\$ref["']?\s*:\s*["']?([^"'\s,}#]{1,300})/g
const FILES = /file:\/\/(\.{0,2}[\w@./ -]{1,300}?)(?=["'\s,\]}:)]|$)/gm
const PROMPTY = /\$\{file:([^}\n]{1,300})\}/g
const LANGCHAIN = /["']?(?:template_path|example_prompt_path)["']?\s*:\s*["']?([\w@./-]{1,300})/g

function dataNames(path: string, text: string): readonly Named[] {
  return [
    ...(text.includes('$ref') ? all(REFS, text, 'refers to') : []),
    ...(text.includes('file:') ? [...all(FILES, text, 'refers to'), ...all(PROMPTY, text, 'refers to')] : []),
    ...(text.includes('_path') ? all(LANGCHAIN, text, 'refers to') : []),
  ].map(({ how, name }) => ({ how, candidates: relativeTo(path, name) }))
}

function codeNames(path: string, text: string): readonly Named[] {
  const modules = importsOf(path, text).map((one) => ({
    how: 'imports',
    candidates: moduleCandidates(path, one),
    // `from . import a, b` means several files.
    every: isPython(path),
  }))
  const literals = new RegExp(`["'\`]([\\w@./-]{1,200}\\.(?:${TEXTS}))["'\`]`, 'gi')
  const texts = all(literals, text, 'reads').map(({ how, name }) => ({
    how,
    candidates: isInside(name) ? inFolders(path, [name]) : [],
  }))
  return [...modules, ...texts]
}

const all = (pattern: RegExp, text: string, how: string) =>
  [...text.matchAll(pattern)].slice(0, MAX_NAMED).map((match) => ({ how, name: match[1] ?? '' }))

function relativeTo(from: string, name: string): readonly string[] {
  if (!isInside(name)) return []
  const path = posix.normalize(posix.join(posix.dirname(from), name))
  return path.startsWith('..') ? [] : [path]
}

/** No absolute path, address or drive: those lead out of the repository. `..` is judged once it is joined. */
const isInside = (name: string) =>
  name !== '' &&
  !name.startsWith('/') &&
  !name.includes('\0') &&
  !name.includes('\\') &&
  !/^[a-z][a-z\d+.-]*:/i.test(name)
