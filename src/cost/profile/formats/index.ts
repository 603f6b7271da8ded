// The table of formats that a traffic profile may be in. What a record looks like decides, not the name of its file.

import type { JsonObject } from '../../../domain.ts'
import { WrongField } from '../fields.ts'
import type { ReadRow } from '../row.ts'
import { helicone } from './helicone.ts'
import { langfuse } from './langfuse.ts'
import { langsmith } from './langsmith.ts'
import { otel } from './otel.ts'
import { own } from './own.ts'

export type ProfileFormat = 'own' | 'otel' | 'langfuse' | 'langsmith' | 'helicone'

export type RowReader = {
  /** For messages. */
  readonly title: string
  matches(record: JsonObject): boolean
  /** The calls in a record, with the named dimensions as labels. May throw a WrongField. */
  read(record: JsonObject, dimensions: readonly string[]): readonly ReadRow[]
}

/** In the order in which they are tried: the most particular first. */
export const FORMATS: { readonly [format in ProfileFormat]: RowReader } = { otel, langsmith, langfuse, helicone, own }

export function formatOf(record: JsonObject): ProfileFormat | null {
  const names = Object.keys(FORMATS) as ProfileFormat[] // the keys are those of the type
  return names.find((name) => FORMATS[name].matches(record)) ?? null
}

export function readRecord(
  format: ProfileFormat,
  record: JsonObject,
  dimensions: readonly string[],
): readonly ReadRow[] {
  try {
    return FORMATS[format].read(record, dimensions)
  } catch (error) {
    if (error instanceof WrongField) return [{ state: 'wrong', why: error.message }]
    throw error
  }
}
