// Which tools a model is given: lists under names such as `baseTools`, objects of definitions, what is pushed into a list.

import type { Entry, Frame, Reading } from './reading.ts'
import type { Setting } from './setting-values.ts'

const TOOLS = /(?:^|_)(?:tools|TOOLS)$|[a-z]Tools$/
/** Lists that are shown, looked up or written down. */
const NO_LIST =
  /^(?:no|num|has|all|available|supported|known|suggested|builtin|mock|dev|build|used|called|unused)(?:_|[A-Z])|^(?:NO|ALL|AVAILABLE|SUPPORTED|KNOWN|SUGGESTED|BUILTIN|DEV|BUILD)_/
/** Calls that make one tool of their argument. */
const MAKES = /(?:^|\.)(?:tool|createTool|defineTool|dynamicTool|zodFunction)$/

/** A constant list of what stands in the code itself. */
const OF_NAMES = /^\[ \w+(?: , \w+)* \]$/

/** `baseTools = ["Edit", "Glob"]`, in a file about models. */
export function toolsOf({ name, frame, text, line }: Entry, speaks: boolean, scope: string): readonly Setting[] {
  if (!TOOLS.test(name) || NO_LIST.test(name)) return []
  if (
    !speaks &&
    !OF_NAMES.test(text) &&
    ![...frame.keys].some((key) => /model|llm|prompt|instruction|goal|backstory|agent/i.test(key))
  )
    return []
  // Packages with their versions.
  if (/"[^"]*[=<>]=[^"]*"/.test(text)) return []
  const list = /^(?:list \[ \w+ \] = )?(\[ .*)$/.exec(text.replace(/\s+/g, ' '))?.[1]
  // A list under a new name is given to something new.
  return list === undefined
    ? []
    : [{ scope, name, value: list, line, ...(/^tools$/i.test(name) ? {} : { weak: true }) }]
}

/** `tools.append(search)`, `tools.extend([search, Refund()])`; a variable of a loop says nothing. */
export function added({ name, text, line }: Entry): readonly Setting[] {
  if (
    NO_LIST.test(name) ||
    !/^\[ (?!\*)|^\w+(?: \(| \. \w+ \(|$)/.test(text) ||
    /^(?:self|this)\b|^\w?tools?\b|^\w{1,4}$| for \w/i.test(text)
  )
    return []
  return [{ scope: '', name: 'tools', value: text.startsWith('[') ? text : `[ ${/\w+/.exec(text)?.[0]} ]`, line }]
}

/** `{ bash: tool({ … }), grep: tool({ … }) }`: the names are the list, whatever the definitions say. */
export function definedTools({ frames }: Reading, scopeOf: (frame: Frame) => string): readonly Setting[] {
  const found = new Map<Frame, { readonly names: string[]; readonly line: number }>()
  for (const { callee, name, parent, line } of frames) {
    if (parent === null || parent.open !== '{' || parent.owner !== '' || name === '' || !MAKES.test(callee)) continue
    const known = found.get(parent)
    if (known) known.names.push(name)
    else found.set(parent, { names: [name], line: parent.line || line })
  }
  return [...found].map(([frame, { names, line }]) => ({
    scope: `${scopeOf(frame)}.tools`,
    name: 'tools',
    value: `{ ${[...new Set(names)].join(' , ')} }`,
    line,
  }))
}
