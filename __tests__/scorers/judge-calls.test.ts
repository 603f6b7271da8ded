import { describe, expect, it } from 'vitest'
import type { Trial, TrialOutcome } from '../../src/domain.ts'
import type { Work } from '../../src/run/work.ts'
import { workKey } from '../../src/run/work.ts'
import { judgeRequest, PASS_FAIL } from '../../src/scorers/judge.ts'
import { createJudge } from '../../src/scorers/judge-calls.ts'

const question = (output: string) =>
  judgeRequest({
    ...{ model: 'openai/judge', parameters: {}, scale: PASS_FAIL, rubric: 'Is polite.' },
    material: [{ name: 'output', text: output }],
  })

const trial = (more: Partial<Trial>): Trial => ({
  ...{ evalSet: 's', caseId: 'c0', side: 'head', step: 'pass', index: 0 },
  ...more,
})

/** The keys of the calls that these trials come to, each about the same answer unless it says another. */
async function keysOf(trials: readonly (Partial<Trial> & { readonly output?: string })[]): Promise<readonly string[]> {
  const keys: string[] = []
  const submit = async (work: Work): Promise<TrialOutcome> => {
    keys.push(workKey(work))
    const outcome = { state: 'answered' as const, answer: { text: '', latencyMs: 1 } }
    return { trial: work.trial, request: work.request, outcome, attempts: 1, stored: false, startedAt: '' }
  }
  const judge = createJudge(submit)
  await Promise.all(trials.map(({ output = 'Yes.', ...one }) => judge(trial(one), 'content')(question(output))))
  return keys
}

describe('questions to a judge', () => {
  it('are asked once for both sides of a pair, and for a tie that is shown', async () => {
    expect(await keysOf([{ side: 'base' }, { side: 'head' }, { step: 'identical' }])).toHaveLength(1)
    expect(await keysOf([{ side: 'base' }, { side: 'head', output: 'No.' }])).toHaveLength(2)
  })
  it('are asked again in each pass and re-run, whose answers may be the same while the judge wavers', async () => {
    const rounds = [{}, { index: 1 }, { step: 'fresh' as const }, { step: 'fresh' as const, index: 1 }]
    const keys = await keysOf(rounds.flatMap((one) => [one, { ...one, side: 'base' as const }]))
    expect(new Set(keys).size).toBe(rounds.length)
    expect(keys).toHaveLength(rounds.length)
  })
})
