// The names around a place in the tokens: what is assigned, what is called, whose body it is, how a text is used.

import type { Frame, Use } from '../reading.ts'
import type { Level, Walk } from './walk.ts'

const KEYWORD =
  /^(if|for|while|switch|return|and|or|not|in|is|elif|else|catch|with|await|yield|case|when|match|new|throw|raise|typeof|assert|del|except|foreach|using|lock|unless|until|do|then|async|let|const|var|val|def|function|func|fun|fn|export|default|public|private|protected|static|readonly|final|pub|mut|as|from|import)$/
const COMPARES = new Set(['==', '===', '!=', '!==', '=~'])

export function targetName(walk: Walk, level: Level): string {
  const at = walk.at - 1
  const token = walk.tokens[at]
  if (token === undefined || at < level.start) return ''
  if (walk.tokens[at - 1]?.text === 'case') return ''
  const bare = (text: string) => text.replace(/^[@$:]+|[?!]$/g, '')
  if (token.kind === 'string') return token.text.length <= 80 ? token.text : ''
  if (token.kind === 'name') return bare(typed(walk, at) ?? token.text)
  if (token.text === '?') return bare(walk.tokens[at - 1]?.text ?? '')
  const key = walk.tokens[at - 1]
  if (token.text === ']' && key?.kind === 'string') return key.text.slice(0, 80)
  return ''
}

/** The dotted path that ends before a bracket: `client.chat.create`. */
export function calleeBefore(walk: Walk): string {
  const parts: string[] = []
  for (let at = walk.at - 1; at >= 0 && parts.length < 13; at--) {
    const token = walk.tokens[at]
    const separator = token?.kind === 'operator' && /^(\.|\?\.|::|->|!)$/.test(token.text)
    const expected = parts.length === 0 || /^(\.|\?\.|::|->)$/.test(parts[0] ?? '')
    if (token?.kind === 'name' && expected) parts.unshift(token.text)
    else if (separator && (token?.text === '!' ? parts.length === 0 : !expected)) {
      if (token?.text !== '!') parts.unshift(token?.text ?? '.')
    } else break
  }
  const path = parts.join('').replace(/^(\.|\?\.|::|->)/, '')
  return KEYWORD.test(path) ? '' : path.replace(/[@$]/g, '')
}

/** Column at which the line of the current token starts. */
export function firstColumn(walk: Walk): number {
  let at = walk.at
  while (at > 0 && walk.tokens[at - 1]?.kind !== 'newline') at--
  return walk.tokens[at]?.column ?? 0
}

/** Where a type follows the name: `var model string =`, `param model string =`. */
function typed(walk: Walk, at: number): string | null {
  const before = walk.tokens[at - 1]
  if (!/^(?:go|bicep)$/.test(walk.reader.language.id) || before?.kind !== 'name') return null
  return /^(?:const|var|param|output|type|func|return)$/.test(before.text) ? null : before.text
}

/** Function or class around the current place, and the one around that; '' for none. */
export function ownersOf(walk: Walk, level: Level): { readonly owner: string; readonly outer: string } {
  const owners = walk.reader.language.python ? walk.owners.map((one) => one.name).reverse() : owningFrames(level.frame)
  return { owner: owners[0] ?? '', outer: owners[1] ?? '' }
}

function owningFrames(innermost: Frame): readonly string[] {
  const owners: string[] = []
  for (let frame: Frame | null = innermost, depth = 0; frame !== null && depth < 12; frame = frame.parent, depth++)
    if (frame.owner !== '') owners.push(frame.owner)
  return owners
}

export function useOf(walk: Walk, level: Level): Use {
  const [before, after] = [walk.tokens[walk.at - 1], walk.tokens[walk.at + 1]]
  if (before && (COMPARES.has(before.text) || /^(case|in|when|is)$/.test(before.text))) return 'condition'
  if (after && COMPARES.has(after.text)) return 'condition'
  if (after?.text === 'in' && walk.reader.language.python) return 'condition'
  if (
    /(^|\.)(startsWith|startswith|includes|contains|equals|endsWith|HasPrefix|Contains|indexOf|match|test|has|start_with\?|include\?)$/i.test(
      level.frame.callee,
    )
  )
    return 'condition'
  const keyed = after?.text === ':' || (after?.text === '=>' && walk.reader.language.arrowKeys)
  if (keyed && level.valueStart < 0 && !level.ternary) return before?.text === 'case' ? 'condition' : 'key'
  const alone = (before === undefined || before.kind === 'newline') && (after === undefined || after.kind === 'newline')
  if (walk.reader.language.python && alone && level.frame.parent === null && level.name === '') return 'docstring'
  if (before && /^(\?\?|\|\||or)$/.test(before.text)) return 'default'
  return 'value'
}
