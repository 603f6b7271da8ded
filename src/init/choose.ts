// The prompt that the first eval set is about: one that can be loaded as a target, with a model, and that renders.

import { posix } from 'node:path'
import type { Config } from '../config/config.ts'
import { loadEvalSets } from '../config/evalset.ts'
import { knownScorers } from '../config/known-scorers.ts'
import type { Prompt } from '../domain.ts'
import { UserError } from '../errors.ts'
import { languageOf } from '../formats/constants.ts'
import { loadPrompt } from '../formats/prompts.ts'
import type { PinEntry, PromptEntry } from '../inventory.ts'
import type { Tree } from '../ports.ts'
import { renderMessages, templateIncludes, templateVariables } from '../template/index.ts'
import { evalSetFiles, type NewFile, type SetFiles, setName, starterVars } from './eval-set.ts'
import { nearestModel } from './models.ts'

export type Place = Pick<PromptEntry, 'path' | 'symbol'>
export type Chosen = {
  readonly place: Place
  readonly model: string
  /** Where the model is from, in words. */
  readonly why: string
  readonly files: SetFiles
}
export type ChooseInput = {
  readonly tree: Tree
  readonly config: Config
  readonly directory: string
  readonly pins: readonly PinEntry[]
  /** Said by the user; null: found. */
  readonly model: string | null
}

/** Whatever a repository holds, it is not read for longer than this. */
const MAX_LOOKED_AT = 300
const MAX_VARIABLES = 40

/** The best of the prompts, or null with the reason. */
export async function choosePrompt(
  prompts: readonly PromptEntry[],
  input: ChooseInput,
): Promise<Chosen | { readonly none: string }> {
  const ranked: { chosen: Loaded; rank: readonly number[] }[] = []
  let without: Place | null = null
  for (const place of uniquePlaces(prompts).slice(0, MAX_LOOKED_AT)) {
    const found = await loadAt(place, input).catch(nullIfUserError)
    if (found === null) continue
    if (found.model === null) without ??= place
    else ranked.push({ chosen: { ...found, model: found.model }, rank: [...rankOf(found), found.model.distance] })
  }
  for (const { chosen } of ranked.sort((a, b) => compareRanks(a.rank, b.rank))) {
    const made = await withFiles(chosen, input).catch(nullIfUserError)
    if (made !== null) return made
  }
  if (without !== null)
    return { none: `no model is known for ${referenceOf(without)}: name one by \`--model provider/model\`` }
  return { none: prompts.length === 0 ? 'no prompt was found' : 'none of the prompts found can be loaded as a target' }
}

/** A data file is loaded as a whole, however many texts were found in it; of a source file each constant is one. */
function uniquePlaces(prompts: readonly PromptEntry[]): readonly Place[] {
  const places = prompts.map(({ path, symbol }): Place => {
    return symbol === undefined || languageOf(path) === undefined ? { path } : { path, symbol }
  })
  return [...new Map(places.map((place) => [referenceOf(place), place])).values()]
}

/** The prompt that the user names. Throws a UserError when it cannot be a target. */
export async function namedPrompt(place: Place, input: ChooseInput): Promise<Chosen> {
  const found = await loadAt(place, input)
  if (found.model === null)
    throw new UserError({
      what: `No model is known for ${referenceOf(place)}.`,
      remedy: 'Name one by `--model provider/model`.',
    })
  return withFiles({ ...found, model: found.model }, input)
}

export const referenceOf = ({ path, symbol }: Place) => (symbol === undefined ? path : `${path}#${symbol}`)

type Model = { readonly model: string; readonly why: string; readonly distance: number; readonly own: boolean }
type Found = { readonly place: Place; readonly prompt: Prompt; readonly model: Model | null }
type Loaded = Found & { readonly model: Model }

async function loadAt(place: Place, { tree, directory, pins, model }: ChooseInput): Promise<Found> {
  const at = setPath(directory)
  const prompt = await loadPrompt(tree, posix.relative(posix.dirname(at), referenceOf(place)), { path: at })
  if (model !== null) return { place, prompt, model: { model, why: '--model', distance: 0, own: false } }
  if (prompt.model !== undefined)
    return { place, prompt, model: { model: prompt.model, why: 'the prompt names it', distance: 0, own: true } }
  const near = nearestModel(place.path, pins)
  return { place, prompt, model: near === null ? null : { ...near, own: false } }
}

const setPath = (directory: string) => posix.join(directory, 'evals', 'x.eval.yaml')

/** Lower is better: a prompt that cases can vary, then one with a model of its own; the distance of the pin comes after. */
function rankOf({ prompt, model }: Found): readonly number[] {
  const { names } = variablesOf(prompt)
  return [names.length > 0 ? 0 : 1, model?.own ? 0 : 1]
}

const compareRanks = (a: readonly number[], b: readonly number[]) =>
  a.map((rank, index) => rank - (b[index] ?? 0)).find((difference) => difference !== 0) ?? 0

/** The eval set of a prompt, loaded and rendered as a run would do it, so that nothing is written that does not work. */
async function withFiles({ place, prompt, model }: Loaded, input: ChooseInput): Promise<Chosen> {
  const { names, lists } = variablesOf(prompt)
  if (names.length > MAX_VARIABLES) throw unfit(place, `it has more than ${MAX_VARIABLES} variables`)
  const from = posix.dirname(setPath(input.directory))
  const files = evalSetFiles({
    directory: input.directory,
    name: setName(place.path, place.symbol),
    target: { prompt: posix.relative(from, referenceOf(place)), ...(model.own ? {} : { model: model.model }) },
    vars: starterVars(names, lists),
    ...(model.own || model.why === '--model' ? {} : { modelFrom: model.why }),
  })
  await check(files, place, input)
  return { place, model: model.model, why: model.why, files }
}

/** A text without variables is a system prompt, and the cases bring the question (`withCaseInput`). */
function variablesOf({ engine, messages, partials }: Prompt): {
  readonly names: readonly string[]
  readonly lists: ReadonlySet<string>
} {
  const texts = [...messages.map((one) => one.content), ...Object.values(partials)]
  const names = [...new Set(texts.flatMap((text) => [...templateVariables(engine, text)]))]
  const isText = engine === 'nunjucks' && messages.length === 1
  const includes = texts.some((text) => templateIncludes(engine, text).length > 0)
  const asked = names.length === 0 && isText && !includes ? ['question'] : names
  const loops = texts.flatMap((text) => [...text.matchAll(/\bin\s+([A-Za-z_]\w*)\s*-?%\}|\{\{#each\s+([A-Za-z_]\w*)/g)])
  return { names: asked, lists: new Set(loops.map(([, jinja, handlebars]) => jinja ?? handlebars ?? '')) }
}

async function check({ set, cases }: SetFiles, place: Place, { tree, config }: ChooseInput): Promise<void> {
  const [loaded] = await loadEvalSets(withNew(tree, [set, cases]), config, { known: knownScorers, paths: [set.path] })
  const [problem] = loaded?.problems ?? []
  if (problem !== undefined) throw new UserError(problem)
  for (const { target, cases: read } of loaded?.evalSets ?? []) {
    if (target.kind !== 'prompt' || read.length === 0) throw unfit(place, 'its eval set does not load')
    for (const one of read) renderMessages(target.prompt, one.vars)
  }
}

function unfit(place: Place, why: string): UserError {
  return new UserError({
    what: `${referenceOf(place)} cannot have a starter set: ${why}.`,
    remedy: 'Write the set by hand (docs/guides/eval-sets.md).',
  })
}

/** The tree as it will be. */
export function withNew(tree: Tree, files: readonly NewFile[]): Tree {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  return {
    id: tree.id,
    list: async () => {
      const listed = (await tree.list()).filter(({ path }) => !texts.has(path))
      return [...listed, ...[...texts.keys()].map((path) => ({ path, id: '' }))]
    },
    read: async (path, maxBytes) => texts.get(path) ?? tree.read(path, maxBytes),
  }
}

/** What cannot be a target is passed over. TemplateErrors are UserErrors. */
function nullIfUserError(error: unknown): null {
  if (error instanceof UserError) return null
  throw error
}
