// What counts towards the check, and what the first sentence says of it: mode and level, through the shipped program.

import { describe, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { change, type Trees } from './change.ts'
import { evalFile, PROMPT, project, wrongWhen } from './project.ts'

const BROKEN = ['France', 'Italy', 'Greece', 'Austria', 'Portugal']
const BRIEF: Files = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const withSet = (extra: string): Files => ({ 'evals/capital.eval.yaml': evalFile({ extra: `${extra}\n` }) })
const config = (text: string): Files => ({ 'parity.yaml': `${text}\n` })

async function broken(base: Files, head: Files = {}, more: Partial<Trees> = {}) {
  await using llm = await startFakeLlm({ seed: 'modes', answer: wrongWhen('brief', BROKEN) })
  const trees = { base: { ...project(), ...base }, head: { ...BRIEF, ...head } }
  const { code, report, rules } = await change(llm, { ...trees, ...more })
  const headline = report?.verdict.headline ?? ''
  return { ending: [code, report?.verdict.outcome, report?.verdict.blocks], headline, rules }
}

const GREEN = [0, 'fail', false]
const RED = [1, 'fail', true]

describe.concurrent('mode', () => {
  it('of the flag counts before that of the eval set, which counts before that of parity.yaml', async () => {
    const set = await broken({ ...config('mode: enforce'), ...withSet('mode: report') })
    expect(set.ending).toEqual(GREEN)
    expect(set.headline).toMatch(/^Fails: .* Report mode: the check stays green\.$/)
    expect((await broken({ ...config('mode: report'), ...withSet('mode: enforce') })).ending).toEqual(RED)
    const asked = (mode: string) => ({ args: ['--mode', mode] })
    expect((await broken(withSet('mode: report'), {}, asked('enforce'))).ending).toEqual(RED)
    expect((await broken(withSet('mode: enforce'), {}, asked('report'))).ending).toEqual(GREEN)
  })

  it('is no way out of a failure of the same change, wherever the change writes it', async () => {
    for (const head of [withSet('mode: report'), config('mode: report')]) {
      for (const base of [{}, config('mode: enforce')]) {
        const ran = await broken(base, head)
        expect(ran.ending).toEqual(RED)
        expect(ran.rules).toContain('loosened-gate')
      }
    }
    const stricter = await broken(config('mode: report'), config('mode: enforce'))
    expect([stricter.ending, stricter.rules.includes('loosened-gate')]).toEqual([RED, false])
  })
})

it('a limit that only warns passes with a warning, and not with losses that it would take', async () => {
  const ran = await broken(withSet('gates: { max_drop_points: { limit: 5, level: warn } }'))
  expect(ran.ending).toEqual([0, 'pass', false])
  expect(ran.headline).toBe(
    'Passes with a warning: 5 of 20 cases broke in capital, score 100 to 75 (-25 points; limit -5).',
  )
})
