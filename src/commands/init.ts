// `prompt-parity init`: from a repository without eval sets to a first run. Reads the working tree, writes a few new files, and
// says what to do next. Executes nothing.

import { posix } from 'node:path'
import { findEvalSets } from '../config/discover.ts'
import { EXIT, UserError } from '../errors.ts'
import { type Chosen, referenceOf } from '../init/choose.ts'
import { CONFIG_TEXT, type NewFile } from '../init/eval-set.ts'
import { callableModel } from '../init/models.ts'
import { refuseUnusualFolder, variablesFor } from '../init/workflows.ts'
import { checkoutRoot } from '../io/checkout.ts'
import { createGit } from '../io/git.ts'
import { fileThere, writeFileIn } from '../io/new-files.ts'
import type { Tree } from '../ports.ts'
import { logLines } from '../report/escape.ts'
import { within } from '../tree.ts'
import { scanHead } from './all-files.ts'
import { formatFlag, readFlags } from './flags.ts'
import { type Context, INIT_FLAGS, readWanted } from './init-flags.ts'
import { firstSet, problemsAfter, setFiles } from './init-set.ts'
import { type FileStatus, type InitResult, initInWords, nextSteps } from './init-text.ts'
import { type WorkflowFile, workflowFiles } from './init-workflows.ts'
import { localJob } from './local-job.ts'

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, INIT_FLAGS, 0)
  const format = formatFlag(flags, ['text', 'json'])
  const wanted = readWanted(flags)
  const root = await checkoutRoot(process.cwd())
  if (root === null) throw noGit()
  const directory = localJob(flags).workingDirectory
  refuseUnusualFolder(directory)
  const scan = await scanHead(localJob(flags), createGit({ root }))
  await needFolder(scan.tree, directory)
  const result = await initialise({ ...wanted, root, directory, scan })
  process.stdout.write(
    format === 'json' ? `${JSON.stringify(result, null, 2)}\n` : `${logLines(initInWords(result))}\n`,
  )
  return EXIT.pass
}

function noGit(): UserError {
  return new UserError({
    what: 'this folder is in no git checkout.',
    expected: 'a repository: Prompt Parity compares its commits',
    remedy: 'Start it in a checkout, or make one by `git init`.',
  })
}

async function needFolder(tree: Tree, directory: string): Promise<void> {
  if (directory === '' || (await tree.list()).some(({ path }) => path.startsWith(`${directory}/`))) return
  throw new UserError({
    what: `there is no folder ${directory} with files of the repository.`,
    remedy: 'Correct `--working-directory`; it is relative to the top of the repository.',
  })
}

async function initialise(context: Context): Promise<InitResult> {
  const { scan, directory, dryRun } = context
  const notes: string[] = []
  const evalSets = await setsThere(context)
  const { chosen, set, other } = await firstSet(context, evalSets, notes)
  const config = { path: posix.join(directory, 'parity.yaml'), text: CONFIG_TEXT }
  const variables = variablesFor(modelsOf(context, chosen))
  const planned = [config, ...(await setFiles(set, context)), ...other, ...(await workflowFiles(context, variables))]
  const files = await decided(planned, context)
  const fresh = files.filter(({ status }) => status !== 'kept').map(({ file }) => file)
  notes.push(...(await problemsAfter(fresh, set, context)))
  if (!dryRun) for (const { file, status } of files) await write(file, status, context)
  if (!dryRun) notes.push(...(await ignoredFiles(fresh, context.root)))
  const statuses = files.map(({ file, status }) => ({ path: file.path, status }))
  const { prompts, pins } = scan.found
  const shown = chosen === null ? null : { prompt: referenceOf(chosen.place), model: chosen.model, why: chosen.why }
  const shim = context.entry === null ? context.shim : null
  const starter = files.some(({ file, status, same }) => file === set?.cases && (same || status !== 'kept'))
    ? set
    : null
  const next = nextSteps({ directory, variables, files: statuses, set: starter, shim, sets: evalSets.length })
  return { prompts, pins, evalSets, chosen: shown, files: statuses, notes, next }
}

/** Agent Skills evals are recognised and not run: they stand for nothing. */
async function setsThere({ scan, directory }: Context): Promise<InitResult['evalSets']> {
  const paths = await findEvalSets(within(scan.tree, directory), scan.config)
  const names = new Map(scan.sets.pairs.map(({ name, head }) => [head?.path ?? name, name]))
  return paths
    .filter((path) => !/(^|\/)evals\/evals\.json$/i.test(path))
    .map((path) => posix.join(directory, path))
    .map((path) => ({ path, name: names.get(path) ?? null }))
}

type Decided = { readonly file: WorkflowFile; readonly status: FileStatus; readonly same: boolean }

/** All places are looked at before anything is written. */
async function decided(
  planned: readonly WorkflowFile[],
  { root, force, dryRun }: Context,
): Promise<readonly Decided[]> {
  const all: Decided[] = []
  for (const file of planned) {
    const there = await fileThere(root, file.path)
    const isKept = there !== null && (!force || file.keep === true || there === file.text)
    const status = isKept ? 'kept' : there === null ? 'created' : 'overwritten'
    all.push({ file, status: dryRun ? WOULD[status] : status, same: there === file.text })
  }
  return all
}
const WOULD = { kept: 'kept', created: 'would-create', overwritten: 'would-overwrite' } as const

async function write({ path, text }: NewFile, status: FileStatus, { root }: Context): Promise<void> {
  if (status !== 'kept') await writeFileIn(root, path, { text, over: status === 'overwritten' })
}

async function ignoredFiles(fresh: readonly NewFile[], root: string): Promise<string[]> {
  const listed = new Set((await createGit({ root }).workingTree().list()).map(({ path }) => path))
  return fresh
    .filter(({ path }) => !listed.has(path))
    .map(({ path }) => `${path} is ignored by git: it is seen by nobody until .gitignore lets it in.`)
}

/** Of the eval sets; an application may call whatever the repository names. */
function modelsOf({ scan, shim }: Context, chosen: Chosen | null): readonly string[] {
  const sets = scan.sets.pairs.flatMap(({ head }) => (head?.target.kind === 'prompt' ? [head.target.model] : []))
  const pins = shim === null ? [] : scan.found.pins.flatMap((pin) => callableModel(pin) ?? [])
  return [...sets, ...pins, ...(chosen === null ? [] : [chosen.model])]
}
