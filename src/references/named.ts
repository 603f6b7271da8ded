// What a file names: includes and partials of every template format, `$ref`, `file://`, `${file:…}`, imports, and the texts
// that a program reads. Only edges: whether such a file exists is for the caller to see.

import { posix } from 'node:path'
import { dataNames } from './data-names.ts'
import { importsOf, moduleCandidates } from './imports.ts'
import { languageNames } from './language-imports.ts'
import { isCode, isData, isPython, isScript, isTemplate } from './linkable.ts'
import { templateNames } from './template-names.ts'
import { textNames } from './text-names.ts'

export type Named = {
  /** How the one file uses the other, as a verb: `includes`, `extends`, `imports`, `reads`, `refers to`. */
  readonly how: string
  /** Paths that may be meant, in order; the first that exists counts, all that exist when `every`. */
  readonly candidates: readonly string[]
  readonly every?: boolean
  /**
   * Ends of paths, for names that are relative to a root which is not known here; asked in order when no candidate exists.
   * A bare name counts only where one file alone has it, otherwise the nearest file.
   */
  readonly endings?: readonly string[]
  /** Folders that may be meant, in order; all files with `ends` in the first that has one, `deep` with those below it. */
  readonly folders?: readonly string[]
  readonly ends?: RegExp
  readonly deep?: boolean
  /** A name that an alias of package.json or tsconfig.json may explain. */
  readonly specifier?: string
}

const MAX_TEXT = 400_000
const MAX_NAMED = 500

export function namedBy(path: string, text: string): readonly Named[] {
  const seen = text.slice(0, MAX_TEXT)
  const all = [
    ...(isTemplate(path) || isData(path) ? templateNames(path, seen) : []),
    ...(isData(path) || /\.prompty?$/i.test(path) ? dataNames(path, seen) : []),
    ...(isCode(path) ? [...moduleNames(path, seen), ...languageNames(path, seen), ...textNames(path, seen)] : []),
  ]
  return all.slice(0, MAX_NAMED)
}

function moduleNames(path: string, text: string): readonly Named[] {
  return importsOf(path, text).map((one): Named => {
    const candidates = moduleCandidates(path, one)
    const common = { how: 'imports', candidates }
    // `from . import a, b` means several files.
    if (isPython(path)) return { ...common, every: true, endings: packageEndings(one.specifier) }
    return isScript(path) && !/^\.{0,2}\//.test(one.specifier) ? { ...common, specifier: one.specifier } : common
  })
}

/** `acme_prompts.system` in another folder of the repository; a single module's name is too common. */
function packageEndings(specifier: string): readonly string[] {
  if (specifier.startsWith('.')) return []
  const path = specifier.replaceAll('.', '/')
  return [...(path.includes('/') ? [`${path}.py`] : []), posix.join(path, '__init__.py')]
}
