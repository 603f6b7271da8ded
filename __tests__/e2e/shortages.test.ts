// A machine that runs short in the middle of a run: what was measured is kept, nothing is called a regression, and the same
// command goes on. Exit code 1 is "a gate failed", and nobody's but a gate's.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import { type Checkout, checkout, continued } from './calm.ts'
import { PROMPT, project, rightAnswer, wrongWhen } from './project.ts'
import { stage } from './stage.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const answer = wrongWhen('Be brief', ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana'])

let place: Checkout
beforeAll(async () => {
  place = await checkout(project(), BRIEF)
})
afterAll(() => place[Symbol.asyncDispose]())

const limited = (limit: string) => (command: readonly string[]) => [
  'bash',
  '-c',
  `ulimit ${limit}; exec "$@"`,
  'bash',
  ...command,
]

describe('files that may not grow', () => {
  it('an error with the file and the remedy, and the same command goes on', async () => {
    await using llm = await startFakeLlm({ seed: 'short', answer, latency: 5 })
    const calm = await place.run(llm)
    expect(calm.code).toBe(1)
    llm.reset()
    const state = await place.scratch()
    const short = await place.run(llm, { state, within: limited('-f 24') })
    expect([short.code, short.stdout]).toEqual([3, ''])
    expect(short.stderr).toMatch(
      /(answers|calls)\.jsonl is as large as a file may be here[\s\S]*ulimit -f[\s\S]*same command again/,
    )
    const { answered } = llm.stats()
    llm.reset()
    const again = await place.run(llm, { state })
    expect(continued(again.report), again.stderr).toEqual(continued(calm.report))
    expect(again.report?.run.calls.stored).toBeGreaterThan(5)
    expect(answered).toBeLessThan(calm.report?.run.calls.target ?? 0)
    expect(llm.stats().answered).toBeLessThan(calm.report?.run.calls.target ?? 0)
  })
})

it('too few open files: said as such, and nothing is measured', async () => {
  await using llm = await startFakeLlm({ seed: 'short', answer })
  for (const limit of ['-n 28', '-n 32', '-n 40']) {
    const ran = await place.run(llm, { within: limited(limit) })
    expect([ran.code, ran.stdout], `${limit}: ${ran.stderr}`).toEqual([3, ''])
    expect(ran.stderr).toMatch(/EMFILE[\s\S]*`ulimit -n`/)
    expect(ran.stderr).not.toContain('defect')
  }
})

describe('standard output', () => {
  it('that is full: the result is lost, and that is said', async () => {
    await using llm = await startFakeLlm({ seed: 'short', answer: rightAnswer })
    const within = (command: readonly string[]) => ['bash', '-c', 'exec "$@" > /dev/full', 'bash', ...command]
    const ran = await place.run(llm, { within })
    expect(ran.code, ran.stderr).toBe(3)
    expect(ran.stderr).toMatch(/standard output \(ENOSPC\)/)
  })

  it('that nobody reads to its end changes no exit code', async () => {
    await using llm = await startFakeLlm({ seed: 'short', answer })
    const within = (command: readonly string[]) => ['bash', '-c', 'set -o pipefail; "$@" | true', 'bash', ...command]
    const ran = await place.run(llm, { within })
    expect([ran.code, ran.stderr]).toEqual([1, expect.not.stringContaining('EPIPE')])
  })
})

it("the runner's files that take nothing: the verdict stands, the comment is posted, and each is named", async () => {
  const env = { GITHUB_OUTPUT: '/dev/full', GITHUB_STEP_SUMMARY: '/dev/full' }
  await using play = await stage({ base: project(), head: BRIEF, llm: { answer }, env })
  const { action, report, comments } = await play.run()
  expect([action.code, report?.verdict.outcome], action.stderr).toEqual([1, 'fail'])
  expect(action.stdout).toMatch(/The job summary could not be written \(ENOSPC/)
  expect(action.stdout).toMatch(/The output `verdict` could not be written/)
  expect(comments()).toHaveLength(1)
  expect(await readFile(join(play.workspace, '.parity', 'report', 'summary.md'), 'utf8')).toContain('capital')
})
