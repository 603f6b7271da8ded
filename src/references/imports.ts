// Which modules of the same repository a source file imports, read from its text without running or parsing it. What looks
// like an import in a comment is one edge too many; it only counts when the file is there.

import { posix } from 'node:path'
import { isPython, isScript } from './linkable.ts'

export type Name = {
  /** `*` for everything, `default` for a default export. */
  readonly imported: string
  readonly local: string
}
export type Import = { readonly specifier: string; readonly names: readonly Name[]; readonly exported: boolean }

const MAX_TEXT = 400_000
const MAX_IMPORTS = 500

/** The imports of a JavaScript, TypeScript or Python file; none for other files. */
export function importsOf(path: string, text: string): readonly Import[] {
  const seen = text.slice(0, MAX_TEXT)
  if (isPython(path)) return pythonImports(seen)
  return isScript(path) ? scriptImports(seen) : []
}

const FROM = /\bfrom\s*(["'])([^"'\n]{1,300})\1/g
const BARE = /\b(?:import|require)\s*\(?\s*(["'`])([^"'`\n]{1,300})\1/g

function scriptImports(text: string): readonly Import[] {
  const found: Import[] = []
  for (const match of text.matchAll(FROM)) {
    if (found.length >= MAX_IMPORTS) return found
    const before = text.slice(Math.max(0, match.index - 2_000), match.index)
    const [word, at] = ['import', 'export']
      .map((one) => [one, before.lastIndexOf(one)] as const)
      .reduce((a, b) => (b[1] > a[1] ? b : a))
    if (at < 0) continue
    found.push({
      specifier: match[2] ?? '',
      names: clauseNames(before.slice(at + word.length)),
      exported: word === 'export',
    })
  }
  for (const match of text.matchAll(BARE)) {
    if (found.length >= MAX_IMPORTS) return found
    const before = text.slice(Math.max(0, match.index - 300), match.index)
    const local = /([\w$]+|\{[^{}]*\})\s*=\s*(?:await\s*)?$/.exec(before)?.[1] ?? ''
    const names = local.startsWith('{') ? clauseNames(local.replaceAll(':', ' as ')) : [{ imported: '*', local }]
    found.push({ specifier: match[2] ?? '', names, exported: false })
  }
  return found
}

/** `tone, { A, b as C }`, `* as tone`, `type X`. */
function clauseNames(clause: string): readonly Name[] {
  const braces = /\{([^{}]*)\}/.exec(clause)?.[1] ?? ''
  const outside = clause.replace(/\{[^{}]*\}/, '')
  const star = /\*(?:\s*as\s+([\w$]+))?/.exec(outside)
  const own = /^\s*(?:type\s+)?([\w$]+)\s*(?:,|$)/.exec(outside)?.[1]
  return [
    ...(star ? [{ imported: '*', local: star[1] ?? '*' }] : []),
    ...(own === undefined || own === 'type' ? [] : [{ imported: 'default', local: own }]),
    ...braces.split(',').flatMap((part) => nameOf(part.replace(/^\s*type\s/, ''))),
  ]
}

function nameOf(part: string): readonly Name[] {
  const [, imported, local] = /^\s*([\w$]+)(?:\s+as\s+([\w$]+))?\s*$/.exec(part) ?? []
  return imported === undefined ? [] : [{ imported, local: local ?? imported }]
}

const PYTHON_FROM = /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]{0,3000}\)|[^\n]{1,1000})/gm
const PYTHON_IMPORT = /^[ \t]*import[ \t]+([\w., \t]{1,500})/gm

function pythonImports(text: string): readonly Import[] {
  const found: Import[] = []
  for (const match of text.matchAll(PYTHON_FROM)) {
    if (found.length >= MAX_IMPORTS) return found
    const list = (match[2] ?? '').replace(/#[^\n]*/g, '').replace(/[()\\]/g, '')
    const names = list.trim() === '*' ? [{ imported: '*', local: '*' }] : list.split(',').flatMap(nameOf)
    found.push({ specifier: match[1] ?? '', names, exported: true })
  }
  for (const match of text.matchAll(PYTHON_IMPORT)) {
    for (const part of (match[1] ?? '').split(',')) {
      const [, module, alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?\s*$/.exec(part) ?? []
      if (module === undefined || found.length >= MAX_IMPORTS) continue
      found.push({ specifier: module, names: [{ imported: '*', local: alias ?? module }], exported: false })
    }
  }
  return found
}

/** Files that an import may mean, the likeliest first. Only paths inside the repository. */
export function moduleCandidates(from: string, one: Import): readonly string[] {
  const paths = isPython(from) ? pythonCandidates(from, one) : scriptCandidates(from, one.specifier)
  return [...new Set(paths.filter((path) => path !== '' && isInside(path)))]
}

const isInside = (path: string) => path !== '..' && !path.startsWith('../')

const SCRIPT_ENDS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.json']

function scriptCandidates(from: string, specifier: string): readonly string[] {
  const folder = posix.dirname(from)
  const bare = specifier.split('?')[0] ?? ''
  // `@/x` and `~/x` are the usual aliases for the source folder; no other package name is a path.
  // `src/x` is one from the root, where a project says so.
  const alias = /^(?:[@~]\/|src\/)(.+)$/.exec(bare)?.[1]
  if (alias === undefined && !/^\.{1,2}(?:\/|$)/.test(bare)) return []
  const bases =
    alias === undefined
      ? [posix.join(folder, bare)]
      : sources(folder).flatMap((up) => [join(up, 'src', alias), join(up, alias)])
  return bases.filter(isInside).flatMap((base) => {
    const indexes = SCRIPT_ENDS.map((end) => posix.join(base, `index${end}`))
    if (base === '.') return indexes
    const source = base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')
    return [base, ...(source === base ? [] : [source]), ...SCRIPT_ENDS.map((end) => `${base}${end}`), ...indexes]
  })
}

function pythonCandidates(from: string, { specifier, names }: Import): readonly string[] {
  const folder = posix.dirname(from)
  const [, dots = '', rest = ''] = /^(\.*)(.*)$/.exec(specifier) ?? []
  const path = rest.replaceAll('.', '/')
  const roots = dots === '' ? ancestors(folder) : [posix.join(folder, '../'.repeat(dots.length - 1))]
  return roots.filter(isInside).flatMap((root) => {
    const module = join(root, path)
    const members = names.filter((name) => name.imported !== '*').map((name) => `${join(module, name.imported)}.py`)
    return [...(path === '' ? [] : [`${module}.py`]), join(module, '__init__.py'), ...members]
  })
}

/** Where an alias for the source folder may lead: a folder of that name, else from the root downwards. */
function sources(folder: string): readonly string[] {
  const ups = ancestors(folder)
  return [...ups.filter((up) => /(?:^|\/)src$/.test(up)), ...[...ups].reverse()]
}

/** A folder and those above it, nearest first, at most a dozen. */
export function ancestors(folder: string): readonly string[] {
  const parts = folder === '.' || folder === '' ? [] : folder.split('/')
  return Array.from({ length: parts.length + 1 }, (_, index) => parts.slice(0, parts.length - index).join('/')).slice(
    0,
    12,
  )
}

const join = (...parts: readonly string[]) => posix.normalize(posix.join(...parts)).replace(/\/$/, '')
