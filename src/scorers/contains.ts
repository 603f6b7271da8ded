// contains and its family: one substring, all of several, any of several; with and without case.

import type { Json, ScorerSpec } from '../domain.ts'
import { binary, evidence, missing, type Scorer, scalarText } from './scorer.ts'

export const contains = one(asIs)
export const icontains = one(lower)
export const containsAll = many(asIs, 'all')
export const containsAny = many(asIs, 'any')
export const icontainsAll = many(lower, 'all')
export const icontainsAny = many(lower, 'any')

type Fold = (text: string) => string

function asIs(text: string): string {
  return text
}

function lower(text: string): string {
  return text.toLowerCase()
}

/** Why a text value cannot be used; null when it can. An empty text is in every output, so it would always pass. */
export function checkText(spec: ScorerSpec): string | null {
  const text = scalarText(spec.value)
  if (text === null) return 'its value must be a text'
  return text === '' ? 'its value is empty, which every output contains' : null
}

function one(fold: Fold): Scorer {
  return {
    value: 'templated',
    check: checkText,
    score: ({ value, answer }) => {
      const wanted = scalarText(value)
      if (wanted === null || wanted === '') return missing('the value to look for is empty for this case')
      const found = fold(answer.text).includes(fold(wanted))
      return binary(found, evidence(`${found ? 'contains' : 'does not contain'} "${wanted}"`))
    },
  }
}

function many(fold: Fold, need: 'all' | 'any'): Scorer {
  return {
    value: 'templated',
    check: (spec) => (listOf(spec.value).some((text) => text !== '') ? null : 'its value must be a list of texts'),
    score: ({ value, answer }) => {
      const wanted = listOf(value)
      if (wanted.length === 0 || wanted.includes('')) return missing('a value to look for is empty for this case')
      const output = fold(answer.text)
      const absent = wanted.filter((text) => !output.includes(fold(text)))
      if (need === 'all') return binary(absent.length === 0, evidence(allWords(absent)))
      const found = wanted.find((text) => !absent.includes(text))
      const why = found === undefined ? `contains none of ${quoted(wanted)}` : `contains "${found}"`
      return binary(found !== undefined, evidence(why))
    },
  }
}

function allWords(absent: readonly string[]): string {
  return absent.length === 0 ? 'contains all values' : `does not contain ${quoted(absent)}`
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(', ')
}

/** Items of a list, or of a text that is one line of CSV: commas separate, quotes hold commas, `""` is a quote. */
export function listOf(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.map((item: Json) => scalarText(item) ?? '')
  const text = scalarText(value)
  if (text === null || text.trim() === '') return []
  const fields = text.matchAll(/(?:^|,)\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))/g)
  return [...fields].map(([, quotedField, plain]) => quotedField?.replaceAll('""', '"') ?? (plain ?? '').trim())
}
