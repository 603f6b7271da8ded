// Assertions of promptfoo tests -> scorers: files that they name, graders, transforms, and what is code.

import { canonicalJson } from '../config/canonical.ts'
import { isObject } from '../config/cases.ts'
import { type Source, withFiles } from '../config/scorer-files.ts'
import { readScorers } from '../config/scorer-list.ts'
import type { ScorerNames } from '../config/scorer-names.ts'
import type { Json, JsonObject, Link, Place, ScorerSpec } from '../domain.ts'
import type { Problem } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { namedFrom } from './promptfoo-files.ts'
import { withGrader } from './promptfoo-grader.ts'

export type Test = { readonly test: JsonObject; readonly placeOf: (...pointer: readonly (string | number)[]) => Place }
/** What reading a file brings together. */
export type Context = {
  readonly tree: Tree
  /** The same for files that many tests name: each is read once, and one string. */
  readonly texts: Tree
  /** Path of the promptfoo file. */
  readonly config: string
  readonly known: ScorerNames
  /** Of assertions that name no grader. */
  readonly judge: string | null
  readonly sources: Source[]
  readonly links: Link[]
  readonly notCarried: Set<string>
  /** What is wrong with the assertions that were looked at, by their value. */
  readonly checked: Map<string, Map<string, Problem | null>>
}

/** Another language, a function of a module by its name, or TypeScript: no script of one expression. */
const CODE_FILE = /^file:\/\/.*(?:\.(?:py|rb|go)(?::\w+)?|\.[cm]?[jt]s:\w+|\.[cm]?ts)$/

export async function assertions(row: Test, context: Context): Promise<readonly ScorerSpec[]> {
  const list = Array.isArray(row.test.assert) ? row.test.assert : []
  const flat = list.flatMap((entry: Json) => {
    if (!isObject(entry) || entry.type !== 'assert-set') return [entry]
    context.notCarried.add('assert-set is read as its members; its own threshold and weight are not used.')
    return Array.isArray(entry.assert) ? entry.assert : []
  })
  const read = readScorers(flat, (index) => row.placeOf('assert', index), { known: context.known, foreign: true })
  for (const line of read.notCarried) context.notCarried.add(line)
  return withTheirFiles(read.specs, context)
}

/** With the texts of the files that they name; what is code of another kind is left out. */
export async function withTheirFiles(specs: readonly ScorerSpec[], context: Context): Promise<readonly ScorerSpec[]> {
  const whole: ScorerSpec[] = []
  for (const spec of specs) {
    if (typeof spec.value === 'string' && CODE_FILE.test(spec.value)) {
      context.notCarried.add(`${spec.name} with ${spec.value} is code and is not run.`)
      continue
    }
    const named = typeof spec.value === 'string' && spec.value.startsWith('file://') ? spec.value.slice(7) : null
    const from = named === null ? spec.place : await namedFrom(named, spec.place, context)
    const loaded = await withFiles(context.texts, spec, from)
    context.sources.push(...loaded.sources)
    context.links.push(...loaded.links)
    whole.push(loaded.spec)
  }
  return whole
}

/** Without those that could score nothing: a pattern or a schema that is none, a script that cannot be parsed. */
export async function usable(specs: readonly ScorerSpec[], context: Context): Promise<readonly ScorerSpec[]> {
  const kept: ScorerSpec[] = []
  for (const spec of specs) {
    const wrong = await wrongWith(spec, context)
    if (wrong === null) kept.push(spec)
    else context.notCarried.add(`${wrong.what.replace(/\.$/, '')} (${placeIn(spec.place, context)}).`)
  }
  return kept
}

const placeIn = ({ path, line }: Place, { config }: Context) => (path === config ? `line ${line}` : `${path}:${line}`)

/** Many tests have the same assertion, be it a large file: such a text is one string for all of them, and compared as that. */
async function wrongWith(spec: ScorerSpec, { known, checked: ofAll }: Context): Promise<Problem | null> {
  const value = typeof spec.value === 'string' ? spec.value : canonicalJson(spec.value ?? null)
  const checked = ofAll.get(value) ?? new Map<string, Problem | null>()
  ofAll.set(value, checked)
  const key = canonicalJson({ ...spec, value: typeof spec.value, place: null })
  const wrong = checked.has(key) ? (checked.get(key) ?? null) : ((await known.check?.(spec)) ?? null)
  checked.set(key, wrong)
  return wrong
}

/** With the grader and the transform that a test names for all of them; what nobody can grade is left out. */
export function graded(
  specs: readonly ScorerSpec[],
  options: JsonObject,
  { notCarried, judge }: Context,
): readonly ScorerSpec[] {
  return specs.flatMap((spec) => {
    const made = withGrader(spec, options, judge)
    if ('spec' in made) return [transformed(made.spec, options, notCarried)]
    notCarried.add(made.notCarried)
    return []
  })
}

/** A test's transform comes before that of the assertion. */
function transformed(spec: ScorerSpec, { transform }: JsonObject, notCarried: Set<string>): ScorerSpec {
  const { transform: own, ...options } = spec.options
  const codes = [transform, own].flat().filter((code) => typeof code === 'string')
  const inline = codes.filter((code) => !code.startsWith('file://'))
  for (const code of codes)
    if (!inline.includes(code)) notCarried.add(`The transform ${code} is a file of code and is not run.`)
  const [first, ...rest] = inline
  if (first === undefined) return { ...spec, options }
  return { ...spec, options: { ...options, transform: rest.length === 0 ? first : [first, ...rest] } }
}
