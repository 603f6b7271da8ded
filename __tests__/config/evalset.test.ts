import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { loadEvalSet, loadEvalSets } from '../../src/config/evalset.ts'
import { knownScorers } from '../../src/config/known-scorers.ts'
import { readScorer } from '../../src/config/scorers.ts'
import type { EvalSet } from '../../src/domain.ts'
import { formatProblem } from '../../src/errors.ts'
import { memoryTree } from '../fakes/tree.ts'
import { known, SIX_LINES } from './names.ts'

type Files = { readonly [path: string]: string }
const BASE: Files = {
  'a.eval.yaml': SIX_LINES,
  'prompts/answer.md': 'Answer: {{question}}',
  'cases.jsonl': '{"question": "q1", "expected": "a1"}\n{"question": "q2", "expected": "a2"}\n',
}

async function load(files: Files, path = 'a.eval.yaml', symlinks: readonly string[] = []) {
  const tree = memoryTree(files, { symlinks })
  const config = await loadConfig(tree)
  return loadEvalSet(tree, path, { config, known })
}

async function good(files: Files): Promise<EvalSet> {
  const { evalSets, problems } = await load(files)
  expect(problems.map(formatProblem)).toEqual([])
  const [set] = evalSets
  if (!set) throw new Error('no eval set')
  return set
}

async function errors(files: Files, symlinks: readonly string[] = []): Promise<readonly string[]> {
  const { evalSets, problems } = await load(files, 'a.eval.yaml', symlinks)
  expect(evalSets).toEqual([])
  expect(problems.length).toBeGreaterThan(0)
  return problems.map(formatProblem)
}

const withEval = (text: string, more: Files = {}): Files => ({ ...BASE, 'a.eval.yaml': text, ...more })

describe('the six-line eval set', () => {
  it('loads with every default', async () => {
    const set = await good(BASE)
    expect(set).toMatchObject({
      name: 'a',
      passes: 1,
      compare: 'pass',
      mode: 'enforce',
      gates: { maxDropPoints: { limit: 5, level: 'fail' } },
      target: { kind: 'prompt', model: 'openai/gpt-4.1-2025-04-14', parameters: {} },
    })
    expect(set.cases.map(({ vars, expected, explicitId, place }) => ({ vars, expected, explicitId, place }))).toEqual([
      {
        vars: { question: 'q1' },
        expected: 'a1',
        explicitId: false,
        place: { path: 'cases.jsonl', line: 1, column: 1 },
      },
      {
        vars: { question: 'q2' },
        expected: 'a2',
        explicitId: false,
        place: { path: 'cases.jsonl', line: 2, column: 1 },
      },
    ])
    expect(set.sources).toEqual([
      { path: 'a.eval.yaml', role: 'eval file' },
      { path: 'prompts/answer.md', role: 'prompt' },
      { path: 'cases.jsonl', role: 'cases' },
    ])
  })

  it('reads the same with BOM and CRLF in every file', async () => {
    const windows = Object.fromEntries(
      Object.entries(BASE).map(([path, text]) => [path, `\ufeff${text.replaceAll('\n', '\r\n')}`]),
    )
    const [plain, other] = [await good(BASE), await good(windows)]
    expect(other.cases.map(({ id, hash }) => ({ id, hash }))).toEqual(plain.cases.map(({ id, hash }) => ({ id, hash })))
    expect(other.target).toMatchObject({ prompt: { messages: [{ role: 'user', content: 'Answer: {{question}}' }] } })
  })
})

describe('the history of a case', () => {
  const call = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'find', arguments: '{"q": 1}' } }],
  }
  const result = { role: 'tool', tool_call_id: 'c1', content: 'found' }
  const row = (messages: readonly unknown[]) => JSON.stringify({ question: 'q', expected: 'a', messages })
  const withHistory = (...messages: readonly unknown[]): Files => ({ ...BASE, 'cases.jsonl': row(messages) })

  it('may call tools and have their results', async () => {
    const [kase] = (await good(withHistory({ role: 'user', content: 'hi' }, call, result))).cases
    expect(kase?.messages).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: '', toolCalls: [{ id: 'c1', name: 'find', arguments: { q: 1 } }] },
      { role: 'tool', content: 'found', toolCallId: 'c1' },
    ])
  })
  it.each([
    ['a result of no call', [result], /messages\.0"? answers the call "c1", which was not made/],
    ['a result without an id', [call, { role: 'tool', content: 'x' }], /messages\.1"? is a result of no call/],
    ['two results', [call, result, result], /messages\.2"? answers the call "c1"/],
    ['no result', [call], /The call "c1" in messages has no result/],
    ['a call of the user', [{ ...call, role: 'user' }], /messages\.0"? calls tools as user/],
    [
      'an id of the user',
      [{ role: 'user', content: 'x', tool_call_id: 'c1' }],
      /messages\.0"? has a `tool_call_id` as user/,
    ],
    ['nothing said', [{ role: 'user', content: '' }], /messages\.0"? says nothing/],
    ['no message', ['hello'], /"messages\.0" is "hello"/],
    ['an unknown role', [{ role: 'robot', content: 'x' }], /"messages\.0\.role" is "robot"/],
  ])('%s is an error with its place', async (_what, messages, expected) => {
    const [first] = await errors(withHistory(...messages))
    expect(first).toMatch(expected)
    expect(first).toMatch(/^cases\.jsonl:1/)
  })
})

describe('gates', () => {
  const gatesOf = async (own: string, shared = '') =>
    (await good(withEval(`${SIX_LINES}${own}`, shared === '' ? {} : { 'parity.yaml': shared }))).gates
  const failsAt = (limit: number) => ({ limit, level: 'fail' })

  it('keep the limit on drops when a set names others', async () => {
    expect(await gatesOf('gates: { must_pass: ["tag:safety"], require: proof }\n')).toEqual({
      maxDropPoints: failsAt(5),
      mustPass: ['tag:safety'],
      require: 'proof',
    })
    expect(await gatesOf('gates: { max_drop_points: { limit: 5, level: warn } }\n')).toEqual({
      maxDropPoints: { limit: 5, level: 'warn' },
    })
  })
  it('come from the set, else from parity.yaml, else from the default, each for itself', async () => {
    const shared = 'gates: { min_score: 80, cost: { max_ratio: 2 } }\n'
    expect(await gatesOf('gates: { min_score: 90 }\n', shared)).toEqual({
      maxDropPoints: failsAt(5),
      minScore: failsAt(90),
      cost: { maxRatio: failsAt(2) },
    })
    expect(await gatesOf('gates: {}\n', 'gates: { max_drop_points: 3 }\n')).toEqual({ maxDropPoints: failsAt(3) })
  })
})

describe('errors name the line, the column and the remedy', () => {
  it.each([
    [
      'unknown key',
      `${SIX_LINES}gates: { max_drop_point: 3 }\n`,
      /^a\.eval\.yaml:7:10: Unknown key "max_drop_point".*Did you mean "max_drop_points"\?/,
    ],
    [
      'unknown top key',
      `${SIX_LINES}scorer: []\n`,
      /^a\.eval\.yaml:7:1: Unknown key "scorer".*Did you mean "scorers"\?/,
    ],
    ['wrong type', `${SIX_LINES}passes: many\n`, /^a\.eval\.yaml:7:9: "passes" is "many"\. Expected a whole number\./],
    [
      'a gate that is a word',
      `${SIX_LINES}gates:\n  min_score: high\n`,
      /^a\.eval\.yaml:8:14: "gates\.min_score" is "high"\. Expected a number between 0 and 100, or/,
    ],
    [
      'enum',
      `${SIX_LINES}compare: scores\n`,
      /^a\.eval\.yaml:7:10: "compare" is "scores"\. Expected pass or score\. Did you mean "score"\?/,
    ],
    ['missing key', 'cases: [cases.jsonl]\n', /^a\.eval\.yaml:1:1: The file has no "target"/],
    ['duplicate key', `${SIX_LINES}cases: []\n`, /^a\.eval\.yaml:7:1: The key stands there twice/],
    ['YAML 1.1', `%YAML 1.1\n---\n${SIX_LINES}`, /YAML 1\.1.*Expected YAML 1\.2/],
    ['__proto__', `${SIX_LINES}__proto__: { polluted: 1 }\n`, /__proto__/],
    [
      'unknown scorer',
      SIX_LINES.replace('- contains', '- contians'),
      /^a\.eval\.yaml:6:5: There is no scorer "contians".*Did you mean "contains"\?/,
    ],
    ['negated slip', SIX_LINES.replace('- contains', '- not-contians'), /Did you mean "not-contains"\?/],
    ['scorer we cannot run', SIX_LINES.replace('- contains', '- perplexity'), /needs token probabilities/],
    [
      'weight that is text',
      SIX_LINES.replace('contains: "{{expected}}"', 'contains: { value: x, weight: heavy }'),
      /"weight" is "heavy"/,
    ],
    [
      'slip in a scorer',
      SIX_LINES.replace('contains: "{{expected}}"', 'contains: { value: x, treshold: 1 }'),
      /"treshold".*Did you mean "threshold"/,
    ],
    [
      'two targets',
      SIX_LINES.replace('  model:', '  command: [node]\n  model:'),
      /^a\.eval\.yaml:3:3: The target has "prompt" and "command"/,
    ],
    ['key of another kind', SIX_LINES.replace('  model:', '  setup: [npm, ci]\n  model:'), /"setup" has no meaning/],
    [
      'model without provider',
      SIX_LINES.replace('openai/', ''),
      /^a\.eval\.yaml:3:10: The model is "gpt-4\.1-2025-04-14"\. Expected provider\/model/,
    ],
    ['no model', SIX_LINES.replace(/ {2}model.*\n/, ''), /Neither the target nor prompts\/answer\.md names a model/],
    ...['model: openai/o1-pro', 'messages: []', 'input: hi', 'contents: []', 'system: be evil'].map(
      (parameter): [string, string, RegExp] => [
        `a parameter that replaces what is asked: ${parameter}`,
        SIX_LINES.replace('  model:', `  parameters: { temperature: 0, ${parameter} }\n  model:`),
        /^a\.eval\.yaml:3:15: The parameter `(?:model|messages|input|contents|system)` would replace .*(?:by `model:`|into the prompt)\./,
      ],
    ),
    [
      'tools twice',
      SIX_LINES.replace('  model:', '  parameters: { tools: [] }\n  tools: [{ type: function }]\n  model:'),
      /^a\.eval\.yaml:3:15: "tools" stands among the parameters and beside them/,
    ],
    [
      'a parameter of a candidate',
      `${SIX_LINES}candidates: [{ model: openai/gpt-5-nano, parameters: { model: openai/o1-pro } }]\n`,
      /^a\.eval\.yaml:7:\d+: The parameter `model` would replace/,
    ],
    ['no scorers', SIX_LINES.replace(/scorers:[\s\S]*/, ''), /no scorer: nothing could fail.*Add "scorers:"/],
    ['no cases', SIX_LINES.replace('[cases.jsonl]', '[]'), /"cases" is an empty list/],
    [
      'missing prompt',
      SIX_LINES.replace('answer.md', 'nothing.md'),
      /^a\.eval\.yaml:2:11: There is no file "prompts\/nothing\.md"/,
    ],
    [
      'missing cases',
      SIX_LINES.replace('cases.jsonl', 'none.jsonl'),
      /^a\.eval\.yaml:4:9: There is no file "none\.jsonl"/,
    ],
    ['glob without files', SIX_LINES.replace('cases.jsonl', '"none/*.jsonl"'), /matches no file/],
    [
      'climbing',
      SIX_LINES.replace('prompts/answer.md', '../../etc/passwd'),
      /^a\.eval\.yaml:2:11: .*leads out of the repository/,
    ],
    ['absolute', SIX_LINES.replace('prompts/answer.md', '/etc/passwd'), /leads out of the repository/],
    ['Windows drive', SIX_LINES.replace('prompts/answer.md', 'C:\\secret.md'), /leads out of the repository/],
    ['climbing cases', SIX_LINES.replace('cases.jsonl', '"../**/*.jsonl"'), /leads out of the repository/],
    ['pattern bomb', SIX_LINES.replace('cases.jsonl', `"${'{a,b}'.repeat(16)}.jsonl"`), /too many alternatives/],
    [
      'not a waiver date',
      `${SIX_LINES}waivers: [{ rule: a, reason: b, owner: c, expiry: soon }]\n`,
      /^a\.eval\.yaml:7:51: .*Expected a date/,
    ],
    ...['2027-02-30', '2027-02-29', '2100-02-29', '2027-04-31', '2027-13-01', '2027-00-10', '2027-01-32'].map(
      (day): [string, string, RegExp] => [
        `a waiver until ${day}`,
        `${SIX_LINES}waivers: [{ rule: score-drop, reason: b, owner: c, expiry: ${day} }]\n`,
        /^a\.eval\.yaml:7:\d+: .*Expected a date of the calendar/,
      ],
    ),
    [
      'a quarantine until no day',
      `${SIX_LINES}quarantine: [{ case: a, reason: b, owner: c, expiry: 2027-02-30 }]\n`,
      /^a\.eval\.yaml:7:\d+: .*Expected a date of the calendar/,
    ],
    [
      'a long id of a case',
      `${SIX_LINES.replace('cases.jsonl', `{ id: ${'x'.repeat(201)}, vars: { q: a } }`)}`,
      /Expected text of 1 to 200 characters, or a number/,
    ],
    [
      'nothing that is graded',
      SIX_LINES.replace(/scorers:[\s\S]*$/, 'scorers: [{ contains: x, weight: 0 }]\n'),
      /^a\.eval\.yaml:1:1: .*weight 0 alone/,
    ],
    ...[
      ['score-dorp', 'Did you mean "score-drop"?'],
      ['policy-owner', 'Correct it, or take the waiver out.'],
      ['not-measured', 'Correct it, or take the waiver out.'],
    ].map(([rule = '', said = '']): [string, string, RegExp] => [
      `a waiver of ${rule}`,
      `${SIX_LINES}waivers: [{ rule: ${rule}, reason: b, owner: c, expiry: 2027-01-31 }]\n`,
      new RegExp(`^a\\.eval\\.yaml:7:11: .*the rule "${rule}".*${said.replace('?', '\\?')}`),
    ]),
  ])('%s', async (_, text, expected) => {
    const found = await errors(withEval(text))
    expect(found.join('\n')).toMatch(expected)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it.each(['2027-02-28', '2028-02-29', '2000-02-29', '2027-12-31'])('and %s is a day', async (day) => {
    const waivers = `waivers: [{ rule: score-drop, reason: b, owner: c, expiry: ${day} }]\n`
    expect((await good(withEval(`${SIX_LINES}${waivers}`))).waivers).toMatchObject([{ expiry: day }])
  })

  it('all of them at once', async () => {
    const found = await errors(
      withEval(`${SIX_LINES.replace('cases.jsonl', 'none.jsonl').replace('answer.md', 'nothing.md')}`),
    )
    expect(found).toHaveLength(2)
  })

  it('a symlinked prompt names the place of the reference', async () => {
    const [found] = await errors(BASE, ['prompts/answer.md'])
    expect(found).toMatch(/^a\.eval\.yaml:2:11: prompts\/answer\.md .*symbolic link/)
  })

  it.each([
    ['empty', ''],
    ['blank', '\n\n  \n'],
    ['a byte order mark alone', '\ufeff'],
  ])('%s case file', async (_, text) => {
    expect((await errors({ ...BASE, 'cases.jsonl': text })).join()).toMatch(/no cases/)
  })

  it.each([
    ['broken JSON', '{"question": "q"}\n{"question": \n', /^cases\.jsonl:2: .*not valid JSON/],
    ['a list', '[1]\n', /^cases\.jsonl:1:1: A case is a list/],
    ['unknown key', '\n{"vars": {}, "expcted": "x"}\n', /^cases\.jsonl:2:14: Unknown key "expcted".*"expected"/],
    ['__proto__', '{"a": {"\\u005f_proto__": {"polluted": 1}}}\n', /__proto__/],
    ['deep', `{"a": ${'['.repeat(500)}${']'.repeat(500)}}\n`, /nested too deeply/],
    ['very deep', `{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}\n`, /nested too deeply/],
    [
      'a scorer slip',
      '{"q": 1, "scorers": [{"contians": "x"}]}\n',
      /^cases\.jsonl:1:10: There is no scorer "contians"/,
    ],
    [
      'same id',
      '{"id": "x", "q": 1}\n{"id": 7, "q": 2}\n{"id": "x", "q": 3}\n',
      /^cases\.jsonl:3:1: The case id "x" stands twice; the first is at cases\.jsonl:1:1/,
    ],
  ])('%s in JSON lines', async (_, text, expected) => {
    expect((await errors({ ...BASE, 'cases.jsonl': text })).join('\n')).toMatch(expected)
  })

  it('deep and alias-heavy YAML ends in a problem', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(',')}]`)
      .join('\n')}\n`
    expect((await errors(withEval(bomb))).join()).toMatch(/aliases/)
    expect((await errors(withEval(`target: ${'['.repeat(20_000)}`))).join()).toMatch(/nested too deeply/)
    expect((await errors(withEval(`target: ${'['.repeat(300)}${']'.repeat(300)}`))).join()).toMatch(/nested too deeply/)
  })
})

describe('identity', () => {
  const ids = async (text: string) => (await good({ ...BASE, 'cases.jsonl': text })).cases.map((one) => one.id)

  it('is the id, else a hash of the variables whatever their order; repeats are numbered', async () => {
    const found = await ids(
      '{"id": 5, "q": 1}\n{"q": 1, "r": 2}\n{"r": 2, "q": 1}\n{"q": 1, "r": 2, "expected": "x"}\n',
    )
    expect(found[0]).toBe('5')
    expect(found[1]).toMatch(/^[0-9a-f]{8}$/)
    expect(found.slice(2)).toEqual([`${found[1]}#2`, `${found[1]}#3`])
  })

  it('an author may not take the id of a hash', async () => {
    const [hash] = await ids('{"q": 1}\n')
    expect(await ids(`{"id": "${hash}", "q": 2}\n{"q": 1}\n`)).toEqual([hash, `${hash}#2`])
  })

  it('hash changes with what is asked or expected and with nothing else', async () => {
    const hash = async (row: string) => (await good({ ...BASE, 'cases.jsonl': row })).cases[0]?.hash
    const one = await hash('{"id": "x", "q": 1, "expected": "a"}')
    expect(await hash('{"expected": "a", "q": 1, "id": "y", "tags": "t"}')).toBe(one)
    expect(await hash('{"id": "x", "q": 1, "expected": "b"}')).not.toBe(one)
    expect(await hash('{"id": "x", "q": 1, "expected": "a", "scorers": ["is-json"]}')).not.toBe(one)
  })
})

describe('cases and slices', () => {
  it('labels come from fields, variables and metadata that slices name', async () => {
    const text = `${SIX_LINES.replace('[cases.jsonl]', '[{ vars: { tier: gold }, region: eu, metadata: { plan: 3 }, language: de }]')}slices: [tier, region, plan, none]\n`
    const [one] = (await good(withEval(text))).cases
    expect(one?.labels).toEqual({ tier: 'gold', region: 'eu', plan: '3', language: 'de' })
    expect((await errors(withEval(text.replace('region, ', '')))).join()).toMatch(/Unknown key "region"/)
  })

  it('CSV: quotes, line breaks, empty cells, tags, thresholds', async () => {
    const csv = '\ufeffid,question,ideal,tags,threshold\r\n1,"a ""b"",\r\nc",x,"safety, de",0.5\r\n2,d,,,\r\n'
    const set = await good(withEval(SIX_LINES.replace('.jsonl', '.csv'), { 'cases.csv': csv }))
    expect(
      set.cases.map(({ id, vars, expected, tags, threshold }) => ({ id, vars, expected, tags, threshold })),
    ).toEqual([
      { id: '1', vars: { question: 'a "b",\r\nc' }, expected: 'x', tags: ['safety', 'de'], threshold: 0.5 },
      { id: '2', vars: { question: 'd' }, expected: undefined, tags: [], threshold: undefined },
    ])
  })

  it.each([
    ['same column twice', 'a,a\n1,2\n', /column "a" stands twice/],
    ['__proto__ column', '__proto__,a\n1,2\n', /__proto__/],
    ['header only', 'a,b\n', /no cases/],
    ['too many cells', 'a,b\n1,2,3\n', /cases\.csv:2: Not a valid table/],
  ])('CSV: %s', async (_, csv, expected) => {
    expect((await errors(withEval(SIX_LINES.replace('.jsonl', '.csv'), { 'cases.csv': csv }))).join()).toMatch(expected)
  })

  it("CSV: promptfoo's columns", async () => {
    const csv = 'q,__expected,__expected2,__metadata:tier\nx,icontains: Hi,plain text,gold\n'
    const text = `${SIX_LINES.replace('.jsonl', '.csv')}slices: [tier]\n`
    const [one] = (await good(withEval(text, { 'cases.csv': csv }))).cases
    expect(one?.scorers.map(({ type, value }) => ({ type, value }))).toEqual([
      { type: 'icontains', value: 'Hi' },
      { type: 'equals', value: 'plain text' },
    ])
    expect(one?.labels).toEqual({ tier: 'gold' })
  })

  it('100,000 rows keep their lines', async () => {
    const text = Array.from({ length: 100_000 }, (_, n) => `{"question":"question number ${n}","expected":"a"}`).join(
      '\n',
    )
    const { cases } = await good({ ...BASE, 'cases.jsonl': text })
    expect(cases).toHaveLength(100_000)
    expect(cases.at(-1)?.place.line).toBe(100_000)
    expect(new Set(cases.map((one) => one.id)).size).toBe(100_000)
  })

  it('more cases than anyone needs, or too many bytes, end in a problem', async () => {
    expect((await errors({ ...BASE, 'cases.jsonl': '{"q":1}\n'.repeat(200_002) })).join()).toMatch(
      /more than 200000 cases/,
    )
    expect((await errors({ ...BASE, 'cases.jsonl': ' '.repeat(64_000_001) })).join()).toMatch(/at most 64 MB/)
  })
})

describe('scorers', () => {
  const scorersOf = async (text: string, files: Files = {}) =>
    (await good(withEval(SIX_LINES.replace(/ {2}- contains.*\n/, text), files))).scorers

  it('reads the four spellings and not-', async () => {
    const found = await scorersOf(
      '  - is-json\n  - not-contains: x\n  - contains: { value: y, weight: 0, name: col }\n  - { type: not-regex, value: z, metric: m, threshold: 0.5 }\n  - equals: { a: 1 }\n  - judge: { value: ok, model: openai/x }\n  - contains: x\n    weight: 2\n',
    )
    expect(
      found.map(({ type, not, value, weight, name, threshold }) => ({ type, not, value, weight, name, threshold })),
    ).toEqual([
      { type: 'is-json', not: false, value: undefined, weight: 1, name: 'is-json', threshold: undefined },
      { type: 'contains', not: true, value: 'x', weight: 1, name: 'not-contains', threshold: undefined },
      { type: 'contains', not: false, value: 'y', weight: 0, name: 'col', threshold: undefined },
      { type: 'regex', not: true, value: 'z', weight: 1, name: 'm', threshold: 0.5 },
      { type: 'equals', not: false, value: { a: 1 }, weight: 1, name: 'equals', threshold: undefined },
      { type: 'llm-rubric', not: false, value: 'ok', weight: 1, name: 'judge', threshold: undefined },
      { type: 'contains', not: false, value: 'x', weight: 2, name: 'contains', threshold: undefined },
    ])
    expect(found[5]?.options).toEqual({ model: 'openai/x' })
  })

  it('a schema path becomes the schema and a source', async () => {
    const set = await good(
      withEval(SIX_LINES.replace('contains: "{{expected}}"', 'json-schema: s/a.json'), {
        's/a.json': '{"type": "object"}',
      }),
    )
    expect(set.scorers[0]?.value).toEqual({ type: 'object' })
    expect(set.sources).toContainEqual({ path: 's/a.json', role: 'schema' })
    expect((await errors(withEval(SIX_LINES.replace('contains: "{{expected}}"', 'is-json: s/b.json')))).join()).toMatch(
      /^a\.eval\.yaml:6:5: There is no file "s\/b\.json"/,
    )
  })
})

describe('parameters that replace what is asked', () => {
  it('in the prompt file, too', async () => {
    const prompt = '---\nmodel: openai/gpt-4.1-2025-04-14\nconfig: { model: openai/o1-pro }\n---\nAnswer: {{question}}'
    const set = SIX_LINES.replace('answer.md', 'answer.prompt')
    const [only] = await errors(withEval(set, { 'prompts/answer.prompt': prompt }))
    expect(only).toMatch(/^prompts\/answer\.prompt: The parameter `model` would replace/)
  })

  it('of a judge', async () => {
    const judged = (name: string) =>
      `${SIX_LINES}  - ${name}: { value: It answers., model: openai/gpt-4.1-2025-04-14, parameters: { model: openai/o1-pro } }\n`
    for (const name of ['llm-rubric', 'select-best']) {
      const tree = memoryTree(withEval(judged(name)))
      const loaded = await loadEvalSet(tree, 'a.eval.yaml', { config: await loadConfig(tree), known: knownScorers })
      expect(loaded.problems.map(formatProblem)).toEqual([
        expect.stringMatching(/^a\.eval\.yaml:7:5: The scorer \S+ cannot be used: the parameter `model` would replace/),
      ])
    }
  })
})

describe('the real scorers', () => {
  it('refuse a configuration that cannot run, at its place', async () => {
    const tree = memoryTree(withEval(SIX_LINES.replace('contains: "{{expected}}"', 'regex: "(unclosed"')))
    const loaded = await loadEvalSet(tree, 'a.eval.yaml', { config: await loadConfig(tree), known: knownScorers })
    expect(loaded.problems.map(formatProblem).join()).toMatch(/^a\.eval\.yaml:6:5: The scorer regex cannot be used/)
  })
  it.each([
    ['output.includes("a"', /^a\.eval\.yaml:6:5: The scorer javascript cannot be used: its value is no JavaScript/],
    ['const n = 1\nretrun n', /6:5: .*Unexpected identifier/],
    ['export default (output) => {', /6:5: .*Unexpected token/],
    ['await Promise.resolve(true)', /^$/],
    ['export default (output) => output === "a"', /^$/],
    ['return output.length > 3', /^$/],
    ['throw new Error("only when it is run")', /^$/],
  ])('compile a script and do not run it: %s', async (value, said) => {
    const scorer = `javascript: ${JSON.stringify(value)}`
    const tree = memoryTree(withEval(SIX_LINES.replace('contains: "{{expected}}"', scorer)))
    const loaded = await loadEvalSet(tree, 'a.eval.yaml', { config: await loadConfig(tree), known: knownScorers })
    expect(loaded.problems.map(formatProblem).join()).toMatch(said)
  })
  it('know every name of their table', async () => {
    for (const name of knownScorers.names.filter((one) => one !== 'select-best')) {
      expect(readScorer({ type: `not-${name}`, value: 'x' }, { path: 'x' }, knownScorers)).toMatchObject({
        ok: true,
        spec: { not: true },
      })
    }
  })
})

describe('many files', () => {
  it('owners come from CODEOWNERS, the last match wins; names are unique', async () => {
    const tree = memoryTree({
      ...BASE,
      'b/b.eval.yaml': SIX_LINES.replace('prompts/', '../prompts/').replace('cases.jsonl', '../cases.jsonl'),
      'c/a.eval.yaml': SIX_LINES,
      '.github/CODEOWNERS': '# all\n* @acme/all\n/b/ @acme/b # team\n',
    })
    const loaded = await loadEvalSets(tree, await loadConfig(tree), { known })
    expect(loaded.map((file) => file.evalSets[0]?.owner)).toEqual(['@acme/all', '@acme/b', undefined])
    expect(loaded[2]?.problems.map(formatProblem).join()).toMatch(/There is no file/)
    const same = memoryTree({ ...BASE, 'b.eval.yaml': `name: a\n${SIX_LINES}` })
    const [, second] = await loadEvalSets(same, await loadConfig(same), { known })
    expect(second?.problems.map(formatProblem).join()).toMatch(
      /^b\.eval\.yaml: The eval set is called "a", and so is the one in a\.eval\.yaml/,
    )
  })

  it('waivers: a file, a list in it, only those of this set', async () => {
    const waiver = (set: string) => `{ eval_set: ${set}, rule: score-drop, reason: r, owner: "@o", expiry: 2026-12-01 }`
    const set = await good(
      withEval(`${SIX_LINES}waivers: w.yaml\n`, { 'w.yaml': `waivers:\n  - ${waiver('other')}\n  - ${waiver('a')}\n` }),
    )
    expect(set.waivers).toEqual([
      {
        evalSet: 'a',
        rule: 'score-drop',
        reason: 'r',
        owner: '@o',
        expiry: '2026-12-01',
        place: { path: 'w.yaml', line: 3, column: 5 },
      },
    ])
  })
})
