import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
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
const trees = createWorkTrees({ root: ${JSON.stringify(root)}, sides, workingTree: { list: async () => [{ path: 'app.txt', id: '1' }] } })
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
