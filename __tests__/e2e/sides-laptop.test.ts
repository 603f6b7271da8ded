// Which two sides a run on a laptop compares, through the shipped command line. All runs are dry.

import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { git } from '../fakes/git.ts'
import { createRepository, type Repository } from '../fakes/repository.ts'
import { cli } from './launch.ts'
import { PROMPT, project } from './project.ts'

let repository: Repository
let first: string
let opened: string
beforeAll(async () => {
  repository = await createRepository()
  first = await repository.commit(project(), 'First', { branch: 'main' })
  opened = await repository.commit({ 'README.md': '# Atlas of the world\n' }, 'Second')
  await repository.commit({ 'prompts/capital.md': `${PROMPT}Be brief.\n` }, 'Change', {
    branch: 'change',
    from: opened,
  })
  await repository.commit({ 'prompts/other.md': 'Somebody else.\n' }, 'Meanwhile', { branch: 'main' })
})
afterAll(() => repository[Symbol.asyncDispose]())

describe.concurrent('laptop', () => {
  const laptop = async () => {
    const workspace = await repository.cloneFull('change')
    await git(workspace, ['checkout', '--quiet', '-B', 'work', 'origin/change'])
    return workspace
  }
  const run = async (cwd: string, ...args: string[]) => {
    const { code, stdout, stderr } = await cli(['run', '--dry-run', '--format', 'json', ...args], { cwd })
    return { code, stderr, report: stdout === '' ? null : JSON.parse(stdout) }
  }

  it('an edit that is not committed, a new file that git does not know, and a moved prompt are in the head', async () => {
    const cwd = await laptop()
    await rename(join(cwd, 'prompts/capital.md'), join(cwd, 'prompts/city.md'))
    const evalFile = join(cwd, 'evals/capital.eval.yaml')
    await git(cwd, ['show', 'HEAD:evals/capital.eval.yaml']).then((text) =>
      writeFile(evalFile, `${text.replace('capital.md', 'city.md')}\n`),
    )
    await mkdir(join(cwd, 'prompts/new'), { recursive: true })
    await writeFile(join(cwd, 'prompts/new/rivers.md'), 'Name the river.\n')
    const { code, report } = await run(cwd)
    expect(code).toBe(0)
    expect(report.pair).toBe('merge base with origin/main and the working tree')
    expect(report.sides).toEqual({
      base: { ref: 'origin/main', sha: opened },
      head: { ref: 'working tree', sha: null },
    })
    expect(report.changes).toContainEqual(
      expect.objectContaining({ kind: 'prompt', path: 'prompts/city.md', previousPath: 'prompts/capital.md' }),
    )
    expect(report.uncovered.map((one: { path: string }) => one.path)).toEqual(['prompts/new/rivers.md'])
    expect(await git(cwd, ['rev-parse', '--is-shallow-repository'])).toBe('false')
  })

  it('what a sparse checkout leaves out is as in the index', async () => {
    const cwd = await laptop()
    await git(cwd, ['sparse-checkout', 'set', 'evals'])
    expect(await git(cwd, ['status', '--short'])).toBe('')
    const same = await run(cwd, '--base', 'HEAD')
    expect([same.code, same.report?.verdict.outcome, same.report?.changes], same.stderr).toEqual([
      ...[0, 'nothing-affected', []],
    ])
    const { report } = await run(cwd)
    expect(report.changes.map((one: { path: string }) => one.path)).toEqual(['prompts/capital.md'])
    const staged = await git(cwd, ['hash-object', '-w', 'evals/capital.eval.yaml'])
    await git(cwd, ['update-index', '--cacheinfo', `100644,${staged},prompts/capital.md`])
    await git(cwd, ['update-index', '--skip-worktree', 'prompts/capital.md'])
    expect((await run(cwd, '--base', 'HEAD')).report.changes).toEqual([
      expect.objectContaining({ kind: 'prompt', path: 'prompts/capital.md' }),
    ])
  })

  it('a clean tree on the default branch affects nothing', async () => {
    const cwd = await repository.cloneFull('main')
    const { report } = await run(cwd)
    expect([report.verdict.outcome, report.changes]).toEqual(['nothing-affected', []])
  })

  it('refs for both sides: the named base, the named head', async () => {
    const cwd = await laptop()
    const { report } = await run(cwd, '--base', first, '--head', 'change')
    expect([report.sides.base.sha, report.sides.head.sha]).toEqual([first, await repository.sha('change')])
  })

  it('a base that is nowhere ends with 2 and the way to fetch it', async () => {
    const { code, stderr, report } = await run(await laptop(), '--base', 'no-such-branch')
    expect([code, report]).toEqual([2, null])
    expect(stderr).toMatch(/no commit `no-such-branch`.*git fetch origin no-such-branch/)
  })

  it('a folder without git ends with 2', async () => {
    const { code, stderr } = await run(await repository.scratch('plain'))
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: .*git/)
  })
})
