// `render` and `verify` on files that look like a report: an error with what is off, and never a stack.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { report } from '../report/samples.ts'
import { cli, inRepository } from './cli.ts'

it.each([
  ['without routes', ({ routes: _, ...rest }: Record<string, unknown>) => rest, "required property 'routes'"],
  [
    'with a finding that has no remedy',
    (whole: Record<string, unknown>) => ({
      ...whole,
      verdict: {
        ...{ outcome: 'pass', blocks: false, headline: 'Passes.' },
        findings: [{ rule: 'min-score', level: 'warn', evalSet: null, message: 'm', threshold: null, value: null }],
      },
    }),
    "/verdict/findings/0 must have required property 'remedy'",
  ],
])('a report %s is refused in words', async (_name, change, said) => {
  await inRepository({ 'README.md': '' }, async (cwd) => {
    await writeFile(join(cwd, 'r.json'), JSON.stringify(change({ ...report() })))
    for (const command of ['render', 'verify']) {
      const ran = await cli(cwd, [command, 'r.json'])
      expect([ran.code, ran.stdout]).toEqual([2, ''])
      expect(ran.stderr).toContain(said)
      expect(ran.stderr).not.toMatch(/^ +at /m)
    }
  })
})
