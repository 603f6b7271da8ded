// What one run is asked to do, whoever asks: the action's inputs or the command line's flags.

import { posix } from 'node:path'
import type { SideRequest } from './sides.ts'

export type RunCommand = 'run' | 'detect' | 'drift' | 'candidates'
export type Job = {
  readonly command: RunCommand
  readonly request: SideRequest
  /** Folder of a monorepo, relative to the repository root; '' for the root. */
  readonly workingDirectory: string
  /** Path of the configuration, relative to the working directory. */
  readonly configPath: string
  /** Candidates that the command line names; without them those of the eval sets. */
  readonly models?: readonly string[]
  readonly evals: 'affected' | 'all' | readonly string[]
  readonly mode: 'enforce' | 'report' | null
  readonly maxUsd: string | null
  readonly onInconclusive: 'pass' | 'fail'
  readonly onNotMeasured: 'pass' | 'fail'
  readonly allowCode: 'never' | 'base' | 'trusted'
  readonly comment: CommentWhen | null
  readonly shard: { readonly index: number; readonly of: number } | null
  readonly reportDir: string
  readonly stateDir: string
  readonly dryRun: boolean
  readonly useStored: boolean
  readonly provenance: Provenance
  /** Why no call can be made whatever the configuration says; null when calls are possible. */
  readonly planOnly: string | null
}

/** Names the configuration among those of a repository: its path from the root. */
export const configName = ({ workingDirectory, configPath }: Pick<Job, 'workingDirectory' | 'configPath'>): string =>
  posix.join(workingDirectory, configPath)

/** A push to the default branch is a merge that the history keeps. */
export const isMerge = ({ request }: Pick<Job, 'request'>): boolean =>
  request.kind === 'push' && request.defaultBranch !== null && request.ref === `refs/heads/${request.defaultBranch}`

export type CommentWhen = 'always' | 'changes' | 'failures' | 'never'

export type Provenance = {
  readonly actor: string | null
  readonly event: string
  readonly pr: number | null
  readonly runUrl: string | null
  readonly attempt: number | null
}
