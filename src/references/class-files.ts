// Files in which a class, a package or a module of Go, Java, Kotlin, Scala, C#, Ruby, Rust, PHP or Swift is likely to be, by the
// customs of the language: nothing is listed, so that a name costs a few reads however large the repository is.

import { posix } from 'node:path'
import { ancestors } from './imports.ts'

type Source = { readonly path: string; readonly text: string }
/** A name as used: `Models` of `Models.FAST`; `member` is what is asked of it. */
type Wanted = { readonly name: string; readonly member: string }

const MAX_TEXT = 100_000
const MAX_IMPORTS = 200
const MAX_FILES = 40

/** Candidates, the likeliest first; none for other languages. */
export function classFiles({ path, text }: Source, wanted: Wanted): readonly string[] {
  const ext = posix.extname(path).toLowerCase()
  const found =
    CUSTOMS[ext]?.({
      folder: posix.dirname(path),
      ext,
      text: text.slice(0, MAX_TEXT),
      ...wanted,
    }) ?? []
  const inside = found.map((file) => posix.normalize(file)).filter((file) => file !== path && !file.startsWith('../'))
  return [...new Set(inside)].slice(0, MAX_FILES)
}

type Place = Wanted & { readonly folder: string; readonly ext: string; readonly text: string }
type Custom = (place: Place) => readonly string[]

const imports = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].slice(0, MAX_IMPORTS).map((match) => match[1] ?? '')

/** Constants that belong to no class stand in files with such names. */
const HOMES = ['models', 'model', 'constants', 'consts', 'const', 'config', 'defaults', 'types', 'llm']

/** `import com.acme.Models`, `import static com.acme.Models.FAST`, or the same package. */
const jvm: Custom = ({ folder, ext, text, name }) => {
  const own = /^[ \t]*package[ \t]+([\w.]+)/m.exec(text)?.[1]?.replaceAll('.', '/') ?? ''
  const root = own !== '' && folder.endsWith(own) ? folder.slice(0, folder.length - own.length) || '.' : folder
  const named = imports(text, /^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+)/gm).flatMap((one) => {
    const parts = one.split('.')
    if (parts.at(-1) === name) return [parts, parts.slice(0, -1)]
    return []
  })
  const ends = ext === '.java' ? ['.java', '.kt'] : [ext, '.java']
  const files = named.map((parts) => posix.join(root, ...parts))
  return [...files, posix.join(folder, name)].flatMap((file) => ends.map((end) => `${file}${end}`))
}

/** A class of the same folder or of those above it, or of a namespace that is used, which is a folder in some way. */
const csharp: Custom = ({ folder, text, name }) => {
  const used = imports(text, /^[ \t]*(?:global[ \t]+)?using[ \t]+(?:static[ \t]+)?([\w.]+)[ \t]*;/gm)
  const folders = used.slice(0, 8).flatMap((one) => [one, one.replaceAll('.', '/'), one.split('.').at(-1) ?? ''])
  const ups = ancestors(folder)
  return [
    ...ups.slice(0, 3).map((up) => posix.join(up, `${name}.cs`)),
    ...ups.slice(0, 3).flatMap((up) => folders.map((one) => posix.join(up, one, `${name}.cs`))),
  ]
}

/** `import "example.com/app/internal/models"`: the end of the path is a folder of the repository. */
const go: Custom = ({ folder, text, name, member }) => {
  const homes = (at: string) => [posix.basename(at), ...HOMES].map((file) => posix.join(at, `${file}.go`))
  if (member === '') return homes(folder)
  const used = imports(text, /^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w./-]+)"/gm)
  const aliased = [...text.matchAll(/^[ \t]*(?:import[ \t]+)?(\w+)[ \t]+"([\w./-]+)"/gm)].find(
    ([, alias]) => alias === name,
  )
  const one = aliased?.[2] ?? used.find((path) => posix.basename(path) === name)
  if (one === undefined) return []
  const parts = one.split('/')
  return parts.flatMap((_, from) => homes(parts.slice(from).join('/'))).slice(0, 4 * (HOMES.length + 1))
}

/** `Llm::FAST` is loaded from `llm.rb` by its name. */
const ruby: Custom = ({ folder, name }) => {
  const file = `${name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()}.rb`
  const places = ['app/models', 'app/services', 'app/lib', 'lib', 'config/initializers']
  return [folder, ...ancestors(folder).slice(1, 3), ...places].map((at) => posix.join(at, file))
}

/** `models::FAST`; `use crate::llm::models::{FAST, SMART}` and `FAST`. */
const rust: Custom = ({ folder, name, text, member }) => {
  const used = imports(text, /\buse[ \t]+(?:crate|super|self)::([\w:{}, \n]{1,300})/g).find((one) =>
    one.split(/[^\w]+/).includes(name),
  )
  const path = used?.slice(0, used.indexOf(used.includes('{') ? '{' : name)).split('::') ?? []
  const module = member === '' ? path.filter((part) => part !== '').join('/') : name
  if (module === '') return []
  return ancestors(folder)
    .slice(0, 4)
    .flatMap((up) => [posix.join(up, `${module}.rs`), posix.join(up, module, 'mod.rs')])
}

/** `use App\Llm\Models;`: the first part is a folder of its own choosing. */
const php: Custom = ({ folder, name, text }) => {
  const used = imports(text, /^[ \t]*use[ \t]+([\w\\]+)[ \t]*;/gm).filter((one) => one.endsWith(`\\${name}`))
  const files = used.flatMap((one) => {
    const rest = one.split('\\').filter((part) => part !== '')
    return ['app', 'src', 'lib', rest[0] ?? ''].map((root) => posix.join(root, ...rest.slice(1)))
  })
  return [...files, posix.join(folder, name)].map((file) => `${file}.php`)
}

const swift: Custom = ({ folder, name }) =>
  ancestors(folder)
    .slice(0, 3)
    .map((up) => posix.join(up, `${name}.swift`))

const CUSTOMS: { readonly [ext: string]: Custom } = {
  '.java': jvm,
  '.kt': jvm,
  '.scala': jvm,
  '.cs': csharp,
  '.go': go,
  '.rb': ruby,
  '.rs': rust,
  '.php': php,
  '.swift': swift,
}
