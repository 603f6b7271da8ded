// What the configuration of a trusted head changes: where keys go, and what is listed for whoever reviews it.

import { describe, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { change } from './change.ts'
import { providers } from './launch.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

const KEYS = { HOUSE_KEY: 'house-key-5f3a9c1e77', OTHER_KEY: 'other-key-5f3a9c1e77' }

describe.concurrent('a key of a provider of the base', () => {
  /** The head's providers are spelled with HOME and AWAY for the addresses. */
  async function asked(headProviders: string, model = 'house/gpt-6-sol') {
    await using home = await startFakeLlm({ seed: 'home', answer: rightAnswer })
    await using away = await startFakeLlm({ seed: 'away', answer: rightAnswer })
    const written = (text: string): Files => ({
      'parity.yaml': text.replaceAll('HOME', `${home.url}/v1`).replaceAll('AWAY', `${away.url}/v1`),
    })
    const set = (id: string): Files => ({ 'evals/capital.eval.yaml': evalFile({ model: id }) })
    const base = {
      ...project({ cases: 4 }),
      ...set('house/gpt-6-sol'),
      ...written('providers: { house: { kind: openai, base_url: "HOME", api_key_env: HOUSE_KEY } }\n'),
    }
    const head = { ...written(headProviders), ...set(model), 'prompts/capital.md': `${PROMPT}Be brief.\n` }
    const ran = await change(home, { base, head, env: { ...providers(home), ...KEYS } })
    const requests = [...home.requests, ...away.requests]
    const keysAway = away.requests.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))
    return { ...ran, calls: requests.length, keysAway: [...new Set(keysAway)] }
  }

  it.each([
    ['moved', 'providers: { house: { kind: openai, base_url: "AWAY", api_key_env: HOUSE_KEY } }\n', 'house/gpt-6-sol'],
    [
      'under another name',
      'providers: { mine: { kind: openai, base_url: "AWAY", api_key_env: HOUSE_KEY } }\n',
      'mine/gpt-6-sol',
    ],
    [
      'in a header',
      'providers: { house: { kind: openai, base_url: "AWAY", headers: { x-key: "${HOUSE_KEY}" } } }\n',
      'house/gpt-6-sol',
    ],
    [
      'to another kind',
      'providers: { house: { kind: mistral, base_url: "HOME", api_key_env: HOUSE_KEY } }\n',
      'house/gpt-6-sol',
    ],
  ])('goes nowhere else, not even once: %s', async (_what, headProviders, model) => {
    const ran = await asked(headProviders, model)
    expect([ran.code, ran.calls, ran.report]).toEqual([2, 0, null])
    expect(ran.stderr).toMatch(/^error: parity\.yaml:1:\d+: the provider `(house|mine)`, which is new or changed/m)
    expect(ran.stderr).toContain('would send the key HOUSE_KEY to another address')
  })

  it('stays; a new address with a key of its own is called and listed', async () => {
    const ran = await asked('providers: { house: { kind: openai, base_url: "AWAY", api_key_env: OTHER_KEY } }\n')
    expect([ran.code, ran.keysAway]).toEqual([0, [KEYS.OTHER_KEY]])
    expect(ran.report?.verdict.findings).toContainEqual(
      expect.objectContaining({
        rule: 'loosened-gate',
        level: 'note',
        message: 'The provider `house` is new or changed in this pull request.',
      }),
    )
  })
})

it('a route with other traffic is listed, for what a month costs goes by it', async () => {
  await using llm = await startFakeLlm({ seed: 'traffic', answer: rightAnswer })
  const route = (text: string) => ({ 'parity.yaml': `routes:\n  - { name: shop, evals: [capital], ${text} }\n` })
  const listed = async (before: string, after: string) => {
    const trees = { base: { ...project({ cases: 3 }), ...route(before) }, head: route(after), args: ['--dry-run'] }
    const { report } = await change(llm, trees)
    const found = report?.verdict.findings.filter((one) => one.message.includes('traffic of the route')) ?? []
    expect(
      found.every(({ rule, level, place }) => `${rule} ${level} ${place?.path}` === 'loosened-gate note parity.yaml'),
    ).toBe(true)
    return found.map(({ message }) => message)
  }
  const million = 'requests_per_month: 1000000'
  expect(await listed(million, 'requests_per_month: 1000, slice_weights: { language: { de: 1 } }')).toEqual([
    'The traffic of the route `shop` is changed in this pull request, and counts on both sides: `requests_per_month` from 1000000 to 1000, `slice_weights` from not set to {"language":{"de":1}}.',
  ])
  expect(await listed(million, `${million}, monthly_usd: 5, owner: "@acme/finops"`)).toEqual([])
})
