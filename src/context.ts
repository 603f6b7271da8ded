// What both sides' files say about the run: what changed, and where the configuration is.

import { posix } from 'node:path'
import type { Sides } from './domain.ts'
import type { Job } from './job.ts'
import type { FileChange, Git } from './ports.ts'

export type SideContext = {
  readonly files: readonly FileChange[]
  /** Relative to the repository root. */
  readonly configPath: string
  readonly contentIds: { readonly base: string; readonly head: string }
}

/** Relative to the repository root. */
export const configPathOf = (job: Job) => posix.join(job.workingDirectory, job.configPath)

export async function contextOf(job: Job, of: { sides: Sides; git: Git }): Promise<SideContext> {
  const { base, head } = of.sides
  const configPath = configPathOf(job)
  const baseSha = base?.sha ?? null
  const [files, headId, baseId] = await Promise.all([
    baseSha === null ? [] : of.git.changes(baseSha, head.sha),
    of.git.contentId(head.sha),
    baseSha === null ? '' : of.git.contentId(baseSha),
  ])
  return { files, configPath, contentIds: { base: baseId, head: headId } }
}
