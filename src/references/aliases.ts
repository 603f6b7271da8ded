// What a module's name that is no path means in this repository: a package of the workspace, `imports` of package.json, or
// `paths` of tsconfig.json.

import { posix } from 'node:path'
import { isObject } from '../config/cases.ts'
import type { Json } from '../domain.ts'
import type { Tree } from '../ports.ts'

/** `@acme/prompts` or `#prompts/*`, where it holds, and the paths that it may stand for; `*` is what the name's stands for. */
type Alias = { readonly name: string; readonly within: string; readonly targets: readonly string[] }
export type Aliases = (specifier: string, from: string) => readonly string[]

const MAX_FILES = 200
const SETTINGS = /(?:^|\/)(?:package\.json|[jt]sconfig(?:\.\w+)?\.json)$/
const ENDS = [
  '',
  '.ts',
  '.tsx',
  '.mts',
  '.js',
  '.mjs',
  '.cjs',
  '.jsx',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.mjs',
]

export async function readAliases(tree: Tree, paths: Iterable<string>): Promise<Aliases> {
  const files: string[] = []
  for (const path of paths) {
    if (SETTINGS.test(path) && !path.includes('node_modules/')) files.push(path)
    if (files.length >= MAX_FILES) break
  }
  const read = files.map(async (path) => aliasesIn(path, parsed(await tree.read(path, 200_000).catch(() => null))))
  const aliases = (await Promise.all(read)).flat()
  return (specifier, from) =>
    aliases.flatMap((alias) => {
      const rest = restOf(specifier, alias.name)
      if (rest === null || (alias.within !== '' && !from.startsWith(`${alias.within}/`))) return []
      return alias.targets
        .flatMap((target) => ENDS.map((end) => posix.normalize(`${target.replace('*', rest)}${end}`)))
        .filter((path) => !path.startsWith('..') && !path.startsWith('/'))
    })
}

/** What stands for the star; empty for a name without one, null when it is another name. */
function restOf(specifier: string, name: string): string | null {
  const star = name.indexOf('*')
  if (star < 0) return specifier === name ? '' : null
  const [start, end] = [name.slice(0, star), name.slice(star + 1)]
  const fits = specifier.length > name.length - 1 && specifier.startsWith(start) && specifier.endsWith(end)
  return fits ? specifier.slice(start.length, specifier.length - end.length) : null
}

function aliasesIn(path: string, value: Json): readonly Alias[] {
  if (!isObject(value)) return []
  const folder = posix.dirname(path) === '.' ? '' : posix.dirname(path)
  const join = (target: string) => posix.join(folder, target)
  if (!path.endsWith('package.json')) {
    const options = isObject(value.compilerOptions) ? value.compilerOptions : {}
    const base = typeof options.baseUrl === 'string' ? options.baseUrl : '.'
    const given = entries(options.paths).map(([name, target]) => ({
      name,
      within: folder,
      targets: textsIn(target).map((one) => join(posix.join(base, one))),
    }))
    const whole =
      typeof options.baseUrl === 'string' ? [{ name: '*', within: folder, targets: [join(posix.join(base, '*'))] }] : []
    return [...given, ...whole]
  }
  const own = entries(value.imports).map(([name, target]) => ({
    name,
    within: folder,
    targets: textsIn(target).map(join),
  }))
  return typeof value.name === 'string' ? [...own, ...packageAliases(value.name, value, join)] : own
}

/** Built files are not committed; what they are built from mostly lies at the same place under `src`. */
function packageAliases(name: string, value: { readonly [key: string]: Json }, join: (target: string) => string) {
  const all = ['', '.'].includes(name)
    ? []
    : ['source', 'main', 'module', 'types', 'exports'].flatMap((key) => textsIn(value[key]).slice(0, 20))
  const sources = all
    .filter((one) => !one.includes('*'))
    .map((one) => one.replace(/^(?:\.\/)?(?:dist|build|lib|out)\//, 'src/').replace(/(?:\.d)?\.[cm]?[jt]s$/, ''))
  return [
    { name, within: '', targets: [...all, ...sources, 'src/index', 'index'].map(join) },
    { name: `${name}/*`, within: '', targets: ['*', 'src/*'].map(join) },
  ]
}

const entries = (value: Json | undefined) => (isObject(value) ? Object.entries(value).slice(0, 200) : [])

function textsIn(value: Json | undefined, depth = 0): readonly string[] {
  if (typeof value === 'string') return [value]
  if (depth > 4 || typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap((one: Json) => textsIn(one, depth + 1))
}

/** Comments of tsconfig.json; strings are matched first, since `"#prompts/*"` opens none. */
const COMMENT = /"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)/g

/** What cannot be read says nothing. */
function parsed(text: string | null): Json {
  if (text === null) return null
  const plain = text.replace(COMMENT, (one) => (one.startsWith('"') ? one : '')).replace(/,(?=\s{0,1000}[}\]])/g, '')
  try {
    return JSON.parse(plain) as Json
  } catch {
    return null
  }
}
