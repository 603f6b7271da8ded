// What nobody answered is no tie and no pass, through the shipped program.

import { describe, expect, it } from 'vitest'
import { type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { checkout } from './calm.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const MISSPELT = evalFile({ model: 'openai/gpt-4.1-2025-04-41' })
const KNOWN = { knownModels: ['gpt-4.1-2025-04-14'] }

async function run({ base, head }: { base: Files; head: Files }, options: FakeLlmOptions = {}) {
  await using llm = await startFakeLlm({ seed: 'nobody', answer: rightAnswer, ...options })
  await using there = await checkout(base, head)
  return await there.run(llm)
}

describe.concurrent('nothing was measured', () => {
  it('where both sides ask for a model that there is not', async () => {
    const base = { ...project({ cases: 6 }), 'evals/capital.eval.yaml': MISSPELT }
    const { code, report } = await run({ base, head: BRIEF }, KNOWN)
    expect([code, report?.verdict.outcome, report?.verdict.headline]).toEqual([
      3,
      'not-measured',
      expect.stringContaining('no call of capital was answered on either side: openai answered 404'),
    ])
    expect(report?.evalSets[0]?.gates.map(({ status }) => status)).toEqual(['not-measured'])
  })

  it.each([
    ['is refused', KNOWN, MISSPELT, 'no call of capital was answered: openai answered 404'],
    ['meets an outage', { faults: [{ kind: 'invalid-key' }] }, evalFile({}), '6 cases of 6 could not be measured'],
  ] as const)('where a new eval set %s', async (_, options, file, said) => {
    const head = { ...project({ cases: 6 }), 'evals/capital.eval.yaml': file }
    const { code, report } = await run({ base: { 'README.md': '# Empty\n' }, head }, options)
    expect([code, report?.verdict.outcome, report?.verdict.headline]).toEqual([
      3,
      'not-measured',
      expect.stringContaining(said),
    ])
  })
})

it('what to do about it is what would help', async () => {
  const remedy = async (file: string, options: FakeLlmOptions = {}) => {
    const base = { ...project({ cases: 3 }), 'evals/capital.eval.yaml': file }
    const { report } = await run({ base, head: BRIEF }, options)
    return report?.verdict.findings.find(({ rule }) => rule === 'provider-error')?.remedy
  }
  expect(await remedy(evalFile({ model: 'echo' }))).toContain('`echo` calls nobody: name a model.')
  expect(await remedy(evalFile(), { faults: [{ kind: 'invalid-key' }] })).toContain('correct the key')
})

it('cases that both sides lose alike are said, and the others decide', async () => {
  const when = ({ prompt }: { readonly prompt: string }) => prompt.includes('of France?')
  const faults = [{ kind: 'unsupported-parameter', when }] as const
  const { code, report } = await run({ base: project({ cases: 6 }), head: BRIEF }, { faults })
  const found = report?.verdict.findings.find(({ rule }) => rule === 'provider-error')
  expect([code, report?.verdict.outcome, found?.level, found?.evidence]).toEqual([0, 'pass', 'warn', ['france']])
  expect(found?.message).toContain('1 case of capital failed on both sides')
})

it('where most cases are refused alike on both sides, the rest shows no parity', async () => {
  const when = ({ prompt }: { readonly prompt: string }) => !/of (?:France|Italy)\?/.test(prompt)
  const faults = [{ kind: 'unsupported-parameter', when }] as const
  const { code, report } = await run({ base: project({ cases: 6 }), head: BRIEF }, { faults })
  expect([code, report?.verdict.outcome]).toEqual([3, 'not-measured'])
  expect(report?.verdict.headline).toMatch(/4 cases of 6 of capital were refused on both sides: openai answered 400/)
})

describe.concurrent('a base that answered no call', () => {
  const base = { ...project({ cases: 6 }), 'evals/capital.eval.yaml': MISSPELT }
  const mended = { 'evals/capital.eval.yaml': evalFile() }
  const SAID = 'no call of the base'

  it('may be mended, and the report claims no comparison', async () => {
    const { code, report } = await run({ base, head: mended }, KNOWN)
    expect([code, report?.verdict.outcome]).toEqual([0, 'pass'])
    expect(report?.verdict.headline).toMatch(
      /^Passes: score 100 on the head of capital; no call of the base was answered \(openai answered 404.*\), so that there is/,
    )
    const found = report?.verdict.findings.filter(({ message }) => message.includes(SAID))
    expect(found).toMatchObject([{ rule: 'provider-error', level: 'warn', evalSet: 'capital' }])
    expect(report?.evalSets[0]?.evidence).toBe('No call of the base was answered: nothing was compared.')
  })

  it('shows nothing of a head whose answers are all wrong', async () => {
    const { code, report } = await run({ base, head: mended }, { ...KNOWN, answer: () => 'I do not know.' })
    expect([code, report?.verdict.outcome, report?.verdict.headline]).toEqual([
      3,
      'not-measured',
      expect.stringMatching(/no call of the base of capital was answered .* and no case of the head passes/),
    ])
    expect(report?.verdict.findings.filter(({ message }) => message.includes(SAID))).toHaveLength(1)
  })

  it('is enough for a head of which one case passes, and one answer of the base is a comparison', async () => {
    const one = ({ prompt }: { readonly prompt: string }) => (prompt.includes('of Italy?') ? 'Rome' : 'I do not know.')
    const { code, report } = await run({ base, head: mended }, { ...KNOWN, answer: one })
    expect([code, report?.verdict.headline]).toEqual([0, expect.stringContaining('score 16.7 on the head of capital')])
    const when = ({ prompt }: { readonly prompt: string }) => !prompt.includes('of Italy?') && !prompt.includes('brief')
    const faults = [{ kind: 'unsupported-parameter', when }] as const
    const most = await run({ base: project({ cases: 6 }), head: BRIEF }, { faults })
    expect([most.code, most.report?.verdict.headline]).toEqual([0, expect.not.stringContaining(SAID)])
  })
})

it('a judge that there is not is said in words', async () => {
  const file = evalFile().replace('contains: "{{expected}}"', 'llm-rubric: { value: Polite., model: openai/gpt-judge }')
  const base = { ...project({ cases: 6 }), 'evals/capital.eval.yaml': file }
  const { code, report } = await run({ base, head: BRIEF }, KNOWN)
  const found = report?.verdict.findings.find(({ rule }) => rule === 'provider-error')
  expect([code, report?.verdict.outcome, found?.message]).toEqual([
    3,
    'not-measured',
    expect.stringMatching(
      /^12 answers of capital could not be scored: llm-rubric: the judge failed: openai answered 404/,
    ),
  ])
})
