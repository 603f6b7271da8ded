// Files of cases that are one list, in YAML or JSON: read whole, since only the end says whether it is one.

import type { Json, Place } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { type CaseFileReader, readCase, subFile } from './case-files.ts'
import { isObject } from './cases.ts'
import { show } from './validate.ts'
import { MAX_CASES_BYTES, parseYaml } from './yaml.ts'

export const readList: CaseFileReader = async (path, read, { context, file }) => {
  const pieces: string[] = []
  await read((piece) => pieces.push(piece))
  const text = pieces.join('')
  pieces.length = 0
  if (!/\.(ya?ml|json)$/i.test(path)) throw noCaseFile(path)
  const parsed = parseYaml(path, text, { maxBytes: MAX_CASES_BYTES })
  if (!parsed.ok) return file.refuse(...parsed.problems)
  const { value } = parsed.file
  const key = isObject(value) && Array.isArray(value.cases) ? ['cases'] : []
  const rows = isObject(value) ? value.cases : value
  if (!Array.isArray(rows)) return file.refuse(noList(value, { path }))
  for (const [index, row] of rows.entries())
    file.add(() => readCase(subFile(parsed.file, [...key, index], row ?? null), context))
}

function noList(value: Json, place: Place): Problem {
  return {
    what: `The file is ${show(value)}.`,
    expected: 'a list of cases',
    remedy: 'Write one list item per case.',
    place,
  }
}

function noCaseFile(path: string): UserError {
  return new UserError({
    what: `"${path}" is no file of cases.`,
    expected: '.jsonl, .csv, .yaml or .json',
    remedy: 'Correct the path.',
    place: { path },
  })
}
