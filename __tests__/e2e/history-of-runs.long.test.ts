// What a run takes from the history and leaves in it, through the shipped action and a real branch: read, written, refused, hostile.

import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HISTORY_BRANCH } from '../../src/drift/records.ts'
import { pushEvent } from '../fakes/events.ts'
import { git } from '../fakes/git.ts'
import { branchExists, eroding, guardOf, type World } from './eroding.ts'
import { launch } from './launch.ts'

const ZEROS = '0'.repeat(40)
const first = async (world: World) => world.push(ZEROS, await world.repository.sha('main'))
const NO_GUARD = { gates: 'require: proof' }

describe('a provider that moved', () => {
  it('is said in comment, summary and page, with cases and model, and turns no verdict', async () => {
    await using world = await eroding({ broken: () => 0, gates: 'min_score: 1' })
    await first(world)
    world.provider.broken = 15
    world.provider.model = 'gpt-4.1-2026-10-01'
    const workspace = { path: '' }
    const pull = await world.pullRequest(1, { seen: (path) => (workspace.path = path) })
    const finding = pull.report.verdict.findings.find((one) => one.rule === 'provider-moved')
    expect(finding?.message).toMatch(
      /^The provider moved since \d{4}-\d\d-\d\d, not you: the base of this change scores 85 in 100 cases, and scored 100 /,
    )
    expect(finding?.message).toContain('gpt-4.1-2025-04-14 → gpt-4.1-2026-10-01')
    expect(finding).toMatchObject({ level: 'warn', evidence: expect.arrayContaining(['france']) })
    expect([pull.code, pull.report.verdict.outcome, pull.report.evalSets[0]?.outcome]).toEqual([0, 'pass', 'pass'])
    for (const name of ['comment.md', 'summary.md', 'report.html']) {
      const text = await readFile(join(workspace.path, '.parity', 'report', name), 'utf8')
      expect(text.replaceAll('&#39;', "'"), name).toContain('The provider moved since')
    }
  })

  it('is not said of a base that answers as it did, nor does it make a drop of the change a pass', async () => {
    await using world = await eroding({ flake: 0.05, broken: (version) => 12 * version, gates: 'min_score: 1' })
    await first(world)
    const same = await world.pullRequest(1)
    expect(same.report.verdict.findings.filter((one) => one.rule === 'provider-moved')).toEqual([])
    world.provider.broken = 40
    const moved = await world.pullRequest(2)
    expect(moved.report.verdict.findings.map((one) => one.rule)).toEqual(
      expect.arrayContaining(['score-drop', 'provider-moved']),
    )
    expect([moved.code, moved.report.verdict.outcome]).toEqual([1, 'fail'])
  })
})

describe('the trend', () => {
  it('is in the details from the first merge on', async () => {
    await using world = await eroding({ cases: 20, broken: (version) => version, gates: 'min_score: 1' })
    await first(world)
    const pull = await world.pullRequest(1)
    expect(pull.report.evalSets[0]?.past?.trend).toMatchObject({ scores: [100], merges: 1 })
    await world.merge(1)
    const workspace = { path: '' }
    await world.pullRequest(2, { seen: (path) => (workspace.path = path) })
    const comment = await readFile(join(workspace.path, '.parity', 'report', 'comment.md'), 'utf8')
    expect(comment).toMatch(/- Trend █[▁-█] 100 to 95 over 2 runs \(2 merges\), /)
  })
})

describe('without a history', () => {
  it('nothing changes and nothing is said', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0, ...NO_GUARD })
    const pull = await world.pullRequest(1)
    expect(pull.report.run.notes).toEqual(['A fresh draw: no answers of an earlier run were stored.'])
    expect(pull.report.evalSets[0]).not.toHaveProperty('past')
    expect(await branchExists(world.repository)).toBe(false)
  })

  it('is neither read nor written where no eval set runs', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0 })
    const before = await world.repository.sha('main')
    const after = await world.repository.commit({ 'README.md': '# Other\n' }, 'Words', { branch: 'main' })
    const pushed = await world.push(before, after)
    expect(pushed.report.verdict.outcome).toBe('nothing-affected')
    expect(await branchExists(world.repository)).toBe(false)
  })
})

describe('who may write', () => {
  it('a pull request never, a fork reads, a push to another branch leaves nothing', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0 })
    await world.pullRequest(1)
    expect(await branchExists(world.repository)).toBe(false)
    await first(world)
    await world.tag('v1.0.0')
    const tip = await world.repository.sha(HISTORY_BRANCH)
    const fork = await world.pullRequest(2, { proposer: 'fork' })
    expect([fork.report.verdict.outcome, fork.calls]).toEqual(['planned', 0])
    const own = await world.pullRequest(3)
    expect(guardOf(own).row?.status).toBe('pass')
    const workspace = await world.repository.cloneFull('change-3')
    const event = pushEvent({
      before: await world.repository.sha('main'),
      after: await world.repository.sha('change-3'),
      branch: 'change-3',
    })
    await launch({ workspace, event, llm: world.llm })
    expect(await world.repository.sha(HISTORY_BRANCH)).toBe(tip)
  }, 90_000)

  it('says that the branch refused, leaves the files, and stays green', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0 })
    await mkdir(join(world.repository.bare, 'hooks'), { recursive: true })
    const hook = join(world.repository.bare, 'hooks', 'pre-receive')
    await writeFile(hook, '#!/bin/sh\necho "error: GH006: Protected branch update failed" >&2\nexit 1\n')
    await chmod(hook, 0o755)
    const workspace = { path: '' }
    const pushed = await world.push(ZEROS, await world.repository.sha('main'), (path) => (workspace.path = path))
    expect([pushed.code, pushed.report.verdict.outcome]).toEqual([0, 'pass'])
    expect(pushed.report.run.notes.join(' ')).toContain('The history of this merge could not be kept')
    const left = await readdir(join(workspace.path, '.parity', 'report', 'history'), { recursive: true })
    expect(left.some((path) => path.endsWith('.jsonl'))).toBe(true)
  })

  it('two pushes at once both leave their records', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0 })
    const zero = await world.repository.sha('main')
    const one = await world.repository.commit({ 'prompts/capital.md': 'Answer. Version 1.\n' }, 'One', {
      branch: 'main',
    })
    const two = await world.repository.commit({ 'prompts/capital.md': 'Answer. Version 2.\n' }, 'Two', {
      branch: 'main',
    })
    const ran = await Promise.all([world.push(zero, one), world.push(one, two)])
    expect(ran.map(({ code }) => code)).toEqual([0, 0])
    const commits = (await world.records()).flatMap((record) => (record.kind === 'run' ? [record.commit] : []))
    expect(commits.sort()).toEqual([one, two].sort())
  })
})

describe('a history that is not ours', () => {
  async function write(world: World, files: { readonly [path: string]: string }): Promise<void> {
    const path = await world.repository.scratch('foreign')
    await git(path, ['init', '--quiet', '.'])
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(path, name, '..'), { recursive: true })
      await writeFile(join(path, name), text)
    }
    await git(path, ['add', '-A'])
    await git(path, ['commit', '--quiet', '-m', 'x'])
    await git(path, ['push', '--quiet', '--force', world.repository.url, `HEAD:refs/heads/${HISTORY_BRANCH}`])
  }

  it.each<[string, { readonly [path: string]: string }, string]>([
    ['of a later release', { 'history.json': '{"schema":"prompt-parity-history/2"}' }, 'a later release'],
    ['of somebody else', { 'history.json': '{"schema":"other"}' }, 'not a history of ours'],
  ])(
    '%s is left alone, said, and fails nothing',
    async (_, files, why) => {
      await using world = await eroding({ cases: 20, broken: () => 0 })
      await write(world, files)
      const tip = await world.repository.sha(HISTORY_BRANCH)
      await world.tag('v1.0.0')
      const pull = await world.pullRequest(1)
      expect([pull.code, pull.report.verdict.outcome, guardOf(pull).row?.status]).toEqual([0, 'pass', 'warn'])
      expect(pull.report.run.notes.join(' ')).toContain(why)
      const pushed = await world.merge(1)
      expect(pushed.code).toBe(0)
      expect(pushed.report.run.notes.join(' ')).toContain('could not be kept')
      expect(await world.repository.sha(HISTORY_BRANCH)).toBe(tip)
    },
    90_000,
  )

  it('with hostile lines changes no verdict and brings nothing to life', async () => {
    await using world = await eroding({ cases: 20, broken: () => 0 })
    await first(world)
    await world.tag('v1.0.0')
    const [key, run] = await world.records()
    if (key?.kind !== 'key' || run?.kind !== 'run') throw new Error('no records')
    const at = '2026-11-27T05:00:00Z'
    const word = '](https://evil.example) <img src=x onerror=alert(1)> @everyone ::error::x'
    await world.append([
      { ...run, id: 'a', at, role: 'pinned', figures: { ...run.figures, score: 1e308, answered: [word] } },
      { ...run, id: 'b', at: '2026-11-27T06:00:00Z', role: 'pinned', levels: '0'.repeat(19) },
      {
        ...run,
        id: 'c',
        at: '2026-11-27T07:00:00Z',
        role: 'pinned',
        levels: '0'.repeat(20),
        figures: { ...run.figures, answered: [word] },
      },
      { ...key, id: 'd', cases: [] },
      { v: 1, kind: 'incident', id: 'e', at, state: 'opened', incident: word, issue: 9, evalSets: ['capital'] },
    ])
    const workspace = { path: '' }
    const pull = await world.pullRequest(1, { seen: (path) => (workspace.path = path) })
    expect([pull.code, pull.report.verdict.outcome, guardOf(pull).row?.status]).toEqual([0, 'pass', 'pass'])
    for (const name of ['comment.md', 'summary.md', 'report.html']) {
      const text = await readFile(join(workspace.path, '.parity', 'report', name), 'utf8')
      expect(text, name).not.toMatch(
        name.endsWith('.md') ? /<img src=x|[^\\]\]\(https:\/\/evil|\s@everyone/ : /<img src=x/,
      )
    }
    expect(pull.log).not.toMatch(/^::error::x/m)
  })
})
