// Why a prompt was changed, as its authors wrote it: `reason:` in the prompt file, or a `Prompt-reason:` line of a commit.

import { isObject } from './config/cases.ts'
import { parseYaml } from './config/yaml.ts'

export const REASON_LINE = 'Prompt-reason:'

const FENCED = /^\uFEFF?(?:[ \t]*(?:#[^\n]*)?\r?\n)*---[ \t]*\r?\n([\s\S]{0,20000}?)\r?\n---[ \t]*(?:\r?\n|$)/
const DATA = /\.(?:ya?ml|json)$/i
/** Parsing thousands of versions costs more than looking whether there is such a key. */
const KEY = /\breason["']?[ \t]*:/

/** `reason` of the front matter, or of the top level of a YAML or JSON prompt; null when there is none with a word in it. */
export function writtenReason(path: string, text: string | null): string | null {
  if (text === null || !KEY.test(text)) return null
  const matter = DATA.test(path) ? text : FENCED.exec(text)?.[1]
  if (matter === undefined) return null
  const parsed = parseYaml(path, matter)
  const value = parsed.ok && isObject(parsed.file.value) ? parsed.file.value.reason : null
  return typeof value === 'string' ? meaningful(value) : null
}

const LINE = /^[ \t]*Prompt-reason:[ \t]*(.*(?:\r?\n[ \t]+\S.*)*)/gim

/** What the `Prompt-reason:` lines of a message say, with the indented lines that continue them; null when there is none. */
export function spokenReason(message: string): string | null {
  const reasons = [...message.matchAll(LINE)].flatMap((match) => meaningful(match[1] ?? '') ?? [])
  return reasons.length === 0 ? null : reasons.join('; ')
}

function meaningful(text: string): string | null {
  const line = text.replace(/\s+/g, ' ').trim()
  return /[\p{L}\p{N}]/u.test(line) ? line : null
}
