// Includes, parents, macros and partials, in the words of each template language.

import { posix } from 'node:path'
import { endingsOf, inFolders, isInside } from './candidates.ts'
import type { Named } from './named.ts'

const QUOTED = `["'\`]([^"'\`\\n]{1,300})["'\`]`
const form = (source: string) => new RegExp(source, 'g')

/** Jinja, Nunjucks, Twig, Tera, Liquid. */
const TAGS = /\{%[-+~]?\s*(include|extends|import|from|render|layout|embed|use)\s+([^%]{1,1000})/g
const VERBS: { readonly [word: string]: string } = {
  layout: 'extends',
  extends: 'extends',
  import: 'imports',
  from: 'imports',
}

/** Other ways to write an include, each with the name as its only group. */
const FORMS: readonly { readonly needs: string; readonly pattern: RegExp }[] = [
  // Twig's function, Go's templates, Scriban.
  {
    needs: '{{',
    pattern: form(`\\{\\{[-~]?\\s*(?:include|template|partial|embed|render|source|import)[ \\t(]{1,20}${QUOTED}`),
  },
  // Handlebars and Mustache.
  { needs: '{{', pattern: /\{\{\{?~?\s*(?:#?>|<)\s*["']?([\w./@-]{1,200})/g },
  // ERB, EJS, EEx.
  {
    needs: '<%',
    pattern: form(
      `<%[-=_]{0,2}\\s{0,20}(?:await\\s{1,20})?(?:include|render|partial|render_partial)[ \\t(]{1,20}(?::?(?:partial|template|file|layout)\\s{0,5}(?::|=>)\\s{0,5})?${QUOTED}`,
    ),
  },
  // Mako.
  { needs: '<%', pattern: form(`<%(?:include|inherit|namespace)\\s[^>"']{0,200}file\\s{0,5}=\\s{0,5}${QUOTED}`) },
  // FreeMarker, Velocity.
  { needs: '<#', pattern: form(`<#(?:include|import)\\s{1,20}${QUOTED}`) },
  { needs: '#', pattern: form(`#(?:parse|include)\\s{0,5}\\(\\s{0,5}${QUOTED}`) },
  // Markup with includes: POML, XInclude.
  {
    needs: 'src',
    pattern: form(`<(?:include|document|template|prompt)\\s[^<>"']{0,200}src\\s{0,5}=\\s{0,5}${QUOTED}`),
  },
  { needs: 'xi:include', pattern: form(`<xi:include\\s[^<>"']{0,200}href\\s{0,5}=\\s{0,5}${QUOTED}`) },
]
const BLADE = form(`@(?:include|includeIf|extends|component|each)\\s{0,5}\\(\\s{0,5}${QUOTED}`)

export function templateNames(path: string, text: string): readonly Named[] {
  const tags = text.includes('{%')
    ? [...text.matchAll(TAGS)].flatMap(([, word = '', rest = '']) => tagNames(path, word, rest))
    : []
  const others = FORMS.filter(({ needs }) => text.includes(needs)).flatMap(({ pattern }) =>
    [...text.matchAll(pattern)].map((match) => named(path, 'includes', [match[1] ?? ''])),
  )
  const blade = path.endsWith('.blade.php')
    ? [...text.matchAll(BLADE)].map((match) => named(path, 'includes', [(match[1] ?? '').replaceAll('.', '/')]))
    : []
  return [...tags, ...others, ...blade]
}

function tagNames(path: string, word: string, rest: string): readonly Named[] {
  const how = VERBS[word] ?? 'includes'
  // Jinja takes a list of names, of which the first that exists is included.
  const list = /^\[([^\]]{1,1000})\]/.exec(rest)?.[1]
  if (list !== undefined)
    return [
      named(
        path,
        how,
        [...list.matchAll(/["']([^"'\n]{1,300})["']/g)].map((one) => one[1] ?? ''),
      ),
    ]
  const first = /^(?:(["'])([^"'\n]{1,300})\1|([\w./-]{1,200})(?=\s))/.exec(rest)
  const either = [...rest.matchAll(/\belse\s{1,20}["']([^"'\n]{1,300})["']/g)].map((one) => one[1] ?? '')
  return [first?.[2] ?? first?.[3] ?? '', ...either]
    .filter((name) => name !== '')
    .map((name) => named(path, how, [name]))
}

function named(from: string, how: string, names: readonly string[]): Named {
  const meant = names.filter(isInside).flatMap((name) => spellings(from, name))
  return { how, candidates: inFolders(from, meant), endings: endingsOf(meant) }
}

/** Loaders put an ending behind the name and an underscore before it, and look in folders of their own. */
function spellings(from: string, name: string): readonly string[] {
  const base = posix.basename(from)
  const whole = base.slice(base.indexOf('.', 1))
  const ends = [...new Set([whole, posix.extname(from)])].filter((end) => end.startsWith('.') && !name.endsWith(end))
  const known = posix.extname(name).length > 1 ? [name] : []
  const [folder, last] = [posix.dirname(name), posix.basename(name)]
  const underscored = ends.map((end) => posix.join(folder, `_${last}${end}`))
  const plain = ends.map((end) => `${name}${end}`)
  const kept = ['partials', '_partials', 'snippets', '_includes', 'includes'].flatMap((home) =>
    plain.map((one) => posix.join(home, one)),
  )
  return known.length > 0 && ends.every((end) => end !== '.blade.php')
    ? [name, ...underscored, ...plain]
    : [...known, ...underscored, ...plain, name, ...kept]
}
