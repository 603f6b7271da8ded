// The validators of dist/ are compiled by the build: they must say what those of the sources say.

import { describe, expect, it } from 'vitest'
import { checkerFor } from '../../src/config/validate.ts'
import { parseYaml } from '../../src/config/yaml.ts'
import { cli, inRepository } from '../commands/cli.ts'

const BROKEN = `name: 7
ownr: me
target: { prompt: 1, model: [], parameters: 3, replay: {} }
cases: { a: 1 }
slices: language
scorers: [{ contains: x, weight: -1 }, 12]
passes: 0
compare: passs
gates: { max_drop_points: lots, slices: { language: { min_scor: 3 } }, latency: { max_ratio: { limit: 2, level: loud } }, require: prof }
live: false
`

describe('compiled validators', () => {
  it('say what the ones of the sources say', async () => {
    const parsed = parseYaml('evals/broken.eval.yaml', BROKEN)
    if (!parsed.ok) throw new Error('not parsed')
    const check = await checkerFor('eval')
    const expected = check(parsed.file).map(({ what, place }) => ({ line: place?.line, message: what }))
    expect(expected.length).toBeGreaterThan(10)
    const ran = await inRepository({ 'evals/broken.eval.yaml': BROKEN }, (cwd) =>
      cli(cwd, ['validate', '--format', 'json']),
    )
    expect(ran.code).toBe(2)
    const [file] = JSON.parse(ran.stdout)
    const found: readonly { readonly line: number; readonly message: string }[] = file.errors
    for (const { line, message } of expected) {
      const same = found.filter((error) => error.line === line && error.message.includes(message.replace(/\.$/, '')))
      expect(same, message).toHaveLength(1)
    }
  })
})
