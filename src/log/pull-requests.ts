// The pull request that brought a commit: by its own subject, else by that of the merge commit that joined its branch.

import type { GraphCommit } from '../ports.ts'

/** GitHub's squash and merge subjects, Bitbucket's and Azure's; null when the subject names none. */
export function pullRequestOf(subject: string): number | null {
  const match =
    /^Merge pull request #(\d{1,9})\b/i.exec(subject) ??
    /\(#(\d{1,9})\)\s*$/.exec(subject) ??
    /\(pull request #(\d{1,9})\)\s*$/i.exec(subject) ??
    /^Merged PR (\d{1,9})\b/.exec(subject)
  return match?.[1] === undefined ? null : Number(match[1])
}

/**
 * For each commit, the one that brought it: a merge of a pull request, or itself. Oldest first, since what an earlier merge
 * brought was there before a later one; behind other merges (of the main branch into a topic, say) the search goes on.
 */
export function broughtBy(graph: readonly GraphCommit[], tip: string): ReadonlyMap<string, GraphCommit> {
  const commits = new Map(graph.map((commit) => [commit.sha, commit]))
  const brought = new Map<string, GraphCommit>()
  const lineFrom = (sha: string) => {
    const line: GraphCommit[] = []
    let at = commits.get(sha)
    for (; at !== undefined && !brought.has(at.sha); at = commits.get(at.parents[0] ?? '')) line.push(at)
    return line
  }
  const lines = [lineFrom(tip)]
  for (let line = lines.at(-1); line !== undefined; line = lines.at(-1)) {
    const commit = line.pop()
    if (commit === undefined) lines.pop()
    else if (!brought.has(commit.sha)) {
      brought.set(commit.sha, commit)
      const branches = commit.parents.slice(1)
      if (pullRequestOf(commit.subject) === null) lines.push(...branches.map(lineFrom))
      else flood(branches, commit, { commits, brought })
    }
  }
  return brought
}

type Maps = { readonly commits: ReadonlyMap<string, GraphCommit>; readonly brought: Map<string, GraphCommit> }

function flood(from: readonly string[], by: GraphCommit, { commits, brought }: Maps): void {
  const open = [...from]
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    const one = commits.get(sha)
    if (one === undefined || brought.has(sha)) continue
    brought.set(sha, by)
    open.push(...one.parents)
  }
}
