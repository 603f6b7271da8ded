// Files that a command names: as words, as a module (`python -m app.answer`), as a package or a folder (`go run ./cmd/answer`),
// by a script of package.json or pyproject.toml, or by the custom of a build tool (`cargo run`).

import { posix } from 'node:path'
import type { Tree } from '../ports.ts'

type Where = { readonly tree: Tree; readonly directory: string; readonly files: ReadonlySet<string> }

/** As many as the walk follows. */
const MAX_FILES = 400

export async function commandFiles(command: readonly string[], here: Where): Promise<readonly string[]> {
  if (command.length === 0) return []
  const written = command.flatMap(plainWords).filter((word) => word !== '')
  const where = { ...here, directory: posix.join(here.directory, folderOf(written)) }
  const words = [...written, ...(await scriptWords(command, where))]
  const named = words.flatMap((word, at) => filesOf(word, words[at - 1] === '-m', where))
  return [...new Set([...named, ...builtFiles(words, where)])].slice(0, MAX_FILES)
}

/** `sh -c "node app/a.mjs"` has a line of words in one. */
const plainWords = (word: string) => (/\s/.test(word) ? word.slice(0, 5_000).split(/[\s;&|"']+/) : [word])

/** `cd app && node answer.mjs`. */
function folderOf(words: readonly string[]): string {
  const folder = words[words.indexOf('cd') + 1]
  return words.includes('cd') && folder !== undefined && !/^[/~-]|\.\./.test(folder) ? folder : ''
}

function filesOf(word: string, isModule: boolean, { directory, files }: Where): readonly string[] {
  const path = word.includes('=') && word.startsWith('-') ? word.slice(word.indexOf('=') + 1) : word
  const plain = path.replace(/:[\w.]+(?:\(\))?$/, '')
  const module = plain.replaceAll('.', '/')
  const names = isModule ? [`${module}.py`, `${module}/__main__.py`] : [plain, `${module}.py`]
  const written = names.flatMap((name) => [name, posix.join('src', name)])
  const candidates = written.flatMap((one) => [posix.join(directory, one), one]).map((one) => posix.normalize(one))
  return candidates.filter((one) => files.has(one)).slice(0, 1)
}

type Builder = {
  readonly starts: (words: readonly string[]) => boolean
  readonly files: RegExp
  readonly folders: RegExp | null
}

/**
 * What these build and start is a folder; without one it is the folder of the run. Of C# and the JVM a project is built
 * whole, and what is in it is found by extension methods, annotations and injection, which name no file.
 */
const BUILDERS: readonly Builder[] = [
  {
    starts: ([first, second]) => first === 'go' && (second === 'run' || second === 'test'),
    files: /^[^/]+(?<!_test)\.go$/,
    folders: /^\.?\.?[\w./-]*$/,
  },
  {
    starts: ([first]) => first === 'cargo',
    files: /^(?:[\w-]+\/){0,2}src\/(?:main|lib|bin\/[\w-]+)\.rs$/,
    folders: null,
  },
  {
    starts: ([first, second]) => first === 'dotnet' && second === 'run',
    files: /^(?:[^/]+\/){0,8}[^/]+(?<!Tests?)\.cs$/,
    folders: /^[\w./-]+$/,
  },
  {
    starts: ([first, second]) => first === 'swift' && second === 'run',
    files: /^Sources\/(?:[^/]+\/){0,3}[^/]+\.swift$/,
    folders: null,
  },
  {
    starts: ([first]) => /^(?:\.\/)?(?:mvnw?|gradlew?|sbt)$/.test(first ?? ''),
    files: /^(?:[\w.-]+\/){0,4}src\/main\/.*\.(?:java|kt|scala)$/,
    folders: null,
  },
]

function builtFiles(words: readonly string[], { directory, files }: Where): readonly string[] {
  const builder = BUILDERS.find((one) => one.starts(words))
  if (builder === undefined) return []
  const { folders } = builder
  const given =
    folders === null
      ? []
      : words
          .slice(2)
          .map((word) => word.replace(/\/[^/]+\.csproj$/, ''))
          .filter((word) => !word.startsWith('-') && folders.test(word))
  for (const folder of [...given, '.']) {
    const at = posix.normalize(posix.join(directory, folder)).replace(/\/$/, '')
    const start = at === '.' ? '' : `${at}/`
    const found = [...files].filter((path) => path.startsWith(start) && builder.files.test(path.slice(start.length)))
    if (found.length > 0) return found.slice(0, MAX_FILES)
  }
  return []
}

const RUNNERS = /^(?:npm|pnpm|yarn|bun)$/
const PYTHON_RUNNERS = /^(?:poetry|uv|pdm|hatch|rye|pipenv)$/

async function scriptWords(command: readonly string[], { tree, directory, files }: Where): Promise<readonly string[]> {
  const [runner = '', ...rest] = command
  const name = rest.find((word) => word !== 'run' && !word.startsWith('-'))
  if (name === undefined) return []
  const read = async (file: string) => {
    const path = posix.join(directory, file)
    return files.has(path) ? await tree.read(path).catch(() => null) : null
  }
  if (RUNNERS.test(runner)) return packageScript(await read('package.json'), name)
  return PYTHON_RUNNERS.test(runner) ? projectScript(await read('pyproject.toml'), name) : []
}

function packageScript(text: string | null, name: string): readonly string[] {
  try {
    const script: unknown = JSON.parse(text ?? '{}')?.scripts?.[name]
    return typeof script === 'string' ? script.slice(0, 5_000).split(/\s+/) : []
  } catch {
    return []
  }
}

/** `answer = "app.cli:main"` is the module of the function. */
function projectScript(text: string | null, name: string): readonly string[] {
  const [, module] =
    [...(text ?? '').slice(0, 200_000).matchAll(/^[ \t]*["']?([\w.-]{1,100})["']?[ \t]*=[ \t]*["']([\w.]{1,200}):\w/gm)]
      .find((match) => match[1] === name)
      ?.slice(1) ?? []
  return module === undefined ? [] : ['-m', module]
}
