// Files that data names: `$ref`, `file://`, `${file:…}`, `!include`, what it inherits from, and values that are paths of texts.

import { posix } from 'node:path'
import { inFolders, isInside, relativeTo } from './candidates.ts'
import { TEXT_ENDS } from './linkable.ts'
import type { Named } from './named.ts'

const REFS = /["']?\$ref["']?\s*:\s*["']?([^"'\s,}#]{1,300})/g
/** In quotes a path may have spaces. */
const FILES = /file:\/\/(\.{0,2}[\w@./-]{1,300})/g
const QUOTED_FILES = /["']file:\/\/(\.{0,2}[\w@./ -]{1,300}?)(?:#[^"'\n]{0,200})?["']/g
const PROMPTY = /\$\{file:([^}\n]{1,300})\}/g
const LANGCHAIN = /["']?(?:template_path|example_prompt_path)["']?\s*:\s*["']?([\w@./-]{1,300})/g
const INCLUDES = /!(?:include|inc|import)\s{1,10}["']?([\w@./-]{1,300})/g
const VALUES = new RegExp(
  `(?:[:=,[(-]|^)[ \\t]{0,20}["']?([\\w@./-]{1,200}\\.(?:${TEXT_ENDS}))(?=["'\\s,\\]})]|$)`,
  'gim',
)

/** `extends: ./base`, `inherits = ["base", "other"]`. */
const PARENTS =
  /(?:^|[{,])[ \t]{0,20}["']?(?:extends|inherits|inherit|include|includes|imports|base|parent|bases)["']?[ \t]{0,10}[:=][ \t]{0,10}(\[[^\]\n]{1,500}\]|["']?[\w@./-]{1,200})/gim
/** Hydra's list: `- base`, `- prompt: tone`. */
const DEFAULTS = /^defaults:[ \t]*\n((?:[ \t]{0,10}-[^\n]{1,200}\n){1,50})/gm

export function dataNames(path: string, text: string): readonly Named[] {
  const found = [
    ...(text.includes('$ref') ? all(REFS, text) : []),
    ...(text.includes('file:') ? [FILES, QUOTED_FILES, PROMPTY].flatMap((form) => all(form, text)) : []),
    ...(text.includes('_path') ? all(LANGCHAIN, text) : []),
    ...(text.includes('!i') ? all(INCLUDES, text) : []),
  ].map((name) => ({ how: 'refers to', candidates: relativeTo(path, name) }))
  const values = all(VALUES, text).filter(isInside)
  return [
    ...found,
    ...parents(path, text),
    ...values.map((name) => ({ how: 'refers to', candidates: inFolders(path, [name]) })),
  ]
}

const all = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].slice(0, 500).map((match) => match[1] ?? '')

function parents(path: string, text: string): readonly Named[] {
  const ends = [posix.extname(path), '.yaml', '.yml', '.json', '.toml']
  const inherited = all(PARENTS, text).flatMap((value) => value.match(/[\w@./-]{1,200}/g)?.slice(0, 20) ?? [])
  const listed = all(DEFAULTS, text).flatMap((block) => [
    ...block.matchAll(/-[ \t]{0,10}(?:([\w/]{1,100})(?:@[\w.]{1,100})?:[ \t]{0,10})?([\w./-]{1,200})/g),
  ])
  const groups = listed.map(([, group, name = '']) => (group === undefined ? name : `${group}/${name}`))
  return [...inherited, ...groups].filter(isInside).map((name) => ({
    how: 'extends',
    candidates: [...new Set([name, ...ends.map((end) => `${name}${end}`)])]
      .flatMap((one) => relativeTo(path, one))
      .filter((one) => one !== path),
  }))
}
