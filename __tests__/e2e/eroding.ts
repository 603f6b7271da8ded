// A repository in which every merge costs a few points: pull requests, merges and a history branch, through the shipped action.

import { recordId } from '../../src/drift/lines.ts'
import type { HistoryRecord, KeyRecord } from '../../src/drift/records.ts'
import { HISTORY_BRANCH } from '../../src/drift/records.ts'
import { createHistoryBranch } from '../../src/io/history-branch.ts'
import type { Report } from '../../src/report/report.ts'
import { fraction } from '../fakes/draw.ts'
import { type Proposer, pullRequestEvent, pushEvent } from '../fakes/events.ts'
import { git, tryGit } from '../fakes/git.ts'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { createMemoryStore } from '../fakes/memory-store.ts'
import { createRepository, type Files, type Repository } from '../fakes/repository.ts'
import { launch } from './launch.ts'
import { CAPITALS, project, rightAnswer } from './project.ts'

export type Eroding = {
  readonly cases?: number
  /** Chance that a run of an unbroken case fails. */
  readonly flake?: number
  readonly gates?: string
  readonly seed?: string
  /** Cases that version k of the prompt breaks for good, in all. */
  readonly broken: (version: number) => number
}

export type Ran = {
  readonly code: number | null
  readonly log: string
  readonly report: Report
  readonly calls: number
}

export type More = {
  readonly files?: Files
  readonly proposer?: Proposer
  /** Commits of the checkout, which then has no tags; left out: everything. */
  readonly depth?: number
  /** Told the workspace. */
  readonly seen?: (workspace: string) => void
}

export type World = {
  readonly repository: Repository
  readonly llm: FakeLlm
  /** Points that the provider takes away from now on, whatever the prompt. */
  provider: { broken: number; model: string | null }
  pullRequest(version: number, more?: More): Promise<Ran>
  /** Merges the branch of that pull request and runs the push to main. */
  merge(version: number): Promise<Ran>
  push(before: string, after: string, seen?: (workspace: string) => void): Promise<Ran>
  tag(name: string, ref?: string): Promise<void>
  records(): Promise<readonly HistoryRecord[]>
  append(records: readonly HistoryRecord[]): Promise<void>
  /** Ten runs of what is on main, as the scheduled job would record them. */
  baseline(at?: string): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export const promptOf = (version: number) => `You answer questions about geography.\nVersion ${version}.\n`

export async function eroding(options: Eroding): Promise<World> {
  const { cases = 100, flake = 0, gates = 'since: { ref: last-release, max_drop_points: 5 }' } = options
  const provider: World['provider'] = { broken: 0, model: null }
  const draws = new Map<string, number>()
  const answer = (context: CallContext) => {
    const version = Number(/Version (\d+)\./.exec(context.prompt)?.[1] ?? 0)
    const at = indexOf(context.prompt)
    const isBroken = cases - 1 - at < options.broken(version) || at < provider.broken
    const name = `${version} ${at}`
    const draw = (draws.get(name) ?? 0) + 1
    draws.set(name, draw)
    const isUnlucky = fraction(options.seed ?? 'eroding', name, draw) < flake
    const text = isBroken || isUnlucky ? 'That depends.' : rightAnswer(context)
    return provider.model === null ? text : { text, model: provider.model }
  }
  const llm = await startFakeLlm({ answer })
  const extra = `gates: { max_drop_points: 5, ${gates} }\n`
  const repository = await createRepository({ files: project({ prompt: promptOf(0), cases, extra }) })
  const open = async (root?: string) =>
    createHistoryBranch({
      root: root ?? (await repository.cloneFull('main')),
      store: createMemoryStore(),
      reportDir: await repository.scratch('history'),
      now: () => Date.parse('2026-11-28T06:00:00Z'),
    })
  const run = async (workspace: string, event: Parameters<typeof launch>[0]['event']): Promise<Ran> => {
    const before = llm.requests.length
    const { action, report } = await launch({ workspace, event, llm })
    if (report === null) throw new Error(`no report: ${action.stdout}`)
    return { code: action.code, log: action.stdout, report, calls: llm.requests.length - before }
  }
  const world: World = {
    repository,
    llm,
    provider,
    pullRequest: async (version, { files = {}, proposer = 'own', depth, seen } = {}) => {
      const branch = `change-${version}`
      const from = await repository.sha('main')
      await repository.commit({ 'prompts/capital.md': promptOf(version), ...files }, `Change ${version}`, {
        branch,
        from,
      })
      const pull = await repository.pull(version, 'main', branch)
      const ref = `refs/pull/${version}/merge`
      const workspace = await (depth === undefined ? repository.cloneFull(ref) : repository.cloneShallow(depth, ref))
      seen?.(workspace)
      return run(workspace, pullRequestEvent({ ...pull, headRef: branch, proposer }))
    },
    merge: async (version) => {
      const before = await repository.sha('main')
      const tree = await git(repository.bare, ['rev-parse', `change-${version}^{tree}`])
      const message = `Change ${version} (#${version})`
      const after = await git(repository.bare, ['commit-tree', tree, '-p', before, '-m', message])
      await git(repository.bare, ['update-ref', 'refs/heads/main', after])
      return world.push(before, after)
    },
    push: async (before, after, seen) => {
      const workspace = await repository.cloneFull(after)
      seen?.(workspace)
      return run(workspace, pushEvent({ before, after }))
    },
    tag: async (name, ref = 'main') => void (await git(repository.bare, ['tag', name, await repository.sha(ref)])),
    records: async () => (await (await open()).read()).records,
    append: async (records) => {
      const written = await (await open()).append(records)
      if (written.state !== 'written') throw new Error(written.why)
    },
    baseline: async (at = '2026-11-01T05:00:00Z') => {
      const records = await world.records()
      const run = records.findLast((one) => one.kind === 'run' && one.role === 'merge')
      const key = records.find(
        (one): one is KeyRecord => run?.kind === 'run' && one.kind === 'key' && one.key === run.key,
      )
      if (run?.kind !== 'run' || key === undefined) throw new Error('no merge to make a baseline of')
      const level = (i: number) => {
        const passed = Array.from(
          { length: 10 },
          (_, draw) => fraction(options.seed ?? '', 'baseline', i, draw) >= flake,
        )
        return passed.filter(Boolean).length / 10
      }
      const { levels: _, ...rest } = run
      const { evalSet, key: name, model, commit, figures } = rest
      await world.append([
        {
          ...{
            v: 1,
            kind: 'baseline',
            id: recordId('baseline', evalSet, name, at),
            at,
            evalSet,
            key: name,
            model,
            commit,
          },
          ...{ runs: 10, figures },
          cases: key.cases.map((_case, i) => ({ level: level(i), logOutput: null, logLatency: null })),
        },
      ])
    },
    [Symbol.asyncDispose]: async () => {
      await llm.close()
      await repository[Symbol.asyncDispose]()
    },
  }
  return world
}

function indexOf(prompt: string): number {
  const again = /\(question (\d+)\)/.exec(prompt)?.[1]
  if (again !== undefined) return Number(again)
  return COUNTRIES.findIndex((country) => prompt.includes(`of ${country}?`))
}
const COUNTRIES = CAPITALS.map(([country]) => country)

export const branchExists = async (repository: Repository) =>
  (await tryGit(repository.bare, 'rev-parse', '--verify', '--quiet', `refs/heads/${HISTORY_BRANCH}`)) !== null

/** The row of the guard. */
export const guardOf = ({ report }: Ran) => {
  const [set] = report.evalSets
  return {
    row: set?.gates.find((one) => one.rule === 'erosion'),
    finding: report.verdict.findings.find((one) => one.rule === 'erosion'),
    since: set?.past?.since ?? null,
    outcome: report.verdict.outcome,
  }
}
