// `verify` on bare records, as its user starts it.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, inRepository } from './cli.ts'

describe('verify on a bare record', () => {
  const row = (id: string, step: 'pass' | 'fresh', index: number, head: number) =>
    (['base', 'head'] as const).map((side) => ({ case: id, side, step, index, score: side === 'base' ? 1 : head }))
  // Two of a hundred cases are lost, and lost twice more: below the limit, but each must pass.
  const rows = Array.from({ length: 100 }, (_, at) => `c${at}`).flatMap((id, at) => [
    ...row(id, 'pass', 0, at < 2 ? 0 : 1),
    ...(at < 2 ? [...row(id, 'fresh', 0, at), ...row(id, 'fresh', 1, 0)] : []),
  ])

  it('takes the ids of several cases that must pass, wherever they stand', async () => {
    await inRepository({ 'README.md': '' }, async (cwd) => {
      await writeFile(join(cwd, 'r.jsonl'), rows.map((one) => JSON.stringify(one)).join('\n'))
      const verify = async (...args: string[]) => {
        const ran = await cli(cwd, ['verify', ...args])
        return ran.code === 0 ? JSON.parse(ran.stdout) : ran
      }
      expect(await verify('r.jsonl')).toMatchObject({ outcome: 'pass' })
      expect(await verify('r.jsonl', '--must-pass', 'c1')).toMatchObject({ outcome: 'pass' })
      for (const args of [
        ['r.jsonl', '--must-pass', 'c1', 'c0'],
        ['--must-pass', 'c1', 'c0', 'r.jsonl'],
        ['r.jsonl', '--must-pass', 'c1', '--must-pass', 'c0'],
      ])
        expect(await verify(...args)).toMatchObject({ outcome: 'fail', rule: 'must-pass' })
      expect(await verify('r.jsonl', 'c0')).toMatchObject({ code: 2, stderr: expect.stringContaining('"c0" is one') })
    })
  })
})
