// A provider that makes calls wait in line instead of refusing them, as a model on one's own machine does, at default settings:
// what is sent at the very start may wait for longer than its minute, what is sent later does not.

import { expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import { change } from './change.ts'
import { PROMPT, project, rightAnswer } from './project.ts'

const CASES = 20
const AT_ONCE = 20

it('one call at a time, 4 s each: every case is measured, and only calls of the start are made again', async () => {
  await using llm = await startFakeLlm({ seed: 'line', answer: rightAnswer, slots: 1, latency: 4_000 })
  const head = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
  const ran = await change(llm, { base: project({ cases: CASES }), head })
  expect([ran.code, ran.report?.verdict.outcome, ran.report?.run.calls.failed]).toEqual([0, 'pass', 0])
  const { answered, abandoned, peakInFlight } = llm.stats()
  expect(answered).toBeGreaterThanOrEqual(2 * CASES)
  expect(peakInFlight).toBe(AT_ONCE)
  expect(abandoned).toBeLessThanOrEqual(AT_ONCE)
}, 600_000)
