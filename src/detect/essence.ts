// What a prompt says, however it is laid out.

import type { FoundPrompt } from './prompts.ts'

/** The text without its spacing: equal for equal prompts, however they are written. */
export const essence = (text: string) => text.replace(/\s+/g, '')
const wholes = new WeakMap<FoundPrompt, string>()
/** What all pieces of a prompt say, with `{}` where something else is joined to them, as within a piece; worked out once. */
export function whole(prompt: FoundPrompt): string {
  const known = wholes.get(prompt)
  if (known !== undefined) return known
  const text = joined(prompt)
  wholes.set(prompt, text)
  return text
}

function joined({ pieces }: FoundPrompt): string {
  let [text, isOpen] = ['', false]
  for (const { value, holes } of pieces) {
    text += `${holes?.before === true && !isOpen ? '{}' : ''}${value}${holes?.after === true ? '{}' : ''}`
    isOpen = holes?.after === true
  }
  return essence(text)
}
