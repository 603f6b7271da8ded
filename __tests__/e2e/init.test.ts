// What `init` of the shipped program writes: it loads, it plans, and the workflow stands on its own. Every kind of repository is in
// the long suite.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inRepository } from '../commands/cli.ts'
import { KINDS } from '../commands/init-repositories.ts'
import { expectReady } from './init-ready.ts'
import { cli } from './launch.ts'
import { ROOT } from './stage.ts'

describe('init from dist/', () => {
  it.each(['a Python constant', 'a promptfoo project', 'a folder of a monorepo'])('%s', async (name) => {
    const kind = KINDS[name]
    if (kind === undefined) throw new Error('no such repository')
    await expectReady(kind)
  })

  it('has every file to hand out beside it', async () => {
    await inRepository({ 'README.md': '# Acme\n' }, async (cwd) => {
      for (const shim of ['python', 'asgi', 'express', 'langchain'])
        expect((await cli(['init', '--shim', shim, '--force', '--workflows', 'forks'], { cwd })).code).toBe(0)
      expect((await cli(['init', '--workflows', 'shards', '--force'], { cwd })).code).toBe(0)
      const pairs = [
        ['parity_langchain.py', 'templates/shims/parity_langchain.py'],
        ['.github/workflows/prompt-parity-forks.yml', 'docs/workflows/fork.yml'],
        ['.github/workflows/prompt-parity.yml', 'docs/workflows/pull-request-shards.yml'],
      ] as const
      for (const [path, source] of pairs)
        expect(readFileSync(join(cwd, path), 'utf8')).toBe(readFileSync(join(ROOT, source), 'utf8'))
      expect((await cli(['validate'], { cwd })).code).toBe(0)
      const planned = await cli(['run', '--dry-run'], { cwd })
      expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining('Planned, not run: 5 calls')])
    })
  })
})
