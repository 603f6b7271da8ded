// One pull request from start to finish: a repository with both sides, the fakes around it, and the shipped dist/.

import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Report } from '../../src/report/report.ts'
import { type Permissions, type Proposer, pullRequestEvent } from '../fakes/events.ts'
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from '../fakes/github.ts'
import { type FakeLlm, type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import { createRepository, type Files, type Repository } from '../fakes/repository.ts'
import { type ActionResult, type ActionRun, runAction } from '../fakes/runner.ts'
import { at, MOVED } from './today.ts'

export const ROOT = join(import.meta.dirname, '..', '..')
export const ACTION = join(ROOT, 'dist', 'action.cjs')
export const CLI = join(ROOT, 'dist', 'cli.cjs')

export type Scene = {
  readonly base: Files
  /** What the pull request changes; null deletes. */
  readonly head: Files
  /** Commits on the base branch after the pull request was opened. */
  readonly baseMovesOn?: Files
  readonly llm?: FakeLlmOptions
  readonly github?: Partial<FakeGitHubOptions>
  readonly permissions?: Partial<Permissions>
  readonly proposer?: Proposer
  readonly inputs?: { readonly [name: string]: string }
  readonly env?: { readonly [name: string]: string }
  readonly checkout?: 'full' | 'shallow'
  readonly event?: Partial<ActionRun>
  readonly cancel?: NonNullable<ActionRun['cancel']>
  /** Without keys in the environment. */
  readonly keyless?: boolean
}

export type Stage = {
  readonly repository: Repository
  readonly llm: FakeLlm
  readonly github: FakeGitHub
  readonly workspace: string
  readonly headSha: string
  run(change?: Partial<Pick<Scene, 'inputs' | 'env' | 'cancel' | 'event'>>): Promise<Played>
  [Symbol.asyncDispose](): Promise<void>
}

export type Played = {
  readonly action: ActionResult
  readonly report: Report | null
  /** A file of the report directory; '' when it is not there. */
  file(name: string): Promise<string>
  comments(): readonly string[]
}

const PULL = 7

export async function stage(scene: Scene): Promise<Stage> {
  const repository = await createRepository()
  await repository.commit(scene.base, 'Base', { branch: 'main' })
  const opened = await repository.sha('main')
  await repository.commit(scene.head, 'Change', { branch: 'change', from: opened })
  if (scene.baseMovesOn) await repository.commit(scene.baseMovesOn, 'Meanwhile', { branch: 'main' })
  const pull = await repository.pull(PULL, 'main', 'change')
  const workspace =
    scene.checkout === 'shallow'
      ? await repository.cloneShallow(1, `refs/pull/${PULL}/merge`)
      : await repository.cloneFull(`refs/pull/${PULL}/merge`)
  const llm = await startFakeLlm({ seed: 'stage', ...scene.llm })
  const proposer = scene.proposer ?? 'own'
  const event = pullRequestEvent({ ...pull, baseSha: opened, proposer })
  const github = await startFakeGitHub({
    bare: repository.bare,
    pulls: [{ number: PULL, baseSha: opened, proposer }],
    permissions: { ...event.permissions, ...scene.permissions },
    ...scene.github,
  })
  const keys =
    scene.keyless || !event.secrets
      ? {}
      : {
          OPENAI_API_KEY: 'sk-test-0123456789abcdef',
          ANTHROPIC_API_KEY: 'sk-ant-test-0123456789',
          GEMINI_API_KEY: 'gemini-test-0123456789',
        }
  const run = async (change: Partial<Scene> = {}): Promise<Played> => {
    const { permissions: _, secrets: __, ...facts } = event
    const action = await runAction({
      ...facts,
      entry: ACTION,
      nodeArguments: MOVED,
      metadata: join(ROOT, 'action.yml'),
      token: github.token,
      workspace,
      apiUrl: github.apiUrl,
      graphqlUrl: github.graphqlUrl,
      inputs: { ...scene.inputs, ...change.inputs },
      env: {
        ...keys,
        ...at(),
        OPENAI_BASE_URL: `${llm.url}/v1`,
        ANTHROPIC_BASE_URL: llm.url,
        GEMINI_BASE_URL: llm.url,
        ...scene.env,
        ...change.env,
      },
      ...scene.event,
      ...change.event,
      ...((change.cancel ?? scene.cancel) ? { cancel: change.cancel ?? scene.cancel } : {}),
    } as ActionRun)
    const file = (name: string) => readFile(join(workspace, '.parity', 'report', name), 'utf8').catch(() => '')
    const json = await file('report.json')
    return {
      action,
      report: json === '' ? null : JSON.parse(json),
      file,
      comments: () => [...github.state.comments.values()].map((one) => one.body),
    }
  }
  return {
    repository,
    llm,
    github,
    workspace,
    headSha: pull.headSha,
    run,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([llm.close(), github.close()])
      await repository[Symbol.asyncDispose]()
    },
  }
}

/** A copy of dist/ and the example alone, as on a machine that has nothing else. */
export async function copyOfDist(): Promise<{ readonly folder: string; [Symbol.asyncDispose](): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-dist-'))
  await cp(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true })
  await cp(join(ROOT, 'evals-example'), join(folder, 'evals-example'), { recursive: true })
  await cp(join(ROOT, 'action.yml'), join(folder, 'action.yml'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) }
}
