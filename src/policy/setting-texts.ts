// What a target says to the model beside its prompt: tools, their descriptions and arguments, the schema of an answer, and
// whatever text stands in its parameters.

import type { EvalSet, Json } from '../domain.ts'

/** More texts than these are no description of tools, and would take their time. */
const MAX_TEXTS = 20_000

/** Each text with the file that has it, as written; empty for an application, whose requests are its own. */
export function settingTexts({ path, target }: EvalSet): readonly { readonly path: string; readonly text: string }[] {
  if (target.kind !== 'prompt') return []
  const { prompt, tools, responseFormat, parameters } = target
  const from = (own: boolean, value: Json | undefined) =>
    textsIn(value).map((text) => ({ path: own && prompt.path !== '' ? prompt.path : path, text }))
  return [
    ...from(tools === prompt.tools, tools),
    ...from(responseFormat === prompt.responseFormat, responseFormat),
    ...Object.entries(parameters).flatMap(([key, value]) => from(prompt.parameters?.[key] === value, value)),
  ]
}

/** Texts at any depth, and the names of properties, which a model reads as well. */
function textsIn(value: Json | undefined): readonly string[] {
  const found: string[] = []
  const open: (Json | undefined)[] = [value]
  for (let at = 0; at < open.length && found.length < MAX_TEXTS; at++) {
    const one = open[at]
    if (typeof one === 'string') found.push(one)
    if (typeof one !== 'object' || one === null) continue
    const properties = 'properties' in one ? one.properties : undefined
    if (typeof properties === 'object' && properties !== null)
      found.push(...Object.keys(properties).slice(0, MAX_TEXTS))
    for (const inner of Object.values(one)) open.push(inner)
  }
  return found.filter((text) => text.trim() !== '')
}
