// What a prompt says, however it is laid out.

import type { FoundPrompt } from './prompts.ts'

/** The text without its spacing: equal for equal prompts, however they are written. */
export const essence = (text: string) => text.replace(/\s+/g, '')
/** What all pieces of a prompt say, with `{}` where something else is joined to them, as within a piece. */
export function whole({ pieces }: FoundPrompt): string {
  let [text, isOpen] = ['', false]
  for (const { value, holes } of pieces) {
    text += `${holes?.before === true && !isOpen ? '{}' : ''}${value}${holes?.after === true ? '{}' : ''}`
    isOpen = holes?.after === true
  }
  return essence(text)
}
