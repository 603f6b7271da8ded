// One version of a file, read: its prompts and pins, and what it says when the file as a whole is one prompt.

import { usesModels } from './libraries.ts'
import { findPins, type Pin } from './pins.ts'
import { type FoundPrompt, findPrompts } from './prompts.ts'
import { isCode, isReadable, readSource } from './read-file.ts'
import type { Reading } from './reading.ts'
import { isLetter, modelSpeech } from './words.ts'

export type Version = {
  readonly text: string | null
  readonly reading: Reading
  readonly prompts: readonly FoundPrompt[]
  readonly pins: readonly Pin[]
}

/** A text outside of the places for prompts that speaks to a model, clearly enough that a document for people does not. */
export function readsLikePrompt(path: string, text: string | null): boolean {
  if (text === null || text.length > MAX_TEXT) return false
  const isDocument = /\.mdx?$/i.test(path)
  const isPlace = PLACES.test(path)
  if ((isDocument && !isPlace && FOR_READERS.test(path)) || VIEW.test(path)) return false
  const body = withoutComments(bodyOf(text))
  if (isLetter(body) || PAGE.test(body) || QUERIES.test(body) || (isDocument && isIndex(body))) return false
  return modelSpeech(body) >= (isDocument ? (isPlace ? 5 : 8) : isPlace ? 3 : 5)
}
const MAX_TEXT = 200_000
/** What developers write for each other, and what is published: `quickstart.md`, `retry_analysis.md`, `content/blog/*.mdx`. */
const FOR_READERS =
  /(?:^|\/)(?:blogs?|articles?|posts|pages|changelogs?|adrs?|rfcs?|tutorials?|guides?|plans|tasks|backlog)\/|(?:^|[/_-])(?:quick-?start|getting[_-]started|setup|walkthrough|analysis|implementation|report|plan|todo|progress|roadmap|release|overview|architecture|design|status|migration|integration|notes)(?:[_-]\w+)?\.mdx?$/i
/** A part of a page. */
const VIEW = /\.html\.\w+$|\.blade\.php$/i
const PAGE = /^\s*<(?:!doctype|html|head|body|div|main|nav|section|span|h[1-6]|table|form|style|script)\b/i
/** Most of its lines are links: a list of what there is to read. */
function isIndex(body: string): boolean {
  const lines = body
    .slice(0, 20_000)
    .split('\n')
    .filter((line) => !/^\s*(?:#|$)/.test(line))
  return lines.length >= MIN_LINES && lines.filter((line) => line.includes('](')).length * 2 > lines.length
}
const MIN_LINES = 4
/** Queries of a database, by the names that a program calls them. */
const QUERIES = /^\s*<\?xml[^>]*>\s*(?:<!DOCTYPE[^>]*>\s*)?<mapper\b/
/** Folders in which texts for models are common. */
const PLACES =
  /(?:^|\/)(?:agents?|sub-?agents?|patterns?|instructions?|personas?|skills?|templates?|llms?|ai|assistants?|roles?|system)\/|instructions\.mdx?$/i

const NONE: ReadonlySet<string> = new Set()

/**
 * `prompt`: the file is known to hold prompts, so that its texts need not prove it; `answers`: classes of it that a model fills in
 * elsewhere.
 */
export async function readVersion(
  path: string,
  written: string | null,
  prompt: boolean,
  answers: ReadonlySet<string> = NONE,
): Promise<Version> {
  const text = written?.replace(BYTE_ORDER_MARK, '') ?? null
  const reading = await readSource(path, text)
  const isData = prompt && !isCode(path) && !isWholeText(path)
  const place = isData
    ? 'prompt data'
    : AMONG_PROMPTS.test(path)
      ? 'prompts'
      : /prompt|agent|llm|(?:^|\/)skills?\//i.test(path)
        ? 'prompt code'
        : 'any'
  return {
    text,
    reading,
    prompts: findPrompts(reading, place, path, { library: usesModels(text ?? ''), answers }),
    pins: findPins(reading, text ?? ''),
  }
}

/** As Windows starts a file: no part of its first line. */
const BYTE_ORDER_MARK = /^\uFEFF/

/** Modules that hold prompts and little else. */
const AMONG_PROMPTS = /(?:^|\/)(?:\w+[_-])?prompts?(?:\.(?:py|[cm]?[jt]s|go|rs|rb|php|java|kt|cs)$|\/)/

/** The file is one prompt, beside its front matter. */
export const isWholeText = (path: string) =>
  !isReadable(path) || /\.(?:md|mdc|mdx|prompt|prompty|chatmode|blade\.php)$/i.test(path)

const FRONT = /^---\r?\n[\s\S]*?\r?\n---(?:\r?\n|$)/
/** Why the prompt is as it is: about it, not in it. With the lines that continue it. */
const REASON = /^reason[ \t]*:.*(?:\r?\n[ \t]+.*)*$/m

/** Without the comments of templates and the reason in front matter; line breaks stay, so that lines still count. */
export const said = (text: string | null) =>
  text === null ? null : withoutComments(text.replace(FRONT, withoutReason))

/** Comments of Jinja, Handlebars, Mustache and ERB, as their line breaks. */
const COMMENTS = [
  ['{#', '#}'],
  ['{{!--', '--}}'],
  ['{{!', '}}'],
  ['<%#', '%>'],
] as const
const withoutComments = (text: string) =>
  COMMENTS.reduce((left, [open, close]) => withoutBetween(left, open, close), text)

/** Every character is looked at once, also where nothing is closed. */
function withoutBetween(text: string, open: string, close: string): string {
  let kept = ''
  let at = 0
  for (let from = text.indexOf(open); from >= 0; from = text.indexOf(open, at)) {
    const end = text.indexOf(close, from + open.length)
    if (end < 0) break
    kept += text.slice(at, from) + blank(text.slice(from, end + close.length))
    at = end + close.length
  }
  return kept + text.slice(at)
}

function withoutReason(matter: string): string {
  const left = matter.replace(REASON, blank)
  return left !== matter && /^---\s*---\s*$/.test(left) ? blank(matter) : left
}

const blank = (text: string) => text.replace(/[^\n]/g, '')

/** What stands below the front matter. */
export const bodyOf = (text: string) => text.replace(FRONT, '')
