import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { stricterPolicy } from '../../src/gate/stricter-policy.ts'
import { checked, PROMPT, shop } from '../fakes/checked.ts'
import { memoryTree } from '../fakes/tree.ts'

const policy = async (text: string) => (await loadConfig(memoryTree({ 'parity.yaml': `policy: ${text}\n` }))).policy
const made = async (base: string, head: string) => stricterPolicy(await policy(base), await policy(head))

describe('stricterPolicy', () => {
  it.each([
    ['{ uncovered: fail }', '{ uncovered: warn }', 'policy.uncovered'],
    ['{ integrity: warn }', '{ integrity: ignore }', 'policy.integrity'],
    ['{ owner: required }', '{}', 'policy.owner'],
    ['{ reason: required }', '{ reason: optional }', 'policy.reason'],
    ['{ max_static_tokens: 10 }', '{ max_static_tokens: 11 }', 'policy.max_static_tokens'],
    ['{ max_static_tokens: 10 }', '{ max_static_tokens: { limit: 10, level: warn } }', 'policy.max_static_tokens'],
    ['{ max_static_tokens: 10 }', '{}', 'policy.max_static_tokens'],
    ['{ forbidden_text: [a, b] }', '{ forbidden_text: [b] }', 'policy.forbidden_text'],
    ['{ models: { pinned_only: true } }', '{}', 'policy.models.pinned_only'],
    ['{ models: { allow: [a] } }', '{ models: { allow: [a, b] } }', 'policy.models.allow'],
    ['{ models: { allow: ["a/*", "!a/x"] } }', '{ models: { allow: ["a/*"] } }', 'policy.models.allow'],
    ['{ models: { allow: [a] } }', '{}', 'policy.models.allow'],
    ['{ models: { deny: [a, b] } }', '{ models: { deny: [a] } }', 'policy.models.deny'],
    ['{ models: { deny: [a] } }', '{ models: { deny: [a, "!a"] } }', 'policy.models.deny'],
    ['{ regions: { allow: [eu] } }', '{ regions: { allow: [us] } }', 'policy.regions.allow'],
  ])('%s, then %s', async (base, head, gate) => {
    expect((await made(base, head)).loosened.map((one) => one.gate)).toEqual([gate])
    // The other way round it is stricter, and the head's own.
    const back = await made(head, base)
    if (!gate.startsWith('policy.regions')) expect(back).toEqual({ policy: await policy(base), loosened: [] })
  })

  it('what is loosened still holds for this change', async () => {
    const { policy: held } = await made(
      '{ uncovered: fail, integrity: fail, owner: required, max_static_tokens: 5, forbidden_text: [x], models: { pinned_only: true, deny: [a] } }',
      '{ uncovered: ignore, integrity: ignore, forbidden_text: [y] }',
    )
    expect(held).toMatchObject({
      ...{ uncovered: 'fail', integrity: 'fail', owner: 'required', forbiddenText: ['y', 'x'] },
      maxStaticTokens: { limit: 5, level: 'fail' },
      models: { pinnedOnly: true },
      before: { models: { deny: ['a'] } },
    })
  })
})

describe('a policy that the change loosens', () => {
  const base = shop({ policy: '{ models: { allow: ["openai/*"] }, forbidden_text: [falcon] }' })
  const head = {
    'parity.yaml': 'policy: { models: { allow: ["openai/*", "mistral/*"] } }\n',
    'prompts/shop.md': `${PROMPT}falcon\n`,
    'evals/shop.eval.yaml': (base['evals/shop.eval.yaml'] ?? '').replace(
      'openai/gpt-4.1-2025-04-14',
      'mistral/mistral-large-2411',
    ),
  }
  it('on a trusted head: named, and still in force', async () => {
    const { loosened, of } = await checked({ base, head })
    expect(loosened).toEqual(['policy.models.allow', 'policy.forbidden_text'])
    expect([of('policy-model'), of('policy-forbidden-text')].map((one) => one.length)).toEqual([1, 1])
  })

  it.each([
    ['loosened', head['parity.yaml']],
    ['deleted', null],
    ['broken', 'policy: {'],
    ['of nothing but an ignore list', 'ignore: ["**"]\n'],
  ])('on an untrusted head, %s: the policy of the base counts', async (_, text) => {
    const { of } = await checked({ base, head: { ...head, 'parity.yaml': text }, trusted: false })
    expect([of('policy-model'), of('policy-forbidden-text')].map((one) => one.length)).toEqual([1, 1])
  })
})
