// What a newcomer runs first: the demo of the shipped program, with nothing installed, on the oldest Node we promise.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { copyOfDist } from './e2e/stage.ts'
import { at, MOVED } from './e2e/today.ts'
import { scanMarkdown } from './fakes/markdown.ts'

const golden = join(import.meta.dirname, 'golden', 'demo', 'comment.md')
/** npm's own Node is the machine's; the node24 of node_modules comes first on its path. */
const machineNode = process.env.npm_node_execpath ?? process.execPath

it('prints the comment of the example and writes the report', async () => {
  await using copy = await copyOfDist()
  const keep = join(copy.folder, 'out')
  const made = spawnSync(machineNode, [...MOVED, join(copy.folder, 'dist', 'cli.cjs'), 'demo', '--keep', keep], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: copy.folder, ...at() },
    cwd: copy.folder,
  })
  expect(made.status, made.stderr).toBe(0)
  const comment = masked(made.stdout)
  if (process.env.UPDATE_GOLDEN === '1' && process.env.CI === undefined) writeFileSync(golden, comment)
  expect(comment).toBe(readFileSync(golden, 'utf8'))
  expect(made.stderr).toContain('its check would be red')
  expect(existsSync(join(keep, 'report', 'report.html'))).toBe(true)
  const scan = scanMarkdown(made.stdout)
  expect([...scan.mentions, ...scan.references, ...scan.images]).toEqual([])
})

/** Times, dates of the projection and versions differ from run to run; nothing else may. */
function masked(text: string): string {
  return text
    .replace(/\| p95[^|]*\|.*\|/g, '| p95 | - | - | - |')
    .replace(/\| `(inference|retrieval)` \|.*\|/g, '| `$1` | - | - | - |')
    .replace(/ calls in [\d.]+ (s|ms|min)/g, ' calls in 1 s')
    .replace(/from \d{4}-\d\d-\d\d/g, 'from 2026-11-02')
    .replace(/deprecated: (?:was to stop|stops) on [\d-]+(?:, in \d+ days?)?/g, 'deprecated: <end>')
    .replace(
      / (?:was to stop|stops) on [\d-]+(?:, in (?:only )?\d+ days?)?(?:: (?:since then|from then on) calls to it fail)? \(/g,
      ' <end> (',
    )
    .replace(/(genai-prices )[\d.]+( \(prices of )[\d-]+/g, '$1<version>$2<date>')
    .replace(/Node `v[\d.]+`/g, 'Node `v24`')
}
