// The history branch between this checkout and `origin`: fetched, pushed, and what a refusal means in words.

import type { GitOptions } from './git.ts'
import { runGit } from './git-process.ts'

export type RunGit = (
  args: readonly string[],
  more?: { readonly input?: string; readonly env?: { readonly [name: string]: string } },
) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>

export function gitRunner(options: GitOptions): RunGit {
  return (args, more = {}) => runGit({ root: options.root, args, options, ...more })
}

export type Tip =
  | { readonly state: 'at'; readonly commit: string }
  | { readonly state: 'absent' }
  | { readonly state: 'unreachable'; readonly why: string }

export type Pushed =
  | { readonly state: 'done' }
  /** Another writer was first. */
  | { readonly state: 'raced' }
  /** `passing`: it may work a moment later. */
  | { readonly state: 'refused'; readonly why: string; readonly passing: boolean }

export type Push = {
  readonly commit: string
  /** What the branch must still be at; null = it must not be there. */
  readonly expected: string | null
  /** The new commit does not follow the expected one. */
  readonly squash: boolean
}

async function commitOf(git: RunGit, ref: string): Promise<string | null> {
  const found = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`])
  return found.code === 0 ? found.stdout.trim() : null
}

/** The earlier ones among the last commits. */
async function parentsOf(git: RunGit, commit: string, most: number): Promise<readonly string[]> {
  const listed = await git(['rev-list', `--max-count=${most}`, commit, '--'])
  return listed.stdout.split('\n').filter((sha) => sha !== '' && sha !== commit)
}

export type HistoryRemote = {
  /** What the branch is at now, with its objects here. */
  fetch(): Promise<Tip>
  push(push: Push): Promise<Pushed>
  /** A commit by its id, wherever it can be had from; false when nowhere. */
  obtain(commit: string): Promise<boolean>
  /** Earlier commits of the branch, newest first, as far as they can be had. */
  ancestors(commit: string, most: number): Promise<readonly string[]>
  /** What this checkout knew of the branch on origin before it was fetched, and a branch of its own. */
  before(): Promise<{ readonly tracked: string | null; readonly own: string | null }>
}

const NET = [
  '-c',
  'gc.auto=0',
  '-c',
  'maintenance.auto=false',
  '-c',
  'push.gpgSign=false',
  '-c',
  'push.followTags=false',
]
const FETCH = ['fetch', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--quiet']

export function createRemote(git: RunGit, branch: string): HistoryRemote {
  const [local, tracking] = [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`]
  const commitAt = (ref: string) => commitOf(git, ref)
  // A full clone must stay one; a shallow one gets no more than it needs.
  let shallow: Promise<boolean> | undefined
  const depth = async (commits: number) => {
    shallow ??= git(['rev-parse', '--is-shallow-repository']).then(({ stdout }) => stdout.trim() === 'true')
    return (await shallow) ? [`--depth=${commits}`] : []
  }
  const fetchBranch = async (commits: number) =>
    git([...NET, ...FETCH, ...(await depth(commits)), 'origin', `+${local}:${tracking}`])
  return {
    fetch: async () => {
      const fetched = await fetchBranch(1)
      if (fetched.code !== 0) return isAbsent(fetched.stderr) ? { state: 'absent' } : unreachable(fetched.stderr)
      const commit = await commitAt(tracking)
      return commit === null ? { state: 'absent' } : { state: 'at', commit }
    },
    push: async ({ commit, expected, squash }) => {
      const lease = squash ? [`--force-with-lease=${local}:${expected ?? ''}`] : []
      const flags = ['push', '--porcelain', '--no-verify', '--recurse-submodules=no', ...lease]
      const pushed = await git([...NET, ...flags, 'origin', `${commit}:${local}`])
      if (pushed.code !== 0) return refusal(pushed)
      await git(['update-ref', tracking, commit])
      return { state: 'done' }
    },
    obtain: async (commit) => {
      if ((await commitAt(commit)) !== null) return true
      await git([...NET, ...FETCH, ...(await depth(1)), 'origin', commit])
      return (await commitAt(commit)) !== null
    },
    ancestors: async (commit, most) => {
      if ((await depth(most)).length > 0) await fetchBranch(most)
      return parentsOf(git, commit, most)
    },
    before: async () => ({ tracked: await commitAt(tracking), own: await commitAt(local) }),
  }
}

/** A repository without `origin`: the branch is here alone. */
export function createLocalBranch(git: RunGit, branch: string): HistoryRemote {
  const local = `refs/heads/${branch}`
  return {
    fetch: async () => {
      const commit = await commitOf(git, local)
      return commit === null ? { state: 'absent' } : { state: 'at', commit }
    },
    push: async ({ commit, expected }) => {
      const done = await git([
        'update-ref',
        '-m',
        'drift history',
        local,
        commit,
        expected ?? '0'.repeat(commit.length),
      ])
      if (done.code === 0) return { state: 'done' }
      if (/cannot lock ref|is at .* but expected|reference already exists/.test(done.stderr)) return { state: 'raced' }
      return { state: 'refused', passing: false, why: `git could not write the branch: ${said(done.stderr)}` }
    },
    obtain: async (commit) => (await commitOf(git, commit)) !== null,
    ancestors: async (commit, most) => {
      return parentsOf(git, commit, most)
    },
    before: async () => ({ tracked: null, own: null }),
  }
}

const isAbsent = (stderr: string) => /couldn't find remote ref|could not find remote ref/i.test(stderr)

function unreachable(stderr: string): Tip {
  return { state: 'unreachable', why: `it could not be fetched from origin (git said: ${said(stderr)})` }
}

const RACED =
  /\[rejected\]|\[remote rejected\].*\((cannot lock ref|failed to update ref|failed to lock|reference already exists|incorrect old value)/
const PROTECTED = /protected branch|GH006|GH013|rule violations|hook declined|deny updating|denyNonFastForwards/i
const FORBIDDEN =
  /Permission to .* denied|error: 403|returned error: 403|Write access to repository not granted|read-only/i
const UNKNOWN_USER =
  /could not read Username|Authentication failed|returned error: 401|Permission denied \(|Repository not found|returned error: 404/i

function refusal({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): Pushed {
  const all = `${stdout}\n${stderr}`
  if (PROTECTED.test(all)) return refused(`the branch is protected (git said: ${said(all)}). Exempt it from the rule`)
  if (FORBIDDEN.test(all))
    return refused(
      `the token may not write to the repository (git said: ${said(stderr)}). Give the job \`permissions: contents: write\`; a pull request of a fork never has it`,
    )
  if (UNKNOWN_USER.test(all))
    return refused(
      `origin does not know who is asking (git said: ${said(stderr)}). In a workflow give the job \`permissions: contents: write\` and pass \`github-token\`; elsewhere log git in`,
    )
  if (RACED.test(all)) return { state: 'raced' }
  return { ...refused(`origin did not take it (git said: ${said(stderr)})`), passing: true }
}

const refused = (why: string) => ({ state: 'refused', passing: false, why }) as const

/** The line that says why, without addresses: they may hold a token. */
function said(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const telling =
    lines.find((line) => /^(remote: )?(error|fatal|GH\d+|!|.*denied)/i.test(line)) ?? lines.find((line) => line !== '')
  return (telling ?? 'nothing').replace(/[a-z+]+:\/\/\S+/gi, '…').slice(0, 200)
}
