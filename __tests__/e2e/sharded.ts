// One change, run whole and in shards: what must not differ between the two.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '../../src/report/report.ts'
import type { FakeLlm } from '../fakes/llm.ts'
import { createRepository, type Files } from '../fakes/repository.ts'
import { type CliResult, cli, providers } from './launch.ts'

export type Trees = { readonly base: Files; readonly head: Files }

export type Ran = CliResult & { readonly report: Report; readonly folder: string }

export type Workshop = {
  readonly cwd: string
  /** Where shards and merges write, one folder each. */
  readonly out: string
  whole(args?: readonly string[]): Promise<Ran>
  shard(index: number, of: number, args?: readonly string[]): Promise<Ran>
  /** Into a folder of its own beside the shards. */
  merge(folders: readonly string[], args?: readonly string[]): Promise<Ran>
  verify(ran: Ran): Promise<readonly { readonly agrees: boolean; readonly outcome: string }[]>
  [Symbol.asyncDispose](): Promise<void>
}

export async function workshop(trees: Trees, llm: FakeLlm): Promise<Workshop> {
  const repository = await createRepository({ files: trees.base })
  await repository.commit(trees.head, 'Change', { branch: 'change' })
  const cwd = await repository.cloneFull('change')
  const out = await mkdtemp(join(tmpdir(), 'parity-shards-'))
  let runs = 0
  const run = async (name: string, words: readonly string[], args: readonly string[] = []): Promise<Ran> => {
    const folder = join(out, name)
    runs += 1
    const own = ['--report-dir', folder, '--state-dir', join(out, `state-${runs}`), '--format', 'json']
    const ran = await cli([...words, ...own, ...args], { cwd, env: providers(llm) })
    return { ...ran, folder, report: ran.stdout === '' ? null : JSON.parse(ran.stdout) } as Ran
  }
  const sides = ['--base', 'origin/main', '--head', 'HEAD']
  return {
    cwd,
    out,
    whole: (args) => run('whole', ['run', ...sides], args),
    shard: (index, of, args) => run(`parts/${of}/shard-${index}`, ['run', ...sides, '--shard', `${index}/${of}`], args),
    merge: (folders, args) => run(`merged-${runs}`, ['ci', 'merge', ...folders], args),
    verify: async ({ folder }) => JSON.parse((await cli(['verify', join(folder, 'report.json')], { cwd })).stdout),
    [Symbol.asyncDispose]: async () => {
      await repository[Symbol.asyncDispose]()
      await rm(out, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Everything that does not depend on when, where and in how many jobs a run was made. */
export function comparable({ verdict, evalSets, routes, changes, uncovered, notRun, run }: Report): unknown {
  return {
    ...{ verdict, routes, changes, uncovered, notRun },
    evalSets: evalSets.map(({ latency: _, gates, noise: __, ...set }) => ({
      ...set,
      gates: gates.filter((gate) => !gate.rule.startsWith('latency')),
    })),
    plan: run.plan,
  }
}
