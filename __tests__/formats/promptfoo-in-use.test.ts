// What promptfoo files in use have in them: tests in other folders, functions for assertions, red teams, graders that nobody named.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { loadEvalSet } from '../../src/config/evalset.ts'
import { knownScorers } from '../../src/config/known-scorers.ts'
import { grouped } from '../../src/formats/not-carried.ts'
import { loadConfigs, loadSets } from '../../src/load.ts'
import { processorSeconds } from '../fakes/processor.ts'
import { memoryTree } from '../fakes/tree.ts'

type Files = { readonly [path: string]: string }
async function load(path: string, files: Files) {
  const tree = memoryTree(files)
  return loadEvalSet(tree, path, { config: await loadConfig(tree), known: knownScorers })
}
const HEAD = 'prompts: ["{{a}} {{b}}"]\nproviders: [openai:gpt-4.1-2025-04-14]\n'

describe('files that tests name', () => {
  const files = {
    'evals/promptfooconfig.yaml': `${HEAD}tests: [file://data/t.yaml]\n`,
    'evals/data/t.yaml': `- vars: { a: file://texts/a.txt, b: file://b.txt }
  assert: [{ type: is-json, value: file://schema.json }, { type: equals, value: file://c.txt }]
`,
    'evals/texts/a.txt': 'of the configuration\n',
    'evals/data/b.txt': 'beside the tests\n',
    'evals/schema.json': '{ "type": "object" }',
    'evals/data/c.txt': 'beside',
  }
  it('are looked for beside the configuration, then beside the tests', async () => {
    const { evalSets, problems } = await load('evals/promptfooconfig.yaml', files)
    expect(problems).toEqual([])
    const [one] = evalSets[0]?.cases ?? []
    expect(one?.vars).toEqual({ a: 'of the configuration', b: 'beside the tests' })
    expect(one?.scorers.map(({ value }) => value)).toEqual([{ type: 'object' }, 'beside'])
    const sources = evalSets[0]?.sources.map(({ path }) => path)
    expect(sources).toEqual(
      expect.arrayContaining(['evals/texts/a.txt', 'evals/data/b.txt', 'evals/schema.json', 'evals/data/c.txt']),
    )
  })
  it('beside the configuration first, where both are there', async () => {
    const both = { ...files, 'evals/data/texts/a.txt': 'wrong', 'evals/b.txt': 'first' }
    const { evalSets } = await load('evals/promptfooconfig.yaml', both)
    expect(evalSets[0]?.cases[0]?.vars).toEqual({ a: 'of the configuration', b: 'first' })
  })
  it('are named with the test that names them, where there is none', async () => {
    const { 'evals/data/b.txt': _, ...rest } = files
    const { problems } = await load('evals/promptfooconfig.yaml', rest)
    expect(problems[0]?.what).toContain('evals/data/b.txt')
    expect(problems[0]?.place?.path).toBe('evals/data/t.yaml')
  })
  it('are no texts of several lines that begin like one', async () => {
    const text = 'file://notes.txt\n\nThe current page:\n'
    const { evalSets } = await load('promptfooconfig.yaml', {
      'promptfooconfig.yaml': `${HEAD}tests: [{ vars: { a: ${JSON.stringify(text)}, b: x }, assert: [{ type: equals, value: x }] }]\n`,
    })
    expect(evalSets[0]?.cases[0]?.vars.a).toBe(text.trimEnd() === text ? text : text.replace(/\n$/, ''))
  })
})

describe('what is code', () => {
  it.each([
    'file://a.ts:check',
    'file://a.js:check',
    'file://a.py:check',
    'file://a.ts',
    'file://a.rb',
    'file://lib/a.mjs:x',
  ])('is named and left out, with no file looked for: %s', async (value) => {
    const asserts = `[{ type: javascript, value: "${value}" }, { type: equals, value: x }]`
    const { evalSets, problems, notCarried } = await load('promptfooconfig.yaml', {
      'promptfooconfig.yaml': `${HEAD}tests: [{ vars: { a: 1, b: 2 }, assert: ${asserts} }]\n`,
    })
    expect(problems).toEqual([])
    expect(evalSets[0]?.cases[0]?.scorers.map(({ type }) => type)).toEqual(['equals'])
    expect(notCarried.join()).toContain(`${value} is code and is not run`)
  })
  it('transforms of tests come before those of assertions; files of code are named', async () => {
    const { evalSets, notCarried } = await load('promptfooconfig.yaml', {
      'promptfooconfig.yaml': `${HEAD}defaultTest: { options: { transform: output.trim() } }
tests:
  - { vars: { a: 1, b: 2 }, assert: [{ type: equals, value: x }, { type: equals, value: y, transform: output.slice(1) }] }
  - { vars: { a: 1, b: 3 }, options: { transform: "file://t.js" }, assert: [{ type: equals, value: x }] }
`,
    })
    const transforms = evalSets[0]?.cases.map(({ scorers }) => scorers.map(({ options }) => options.transform))
    expect(transforms).toEqual([['output.trim()', ['output.trim()', 'output.slice(1)']], [undefined]])
    expect(notCarried).toContain('The transform file://t.js is a file of code and is not run.')
    expect(notCarried.join()).not.toContain('options.transform')
  })
})

describe('chats that are templates', () => {
  const prompts = async (text: string) => {
    const { evalSets, problems, notCarried } = await load('promptfooconfig.yaml', {
      'promptfooconfig.yaml':
        'prompts: [file://p.txt]\nproviders: [openai:gpt-4.1-2025-04-14]\ntests: [{ vars: { a: 1 }, assert: [{ type: equals, value: x }] }]\n',
      'p.txt': text,
    })
    expect(problems).toEqual([])
    const target = evalSets[0]?.target
    return { messages: target?.kind === 'prompt' ? target.prompt.messages : [], notCarried }
  }
  it.each([
    ['[{"role": "system", "content": {{ system | dump }}}, {"role": "user", "content": {{a|tojson|safe}} }]'],
    ['- role: system\n  content: {{ system | dump }}\n- role: user\n  content: {{- a | dump -}}\n'],
  ])('have the text of a variable for a message: %s', async (text) => {
    const { messages } = await prompts(text)
    expect(messages.map(({ role, content }) => [role, content])).toEqual([
      ['system', '{{ system }}'],
      ['user', '{{ a }}'],
    ])
  })
  it.each([
    '[{% for m in messages %}{"role": "user", "content": {{ m | dump }}}{% endfor %}]',
    '[{"role": "user", "content": "x"}{% if a %}, {"role": "user", "content": "y"}{% endif %}]',
  ])('are named where statements stand around their messages: %s', async (text) => {
    const { messages, notCarried } = await prompts(text)
    expect(messages).toEqual([])
    expect(notCarried.join()).toContain('is a chat only once it is rendered, and is not run')
  })
  it('of nothing but blanks are read in the time that their length takes', async () => {
    for (const inner of [' '.repeat(100_000), 'a '.repeat(50_000)])
      expect(await processorSeconds(() => prompts(`[{"role":"user","content": {{${inner}}}}]`))).toBeLessThan(5)
  })
  it('are texts where a variable stands in brackets', async () => {
    const { messages } = await prompts('[{{ a }}] Answer briefly.')
    expect(messages.map(({ content }) => content)).toEqual(['[{{ a }}] Answer briefly.'])
  })
})

it.each([
  'anthropic:claude-agent-sdk',
  'openai:codex-sdk',
  'openai:agents:x',
  'openai:chatkit:wf_1',
  'openai:assistant:asst_1',
])('an agent is no model: %s', async (id) => {
  const { evalSets, notCarried } = await load('promptfooconfig.yaml', {
    'promptfooconfig.yaml': `prompts: ["{{a}}"]\nproviders: ["${id}"]\ntests: [{ vars: { a: 1 }, assert: [{ type: equals, value: x }] }]\n`,
  })
  expect(evalSets).toEqual([])
  expect(notCarried.join()).toContain(`The provider ${id} is not run: it is an agent`)
})

describe('a file of which nothing is run', () => {
  const rubric = (n: number) =>
    Array.from(
      { length: n },
      (_, i) => `  - { vars: { a: ${i}, b: x }, assert: [{ type: llm-rubric, value: right }] }\n`,
    ).join('')
  it.each([
    ['graders that nobody named', `${HEAD}tests:\n${rubric(5)}`, 'No test has an assertion that can be run.'],
    [
      'tests that a red team makes',
      `${HEAD}redteam: { numTests: 5 }\n`,
      'Its tests are made by its red team, which is not run.',
    ],
  ])('is in order, with the reason: %s', async (_what, text, why) => {
    const { evalSets, problems, notCarried } = await load('promptfooconfig.yaml', { 'promptfooconfig.yaml': text })
    expect([evalSets, problems]).toEqual([[], []])
    expect(notCarried[0]).toBe(why)
  })
  it('is run with a judge that parity.yaml names, where the file names none', async () => {
    const text = `${HEAD}tests:
${rubric(2)}  - { vars: { a: 9, b: x }, options: { provider: openai:gpt-4.1-2025-04-14 }, assert: [{ type: llm-rubric, value: right }] }
`
    const files = { 'promptfooconfig.yaml': text, 'parity.yaml': 'judge: openai/gpt-5-mini-2025-08-07\n' }
    const { evalSets, notCarried } = await load('promptfooconfig.yaml', files)
    const judges = evalSets[0]?.cases.map(({ scorers }) => scorers.map(({ options }) => options.model))
    expect(judges).toEqual([
      ['openai/gpt-5-mini-2025-08-07'],
      ['openai/gpt-5-mini-2025-08-07'],
      ['openai/gpt-4.1-2025-04-14'],
    ])
    expect(notCarried).toEqual([])
  })
  it('is told, and keeps no other set from its run', async () => {
    const files = {
      'promptfooconfig.yaml': `${HEAD}tests:\n${rubric(5)}`,
      'evals/promptfooconfig.yaml': 'prompts: [file://p.mjs]\nproviders: [file://x.py]\nenv: {}\ntests: []\n',
    }
    const trees = { base: memoryTree(files), head: memoryTree(files) }
    const configs = await loadConfigs('parity.yaml', trees, true)
    const { pairs, idle } = await loadSets({ trees, configs, files: [], directory: '' })
    expect(pairs).toEqual([])
    expect(idle?.map(({ path }) => path)).toEqual(['evals/promptfooconfig.yaml', 'promptfooconfig.yaml'])
    expect(idle?.[0]?.why).not.toContain('is not used')
    expect(idle?.[1]?.why).toMatch(
      /^No test has an assertion that can be run\. llm-rubric \(lines 4, 5, 6 and 2 more\)/,
    )
  })
  it('is a set that is lost, where the base ran it', async () => {
    const runs = `${HEAD}tests: [{ vars: { a: 1, b: 2 }, assert: [{ type: equals, value: x }] }]\n`
    const base = memoryTree({ 'promptfooconfig.yaml': runs })
    const head = memoryTree({ 'promptfooconfig.yaml': runs.replace('openai:gpt-4.1-2025-04-14', 'file://provider.py') })
    const configs = await loadConfigs('parity.yaml', { base, head }, true)
    const files = [{ path: 'promptfooconfig.yaml', status: 'modified' as const }]
    const { pairs } = await loadSets({ trees: { base, head }, configs, files, directory: '' })
    expect(pairs).toHaveLength(1)
    expect(pairs[0]).toMatchObject({ head: null, headProblems: [] })
    expect(pairs[0]?.idle).toContain('file://provider.py')
  })
})

it('what is said of several lines is said once', () => {
  expect(
    grouped([
      'a (line 3) is not run: x',
      'b',
      'a (line 5) is not run: x',
      'a (line 3) is not run: x',
      'a (line 9) is not run: y',
      'c (line ?)',
    ]),
  ).toEqual(['a (lines 3, 5) is not run: x', 'b', 'a (line 9) is not run: y', 'c (line ?)'])
  const many = Array.from({ length: 9 }, (_, i) => `a (line ${i + 1}).`)
  expect(grouped(many)).toEqual(['a (lines 1, 2, 3 and 6 more).'])
})

describe('assertions that could score nothing', () => {
  const left = async (asserts: string, more: Files = {}) => {
    const tests = `tests:\n  - vars: { a: x, b: y }\n    assert: ${asserts}\n`
    return load('promptfooconfig.yaml', { 'promptfooconfig.yaml': `${HEAD}${tests}`, ...more })
  }
  it.each([
    ['a pattern that is none', '{ type: regex, value: "(" }', 'missing closing )'],
    ['a pattern that takes longer than linear time', '{ type: regex, value: "(?=a)b" }', 'its pattern cannot be used'],
    ['a script that is none', '{ type: javascript, value: "output.includes(" }', 'no JavaScript that can be run'],
    ['a schema that is none', '{ type: is-json, value: { type: objec } }', 'the schema cannot be used'],
  ])('are told before a call is paid for, and left out: %s', async (_, broken, why) => {
    const { evalSets, problems, notCarried } = await left(`[${broken}, { type: equals, value: x }]`)
    expect(problems).toEqual([])
    expect(evalSets[0]?.cases[0]?.scorers.map(({ type }) => type)).toEqual(['equals'])
    expect(notCarried.filter((line) => line.includes(why) && line.endsWith('(line 5).'))).toHaveLength(1)
  })
  it('are told once for all tests that have them, modules of other files among them', async () => {
    const script = "import { check } from './check.js'\nexport default (output) => check(output)\n"
    const one =
      '  - { vars: { a: x, b: y }, assert: [{ type: javascript, value: file://s.mjs }, { type: equals, value: x }] }\n'
    const { notCarried } = await load('promptfooconfig.yaml', {
      'promptfooconfig.yaml': `${HEAD}tests:\n${one.repeat(5)}`,
      's.mjs': script,
    })
    const told = notCarried.filter((line) => line.includes('outside a module'))
    expect(told).toEqual([expect.stringContaining('(lines 4, 5, 6 and 2 more)')])
  })
})

describe('assertions of a table', () => {
  const table = 'a,b,__expected\nx,y,javascript:file://score.js\nx,z,equals:file://answer.txt\n'
  const files = {
    'promptfooconfig.yaml': `${HEAD}tests: file://tests.csv\n`,
    'tests.csv': table,
    'answer.txt': 'of the file',
  }
  it('are the texts of the files that they name', async () => {
    const script = 'module.exports = (output) => output.length > 3\n'
    const { evalSets, problems } = await load('promptfooconfig.yaml', { ...files, 'score.js': script })
    expect(problems).toEqual([])
    expect(evalSets[0]?.cases.map(({ scorers }) => scorers[0]?.value)).toEqual([script, 'of the file'])
    expect(evalSets[0]?.sources.map(({ path }) => path)).toEqual(expect.arrayContaining(['score.js', 'answer.txt']))
  })
  it('are told with their file where they could score nothing', async () => {
    const { notCarried } = await load('promptfooconfig.yaml', { ...files, 'score.js': 'module.exports = (' })
    expect(notCarried).toContainEqual(expect.stringContaining('(tests.csv:2).'))
  })
  it('read a file once that all of them name', async () => {
    const row = 'x,y,javascript:file://score.js\n'
    const whole = memoryTree({
      ...files,
      'tests.csv': `a,b,__expected\n${row.repeat(500)}`,
      'score.js': 'module.exports = () => true\n',
    })
    const asked: string[] = []
    const read: typeof whole.read = (path, maxBytes) => {
      asked.push(path)
      return whole.read(path, maxBytes)
    }
    const tree = { ...whole, read }
    const { evalSets } = await loadEvalSet(tree, 'promptfooconfig.yaml', {
      config: await loadConfig(tree),
      known: knownScorers,
    })
    expect(evalSets[0]?.cases).toHaveLength(500)
    expect(asked.filter((path) => path === 'score.js')).toHaveLength(1)
  })
  it('name the line where there is no such file', async () => {
    const { problems } = await load('promptfooconfig.yaml', files)
    expect(problems[0]).toMatchObject({
      what: expect.stringContaining('score.js'),
      place: { path: 'tests.csv', line: 2 },
    })
  })
})
