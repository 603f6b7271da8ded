// `tests`, `scenarios` and `defaultTest` of a promptfoo file -> cases (formats.md 2.1, semantics of 0.123).

import { type Draft, isObject, MAX_CASES } from '../config/cases.ts'
import { globMatcher, isGlob } from '../config/globs.ts'
import { readReferenced, resolveReference } from '../config/paths.ts'
import type { Source } from '../config/scorer-files.ts'
import type { ScorerNames } from '../config/scorer-names.ts'
import { MAX_CASES_BYTES, type ParsedFile, parseYaml } from '../config/yaml.ts'
import type { Json, JsonObject, Link, Place, ScorerSpec } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { failed } from './front-matter.ts'
import { assertions, type Context, graded, type Test, usable, withTheirFiles } from './promptfoo-assertions.ts'
import { readPromptfooRow } from './promptfoo-csv.ts'
import { loadVars, rubricFile, varsFile } from './promptfoo-files.ts'

export type FooTests = {
  readonly drafts: readonly Draft[]
  readonly sources: readonly Source[]
  readonly links: readonly Link[]
  readonly notCarried: readonly string[]
  /** Tests that nothing could be scored of. */
  readonly unscored: number
}

function readOnce(tree: Tree): Tree {
  const texts = new Map<string, Promise<string | null>>()
  const read = (path: string, maxBytes?: number) => {
    const known = texts.get(path) ?? tree.read(path, maxBytes)
    texts.set(path, known)
    return known
  }
  return { ...tree, read }
}

/** All tests of the file, with the defaults merged in and lists in `vars` multiplied out. Throws a UserError. */
export async function readTests(
  tree: Tree,
  file: ParsedFile,
  by: { readonly known: ScorerNames; readonly judge: string | null },
): Promise<FooTests> {
  const context: Context = {
    tree,
    texts: readOnce(tree),
    config: file.path,
    ...by,
    sources: [],
    links: [],
    notCarried: new Set(),
    checked: new Map(),
  }
  const map = isObject(file.value) ? file.value : {}
  const base = await defaultTest(map.defaultTest, file, context)
  const drafts: Draft[] = []
  for (const test of await allTests(map, file, context)) {
    const merged = 'draft' in test ? withDefaults(test.draft, base, context) : await draftsOf(test, base, context)
    for (const draft of merged) drafts.push({ ...draft, scorers: await usable(draft.scorers, context) })
    if (drafts.length > MAX_CASES) throw tooManyTests(file)
  }
  const scored = drafts.filter((draft) => draft.scorers.length > 0)
  const unscored = drafts.length - scored.length
  if (unscored > 0)
    context.notCarried.add(
      `${unscored} tests without an assertion that can be run would always pass; they are left out.`,
    )
  return {
    drafts: uniqueIds(scored),
    sources: context.sources,
    links: context.links,
    notCarried: [...context.notCarried],
    unscored,
  }
}

function tooManyTests(file: ParsedFile): UserError {
  return new UserError({
    what: `The lists in "vars" multiply to more than ${MAX_CASES} tests.`,
    remedy: 'Shorten them.',
    place: file.place(['tests']),
  })
}

type Base = { readonly vars: JsonObject; readonly scorers: readonly ScorerSpec[]; readonly test: JsonObject }

async function defaultTest(written: Json | undefined, file: ParsedFile, context: Context): Promise<Base> {
  const from = file.place(['defaultTest'])
  if (typeof written === 'string') {
    const [test] = await testFile(resolveReference(written.replace(/^file:\/\//, ''), from), from, context)
    return test && 'test' in test ? baseOf(test, context) : { vars: {}, scorers: [], test: {} }
  }
  const test = isObject(written) ? written : {}
  return baseOf({ test, placeOf: (...pointer) => file.place(['defaultTest', ...pointer]) }, context)
}

async function baseOf(test: Test, context: Context): Promise<Base> {
  const vars = isObject(test.test.vars) ? test.test.vars : {}
  const options = isObject(test.test.options) ? test.test.options : {}
  const graders = await rubricFile(options, test.placeOf('options'), context)
  return { vars, scorers: await assertions(test, context), test: { ...test.test, options: graders } }
}

type Row = Test | { readonly draft: Draft }

async function allTests(map: JsonObject, file: ParsedFile, context: Context): Promise<readonly Row[]> {
  const tests = await testList(map.tests, file, context)
  const scenarios = Array.isArray(map.scenarios) ? map.scenarios : []
  const crossed = scenarios.flatMap((scenario: Json, index): Row[] => {
    if (!isObject(scenario)) {
      context.notCarried.add(`Scenario ${index + 1} is a file reference, which is not read.`)
      return []
    }
    const configs = Array.isArray(scenario.config) ? scenario.config.filter(isObject) : []
    const inner = Array.isArray(scenario.tests) ? scenario.tests.filter(isObject) : [{}]
    return configs.flatMap((config) =>
      inner.map((test, at) => ({
        test: mergeTests(config, test),
        placeOf: () => file.place(['scenarios', index, 'tests', at]),
      })),
    )
  })
  return [...tests, ...crossed]
}

/** Later wins; `vars` and `metadata` merge, `assert` of the first comes first. */
function mergeTests(first: JsonObject, second: JsonObject): JsonObject {
  const both = (key: string) => ({
    ...(isObject(first[key]) ? first[key] : {}),
    ...(isObject(second[key]) ? second[key] : {}),
  })
  const asserts = [first.assert, second.assert].flatMap((list) => (Array.isArray(list) ? list : []))
  return {
    ...first,
    ...second,
    vars: both('vars'),
    metadata: both('metadata'),
    options: both('options'),
    assert: asserts,
  }
}

async function testList(written: Json | undefined, file: ParsedFile, context: Context): Promise<readonly Row[]> {
  const single = !Array.isArray(written)
  const items: readonly Json[] = Array.isArray(written)
    ? written
    : written === undefined || written === null
      ? []
      : [written]
  const rows: Row[] = []
  for (const [index, item] of items.entries()) {
    const pointer = single ? ['tests'] : ['tests', index]
    if (typeof item === 'string') {
      for (const row of await referenced(item, file.place(pointer), context)) rows.push(row)
    } else if (isObject(item) && typeof item.path === 'string') {
      context.notCarried.add(`Tests generated by ${item.path} are not run.`)
    } else if (isObject(item)) {
      rows.push({ test: item, placeOf: (...inner) => file.place([...pointer, ...inner]) })
    }
  }
  return rows
}

async function referenced(reference: string, from: Place, context: Context): Promise<readonly Row[]> {
  if (/^(https?|huggingface):\/\//.test(reference)) {
    context.notCarried.add(`Tests from ${reference} are not fetched.`)
    return []
  }
  const path = resolveReference(reference.replace(/^file:\/\//, ''), from)
  const paths = isGlob(path)
    ? (await context.tree.list())
        .map((entry) => entry.path)
        .filter(globMatcher([path], from))
        .sort()
    : [path]
  if (paths.length === 0) {
    throw new UserError({ what: `"${reference}" matches no file.`, remedy: 'Correct the pattern.', place: from })
  }
  const rows: Row[] = []
  for (const one of paths) for (const row of await testFile(one, from, context)) rows.push(row)
  return rows
}

/** Unlike generic case files, rows here are test objects. */
async function testFile(path: string, from: Place, context: Context): Promise<readonly Row[]> {
  if (!/\.(csv|json|jsonl|ya?ml)$/i.test(path)) {
    context.notCarried.add(`Tests in ${path} are not read.`)
    return []
  }
  const text = await readReferenced(context.tree, path, from)
  context.sources.push({ path, role: 'cases' })
  if (/\.csv$/i.test(path)) return csvTests(path, text, context)
  if (/\.jsonl$/i.test(path)) return text.split('\n').flatMap((line, index) => jsonLineTest(path, line, index + 1))
  const parsed = parseYaml(path, text, { maxBytes: MAX_CASES_BYTES })
  if (!parsed.ok) throw failed(path, parsed.problems)
  const { value, place } = parsed.file
  const list = Array.isArray(value) ? value : [value]
  return list.flatMap((test: Json, index): Row[] =>
    isObject(test)
      ? [{ test, placeOf: (...pointer) => place(Array.isArray(value) ? [index, ...pointer] : pointer) }]
      : [],
  )
}

async function csvTests(path: string, text: string, context: Context): Promise<readonly Row[]> {
  const table = await (await import('../config/tables.ts')).csvRows(path, text)
  if ('problem' in table) throw new UserError(table.problem)
  const rows: Row[] = []
  for (const { row, line } of table.rows) {
    const { drafts, problems } = readPromptfooRow(row, { path, line }, context.known)
    for (const problem of problems) context.notCarried.add(`${problem.what} (${path}:${line})`)
    for (const draft of drafts) {
      const scorers = await withTheirFiles(draft.scorers, context)
      rows.push({ draft: { ...draft, scorers, ...(row.__description && { id: row.__description }) } })
    }
  }
  return rows
}

function jsonLineTest(path: string, line: string, at: number): Row[] {
  if (line.trim() === '') return []
  const parsed = parseYaml(path, line.trim(), { firstLine: at })
  if (!parsed.ok) throw failed(path, parsed.problems)
  const { value, place } = parsed.file
  return isObject(value) ? [{ test: value, placeOf: (...pointer) => place(pointer) }] : []
}

function withDefaults(draft: Draft, base: Base, context: Context): readonly Draft[] {
  const { threshold } = base.test
  const options = isObject(base.test.options) ? base.test.options : {}
  return [
    {
      ...(typeof threshold === 'number' ? { threshold } : {}),
      ...draft,
      vars: { ...base.vars, ...draft.vars },
      scorers: graded([...base.scorers, ...draft.scorers], options, context),
    },
  ]
}

const READ = new Set(['vars', 'assert', 'description', 'threshold', 'metadata', 'options'])
const READ_OPTIONS = new Set(['disableDefaultAsserts', 'disableVarExpansion', 'provider', 'rubricPrompt', 'transform'])

async function draftsOf(row: Test, base: Base, context: Context): Promise<readonly Draft[]> {
  const options = {
    ...(isObject(base.test.options) ? base.test.options : {}),
    ...(isObject(row.test.options) ? await rubricFile(row.test.options, row.placeOf('options'), context) : {}),
  }
  const merged: JsonObject = { ...row.test, options }
  for (const key of Object.keys(merged)) if (!READ.has(key)) context.notCarried.add(`"${key}" of tests is not used.`)
  for (const key of Object.keys(options))
    if (!READ_OPTIONS.has(key)) context.notCarried.add(`options.${key} of tests is not used.`)
  const own = await assertions(row, context)
  const asserted = options.disableDefaultAsserts === true ? own : [...base.scorers, ...own]
  const scorers = graded(asserted, options, context)
  const written = row.test.vars
  const ownVars = typeof written === 'string' ? await varsFile(written, row.placeOf('vars'), context) : written
  if (ownVars !== undefined && !isObject(ownVars)) context.notCarried.add('"vars" from several files are not read.')
  const vars = await loadVars({ ...base.vars, ...(isObject(ownVars) ? ownVars : {}) }, row.placeOf('vars'), context)
  const combinations = options.disableVarExpansion === true ? [vars] : expand(vars)
  const { description, metadata } = row.test
  const threshold = row.test.threshold ?? base.test.threshold
  const baseMetadata = isObject(base.test.metadata) ? base.test.metadata : {}
  return combinations.map((one) => ({
    ...(typeof description === 'string' && combinations.length === 1 ? { id: description } : {}),
    vars: one,
    tags: [],
    fields: { metadata: { ...baseMetadata, ...(isObject(metadata) ? metadata : {}) } },
    scorers,
    ...(typeof threshold === 'number' ? { threshold } : {}),
    place: row.placeOf(),
  }))
}

/** Lists of texts are multiplied out, in the order of the keys. */
function expand(vars: JsonObject): readonly JsonObject[] {
  let combinations: JsonObject[] = [{}]
  for (const [name, value] of Object.entries(vars)) {
    const values: readonly Json[] = Array.isArray(value) && typeof value[0] === 'string' ? value : [value as Json]
    if (combinations.length * values.length > MAX_CASES) {
      throw new UserError({
        what: `The lists in "vars" multiply to more than ${MAX_CASES} tests.`,
        remedy: 'Shorten them.',
      })
    }
    combinations = combinations.flatMap((one) => values.map((item) => ({ ...one, [name]: item })))
  }
  return combinations
}

/** A description that stands twice identifies nothing; such tests are known by their variables. */
function uniqueIds(drafts: readonly Draft[]): readonly Draft[] {
  const counts = new Map<string, number>()
  for (const { id } of drafts) if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
  return drafts.map((draft) => {
    if (draft.id === undefined || counts.get(draft.id) === 1) return draft
    const { id: _, ...anonymous } = draft
    return anonymous
  })
}
