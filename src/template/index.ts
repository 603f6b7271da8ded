// Safe rendering of prompt templates. Values are data and never templates; nothing here runs code or reads anything but its arguments.

import type { JsonObject, Message, Prompt, Segment, TemplateEngine } from '../domain.ts'
import type { Dialect, Node } from './ast.ts'
import { freshBudget } from './budget.ts'
import { placingFaults, type Source, TemplateError } from './fault.ts'
import { parseHandlebars } from './handlebars.ts'
import { type Included, includesOf, staticTextOf, variablesOf } from './inspect.ts'
import { parseLiteral, parsePlain } from './literal.ts'
import { type Needs, needsOf } from './needs.ts'
import { parseNunjucks } from './nunjucks.ts'
import type { Compiled } from './place.ts'
import { renderCompiled } from './render.ts'
import type { Rendering } from './scope.ts'

export { stripComments } from './comments.ts'
export { TemplateError } from './fault.ts'
export { type RolePart, splitRoles } from './roles.ts'

type Engine = { readonly parse: (text: string) => readonly Node[]; readonly dialect: Dialect }

const engines = {
  nunjucks: { parse: parseNunjucks, dialect: 'nunjucks' },
  prompty: { parse: parseNunjucks, dialect: 'jinja' },
  dotprompt: { parse: parseHandlebars, dialect: 'handlebars' },
  literal: { parse: parseLiteral, dialect: 'nunjucks' },
  none: { parse: parsePlain, dialect: 'nunjucks' },
} satisfies Record<TemplateEngine, Engine>

type Partials = { readonly [name: string]: string }
/** The part of the environment that templates may read as `env.NAME`. */
type Env = { readonly [name: string]: string }

/** A template as written. `line` is the line of its first character in the file. */
export type Template = Source & { readonly engine: TemplateEngine; readonly partials?: Partials }
/** A parsed template, to render many times. */
export type CompiledTemplate = Compiled & { readonly engine: TemplateEngine }
export type Rendered = {
  readonly text: string
  readonly segments: readonly Segment[]
  /** Names of the variables that were looked up, in order; `env.NAME` for the environment. */
  readonly used: readonly string[]
}

/** Parses a template; its partials are parsed when they are first needed. @throws TemplateError */
export function compileTemplate(template: Template): CompiledTemplate {
  const { engine, text, path, line, partials = {} } = template
  const known = new Map<string, Compiled>()
  const compile = (source: Source): Compiled => {
    const nodes = placingFaults(source, () => engines[engine].parse(source.text))
    return { source, nodes, partial }
  }
  const partial = (name: string): Compiled | null => {
    const parsed = known.get(name)
    if (parsed) return parsed
    const included = Object.hasOwn(partials, name) ? partials[name] : undefined
    if (included === undefined) return null
    const compiled = compile({ text: included, path: name, line: 1 })
    known.set(name, compiled)
    return compiled
  }
  return { ...compile({ text, path, line }), engine }
}

/** @throws TemplateError when the template asks for what cannot be done, or for too much of it */
export function renderParsed(template: CompiledTemplate, vars: JsonObject, env: Env = {}): Rendered {
  const { dialect } = engines[template.engine]
  const rendering: Rendering = { vars, env, dialect, budget: freshBudget(), used: new Set() }
  const segments = renderCompiled(template, rendering)
  rendering.used.delete('env')
  return { text: segments.map((segment) => segment.text).join(''), segments, used: [...rendering.used] }
}

/** Parses and renders once. @throws TemplateError */
export function renderTemplate(template: Template & { readonly vars: JsonObject; readonly env?: Env }): Rendered {
  return renderParsed(compileTemplate(template), template.vars, template.env)
}

const parsedPrompts = new WeakMap<Prompt, readonly CompiledTemplate[]>()
/** Messages that look up no variable are the same for every case: rendered once and shared, however many cases there are. */
const fixedMessages = new WeakMap<CompiledTemplate, RenderedMessage>()
type RenderedMessage = { readonly message: Message; readonly segments: readonly Segment[] }

function compilePrompt(prompt: Prompt): readonly CompiledTemplate[] {
  const parsed = parsedPrompts.get(prompt)
  if (parsed) return parsed
  const { engine, path, partials } = prompt
  const compiled = prompt.messages.map((message, index) =>
    compileTemplate({
      engine,
      path,
      partials,
      text: message.content,
      line: prompt.messageLines?.[index] ?? prompt.line,
    }),
  )
  parsedPrompts.set(prompt, compiled)
  return compiled
}

/**
 * Messages of a prompt for one case; its templates are parsed once per Prompt object. Static text has the origin
 * `system template`, `user template` and so on, for tokens per section.
 * @throws TemplateError
 */
export function renderMessages(
  prompt: Prompt,
  vars: JsonObject,
  env: Env = {},
): { readonly messages: readonly Message[]; readonly segments: readonly Segment[] } {
  const given = prompt.defaults === undefined ? vars : { ...prompt.defaults, ...vars }
  const messages: Message[] = []
  const segments: Segment[] = []
  for (const [index, template] of compilePrompt(prompt).entries()) {
    const message = prompt.messages[index]
    if (!message) continue
    const rendered = fixedMessages.get(template) ?? renderMessage(template, message, { vars: given, env })
    messages.push(rendered.message)
    segments.push(...rendered.segments)
  }
  // slice makes a list of exactly this size; one that grew keeps room for seventeen, in each of many requests.
  return { messages: messages.slice(), segments }
}

function renderMessage(
  template: CompiledTemplate,
  message: Message,
  { vars, env }: { readonly vars: JsonObject; readonly env: Env },
): RenderedMessage {
  const { text, segments, used } = renderParsed(template, vars, env)
  const rendered = {
    message: { ...message, content: text },
    segments: segments.map((segment) => withRole(segment, message.role)),
  }
  if (used.length === 0) fixedMessages.set(template, rendered)
  return rendered
}

function withRole(segment: Segment, role: Message['role']): Segment {
  return segment.kind === 'static' ? { ...segment, origin: `${role} template` } : segment
}

/** Included templates and partials, without rendering; of this text alone. @throws TemplateError */
export function templateIncludes(engine: TemplateEngine, text: string): readonly Included[] {
  return includesOf(parsedText(engine, text))
}

/** Variables that the text needs from a case; of this text alone. @throws TemplateError */
export function templateVariables(engine: TemplateEngine, text: string): readonly string[] {
  return variablesOf(parsedText(engine, text))
}

/** What the text puts out whatever a case is, and the names that it has itself; of this text alone. @throws TemplateError */
export function templateNeeds(engine: TemplateEngine, text: string): Needs {
  return needsOf(parsedText(engine, text))
}

/** What the text says whatever its variables are; as written where it cannot be parsed. Of this text alone. */
export function staticText(engine: TemplateEngine, text: string): string {
  try {
    return placingFaults({ text, path: '', line: 1 }, () => staticTextOf(engines[engine].parse(text)))
  } catch (error) {
    if (error instanceof TemplateError) return text
    throw error
  }
}

function parsedText(engine: TemplateEngine, text: string): readonly Node[] {
  return placingFaults({ text, path: '', line: 1 }, () => engines[engine].parse(text))
}
