// Calls that only format a text: what they give stands where they stand.

import type { Text } from './reading.ts'

const FORMATS =
  /^(?:(?:fmt\.)?[Ss]printf|(?:[Ss]tring\.)?[fF]ormat|String::from|(?:textwrap\.)?dedent|(?:inspect\.)?cleandoc)$/

/** `Content: fmt.Sprintf("…", t)` is content, and `agent.prompt(format!("…"))` asks an agent: a text at the place of its call. */
export function atItsPlace(text: Text): Text {
  const { name, frame } = text
  return name === '' && frame.open === '(' && frame.parent !== null && FORMATS.test(frame.callee)
    ? { ...text, name: frame.name, frame: frame.parent }
    : text
}
