// Splits prompt files that hold a whole conversation into messages, on the template: a role marker inside a case's data never makes one.

import type { Role, TemplateEngine } from '../domain.ts'
import { placingFaults, type Source, TemplateFault } from './fault.ts'
import { scanMustaches } from './mustaches.ts'

/** `line` is that of the content's first character, counted from the line of the source. */
export type RolePart = { readonly role: Role; readonly content: string; readonly line: number }

const ROLES: { readonly [written: string]: Role } = {
  system: 'system',
  developer: 'system',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
}

/**
 * Messages of a template text. Dotprompt: `{{role "system"}}` markers, text before the first is the user's.
 * Prompty: lines like `system:`, text before the first is the system's, blank lines around are dropped.
 * Other engines: one user message.
 * @throws TemplateError for a role that there is not, or a marker inside a block
 */
export function splitRoles(engine: TemplateEngine, source: Source): readonly RolePart[] {
  return placingFaults(source, () => {
    if (engine === 'dotprompt') return splitDotprompt(source)
    if (engine === 'prompty') return splitPrompty(source)
    return [{ role: 'user', content: source.text, line: source.line }]
  })
}

function lineAt(source: Source, offset: number): number {
  return source.line + (source.text.slice(0, offset).match(/\n/g)?.length ?? 0)
}

function part(source: Source, role: Role, start: number, end: number): readonly RolePart[] {
  const content = source.text.slice(start, end)
  return content.trim() === '' ? [] : [{ role, content, line: lineAt(source, start) }]
}

function splitDotprompt(source: Source): readonly RolePart[] {
  const parts: RolePart[] = []
  let role: Role = 'user'
  let start = 0
  let depth = 0
  for (const piece of scanMustaches(source.text)) {
    if (piece.kind !== 'mustache') continue
    if (/^\s*[#^]\s*\S/.test(piece.text)) depth += 1
    else if (/^\s*\//.test(piece.text)) depth -= 1
    const marker = markerRole(piece.text, piece.start)
    if (marker === null) continue
    if (depth > 0) {
      const remedy = 'Put the block inside one message.'
      throw new TemplateFault(piece.start, 'A role marker stands inside a block.', remedy)
    }
    parts.push(...part(source, role, start, piece.start))
    role = marker
    start = piece.end
  }
  return [...parts, ...part(source, role, start, source.text.length)]
}

/** `{{history}}` ends a message too; what follows without a role of its own is the model's. */
function markerRole(text: string, at: number): Role | null {
  if (/^\s*history\s*$/.test(text)) return 'assistant'
  const written = /^\s*role\s+["']([^"']*)["']\s*$/.exec(text)?.[1]
  if (written === undefined) return null
  const role = Object.hasOwn(ROLES, written) ? ROLES[written] : undefined
  if (role) return role
  throw new TemplateFault(at, `There is no role "${written}".`, 'Use system, user, model or tool.')
}

const PROMPTY_MARKER =
  /^[^\S\n]*#?[^\S\n]*(system|developer|user|assistant|tool|function)(?:\[[^\]\n]*\])?[^\S\n]*:[^\S\n]*\r?$/gim

function splitPrompty(source: Source): readonly RolePart[] {
  const parts: RolePart[] = []
  let role: Role = 'system'
  let start = 0
  for (const found of source.text.matchAll(PROMPTY_MARKER)) {
    parts.push(...withoutBlankLines(source, role, start, found.index))
    role = ROLES[(found[1] ?? '').toLowerCase()] ?? 'user'
    start = found.index + found[0].length
  }
  return [...parts, ...withoutBlankLines(source, role, start, source.text.length)]
}

function withoutBlankLines(source: Source, role: Role, start: number, end: number): readonly RolePart[] {
  const text = source.text.slice(start, end)
  const lead = /^(?:[^\S\n]*\n)*/.exec(text)?.[0].length ?? 0
  return part(source, role, start + lead, start + text.trimEnd().length)
}
