// What a model is told of the tools that it may call: their descriptions and those of their arguments are read like a prompt.

import { answerClasses, describesField, fillsSchema, isAnnotated, isOfAnswer } from './answer-schemas.ts'
import { around, callsOf, type Frame, type Reading, type Text } from './reading.ts'
import { wordsOf } from './words.ts'

/** `tools = [search, refund]`, `TOOLS: list = […]`, `bind_tools([…])` */
const TOOLS = /(?:^|_)tools?$/i

export type ToolFacts = {
  /** Names that are listed as tools. */
  readonly functions: ReadonlySet<string>
  /** A model is asked to fill in a schema. */
  readonly fills: boolean
  /** Classes that a model is asked to fill in. */
  readonly answers: ReadonlySet<string>
  /** It brings in a library that talks to models or serves tools to them. */
  readonly library: boolean
  /** A type has the methods of a tool: its name, and what calls it. */
  readonly isTool: boolean
  readonly definitions: ReadonlySet<Frame>
  /** Methods are given to a model by what stands above them. */
  readonly gives: boolean
  /** Its folder is of tools. */
  readonly inTools: boolean
  /** Its schemas describe what a server takes and gives, or what is configured. */
  readonly serves: boolean
  /** Its schemas describe what users configure. */
  readonly configures: boolean
}

/** What is known of a file beside what it says: it brings in a library for models, a model fills in its classes elsewhere. */
export type FileKnown = { readonly library?: boolean; readonly answers?: ReadonlySet<string> }

/** What a file says of tools as a whole. */
export function toolFacts(reading: Reading, path: string, known: FileKnown): ToolFacts {
  const { frames } = reading
  const own = answerClasses(reading)
  const functions = new Set<string>()
  for (const frame of frames)
    for (const { name, text } of frame.entries)
      if (TOOLS.test(name) && text.startsWith('['))
        // What is called in the list makes tools, and is none.
        for (const [word] of text.matchAll(/(?<![.\w] ?)[A-Za-z_]\w*(?= [,\]])/g)) functions.add(word)
  const owners = new Set(frames.map(({ owner }) => owner))
  return {
    functions,
    fills: fillsSchema(reading, own),
    answers: new Set([...own, ...(known.answers ?? [])]),
    library: known.library || frames.some(({ callee }) => OF_LIBRARY.test(callee)),
    configures: CONFIGURES.test(path),
    isTool:
      (owners.has('Name') && CALLED.some((name) => owners.has(name))) ||
      (owners.has('description') && (owners.has('schema') || TAKES.some((name) => owners.has(name)))),
    inTools: /(?:^|\/)(?:\w+[_-])?tools?\//i.test(path),
    serves: SERVES.test(path) || frames.some(({ callee }) => /openapi|createRoute|router/i.test(callee)),
    gives: frames.some(({ open, first, callee }) => GIVES.test(open === '[' ? first : callee)),
    definitions: new Set(frames.filter(isDefinition)),
  }
}

/** `[KernelFunction, Description("…")]`, `@Tool(description = "…")`, `#[tool(description = "…")]` */
const GIVES = /^(?:KernelFunction|McpServerTool|McpTool|Tool|ToolFunction|tool)$/
const OF_LIBRARY = /^(?:openai|anthropic|genai|mcp)\.|^ChatCompletion/
const CONFIGURES = /(?:^|[/._-])(?:api|rest|config\w*|env|settings|options|cli|commands?|dto)(?=[/._-])/i
const SERVES =
  /(?:^|[/._-])(?:trpc|routers?|routes?|api|openapi|rest|server|config|env|settings|parameters?|cdk|infra|cli|commands?|dto|forms?|validations?|validators?)(?=[/._-])/i
const CALLED = ['Call', 'Run', 'Execute', 'Invoke', 'InputSchema', 'Parameters']
const TAKES = ['inputSchema', 'input_schema', 'parameters_schema', 'args_schema']

const DESCRIPTION = /^(?:llm_?)?description$/i
/** What another agent or a model is told, whatever it stands in: OpenAI's agents, LangChain. */
const isTold = (name: string) =>
  /^(?:handoff|tool) descriptions?$/.test(wordsOf(name).slice(-2).join(' ')) ||
  /^(?:description_for_model|modelDescription)$/.test(name)
/** `WEB_SEARCH_DESCRIPTION` beside the tool that it is of. */
const isConstant = (name: string) => /[A-Z]_DESCRIPTION$|[a-z]Description$/.test(name)
/** `dspy.OutputField(desc="…")`, `param :city, desc: "…"` of a Ruby tool. */
const isFieldOfModel = ({ name, frame, marks }: Text) =>
  /^desc(?:ription)?$/.test(name) &&
  (/(?:^|\.)(?:Input|Output)Field$/.test(frame.callee) ||
    (frame.callee === 'param' && (marks?.some((mark) => /(?:^|\.)Tool$/.test(mark)) ?? false)))
/** A description that says when a tool is to be called is for whoever calls it. */
const SAYS_WHEN = /\b(?:use|call|invoke) (?:this|the) (?:tool|function) (?:to|when|if|for|only|after|before)\b/i
/** Beside a description they make the definition of a tool. */
const SCHEMA = /^(?:parameters|input_?schema|args_?schema|parameters_?json_?schema|json_?schema)$/i
/** A command of a program is run by people. */
const OF_COMMAND = /^(?:command|builder|aliases)$/
const RUNS = /^(?:execute|handler|func|invoke|callback|coroutine)$/i
/** Classes and functions that make a tool of a function. */
const MAKES =
  /(?:^|\.|::)(?:tool|Tool|StructuredTool|DynamicTool|DynamicStructuredTool|FunctionTool|QueryEngineTool|FunctionDeclaration|FunctionDefinition|FunctionDefinitionParam|ChatCompletionTool|defineTool|createTool|aiFunction|as_tool|asTool|KernelFunction|kernel_function|ResponseSchema)$/

/** A decorator that gives a function to a model, with its documentation: `@tool`, `@function_tool`, `@agent.tool_plain`. */
export const describesTool = (mark: string) =>
  /^@?(?:(?:agent|\w*_agent|\w*mcp\w*)\.)?(?:tool|function_tool|tool_plain)$/.test(mark)

export function isToolText(text: Text, facts: ToolFacts): boolean {
  const { name, frame } = text
  if (
    isTold(name) ||
    (facts.inTools && isConstant(name)) ||
    (name === '' && isTold(text.owner)) ||
    (name === '' && frame.open === '[' && isTold(frame.name)) ||
    isFieldOfModel(text)
  )
    return true
  const inDefinition = around(frame)
    .slice(0, 7)
    .some((one) => facts.definitions.has(one))
  // Swift: `struct Search: Function { var description: String { "…" } }`
  const isBodyOf = name === '' && frame.open === '{' && DESCRIPTION.test(frame.name)
  if (isBodyOf && /[a-z](?:Tool|Function)$/.test(text.owner)) return true
  const [call = ''] = callsOf(text)
  if (isAnnotated(text, call)) return facts.gives || facts.library || (call === 'schemars' && !facts.configures)
  if (DESCRIPTION.test(name) || (name === '' && /^description$/.test(frame.callee)))
    return (
      inDefinition ||
      isGiven(text, facts) ||
      isOfAgent(frame, facts) ||
      isOfToolClass(text) ||
      BUILDS_TOOL.test(frame.chain) ||
      ((facts.fills || isOfAnswer(text, facts.answers)) && isField(text)) ||
      SAYS_WHEN.test(text.value)
    )
  if (name === '' && frame.callee === call && (TELLS.test(call) || isOfDefined(text))) return true
  if (name === '' && (TELLS_LAST.test(call) || (call === 'describe' && /Toolbox$/.test(text.outer || text.owner))))
    return frame.first !== text.value
  if (describesField(text)) return facts.library || facts.inTools
  if (call === 'P' && frame.callee === call) return facts.gives
  // `z.string().describe("…")`
  if (/(?:^|\.)describe$/.test(call)) return inDefinition || ((facts.fills || !facts.serves) && frame.chain !== '')
  // `Annotated[str, "…"]` of a function's argument.
  if (call === 'Annotated') return frame.callee === call && frame.open === '[' && (isArgument(text) || fillsIn(text))
  if (/^Tool(?:\.|::)as\b/.test(frame.chain)) return frame.first !== text.value || /(?:^|\.)for$/.test(frame.callee)
  // Go: `func (t Search) Description() string { return "…" }`
  return (
    name === '' &&
    /^(?:get)?_?description$/i.test(text.owner) &&
    (facts.isTool || /(?:Tool|[a-z]Function)$/.test(text.outer ?? ''))
  )
}

/** `LlmAgent(description="…")`: what agents are told of each other. */
function isOfAgent({ callee, keys, parent, open }: Frame, { library }: ToolFacts): boolean {
  const made = open === '{' ? (parent?.callee ?? '') : callee
  return /(?:^|\.)\w*Agent$/.test(made) && (library || AGENT_PARTS.some((part) => keys.has(part)))
}
const AGENT_PARTS = ['instruction', 'instructions', 'system_message', 'model_client', 'sub_agents', 'llm_config']

/** `ToolSpecification.builder().name("…").description("…")` */
const BUILDS_TOOL =
  /^(?:\w*(?:Tool|Function)(?:Specification|Definition|Declaration|Spec|Callback)|Tool)(?:\.|::)\w*[bB]uilder/

/** `@Tool("…")`, `[ToolParam("…")]`, `@LLMDescription("…")`, `mcp.WithDescription("…")`, `@registry.action("…")` */
const TELLS =
  /(?:^|\.)(?:(?:Llm|LLM|AI|Ai|Mcp)?Tool(?:Function|Param|Arg)?|LLMDescription)$|^mcp\.(?:With)?Description$|(?:^|\.)(?:registry|controller)\.action$/
/** `new ToolProperty("query", "string", "…")` */
const TELLS_LAST = /(?:^|\.)ToolProperty$/
/** `server.tool("search", "…", …)`: what stands after the name. */
const isOfDefined = ({ frame, value }: Text) =>
  /\.(?:tool|registerTool|addTool)$/.test(frame.callee) && frame.first !== '' && frame.first !== value

/** `description "…"` in a Ruby class that is a tool, `@Tool(description = "…")`. */
const isGiven = ({ frame, marks, name }: Text, facts: ToolFacts) =>
  (name === '' && (marks?.some((mark) => /(?:^|\.)Tool$/.test(mark)) ?? false)) ||
  (facts.gives && /^(?:Tool|ToolParam|ToolArg|Description|McpTool|McpToolParam|tool)$/.test(frame.callee))

/** `class SearchTool`, `def create_search_tool` */
const MAKES_TOOL = /[a-z]Tool$|^(?:create|make|build)_\w*tool$/

/** What a class that says what a model has to fill in is made of. */
const fillsIn = ({ marks }: Text) =>
  marks?.some((mark) => /(?:^|\.)(?:TypedDict|BaseModel|Schema|State)$/.test(mark)) ?? false
const isArgument = ({ frame }: Text) => around(frame).some(({ open, callee }) => open === '(' && callee === '')

/** `description: str = "…"` of a class that is a tool; `Annotated[str, Field(description="…")]`. */
const isOfToolClass = (text: Text) =>
  (text.frame.callee === '' &&
    (MAKES_TOOL.test(text.frame.owner || text.owner) ||
      (text.marks?.some((mark) => /(?:^|\.)(?:Base)?Tool$/.test(mark)) ?? false))) ||
  (/(?:^|\.)Field$/.test(text.frame.callee) &&
    ((callsOf(text).includes('Annotated') && !text.frame.keys.has('title')) ||
      (text.marks?.some((mark) => /(?:Action|Tool)(?:Args|Arguments|Input|Params)$/.test(mark)) ?? false)))

/** `class SearchToolkit: def search(self): """…"""` */
export const isOfToolkit = ({ owner, outer = '' }: Text) =>
  /(?:Toolkit|[a-z]Tools)$/.test(outer) && !owner.startsWith('_')

/** `Field(description="…")` of a class that a model fills in. */
const isField = ({ frame, marks }: Text) =>
  /(?:^|\.)Field$/.test(frame.callee) && (marks?.some((mark) => /BaseModel$/.test(mark)) ?? false)

function isDefinition({ keys, callee, open, owner, parent, entries }: Frame): boolean {
  if (open === '' || owner !== '') return false
  const names = [...keys]
  if (!names.some((key) => DESCRIPTION.test(key)) || names.some((key) => OF_COMMAND.test(key))) return false
  if (parent?.open === '(' && /\.(?:registerTool|addTool)$/.test(parent.callee)) return true
  if (MAKES.test(callee) || (parent?.open === '(' && MAKES.test(parent.callee))) return true
  if (names.some((key) => /^input_?schema$/i.test(key))) return true
  if (['name', 'properties', 'required'].every((part) => names.some((key) => key.toLowerCase() === part))) return true
  // A model of a catalogue has a number of parameters.
  const isWord = (key: string) => entries.some(({ name, text }) => name === key && /^["'`]/.test(text))
  return (
    names.some((key) => /^name$/i.test(key)) &&
    names.some((key) => (SCHEMA.test(key) && !isWord(key)) || RUNS.test(key))
  )
}
