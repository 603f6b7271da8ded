// A change that leaves no case as it was: nothing is missing, and nothing can be compared.

import { expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import { cases, PROMPT, project, rightAnswer } from './project.ts'
import { workshop } from './sharded.ts'

it.each([
  ['edited', (text: string) => text.replaceAll('What is', 'Which is'), '(20 edited)'],
  ['replaced', (text: string) => text.replaceAll('"id":"', '"id":"new-'), '(20 added, 20 removed)'],
])('all cases %s: not measured, for what is true', async (_name, change, counts) => {
  await using llm = await startFakeLlm({ answer: rightAnswer })
  const head = { 'prompts/capital.md': `${PROMPT}Be brief.\n`, 'evals/cases/capital.jsonl': change(cases(20)) }
  await using shop = await workshop({ base: project(), head }, llm)
  const { code, report } = await shop.whole()
  expect([code, report.verdict.outcome]).toEqual([3, 'not-measured'])
  const message = `No case of capital is the same on both sides, so that nothing can be compared ${counts}.`
  expect(report.verdict.findings).toContainEqual(
    expect.objectContaining({ rule: 'not-measured', message, remedy: expect.stringContaining('after the merge') }),
  )
  expect(JSON.stringify(report)).not.toContain('0 cases of 0')
})
