// What a model is told of the tools that it may call: their descriptions and those of their arguments are read like a prompt.

import { around, callsOf, type Frame, type Text } from './reading.ts'

const DESCRIPTION = /^(?:llm_?)?description$/i
/** Beside a description they make the definition of a tool. */
const SCHEMA = /^(?:parameters|input_?schema|args_?schema|parameters_?json_?schema|json_?schema)$/i
const RUNS = /^(?:execute|handler|func|invoke|callback|coroutine)$/i
/** Classes and functions that make a tool of a function. */
const MAKES =
  /(?:^|\.|::)(?:tool|Tool|StructuredTool|DynamicTool|DynamicStructuredTool|FunctionTool|QueryEngineTool|FunctionDeclaration|FunctionDefinition|FunctionDefinitionParam|ChatCompletionTool|defineTool|createTool|aiFunction|as_tool|asTool|KernelFunction)$/

/** A decorator that gives a function to a model, with its documentation: `@tool`, `@function_tool`, `@agent.tool_plain`. */
export const describesTool = (mark: string) =>
  /^@?(?:(?:agent|\w*_agent)\.)?(?:tool|function_tool|tool_plain)$/.test(mark)

export function isToolText(text: Text): boolean {
  const { name, frame } = text
  const inDefinition = around(frame)
    .slice(0, 7)
    .some((one) => isDefinition(one))
  if (DESCRIPTION.test(name)) return inDefinition
  const [call = ''] = callsOf(text)
  // `z.string().describe("…")`
  if (/(?:^|\.)describe$/.test(call)) return inDefinition
  // Go: `func (t Search) Description() string { return "…" }`
  return name === '' && text.owner === 'Description'
}

function isDefinition({ keys, callee, open, owner }: Frame): boolean {
  if (open === '' || owner !== '') return false
  const names = [...keys]
  if (!names.some((key) => DESCRIPTION.test(key))) return false
  if (MAKES.test(callee)) return true
  return names.some((key) => /^name$/i.test(key)) && names.some((key) => SCHEMA.test(key) || RUNS.test(key))
}
