import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { loadEvalSet } from '../../src/config/evalset.ts'
import { formatProblem } from '../../src/errors.ts'
import { readProvider } from '../../src/formats/promptfoo-providers.ts'
import { known } from '../config/names.ts'
import { memoryTree } from '../fakes/tree.ts'

async function load(path: string, files: { readonly [path: string]: string }) {
  const tree = memoryTree(files)
  return loadEvalSet(tree, path, { config: await loadConfig(tree), known })
}

describe('promptfooconfig', () => {
  const FOO = `description: support
prompts:
  - file://prompts/*.txt
  - id: chat.json
    label: chat
providers:
  - openai:chat:gpt-4.1
  - id: anthropic:messages:claude-x
    label: claude
    config: { temperature: 0, apiBaseUrl: "http://evil" }
    transform: output.trim()
  - exec:./run.sh
defaultTest:
  vars: { tone: kind }
  assert: [{ type: not-contains, value: sorry }]
tests:
  - description: one
    vars: { q: [a, b], file: file://doc.txt }
    assert:
      - { type: icontains, value: hi, weight: 2, metric: greets }
      - { type: python, value: "x" }
      - { type: assert-set, assert: [{ type: equals, value: x }] }
  - file://more.csv
redteam: { plugins: [] }
`
  const files = {
    'promptfooconfig.yaml': FOO,
    'prompts/p.txt': 'First {{q}}\n---\nSecond {{q}}\n',
    'chat.json': '[{"role": "user", "content": "{{q}}"}]',
    'doc.txt': 'text\n',
    'more.csv': 'q,__expected\nc,contains:c\n',
  }

  it('every prompt x provider is a set, the first gates, gate_on says otherwise', async () => {
    const { evalSets, problems } = await load('promptfooconfig.yaml', files)
    expect(problems).toEqual([])
    expect(evalSets.map(({ name, mode }) => [name, mode])).toEqual([
      ['promptfooconfig.yaml › prompts/p.txt #1 › openai:chat:gpt-4.1', 'enforce'],
      ['promptfooconfig.yaml › prompts/p.txt #1 › claude', 'report'],
      ['promptfooconfig.yaml › prompts/p.txt #2 › openai:chat:gpt-4.1', 'report'],
      ['promptfooconfig.yaml › prompts/p.txt #2 › claude', 'report'],
      ['promptfooconfig.yaml › chat › openai:chat:gpt-4.1', 'report'],
      ['promptfooconfig.yaml › chat › claude', 'report'],
    ])
    const chosen = await load('promptfooconfig.yaml', {
      ...files,
      'parity.yaml': 'gate_on: ["promptfooconfig.yaml › chat › claude"]',
    })
    expect(chosen.evalSets.filter((set) => set.mode === 'enforce').map((set) => set.name)).toEqual([
      'promptfooconfig.yaml › chat › claude',
    ])
  })

  it('gate_on takes globs, over the slashes that paths of prompts bring into names', async () => {
    const gating = async (patterns: string) => {
      const { evalSets } = await load('promptfooconfig.yaml', { ...files, 'parity.yaml': `gate_on: ${patterns}` })
      return evalSets.flatMap(({ name, mode }) => (mode === 'enforce' ? [name.split(' › ').slice(1).join(' ')] : []))
    }
    const claude = ['prompts/p.txt #1 claude', 'prompts/p.txt #2 claude', 'chat claude']
    expect(await gating('["*claude*"]')).toEqual(claude)
    expect(await gating('["*p.txt*", "!*gpt-4.1*"]')).toEqual(claude.slice(0, 2))
    expect(await gating('["*none*"]')).toEqual(['prompts/p.txt #1 openai:chat:gpt-4.1'])
  })

  it('lists multiply, defaults come first, files are read', async () => {
    const [set] = (await load('promptfooconfig.yaml', files)).evalSets
    expect(set?.cases.map(({ vars }) => vars)).toEqual([
      { tone: 'kind', q: 'a', file: 'text' },
      { tone: 'kind', q: 'b', file: 'text' },
      { tone: 'kind', q: 'c' },
    ])
    expect(set?.cases[0]?.scorers.map(({ name, weight }) => [name, weight])).toEqual([
      ['not-contains', 1],
      ['greets', 2],
      ['equals', 1],
    ])
    expect(set?.cases[2]?.scorers.map(({ type, value }) => [type, value])).toEqual([
      ['contains', 'sorry'],
      ['contains', 'c'],
    ])
    expect(set?.sources.map((source) => source.path)).toEqual([
      'promptfooconfig.yaml',
      'prompts/p.txt',
      'more.csv',
      'doc.txt',
    ])
  })

  it('names everything it does not carry over', async () => {
    const { notCarried } = await load('promptfooconfig.yaml', files)
    for (const word of ['redteam', 'python', 'transform', 'apiBaseUrl', 'exec:./run.sh', 'assert-set']) {
      expect(
        notCarried.filter((line) => line.includes(word)),
        word,
      ).not.toEqual([])
    }
  })

  it.each([
    ['tests: "cases/*.yaml"', /matches no file/],
    ['tests: ../../x.yaml', /leads out of the repository/],
    ['tests: []', /no cases/],
    [
      `tests: [{ assert: [{ type: equals, value: x }], vars: { ${'abcdefgh'
        .split('')
        .map((name) => `${name}: [${Array(10).fill('x').join(',')}]`)
        .join(', ')} } }]`,
      /multiply to more than/,
    ],
  ])('%.40s', async (tests, expected) => {
    const { evalSets, problems } = await load('promptfooconfig.yaml', {
      'promptfooconfig.yaml': `prompts: ["{{q}}"]\nproviders: [echo]\n${tests}\n`,
    })
    expect(evalSets).toEqual([])
    expect(problems.map(formatProblem).join()).toMatch(expected)
  })

  it('a configuration that is a program is named, not run', async () => {
    const { evalSets, problems, notCarried } = await load('promptfooconfig.js', {
      'promptfooconfig.js': 'process.exit()',
    })
    expect({ evalSets, problems }).toEqual({ evalSets: [], problems: [] })
    expect(notCarried.join()).toMatch(/code and is not run/)
  })
})

describe('GitHub Models', () => {
  const TEXT = `name: greet
model: openai/gpt-4o-mini
extra: 1
messages: [{ role: user, content: "Hi {{input}}" }]
testData:
  - { input: a, expected: A }
  - { input: b, expected: B }
evaluators:
  - { name: has, string: { contains: "{{expected}}" } }
  - { name: sim, uses: github/similarity }
  - { name: odd, uses: github/unknown }
  - { name: grade, llm: { modelId: gpt-4o, prompt: "Rate {{completion}}", choices: [{ choice: good, score: 1 }] } }
`
  it('becomes an eval set, with what is not carried named', async () => {
    const { evalSets, problems, notCarried } = await load('g.prompt.yml', { 'g.prompt.yml': TEXT })
    expect(problems).toEqual([])
    expect(evalSets[0]).toMatchObject({
      name: 'greet',
      target: { model: 'openai/gpt-4o-mini', prompt: { engine: 'literal' } },
    })
    expect(evalSets[0]?.cases.map(({ vars, expected }) => ({ vars, expected }))[1]).toEqual({
      vars: { input: 'b', expected: 'B' },
      expected: 'B',
    })
    expect(evalSets[0]?.scorers.map(({ type, name }) => [type, name])).toEqual([
      ['icontains', 'has'],
      ['llm-rubric', 'sim'],
      ['llm-rubric', 'grade'],
    ])
    for (const word of ['extra', 'github/similarity', 'github/unknown']) expect(notCarried.join('\n')).toContain(word)
  })

  it('test data without evaluators is said, not run', async () => {
    const { evalSets, problems, notCarried } = await load('g.prompt.yml', {
      'g.prompt.yml': TEXT.replace(/evaluators:[\s\S]*/, ''),
    })
    expect([evalSets, problems]).toEqual([[], []])
    expect(notCarried.join()).toMatch(/nothing to score/)
  })
})

it('Agent Skills files are named, not skipped', async () => {
  const { evalSets, notCarried } = await load('s/evals/evals.json', {
    's/evals/evals.json': '{"skill_name": "x", "evals": [{"id": 1}]}',
  })
  expect(evalSets).toEqual([])
  expect(notCarried.join()).toMatch(/1 eval:/)
})

describe('providers of the clouds', () => {
  it.each([
    ['azure:chat:geo-prod', 'azure/geo-prod'],
    ['azureopenai:responses:geo', 'azure/geo'],
    ['bedrock:eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['bedrock:converse:amazon.nova-lite-v1:0', 'bedrock/amazon.nova-lite-v1:0'],
    ['vertex:gemini-2.5-flash', 'vertex/gemini-2.5-flash'],
  ])('%s is %s', (id, model) => {
    expect(readProvider(id)).toMatchObject({ ok: true, model })
  })
})
