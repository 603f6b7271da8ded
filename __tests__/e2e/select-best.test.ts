// The pairwise judge in the shipped program.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { change } from './change.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

const scorers =
  'scorers: [{ select-best: { value: "The better answer.", model: anthropic/claude-sonnet-4-5-20250929 } }]'
const base = {
  ...project(),
  'evals/capital.eval.yaml': evalFile().replace('scorers: [{ contains: "{{expected}}" }]', scorers),
}
const head = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }

/** The head answers in a sentence. A judge with a favourite finds it in either place, one with a bias always says A. */
const world = (favourite: 'base' | 'A') => (context: CallContext) => {
  if (!context.prompt.includes('Which output meets the criterion better?'))
    return context.prompt.includes('brief') ? `It is ${rightAnswer(context)}.` : rightAnswer(context)
  const headIsA = /<output-A-\w+>\nIt is/.test(context.prompt)
  return JSON.stringify({ reason: 'It is short.', label: favourite === 'base' && headIsA ? 'B' : 'A' })
}

let llm: FakeLlm
beforeAll(async () => {
  llm = await startFakeLlm({ seed: 'select-best' })
})
afterAll(() => llm.close())

describe('a pairwise judge', () => {
  it('whose verdict survives the swap fails the check and says why', async () => {
    llm.configure({ answer: world('base') })
    const { code, report, files } = await change(llm, { base, head })
    expect(code).toBe(1)
    expect(report?.evalSets[0]).toMatchObject({ outcome: 'fail', judge: 'anthropic/claude-sonnet-4-5-20250929' })
    const comment = files.find((file) => file.path.endsWith('comment.md'))?.text
    expect(comment).toContain('the base is better in both orders')
    expect(files.find((file) => file.path.endsWith('report.html'))?.text).toContain('0 won, 20 lost, 0 ties')
    expect(llm.violations).toEqual([])
  })

  it('whose verdict does not survive the swap changes nothing', async () => {
    llm.configure({ answer: world('A') })
    const { code, report, requests } = await change(llm, { base, head })
    expect(code).toBe(0)
    expect(report?.evalSets[0]).toMatchObject({ outcome: 'pass', score: { delta: 0 }, flips: [] })
    expect(report?.run.calls).toMatchObject({ target: 40, judge: 40 })
    expect(requests).toHaveLength(80)
    expect(llm.violations).toEqual([])
  })
})
