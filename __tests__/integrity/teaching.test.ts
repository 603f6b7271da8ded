import { describe, expect, it } from 'vitest'
import { indexWords, standsIn, tellingWords } from '../../src/integrity/word-runs.ts'
import { CASES, checked, PROMPT, type Row, rows, shop } from '../fakes/checked.ts'

const QUESTION = 'How many days does a warranty usually take in our shop?'
const ANSWER = 'A warranty takes 5 working days in our shop.'
const taught = async (addition: string, setup: Parameters<typeof shop>[0] = {}) => {
  const made = await checked({ base: shop(setup), head: { 'prompts/shop.md': `${setup.prompt ?? PROMPT}${addition}` } })
  return made.of('teaches-to-test')
}

describe('a prompt that has learnt a case', () => {
  it('says which, where, and how many', async () => {
    const [finding, ...rest] = await taught(`Examples:\nQ: ${QUESTION}\nA: ${ANSWER}\n`)
    expect(rest).toEqual([])
    expect(finding).toMatchObject({
      ...{ level: 'warn', evalSet: 'shop', value: '1 of 6 cases', evidence: ['warranty'] },
      place: { path: 'prompts/shop.md', line: 4 },
    })
    expect(finding?.message).toContain('the text of 1 case and the expected answer of 1 case stand')
  })

  it.each([
    ['its spacing changed', QUESTION.replaceAll(' ', '  \r\n\t')],
    ['other capitals and quotes', `“${QUESTION.toUpperCase()}”`],
    ['marks between its words', QUESTION.replaceAll(' ', ' * ')],
    ['a soft hyphen and a zero-width space in it', QUESTION.replace('warranty', 'war\u00adran\u200bty')],
    ['a variation selector after its letters', QUESTION.replace(/[aeo]/g, '$&\ufe0f')],
    ['accents that are kept apart from its letters', QUESTION.replace(/[aeo]/g, '$&\u034f\u0301')],
    ['accents', QUESTION.replaceAll('a', 'á').replaceAll('o', 'ö')],
    [
      'letters of Cyrillic',
      QUESTION.replaceAll('a', 'а').replaceAll('e', 'е').replaceAll('o', 'о').replaceAll('H', 'Н'),
    ],
    ['letters of Greek', QUESTION.replaceAll('o', 'ο').replaceAll('v', 'ν').replaceAll('t', 'τ')],
    ['full-width letters', QUESTION.replace('days', 'ｄａｙｓ')],
    ['a comment in its middle', QUESTION.replace('days', 'da{# x #}ys')],
    ['put out as a literal', `{{ "${QUESTION}" }}`],
    ['split by a literal', `${QUESTION.slice(0, 20)}{{ "${QUESTION.slice(20, 30)}" }}${QUESTION.slice(30)}`],
    ['bound to a name', `{% set example = "${QUESTION}" %}{{ example }}`],
    ['in a branch that no case reaches', `{% if never %}${QUESTION}{% endif %}`],
    ['as JSON', JSON.stringify({ q: QUESTION })],
  ])('pasted with %s', async (_, text) => {
    expect((await taught(`${text}\n`)).map((one) => one.evidence)).toEqual([['warranty']])
  })

  it('over several messages of a chat, in an include, and as a constant in code', async () => {
    const chat = (first: string, second: string) =>
      JSON.stringify([
        { role: 'system', content: `Help. ${first}` },
        { role: 'user', content: `${second} {{question}}` },
      ])
    const files = shop()
    const set = files['evals/shop.eval.yaml'] ?? ''
    const asChat = {
      ...files,
      'evals/shop.eval.yaml': set.replace('shop.md', 'shop.json'),
      'prompts/shop.json': chat('', ''),
    }
    const split = await checked({
      base: asChat,
      head: { 'prompts/shop.json': chat(QUESTION.slice(0, 21), QUESTION.slice(21)) },
    })
    expect(split.of('teaches-to-test')[0]?.evidence).toEqual(['warranty'])
    const including = { ...shop({ prompt: `${PROMPT}{% include "more.md" %}\n` }), 'prompts/more.md': 'Nothing.\n' }
    const included = await checked({ base: including, head: { 'prompts/more.md': `One.\n${QUESTION}\n` } })
    expect(included.of('teaches-to-test')[0]?.place).toEqual({ path: 'prompts/more.md', line: 2 })
    const constant = {
      ...files,
      'evals/shop.eval.yaml': set.replace('../prompts/shop.md', '../app/llm.py#SYSTEM'),
      'app/llm.py': 'SYSTEM = "Help customers."\n',
    }
    const inCode = await checked({ base: constant, head: { 'app/llm.py': `SYSTEM = "Help customers. ${QUESTION}"\n` } })
    expect(inCode.of('teaches-to-test')[0]?.place?.path).toBe('app/llm.py')
  })

  it('of an application: prompts that its `paths` cover', async () => {
    const app = {
      'evals/shop.jsonl': rows(CASES),
      'evals/shop.eval.yaml':
        'name: shop\ntarget: { command: [node, app.mjs] }\npaths: ["app/**"]\ncases: shop.jsonl\nscorers: [{ contains: "{{expected}}" }]\n',
      'app/prompts.ts': 'export const SYSTEM_PROMPT = `You are a helpful assistant of a shop.`\n',
    }
    const { of } = await checked({
      base: app,
      head: {
        'app/prompts.ts': `export const SYSTEM_PROMPT = \`You are a helpful assistant of a shop.\n${QUESTION}\`\n`,
      },
    })
    expect(of('teaches-to-test')[0]).toMatchObject({ evalSet: 'shop', evidence: ['warranty'] })
  })

  it('history of a case, texts in lists and objects, and what its own scorers ask for', async () => {
    const text = (word: string) => `The ${word} customers ask for are listed on this page.`
    const cases: Row[] = [
      { id: 'history', vars: { q: 'Go on' }, messages: [{ role: 'user', content: text('history') }] },
      { id: 'list', vars: { q: ['short', { deep: text('list') }] } },
      { id: 'json', vars: { q: JSON.stringify({ deep: [text('json')] }) } },
      { id: 'scorer', vars: { q: 'x' }, assert: [{ contains: text('scorer') }] },
      { id: 'not', vars: { q: 'y' }, assert: [{ 'not-contains': text('not') }] },
    ]
    for (const { id } of cases) {
      const found = (await taught(`${text(String(id))}\n`, { cases, scorers: '[{ word-count: { max: 9 } }]' }))[0]
        ?.evidence
      expect(found, String(id)).toEqual(id === 'not' ? undefined : [id])
    }
  })

  it('in a script without spaces', async () => {
    const cases = [
      { id: 'zh', vars: { question: '请问我应该如何退回我买的路由器' }, expected: '是' },
      { id: 'other', vars: { question: '营业时间' }, expected: '否' },
    ]
    expect((await taught('例如：「请问、我应该如何退回我买的路由器？」\n', { cases }))[0]?.evidence).toEqual(['zh'])
    expect(await taught('请问我应该如何退款\n', { cases })).toEqual([])
  })

  it('a long text with a few words changed', () => {
    const words = Array.from({ length: 60 }, (_, at) => `word${at}`)
    const changed = words.map((word, at) => (at === 30 ? 'other' : word))
    expect(standsIn(words, indexWords(`before ${changed.join(' ')} after`))).toBe(true)
    expect(standsIn(words, indexWords(words.toReversed().join(' ')))).toBe(false)
    expect(standsIn(words.slice(0, 10), indexWords(changed.join(' ')))).toBe(true)
    expect(standsIn(words.slice(28, 38), indexWords(changed.join(' ')))).toBe(false)
  })
})

describe('no alarm', () => {
  it.each([
    ['labels, numbers, yes and no', 'Answer yes, no or 42.\nLabels: refund, delivery, warranty.\n'],
    ['words of a case in another order', 'In our shop, a warranty usually takes how many days? Does it take them?\n'],
    ['half of a question', 'How many days does a warranty\n'],
    ['a variable in its place', 'Q: {{question}}\nA: {{expected}}\n'],
    [
      'the runs of a question in several sentences',
      'How many days does a delivery take? A warranty usually take in our shop.\n',
    ],
    ['a comment that no model sees', `{# ${QUESTION} #}Be brief.\n`],
  ])('%s', async (_, addition) => {
    expect(await taught(addition)).toEqual([])
  })

  it('what the base says already, moved and reworded around', async () => {
    const old = `${PROMPT}Example: ${QUESTION}\n`
    expect(await taught('Be brief.\n', { prompt: old })).toEqual([])
    const moved = await checked({
      base: shop({ prompt: old }),
      head: { 'prompts/shop.md': `Example:\n${QUESTION}\n${PROMPT}New.\n` },
    })
    expect(moved.of('teaches-to-test')).toEqual([])
  })

  it('what several cases expect, what all have, and a rubric', async () => {
    const refusal = 'I am sorry, I can only help with questions about our shop.'
    const house = 'The shop is open from nine to five on every day of the week.'
    const cases = CASES.map((one, at) => ({
      ...one,
      vars: { ...(one.vars as Row), house },
      ...(at < 3 ? { expected: refusal } : {}),
    }))
    const scorers =
      '[{ llm-rubric: { value: Answers only from the documents that it was given., model: openai/gpt-5-mini-2025-08-07 } }]'
    expect(
      await taught(`${refusal}\n${house}\nAnswers only from the documents that it was given.\n`, { cases, scorers }),
    ).toEqual([])
  })

  it('expected JSON whose keys and labels the prompt shows as a form', async () => {
    const cases = CASES.map((one, at) => ({
      ...one,
      expected: JSON.stringify({ category: 'refund', priority: 'high', number: at, reason: 'late' }),
    }))
    expect(
      await taught('Answer as {"category": "refund", "priority": "high", "number": 1, "reason": "late"}.\n', { cases }),
    ).toEqual([])
  })

  it('`integrity: ignore`', async () => {
    expect(await taught(`${QUESTION}\n`, { policy: '{ integrity: ignore }' })).toEqual([])
  })
})

describe('levels', () => {
  it('fails where it is configured, and is accepted by a waiver in force', async () => {
    const policy = '{ integrity: fail }'
    expect((await taught(`${QUESTION}\n`, { policy }))[0]?.level).toBe('fail')
    const waiver = (expiry: string) =>
      `waivers: [{ rule: teaches-to-test, reason: the law asks for this sentence, owner: "@shop", expiry: ${expiry} }]\n`
    const head = { 'prompts/shop.md': `${PROMPT}${QUESTION}\n` }
    const waived = await checked({ base: shop({ policy, extra: waiver('2026-06-01') }), head })
    expect(waived.findings.map((one) => [one.rule, one.level])).toEqual([['waived', 'note']])
    const over = await checked({ base: shop({ policy, extra: waiver('2026-04-01') }), head })
    expect(over.findings.map((one) => [one.rule, one.level])).toEqual([
      ['waiver-expired', 'warn'],
      ['teaches-to-test', 'fail'],
    ])
  })

  it('the waiver of an untrusted head does not count', async () => {
    const files = shop({ policy: '{ integrity: fail }' })
    const waiver = 'waivers: [{ rule: teaches-to-test, reason: mine, owner: me, expiry: 2999-01-01 }]\n'
    const head = {
      'prompts/shop.md': `${PROMPT}${QUESTION}\n`,
      'evals/shop.eval.yaml': `${files['evals/shop.eval.yaml']}${waiver}`,
      'parity.yaml': 'policy: { integrity: ignore }\n',
    }
    const { of } = await checked({ base: files, head, trusted: false })
    expect(of('teaches-to-test')[0]?.level).toBe('fail')
  })

  it('a new set is told, and never fails', async () => {
    const { of } = await checked({
      base: { 'parity.yaml': 'policy: { integrity: fail }\n' },
      head: shop({ policy: '{ integrity: fail }', prompt: `${PROMPT}${QUESTION}\n` }),
    })
    expect(of('teaches-to-test')[0]).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('stands in the prompt.'),
    })
  })
})

describe('size', () => {
  it('five hundred cases, a prompt of 50 kB, and the worst repetitions', async () => {
    const cases = Array.from({ length: 500 }, (_, at) => ({
      id: `c${at}`,
      vars: { question: `${'a '.repeat(2000)}b${at}` },
      expected: `Answer number ${at} of a very long list of answers.`,
    }))
    const prompt = `${PROMPT}${'a '.repeat(25_000)}\n`
    const found = await taught(`${'b a '.repeat(10_000)}\nAnswer number 17 of a very long list of answers.\n`, {
      cases,
      prompt,
    })
    expect(found[0]?.evidence).toContain('c17')
  })

  it('what is no text is no words', () => {
    expect([
      tellingWords(''),
      tellingWords('????????????????????????????'),
      tellingWords('a b c d'),
      tellingWords('\ud800'.repeat(50)),
    ]).toEqual([null, null, null, null])
  })
})
