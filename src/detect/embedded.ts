// Code within data: an inline function of CloudFormation, a script that a step of a workflow gives to an interpreter.

import { languageOf } from './code/languages.ts'
import { readCode } from './code/read.ts'
import type { Reading, Text } from './reading.ts'

const IMPORTS = /^[ \t]*(?:import [\w.]+|from [\w.]+ import |(?:const|let|var) [^=\n]{1,80}= *require\()/m
const PYTHON = /^[ \t]*(?:import [\w.]+(?: as \w+)?[ \t]*$|from [\w.]+ import )/m
const HEREDOC = /<<-?[ \t]*(["']?)(\w{1,40})\1[^\n]{0,200}\n/

const MAX_EMBEDDED = 20
const MIN_CHARS = 40

/** The reading of a file of data, with what its longer texts say as code. */
export function withCode(reading: Reading): Reading {
  const inner = reading.texts
    .filter(({ value }) => value.length >= MIN_CHARS && value.includes('\n') && IMPORTS.test(value))
    .slice(0, MAX_EMBEDDED)
    .map(codeOf)
  return inner.reduce(joined, reading)
}

/** What a heredoc brings, or all of a text. Pushed down to its place, so that its lines are those of the file. */
function codeOf({ value, line }: Text): Reading {
  const { body = value, at = 0 } = heredocIn(value) ?? {}
  const down = line - 1 + (value.slice(0, at).match(/\n/g)?.length ?? 0)
  const language = languageOf(PYTHON.test(body) ? 'a.py' : 'a.js')
  const indent = body === value ? '' : (/^[ \t]*/.exec(body)?.[0] ?? '')
  const code = body.replaceAll(`\n${indent}`, '\n').slice(indent.length)
  return language === null
    ? { texts: [], references: [], frames: [] }
    : readCode(`${'\n'.repeat(down)}${code}`, language)
}

/** The first of a text: a search for the end of each would take as long as there are of them. */
function heredocIn(value: string): { readonly body: string; readonly at: number } | null {
  const start = HEREDOC.exec(value)
  if (start === null) return null
  const at = start.index + start[0].length
  const rows = value.slice(at).split('\n')
  const end = rows.findIndex((row) => row.trim() === start[2])
  return end < 0 ? null : { body: rows.slice(0, end).join('\n'), at }
}

function joined(outer: Reading, inner: Reading): Reading {
  const groups = outer.texts.reduce((most, { group }) => Math.max(most, group), 0)
  return {
    ...outer,
    texts: [...outer.texts, ...inner.texts.map((text) => ({ ...text, group: text.group + groups + 1 }))],
    references: [...outer.references, ...inner.references],
    frames: [...outer.frames, ...inner.frames],
  }
}
