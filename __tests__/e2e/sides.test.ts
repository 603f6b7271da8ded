// Which two commits a run compares, on every event and in every kind of checkout, through the shipped programs. All runs
// are dry: the sides are found before any call.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dispatchEvent, mergeGroupEvent, type PullFacts, pullRequestEvent, pushEvent } from '../fakes/events.ts'
import { git } from '../fakes/git.ts'
import { createRepository, type Repository } from '../fakes/repository.ts'
import { launch } from './launch.ts'
import { PROMPT, project } from './project.ts'

const DRY = { 'dry-run': 'true', comment: 'never' }
const ZEROS = '0'.repeat(40)

let repository: Repository
let first: string
let opened: string
let moved: string
let pull: PullFacts & { readonly mergeSha: string | null }

beforeAll(async () => {
  repository = await createRepository()
  first = await repository.commit(project(), 'First', { branch: 'main' })
  opened = await repository.commit({ 'README.md': '# Atlas of the world\n' }, 'Second')
  await repository.commit({ 'prompts/capital.md': `${PROMPT}Be.\n` }, 'Half', { branch: 'change', from: opened })
  await repository.commit({ 'prompts/capital.md': `${PROMPT}Be brief.\n` }, 'Change')
  moved = await repository.commit({ 'prompts/other.md': 'Somebody else.\n' }, 'Meanwhile', { branch: 'main' })
  pull = { ...(await repository.pull(7, 'main', 'change')), baseSha: first }
})
afterAll(() => repository[Symbol.asyncDispose]())

const isShallow = (workspace: string) => git(workspace, ['rev-parse', '--is-shallow-repository'])
const dry = (workspace: string, event: Parameters<typeof launch>[0]['event'], inputs = {}) =>
  launch({ workspace, event, inputs: { ...DRY, ...inputs } })

type Dried = Awaited<ReturnType<typeof dry>>
function pairOf({ action, report }: Dried) {
  expect(action.stdout + action.stderr).not.toContain('defect')
  return { code: action.code, pair: report?.pair, base: report?.sides.base?.sha, head: report?.sides.head.sha }
}
const paths = ({ report }: Dried) => report?.changes.map((change) => change.path)

describe('pull_request', () => {
  const expected = () => ({ code: 0, pair: 'merge base of main and the head', base: opened, head: pull.headSha })

  it('full clone whose base moved on: the merge base, and the clone stays full', async () => {
    const workspace = await repository.cloneFull('refs/pull/7/merge')
    const played = await dry(workspace, pullRequestEvent(pull))
    expect(pairOf(played)).toEqual(expected())
    expect(paths(played)).toEqual(['prompts/capital.md'])
    expect(await isShallow(workspace)).toBe('false')
    expect(await git(workspace, ['merge-base', 'origin/main', pull.headSha])).toBe(opened)
  })

  it('full clone of the branch alone: the base branch is fetched whole', async () => {
    const workspace = await repository.scratch('single')
    await git(workspace, ['clone', '--quiet', '--single-branch', '--branch=change', repository.url, '.'])
    expect(pairOf(await dry(workspace, pullRequestEvent(pull)))).toEqual(expected())
    expect(await isShallow(workspace)).toBe('false')
  })

  it('shallow clone of depth 1 of the merge commit: fetched until the merge base is there', async () => {
    const workspace = await repository.cloneShallow(1, 'refs/pull/7/merge')
    const played = await dry(workspace, pullRequestEvent(pull))
    expect(pairOf(played)).toEqual(expected())
    expect(paths(played)).toEqual(['prompts/capital.md'])
  })

  it('shallow clone whose merge base is further back, on both sides, than one step of deepening', async () => {
    const grow = async (from: string, ref: string) => {
      const tree = await git(repository.bare, ['rev-parse', `${from}^{tree}`])
      let tip = from
      for (let i = 0; i < 60; i++)
        tip = await git(repository.bare, ['commit-tree', tree, '-p', tip, '-m', `${ref} ${i}`])
      await git(repository.bare, ['update-ref', ref, tip])
      return tip
    }
    await grow(moved, 'refs/heads/long')
    const headSha = await grow(pull.headSha, 'refs/heads/long-change')
    const { mergeSha } = await repository.pull(9, 'long', 'long-change')
    const workspace = await repository.cloneShallow(1, 'refs/pull/9/merge')
    const event = pullRequestEvent({ ...pull, number: 9, headSha, headRef: 'long-change', baseRef: 'long', mergeSha })
    const played = await dry(workspace, event)
    expect(pairOf(played)).toMatchObject({ code: 0, base: opened, head: headSha })
  })

  it('shallow clone of the head alone, the merge commit absent', async () => {
    const workspace = await repository.cloneShallow(1, 'refs/pull/7/head')
    expect(pairOf(await dry(workspace, pullRequestEvent(pull)))).toEqual(expected())
  })

  it('score: merge compares the merge commit with its first parent, in both kinds of clone', async () => {
    const event = pullRequestEvent(pull)
    for (const workspace of [
      await repository.cloneFull('refs/pull/7/merge'),
      await repository.cloneShallow(1, 'refs/pull/7/merge'),
    ]) {
      expect(pairOf(await dry(workspace, event, { score: 'merge' }))).toEqual({
        code: 0,
        pair: 'first parent of the merge commit and the merge commit',
        base: moved,
        head: pull.mergeSha,
      })
    }
  })

  it('a base that would be passed over is an error, and so is a score that is none', async () => {
    const workspace = await repository.cloneFull('refs/pull/7/merge')
    const pushed = pushEvent({ before: opened, after: moved })
    const said = async (event: Parameters<typeof dry>[1], inputs: { [name: string]: string }) => {
      const { action } = await dry(workspace, event, inputs)
      return [action.code, action.annotations[0]?.message]
    }
    const own = (whose: string) => [
      2,
      expect.stringContaining(`\`base\` is "release", and ${whose} has a base of its own`),
    ]
    expect(await said(pushed, { base: 'release' })).toEqual(own('the event `push`'))
    expect(await said(pullRequestEvent(pull), { base: 'release', score: 'merge' })).toEqual(own('`score: merge`'))
    expect(await said(pullRequestEvent(pull), { base: 'release', pr: '7', sha: moved })).toEqual(
      own('a reviewed commit'),
    )
    expect(await said(pushed, { score: 'mrege' })).toEqual([2, expect.stringContaining('`score` is "mrege"')])
  })

  it('score: merge without a merge commit says so and ends with 2', async () => {
    const workspace = await repository.cloneShallow(1, 'refs/pull/7/head')
    const { action } = await dry(workspace, pullRequestEvent(pull), { score: 'merge' })
    expect(action.code).toBe(2)
    expect(action.annotations[0]?.message).toMatch(/merge commit .*not checked out.*`score: head`/)
  })

  it('unrelated histories end with 2, in a full and in a shallow clone', async () => {
    const orphan = await repository.commit(project(), 'Elsewhere', { branch: 'orphan', from: null })
    await git(repository.bare, ['update-ref', 'refs/pull/8/head', orphan])
    const event = pullRequestEvent({ number: 8, baseSha: first, headSha: orphan, headRef: 'orphan' })
    for (const workspace of [
      await repository.cloneFull('refs/pull/8/head'),
      await repository.cloneShallow(1, 'refs/pull/8/head'),
    ]) {
      const { action, report } = await dry(workspace, event)
      expect([action.code, report]).toEqual([2, null])
      expect(action.annotations[0]?.message).toMatch(/no common commit.*Rebase/)
    }
  })

  it('objects that cannot be fetched end with 2 and name the way out', async () => {
    const single = await repository.scratch('single')
    await git(single, ['clone', '--quiet', '--single-branch', '--branch=change', repository.url, '.'])
    for (const workspace of [single, await repository.cloneShallow(1, 'refs/pull/7/merge')]) {
      await git(workspace, ['remote', 'set-url', 'origin', `${repository.url}-gone`])
      const { action, report } = await dry(workspace, pullRequestEvent(pull))
      expect([action.code, report]).toEqual([2, null])
      expect(action.annotations[0]?.message).toMatch(/could not be fetched.*fetch-depth: 0/)
    }
  })

  it('`base` names a branch that only origin has', async () => {
    const release = await repository.branch('release', first)
    const full = await repository.cloneFull('refs/pull/7/merge')
    for (const workspace of [full, await repository.cloneShallow(1, 'refs/pull/7/merge')]) {
      const played = await dry(workspace, pullRequestEvent(pull), { base: 'release' })
      expect(pairOf(played)).toMatchObject({ code: 0, pair: 'merge base of release and the head', base: release })
    }
  })
})

describe('merge_group', () => {
  it("compares the queue's own pair, also from a shallow clone", async () => {
    const queued = await repository.merge('main', 'change', 'refs/heads/gh-readonly-queue/main/pr-7-x')
    const event = mergeGroupEvent({ baseSha: moved, headSha: queued ?? '', number: 7 })
    const workspace = await repository.cloneShallow(1, queued ?? '')
    const expected = { code: 0, pair: "the merge queue's own pair", base: moved, head: queued }
    expect(pairOf(await dry(workspace, event))).toEqual(expected)
    const lost = await dry(workspace, mergeGroupEvent({ baseSha: 'e'.repeat(40), headSha: queued ?? '' }))
    expect(lost.action.code).toBe(2)
    expect(lost.action.annotations[0]?.message).toMatch(/commit e{12} .*could not be fetched/)
  })
})

describe('push', () => {
  it('compares `before` with the pushed commit', async () => {
    const workspace = await repository.cloneShallow(1, 'main')
    expect(pairOf(await dry(workspace, pushEvent({ before: first, after: moved })))).toEqual({
      code: 0,
      pair: 'the pushed range',
      base: first,
      head: moved,
    })
  })

  it('takes the first parent when `before` is zeros, or gone after a force push', async () => {
    const gone = await repository.commit({ 'README.md': 'dropped\n' }, 'Dropped', { branch: 'dropped', from: first })
    await git(repository.bare, ['update-ref', '-d', 'refs/heads/dropped'])
    await git(repository.bare, ['gc', '--quiet', '--prune=now'])
    for (const [workspace, before] of [
      [await repository.cloneFull('main'), ZEROS],
      [await repository.cloneShallow(1, 'main'), gone],
    ] as const) {
      const played = await dry(workspace, pushEvent({ before, after: moved, forced: before === gone }))
      expect(pairOf(played)).toEqual({ code: 0, pair: 'first parent and the commit', base: opened, head: moved })
    }
  })

  it('runs the head alone for the first commit, and says so', async () => {
    const workspace = await repository.cloneFull(first)
    const played = await dry(workspace, pushEvent({ before: ZEROS, after: first }))
    expect(pairOf(played)).toMatchObject({ code: 0, base: undefined, head: first })
    expect(played.report?.pair).toContain('nothing to compare with')
    expect(played.report?.sides.base).toBeNull()
  })
})

describe('workflow_dispatch', () => {
  it('on a branch: the merge base with the default branch', async () => {
    const workspace = await repository.cloneFull('change')
    const played = await dry(workspace, dispatchEvent({ sha: pull.headSha, ref: 'refs/heads/change' }))
    expect(pairOf(played)).toMatchObject({ code: 0, base: opened, head: pull.headSha })
    expect(played.report?.pair).toMatch(/^merge base with origin\/main/)
  })

  it('on a branch in a shallow clone: the same pair', async () => {
    const workspace = await repository.cloneShallow(1, 'change')
    const played = await dry(workspace, dispatchEvent({ sha: pull.headSha, ref: 'refs/heads/change' }))
    expect(pairOf(played)).toMatchObject({ code: 0, base: opened, head: pull.headSha })
  })

  it('on the default branch: the first parent', async () => {
    const workspace = await repository.cloneFull('main')
    const played = await dry(workspace, dispatchEvent({ sha: moved }))
    expect(pairOf(played)).toEqual({ code: 0, pair: 'first parent and the commit', base: opened, head: moved })
  })
})
