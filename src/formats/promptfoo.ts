// promptfooconfig (semantics of 0.123): every prompt x provider is a variant, each an eval set; the first one gates.

import { attempt } from '../config/attempt.ts'
import { identify, isObject } from '../config/cases.ts'
import { distinct, type LoadContext, type Loaded, noCases, targetSources } from '../config/eval-file.ts'
import { inheritedGates } from '../config/gate-names.ts'
import { nameMatcher } from '../config/globs.ts'
import type { ParsedFile } from '../config/yaml.ts'
import type { Case, EvalSet, Json, Target } from '../domain.ts'
import type { Problem } from '../errors.ts'
import { isPairwise } from '../scorers/kinds.ts'
import { parseMap } from './prompt-yml.ts'
import { type FooPrompt, readPrompts } from './promptfoo-prompts.ts'
import { readProviderFiles } from './promptfoo-provider-files.ts'
import { type FooProvider, readProvider } from './promptfoo-providers.ts'
import { type FooTests, readTests } from './promptfoo-tests.ts'

const READ = new Set(['prompts', 'providers', 'targets', 'tests', 'defaultTest', 'scenarios', 'evaluateOptions'])
const INFORMATIONAL = new Set([
  '$schema',
  'description',
  'tags',
  'metadata',
  'outputPath',
  'sharing',
  'commandLineOptions',
])

/** Configurations that are programs are named and not run. */
export function readPromptfooCode(path: string): Loaded {
  return { evalSets: [], problems: [], notCarried: [`${path} is code and is not run; write it as YAML.`] }
}

/** Throws a UserError when the file cannot be parsed. */
export async function readPromptfoo(path: string, text: string, context: LoadContext): Promise<Loaded> {
  const { file, map } = parseMap(path, text)
  const problems: Problem[] = []
  const notCarried = Object.keys(map)
    .filter((key) => !READ.has(key) && !INFORMATIONAL.has(key))
    .map((key) => `"${key}" (line ${file.keyPlace([], key).line}) is not used.`)
  if (/\{\{\s*env\./.test(text)) notCarried.push('{{ env.X }} is rendered in prompts only, by allow-list.')
  const { tree, known } = context
  const prompts = await attempt(problems, () =>
    readPrompts(tree, map.prompts, (index) => file.place(['prompts', index])),
  )
  const tests = await attempt(problems, () => readTests(tree, file, known))
  const configured = await attempt(problems, () =>
    readProviderFiles(tree, map.providers ?? map.targets, file.place(['providers'])),
  )
  const providers = providersOf(configured?.value)
  notCarried.push(...(prompts?.notCarried ?? []), ...(tests?.notCarried ?? []), ...providers.flatMap(providerNotes))
  if (!prompts || !tests) return { evalSets: [], problems, notCarried }
  const runnable = providers.filter((provider) => provider.ok)
  if (runnable.length === 0 || prompts.prompts.length === 0) {
    return {
      evalSets: [],
      problems,
      notCarried: [...notCarried, 'No prompt with a provider that can be called: nothing is run.'],
    }
  }
  const { cases } = identify(tests.drafts, [])
  if (cases.length === 0) return { evalSets: [], problems: [...problems, noCases(file.place(['tests']))], notCarried }
  const variants = prompts.prompts.flatMap((prompt) =>
    runnable.flatMap((provider) => (allows(provider, prompt) ? [{ prompt, provider }] : [])),
  )
  if (variants.length > 1 && cases.some((kase) => kase.scorers.some(isPairwise)))
    notCarried.push('select-best compares base and head of each variant here, and not the variants with one another.')
  const sets = variants.map((variant) =>
    variantSet(file, variant, {
      ...context,
      cases,
      tests,
      notCarried,
      files: configured?.paths ?? [],
      passes: passesOf(map),
    }),
  )
  return { evalSets: gated(sets, context), problems, notCarried }
}

type Runnable = Extract<FooProvider, { ok: true }>
type Variant = { readonly prompt: FooPrompt; readonly provider: Runnable }

function providersOf(written: Json | undefined): readonly FooProvider[] {
  if (written === undefined || written === null) return []
  return (Array.isArray(written) ? written : [written as Json]).map(readProvider)
}

function providerNotes(provider: FooProvider): readonly string[] {
  return provider.ok ? provider.notCarried : [`The provider ${provider.label} is not run: ${provider.why}.`]
}

/** `prompts:` of a provider restricts it, by label or `group:*`. */
function allows({ prompts }: Runnable, { label }: FooPrompt): boolean {
  if (!prompts) return true
  return prompts.some((wanted) => (wanted.endsWith('*') ? label.startsWith(wanted.slice(0, -1)) : label === wanted))
}

function passesOf(map: { readonly [key: string]: Json }): number {
  const options = isObject(map.evaluateOptions) ? map.evaluateOptions : {}
  const { repeat } = options
  return typeof repeat === 'number' && Number.isInteger(repeat) && repeat >= 1 ? Math.min(repeat, 100) : 1
}

type SetContext = LoadContext & {
  readonly cases: readonly Case[]
  readonly tests: FooTests
  readonly notCarried: readonly string[]
  readonly passes: number
  /** Files that the providers name. */
  readonly files: readonly string[]
}

function variantSet(file: ParsedFile, { prompt, provider }: Variant, context: SetContext): EvalSet {
  const { config, owner, cases, tests, passes, notCarried, files } = context
  const links = [...(prompt.prompt.links ?? []), ...tests.links]
  const { model, api, parameters, tools, responseFormat } = provider
  const target: Target = {
    kind: 'prompt',
    prompt: prompt.prompt,
    model,
    parameters,
    ...(api ? { api } : {}),
    ...(tools ? { tools } : {}),
    ...(responseFormat === undefined ? {} : { responseFormat }),
  }
  return {
    name: `${file.path} › ${prompt.label} › ${provider.label}`,
    path: file.path,
    ...(owner === undefined ? {} : { owner }),
    target,
    cases,
    slices: [],
    scorers: [],
    passes,
    compare: 'pass',
    gates: inheritedGates(config.gates, { cases, scorers: [] }),
    mode: config.mode,
    paths: [],
    candidates: [],
    waivers: [],
    sources: distinct([
      { path: file.path, role: 'eval file' },
      ...targetSources(target),
      ...tests.sources,
      ...files.map((path) => ({ path, role: 'provider' })),
    ]),
    ...(links.length === 0 ? {} : { links }),
    notCarried,
  }
}

/** `gate_on` names the variants that gate; without a match it is the first. The others are shown only. */
function gated(sets: readonly EvalSet[], { config }: LoadContext): readonly EvalSet[] {
  // Names contain spaces and arrows but no slashes of their own meaning; plain equality first, then globs.
  const matches = config.gateOn.length > 0 ? nameMatcher(config.gateOn) : () => false
  const chosen = sets.filter((set) => config.gateOn.includes(set.name) || matches(set.name))
  const gating = chosen.length > 0 ? chosen : sets.slice(0, 1)
  return sets.map((set) => (gating.includes(set) ? set : { ...set, mode: 'report' as const }))
}
