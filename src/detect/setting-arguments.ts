// Settings in texts: arguments of an agent's program, and placeholders with a default.

import type { Entry, Reading } from './reading.ts'
import { BODY, scopeOf } from './setting-holders.ts'
import { settingOf } from './setting-names.ts'
import type { Setting } from './setting-values.ts'

/** What a step of a workflow gives to an agent's program: `claude_args: --max-turns 5 --allowedTools Bash`. */
export const ARGUMENTS = /^(?:claude|codex|gemini|agent)_args$/
const FLAG =
  /--(max-turns|max-thinking-tokens|allowed-?[tT]ools|disallowed-?[tT]ools|json-schema)[= ]("[^"]{0,2000}"|[^\s"]{1,2000})/g

export function ofArguments(entry: Entry): readonly Setting[] {
  const scope = scopeOf(entry.frame)
  return [...entry.text.replace(/\\"/g, "'").replace(/\\n/g, ' ').matchAll(FLAG)].map(([, name = '', value = '']) => ({
    scope,
    name,
    value: value.replace(/^'?(.*?)'?$/, '"$1"'),
    line: entry.line,
  }))
}

/** `@Value("${llm.temperature:0.7}")` */
const PLACEHOLDER = /^\$\{([\w.-]{3,80}):([^{}]{1,80})\}$/

export const inAnnotations = ({ texts }: Reading): readonly Setting[] =>
  texts.flatMap(({ value, line, frame }) => {
    const match = frame.callee === 'Value' ? PLACEHOLDER.exec(value) : null
    const [, name = '', given = ''] = match ?? []
    return match !== null && settingOf(name)?.own ? [{ scope: BODY, name, value: given, line }] : []
  })
