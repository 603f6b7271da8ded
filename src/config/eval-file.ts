// One `*.eval.yaml` -> EvalSet, with every problem in it.

import { posix } from 'node:path'
import type { Case, EvalSet, Json, JsonObject, Link, Place, ScorerSpec, Target } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { withCaseInput } from '../formats/text.ts'
import type { Shelf, Tree } from '../ports.ts'
import { attempt } from './attempt.ts'
import { readCandidates } from './candidates.ts'
import { type CaseContext, readCase, subFile, takeCaseFile, tooMany } from './case-files.ts'
import { createIntake, type Intake } from './case-intake.ts'
import { isObject, MAX_CASES } from './cases.ts'
import type { Config } from './config.ts'
import { inheritedGates } from './gate-names.ts'
import { readGates } from './gates.ts'
import { globMatcher, isGlob } from './globs.ts'
import { type KeptCases, keyOfCases } from './kept-cases.ts'
import { resolveReference, takeReferenced } from './paths.ts'
import { readQuarantine } from './quarantine.ts'
import { type Source, withFiles } from './scorer-files.ts'
import { readScorers } from './scorer-list.ts'
import type { ScorerNames } from './scorer-names.ts'
import { readTarget } from './targets.ts'
import { checkerFor } from './validate.ts'
import { readWaivers } from './waivers.ts'
import { MAX_CASES_BYTES, type ParsedFile, parseYaml } from './yaml.ts'

export type LoadContext = {
  readonly tree: Tree
  readonly config: Config
  readonly owner: string | undefined
  readonly known: ScorerNames
  /** Of the sides that were read before. */
  readonly kept?: KeptCases
  /** Where the cases of a large set go. */
  readonly openShelf?: () => Shelf
}
export type Loaded = {
  readonly evalSets: readonly EvalSet[]
  readonly problems: readonly Problem[]
  /** What a foreign file uses and we cannot run, in words. */
  readonly notCarried: readonly string[]
}

// The members that are read here; the schema has checked them.
type EvalFile = JsonObject & {
  readonly name?: string
  readonly owner?: string
  readonly target: JsonObject
  readonly cases: string | readonly Json[]
  readonly slices?: readonly string[]
  readonly paths?: readonly string[]
  readonly gates?: JsonObject
}

export async function readEvalFile(path: string, text: string, context: LoadContext): Promise<Loaded> {
  // Inline cases make an eval file as long as a case file.
  const parsed = parseYaml(path, text, { maxBytes: MAX_CASES_BYTES })
  if (!parsed.ok) return { evalSets: [], problems: parsed.problems, notCarried: [] }
  const invalid = schemaProblems(parsed.file, await checkerFor('eval'))
  if (invalid.length > 0) return { evalSets: [], problems: invalid, notCarried: [] }
  const problems: Problem[] = []
  const evalSet = await build(parsed.file, parsed.file.value as EvalFile, { ...context, problems })
  return { evalSets: evalSet && problems.length === 0 ? [evalSet] : [], problems, notCarried: [] }
}

/** Fields that `slices` names may stand in a case although the schema does not know them. */
function schemaProblems(file: ParsedFile, check: Awaited<ReturnType<typeof checkerFor>>): readonly Problem[] {
  return check(file, isObject(file.value) ? sliceNames(file.value.slices) : [])
}

function sliceNames(slices: Json | undefined): string[] {
  return Array.isArray(slices) ? slices.filter((slice) => typeof slice === 'string') : []
}

type BuildContext = LoadContext & { readonly problems: Problem[] }

async function build(file: ParsedFile, written: EvalFile, context: BuildContext): Promise<EvalSet | undefined> {
  const { tree, config, problems } = context
  const { path } = file
  const sources: Source[] = [{ path, role: 'eval file' }]
  const target = await attempt(problems, () => readTarget(tree, written.target, file))
  if (target) sources.push(...targetSources(target))
  const slices = sliceNames(written.slices)
  const links: Link[] = target?.kind === 'prompt' ? [...(target.prompt.links ?? [])] : []
  const { cases, scorers } = await readContent(file, { ...context, slices, sources, links })
  const name = written.name ?? posix.basename(path).replace(/\.eval\.(ya?ml|json)$|\.(ya?ml|json)$/i, '')
  const waived = await attempt(problems, () => readWaivers(tree, file, name))
  if (waived?.source !== undefined) sources.push({ path: waived.source, role: 'waivers' })
  await attempt(problems, () => void globMatcher(written.paths ?? [], file.place(['paths'])))
  const quarantine = await attempt(problems, () => readQuarantine(file, cases))
  const candidates = await attempt(problems, () => readCandidates(file))
  if (!target || problems.length > 0) return undefined
  // Blanks and dashes are nobody's name.
  const owner = [written.owner, context.owner].find((name) => name !== undefined && /[\p{L}\p{N}]/u.test(name))
  return {
    name,
    path,
    ...(owner === undefined ? {} : { owner }),
    target: target.kind === 'prompt' ? { ...target, prompt: withCaseInput(target.prompt, cases) } : target,
    cases,
    slices,
    scorers,
    ...settingsOf(written, config, { cases, scorers }),
    candidates: candidates ?? [],
    paths: written.paths ?? [],
    waivers: waived?.waivers ?? [],
    ...(quarantine === undefined || quarantine.length === 0 ? {} : { quarantine }),
    sources: distinct(sources),
    ...(links.length === 0 ? {} : { links }),
    notCarried: [],
  }
}

type Settings = Pick<EvalSet, 'threshold' | 'passes' | 'compare' | 'gates' | 'mode' | 'live'>

function settingsOf(written: EvalFile, config: Config, set: Pick<EvalSet, 'cases' | 'scorers'>): Settings {
  const { threshold, passes, live } = written
  return {
    ...(typeof threshold === 'number' ? { threshold } : {}),
    passes: typeof passes === 'number' ? passes : 1,
    compare: written.compare === 'score' ? 'score' : 'pass',
    gates: { ...inheritedGates(config.gates, set), ...(written.gates ? readGates(written.gates) : {}) },
    mode: written.mode === 'report' || written.mode === 'enforce' ? written.mode : config.mode,
    ...(typeof live === 'string' ? { live } : {}),
  }
}

export function targetSources(target: Target): readonly Source[] {
  if (target.kind !== 'prompt') return []
  const { prompt, replay } = target
  const roles = prompt.sources.map((path): Source => ({ path, role: path === prompt.path ? 'prompt' : 'include' }))
  return replay === undefined ? roles : [...roles, { path: replay, role: 'recorded answers' }]
}

export function distinct(sources: readonly Source[]): readonly Source[] {
  const seen = new Map(sources.map((source) => [`${source.role}\0${source.path}`, source]))
  return [...seen.values()]
}

type ContentContext = BuildContext & {
  readonly slices: readonly string[]
  readonly sources: Source[]
  readonly links: Link[]
}

async function readContent(file: ParsedFile, context: ContentContext): Promise<Pick<EvalSet, 'cases' | 'scorers'>> {
  const { problems } = context
  const cases = await readCases(file, context)
  const scorers = await readSetScorers(file, context)
  if (cases.length === 0 && problems.length === 0) problems.push(noCases(file.place(['cases'])))
  const unscored = cases.filter((one) => !one.scorers.some(counts))
  if (!scorers.some(counts) && unscored.length > 0 && problems.length === 0) {
    const isShownOnly = scorers.length > 0 || unscored.some((one) => one.scorers.length > 0)
    problems.push(
      isShownOnly
        ? shownOnly(file.place([]))
        : noScorers(file.place([]), unscored.length === cases.length ? undefined : unscored[0]?.place),
    )
  }
  return { cases, scorers }
}

async function readCases(file: ParsedFile, context: ContentContext): Promise<readonly Case[]> {
  const { tree, kept, problems, slices, sources } = context
  const paths = kept === undefined ? null : await pathsOfCases(file, context)
  const key = paths === null ? null : await keyOfCases(tree, paths, slices)
  const known = key === null ? undefined : kept?.get(key)
  if (known !== undefined && paths !== null) {
    for (const path of paths) sources.push({ path, role: 'cases' })
    return known
  }
  const before = problems.length
  const intake = createIntake(slices, context.openShelf)
  await takeDrafts(file, intake, context)
  const { cases, problems: duplicates } = await intake.cases((scorers) => loadFiles(scorers, context))
  problems.push(...duplicates)
  // Scorers of a case may name files, which are not those of another side.
  const isWhole = problems.length === before && cases.every((one) => one.scorers.length === 0)
  if (key !== null && isWhole) kept?.set(key, cases)
  return cases
}

/** Null where cases stand in the eval file itself, or a path is none. */
async function pathsOfCases(file: ParsedFile, { tree }: ContentContext): Promise<readonly string[] | null> {
  const written = isObject(file.value) ? file.value.cases : undefined
  const paths: string[] = []
  for (const [item, pointer] of caseItems(written)) {
    if (typeof item !== 'string') return null
    const found = await caseFiles(tree, item, file.place(pointer)).catch(() => null)
    if (found === null) return null
    paths.push(...found)
  }
  return paths
}

type Pointer = readonly (string | number)[]

function caseItems(written: Json | undefined): readonly (readonly [Json, Pointer])[] {
  if (typeof written === 'string') return [[written, ['cases']]]
  return Array.isArray(written) ? written.map((item: Json, index) => [item, ['cases', index]] as const) : []
}

export function noCases(place: Place): Problem {
  return {
    what: 'The eval set has no cases.',
    expected: 'at least one',
    remedy: 'Add a case, or remove the eval set.',
    place,
  }
}

const counts = ({ weight }: ScorerSpec) => weight > 0

/** Every answer would be paid for, and none could be graded. */
function shownOnly(place: Place): Problem {
  return {
    what: 'A case has scorers with weight 0 alone: they are shown, and nothing would be graded.',
    expected: 'at least one scorer with a weight above 0 for every case',
    remedy: 'Add one, or leave `weight: 0` out of one of them.',
    place,
  }
}

export function noScorers(place: Place, unscored: Place | undefined): Problem {
  return {
    what: unscored
      ? `A case without scorers (line ${unscored.line}) would always pass.`
      : 'The eval set has no scorer: nothing could fail.',
    expected: 'at least one scorer for every case',
    remedy: 'Add "scorers:", for example `scorers: [{ contains: "{{expected}}" }]`.',
    place,
  }
}

async function readSetScorers(file: ParsedFile, context: ContentContext): Promise<readonly ScorerSpec[]> {
  const { known, problems } = context
  const lists = ['scorers', 'assert'].map((key) => {
    const entries = isObject(file.value) ? file.value[key] : undefined
    return readScorers(entries, (index) => file.place([key, index]), { known, foreign: false })
  })
  for (const list of lists) problems.push(...list.problems)
  return loadFiles(
    lists.flatMap((list) => list.specs),
    context,
  )
}

async function loadFiles(
  specs: readonly ScorerSpec[],
  { tree, problems, sources, links, known }: ContentContext,
): Promise<readonly ScorerSpec[]> {
  const loaded: ScorerSpec[] = []
  for (const spec of specs) {
    const filled = await attempt(problems, () => withFiles(tree, spec))
    if (!filled) continue
    const wrong = (await known.check?.(filled.spec)) ?? null
    if (wrong) problems.push(wrong)
    loaded.push(filled.spec)
    sources.push(...filled.sources)
    links.push(...filled.links)
  }
  return loaded
}

async function takeDrafts(file: ParsedFile, intake: Intake, context: ContentContext): Promise<void> {
  const { problems, sources, known, slices } = context
  const cases: CaseContext = { known, slices, check: await checkerFor('case') }
  const written = isObject(file.value) ? file.value.cases : undefined
  for (const [item, pointer] of caseItems(written)) {
    if (typeof item !== 'string') {
      // The file's own check has seen it; an inline case without `vars` is a full case all the same.
      const full = isObject(item) && !Object.hasOwn(item, 'vars') ? { ...item, vars: {} } : (item ?? null)
      const { drafts, problems: found } = readCase(subFile(file, pointer, full), cases)
      for (const draft of drafts) intake.add(draft)
      append(found)
      continue
    }
    const from = file.place(pointer)
    for (const path of (await attempt(problems, () => caseFiles(context.tree, item, from))) ?? []) {
      sources.push({ path, role: 'cases' })
      const read = await attempt(problems, () =>
        takeCaseFile(path, (take) => takeReferenced(context.tree, { path, from }, take), { context: cases, intake }),
      )
      if (read && read.cases === 0 && read.problems.length === 0) problems.push(noCases({ path }))
      if (read) append(read.problems)
    }
  }
  if (intake.length <= MAX_CASES) return
  problems.push(tooMany(file.place(['cases'])))
  intake.cut(0)

  function append(found: readonly Problem[]): void {
    for (const problem of found) if (problems.length < 50) problems.push(problem)
  }
}

/** Files that a path or glob of `cases` names, relative to the eval file. Throws a UserError when there is none. */
async function caseFiles(tree: Tree, reference: string, from: Place): Promise<readonly string[]> {
  const path = resolveReference(reference.replace(/^file:\/\//, ''), from)
  if (!isGlob(path)) return [path]
  const matches = globMatcher([path], from)
  const found = (await tree.list()).map((entry) => entry.path).filter(matches)
  if (found.length > 0) return found.sort()
  throw new UserError({
    what: `"${reference.slice(0, 200)}" matches no file.`,
    expected: 'at least one committed file with cases',
    remedy: 'Correct the pattern; it is relative to this file.',
    place: from,
  })
}
