// Rules about what stands in a prompt: its length without variables, and words that it may not contain.

import { describe, expect, it } from 'vitest'
import { staticText } from '../../src/template/index.ts'
import { checked, PROMPT, shop } from '../fakes/checked.ts'

describe('static text', () => {
  it.each([
    ['Hello {{ name }}, bye.', 'Hello   , bye.'],
    ['{% if x == "secret" %}Yes{% else %}No{% endif %}', 'YesNo'],
    ['How {{ "do" }} I{# nothing #} go', 'How do I go'],
    ['{{ user.name["key"] | default("nobody") }}', ' nobody '],
    ['{% for a in ["one", "two"] %}{{ a }}{% endfor %}', ' one two   '],
    ['{{ broken', '{{ broken'],
    ['', ''],
  ])('%s', (text, said) => {
    expect(staticText('nunjucks', text).replace(/\s+/g, ' ')).toBe(said.replace(/\s+/g, ' '))
  })
})

describe('policy.max_static_tokens', () => {
  const policy = '{ max_static_tokens: 40 }'
  const long = `${PROMPT}${'Consider the whole history of the question before you answer. '.repeat(5)}\n`

  it('says number, limit and difference, and whose prompt it is', async () => {
    const { of } = await checked({ base: shop({ policy }), head: { 'prompts/shop.md': long } })
    const [finding, ...rest] = of('policy-static-tokens')
    expect(rest).toEqual([])
    expect(finding).toMatchObject({
      level: 'fail',
      threshold: '40',
      evidence: ['shop'],
      place: { path: 'prompts/shop.md' },
    })
    expect(finding?.message).toMatch(/about \d+ tokens without its variables \(\+\d+ against the base\)/)
    expect(Number(finding?.value)).toBeGreaterThan(40)
  })

  it('does not count what variables bring, and warns where it should only warn', async () => {
    const many = `${PROMPT}${'{{ a_variable_with_a_long_name }} '.repeat(60)}\n`
    expect((await checked({ base: shop({ policy }), head: { 'prompts/shop.md': many } })).findings).toEqual([])
    const warn = shop({ policy: '{ max_static_tokens: { limit: 40, level: warn } }' })
    expect(
      (await checked({ base: warn, head: { 'prompts/shop.md': long } })).of('policy-static-tokens')[0]?.level,
    ).toBe('warn')
  })

  it('counts includes, and prompts that no eval set declares', async () => {
    const base = {
      ...shop({ policy, prompt: `${PROMPT}{% include "rules.md" %}\n` }),
      'prompts/rules.md': 'None.\n',
      'app/llm.py': 'SYSTEM_PROMPT = "You are helpful."\n',
    }
    const { of } = await checked({
      base,
      head: {
        'prompts/rules.md': long,
        'app/llm.py': `SYSTEM_PROMPT = "You are helpful. ${'Think about it step by step. '.repeat(20)}"\n`,
      },
    })
    expect(
      of('policy-static-tokens')
        .map((one) => one.place?.path)
        .sort(),
    ).toEqual(['app/llm.py', 'prompts/shop.md'])
  })

  it('shared by two sets is one finding', async () => {
    const files = shop({ policy })
    const second = (files['evals/shop.eval.yaml'] ?? '').replace('name: shop', 'name: again')
    const { of } = await checked({
      base: { ...files, 'evals/again.eval.yaml': second },
      head: { 'prompts/shop.md': long },
    })
    expect(of('policy-static-tokens').map((one) => one.evidence)).toEqual([['again', 'shop']])
  })
})

describe('policy.forbidden_text', () => {
  const policy = '{ forbidden_text: ["(?i)project\\\\s+falcon", "AKIA[A-Z2-7]{16}"] }'.replaceAll('\\\\', '\\\\')

  it('names path, line and pattern, and never the text', async () => {
    const secret = 'AKIAIOSFODNN7EXAMPLE'.replace('7', 'A').slice(0, 20)
    const { of } = await checked({
      base: shop({ policy }),
      head: { 'prompts/shop.md': `${PROMPT}{# Project\t\tFALCON #}\r\nUse ${secret}.\r\n` },
    })
    expect(of('policy-forbidden-text').map((one) => [one.level, one.place])).toEqual([
      ['fail', { path: 'prompts/shop.md', line: 3 }],
      ['fail', { path: 'prompts/shop.md', line: 4 }],
    ])
    expect(JSON.stringify(of('policy-forbidden-text'))).not.toContain(secret)
  })

  it('is found in includes, in code, and in a prompt that no set has', async () => {
    const base = { ...shop({ policy, prompt: `${PROMPT}{% include "rules.md" %}\n` }), 'prompts/rules.md': 'None.\n' }
    const { of } = await checked({
      base,
      head: {
        'prompts/rules.md': 'One.\nProject Falcon.\n',
        'app/llm.py': 'A = 1\nSYSTEM_PROMPT = "You are the assistant of project falcon, answer the user."\n',
        'prompts/other.md': 'You are helpful.\n\nproject   falcon\n',
      },
    })
    expect(
      of('policy-forbidden-text')
        .map((one) => `${one.place?.path}:${one.place?.line}`)
        .sort(),
    ).toEqual(['app/llm.py:2', 'prompts/other.md:3', 'prompts/rules.md:2'])
  })

  it.each([
    ['a broken pattern', '(open', /missing closing/],
    ['lookaround', '(?=x)y', /lookahead/],
    ['what is in every text', 'x*', /empty text/],
    ['what would take for ever to build', '((a{100}){100}){100}', /repeat/],
  ])('%s is an error of the configuration with its line', async (_, pattern, why) => {
    const broken = { 'parity.yaml': `policy:\n  forbidden_text:\n    - fine\n    - ${JSON.stringify(pattern)}\n` }
    await expect(checked({ base: null, head: { ...shop(), ...broken } })).rejects.toThrow(why)
    await expect(checked({ base: null, head: { ...shop(), ...broken } })).rejects.toThrow(/^parity\.yaml:4:/)
    // A fork cannot end the run by one.
    const made = await checked({
      base: shop({ policy }),
      head: { ...broken, 'prompts/shop.md': `${PROMPT}Project Falcon\n` },
      trusted: false,
    })
    expect(made.of('policy-forbidden-text')).toHaveLength(1)
  })

  it('a hostile pattern against a hostile prompt ends', async () => {
    const evil = shop({ policy: '{ forbidden_text: ["(a+)+$", "(x|x|x)*y"] }' })
    const { of } = await checked({
      base: evil,
      head: { 'prompts/shop.md': `${PROMPT}${'a'.repeat(50_000)}!\n${'x'.repeat(50_000)}\n` },
    })
    expect(of('policy-forbidden-text')).toEqual([])
  })
})

describe('what a target says beside its prompt', () => {
  const files = shop({ policy: '{ forbidden_text: ["(?i)project falcon"], max_static_tokens: 60, integrity: fail }' })
  const set = 'evals/shop.eval.yaml'
  const targeting = (more: string) => ({ [set]: (files[set] ?? '').replace('target:\n', `target:\n${more}`) })
  const tool = (description: string) => `[{ type: function, function: { name: find, description: "${description}" } }]`
  const QUESTION = 'How many days does a warranty usually take in our shop?'

  it.each([
    ['tools', (text: string) => `  tools: ${tool(text)}\n`],
    ['tools among the parameters', (text: string) => `  parameters: { tools: ${tool(text)} }\n`],
    [
      'the schema of an answer',
      (text: string) => `  response_format: { type: json_schema, json_schema: { a: "${text}" } }\n`,
    ],
    ['instructions', (text: string) => `  parameters: { instructions: "${text}" }\n`],
  ])('%s: searched, counted, and held against the cases', async (_, written) => {
    const base = { ...files, ...targeting(written('Finds things.')) }
    const text = `${QUESTION} That is Project Falcon. ${'Many words about nothing at all. '.repeat(20)}`
    const found = await checked({ base, head: targeting(written(text)) })
    expect(found.of('policy-forbidden-text').map(({ place }) => place)).toEqual([{ path: set }])
    expect(found.of('policy-static-tokens')).toHaveLength(1)
    expect(found.of('teaches-to-test')).toMatchObject([{ evidence: ['warranty'], place: { path: set } }])
    expect((await checked({ base, head: targeting(written('Finds other things.')) })).findings).toEqual([])
  })

  it('is no news where the base said it, and is placed in the prompt file that has it', async () => {
    const taught = { ...files, ...targeting(`  tools: ${tool(QUESTION)}\n`) }
    expect((await checked({ base: taught, head: { 'prompts/shop.md': `${PROMPT}Be brief.\n` } })).findings).toEqual([])
    const prompty = (text: string) =>
      `---\nmodel:\n  parameters:\n    tools: ${tool(text)}\n---\nuser:\n${PROMPT}{{question}}\n`
    const own = {
      ...files,
      [set]: (files[set] ?? '').replace('shop.md', 'shop.prompty'),
      'prompts/shop.prompty': prompty('x'),
    }
    const { of } = await checked({ base: own, head: { 'prompts/shop.prompty': prompty('Project Falcon') } })
    expect(of('policy-forbidden-text').map(({ place }) => place)).toEqual([{ path: 'prompts/shop.prompty' }])
  })

  it('ends in time on thousands of tools', async () => {
    const many = `[${Array.from({ length: 5000 }, (_, i) => `{ function: { name: f${i}, description: "a b c d ${i}" } }`)}]`
    const { of } = await checked({ base: files, head: targeting(`  tools: ${many}\n`) })
    expect(of('policy-static-tokens')).toHaveLength(1)
  }, 20_000)
})
