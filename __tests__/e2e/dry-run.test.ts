// What a change would cost, without a call: after a run that counted, in its measure.

import { describe, expect, it } from 'vitest'
import { application } from './application.ts'
import { PROMPT, project, rightAnswer } from './project.ts'
import { stage } from './stage.ts'

const scene = {
  base: project(),
  head: { 'prompts/capital.md': `${PROMPT}Consider the history of the country before you answer.\n` },
  llm: { answer: rightAnswer },
}

describe('a dry run', () => {
  it('says that it estimates, calls nothing, and leaves the outputs of a measurement empty', async () => {
    await using play = await stage({ ...scene, inputs: { 'dry-run': 'true' } })
    const { report, action } = await play.run()
    expect(play.llm.requests).toEqual([])
    const [set] = report?.estimate?.evalSets ?? []
    expect(set?.basis).toContain('estimated from text (±15 %)')
    expect([report?.evalSets, report?.routes]).toEqual([[], []])
    expect(action.outputs['monthly-delta-usd']).toBe('')
    expect(action.outputs['score-delta']).toBe('')
    expect(report?.verdict.headline).toMatch(/^Planned, not run: cost of capital about \+\$[\d.]+, .* \(estimated\)/)
    expect(report?.verdict.headline).toMatch(/to measure it takes 40 calls, about \$[\d.]+\.$/)
    expect(report?.run.notes.join()).not.toContain('stored')
  })

  it('after a run that counted: its tokens, and answers as long as they were', async () => {
    await using play = await stage(scene)
    const measured = await play.run()
    expect(await measured.file('calls.jsonl')).toContain('gen_ai')
    const [counted] = measured.report?.evalSets ?? []
    const before = play.llm.requests.length
    const { report, file } = await play.run({ inputs: { 'dry-run': 'true' } })
    expect(play.llm.requests.length).toBe(before)
    const [set] = report?.estimate?.evalSets ?? []
    expect(set?.basis).toMatch(/in the measure of the run of \d{4}-\d\d-\d\d, answers as long as then \(2 tokens\)/)
    const error = Math.abs((set?.inputTokens.base ?? 0) / (counted?.tokens.input.base ?? 1) - 1)
    expect(error).toBeLessThan(0.06)
    expect(measured.report?.estimate).toBeUndefined()
    // The calls of the run before are none of this one.
    expect(await file('calls.jsonl')).toBe('')
    expect(await file('record.jsonl')).toBe('')
    // All of them are answered already: the plan has none of them.
    expect(report?.verdict.headline).toMatch(/to measure it takes 0 calls, .* \(40 more have stored answers\)\.$/)
    expect(report?.run.plan).toMatchObject({ calls: 0, usd: '0' })
    expect(report?.run.notes).toContainEqual(expect.stringMatching(/^40 calls not planned/))
    const afresh = await play.run({ inputs: { 'dry-run': 'true', 'no-cache': 'true' } })
    expect(afresh.report?.verdict.headline).toMatch(/to measure it takes 40 calls, [^(]*$/)
  }, 90_000)

  it('of an application counts no tokens, and says that it does not know them', async () => {
    const base = application({ answer: "return 'Paris'", count: 4 })
    await using play = await stage({ base, head: { 'app/prompt.txt': 'Be brief.' }, inputs: { 'dry-run': 'true' } })
    const { report } = await play.run()
    expect(report?.run.plan).toMatchObject({ calls: 8, usd: null, target: { inputTokens: { expected: 0, worst: 0 } } })
    expect(report?.run.notes).toContainEqual(expect.stringContaining('The plan counts no tokens of applications'))
  })
})
