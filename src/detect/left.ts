// Eval sets whose prompt left the repository.

import type { DetectInput } from '../detect.ts'
import type { Change } from '../domain.ts'
import type { Tree } from '../ports.ts'
import { GONE, hostedName, newlyHosted } from './hosted.ts'

/** Eval sets whose prompt is now a name in a hosted registry. */
export async function leftForRegistry({ sets, trees, files }: DetectInput): Promise<readonly Change[]> {
  const paths = sets.pairs.flatMap(({ base }) => (base?.target.kind === 'prompt' ? [base.path] : []))
  const changed = [...new Set(paths)].filter((path) =>
    files.some((file) => file.path === path && file.status === 'modified'),
  )
  const found = changed.map(async (path): Promise<readonly Change[]> => {
    const before = trees.base === null ? null : await readOrNull(trees.base, path)
    return newlyHosted(before, await readOrNull(trees.head, path)).map((one) => ({
      kind: 'prompt',
      path,
      line: one.line,
      evalSets: [],
      covered: false,
      why: `the prompt of ${path} is replaced by ${hostedName(one)}: ${GONE}`,
    }))
  })
  return (await Promise.all(found)).flat()
}

const readOrNull = (tree: Tree, path: string) => tree.read(path).catch(() => null)
