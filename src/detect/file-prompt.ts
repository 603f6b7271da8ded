// A file that is one prompt as a whole, compared with its other version.

import { type Elsewhere, hasMoved, type PromptChange, shortHash } from './compare.ts'
import { essence } from './essence.ts'
import type { Loaded } from './loaded.ts'
import { bodyOf, said } from './version.ts'

/** Formats whose front matter holds the model, its settings and what describes the file, and no word of the prompt. */
const MATTER_IS_SETTINGS = /\.(?:prompty|prompt)$|(?:^|\/)\.github\/workflows\/[^/]+\.md$/i

/** `matterKnown`: pins and settings of its front matter are told already. */
export function fileChange(one: Loaded, elsewhere: Elsewhere, matterKnown: boolean): readonly PromptChange[] {
  const [before, after] = [said(one.base.text), said(one.head.text)]
  if (one.movedAway) return [{ symbol: '', line: 1, ...(before === null ? {} : { from: shortHash(before) }) }]
  if (before !== null && after !== null && essence(before) === essence(after)) return []
  if (
    before !== null &&
    after !== null &&
    bodyOf(before) === bodyOf(after) &&
    (matterKnown || MATTER_IS_SETTINGS.test(one.file.path) || wordsOfMatter(before) === wordsOfMatter(after))
  )
    return []
  if (before === null && after !== null && hasMoved(essence(after), elsewhere.head, elsewhere.base)) return []
  if (after === null && before !== null && hasMoved(essence(before), elsewhere.base, elsewhere.head)) return []
  return [
    {
      symbol: '',
      line: firstDifferentLine(before ?? '', after ?? ''),
      ...(before === null ? {} : { from: shortHash(before) }),
      ...(after === null
        ? {}
        : { to: shortHash(after), said: { before: before ?? '', pieces: [{ value: after, line: 1 }] } }),
    },
  ]
}

/** Front matter without what only sets something, such as `tier: thread`: who it is, when it is asked and with which tools stay. */
const wordsOfMatter = (text: string) =>
  text
    .slice(0, text.length - bodyOf(text).length)
    .split('\n')
    .filter((line) => !SETS.test(line))
    .join('\n')
const SETS = /^(?![\w-]*(?:name|tool|skill|mcp|permission))[\w-]{1,60}:[ \t]*["']?[\w.-]{1,60}["']?[ \t\r]*$/i

/** Where the words differ; front matter counts only when they are the same. */
function firstDifferentLine(before: string, after: string): number {
  const [old, now] = [bodyOf(before), bodyOf(after)]
  if (before === '' || after === '' || essence(old) === essence(now)) return firstDifference(before, after)
  return lines(after.slice(0, after.length - now.length)) + firstDifference(old, now) - 1
}

const lines = (text: string) => text.split('\n').length

function firstDifference(before: string, after: string): number {
  if (before === '' || after === '') return 1
  const [old, now] = [before.split('\n'), after.split('\n')]
  const at = now.findIndex((line, i) => line !== old[i])
  return at < 0 ? now.length : at + 1
}
