import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { createGit } from '../../src/io/git.ts'
import { createWorkTrees } from '../../src/io/work-trees.ts'
import { git } from '../fakes/git.ts'
import { createRepository } from '../fakes/repository.ts'
import { NODE24 } from '../fakes/runner.ts'

it('are gone with a program that ends without disposing of them, as on a second interrupt', () => {
  const root = mkdtempSync(join(tmpdir(), 'parity-trees-'))
  const source = new URL('../../src/io/work-trees.ts', import.meta.url).href
  writeFileSync(join(root, 'app.txt'), 'text')
  writeFileSync(
    join(root, 'script.mjs'),
    `import { createWorkTrees } from ${JSON.stringify(source)}
import { existsSync } from 'node:fs'
const side = (label) => ({ label, ref: 'x', sha: null, trust: 'trusted' })
const sides = { pair: { kind: 'working-tree', how: '' }, base: side('base'), head: side('head') }
const trees = createWorkTrees({ root: ${JSON.stringify(root)}, sides, workingTree: { list: async () => [{ path: 'app.txt', id: '' }] } })
const [base, head] = [await trees.directory('base'), await trees.directory('head')]
console.log(JSON.stringify([base, head, existsSync(base + '/app.txt') && existsSync(head + '/app.txt')]))
process.exit(130)`,
  )
  const ran = spawnSync(NODE24, [join(root, 'script.mjs')], { encoding: 'utf8' })
  const [base, head, were] = JSON.parse(ran.stdout || JSON.stringify([ran.stderr]))
  expect([were, ran.status, dirname(base)]).toEqual([true, 130, dirname(head)])
  expect(existsSync(dirname(base))).toBe(false)
  rmSync(root, { recursive: true })
})

it('hold what a sparse checkout leaves out, on both sides', async () => {
  await using repository = await createRepository({ files: { 'app/answer.mjs': 'old', 'evals/a.yaml': 'a' } })
  const root = await repository.cloneFull('main')
  await git(root, ['sparse-checkout', 'set', 'evals'])
  writeFileSync(join(root, 'new.txt'), 'new')
  const real = createGit({ root })
  const sha = await real.commit('HEAD')
  const side = (label: 'base' | 'head', at: string | null) =>
    ({ label, ref: label, sha: at, trust: 'trusted' }) as const
  const sides = { pair: { kind: 'working-tree', how: '' }, base: side('base', sha), head: side('head', null) } as const
  const trees = createWorkTrees({ root, sides, workingTree: real.workingTree() })
  const read = async (label: 'base' | 'head', path: string) =>
    readFileSync(join(await trees.directory(label), path), 'utf8')
  expect(existsSync(join(root, 'app'))).toBe(false)
  expect([await read('base', 'app/answer.mjs'), await read('head', 'app/answer.mjs')]).toEqual(['old', 'old'])
  expect(await read('head', 'new.txt')).toBe('new')
  await trees.dispose()
})
