// How prompts, pins and settings are written in the frameworks of each language, and what only looks like them.
// `idioms/*.txt`: `@@ path`, the expected changes after `=>`, then the file; `«before|after»` is what differs. In `across.txt` a
// further file follows after `++ path`, changed or not; `NONE` is a side that does not have the file.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { saidOf, type Versions } from './changes.ts'

type Idiom = { readonly path: string; readonly expected: readonly string[]; readonly files: Versions }

const side = (text: string, at: '$1' | '$2') => text.replace(/«([^«»]*?)\|([^«»]*?)»/g, at)
const sideOrNone = (text: string, at: '$1' | '$2') => (side(text, at).trim() === 'NONE' ? null : side(text, at))

const idioms = (name: string): readonly Idiom[] =>
  readFileSync(new URL(`./idioms/${name}.txt`, import.meta.url), 'utf8')
    .split(/^@@ /m)
    .slice(1)
    .map((block) => {
      const files = block
        .trimEnd()
        .split(/^\+\+ /m)
        .map((part) => part.split('\n'))
      const lines = files.flat()
      const expected = lines.filter((line) => line.startsWith('=> ')).map((line) => line.slice(3))
      const sides = files.map(([path = '', ...rest]) => {
        const text = `${rest
          .filter((line) => !line.startsWith('=> '))
          .join('\n')
          .trimEnd()}\n`
        return [path, [sideOrNone(text, '$1'), sideOrNone(text, '$2')] as const] as const
      })
      return { path: files[0]?.[0] ?? '', expected, files: Object.fromEntries(sides) }
    })

/** A byte order mark, and lines that end in two characters. */
const asOnWindows = (files: Versions): Versions =>
  Object.fromEntries(
    Object.entries(files).map(([path, [before, after]]) => [path, [windows(before), windows(after)] as const]),
  )
const windows = (text: string | null) => (text === null ? null : `\uFEFF${text.replaceAll('\n', '\r\n')}`)

describe.each(['prompts', 'pins', 'parameters', 'mixed', 'silent', 'across'])('%s as they are written', (name) => {
  it.each(idioms(name))('$path %#', async ({ expected, files }) => {
    const found = await saidOf(files, { withPaths: name === 'across' })
    expect([...found].sort()).toEqual([...expected].sort())
  })

  it.each(idioms(name))('$path %# as Windows writes it', async ({ expected, files }) => {
    const found = await saidOf(asOnWindows(files), { withPaths: name === 'across' })
    expect([...found].sort()).toEqual([...expected].sort())
  })
})
