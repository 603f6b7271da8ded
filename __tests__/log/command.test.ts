// `prompt-parity log` as it is called: what it prints, what it refuses, and the versions of a declared prompt.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, inRepository } from '../commands/cli.ts'
import { project } from '../e2e/project.ts'
import { createRepository } from '../fakes/repository.ts'

const ONE = 'You are a helpful assistant.\nAnswer in one sentence.\n'

describe('output', () => {
  it('is inert on a terminal, whatever names and subjects contain', async () => {
    await using repository = await createRepository()
    const author = { name: '\u001b[31mEve\u001b[0m \u202eevil\u202c', email: 'e@example.com' }
    await repository.commit({ 'prompts/a.md': ONE }, '::error::gotcha ##[group]x\u001b]0;title\u0007', { author })
    await repository.commit({ 'prompts/a.md': `${ONE}Hi.\n` }, 'x\n\nPrompt-reason: ::set-output name=a::\u001b[2J b', {
      author,
    })
    const cwd = await repository.cloneFull()
    const { code, stdout } = await cli(cwd, ['log', 'prompts/a.md'])
    expect(code).toBe(0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    expect(stdout).not.toMatch(/^\s*::|##\[/m)
    expect(stdout).toContain('Eve evil')
    expect(stdout).toContain('prompts/a.md: 2 versions, no owner in CODEOWNERS')
    expect(stdout).toMatch(/back: git checkout [0-9a-f]{40} -- prompts\/a\.md\n/)
    expect(stdout).toContain('score and cost not recorded')
  })

  it('is one JSON value with every field, from a subfolder, too', async () => {
    await inRepository({ 'sub/prompts/a.md': ONE, 'sub/x.txt': '' }, async (root) => {
      const { code, stdout } = await cli(join(root, 'sub'), ['log', 'prompts/a.md', '--format', 'json'])
      expect(code).toBe(0)
      const log = JSON.parse(stdout)
      expect(log).toMatchObject({ more: false, uncommitted: null, shallow: null })
      expect(log.prompt).toEqual({ path: 'sub/prompts/a.md', symbol: null, owner: null, deleted: false })
      expect(Object.keys(log.versions[0]).sort()).toEqual(
        'author back commit costUsd date hash line movedTo otherHashes owner path pullRequest reason reasonFrom recorded score status symbol'.split(
          ' ',
        ),
      )
      expect(log.versions[0].back).toBe(`git checkout ${log.versions[0].commit} -- prompts/a.md`)
      for (const name of ['sub/prompts/a.md', './prompts/a.md', join(root, 'sub/prompts/a.md')])
        expect((await cli(join(root, 'sub'), ['log', name, '--format', 'json'])).stdout).toBe(stdout)
      const above = await cli(root, ['log', 'prompts/a.md', '--working-directory', 'sub', '--limit', '1'])
      expect(above.stdout).toContain('sub/prompts/a.md: 1 version')
    })
  })
})

describe('a prompt that an eval set declares', () => {
  it('has the hashes that detect prints for it, with what it includes', async () => {
    const files = {
      ...project(),
      'prompts/tone.md': 'Be kind.\n',
      'prompts/capital.md': 'Answer.\n{% include "tone.md" %}\n',
    }
    await using repository = await createRepository({ files })
    await repository.commit({ 'prompts/capital.md': 'Answer briefly.\n{% include "tone.md" %}\n' }, 'briefly')
    await repository.commit({ 'prompts/capital.md': '{# ours #}Answer briefly.\n{% include "tone.md" %}\n' }, 'comment')
    const cwd = await repository.cloneFull()
    const detected = await cli(cwd, ['detect', '--base', 'HEAD~2', '--head', 'HEAD~1', '--format', 'json'])
    const [change] = JSON.parse(detected.stdout).changes
    const log = JSON.parse((await cli(cwd, ['log', 'prompts/capital.md', '--format', 'json'])).stdout)
    expect(log.versions.map((one: { hash: string }) => one.hash)).toEqual([change.to, change.from])
  })
})

describe('a constant that an eval set declares', () => {
  it('has the hashes that detect prints for it', async () => {
    const set = (project()['evals/capital.eval.yaml'] as string).replace('../prompts/capital.md', '../app/p.py#ASK')
    const file = (text: string) => `x = 1\nASK = f"${text} {country}"\n`
    const files = { ...project(), 'evals/capital.eval.yaml': set, 'app/p.py': file('Name the capital of') }
    await using repository = await createRepository({ files })
    await repository.commit({ 'app/p.py': `${file('Name the capital of')}y = 2\n` }, 'code')
    await repository.commit({ 'app/p.py': file('Give the capital of') }, 'give')
    const cwd = await repository.cloneFull()
    const detected = await cli(cwd, ['detect', '--base', 'HEAD~1', '--head', 'HEAD', '--format', 'json'])
    const [change] = JSON.parse(detected.stdout).changes
    const log = JSON.parse((await cli(cwd, ['log', 'app/p.py#ASK', '--format', 'json'])).stdout)
    expect(log.versions.map((one: { hash: string }) => one.hash)).toEqual([change.to, change.from])
  })
})

describe('is refused with what to do', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['no prompt', [], 'no prompt is named'],
    ['two prompts', ['a.md', 'b.md'], 'stands alone. Expected 1 argument'],
    ['a misspelt path', ['prompts/aa.md'], 'Did you mean prompts/a.md?'],
    ['the right name in another folder', ['a.md'], 'Did you mean prompts/a.md?'],
    ['a path out of the repository', ['../../etc/passwd'], 'there is no prompt'],
    ['a limit that is none', ['prompts/a.md', '--limit', '0'], '--limit is "0"'],
    ['a format that is none', ['prompts/a.md', '--format', 'xml'], 'text, json'],
    ['an option that is none', ['prompts/a.md', '--limits', '3'], 'Did you mean `--limit`?'],
    ['a configuration that is not there', ['prompts/a.md', '--config', 'x.yaml'], 'no such configuration'],
  ]
  it.each(cases)('%s', async (_, args, message) => {
    await inRepository({ 'prompts/a.md': ONE }, async (cwd) => {
      const { code, stdout, stderr } = await cli(cwd, ['log', ...args])
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(message)
      expect(stderr).not.toContain('defect')
    })
  })

  it('a folder without git', async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'parity-no-git-'))
    const { code, stderr } = await cli(cwd, ['log', 'prompts/a.md'])
    await rm(cwd, { recursive: true })
    expect([code, stderr]).toEqual([2, expect.stringContaining('not a git repository')])
  })
})
