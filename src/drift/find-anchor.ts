// Where an anchor is: the commit of a release, a tag or a branch, with those that it comes from. A checkout of one commit has no
// tags and no history: what is missing is fetched, as the base is, and what cannot be is said with its way out.

import { DEEPEN } from '../commits.ts'
import type { Git } from '../ports.ts'
import type { FoundAnchor } from './anchor.ts'
import { lastRelease, releasesOf, type Tag } from './release.ts'

/** Nearest first. */
export type Commits = { readonly name: string; readonly commits: readonly string[] }

export type AnchorSearch = {
  readonly git: Git
  /** Of the gate; `baseline` is no commit. */
  readonly ref: string
  /** Where releases must lead up to. */
  readonly from: string | null
  /** Commits of the merges that have a record: nothing else can be an anchor. */
  readonly recorded: ReadonlySet<string>
}

/** The highest releases may be of other lines than the one that the base is on. */
const MOST_RELEASES = 5

const FULL = 'Check out with `fetch-depth: 0`: actions/checkout then brings all commits and all tags.'
const ALLOW = `${FULL} Or let this run fetch them: it needs \`github-token\` with \`contents: read\`, or a checkout that keeps its credentials.`

const none = (why: string, remedy: string): FoundAnchor => ({ state: 'none', why, remedy })

export async function findAnchor(search: AnchorSearch): Promise<Commits | FoundAnchor> {
  const found = search.ref === 'last-release' ? await release(search) : await named(search)
  if ('state' in found) return found
  return { name: found.name, commits: await recordedAncestry(search, found) }
}

// ------------------------------------------------------------------------------------------------- releases

async function release(search: AnchorSearch): Promise<Tag | FoundAnchor> {
  const { git, from, recorded } = search
  const shallow = await git.isShallow()
  const local = from === null ? null : lastRelease(await git.tags(from))
  // A shallow clone may have some of the tags. Where nothing is recorded, no tag can be an anchor.
  if (from === null || (local !== null && !shallow)) return local ?? none('there is no base', 'Commit first.')
  if (recorded.size === 0) return local ?? nothingRecorded()
  const listed = await git.remoteTags()
  if (listed === null) return local ?? none('this checkout has no release tag, and origin did not list its tags', ALLOW)
  const releases = releasesOf(listed)
  if (releases.length === 0) return local ?? noRelease(listed)
  return (await highest({ ...search, from }, releases, local)) ?? local ?? notOnThisLine(releases)
}

async function highest(
  search: AnchorSearch & { readonly from: string },
  releases: readonly Tag[],
  local: Tag | null,
): Promise<Tag | FoundAnchor | null> {
  for (const tag of releases.slice(0, MOST_RELEASES)) {
    if (tag.commit === local?.commit) return local
    const leads = await leadsUp(search, tag)
    if (leads === 'yes') return tag
    if (leads === 'unknown')
      return none(
        `the release ${tag.name} is on origin, and its commits could not be fetched as far as the base`,
        ALLOW,
      )
  }
  return null
}

const nothingRecorded = () =>
  none(
    'no merge has a record of it yet',
    'The workflow for pushes to the default branch writes one for each merge that affects the set (docs/guides/erosion.md).',
  )

function noRelease(listed: readonly Tag[]): FoundAnchor {
  return listed.length === 0
    ? none(
        'no release tag leads up to the base: origin has no tag',
        'Tag a release, or name another `gates.since.ref`.',
      )
    : none('no tag of origin is a version, and which one is the newest is not known here', FULL)
}

const notOnThisLine = ([first]: readonly Tag[]) =>
  none(
    `no release tag leads up to the base (the highest one, ${first?.name ?? ''}, does not)`,
    'Tag a release on the branch that the change goes into, or name another `gates.since.ref`.',
  )

/** Whether the base comes from the tag's commit, fetched as far as it takes; a release that is further back is worth a full checkout. */
async function leadsUp(
  { git, from }: AnchorSearch & { readonly from: string },
  { name, commit }: Tag,
): Promise<'yes' | 'no' | 'unknown'> {
  const spec = `+refs/tags/${name}:refs/tags/${name}`
  if ((await git.commit(commit)) === null) await git.fetch([spec], (await git.isShallow()) ? { depth: DEEPEN[0] } : {})
  if ((await git.commit(commit)) === null) return 'unknown'
  for (const deepen of [...DEEPEN, null]) {
    const base = await git.mergeBase(commit, from)
    if (base === commit) return 'yes'
    if (base !== null) return 'no'
    if (!(await git.isShallow())) return 'no'
    if (deepen !== null) await deepened(git, [spec, from], deepen)
  }
  return 'unknown'
}

// -------------------------------------------------------------------------------------------- any other name

async function named({ git, ref }: AnchorSearch): Promise<Tag | FoundAnchor> {
  const here = async () => (await git.commit(ref)) ?? (await git.commit(`refs/remotes/origin/${ref}`))
  const known = await here()
  if (known !== null) return { name: ref, commit: known }
  const options = (await git.isShallow()) ? { depth: DEEPEN[0] } : {}
  for (const spec of specsOf(ref)) {
    await git.fetch([spec], options)
    const commit = await here()
    if (commit !== null) return { name: ref, commit }
  }
  return none(
    `there is no commit \`${ref}\` in this clone, and it could not be fetched from origin`,
    `Correct \`gates.since.ref\`, if it is misspelt. Else: ${ALLOW}`,
  )
}

/** A tag, a branch, or a whole id; nothing that git would read as more than a name. */
function specsOf(ref: string): readonly string[] {
  if (!/^[\w][\w./-]*$/.test(ref) || ref.includes('..')) return []
  const names = [`+refs/tags/${ref}:refs/tags/${ref}`, `+refs/heads/${ref}:refs/remotes/origin/${ref}`]
  return /^[0-9a-f]{40,64}$/.test(ref) ? [ref] : names
}

// ----------------------------------------------------------------------------------------------- what is recorded

/** As far back as it takes to meet a merge that has a record. */
async function recordedAncestry({ git, recorded }: AnchorSearch, { commit }: Tag): Promise<readonly string[]> {
  let commits = await git.ancestry(commit)
  for (const deepen of DEEPEN) {
    if (recorded.size === 0 || commits.some((sha) => recorded.has(sha)) || !(await git.isShallow())) break
    await deepened(git, [commit], deepen)
    commits = await git.ancestry(commit)
  }
  return commits
}

/** A server that gives out no commit by its id has the default branch at least. */
async function deepened(git: Git, wanted: readonly string[], deepen: number): Promise<void> {
  if (!(await git.fetch(wanted, { deepen }))) await git.fetch(['HEAD'], { deepen })
}
