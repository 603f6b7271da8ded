// What source files of further languages take in: packages, modules and classes of the repository, by the customs of each
// language, and files that are embedded. Read from the text without parsing it; what exists is for the caller to see.

import { posix } from 'node:path'
import { endingsOf, inFolders, isInside, relativeTo } from './candidates.ts'
import type { Named } from './named.ts'
import { endOf } from './text-names.ts'

const MAX_FOUND = 300
type Place = { readonly path: string; readonly folder: string; readonly text: string }
type Custom = (place: Place) => readonly Named[]

export function languageNames(path: string, text: string): readonly Named[] {
  const ext = posix.extname(path).toLowerCase().slice(1)
  return CUSTOMS[ext]?.({ path, folder: posix.dirname(path), text }) ?? []
}

const all = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].slice(0, 2_000).map((match) => match[1] ?? ''))].slice(0, MAX_FOUND)

const imports = (candidates: readonly string[], endings: readonly string[] = []): Named => ({
  how: 'imports',
  candidates,
  endings,
})

/** All ends of a path with at least two parts, the longest first: the root that it counts from is not known. */
function ends(parts: readonly string[], least = 2): readonly string[] {
  return parts
    .map((_, from) => parts.slice(from))
    .filter((rest) => rest.length >= Math.min(least, parts.length))
    .map((rest) => rest.join('/'))
}

/** Names that can be a class's: `Prompts` of `Prompts.SYSTEM` or `new Prompts()`. */
const CLASS = /\b([A-Z][A-Za-z0-9]{2,60})\b/g
/** Classes are named alike in many programs; so that an edge is sure, one file alone may have the name. */
const classes = ({ path, folder, text }: Place, exts: readonly string[]): readonly Named[] =>
  all(text, CLASS)
    .filter((name) => name !== posix.basename(path, posix.extname(path)))
    .map((name) => imports(exts.map((ext) => posix.join(folder, `${name}${ext}`))))

const JVM = ['.java', '.kt', '.scala', '.groovy']
const jvm: Custom = (place) => [
  ...all(place.text, /^[ \t]*import[ \t]+(?:static[ \t]+)?([\w.]+\w)[ \t]*(?:;|$|as\b)/gm).map((one) => {
    const parts = one.split('.')
    // The last part may be a member of the class before it.
    const named = [parts, parts.slice(0, -1)].filter((some) => /^[A-Z]/.test(some.at(-1) ?? ''))
    return imports(
      [],
      named.flatMap((some) => JVM.flatMap((ext) => ends(some).map((end) => `${end}${ext}`))),
    )
  }),
  ...all(place.text, /^[ \t]*import[ \t]+([\w.]+)\.[*_]/gm).map((one): Named => {
    const parts = one.split('.')
    const folders = ends(parts).flatMap((end) => [`src/main/java/${end}`, `src/main/kotlin/${end}`, end])
    return {
      how: 'imports',
      candidates: [],
      folders: inFolders(place.path, folders),
      ends: /\.(?:java|kt|scala|groovy)$/,
    }
  }),
  ...classes(place, JVM),
]

const csharp: Custom = (place) => {
  const used = all(place.text, /^[ \t]*(?:global[ \t]+)?using[ \t]+(?:static[ \t]+)?([\w.]+)[ \t]*;/gm)
  const folders = used.flatMap((one) => ends(one.split('.'), 1))
  return all(place.text, CLASS).map((name) =>
    imports(
      [posix.join(place.folder, `${name}.cs`)],
      [...folders.slice(0, 60).map((folder) => `${folder}/${name}.cs`), `${name}.cs`],
    ),
  )
}

const swift: Custom = (place) =>
  all(place.text, CLASS).map((name) => imports([posix.join(place.folder, `${name}.swift`)], [`${name}.swift`]))

/** A package is a folder: its own files belong to it, and those of an import whose path ends the same way. */
const go: Custom = ({ path, folder, text }) => [
  { how: 'imports', candidates: [], folders: [folder], ends: /(?<!_test)\.go$/ },
  ...all(text, /^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w./-]+\/[\w.-]+)"/gm).map((one): Named => {
    const parts = one.split('/')
    const folders = parts.map((_, from) => parts.slice(from).join('/'))
    return { how: 'imports', candidates: [], folders: inFolders(path, folders.slice(0, 8)), ends: /(?<!_test)\.go$/ }
  }),
  ...all(text, /^\/\/go:embed[ \t]+([^\n]{1,500})/gm)
    .flatMap((line) => line.match(/[^\s"`]+/g) ?? [])
    .map((pattern) => pattern.replace(/^all:/, ''))
    .filter(isInside)
    .map((pattern): Named => {
      const star = pattern.indexOf('*')
      if (star < 0)
        return { how: 'embeds', candidates: relativeTo(path, pattern), folders: relativeTo(path, pattern), deep: true }
      const end = /\.([\w]+)$/.exec(pattern)?.[1]
      const folders = relativeTo(path, `${pattern.slice(0, pattern.lastIndexOf('/', star) + 1)}.`)
      return { how: 'embeds', candidates: [], folders, ...(end === undefined ? {} : { ends: endOf(end) }) }
    }),
]

const snake = (name: string) =>
  name
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()

const ruby: Custom = ({ path, text }) => [
  ...all(text, /\brequire_relative[ \t(]+["']([^"'\n]{1,200})["']/g).map((one) =>
    imports([`${one}.rb`, one].flatMap((name) => relativeTo(path, name))),
  ),
  ...all(text, /\b(?:require|load)[ \t(]+["']([\w./-]{1,200})["']/g).map((one) => {
    const file = one.endsWith('.rb') ? one : `${one}.rb`
    return imports(inFolders(path, [file, `lib/${file}`, `app/${file}`]))
  }),
  // Autoloaders find a constant by its name.
  ...all(text, /\b([A-Z][A-Za-z0-9]{2,60}(?:::[A-Z][A-Za-z0-9]{1,60}){0,4})\b/g).map((one) => {
    const file = `${one.split('::').map(snake).join('/')}.rb`
    const homes = ['app/prompts', 'app/services', 'app/models', 'app/lib', 'app/agents', 'app/jobs', 'lib']
    return imports(
      inFolders(
        path,
        homes.map((home) => `${home}/${file}`),
      ),
    )
  }),
]

const rust: Custom = ({ path, folder, text }) => {
  const own = /(?:^|\/)(?:mod|lib|main)\.rs$/.test(path) ? folder : path.replace(/\.rs$/, '')
  return [
    ...all(text, /\bmod[ \t]+(\w{1,100})[ \t]*;/g).map((one) =>
      imports([own, folder].flatMap((at) => [posix.join(at, `${one}.rs`), posix.join(at, one, 'mod.rs')])),
    ),
    ...all(text, /\binclude(?:_str|_bytes)?![ \t]*\(\s{0,20}["']([^"'\n]{1,300})["']/g).map((one) => ({
      how: 'embeds',
      candidates: relativeTo(path, one),
    })),
    // `include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/prompts/a.md"))`.
    ...all(text, /CARGO_MANIFEST_DIR"\)\s{0,5},\s{0,20}"\/([^"\n]{1,300})"/g).map((one) => ({
      how: 'embeds',
      candidates: isInside(one) ? inFolders(path, [one]) : [],
    })),
    ...all(text, /\b(?:crate|super)::(\w{1,100}(?:::[a-z_]\w{0,100}){0,5})/g).map((one) => {
      const parts = one.split('::')
      const files = parts.map((_, end) => parts.slice(0, end + 1).join('/')).reverse()
      return imports(
        inFolders(
          path,
          files.flatMap((file) => [`${file}.rs`, `${file}/mod.rs`]),
        ),
      )
    }),
    ...all(text, /^[ \t]*use[ \t]+(\w{3,100})::/gm)
      .filter((one) => !/^(?:crate|self|super|std|core|alloc)$/.test(one))
      .map((one) =>
        imports(
          [],
          [one, one.replaceAll('_', '-')].map((crate) => `${crate}/src/lib.rs`),
        ),
      ),
  ]
}

const php: Custom = ({ path, folder, text }) => [
  ...all(text, /\b(?:require|include)(?:_once)?\b[^;"'\n]{0,80}["']\/?([^"'\n]{1,200})["']/g)
    .filter(isInside)
    .map((one) => imports(inFolders(path, [one]))),
  ...all(text, /^[ \t]*use[ \t]+(?:function[ \t]+|const[ \t]+)?\\?([\w\\]{1,200})/gm).map((one) => {
    const parts = one.split('\\').filter((part) => part !== '')
    // The first part of a namespace is a folder of its own choosing.
    const rest = parts.slice(1).join('/')
    return imports(
      inFolders(
        path,
        [parts.join('/'), ...['app', 'src', 'lib'].map((root) => `${root}/${rest}`)].map((file) => `${file}.php`),
      ),
    )
  }),
  ...classes({ path, folder, text }, ['.php']),
  ...all(text, /\bview\(\s{0,5}["']([\w.-]{1,200})["']/g).map((one) => ({
    how: 'reads',
    candidates: [],
    endings: endingsOf([`views/${one.replaceAll('.', '/')}.blade.php`]),
  })),
]

const dart: Custom = ({ path, text }) =>
  all(text, /^[ \t]*(?:import|export|part)[ \t]+["']([^"'\n]{1,300})["']/gm).map((one) => {
    const file = /^package:\w+\/(.+)$/.exec(one)?.[1]
    return file === undefined ? imports(relativeTo(path, one)) : imports(inFolders(path, [`lib/${file}`]))
  })

const elixir: Custom = ({ path, text }) =>
  all(text, /\b([A-Z]\w{1,60}(?:\.[A-Z]\w{1,60}){1,5})\b/g).map((one) => {
    const file = `${one.split('.').map(snake).join('/')}.ex`
    return imports(inFolders(path, [`lib/${file}`]), [`lib/${file}`])
  })

const lua: Custom = ({ path, text }) =>
  all(text, /\brequire[ \t]*\(?[ \t]*["']([\w./-]{1,200})["']/g).map((one) => {
    const file = one.replaceAll('.', '/')
    return imports(inFolders(path, [`${file}.lua`, `${file}/init.lua`, `lua/${file}.lua`, `lua/${file}/init.lua`]))
  })

/** Programs that a script starts, by path or as a module. */
const shell: Custom = ({ path, text }) => [
  ...all(
    text,
    /(?:^|[\s"'=])((?:\$\w{1,40}\/|\$\{\w{1,40}\}\/)?[\w./-]{1,200}\.(?:py|[cm]?[jt]s|rb|php|sh|go|lua|exs))\b/gm,
  )
    .map((one) => one.replace(/^\$\{?\w+\}?\//, ''))
    .filter(isInside)
    .map((one) => ({ how: 'runs', candidates: inFolders(path, [one]) })),
  ...all(text, /\s-m[ \t]+([\w.]{1,200})/g).map((one) => {
    const file = one.replaceAll('.', '/')
    return { how: 'runs', candidates: inFolders(path, [`${file}.py`, `${file}/__main__.py`, `src/${file}.py`]) }
  }),
]

const CUSTOMS: { readonly [ext: string]: Custom } = {
  java: jvm,
  kt: jvm,
  kts: jvm,
  scala: jvm,
  groovy: jvm,
  cs: csharp,
  swift,
  go,
  rb: ruby,
  rake: ruby,
  rs: rust,
  php,
  dart,
  ex: elixir,
  exs: elixir,
  lua,
  sh: shell,
  bash: shell,
}
