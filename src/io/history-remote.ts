// The history branch between this checkout and `origin`: fetched, pushed, and what a refusal means in words.

import type { GitOptions } from './git.ts'
import { runGit } from './git-process.ts'

export type RunGit = (
  args: readonly string[],
  more?: {
    readonly input?: string
    readonly env?: { readonly [name: string]: string }
    readonly timeoutMs?: number
  },
) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>

export function gitRunner(options: GitOptions): RunGit {
  return (args, more = {}) => runGit({ root: options.root, args, options, ...more })
}

/** `backup`: the commit of the second ref, which moves with the branch and only with it; null where there is none. */
export type Tip =
  | { readonly state: 'at'; readonly commit: string; readonly backup: string | null }
  | { readonly state: 'absent'; readonly backup: string | null }
  /** `busy`: not origin, but another git in this checkout, which has it locked for a moment. */
  | { readonly state: 'unreachable'; readonly why: string; readonly busy: boolean }

export type Pushed =
  | { readonly state: 'done' }
  /** Another writer was first. */
  | { readonly state: 'raced' }
  /** `passing`: it may work a moment later. `denied`: to this token, whatever it writes. */
  | { readonly state: 'refused'; readonly why: string; readonly passing: boolean; readonly denied: boolean }

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

const CONFIG = ['gc.auto=0', 'maintenance.auto=false', 'push.gpgSign=false', 'push.followTags=false']
const NET = CONFIG.flatMap((setting) => ['-c', setting])
const FETCH = ['fetch', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--quiet']
/** An origin that does not answer must not keep a run that is done. */
const LONGEST_FETCH_MS = 60_000
const PUSH = ['push', '--porcelain', '--no-verify', '--recurse-submodules=no']
/** No branch and no tag: whoever deletes or rewinds the branch leaves it where it is, and a fresh runner finds it. */
const BACKUP = 'refs/prompt-parity/history'
/** With a star, a ref that is not there is no error. */
const BACKUP_SPEC = '+refs/prompt-parity/*:refs/prompt-parity/*'

export function createRemote(git: RunGit, branch: string): HistoryRemote {
  const [local, tracking] = [`refs/heads/${branch}`, `refs/remotes/origin/${branch}`]
  const commitAt = (ref: string) => commitOf(git, ref)
  // A full clone must stay one; a shallow one gets no more than it needs.
  let shallow: Promise<boolean> | undefined
  const depth = async (commits: number) => {
    shallow ??= git(['rev-parse', '--is-shallow-repository']).then(({ stdout }) => stdout.trim() === 'true')
    return (await shallow) ? [`--depth=${commits}`] : []
  }
  const fetchRefs = async (specs: readonly string[], commits = 1) =>
    git([...NET, ...FETCH, ...(await depth(commits)), 'origin', ...specs], { timeoutMs: LONGEST_FETCH_MS })
  const branchSpec = `+${local}:${tracking}`
  const pushRefs = async (flags: readonly string[], specs: readonly string[]) => {
    const pushed = await git([...NET, ...PUSH, ...flags, 'origin', ...specs])
    return pushed.code === 0 ? ({ state: 'done' } as const) : refusal(pushed)
  }
  return {
    fetch: async () => {
      const fetched = await fetchRefs([branchSpec, BACKUP_SPEC])
      if (fetched.code !== 0 && !isAbsent(fetched.stderr)) return unreachable(fetched.stderr)
      const commit = fetched.code === 0 ? await commitAt(tracking) : null
      if (commit === null) await fetchRefs([BACKUP_SPEC])
      const backup = await commitAt(BACKUP)
      return commit === null ? { state: 'absent', backup } : { state: 'at', commit, backup }
    },
    push: async ({ commit, expected, squash }) => {
      const lease = squash ? [`--force-with-lease=${local}:${expected ?? ''}`] : []
      const own = `${commit}:${local}`
      const both = await pushRefs([...lease, '--atomic'], [own, `+${commit}:${BACKUP}`])
      // Some remotes take no refs but branches and tags; the branch alone is a history too.
      const alone = both.state === 'refused' && !both.denied
      const pushed = alone ? await pushRefs(lease, [own]) : both
      if (pushed.state === 'done') await git(['update-ref', tracking, commit])
      return pushed
    },
    obtain: async (commit) => {
      if ((await commitAt(commit)) !== null) return true
      await git([...NET, ...FETCH, ...(await depth(1)), 'origin', commit])
      return (await commitAt(commit)) !== null
    },
    ancestors: async (commit, most) => {
      if ((await depth(most)).length > 0) await fetchRefs([branchSpec], most)
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
      return commit === null ? { state: 'absent', backup: null } : { state: 'at', commit, backup: null }
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
      return refused(`git could not write the branch: ${said(done.stderr)}`)
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
  const busy = /\.lock': File exists|shallow file has changed since we read it/.test(stderr)
  return { state: 'unreachable', why: `it could not be fetched from origin (git said: ${said(stderr)})`, busy }
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
    return denied(
      `the token may not write to the repository (git said: ${said(stderr)}). Give the job \`permissions: contents: write\`; a pull request of a fork never has it`,
    )
  if (UNKNOWN_USER.test(all))
    return denied(
      `origin does not know who is asking (git said: ${said(stderr)}). In a workflow give the job \`permissions: contents: write\` and pass \`github-token\`; elsewhere log git in`,
    )
  if (RACED.test(all)) return { state: 'raced' }
  return { ...refused(`origin did not take it (git said: ${said(stderr)})`), passing: true }
}

const refused = (why: string) => ({ state: 'refused', passing: false, denied: false, why }) as const
const denied = (why: string) => ({ ...refused(why), denied: true }) as const

/** The line that says why, without addresses: they may hold a token. */
function said(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const telling =
    lines.find((line) => /^(remote: )?(error|fatal|GH\d+|!|.*denied)/i.test(line)) ?? lines.find((line) => line !== '')
  return (telling ?? 'nothing').replace(/[a-z+]+:\/\/\S+/gi, '…').slice(0, 200)
}
