// Schemas that a model is given to fill in: classes named where the model is asked, and fields described by tags and annotations.

import { around, type Frame, type Reading, type Text } from './reading.ts'

/** Functions and calls that take a schema which the model has to fill in. */
const FILLS =
  /(?:^|\.)(?:generateObject|streamObject|zodResponseFormat|zodTextFormat|withStructuredOutput|with_structured_output)$/
/** Arguments that name the class of the answer. */
const CLASS_OF_ANSWER =
  /^(?:response_model|response_format|text_format|output_type|result_type|output_schema|output_pydantic|response_schema|structured_output)$/

/** Classes that a model is asked to fill in, by their names. */
export function answerClasses({ frames }: Reading): ReadonlySet<string> {
  const names = new Set<string>()
  for (const frame of frames) {
    if (FILLS.test(frame.callee)) for (const [name] of frame.first.matchAll(CLASS)) names.add(name)
    if (frame.open !== '(' || frame.callee === '') continue
    if (ROUTE.test(frame.callee)) continue
    for (const { name, text } of frame.entries)
      if (CLASS_OF_ANSWER.test(name)) for (const [one] of text.slice(0, MAX_TYPE).matchAll(CLASS)) names.add(one)
  }
  return names
}
/** `@app.get("/items", response_model=Item)`: what a server answers. */
const ROUTE = /\.(?:get|post|put|delete|patch|head|options|api_route|route|websocket)$/
const CLASS = /\b[A-Z]\w*[a-z]\w*/g
const MAX_TYPE = 200

/** A model is asked to fill in a schema somewhere in the file. */
export const fillsSchema = ({ frames }: Reading, classes: ReadonlySet<string>) =>
  classes.size > 0 ||
  frames.some(({ callee, keys }) => FILLS.test(callee) || (keys.has('response_model') && keys.has('messages')))

/** The class that a text stands in is filled in by a model. */
export const isOfAnswer = ({ owner, outer = '' }: Text, classes: ReadonlySet<string>) =>
  classes.has(owner) || classes.has(outer)

/** `jsonschema:"description=The e-mail address"`, `jsonschema:"the name of the person"`, `jsonschema_description:"…"` in a tag of Go. */
export const describesField = ({ value, frame }: Text) =>
  frame.open === '{' && (TAG.exec(value)?.[1] ?? '').split(',').some((part) => SAYS.test(part.trim()))
const TAG = /\bjsonschema(?:_description)?:"([^"]{1,1000})"/
/** More than one word, and no rule such as `enum=a`. */
const SAYS = /^(?:description=)?[^\s=]+ [^=]*$/

/** Java's `@JsonPropertyDescription("…")`, `@Description("…")`; Rust's `#[schemars(description = "…")]`. */
export const isAnnotated = ({ name, frame }: Text, call: string) =>
  frame.callee === call &&
  ((name === '' && /^(?:JsonPropertyDescription|Description)$/.test(call)) ||
    (name === 'description' && call === 'schemars' && around(frame).some(isAttribute)))
const isAttribute = ({ open, callee }: Frame) => open === '[' && callee === ''
