// The eval set that `init` writes: of the prompt or the application that the user names, else of the best prompt found.

import { posix } from 'node:path'
import { findEvalSets } from '../config/discover.ts'
import { loadEvalSets } from '../config/evalset.ts'
import { knownScorers } from '../config/known-scorers.ts'
import { UserError } from '../errors.ts'
import { type Chosen, choosePrompt, namedPrompt, type Place, withNew } from '../init/choose.ts'
import { evalSetFiles, type NewFile, type SetFiles, starterVars } from '../init/eval-set.ts'
import { SHIMS, type ShimName } from '../init/shims.ts'
import { fileThere } from '../io/new-files.ts'
import { readTemplate } from '../io/templates.ts'
import { within } from '../tree.ts'
import type { Context } from './init-flags.ts'
import type { InitResult } from './init-text.ts'

export type First = {
  readonly chosen: Chosen | null
  readonly set: SetFiles | null
  readonly other: readonly NewFile[]
}
const NOTHING: First = { chosen: null, set: null, other: [] }

export async function firstSet(context: Context, there: InitResult['evalSets'], notes: string[]): Promise<First> {
  const { scan, directory, shim } = context
  const sets = new Set(there.map(({ path }) => path))
  // What eval sets say is no use of a model by the product.
  const pins = scan.found.pins.filter(({ path }) => !sets.has(path))
  const input = { tree: scan.tree, config: scan.config, directory, pins, model: context.model }
  if (shim !== null) return { ...NOTHING, ...(await application(shim, context)) }
  if (context.prompt !== null) {
    const chosen = await namedPrompt(await placed(context.prompt, context), input)
    return { ...NOTHING, chosen, set: chosen.files }
  }
  const chosen = await choosePrompt(scan.found.prompts, input)
  // A set of the same prompt in the same place, as this command writes it, is named again, as kept.
  if (there.length > 0 && ('none' in chosen || !isSetOf(chosen, context))) {
    notes.push('There are eval sets already: no other is written. `--prompt` asks for one more.')
    return NOTHING
  }
  if ('none' in chosen) {
    notes.push(`No eval set is written: ${chosen.none}.`)
    return NOTHING
  }
  return { ...NOTHING, chosen, set: chosen.files }
}

function isSetOf({ place, files }: Chosen, { scan }: Context): boolean {
  const set = scan.sets.pairs.find(({ head }) => head?.path === files.set.path)?.head
  return set?.target.kind === 'prompt' && set.target.prompt.path === place.path
}

/** As written from the top of the repository, or from the working directory. */
async function placed(place: Place, { scan, directory }: Context): Promise<Place> {
  const paths = new Set((await scan.tree.list()).map(({ path }) => path))
  const path = [place.path, posix.join(directory, place.path)].find((one) => paths.has(one))
  if (path !== undefined) return { ...place, path }
  throw new UserError({
    what: `there is no file ${place.path.slice(0, 200)} in the repository.`,
    expected: 'a tracked or unignored file, relative to the top of the repository',
    remedy: 'Correct `--prompt`; `prompt-parity detect --all-files` lists the prompts.',
  })
}

async function application(name: ShimName, { directory, entry }: Context): Promise<Pick<First, 'set' | 'other'>> {
  const shim = SHIMS[name]
  const other = shim.files.map(async (file) => ({
    path: posix.join(directory, file),
    text: await readTemplate('shims', file),
  }))
  const command = shim.command(entry ?? shim.entry)
  const vars = starterVars(['question'], new Set())
  const set = evalSetFiles({ directory, name: 'application', target: { command }, paths: shim.paths, vars })
  return { set, other: await Promise.all(other) }
}

/** A set that is kept has cases of its own: none are put beside it. */
export async function setFiles(set: SetFiles | null, { root, force }: Context): Promise<readonly NewFile[]> {
  if (set === null) return []
  const isKept = !force && (await fileThere(root, set.set.path)) !== null
  const hasCases = (await fileThere(root, set.cases.path)) !== null
  return isKept && !hasCases ? [set.set] : [set.set, set.cases]
}

/** What keeps the new set from being found or loaded: a configuration, or cases, that were there before. */
export async function problemsAfter(
  fresh: readonly NewFile[],
  set: SetFiles | null,
  context: Context,
): Promise<string[]> {
  if (set === null || !fresh.includes(set.set)) return []
  const { scan, directory } = context
  const tree = withNew(scan.tree, fresh)
  const { path } = set.set
  const found = await findEvalSets(within(tree, directory), scan.config)
  const [loaded] = await loadEvalSets(tree, scan.config, { known: knownScorers, paths: [path] })
  const isFound = found.some((one) => posix.join(directory, one) === path)
  return [
    ...(isFound ? [] : [`${path} is not among the files of \`evals:\` in ${scan.config.path}: add it there.`]),
    ...(loaded?.problems ?? []).map(({ what, remedy }) => `${path} does not load: ${what} ${remedy}`),
  ]
}
