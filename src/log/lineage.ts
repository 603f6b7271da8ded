// The commits of one file through its names, newest first: `git log --follow`, but also through merges that join a rename
// with an edit of the old name.

import type { BlobChange, FileCommit, History } from '../ports.ts'

/** `before` is what the file was for each parent, under `previousPath` where it had another name. */
export type Step = FileCommit & {
  readonly previousPath?: string
  /** Where a file went that is gone from this name. */
  readonly movedTo?: string
}

const MAX_NAMES = 100

type Name = { readonly path: string; readonly from: string }

export async function lineage(start: Name, history: History): Promise<readonly Step[]> {
  const open: Name[] = [start]
  const names = new Set<string>()
  let steps: readonly Step[] = []
  let forked = false
  for (let name = open.shift(); name !== undefined && names.size < MAX_NAMES; name = open.shift()) {
    const key = `${name.from}\0${name.path}`
    if (names.has(key)) continue
    names.add(key)
    const found = await underOneName(name, history)
    // Behind a plain rename everything is older, whatever the dates say; only two names at one time need them.
    steps = forked ? interleaved(steps, found.steps) : [...steps, ...found.steps]
    open.push(...found.earlier)
    forked ||= open.length > 1 || found.earlier.length > (found.renamed ? 1 : 0)
  }
  return steps
}

async function underOneName({ path, from }: Name, history: History) {
  const commits = await history.ofFile(path, from)
  const asked = commits.flatMap((commit) => questions(commit))
  const answers = await history.changesIn(asked)
  const answerOf = new Map(asked.map((one, at) => [`${one.sha} ${one.parent ?? ''}`, answers[at] ?? []]))
  const steps: Step[] = []
  const earlier: Name[] = []
  for (const commit of commits) {
    const step = stepOf(commit, (parent) => answerOf.get(`${commit.sha} ${parent ?? ''}`) ?? [])
    steps.push(step.step)
    earlier.push(...step.earlier)
    // Before a rename the name belonged to nobody, or to another file.
    if (step.renamed) return { steps, earlier, renamed: true }
  }
  return { steps, earlier, renamed: false }
}

type Question = { readonly sha: string; readonly parent?: string }

/** A file that comes or goes may have been renamed; only then is the whole commit looked at. */
function questions({ sha, parents, before, after }: FileCommit): readonly Question[] {
  const comes = after !== null && before.includes(null)
  const goes = after === null
  if (!comes && !goes) return []
  if (before.length === 1) return [{ sha }]
  return parents.flatMap((parent, at) => (before[at] === null || goes ? [{ sha, parent }] : []))
}

function stepOf(commit: FileCommit, changes: (parent: string | null) => readonly BlobChange[]) {
  const { path, parents, before, after } = commit
  const merge = before.length > 1
  if (after === null) {
    const movedTo = changes(merge ? (parents[0] ?? null) : null).find((one) => one.previousPath === path)?.path
    return { step: movedTo === undefined ? commit : { ...commit, movedTo }, earlier: [], renamed: false }
  }
  const sources = before.map((id, at) =>
    id === null
      ? changes(merge ? (parents[at] ?? null) : null).find((one) => one.path === path && one.previousPath)
      : undefined,
  )
  const earlier = sources.flatMap((source, at): readonly Name[] => {
    const parent = parents[at]
    return source?.previousPath === undefined || parent === undefined
      ? []
      : [{ path: source.previousPath, from: parent }]
  })
  const previousPath = sources.find((source) => source !== undefined)?.previousPath
  const step: Step = {
    ...commit,
    before: before.map((id, at) => id ?? sources[at]?.before ?? null),
    ...(previousPath === undefined ? {} : { previousPath }),
  }
  return { step, earlier, renamed: !merge && previousPath !== undefined }
}

/** Two histories in one, by date; the order within each stays, and what both have is there once. */
function interleaved(one: readonly Step[], other: readonly Step[]): readonly Step[] {
  const known = new Set(one.map(({ sha, path }) => `${sha}\0${path}`))
  const left = [...one]
  const right = other.filter(({ sha, path }) => !known.has(`${sha}\0${path}`))
  const merged: Step[] = []
  while (left.length > 0 || right.length > 0) {
    const [a, b] = [left[0], right[0]]
    const takeLeft = b === undefined || (a !== undefined && Date.parse(a.date) >= Date.parse(b.date))
    const next = takeLeft ? left.shift() : right.shift()
    if (next !== undefined) merged.push(next)
  }
  return merged
}
