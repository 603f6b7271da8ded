// A whole eval set that this change takes away: all of its cases at once.

import { globMatcher } from '../config/globs.ts'
import type { EvalSet, Finding } from '../domain.ts'
import type { FileChange } from '../ports.ts'
import { removedFindings } from './cases.ts'
import { listed, type Reviewed } from './reviewed.ts'

type Removed = Pick<Reviewed, 'level' | 'lastResult'> & {
  readonly base: EvalSet
  readonly files: readonly FileChange[]
}

/** What goes with the prompt or application that it was about is no loss: nothing is left to be watched. */
export function removedSetFindings({ base, files, level, lastResult }: Removed): readonly Finding[] {
  const fate = fateOf(base, files)
  if (fate === 'removed') return []
  const count = base.cases.length
  const finding: Finding = {
    rule: 'cases-changed',
    level: level === 'fail' && fate === 'changed' ? 'fail' : 'warn',
    evalSet: base.name,
    threshold: '10 %',
    value: `${count} of ${count}`,
    message: `The eval set was removed with its ${listed(count)}, and what it was about ${fate === 'changed' ? 'changes in the same pull request' : 'is still here'}: nothing compares it by them any more.`,
    remedy: 'Remove the eval set in a pull request of its own, or keep it until this one is merged.',
    place: { path: base.path },
  }
  return [finding, ...removedFindings(base.cases, { base, lastResult, name: base.name })]
}

/** What became of the candidate: of the prompt's files, or of the files of an application. */
function fateOf(base: EvalSet, files: readonly FileChange[]): 'removed' | 'changed' | 'same' {
  const { target } = base
  const changes = new Map(
    files.flatMap((file) => [[file.path, file] as const, [file.previousPath ?? file.path, file] as const]),
  )
  if (target.kind === 'prompt') {
    const { path, sources } = target.prompt
    // A prompt that is written in the file of the set went with it.
    if (path === base.path || changes.get(path)?.status === 'deleted') return 'removed'
    return [path, ...sources].some((source) => changes.has(source)) ? 'changed' : 'same'
  }
  const own = new Set(base.sources.map(({ path }) => path))
  const isOfIt = partOf(base)
  const parts = [...changes].filter(([path]) => !own.has(path) && isOfIt(path)).map(([, { status }]) => status)
  if (parts.length === 0) return 'same'
  return parts.every((status) => status === 'deleted') ? 'removed' : 'changed'
}

/** Files that an application is known to be made of: what its command names, and what `paths` watches. */
function partOf({ target, paths }: EvalSet): (path: string) => boolean {
  const named = target.kind === 'command' ? [...target.command, ...(target.setup ?? []), target.module?.path ?? ''] : []
  const words = new Set(named.flatMap((word) => word.split(/\s+/)).map((word) => word.replace(/^\.\//, '')))
  const isWatched = globMatcher(paths)
  return (path) => words.has(path) || (paths.length > 0 && isWatched(path))
}
