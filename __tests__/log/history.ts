// `promptLog` on a scratch repository, and the program for what only the command line can show.

import { createGit } from '../../src/io/git.ts'
import { createHistory } from '../../src/io/git-history.ts'
import { type PromptLog, promptLog } from '../../src/log.ts'
import type { Repository } from '../fakes/repository.ts'

type Options = { readonly limit?: number; readonly here?: string; readonly root?: string; readonly report?: string }

export async function logOf(repository: Repository, reference: string, options: Options = {}): Promise<PromptLog> {
  const { limit = 50, here = '', report = null } = options
  const root = options.root ?? (await repository.cloneFull())
  const request = { place: { reference, folders: [here] }, here, limit, declared: [], report }
  return promptLog(request, createGit({ root }), createHistory({ root }))
}

/** Newest first: `changed subject`. */
export const rows = (log: PromptLog) => log.versions.map((one) => `${one.status} ${one.reason}`)
