// Where a price comes from, and what becomes of a limit when there is none, through the shipped program.

import { describe, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { change as changed } from './change.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

async function change(
  model: string,
  config: string,
  gates = 'gates: { cost: { max_ratio: 5, per_request_usd: 1 } }\n',
) {
  await using llm = await startFakeLlm({ seed: 'prices', answer: rightAnswer })
  const base: Files = {
    ...project({ cases: 5 }),
    'evals/capital.eval.yaml': evalFile({ model, extra: gates }),
    ...(config === '' ? {} : { 'parity.yaml': config }),
  }
  const ran = await changed(llm, { base, head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` } })
  expect(llm.violations).toEqual([])
  return { ...ran, cost: ran.report?.evalSets[0]?.cost }
}
const HOUSE = 'openai/house-model-7'

describe.concurrent('a model in no table', () => {
  it('fails the cost gate, with what to do, and is never free', async () => {
    const ran = await change(HOUSE, '')
    expect([ran.code, ran.report?.verdict.outcome]).toEqual([1, 'fail'])
    const finding = ran.report?.verdict.findings.find((one) => one.rule === 'unpriced')
    expect(finding).toMatchObject({
      level: 'fail',
      evalSet: 'capital',
      remedy: expect.stringContaining('Add the model to `prices:`'),
    })
    expect(finding?.message).toContain(`${HOUSE} is not in the price table of`)
    expect(ran.cost).toMatchObject({ state: 'unpriced', perRequestUsd: { base: null, head: null, delta: null } })
  })

  it('without a cost gate it is said and fails nothing', async () => {
    const ran = await change(HOUSE, '', '')
    expect([ran.code, ran.cost?.state]).toEqual([0, 'unpriced'])
  })

  it('has the price of the machines that serve it, with the reason', async () => {
    const ran = await change(
      HOUSE,
      `prices: [{ id: ${HOUSE}, usd_per_hour: 3.6, tokens_per_second: 1000, reason: two GPUs of ours }]\n`,
    )
    expect([ran.code, ran.cost?.state]).toEqual([0, 'no-traffic'])
    expect(ran.cost?.provenance).toContain('two GPUs of ours')
    // A dollar for a million tokens, read or written.
    const { input, output } = ran.report?.evalSets[0]?.tokens ?? { input: { head: 0 }, output: { head: 0 } }
    expect(Number(ran.cost?.perRequestUsd.head) * 1e6).toBeCloseTo((input.head ?? 0) + (output.head ?? 0), 6)
  })

  it('has that of the model it stands for', async () => {
    const ran = await change(HOUSE, `models: { ${HOUSE}: openai/gpt-6-sol }\n`)
    expect([ran.code, ran.cost?.state]).toEqual([0, 'no-traffic'])
  })

  it('a price from a later day is none today', async () => {
    const ran = await change(HOUSE, `prices: [{ id: ${HOUSE}, from: 2099-01-01, input: 1, output: 1 }]\n`)
    expect([ran.code, ran.cost?.state]).toEqual([1, 'unpriced'])
  })
})

describe.concurrent('an id with a date', () => {
  it('is priced as its model where no snapshot differs, and never by a prefix', async () => {
    expect((await change('openai/gpt-4.1-2026-01-31', '')).cost?.state).toBe('no-traffic')
    for (const id of ['openai/gpt-4.1-2026-13-45', 'openai/gpt-4.1-next', 'openai/gpt-4o-2026-01-31'])
      expect((await change(id, '')).cost?.state, id).toBe('unpriced')
  })
})

it('prices that the change itself brings are listed, for its own cost gates go by them', async () => {
  await using llm = await startFakeLlm({ seed: 'prices', answer: rightAnswer })
  const price = (id: string, output: number) => `  - { id: ${id}, input: 1, output: ${output} }\n`
  const named = async (before: string, after: string) => {
    const files = (text: string): Files => ({ 'parity.yaml': `prices:\n${text}` })
    const base = { ...project({ cases: 3 }), ...files(before) }
    const ran = await changed(llm, { base, head: files(after), args: ['--dry-run'] })
    const found = ran.report?.verdict.findings.filter((one) => one.rule === 'loosened-gate') ?? []
    expect(found.every((one) => one.level === 'note' && one.place?.path === 'parity.yaml')).toBe(true)
    return found.map((one) => /`([^`]+)`/.exec(one.message)?.[1])
  }
  const [a, b] = [price('acme/a', 2), price('acme/b', 2)]
  expect(await named(a + b, price('acme/a', 0.1) + b)).toEqual(['acme/a'])
  expect(await named(a, a + b)).toEqual(['acme/b'])
  expect(await named(a + b, a)).toEqual(['acme/b'])
  expect(await named(a + b, `${b}${a}`)).toEqual([])
})
