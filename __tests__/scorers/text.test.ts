import { describe, expect, it } from 'vitest'
import type { Answer, Json } from '../../src/domain.ts'
import { UserError } from '../../src/errors.ts'
import { nearest } from '../../src/nearest.ts'
import { checkScorer, notRunnable, resolveScorer, scorerNames, scorers } from '../../src/scorers/index.ts'
import { refusalIn } from '../../src/scorers/is-refusal.ts'
import { answerOf, type Given, scoreWith, specOf, verdictOf, whyOf } from './cases.ts'

const PASS = 'pass 1'
const FAIL = 'fail 0'

type Row = readonly [
  scorer: string,
  value: Json | undefined,
  output: string | Answer,
  verdict: string,
  rest?: Partial<Given>,
]

const person = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, mail: { format: 'email' } },
}

const rows: readonly Row[] = [
  ['equals', 'Paris', 'Paris', PASS],
  ['equals', 'Paris', ' Paris', FAIL],
  ['equals', 'Paris', ' Paris\n', PASS, { options: { trim: true } }],
  ['equals', 42, '42', PASS],
  ['equals', { a: [1, { b: null }] }, '{"a": [1, {"b": null}]}', PASS],
  ['equals', { a: 1 }, '{"a": 2}', FAIL],
  ['equals', { a: 1 }, 'no json', FAIL],
  ['not-equals', { a: 1 }, 'no json', PASS],
  ['not-equals', 'Paris', 'Paris', FAIL],
  ['equals', '{{expected}}', 'x {{y}}', PASS, { expected: 'x {{y}}', vars: { y: 'z' } }],
  ['contains', 'Paris', 'in Paris.', PASS],
  ['contains', 'paris', 'in Paris.', FAIL],
  ['not-contains', 'paris', 'in Paris.', PASS],
  ['contains', '{{city}}', 'in {{evil}} Paris', PASS, { vars: { city: '{{evil}}' } }],
  ['contains', '{{missing}}', 'anything', 'missing'],
  ['not-contains', '{{missing}}', 'anything', 'missing'],
  ['contains', 30, 'within 30 days', PASS],
  ['icontains', 'paris', 'in PARIS.', PASS],
  ['not-icontains', 'paris', 'in PARIS.', FAIL],
  ['contains-all', ['a', 'b'], 'b a', PASS],
  ['contains-all', ['a', '{{x}}'], 'b a', FAIL, { vars: { x: 'c' } }],
  ['contains-all', 'a, "b, c"', 'a b, c', PASS],
  ['contains-all', 'a, "b, c"', 'a b c', FAIL],
  ['contains-all', 'say ""x"", y', 'say ""x"" y', PASS],
  ['contains-all', '"say ""x""",y', 'y say "x"', PASS],
  ['not-contains-all', ['a', 'b'], 'a', PASS],
  ['contains-any', ['x', 'b'], 'b a', PASS],
  ['contains-any', ['x', 'y'], 'b a', FAIL],
  ['not-contains-any', 'x,y', 'b a', PASS],
  ['contains-any', ['x', ''], 'b a', 'missing'],
  ['icontains-all', ['A', 'B'], 'b a', PASS],
  ['icontains-any', 'A,Z', 'b a', PASS],
  ['not-icontains-any', 'A,Z', 'b a', FAIL],
  ['starts-with', 'Yes', 'Yes, sure', PASS],
  ['starts-with', 'yes', 'Yes, sure', FAIL],
  ['starts-with', 'yes', 'Yes, sure', PASS, { options: { ignore_case: true } }],
  ['not-starts-with', 'No', 'Yes', PASS],
  ['ends-with', 'sure', 'Yes, sure', PASS],
  ['ends-with', 'SURE', 'Yes, sure\n', PASS, { options: { ignore_case: true, trim: true } }],
  ['not-ends-with', 'sure', 'Yes, sure', FAIL],
  [
    'contains',
    '{{city}} {{ city }}',
    'Rome {{ city }}',
    PASS,
    { vars: { city: 'Rome' }, options: { engine: 'literal' } },
  ],
  ['regex', '\\d{2,} days?$', 'within 30 days', PASS],
  ['regex', '^\\d', 'within 30', FAIL],
  ['regex', 'Within', 'within', FAIL],
  ['regex', '(?i)Within', 'within', PASS],
  ['not-regex', '\\bfoo\\b', 'food', PASS],
  ['regex', '\\u00e9/\\/', 'é//', PASS],
  ['is-json', undefined, '[1, 2]', PASS],
  ['is-json', undefined, '```json\n{}\n```', FAIL],
  ['not-is-json', undefined, 'x', PASS],
  ['is-json', person, '{"name": "A"}', PASS],
  ['is-json', person, '{"name": 1}', FAIL],
  ['is-json', person, '{"name": "A", "mail": "nope"}', FAIL],
  ['is-json', person, '{"name": "A", "mail": "a@b.org"}', PASS],
  ['not-is-json', person, '{"name": 1}', PASS],
  ['not-is-json', person, '{"name": "A"}', FAIL],
  ['is-json', JSON.stringify(person), '{}', FAIL],
  ['json-schema', person, '{"name": "A"}', PASS],
  ['is-json', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'array' }, '[]', PASS],
  [
    'is-json',
    { $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: 'number' }] },
    '["a"]',
    FAIL,
  ],
  ['is-json', { $defs: { n: { type: 'number' } }, items: { $ref: '#/$defs/n' } }, '[1, "a"]', FAIL],
  ['is-json', { properties: { a: { pattern: '^(a+)+$' } } }, `{"a": "${'a'.repeat(5000)}!"}`, FAIL],
  ['is-json', { properties: { when: { format: 'date' } } }, '{"when": "2023-02-29"}', FAIL],
  ['contains-json', undefined, 'Here: {"a": {"b": "}"}} ok', PASS],
  ['contains-json', undefined, 'Here: {a: 1}', FAIL],
  ['contains-json', person, 'first {"x": 1} then ```{"name": "A"}```', PASS],
  ['contains-json', person, '{ not json } {"x": 1}', FAIL],
  ['not-contains-json', undefined, 'plain', PASS],
  ['levenshtein', 'kitten', 'sitting', PASS],
  ['levenshtein', 'kitten', 'sitting', FAIL, { threshold: 2 }],
  ['levenshtein', 'kitten', 'sitting', PASS, { threshold: 3 }],
  ['not-levenshtein', 'kitten', 'completely other', PASS],
  ['levenshtein', '', 'abc', PASS, { threshold: 3 }],
  ['rouge-n', 'the cat sat', 'The cat sat.', PASS],
  ['rouge-n', 'the cat sat down', 'the dog sat', 'fail 0.571'],
  ['not-rouge-n', 'the cat sat down', 'the dog sat', 'pass 0.429'],
  ['rouge-n', 'a a a b', 'a a a b', PASS],
  ['rouge-n', 'a b c', 'a b d', 'pass 0.5', { options: { n: 2 }, threshold: 0.5 }],
  ['rouge-n', '', 'x', 'missing'],
  ['word-count', 3, 'one two  three\n', PASS],
  ['word-count', { min: 2 }, 'one', FAIL],
  ['word-count', { min: 1, max: 2 }, 'one two', PASS],
  ['not-word-count', { max: 1 }, 'one two', PASS],
  ['word-count', '{{n}}', 'one two', PASS, { vars: { n: 2 } }],
  ['latency', undefined, 'x', PASS, { threshold: 800 }],
  ['latency', 799, 'x', FAIL],
  ['not-latency', undefined, 'x', PASS, { threshold: 100 }],
  ['latency', undefined, answerOf('x', { latencyMs: null }), 'missing', { threshold: 100 }],
  ['not-latency', undefined, answerOf('x', { latencyMs: null }), 'missing', { threshold: 100 }],
  ['latency', undefined, answerOf('x', { latencyMs: null, latencyAtMostMs: 100 }), PASS, { threshold: 100 }],
  ['latency', undefined, answerOf('x', { latencyMs: null, latencyAtMostMs: 101 }), 'missing', { threshold: 100 }],
  ['not-latency', undefined, answerOf('x', { latencyMs: null, latencyAtMostMs: 101 }), 'missing', { threshold: 100 }],
  ['cost', undefined, 'x', 'missing', { threshold: 1 }],
  ['cost', undefined, 'x', PASS, { threshold: 0.002, deps: { costPico: 2_000_000_000n } }],
  ['cost', 0.002, 'x', FAIL, { deps: { costPico: 2_000_000_001n } }],
  ['not-cost', undefined, 'x', PASS, { threshold: 0.001, deps: { costPico: 2_000_000_000n } }],
  ['tokens', 5, 'x', PASS],
  ['tokens', 4, 'x', FAIL],
  ['tokens', { max_input: 10, max_output: 5, max_total: 14 }, 'x', FAIL],
  ['tokens', { max_input: 10, max_total: 15 }, 'x', PASS],
  ['tokens', 5, { text: 'x', latencyMs: 1 }, 'missing'],
  ['finish-reason', 'stop', answerOf('x', { finishReason: 'stop' }), PASS],
  ['finish-reason', 'end_turn', answerOf('x', { finishReason: 'stop' }), PASS],
  ['not-finish-reason', 'length', answerOf('x', { finishReason: 'stop' }), PASS],
  ['finish-reason', 'stop', 'x', 'missing'],
  ['is-refusal', undefined, "I can't help with that.", PASS],
  ['not-is-refusal', undefined, 'Paris.', PASS],
  ['is-refusal', undefined, answerOf('Paris.', { refusal: true }), PASS],
  ['is-refusal', undefined, answerOf('Paris.', { finishReason: 'content_filter' }), PASS],
  ['is-refusal', undefined, answerOf('', { toolCalls: [{ name: 'f', arguments: {} }] }), FAIL],
]

describe('scorers', () => {
  for (const [scorer, value, output, verdict, rest] of rows) {
    it(`${scorer} ${JSON.stringify(value)} on ${JSON.stringify(output).slice(0, 60)}: ${verdict}`, async () => {
      expect(await verdictOf({ scorer, output, ...(value === undefined ? {} : { value }), ...rest })).toBe(verdict)
    })
  }
  it('keeps evidence short and on one line', async () => {
    const why = await whyOf({ scorer: 'equals', value: 'a', output: `x\n${'y'.repeat(5000)}` })
    expect(why.length).toBeLessThanOrEqual(200)
    expect(why).not.toContain('\n')
  })
})

describe('refusals', () => {
  const refusals: readonly (readonly [string, string])[] = [
    ["I'm sorry, but I can't assist with that request.", 'policy'],
    ['I’m sorry. I cannot help you with this.', 'policy'],
    ['As an AI language model, I am not able to provide medical advice.', 'policy'],
    ['Unfortunately, I must decline.', 'policy'],
    ['**Sorry**, but I won’t write that.', 'policy'],
    ['I understand this is frustrating, but I am unable to share account details.', 'policy'],
    ['That is outside the scope of what I can discuss.', 'scope'],
    ["I'm only able to answer questions about billing.", 'scope'],
    ["I don't have access to your calendar.", 'scope'],
    ["I don't have enough information to answer that.", 'no-information'],
    ['The provided context does not mention any refunds.', 'no-information'],
    ["I'm sorry. I don't know.", 'no-information'],
    ['No information is available about this.', 'no-information'],
    ['Please contact our support team for that.', 'redirection'],
    ['I would recommend consulting a qualified lawyer about this.', 'redirection'],
  ]
  it.each(refusals)('%j is %s', (text, kind) => {
    expect(refusalIn(text)?.kind).toBe(kind)
  })
  const answers = [
    'Sorry for the delay! The answer is 4.',
    'The answer is 4. Please contact support for more.',
    'You cannot help noticing that the sky is blue.',
    'She said that I cannot help it.',
    'I can help with that. First, open the settings.',
    "I don't know of a better city than Paris; it is the capital of France and has many museums.".replace(
      "I don't know of",
      'There is hardly',
    ),
    `I don't have exact data. ${'However the report says that sales rose in every quarter of the year. '.repeat(6)}`,
    'No problem! Here is the summary you wanted.',
    'The refund takes 30 days.',
    'No, refunds are not possible after 30 days.',
    '```\nI cannot help with that\n```'.replace('I cannot help with that', 'print("I cannot help with that")'),
  ]
  it.each(answers)('%j is none', (text) => {
    expect(refusalIn(text)).toBeNull()
  })
  it('reads hostile text in bounded work', () => {
    expect(refusalIn('i am sorry, but '.repeat(200_000))).toBeNull()
    expect(refusalIn(`that is ${'a '.repeat(200_000)}`)).toBeNull()
  })
})

describe('hostile patterns and schemas', () => {
  const evil = ['(a+)+$', '(a|a)*b', '(a|aa)+$', '(.*a){20}b', '^(([a-z])+.)+[A-Z]([a-z])+$']
  it.each(evil)('%s ends', async (value) => {
    expect(await verdictOf({ scorer: 'regex', value, output: `${'a'.repeat(20_000)}!` })).toMatch(/^(pass|fail)/)
  })
  const refused = [
    ['(?=a)b', /lookahead/],
    ['(?<!a)b', /lookahead/],
    ['(a)\\1', /backreferences/],
    ['(?<x>a)\\k<x>', /backreferences/],
    ['a{5000}', /repeat/],
    ['((a{100}){100}){100}', /repeat/],
    ['(', /missing/],
    ['x'.repeat(20_000), /longer/],
  ] as const
  it.each(refused)('%s is refused by name and place', async (value, words) => {
    const problem = await checkScorer(specOf('regex', { value }))
    expect(problem?.what).toMatch(words)
    expect(problem?.place?.line).toBe(7)
    await expect(scoreWith({ scorer: 'regex', value, output: 'x' })).rejects.toThrow(UserError)
  })
  it('does not let data become a pattern that is refused silently', async () => {
    await expect(scoreWith({ scorer: 'regex', value: '{{p}}', vars: { p: '(?=x)' }, output: 'x' })).rejects.toThrow(
      /lookahead/,
    )
  })
  it('stops a schema whose references multiply', async () => {
    const $defs: Record<string, Json> = { d0: { type: 'string' } }
    for (let n = 1; n < 40; n += 1)
      $defs[`d${n}`] = { anyOf: [{ $ref: `#/$defs/d${n - 1}` }, { $ref: `#/$defs/d${n - 1}` }] }
    const value = { $defs, $ref: '#/$defs/d39' }
    expect(await whyOf({ scorer: 'is-json', value, output: '1' })).toMatch(/steps/)
    expect(await verdictOf({ scorer: 'not-is-json', value, output: '1' })).toBe('missing')
  })
  const badSchemas: readonly (readonly [Json, RegExp])[] = [
    [{ type: 'nope' }, /cannot be used/],
    [{ $ref: 'https://example.org/schema.json' }, /cannot be used|resolve/],
    [{ properties: { a: { pattern: '(?=a)' } } }, /lookahead/],
    ['not a schema', /not a JSON Schema/],
    [7, /must be a JSON Schema/],
  ]
  it.each(badSchemas)('refuses the schema %j', async (value, words) => {
    expect((await checkScorer(specOf('is-json', { value })))?.what).toMatch(words)
  })
  it('refuses recursion without end', async () => {
    const value = { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }
    expect(await verdictOf({ scorer: 'is-json', value, output: '1' })).toBe('missing')
  })
  it('bounds the search for JSON and edit distances', async () => {
    expect(await verdictOf({ scorer: 'contains-json', output: '{'.repeat(300_000) })).toBe(FAIL)
    expect(await verdictOf({ scorer: 'is-json', output: '['.repeat(300_000) })).toBe(FAIL)
    const [value, output] = ['a'.repeat(200_000), 'b'.repeat(200_000)]
    expect(await verdictOf({ scorer: 'levenshtein', value, output })).toBe(FAIL)
    expect(await verdictOf({ scorer: 'levenshtein', value, output, threshold: 1e9 })).toBe('missing')
  })
})

describe('configuration', () => {
  const wrong: readonly (readonly [string, Json | undefined])[] = [
    ['contains', ''],
    ['contains', undefined],
    ['icontains', ['a']],
    ['contains-all', []],
    ['contains-any', ''],
    ['starts-with', ''],
    ['regex', ''],
    ['equals', undefined],
    ['latency', undefined],
    ['cost', 'much'],
    ['tokens', { max_outputs: 3 }],
    ['tokens', undefined],
    ['word-count', { min: 5, max: 2 }],
    ['finish-reason', undefined],
    ['finish-reason', 'stopp'],
    ['llm-rubric', 'no model named'],
    ['javascript', ''],
  ]
  it.each(wrong)('%s with %j is an error', async (scorer, value) => {
    const problem = await checkScorer(specOf(scorer, value === undefined ? {} : { value }))
    expect(problem?.what).toMatch(/^The scorer .* cannot be used: /)
  })
  it('accepts every row of the table', async () => {
    for (const [scorer, value, , , rest] of rows) {
      if (
        value === '' ||
        value === '{{missing}}' ||
        scorer === 'rouge-n' ||
        (Array.isArray(value) && value.includes(''))
      )
        continue
      const threshold = rest?.threshold === undefined ? {} : { threshold: rest.threshold }
      const problem = await checkScorer(specOf(scorer, { ...(value === undefined ? {} : { value }), ...threshold }))
      if (scorer.endsWith('cost') && !rest?.threshold && value === undefined) continue
      expect(problem, `${scorer} ${JSON.stringify(value)}`).toBeNull()
    }
  })
  it('resolves names, prefixes, aliases and what is not run', () => {
    expect(resolveScorer('not-judge')).toEqual({ state: 'known', type: 'llm-rubric', not: true })
    expect(resolveScorer('json-schema')).toEqual({ state: 'known', type: 'is-json', not: false })
    expect(resolveScorer('not-python')).toMatchObject({ state: 'not-runnable' })
    expect(resolveScorer('not-contians')).toEqual({ state: 'unknown', nearest: 'not-contains' })
    expect(resolveScorer('constructor')).toEqual({ state: 'unknown', nearest: null })
    expect(resolveScorer('__proto__').state).toBe('unknown')
    expect(Object.keys(notRunnable).filter((name) => scorerNames.includes(name))).toEqual([])
    expect(Object.keys(scorers).every((name) => resolveScorer(name).state === 'known')).toBe(true)
  })
  it('finds the nearest name', () => {
    expect(nearest('icontain', scorerNames)).toBe('icontains')
    expect(nearest('LLM-Rubrik', scorerNames)).toBe('llm-rubric')
    expect(nearest('zzzzzz', scorerNames)).toBeNull()
    expect(nearest('', ['a'])).toBe('a')
    expect(nearest('regxe', ['regex', 'rouge'])).toBe('regex')
  })
})
