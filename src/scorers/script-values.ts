// `{{name}}` in a scorer's JavaScript. promptfoo pastes the value into the code; here it stays data: inside quotes it
// is escaped for a string, elsewhere it must be a JSON literal.

import type { JsonObject, Segment } from '../domain.ts'
import { renderTemplate } from '../template/index.ts'

/** @throws TemplateError; Error with words when a value would become code */
export function scriptWithValues(code: string, vars: JsonObject, path: string): string {
  if (!code.includes('{{') && !code.includes('{%')) return code
  const { segments } = renderTemplate({ engine: 'nunjucks', text: code, path, line: 1, vars, partials: {} })
  let script = ''
  for (const segment of segments) script += segment.kind === 'variable' ? asData(segment, script) : segment.text
  return script
}

function asData(segment: Segment, before: string): string {
  if (insideQuotes(before)) {
    return JSON.stringify(segment.text)
      .slice(1, -1)
      .replace(/['`$]/g, '\\$&')
      .replace(/\u2028|\u2029/g, '\\n')
  }
  try {
    return JSON.stringify(JSON.parse(segment.text))
  } catch {
    throw new Error(`the value of {{${segment.origin}}} is no literal; put quotes around it or use context.vars`)
  }
}

/** Whether a string literal is open at the end of the code; comments are passed over. */
function insideQuotes(code: string): boolean {
  let quote = ''
  for (let at = 0; at < code.length; at += 1) {
    const character = code[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at += 1
      else if (character === quote) quote = ''
    } else if (code.startsWith('//', at)) at = lineEnd(code, at)
    else if (code.startsWith('/*', at)) at = commentEnd(code, at)
    else if (character === '"' || character === "'" || character === '`') quote = character
  }
  return quote !== ''
}

function lineEnd(code: string, from: number): number {
  const end = code.indexOf('\n', from)
  return end < 0 ? code.length : end
}

function commentEnd(code: string, from: number): number {
  const end = code.indexOf('*/', from + 2)
  return end < 0 ? code.length : end + 1
}
