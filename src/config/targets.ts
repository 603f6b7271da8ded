// `target:` of an eval file -> Target.

import { posix } from 'node:path'
import type { Json, JsonObject, Message, Place, Prompt, Target } from '../domain.ts'
import { UserError } from '../errors.ts'
import { inlinePrompt, loadPrompt } from '../formats/prompts.ts'
import type { Tree } from '../ports.ts'
import { isObject } from './cases.ts'
import { refuseReplacing, refuseTwice } from './parameters.ts'
import { readAt, readReferenced, resolveReference } from './paths.ts'
import type { ParsedFile } from './yaml.ts'

const KINDS = ['prompt', 'messages', 'command', 'http', 'module'] as const

/** The schema has checked the shapes. Throws a UserError for contradictions and for references that cannot be read. */
export async function readTarget(tree: Tree, target: JsonObject, file: ParsedFile): Promise<Target> {
  const place = (key: string): Place => file.place(['target', key])
  const given = KINDS.filter((kind) => target[kind] !== undefined)
  const [kind, second] = given
  if (kind === undefined || second !== undefined) {
    throw new UserError({
      what: kind === undefined ? 'The target says nothing to evaluate.' : `The target has "${kind}" and "${second}".`,
      expected: `exactly one of ${KINDS.join(', ')}`,
      remedy: kind === undefined ? 'Add "prompt:" with a path.' : 'Remove one of the two.',
      place: second === undefined ? file.place(['target']) : file.keyPlace(['target'], second),
    })
  }
  refuseStrayKeys(target, kind, file)
  if (kind === 'command') return commandTarget(target)
  if (kind === 'http') return (await import('./http-target.ts')).httpTarget(target, file)
  if (kind === 'prompt')
    return promptTarget(tree, target, {
      prompt: await loadPrompt(tree, String(target.prompt), place('prompt')),
      place,
    })
  if (kind === 'messages') {
    const prompt = await inlinePrompt(tree, target.messages as unknown as readonly Message[], place('messages'))
    return promptTarget(tree, target, { prompt, place })
  }
  return moduleTarget(tree, target, place('module'))
}

const BELONGS: { readonly [key: string]: readonly string[] } = {
  setup: ['command', 'module'],
  per_case: ['command', 'module'],
  workers: ['command', 'module'],
  environment: ['command', 'module'],
  timeout_s: ['command', 'module', 'http'],
  parameters: ['prompt', 'messages'],
  tools: ['prompt', 'messages'],
  response_format: ['prompt', 'messages'],
  api: ['prompt', 'messages'],
  fallbacks: ['prompt', 'messages'],
  replay: ['prompt', 'messages'],
}

function refuseStrayKeys(target: JsonObject, kind: string, file: ParsedFile): void {
  const stray = Object.keys(target).find((key) => BELONGS[key] && !BELONGS[key].includes(kind))
  if (stray === undefined) return
  throw new UserError({
    what: `"${stray}" has no meaning for a target with "${kind}".`,
    expected: `"${stray}" only together with ${BELONGS[stray]?.join(' or ')}`,
    remedy: 'Remove it.',
    place: file.keyPlace(['target'], stray),
  })
}

type PromptTarget = Extract<Target, { kind: 'prompt' }>

async function promptTarget(
  tree: Tree,
  target: JsonObject,
  { prompt, place }: { readonly prompt: Prompt; readonly place: (key: string) => Place },
): Promise<PromptTarget> {
  const { tools, response_format: format, api, replay: recorded, fallbacks } = target
  const replay = typeof recorded === 'string' ? resolveReference(recorded, place('replay')) : undefined
  if (replay !== undefined) await readReferenced(tree, replay, place('replay'))
  const written = isObject(target.parameters) ? target.parameters : {}
  const parameters = { ...prompt.parameters, ...written }
  refuseReplacing(parameters, (name) => (Object.hasOwn(written, name) ? place('parameters') : { path: prompt.path }))
  const toolList = Array.isArray(tools) ? tools : prompt.tools
  const responseFormat = format === undefined ? prompt.responseFormat : formatOf(format)
  refuseTwice(parameters, { tools: toolList, response_format: responseFormat }, place('parameters'))
  return {
    kind: 'prompt',
    prompt,
    model: modelOf(target.model ?? prompt.model, { replayed: replay !== undefined, prompt, place }),
    parameters,
    ...(toolList ? { tools: toolList } : {}),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(api === 'chat' || api === 'responses' ? { api } : {}),
    ...(replay === undefined ? {} : { replay }),
    ...(Array.isArray(fallbacks) ? { fallbacks: fallbacks.map(String) } : {}),
  }
}

function formatOf(format: Json): Json {
  return typeof format === 'string' ? { type: format } : format
}

function modelOf(
  model: Json | undefined,
  {
    replayed,
    prompt,
    place,
  }: { readonly replayed: boolean; readonly prompt: Prompt; readonly place: (key: string) => Place },
): string {
  if (model === undefined) {
    if (replayed) return 'replay'
    throw new UserError({
      what: `Neither the target nor ${prompt.path} names a model.`,
      expected: 'provider/model, such as openai/gpt-4.1-2025-04-14',
      remedy: 'Add "model:" to the target.',
      place: place('model'),
    })
  }
  const text = String(model)
  if (/^[^/\s]+\/\S+$/.test(text) || text === 'echo' || text === 'replay') return text
  throw new UserError({
    what: `The model is "${text.slice(0, 100)}".`,
    expected: 'provider/model, such as openai/gpt-4.1-2025-04-14, or echo',
    remedy: 'Put the provider in front.',
    place: place('model'),
  })
}

type CommandTarget = Extract<Target, { kind: 'command' }>

function commandTarget(target: JsonObject): CommandTarget {
  const { command, setup, per_case: perCase, workers, environment, model, timeout_s: seconds } = target
  return {
    kind: 'command',
    command: texts(command),
    ...(setup === undefined ? {} : { setup: texts(setup) }),
    perCase: perCase === true,
    workers: typeof workers === 'number' ? workers : DEFAULT_WORKERS,
    environment: texts(environment),
    ...(typeof seconds === 'number' ? { timeoutMs: 1000 * seconds } : {}),
    ...(typeof model === 'string' ? { model } : {}),
  }
}

const RUNNABLE = /\.[cm]?[jt]s$/

/** `app/answer.mjs#answer`, relative to the eval file or, as the words of a command are, from where the application runs. */
async function moduleTarget(tree: Tree, target: JsonObject, place: Place): Promise<Target> {
  const [written = '', name = 'default'] = String(target.module).split('#', 2)
  if (!RUNNABLE.test(written) || !/^[A-Za-z_$][\w$]*$/.test(name)) {
    throw new UserError({
      what: `The module is "${String(target.module).slice(0, 200)}".`,
      expected: 'a JavaScript or TypeScript file and the name of a function in it, such as ../app/answer.mjs#answer',
      remedy: 'Correct it; for another language, use `command:`.',
      place,
    })
  }
  const path = await moduleFile(tree, written, place)
  return { ...commandTarget(target), command: [path, `#${name}`], module: { path, name } }
}

async function moduleFile(tree: Tree, written: string, place: Place): Promise<string> {
  const beside = resolveReference(written, place)
  const fromRoot = posix.normalize(written)
  if ((await readAt(tree, beside, place)) !== null) return beside
  if (!fromRoot.startsWith('../') && (await readAt(tree, fromRoot, place)) !== null) return fromRoot
  await readReferenced(tree, beside, place)
  return beside
}

// Each is a process with a whole application in it; runners have two to four cores.
const DEFAULT_WORKERS = 4

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
