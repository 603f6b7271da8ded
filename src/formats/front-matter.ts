// `---` front matter of dotprompt and prompty files.

import { isObject } from '../config/cases.ts'
import { parseYaml, stripBom } from '../config/yaml.ts'
import type { JsonObject, Place } from '../domain.ts'
import { UserError } from '../errors.ts'

export type FrontMatter = {
  readonly matter: JsonObject
  readonly body: string
  /** Line of the file on which the body starts. */
  readonly bodyLine: number
}

/** Splits a file; without a fence everything is body. Comment and blank lines may precede the first fence. */
export function splitFrontMatter(path: string, text: string): FrontMatter {
  const lines = stripBom(text).replaceAll('\r\n', '\n').split('\n')
  const open = lines.findIndex((line) => !/^\s*(#.*)?$/.test(line))
  const fence = lines[open]?.trimEnd()
  const close =
    fence === '---' || fence === '+++' ? lines.findIndex((line, at) => at > open && line.trimEnd() === fence) : -1
  if (close < 0) return { matter: {}, body: lines.join('\n'), bodyLine: 1 }
  const parsed = parseYaml(path, lines.slice(open + 1, close).join('\n'), { firstLine: open + 2 })
  if (!parsed.ok) throw failed(path, parsed.problems)
  const matter = parsed.file.value
  return { matter: isObject(matter) ? matter : {}, body: lines.slice(close + 1).join('\n'), bodyLine: close + 2 }
}

/** A UserError over all problems of a file. */
export function failed(path: string, problems: readonly ConstructorParameters<typeof UserError>[0][]): UserError {
  const [first, ...rest] = problems
  const place: Place = { path }
  return new UserError(first ?? { what: 'The file cannot be read.', remedy: 'Correct it.', place }, ...rest)
}
