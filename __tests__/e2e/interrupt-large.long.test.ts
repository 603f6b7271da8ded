// A large run whose answers are all there, stopped at several moments: it ends at once with its own code, and loses nothing.

import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { startFakeLlm } from '../fakes/llm.ts'
import { createRepository } from '../fakes/repository.ts'
import { type CliRun, cli, mostMs, providers, reportIn } from './launch.ts'
import { PROMPT, project, rightAnswer } from './project.ts'

const CASES = 12_000
const RUN = ['run', '--base', 'origin/main', '--head', 'HEAD', '--format', 'json']
const WAYS = ['SIGINT', 'SIGTERM'] as const

/** What two runs of one content have in common. */
const judged = (report: Report | null) => {
  const { startedAt: _, run, ...rest } = report ?? { startedAt: '', run: null }
  return { ...rest, stored: run?.calls.stored, incomplete: run?.incomplete }
}

describe('a large run of stored answers', () => {
  it('stops when it is told to, and the next one ends as if nothing had been', async () => {
    await using repository = await createRepository({ files: project({ cases: CASES }) })
    await repository.commit({ 'prompts/capital.md': `${PROMPT}Be brief.\n` }, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    await using llm = await startFakeLlm({ seed: 'large', answer: rightAnswer, record: false })
    const run = (kill?: CliRun['kill']) =>
      cli(RUN, { cwd, env: providers(llm), ...(kill === undefined ? {} : { kill }) })
    expect((await run()).code).toBe(0)
    const whole = await run()
    const calls = llm.stats().requests
    const reportDir = join(cwd, '.parity', 'report')
    const record = join(reportDir, 'record.jsonl')
    const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
    const moments = {
      reading: () => sizeOf(join(cwd, '.parity', '.gitignore')) > 0,
      answering: () => sizeOf(record) > 0,
    }
    for (const signal of WAYS)
      for (const [name, when] of Object.entries(moments)) {
        await rm(reportDir, { recursive: true, force: true })
        await rm(join(cwd, '.parity', '.gitignore'), { force: true })
        const ran = await run({ when, signal })
        expect([name, ran.code], ran.stderr).toEqual([name, 3])
        expect(ran.killedMs).toBeLessThan(mostMs(ran.durationMs, ran.killedMs))
        const report = await reportIn(cwd)
        if (report === null) expect(ran.stderr).toMatch(/^error: The run was interrupted before its plan was made/m)
        else {
          expect(report.verdict.outcome).toBe('not-measured')
          expect(report.run.incomplete?.reason).toBe('the run was interrupted')
          expect(report.run.calls).toMatchObject({ target: 0, lost: 0, failed: 0 })
          expect(report.run.calls.stored).toBeLessThan(2 * CASES)
          expect(report.notRun).toEqual([{ evalSet: 'capital', why: 'the run was interrupted' }])
        }
        if (name === 'answering') expect(report).not.toBeNull()
      }
    const again = await run()
    expect(judged(JSON.parse(again.stdout))).toEqual(judged(JSON.parse(whole.stdout)))
    expect(again.code).toBe(whole.code)
    expect(llm.stats().requests).toBe(calls)
  })
})
