// Cases that must pass, in a pull request that frees them: by an edit of the case, or of its tags.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cases, evalFile, PROMPT, project, wrongWhen } from '../e2e/project.ts'
import { type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { runChange } from './cli.ts'

let llm: FakeLlm
beforeAll(async () => {
  llm = await startFakeLlm({ seed: 'must-pass' })
})
afterAll(() => llm.close())

const CASES = 'evals/cases/capital.jsonl'
const brief = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }

/** One lost case of sixty is below the limit, unless it has to pass. */
async function change(rule: string, edit: (line: string) => string, tagged: (line: string) => string = (line) => line) {
  llm.reset()
  llm.configure({ answer: wrongWhen('brief', ['Italy']) })
  const lines = tagged(cases(60)).split('\n')
  const base = {
    ...project({ cases: 60 }),
    'evals/capital.eval.yaml': evalFile({ extra: `gates: { must_pass: ["${rule}"] }\n` }),
    [CASES]: lines.join('\n'),
  }
  const edited = lines.map((line) => (line.includes('"italy"') ? edit(line) : line)).join('\n')
  const { ran, report } = await runChange(llm, base, { ...brief, [CASES]: edited })
  expect(llm.violations).toEqual([])
  return { code: ran.code, headline: report.verdict.headline, rule: report.evalSets[0]?.rule }
}

const withTag = (text: string) => text.replaceAll('"continent"', '"tags":["law"],"continent"')

describe('a case that must pass and breaks', () => {
  it.each<[string, string, (line: string) => string]>([
    ['as it is', 'italy', (line) => line],
    ['with another question', 'italy', (line) => line.replace('of Italy?', 'of Italy? Please.')],
    ['with another label', 'italy', (line) => line.replace('Europe', 'Europa')],
    ['without its tag', 'tag:law', (line) => line.replace('"tags":["law"],', '')],
    [
      'without its tag and with another question',
      'tag:law',
      (line) => line.replace('"tags":["law"],', '').replace('Italy?', 'Italy? Please.'),
    ],
  ])('fails: %s', async (_, rule, edit) => {
    expect(await change(rule, edit, withTag)).toMatchObject({
      code: 1,
      rule: 'must-pass',
      headline: expect.stringContaining('italy'),
    })
  })

  it('is no loss where the base fails by the new expectation, too', async () => {
    const { code, rule } = await change('italy', (line) => line.replace('"Rome"', '"Milan"'))
    expect([code, rule]).not.toContain('must-pass')
    expect(code).toBe(0)
  })
})
