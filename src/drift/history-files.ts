// The files of the branch that are made anew from all records, for the `files` of HistoryStore.append.

import type { HistoryFiles, KnownHistory } from '../ports.ts'
import { ownRecords } from './own.ts'
import { pageOf } from './page.ts'
import { type RegisteredPrompt, registryOf, registryText } from './registry.ts'

/** @param prompts of the eval sets that the job loaded; others stay in the registry as they are */
export function historyFiles(of: {
  readonly prompts: readonly RegisteredPrompt[]
  /** Names the configuration whose prompts they are. */
  readonly config: string
  readonly now: number
}): (after: KnownHistory) => HistoryFiles {
  return ({ records, registry: previous }) => {
    const registry = registryOf({ records: ownRecords(records, of.config), previous, prompts: of.prompts })
    return { 'index.html': pageOf({ records, registry, now: of.now }), 'registry.json': registryText(registry) }
  }
}
