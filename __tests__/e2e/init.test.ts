// What `init` of the shipped program writes: it loads, it plans, and the workflow stands on its own.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inRepository } from '../commands/cli.ts'
import { KINDS } from '../commands/init-repositories.ts'
import { cli, KEYS } from './launch.ts'
import { ROOT } from './stage.ts'

describe('init from dist/', () => {
  it.each(Object.entries(KINDS))('%s', async (_, { files, directory, set }) => {
    await inRepository(files, async (cwd) => {
      const folder = directory === undefined ? [] : ['--working-directory', directory]
      const config = directory === undefined ? [] : ['--config', `${directory}/parity.yaml`]
      const run = {
        cwd,
        env: { ...KEYS, AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'https://acme.openai.azure.com' },
      }
      const done = await cli(['init', ...folder], run)
      expect([done.code, done.stderr]).toEqual([0, ''])
      expect(done.stdout).toContain('created         ')
      const valid = await cli(['validate', '--format', 'json', ...config], run)
      expect([valid.code, JSON.parse(valid.stdout).length]).toEqual([0, expect.any(Number)])
      const planned = await cli(['run', '--dry-run', '--format', 'json', ...folder], run)
      expect(planned.code).toBe(0)
      const report = JSON.parse(planned.stdout)
      // Nothing that we wrote is taken for a prompt of the repository.
      expect(report.uncovered).toEqual([])
      if (set !== undefined) expect(report.verdict.headline).toContain('5 calls')
    })
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
