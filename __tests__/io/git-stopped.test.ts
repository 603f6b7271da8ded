// A git that ends while it is asked: no answer is not the answer that nothing changed.

import { spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { git, gitEnvironment } from '../fakes/git.ts'
import { createRepository } from '../fakes/repository.ts'
import { NODE24 } from '../fakes/runner.ts'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs')
const SET =
  'target: { prompt: p.md, model: openai/gpt-4.1 }\ncases: [{ vars: { q: x }, expected: y }]\nscorers: [equals]\n'

it.each([1, 3, 4, 5])('after %i questions: an error that says so, and no green', async (questions) => {
  await using repository = await createRepository({ files: { 'a.eval.yaml': SET, 'p.md': 'Say {{q}}\n' } })
  const cwd = await repository.cloneFull('main')
  await git(cwd, ['checkout', '-q', '-b', 'change'])
  await writeFile(join(cwd, 'p.md'), 'Tell {{q}}\n')
  await git(cwd, ['commit', '-q', '-a', '-m', 'Change'])
  const bin = await mkdtemp(join(tmpdir(), 'parity-git-'))
  const real = `PATH='${process.env.PATH}' exec git "$@"`
  const some = `i=0; while [ $i -lt ${questions} ] && read -r line; do printf '%s\\n' "$line"; i=$((i+1)); done`
  const stops = `case "$*" in *cat-file*) { ${some}; } | (${real});; *) ${real};; esac`
  await writeFile(join(bin, 'git'), `#!/bin/sh\n${stops}\n`)
  await chmod(join(bin, 'git'), 0o755)
  const env = gitEnvironment({ PATH: `${bin}:${process.env.PATH}`, HOME: cwd })
  const child = spawn(NODE24, [CLI, 'detect', '--base', 'main', '--head', 'change'], { cwd, env })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (part) => (said.stdout += part))
  child.stderr.on('data', (part) => (said.stderr += part))
  const code = await new Promise((done) => child.on('close', done))
  expect([code, said.stdout], said.stderr).toEqual([2, ''])
  expect(said.stderr).toMatch(/it stopped|there is no commit/)
  await rm(bin, { recursive: true })
})
