// Pins through names: a constant, a member of an enumeration or a function of the project under a name that says model, and
// the id that it stands for, in its own file or in the module that it is imported from.

import type { Tree } from '../ports.ts'
import { classFiles } from '../references/class-files.ts'
import { type Import, importsOf, moduleCandidates } from '../references/imports.ts'
import { modelId, withoutProvider } from './model-ids.ts'
import { MODEL_KEY, saysModel } from './model-names.ts'
import { ASKS_MODEL } from './pin-calls.ts'
import { ASKS_NAMED, written } from './pin-constants.ts'
import { ID_SHAPED, writtenIn } from './pin-values.ts'
import type { Pin } from './pins.ts'
import { readSource } from './read-file.ts'
import { callsOf, type Frame, namesOf, type Reading, type Text } from './reading.ts'
import { wordsOf } from './words.ts'

/** A name where a model is asked for; `path` as written: `Llm.GEMINI_3_PRO`, `models.get_small`. */
export type ModelReference = { readonly key: string; readonly path: string; readonly line: number }

export type Source = { readonly path: string; readonly text: string; readonly reading: Reading }

/** More of them in one file are a table, and more modules than these are not opened for one file. */
const MAX_REFERENCES = 40
const MAX_MODULES = 20
const MAX_ABSENT = 150
const MAX_CANDIDATES = 60
/** Modules that only pass names on are followed this far. */
const MAX_STEPS = 2

/** Functions that are named after the model that they ask. */
const NAMED_AFTER = /gpt|claude|gemini|haiku|sonnet|opus|llama|mistral|grok|deepseek|qwen/i

export function modelReferences({ references, frames }: Reading): readonly ModelReference[] {
  const all = [...references, ...frames.flatMap(written)]
  const constants = all.flatMap(({ path, name, line, frame }): ModelReference[] => {
    const isArgument = frame.open === '(' && lastOf(frame.callee) === name
    const place = { name: isArgument ? '' : name, frame }
    const [names, [call = '']] = [namesOf(place), callsOf(place)]
    const asks = names.slice(0, 2).some(saysModel) || (isArgument && (ASKS_MODEL.test(call) || ASKS_NAMED.test(call)))
    return asks && (frame.open !== '[' || frame.keys.has(name)) ? [{ key: names[0] ?? call, path, line }] : []
  })
  const calls = frames.flatMap((frame): ModelReference[] =>
    isNamedAfter(frame) || isAccessor(frame)
      ? [{ key: frame.name || (frame.parent?.callee ?? ''), path: frame.callee, line: frame.line }]
      : [],
  )
  const found = [...constants, ...calls]
  const known = new Set(found.map(({ line, path }) => `${line} ${path}`))
  const given = frames.flatMap(namesGiven).filter(({ line, path }) => !known.has(`${line} ${path}`))
  if (found.length > MAX_REFERENCES) return []
  return found.length + given.length > MAX_REFERENCES ? found : [...found, ...given]
}

/** `create(model=FAST, …)`, `generateText({ model: fast, … })`: a name that says nothing of which model it is. */
function namesGiven({ open, callee, parent, entries }: Frame): readonly ModelReference[] {
  const call = open === '(' ? callee : open === '{' && parent?.open === '(' ? parent.callee : ''
  if (call === '') return []
  return entries.flatMap(({ name, text, line }) =>
    MODEL_KEY.test(wordsOf(name).join('_')) && NAME.test(text) && text !== name
      ? [{ key: name, path: text, line }]
      : [],
  )
}
const NAME = /^[A-Za-z_]\w{1,60}$/

/** `Llm.SMART.getId()`: what an accessor gives is what stands under the name before it. */
const ACCESSOR = /(?:\.|::)(?:id|value|name|key|model_?(?:id|name)|get(?:Id|Value|Name|Model(?:Id|Name)?)|as_str)$/i
const isAccessor = ({ callee, name, parent }: Frame) =>
  /^[A-Z]\w*(?:\.|::)[A-Z]/.test(callee) &&
  ACCESSOR.test(callee) &&
  (saysModel(name) || ASKS_MODEL.test(parent?.callee ?? ''))

const isNamedAfter = (frame: Frame) => {
  const { open, callee, name, ids } = frame
  return (
    open === '(' && ids === 0 && name !== '' && saysModel(name) && (NAMED_AFTER.test(lastOf(callee)) || isGetter(frame))
  )
}

/** `getModel()`: which one is said where it is defined. */
const isGetter = ({ callee, keys, elements }: Frame) =>
  keys.size === 0 &&
  elements === 0 &&
  /^(?:get|create|make|build|use|resolve)?_?default_?\w*model|^(?:get|create|make|build|use)_?\w*(?:model|llm)(?:name|id)?$/i.test(
    lastOf(callee),
  )

type Read = { readonly reading: Reading; readonly pins: readonly Pin[] }

/** References by the name that they stand under, and constants that are pins by their looks: `ask(string $name = self::GPT_4O)`. */
function referencesOf({ reading, pins }: Read): readonly ModelReference[] {
  const named = modelReferences(reading)
  const places = new Set(named.map(({ path, line }) => `${line} ${path}`))
  const constants = pins.flatMap(({ constant, key, id, line }) =>
    constant && !places.has(`${line} ${id}`) ? [{ key, path: id, line }] : [],
  )
  return [...named, ...constants.slice(0, MAX_REFERENCES)]
}

/** Whether two versions refer to models by other names. */
export function refersOtherwise(base: Read, head: Read): boolean {
  const said = (read: Read) =>
    referencesOf(read)
      .map(({ key, path }) => `${key}\0${path}`)
      .sort()
      .join('\n')
  return said(base) !== said(head)
}

/**
 * The pins of a file, with the ids that its references stand for in the place of their names. A reference is no pin of its
 * own (what it refers to is), but it can take the place of one, and one can take its place.
 */
export async function withResolved(pins: readonly Pin[], source: Source, tree: Tree): Promise<readonly Pin[]> {
  const modules = createModules(tree)
  const isNamed = (pin: Pin, { line, path }: ModelReference) => pin.line === line && pin.id === path
  const resolved: Pin[] = []
  const replaced = new Set<Pin>()
  for (const reference of referencesOf({ reading: source.reading, pins })) {
    const written = await stoodFor(reference.path, source, modules)
    if (written === null) continue
    const id = modelId(written) ?? withoutProvider(written)
    const shown = pins.find((pin) => isNamed(pin, reference))
    if (shown !== undefined) replaced.add(shown)
    const { key, line } = reference
    resolved.push({ key, id, written, line, trust: shown?.trust ?? 'likely', symbol: key, by: reference.path })
  }
  return [...pins.filter((pin) => !replaced.has(pin)), ...resolved]
}

export type Modules = (path: string) => Promise<Source | null>

export function createModules(tree: Tree): Modules {
  const known = new Map<string, Source>()
  const absent = new Set<string>()
  return async (path) => {
    const before = known.get(path)
    if (before !== undefined || absent.has(path) || known.size >= MAX_MODULES || absent.size >= MAX_ABSENT)
      return before ?? null
    const text = await tree.read(path).catch(() => null)
    if (text === null) absent.add(path)
    else known.set(path, { path, text, reading: await readSource(path, text) })
    return known.get(path) ?? null
  }
}

/** The id as written that a name stands for; null when that is not one id for certain. */
async function stoodFor(name: string, source: Source, modules: Modules, steps = 0): Promise<string | null> {
  const held = name.replace(ACCESSOR, '')
  const parts = (/\.|::/.test(held) ? held : name).split(/\.|::|->/)
  const [first = '', last = '', holder = ''] = [parts[0], parts.at(-1), parts.length > 1 ? parts.at(-2) : '']
  const own = idGiven(source.reading, last, holder)
  if (own !== null || steps > MAX_STEPS) return own
  const other = parts.length === 1 ? passedOn(source.reading, last) : null
  if (other !== null) return await stoodFor(other, source, modules, steps + 1)
  for (const { module, imported } of importing(source, first)) {
    // `import models` and `models.SMALL`; `from models import *` and `SMALL`; `from models import SMALL as FAST` and `FAST`.
    const rest = parts.slice(1)
    const inModule = imported !== '*' ? [imported, ...rest] : rest.length > 0 ? rest : parts
    for (const found of await firstThere(moduleCandidates(source.path, module), modules)) {
      const value = await stoodFor(inModule.join('.'), found, modules, steps + 1)
      if (value !== null) return value
    }
  }
  const member = parts.length > 1 ? last : ''
  for (const path of classFiles(source, { name: first, member })) {
    const found = await modules(path)
    const value = found === null ? null : idGiven(found.reading, last, holder)
    if (value !== null) return value
  }
  return null
}

/** The name whose value a name has: `PLAN_MODEL = TEXT_MODEL`, `PLAN_MODEL = getenv("PLAN_MODEL", TEXT_MODEL)`, `… ?? TEXT_MODEL`. */
function passedOn({ frames }: Reading, name: string): string | null {
  const others = new Set(
    frames.flatMap(({ entries }) =>
      entries.flatMap((entry) => {
        if (entry.name !== name) return []
        const [, given, fallback] = PASSED_ON.exec(entry.text) ?? []
        return [given ?? fallback ?? '']
      }),
    ),
  )
  const [only = ''] = others
  return others.size !== 1 || only === '' || only === name ? null : only
}
const PASSED_ON =
  /^(?:[\w .]{1,60} \( "[^"]{1,80}" , )?([A-Za-z_]\w{1,60})(?: \))?$|(?:\|\||\?\?|\bor) ([A-Za-z_]\w{1,60})$/

/** Of the many ends that a module may have, those that constants stand in. */
const HOLDS_NAMES = /(?<!\/index)\.(?:tsx?|[mc]?js|py)$|\/index\.[tj]s$/

/** The first two: a package (`__init__.py`) and the module of that name in it. */
export async function firstThere(paths: readonly string[], modules: Modules): Promise<readonly Source[]> {
  const found: Source[] = []
  for (const path of paths.filter((one) => HOLDS_NAMES.test(one)).slice(0, MAX_CANDIDATES)) {
    const source = await modules(path)
    if (source !== null) found.push(source)
    if (found.length === 2) break
  }
  return found
}

/** The imports that may bring a name, with what it is called where it comes from; `*` for the module itself. */
export function importing({ path, text }: Source, local: string): readonly { module: Import; imported: string }[] {
  return importsOf(path, text).flatMap((module) =>
    module.names
      .filter((name) => name.local === local || (name.imported === '*' && name.local === '*'))
      .map(({ imported }) => ({ module, imported })),
  )
}

/** What a file gives a name, if that is one model id: `NAME = "…"`, `NAME("…")`, or the body of a function of that name. */
function idGiven({ texts }: Reading, name: string, holder: string): string | null {
  const ids = texts.flatMap((text) => {
    const written = text.use === 'condition' || text.use === 'key' ? null : writtenIn(text)
    const isMeant = written !== null && !text.frame.tested && isId(written, { text, name, holder })
    return isMeant ? [{ text, written }] : []
  })
  const given = ids.filter(({ text }) => (namesOf(text)[0] ?? lastOf(callsOf(text)[0] ?? '')) === name)
  const held = given.filter(({ text }) => isHeldBy(text, holder))
  const body = ids.filter(({ text }) => text.owner === name)
  for (const found of [held, given, body]) {
    const different = new Set(found.map(({ written }) => written))
    const [only] = different
    if (only !== undefined) return different.size === 1 ? only : null
  }
  return null
}

type Given = { readonly text: Text; readonly name: string; readonly holder: string }

/** Of a family that we know, or shaped like an id under a name that says model or that an enumeration of models has. */
function isId(written: string, { text, name, holder }: Given): boolean {
  if (modelId(written) !== null) return true
  const [own = ''] = namesOf(text)
  const isMember = own === name && saysModel(holder) && isHeldBy(text, holder)
  return ID_SHAPED.test(written) && !VARIABLE.test(written) && /\d/.test(written) && (saysModel(own) || isMember)
}

/** What is read from the environment: `getenv("GPT_4V_MODEL")`. */
const VARIABLE = /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)+$/

const isHeldBy = (text: Text, holder: string) =>
  holder !== '' && (text.owner === holder || text.outer === holder || namesOf(text).slice(1).includes(holder))

const lastOf = (path: string) => path.split(/\.|::|->/).at(-1) ?? ''
