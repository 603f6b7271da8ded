// How prompts, pins and settings are written in the frameworks of each language, and what only looks like them.
// `idioms/*.txt`: `@@ path`, the expected changes after `=>`, then the file; `«before|after»` is what differs.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { said } from './changes.ts'

type Idiom = { readonly path: string; readonly expected: readonly string[]; readonly text: string }

const idioms = (name: string): readonly Idiom[] =>
  readFileSync(new URL(`./idioms/${name}.txt`, import.meta.url), 'utf8')
    .split(/^@@ /m)
    .slice(1)
    .map((block) => {
      const [path = '', ...lines] = block.trimEnd().split('\n')
      const expected = lines.filter((line) => line.startsWith('=> ')).map((line) => line.slice(3))
      return { path, expected, text: `${lines.slice(expected.length).join('\n')}\n` }
    })

const side = (text: string, at: '$1' | '$2') => text.replace(/«([^«»]*?)\|([^«»]*?)»/g, at)

describe.each(['prompts', 'pins', 'parameters', 'mixed', 'silent'])('%s as they are written', (name) => {
  it.each(idioms(name))('$path %#', async ({ path, expected, text }) => {
    const found = await said(path, side(text, '$1'), side(text, '$2'))
    expect([...found].sort()).toEqual([...expected].sort())
  })
})
