// What `init` of the shipped program wrote into a repository: it loads, and it plans.

import { expect } from 'vitest'
import { inRepository } from '../commands/cli.ts'
import type { KINDS } from '../commands/init-repositories.ts'
import { cli, KEYS } from './launch.ts'

export async function expectReady({ files, directory, set }: (typeof KINDS)[string]): Promise<void> {
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
}
