// Scripts of scorers in the shipped program: the thread's file must be found beside the bundled chunks, on every Node.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { GIT_ENV } from '../fakes/git.ts'
import { createRepository } from '../fakes/repository.ts'
import { NODE24 } from '../fakes/runner.ts'
import { reportIn } from './launch.ts'
import { CLI, ROOT } from './stage.ts'
import { at, MOVED } from './today.ts'

const exec = promisify(execFile)
/** Ours, and the one that the system has, which may be older. */
const NODES = [NODE24, '/usr/bin/node'].filter((path) => existsSync(path))

const SCRIPT = 'output.length === 5 && typeof process === "undefined" && typeof require === "undefined"'
const BOMB = '"x".repeat(1000000).indexOf("x".repeat(50000) + "y") < 0'

const evalSet = (name: string, scorers: readonly unknown[]) =>
  JSON.stringify({
    name,
    target: { prompt: '../prompts/word.md', replay: 'answers.jsonl' },
    cases: [1, 2, 3, 4].map((id) => ({ id: `c${id}`, vars: { n: id } })),
    scorers,
  })

const answers = (text: string) =>
  [1, 2, 3, 4]
    .flatMap((id) => [
      JSON.stringify({ case: `c${id}`, side: 'base', output: 'abcde' }),
      JSON.stringify({ case: `c${id}`, side: 'head', output: text }),
    ])
    .join('\n')

async function checkout(scorers: readonly unknown[], headAnswer: string) {
  const repository = await createRepository()
  const files = {
    'prompts/word.md': 'Say a word of {{n}} letters.\n',
    'evals/words.eval.yaml': evalSet('words', scorers),
    'evals/answers.jsonl': answers(headAnswer),
  }
  await repository.commit(files, 'Base', { branch: 'main' })
  await repository.commit({ 'prompts/word.md': 'Say one word of {{n}} letters.\n' }, 'Change', {
    branch: 'change',
    from: await repository.sha('main'),
  })
  const folder = await repository.cloneFull('refs/heads/change')
  return { folder, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() }
}

async function run(node: string, cwd: string) {
  const env = { PATH: process.env.PATH ?? '', HOME: cwd, ...GIT_ENV, ...at() }
  const args = [...MOVED, CLI, 'run', '--base', 'origin/main', '--head', 'HEAD']
  const ended = await exec(node, args, { cwd, env, timeout: 120_000 }).catch((error: unknown) => error)
  return { ended, report: await reportIn(cwd) }
}

describe.each(NODES)('scripts with %s', (node) => {
  it('decide a run', async () => {
    await using good = await checkout([{ javascript: SCRIPT }], 'fghij')
    const passed = await run(node, good.folder)
    expect(passed.report?.verdict.outcome, JSON.stringify(passed.ended)).toBe('pass')
    expect(passed.report?.evalSets[0]?.score).toMatchObject({ base: 100, head: 100 })
    await using bad = await checkout([{ javascript: SCRIPT }], 'abc')
    const broken = await run(node, bad.folder)
    expect(broken.report?.evalSets[0]?.score, JSON.stringify(broken.ended)).toMatchObject({ base: 100, head: 0 })
  })

  it('end in the middle of one long native call, and the run goes on', async () => {
    await using stage = await checkout([{ javascript: `context.vars.n !== 1 || ${BOMB}` }], 'fghij')
    const { ended, report } = await run(node, stage.folder)
    expect(JSON.stringify(report?.evalSets[0]), JSON.stringify(ended)).toContain('it ran for too long')
    expect(report?.evalSets[0]?.score).toMatchObject({ base: 100, head: 100 })
  })

  it('transform an answer first', async () => {
    const transform = { type: 'equals', value: 'ABCDE', transform: 'output.toUpperCase()' }
    await using stage = await checkout([transform], 'fghij')
    const { ended, report } = await run(node, stage.folder)
    expect(report?.evalSets[0]?.score, JSON.stringify(ended)).toMatchObject({ base: 100, head: 0 })
  })
})

describe('the bundle', () => {
  it('has the engine only in chunks that are loaded on demand', async () => {
    const seen = new Set(['cli.cjs', 'action.cjs', 'sandbox-worker.cjs'])
    for (const file of seen) {
      const text = await readFile(join(ROOT, 'dist', 'lib', file), 'utf8')
      expect(text.includes('QuickJSRaw'), file).toBe(false)
      for (const [, chunk] of text.matchAll(/(?<!=>)\brequire\('\.\/([\w-]+\.cjs)'\)/g)) if (chunk) seen.add(chunk)
    }
    expect(seen.size).toBeGreaterThan(5)
  })
})
