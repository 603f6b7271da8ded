import { describe, expect, it } from 'vitest'
import { modelNames, standingOf } from '../../src/policy/model-names.ts'
import { checked, PROMPT, shop } from '../fakes/checked.ts'

const EDIT = { 'prompts/shop.md': `${PROMPT}Answer in English.\n` }

describe('patterns and spellings', () => {
  it.each([
    ['openai/gpt-4.1-2025-04-14', ['openai/*'], 'fine'],
    ['OpenAI/GPT-4.1', ['openai/gpt-4.1*'], 'fine'],
    ['openai/gpt-4.1-2025-04-14', ['openai/gpt-4'], 'not-allowed'],
    ['gpt-4.1', ['openai/*'], 'fine'],
    ['gpt-4.1', ['azure/*'], 'not-allowed'],
    ['azure/gpt-4.1', ['gpt-4.1*'], 'fine'],
    ['google/gemini-2.5-pro', ['gemini/*'], 'fine'],
    ['vertex_ai/gemini-2.5-pro', ['gemini/*'], 'not-allowed'],
    ['openai:gpt-4.1', ['openai/*'], 'fine'],
    ['openrouter/openai/gpt-4.1', ['openrouter/*'], 'fine'],
    ['openrouter/openai/gpt-4.1', ['openai/*'], 'not-allowed'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', ['bedrock/anthropic.claude-sonnet-4-5-20250929'], 'fine'],
    ['arn:aws:bedrock:eu-central-1:1:inference-profile/eu.anthropic.claude-x-v1:0', ['bedrock/*'], 'fine'],
    ['text-embedding-3-small', ['openai/*'], 'unknown'],
    ['text-embedding-3-small', ['text-embedding-*'], 'fine'],
    ['anything/at-all', ['*'], 'fine'],
    ['openai/gpt-4.1', ['openai/*', '!openai/gpt-4.1'], 'not-allowed'],
  ] as const)('%s under allow %j is %s', (id, allow, standing) => {
    expect(standingOf(modelNames(id), { allow })).toBe(standing)
  })

  it.each([
    ['openrouter/openai/gpt-4o', ['openai/gpt-4o*']],
    ['openrouter/openai/gpt-4o', ['gpt-4o*']],
    ['GPT-4o-mini', ['openai/gpt-4o*']],
    ['bedrock/eu.anthropic.claude-3-haiku-20240307-v1:0', ['bedrock/anthropic.claude-3*']],
  ])('%s is denied by %j, whatever is allowed', (id, deny) => {
    expect(standingOf(modelNames(id), { allow: ['**', '*'], deny })).toBe('denied')
  })

  it('what `models:` says that a name stands for counts, its head side too', () => {
    const models = { 'azure/chat': { base: 'openai/gpt-4.1', head: 'openai/gpt-4o' }, 'azure/old': 'openai/gpt-4.1' }
    expect(standingOf(modelNames('azure/chat', models), { deny: ['openai/gpt-4o'] })).toBe('denied')
    expect(standingOf(modelNames('azure/old', models), { deny: ['openai/gpt-4o'] })).toBe('fine')
    expect(standingOf(modelNames('constructor', models), { deny: ['openai/*'] })).toBe('fine')
  })
})

describe('every model of a set', () => {
  const policy = '{ models: { deny: ["openai/gpt-4o*", "mistral/*"] } }'
  const judge = '[{ llm-rubric: { value: Kind., model: openai/gpt-4o-mini } }]'
  it.each([
    ['target', { target: 'model: openai/gpt-4o' }],
    ['fallback', { target: 'model: openai/gpt-4.1\n  fallbacks: [mistral/mistral-large-latest]' }],
    ['candidate', { extra: 'candidates: [openai/gpt-4o-mini]\n' }],
    ['drift', { extra: 'live: openai/gpt-4o\n' }],
    ['judge', { scorers: judge }],
    ['judge', { scorers: judge.replace('llm-rubric', 'select-best') }],
    [
      'judge',
      {
        cases: [
          {
            id: 'one',
            vars: { question: 'Well?' },
            assert: [{ 'llm-rubric': { value: 'Kind.', model: 'openai/gpt-4o' } }],
          },
        ],
      },
    ],
  ])('%s', async (use, setup) => {
    const { of } = await checked({ base: shop({ policy }), head: shop({ policy, ...setup }) })
    const [finding, ...rest] = of('policy-model')
    expect(rest).toEqual([])
    expect(finding).toMatchObject({ level: 'fail', evalSet: 'shop' })
    expect(finding?.message).toMatch(use === 'target' ? /^The model openai\/gpt-4o is denied/ : new RegExp(use))
  })

  it('a model that the prompt file names, without any in the set', async () => {
    const prompt = (model: string) => `---\nmodel: ${model}\n---\nsystem:\nBe kind.\nuser:\n{{question}}\n`
    const base = shop({ policy })
    const set = (base['evals/shop.eval.yaml'] ?? '')
      .replace('  model: openai/gpt-4.1-2025-04-14\n', '')
      .replace('shop.md', 'shop.prompty')
    const files = { ...base, 'evals/shop.eval.yaml': set, 'prompts/shop.prompty': prompt('openai/gpt-4.1') }
    const { of } = await checked({ base: files, head: { 'prompts/shop.prompty': prompt('openai/gpt-4o') } })
    expect(of('policy-model')[0]?.place?.path).toBe('prompts/shop.prompty')
  })

  it('all variants of a promptfoo file, the ones that do not gate too', async () => {
    const foo = (provider: string) =>
      `prompts: ["Answer {{q}} please."]\nproviders: [openai:gpt-4.1, ${provider}]\ntests:\n  - vars: { q: one }\n    assert: [{ type: contains, value: a }]\n`
    const { of } = await checked({
      base: { 'parity.yaml': `policy: ${policy}\n`, 'promptfooconfig.yaml': foo('openai:gpt-4.1-mini') },
      head: { 'promptfooconfig.yaml': foo('openai:gpt-4o') },
    })
    expect(of('policy-model').map((one) => one.value)).toEqual(['openai/gpt-4o'])
  })

  it('a set that nothing touches is left alone', async () => {
    const { findings } = await checked({
      base: shop({ policy, target: 'model: openai/gpt-4o' }),
      head: { 'README.md': 'x' },
    })
    expect(findings).toEqual([])
  })

  it('pinned_only holds for target, fallbacks and judges, and leaves candidates and live alone', async () => {
    const pinned = '{ models: { pinned_only: true } }'
    const extra = 'candidates: [openai/gpt-4o]\nlive: openai/gpt-4.1\n'
    const target = 'model: openai/gpt-4.1-2025-04-14\n  fallbacks: [openai/gpt-4.1]'
    const { of } = await checked({
      base: shop({ policy: pinned }),
      head: shop({ policy: pinned, extra, target, scorers: judge }),
    })
    expect(of('policy-unpinned').map((one) => one.value)).toEqual(['openai/gpt-4.1', 'openai/gpt-4o-mini'])
  })

  it('echo and recorded answers are no models', async () => {
    const base = shop({ policy: '{ models: { allow: ["openai/*"], pinned_only: true } }', target: 'model: echo' })
    expect((await checked({ base, head: EDIT })).findings).toEqual([])
  })
})

describe('pins that no eval set covers', () => {
  const base = {
    ...shop({ policy: '{ models: { allow: ["openai/*"], deny: ["openai/gpt-3.5*"], pinned_only: true } }' }),
    'app/config.py': 'x = 1\nMODEL = "openai/gpt-4.1-2025-04-14"\n',
  }
  it.each([
    ['MODEL = "mistral/mistral-large-2411"', ['policy-model']],
    ['MODEL = "gpt-3.5-turbo-0125"', ['policy-model']],
    ['MODEL = "gpt-4.1"', ['policy-unpinned']],
    ['MODEL = "gpt-4.1-mini-2025-04-14"', []],
    // The same model from somebody else is another pin.
    ['MODEL = "azure/gpt-4.1-2025-04-14"', ['policy-model']],
  ])('%s', async (line, rules) => {
    const { findings } = await checked({ base, head: { 'app/config.py': `x = 1\n${line}\n` } })
    const hard = findings.filter((one) => one.level === 'fail')
    expect(hard.map((one) => one.rule)).toEqual(rules)
    for (const one of hard) expect(one).toMatchObject({ evalSet: null, place: { path: 'app/config.py', line: 2 } })
  })

  it('also one in a new file, and one that a set covers by `paths`', async () => {
    const made = await checked({ base, head: { 'web/llm.ts': 'export const model = "deepseek/deepseek-chat"\n' } })
    expect(made.of('policy-model')[0]?.place).toEqual({ path: 'web/llm.ts', line: 1 })
    const covering = shop({ policy: '{ models: { deny: ["mistral/*"] } }', extra: 'paths: ["app/**"]\n' })
    const { of } = await checked({
      base: { ...covering, 'app/c.py': 'MODEL = "gpt-4.1"\n' },
      head: { 'app/c.py': 'MODEL = "mistral/mistral-large-2411"\n' },
    })
    expect(of('policy-model')).toHaveLength(1)
  })
})
