// What a person sees while a run goes on: on a terminal a live line for each eval set, in CI lines; on standard output never any.

import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import { type Checkout, checkout } from './calm.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

const FILES = {
  ...project(),
  'evals/second.eval.yaml': evalFile().replace('name: capital', 'name: second'),
}
/** `script` of util-linux starts a program on a terminal of its own. */
const hasScript = spawnSync('script', ['--version']).stdout?.toString().includes('util-linux') === true
const inTerminal = (command: readonly string[]) => [
  'script',
  '-qec',
  `stty cols 100; ${command.map((word) => `'${word}'`).join(' ')}`,
  '/dev/null',
]

let place: Checkout
beforeAll(async () => {
  place = await checkout(FILES, { 'prompts/capital.md': `${PROMPT}Be brief.\n` })
})
afterAll(() => place[Symbol.asyncDispose]())

it.runIf(hasScript)('on a terminal: done, failed, spend, rate and time left of each eval set, in place', async () => {
  const faults = [
    { kind: 'content-filter', when: ({ prompt }: { prompt: string }) => prompt.includes('Peru') },
  ] as const
  await using llm = await startFakeLlm({ seed: 'live', answer: rightAnswer, latency: 250, faults })
  const ran = await place.run(llm, { within: inTerminal, format: 'text' })
  const shown = ran.stdout
  expect(shown).toMatch(
    /capital: \d+ of 40 runs done, (\d+ failed, )?\$[\d.]+ so far, [\d.]+ a second, about \d+ s left/,
  )
  expect(shown).toMatch(/second: \d+ of 40 runs done/)
  expect(shown).toMatch(/2 eval sets: \d+ of 80 runs done, \d failed/)
  // Three lines, overwritten from the first of them; nothing of them is left below the report.
  expect(shown).toContain('\u001b[2A\u001b[0J')
  const last = shown.lastIndexOf('runs done')
  expect(shown.slice(last)).toContain('\u001b[2A\u001b[0J')
})

it('in CI: no control characters, and standard output is the report alone', async () => {
  await using llm = await startFakeLlm({ seed: 'live', answer: rightAnswer, latency: 100 })
  const ran = await place.run(llm)
  expect(ran.code, ran.stderr).toBe(0)
  expect(JSON.parse(ran.stdout).schema).toBe('prompt-parity/1')
  expect(ran.stderr).toContain('Plan: 80 calls planned')
  expect(ran.stderr + ran.stdout).not.toContain('\u001b')
  expect(ran.stderr).not.toContain('\r')
  expect(ran.stderr).not.toContain('Stored answers')
  // The plan is that of a run without them: what it will not cost is said beside it.
  const state = await place.scratch()
  await place.run(llm, { state })
  const again = await place.run(llm, { state })
  expect(again.stderr).toContain(
    'Stored answers of earlier runs: 80. A call that one of them answers is not made again.',
  )
  expect(JSON.parse(again.stdout).run.calls).toMatchObject({ target: 0, stored: 80 })
})
