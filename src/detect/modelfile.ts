// Ollama's Modelfile: `FROM llama3.1`, `PARAMETER temperature 0.2`, `SYSTEM """…"""`, read into the shape of reading.ts.

import { addKey, newFrame, type Reading, type Text } from './reading.ts'

const INSTRUCTION = /^\s*(FROM|SYSTEM|PARAMETER\s+(\w+)|MESSAGE\s+\w+)\s+(.*)$/i

/** What an instruction is called elsewhere. */
function nameOf(instruction: string, parameter: string | undefined): string {
  if (parameter !== undefined) return parameter
  if (/^from$/i.test(instruction)) return 'model'
  return /^system$/i.test(instruction) ? 'system_prompt' : 'message_prompt'
}

export function readModelfile(text: string): Reading {
  const frame = newFrame('', null)
  const texts: Text[] = []
  const rows = text.split(/\r?\n/)
  for (let at = 0; at < rows.length; at++) {
    const [, instruction, parameter, rest = ''] = INSTRUCTION.exec((rows[at] ?? '').slice(0, MAX_LINE)) ?? []
    if (instruction === undefined) continue
    const name = nameOf(instruction, parameter)
    const line = at + 1
    const quoted = rest.startsWith('"""')
    let value = quoted ? rest.slice(3) : rest.trim().replace(/^"(.*)"$/, '$1')
    if (quoted) {
      const said = [value]
      while (!said.at(-1)?.includes('"""') && at + 1 < rows.length) said.push(rows[++at] ?? '')
      value = said.join('\n').split('"""', 1)[0] ?? ''
    }
    addKey(frame, name)
    frame.entries.push({ name, text: value, line, frame })
    texts.push({ value, line, name, frame, use: 'value', group: line, owner: '' })
  }
  return { texts, references: [], frames: [frame], isData: true }
}
const MAX_LINE = 20_000
