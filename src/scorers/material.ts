// What a judge gets to read beside the answers: only what both sides share, so that equal outputs get one verdict.

import type { Case, Json, JsonObject } from '../domain.ts'
import { scalarText } from './scorer.ts'

export type Material = readonly { readonly name: string; readonly text: string }[]

export function materialOf(kase: Case, vars: JsonObject): Material {
  const { expected, ...inputs } = vars
  const input = Object.entries(inputs).map(([name, value]) => `${name}: ${textOf(value)}`)
  const context = (kase.context ?? []).filter((passage) => !input.some((text) => text.includes(passage)))
  const material = [
    { name: 'input', text: input.join('\n') },
    { name: 'context', text: context.join('\n\n') },
    { name: 'expected', text: expected === undefined ? '' : textOf(expected) },
  ]
  return material.filter(({ text }) => text !== '')
}

function textOf(value: Json): string {
  return scalarText(value) ?? JSON.stringify(value)
}
