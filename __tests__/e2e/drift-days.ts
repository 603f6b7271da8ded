// Days of a repository that is watched: the shipped program once a day, by a clock that is moved, and a model whose pass rate,
// id and health the test sets from day to day.

import type { DriftSet } from '../../src/drift/report.ts'
import type { Report } from '../../src/report/report.ts'
import { fraction } from '../fakes/draw.ts'
import { type AnswerSpec, type CallContext, type FakeLlm, type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import { createRepository, type Files, type Repository } from '../fakes/repository.ts'
import { type CliResult, type CliRun, cli, providers, reportIn } from './launch.ts'
import { at, DAY_MS } from './today.ts'

export type Weather = {
  /** Cases, by number, that are broken today: they usually fail. */
  readonly broken?: number
  /** Chance that a run of a case differs from its usual outcome. */
  readonly flake?: number
  readonly model?: string
  readonly fingerprint?: string
  readonly down?: boolean
  /** Of one model alone, by the id that is asked for. */
  readonly brokenOf?: { readonly [model: string]: number }
  /** Text of a right answer; the number of the case is put before it. */
  readonly words?: string
}

export type Days = {
  readonly repository: Repository
  readonly llm: FakeLlm
  readonly workspace: string
  weather: Weather
  /** A run on a day counted from the first; the report is null where none was written. */
  day(day: number, args?: readonly string[]): Promise<Day>
  command(
    day: number,
    args: readonly string[],
    env?: { readonly [name: string]: string },
    kill?: CliRun['kill'],
  ): Promise<CliResult>
  read(): Promise<Omit<Day, 'run'>>
  [Symbol.asyncDispose](): Promise<void>
}
export type Day = { readonly run: CliResult; readonly report: Report | null; readonly set: DriftSet | undefined }

export const CASES = 100
const START = Date.UTC(2026, 10, 30, 5, 17)

export function watched(options: { cases?: number; extra?: string; model?: string; config?: string } = {}): Files {
  const count = options.cases ?? CASES
  const lines = Array.from({ length: count }, (_, i) => {
    const id = String(i).padStart(4, '0')
    return `${JSON.stringify({ id: `case-${id}`, vars: { question: `Is this case ${id}?` }, expected: `right ${id}` })}\n`
  })
  return {
    'README.md': '# Support\n',
    'prompts/support.md': 'Answer.\n',
    'evals/support.eval.yaml': `name: support
owner: "@acme/support"
target:
  prompt: ../prompts/support.md
  model: ${options.model ?? 'openai/gpt-4.1'}
  parameters: { temperature: 0, max_tokens: 50 }
cases: support.jsonl
scorers: [{ contains: "{{expected}}" }]
${options.extra ?? ''}`,
    'evals/support.jsonl': lines.join(''),
    ...(options.config === undefined ? {} : { 'parity.yaml': options.config }),
  }
}

export async function startDays(files: Files = watched(), options: FakeLlmOptions = {}): Promise<Days> {
  const repository = await createRepository()
  await repository.commit(files, 'Base', { branch: 'main' })
  const workspace = await repository.cloneFull('main')
  // A draw depends on the day, the case and how often it was asked that day: the same whatever the order of calls.
  let today = 0
  let asked = new Map<string, number>()
  const seed = String(options.seed ?? 'days')
  const llm = await startFakeLlm({
    record: false,
    validate: 'shapes',
    ...options,
    answer: (context) => {
      const key = `${context.model} ${context.prompt}`
      const times = (asked.get(key) ?? 0) + 1
      asked.set(key, times)
      return answerOf(context, days.weather, `${seed} ${today} ${times}`)
    },
  })
  const command: Days['command'] = (day, args, env = {}, kill = undefined) =>
    cli(args, {
      cwd: workspace,
      env: {
        ...providers(llm),
        ...(days.weather.down ? { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' } : {}),
        ...at(START + day * DAY_MS),
        ...env,
      },
      ...(kill === undefined ? {} : { kill }),
    })
  const read = async () => {
    const report = await reportIn(workspace)
    return { report, set: report?.drift?.sets[0] }
  }
  const days: Days = {
    ...{ repository, llm, workspace, command, read },
    weather: {},
    day: async (day, args = []) => {
      today = day
      asked = new Map()
      const run = await command(day, ['drift', ...args])
      return { run, ...(await read()) }
    },
    [Symbol.asyncDispose]: async () => {
      await llm.close()
      await repository[Symbol.asyncDispose]()
    },
  }
  return days
}

/** Twelve of a hundred cases usually fail, as in life; today's broken ones are the first of the others. */
function answerOf(context: CallContext, weather: Weather, draw: string): AnswerSpec {
  const id = /case (\d+)/.exec(context.prompt)?.[1] ?? '0'
  const broken = weather.brokenOf?.[context.model] ?? weather.broken ?? 0
  const usuallyFails = Number(id) % 100 >= 88 || Number(id) % 100 < whole(broken, id)
  const flips = fraction('flip', id, context.model, draw) < (weather.flake ?? 0.05)
  const text = usuallyFails === flips ? `${weather.words ?? 'It is'} right ${id}` : `No.`
  return {
    text,
    ...(weather.model === undefined ? {} : { model: weather.model }),
    ...(weather.fingerprint === undefined ? {} : { fingerprint: weather.fingerprint }),
  }
}

/** Of a part of a case that part of its runs. */
function whole(broken: number, id: string): number {
  const part = broken - Math.floor(broken)
  return Math.floor(broken) + (fraction('part', id, broken) < part ? 1 : 0)
}
