// Files of cases that are tables: one row each, the variables in its columns.

import type { JsonObject, Place } from '../domain.ts'
import { readPromptfooRow } from '../formats/promptfoo-csv.ts'
import { type CaseContext, type CaseFileReader, type Drafts, readCase } from './case-files.ts'
import { takeCsvRows } from './tables.ts'

export const readTable: CaseFileReader = async (path, read, { context, file }) => {
  const problem = await takeCsvRows(path, read, {
    row: ({ row, line }) => file.add(() => csvCase(row, { path, line }, context)),
    again: file.again,
  })
  if (problem !== null) file.refuse(problem)
}

function csvCase(row: { readonly [column: string]: string }, place: Place, context: CaseContext): Drafts {
  if (Object.keys(row).some((column) => column.startsWith('__'))) return readPromptfooRow(row, place, context.known)
  const { threshold, ...cells } = row
  const value: JsonObject =
    threshold === undefined || threshold === '' ? cells : { ...cells, threshold: Number(threshold) }
  return readCase({ path: place.path, value, place: () => place, keyPlace: () => place }, context)
}
