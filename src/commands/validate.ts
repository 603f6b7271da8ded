// `prompt-parity validate`: checks configuration and eval sets, with file, line and remedy for everything that is off.

import { posix, relative, resolve } from 'node:path'
import { attempt } from '../config/attempt.ts'
import { gateNames, namedInVain, vainSentences } from '../config/gate-names.ts'
import { fractionSentences } from '../config/gate-scale.ts'
import { type GradeContext, gradeSet } from '../config/grade.ts'
import { knownScorers } from '../config/known-scorers.ts'
import { refuseNowhere } from '../config/nowhere.ts'
import { type FileReport, type Validation, validateFiles } from '../config/report.ts'
import { unknownSets } from '../cost/unknown-sets.ts'
import { EXIT, type Problem } from '../errors.ts'
import { readSettings } from '../inputs.ts'
import { repositoryRoot } from '../io/checkout.ts'
import { diskTree } from '../io/disk-tree.ts'
import { createGit } from '../io/git.ts'
import { logLine, logLines } from '../report/escape.ts'
import { createRedactor } from '../report/redact.ts'
import { recordedRows } from '../targets/load-replays.ts'
import { unreadNotes } from '../unread.ts'
import { configProblems, unusedNames } from './config-problems.ts'
import { formatFlag, readFlags } from './flags.ts'

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, { format: 'text', config: 'text', 'working-directory': 'text' })
  const format = formatFlag(flags, ['text', 'json'])
  const { workingDirectory: directory } = readSettings((name) => (name === 'working-directory' ? flags.text(name) : ''))
  const root = await repositoryRoot(process.cwd())
  const git = createGit({ root })
  const inGit = (await git.commit('HEAD')) !== null || (await git.currentBranch()) !== null
  const paths = flags.rest.map((path) => relative(root, resolve(path)).replaceAll('\\', '/'))
  const tree = inGit ? git.workingTree() : diskTree(root)
  const validation = await validateFiles(tree, {
    known: knownScorers,
    configPath: posix.join(directory, flags.text('config') || 'parity.yaml'),
    directory,
    checkConfig: async (config, tree) =>
      config.found
        ? configProblems(config, tree)
        : problemsOf(() => refuseNowhere({ path: config.path, directory }, { base: null, head: tree })),
    checkSet: (set, tree) => problemsOf(() => recordedRows(tree, set)),
    ...(paths.length === 0 ? {} : { paths }),
  })
  const { config } = validation
  const today = new Date().toISOString().slice(0, 10)
  const context = { findPrivate: await privateFinder(), today, shared: config?.gates ?? {} }
  const files = graded(validation, context, paths.length === 0)
  const sets = validation.loaded.flatMap(({ evalSets }) => evalSets)
  const watched = config && { config, sets, directory, evalFiles: validation.loaded.length, idle: [] }
  for (const note of watched === null || paths.length > 0 ? [] : await unreadNotes(tree, watched))
    process.stderr.write(`${logLine(note)}\n`)
  process.stdout.write(format === 'json' ? `${JSON.stringify(files, null, 2)}\n` : `${logLines(text(files))}\n`)
  return files.every((one) => one.ok) ? EXIT.pass : EXIT.configuration
}

async function problemsOf(look: () => Promise<unknown>): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  await attempt(problems, look)
  return problems
}

/** What of the configuration does nothing, or names what nothing has; the latter only where all files were read. */
function configWarnings({ files, loaded, config }: Validation): readonly string[] {
  if (config === null) return []
  if (files.some(({ ok }) => !ok)) return fractionSentences(config.gates)
  const sets = loaded.flatMap(({ evalSets }) => evalSets)
  const names = sets.map(({ name }) => name)
  const ofRoutes = unknownSets(config.routes, names).map(({ what, remedy }) => `${what} ${remedy}`)
  const ofGates = sets.length === 0 ? [] : vainSentences(namedInVain(gateNames(config.gates), sets))
  return [
    ...ofRoutes,
    ...ofGates.map(([, message]) => message),
    ...fractionSentences(config.gates),
    ...unusedNames(config, sets),
  ]
}

function graded(validation: Validation, context: GradeContext, isWhole: boolean): readonly FileReport[] {
  const { files, loaded } = validation
  const ofConfig = isWhole ? configWarnings(validation) : []
  const byPath = new Map(loaded.map((one) => [one.path, one.evalSets] as const))
  return files.map((file) => {
    const sets = byPath.get(file.file) ?? []
    const warnings = sets.flatMap((set) =>
      gradeSet(set, context).map((warning) => (sets.length > 1 ? `${set.name}: ${warning}` : warning)),
    )
    return { ...file, warnings: file.format === 'parity' ? [...warnings, ...ofConfig] : warnings }
  })
}

/** What redaction would take out of a report, by kind. */
async function privateFinder(): Promise<GradeContext['findPrivate']> {
  const redact = await createRedactor({ secrets: [], patterns: [] })
  const kinds = (text: string) => [...text.matchAll(/\[redacted: ([^\]]{1,40})\]/g)].map((match) => match[1] ?? '')
  return (text) => {
    const redacted = redact(text)
    return redacted === text ? [] : kinds(redacted)
  }
}

function text(files: readonly FileReport[]): string {
  return files.length === 0 ? 'No configuration and no eval set found.' : files.map(lines).join('\n')
}

function lines(one: FileReport): string {
  const head = `${one.ok ? 'ok  ' : 'FAIL'} ${one.file} (${one.format})`
  const errors = one.errors.map(
    ({ line, column, message }) => `     ${one.file}:${line ?? '?'}:${column ?? '?'}: ${message}`,
  )
  const notes = one.notCarried.map((note) => `     not carried over: ${note}`)
  const warnings = (one.warnings ?? []).map((warning) => `     warning: ${warning}`)
  return [head, ...errors, ...notes, ...warnings].join('\n')
}
