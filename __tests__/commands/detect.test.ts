// `detect` on real repositories: what it prints, what consumers get as JSON, and the full scan of a commit and a working tree.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evalFile, prompt } from '../detect/repository.ts'
import { cli, inRepository } from './cli.ts'

const FILES = {
  'evals/support.eval.yaml': prompt('../prompts/support.j2'),
  'evals/app.eval.yaml': evalFile('  command: [node, app/answer.mjs]'),
  'prompts/support.j2': 'Answer {{ question }}.\n{% include "partials/tone.j2" %}\n',
  'prompts/partials/tone.j2': 'Be brief.\n',
  'app/answer.mjs': "import './tone.mjs'\n",
  'app/tone.mjs': 'export const x = 1\n',
  'lib/llm.py': 'model = "gpt-4.1-2025-04-14"\n',
}

describe.concurrent('detect', () => {
  it('says which configuration it does not read', () =>
    inRepository({ ...FILES, 'packages/api/parity.yaml': 'ignore: ["lib/**"]\n' }, async (cwd) => {
      const words = 'packages/api/parity.yaml is not read: for it, run with the working directory `packages/api`.'
      expect((await cli(cwd, ['detect', '--base', 'HEAD'])).stderr).toContain(words)
      expect((await cli(cwd, ['detect', '--base', 'HEAD', '--working-directory', 'packages/api'])).stderr).toBe('')
      const run = await cli(cwd, ['run', '--base', 'HEAD', '--format', 'json'])
      expect(JSON.parse(run.stdout).run.notes).toContain(words)
      const rooted = { ...FILES, 'parity.yaml': '', 'packages/api/parity.yaml': '' }
      await inRepository(rooted, async (both) => expect((await cli(both, ['detect'])).stderr).toBe(''))
    }))

  it('tells changes, pins and the way to each selected eval set', () =>
    inRepository(FILES, async (cwd) => {
      await writeFile(join(cwd, 'prompts/partials/tone.j2'), 'Be loud.\n')
      await writeFile(join(cwd, 'app/tone.mjs'), 'export const x = 2\n')
      await writeFile(join(cwd, 'lib/llm.py'), 'model = "gpt-4.1-mini-2025-04-14"\n')
      const { changes, uncovered, selected } = JSON.parse(
        (await cli(cwd, ['detect', '--base', 'HEAD', '--format', 'json'])).stdout,
      )
      expect(selected).toEqual([
        { evalSet: 'app', because: ['app/answer.mjs imports app/tone.mjs, which changed'] },
        { evalSet: 'support', because: ['prompts/support.j2 includes prompts/partials/tone.j2, which changed'] },
      ])
      expect(changes).toHaveLength(2)
      expect(uncovered).toEqual([
        expect.objectContaining({
          kind: 'model',
          from: 'gpt-4.1-2025-04-14',
          to: 'gpt-4.1-mini-2025-04-14',
          pin: expect.objectContaining({ price: expect.objectContaining({ inputFrom: '2', inputTo: '0.4' }) }),
        }),
      ])
      const { stdout } = await cli(cwd, ['detect', '--base', 'HEAD'])
      expect(stdout).toContain('selects app\n    app/answer.mjs imports app/tone.mjs, which changed')
      expect(stdout).toContain('input $2.00 → $0.40, output $8.00 → $1.60 per million tokens')
    }))

  it('prints a path in one line, whatever is in it', () =>
    inRepository(FILES, async (cwd) => {
      await writeFile(join(cwd, 'prompts/a\n::error::x.md'), 'You are a helper.\n')
      const { stdout } = await cli(cwd, ['detect', '--base', 'HEAD'])
      expect(stdout).toContain('error')
      expect(stdout).not.toMatch(/^::/m)
      expect(stdout.trimEnd().split('\n')).toHaveLength(2)
    }))

  it('lists everything of the working tree and of a commit', () =>
    inRepository(FILES, async (cwd) => {
      await writeFile(join(cwd, 'lib/new.py'), 'model = "gpt-4o-2024-08-06"\n')
      const scan = async (...args: readonly string[]) =>
        JSON.parse((await cli(cwd, ['detect', '--all-files', '--format', 'json', ...args])).stdout)
      const [tree, commit] = await Promise.all([scan(), scan('--head', 'HEAD')])
      const ids = (pins: readonly { readonly path: string; readonly id: string }[]) =>
        pins.map((pin) => `${pin.path} ${pin.id}`).filter((pin) => pin.startsWith('lib/'))
      expect(ids(commit.pins)).toEqual(['lib/llm.py gpt-4.1-2025-04-14'])
      expect(ids(tree.pins)).toEqual(['lib/llm.py gpt-4.1-2025-04-14', 'lib/new.py gpt-4o-2024-08-06'])
      expect(tree.prompts.map((one: { path: string; evalSets: string[] }) => [one.path, one.evalSets])).toEqual([
        ['prompts/partials/tone.j2', ['support']],
        ['prompts/support.j2', ['support']],
      ])
      expect(tree.uncovered).toBe(2)
    }))

  it('refuses a head that is not there', () =>
    inRepository(FILES, async (cwd) => {
      const ran = await cli(cwd, ['detect', '--all-files', '--head', 'nowhere'])
      expect([ran.code, ran.stdout]).toEqual([2, ''])
      expect(ran.stderr).toContain('there is no commit nowhere here')
    }))
})
