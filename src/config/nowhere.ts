// A configuration or a folder that a run is told to use and that is not there.

import { posix } from 'node:path'
import { UserError } from '../errors.ts'
import { DEFAULT_CONFIG } from '../inputs.ts'
import type { Tree } from '../ports.ts'

/** Without it a run that looks where nothing is would be green. */
export async function refuseNowhere(
  { path, directory }: { readonly path: string; readonly directory: string },
  trees: { base: Tree | null; head: Tree },
): Promise<void> {
  if (path !== posix.join(directory, DEFAULT_CONFIG))
    throw new UserError({
      what: 'there is no such configuration.',
      place: { path },
      remedy: 'Correct `config`, or leave it out: without a parity.yaml the defaults apply.',
    })
  if (directory === '') return
  for (const tree of [trees.head, trees.base])
    if ((await tree?.list())?.some(({ path: one }) => one.startsWith(`${directory}/`))) return
  throw new UserError({
    what: `there is no folder "${directory}" in this commit.`,
    expected: 'a folder of the repository that has a file in it',
    remedy: 'Correct `working-directory`; it is relative to the root of the repository.',
  })
}
