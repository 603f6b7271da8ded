// A small project whose model could be another one: sixty questions in three languages, simple and complex, and four models
// of known quality, price and speed.

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { CandidateRow, CandidateSet } from '../../src/report/candidates/report.ts'
import type { Report } from '../../src/report/report.ts'
import type { AnswerSpec, CallContext, FakeLlm, FakeLlmOptions } from '../fakes/llm.ts'
import { createRepository, type Files, type Repository } from '../fakes/repository.ts'
import { type CliResult, type CliRun, cli, providers } from './launch.ts'

export const [LARGE, MEDIUM, SMALL, TINY] = ['large', 'medium', 'small', 'tiny'].map(
  (size) => `openai/atlas-${size}`,
) as [string, string, string, string]
const LANGUAGES = ['de', 'en', 'fr'] as const

export const CONFIG = `prices:
  - { id: ${LARGE}, input: 2, output: 8, reason: contract }
  - { id: ${MEDIUM}, input: 0.4, output: 1.6, reason: contract }
  - { id: ${SMALL}, input: 0.1, output: 0.4, reason: contract }
  - { id: ${TINY}, input: 0.05, output: 0.2, reason: contract }
routes:
  - { name: help, evals: [help], requests_per_month: 3000000,
      slice_weights: { language: { de: 0.5, en: 0.3, fr: 0.2 }, kind: { simple: 0.7, complex: 0.3 } } }
`

export const evalFile = (extra = '', model = LARGE) => `name: help
target:
  prompt: ../prompts/help.md
  model: ${model}
  parameters: { temperature: 0, max_tokens: 50 }
cases: cases.jsonl
slices: [language, kind]
scorers: [{ contains: "{{expected}}" }]
${extra}`

export const kindOf = (i: number) => (Math.floor(i / 3) % 2 === 0 ? 'simple' : 'complex')

export const cases = (count = 60) =>
  Array.from({ length: count }, (_, i) => {
    const [language, kind] = [LANGUAGES[i % 3] ?? 'de', kindOf(i)]
    return `${JSON.stringify({ id: `q${i}`, vars: { question: `Question ${i} (${language}, ${kind})?` }, expected: `answer-${i}`, language, kind })}\n`
  }).join('')

export function project({
  extra = '',
  config = CONFIG,
  model = LARGE,
  count = 60,
  files = {},
}: {
  readonly extra?: string
  readonly config?: string
  readonly model?: string
  readonly count?: number
  readonly files?: Files
} = {}): Files {
  return {
    'parity.yaml': config,
    'prompts/help.md': 'You answer questions of customers.\n\n{{question}}\n',
    'evals/help.eval.yaml': evalFile(extra, model),
    'evals/cases.jsonl': cases(count),
    ...files,
  }
}

const numberIn = ({ prompt }: CallContext) => Number(/Question (\d+)/.exec(prompt)?.[1] ?? Number.NaN)

/** Large and medium know everything but three cases, small none of the complex ones, tiny every second. */
export function answer(context: CallContext): AnswerSpec {
  const i = numberIn(context)
  const is = (size: string) => context.model.endsWith(size)
  const fails = i >= 57 || (is('small') && kindOf(i) === 'complex') || (is('tiny') && i % 2 === 0)
  const latencyMs = is('large') ? 120 : is('medium') ? 60 : 20
  return { text: fails ? 'I do not know that, sorry.' : `It is answer-${i}.`, latencyMs }
}

export const FAKE: FakeLlmOptions = { answer, cache: false }

export type Ran = CliResult & { readonly report: Report | null; readonly folder: string }
export type Place = {
  readonly repository: Repository
  readonly cwd: string
  run(
    llm: FakeLlm | undefined,
    args: readonly string[],
    options?: Partial<CliRun> & { readonly state?: string },
  ): Promise<Ran>
  scratch(): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

export async function place(files: Files = project()): Promise<Place> {
  const repository = await createRepository({ files })
  const cwd = await repository.cloneFull('main')
  const folders: string[] = []
  const scratch = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parity-models-'))
    folders.push(folder)
    return folder
  }
  const run: Place['run'] = async (llm, args, { state, env, ...rest } = {}) => {
    const folder = await scratch()
    const where = ['--state-dir', state ?? (await scratch()), '--report-dir', folder]
    const ran = await cli(['candidates', ...where, ...args], { cwd, env: { ...providers(llm), ...env }, ...rest })
    const json = await readFile(join(folder, 'report.json'), 'utf8').catch(() => '')
    return { ...ran, folder, report: json === '' ? null : JSON.parse(json) }
  }
  return {
    ...{ repository, cwd, run, scratch },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true, maxRetries: 3 })))
      await repository[Symbol.asyncDispose]()
    },
  }
}

/** Makes places that are gone when the suite is over. */
export function placesOfSuite(): typeof place {
  const places: Place[] = []
  afterAll(() => Promise.all(places.map((one) => one[Symbol.asyncDispose]())))
  return async (files) => {
    const made = await place(files)
    places.push(made)
    return made
  }
}

export const models = (...names: readonly string[]) => names.flatMap((name) => ['--model', name])

/** The comparison of the first eval set. */
export function setOf(report: Report | null): CandidateSet {
  const set = report?.candidates?.sets[0]
  if (set === undefined) throw new Error('no comparison in the report')
  return set
}
export function rowOf(report: Report | null, model: string): CandidateRow {
  const row = setOf(report).rows.find((one) => one.model === model)
  if (row === undefined) throw new Error(`no row of ${model}`)
  return row
}
