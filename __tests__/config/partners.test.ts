// Which set of the base a set of the head was: variants of one file, and sets that are renamed and written anew.

import { describe, expect, it } from 'vitest'
import type { SideSet } from '../../src/config/pairs.ts'
import { partnersOf } from '../../src/config/partners.ts'
import type { EvalSet } from '../../src/domain.ts'
import { loadConfigs, loadSets } from '../../src/load.ts'
import type { FileChange } from '../../src/ports.ts'
import { memoryTree } from '../fakes/tree.ts'

type Files = { readonly [path: string]: string }

/** name of the head's set → name of the base's; null where one of them is not there. */
async function paired(base: Files, head: Files): Promise<readonly (readonly [string | null, string | null])[]> {
  const trees = { base: memoryTree(base, { id: 'base' }), head: memoryTree(head, { id: 'head' }) }
  const files = [...new Set([...Object.keys(base), ...Object.keys(head)])].flatMap((path): FileChange[] =>
    base[path] === head[path]
      ? []
      : [{ path, status: base[path] === undefined ? 'added' : head[path] === undefined ? 'deleted' : 'modified' }],
  )
  const configs = await loadConfigs('parity.yaml', trees, true)
  const { pairs } = await loadSets({ trees, configs, files, directory: '' })
  expect(pairs.flatMap(({ headProblems }) => headProblems)).toEqual([])
  const modelOf = (set: (typeof pairs)[number]['head']) =>
    set === null ? null : `${set.target.kind === 'prompt' ? set.target.prompt.path : ''} ${set.target.model}`
  return pairs.map((pair) => [modelOf(pair.head), modelOf(pair.base)] as const)
}

describe('variants of one promptfoo file', () => {
  const file = (prompts: readonly string[], providers: readonly string[]) => ({
    'promptfooconfig.yaml': `prompts: [${prompts.map((one) => `file://${one}`)}]
providers: [${providers.map((one) => `openai:${one}`)}]
tests: [{ vars: { question: a }, assert: [{ type: contains, value: b }] }]
`,
    'a.txt': 'A {{question}}\n',
    'b.txt': 'B {{question}}\n',
    'c.txt': 'C {{question}}\n',
  })
  const [mini, nano, big] = ['gpt-4.1-mini-2025-04-14', 'gpt-4.1-nano-2025-04-14', 'gpt-4.1-2025-04-14'] as const
  const of = (prompt: string, model: string) => `${prompt} openai/${model}`
  const same = (variant: string) => [variant, variant] as const

  it.each<[string, Files, Files, readonly (readonly [string | null, string | null])[]]>([
    [
      'a prompt is put first',
      file(['a.txt'], [mini, nano]),
      file(['b.txt', 'a.txt'], [mini, nano]),
      [[of('b.txt', mini), null], [of('b.txt', nano), null], same(of('a.txt', mini)), same(of('a.txt', nano))],
    ],
    [
      'a provider is put first',
      file(['a.txt'], [mini, nano]),
      file(['a.txt'], [big, mini, nano]),
      [[of('a.txt', big), null], same(of('a.txt', mini)), same(of('a.txt', nano))],
    ],
    [
      'the order is another one',
      file(['a.txt', 'b.txt'], [mini, nano]),
      file(['b.txt', 'a.txt'], [nano, mini]),
      [of('b.txt', nano), of('b.txt', mini), of('a.txt', nano), of('a.txt', mini)].map(same),
    ],
    [
      'the first provider is removed',
      file(['a.txt'], [mini, nano]),
      file(['a.txt'], [nano]),
      [same(of('a.txt', nano)), [null, of('a.txt', mini)]],
    ],
    [
      'one provider takes the place of another, for two prompts',
      file(['a.txt', 'b.txt'], [mini, nano]),
      file(['b.txt', 'a.txt'], [big, nano]),
      [
        [of('b.txt', big), of('b.txt', mini)],
        same(of('b.txt', nano)),
        [of('a.txt', big), of('a.txt', mini)],
        same(of('a.txt', nano)),
      ],
    ],
    [
      'one prompt takes the place of another, for two providers',
      file(['a.txt', 'b.txt'], [mini, nano]),
      file(['c.txt', 'b.txt'], [nano, mini]),
      [
        [of('c.txt', nano), of('a.txt', nano)],
        [of('c.txt', mini), of('a.txt', mini)],
        same(of('b.txt', nano)),
        same(of('b.txt', mini)),
      ],
    ],
    [
      'a second provider, with which names get longer',
      file(['a.txt'], [mini]),
      file(['a.txt'], [nano, mini]),
      [[of('a.txt', nano), null], same(of('a.txt', mini))],
    ],
  ])('%s', async (_, base, head, expected) => {
    expect(await paired(base, head)).toEqual(expected)
  })
})

describe('an eval set that is moved, renamed and written in another way', () => {
  const row = (id: number) => `${JSON.stringify({ id: `c${id}`, q: `Question ${id}`, expected: `yes ${id}` })}\n`
  const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => row(from + at)).join('')
  const base: Files = {
    'p/a.md': 'Answer: {{q}}\n',
    'evals/a.eval.yaml':
      'name: a\ntarget: { prompt: ../p/a.md, model: openai/gpt-4.1-2025-04-14 }\ncases: a.jsonl\nscorers: [{ contains: "{{expected}}" }]\n',
    'evals/a.jsonl': rows(0, 10),
  }
  const moved = (cases: string, prompt = 'a.md'): Files => ({
    'p/a.md': 'Reply: {{q}}\n',
    'p/b.md': 'Reply: {{q}}\n',
    'evals/shop/answers.eval.yaml': `name: answers
owner: "@acme/shop"
target:
  prompt: ../../p/${prompt}
  model: openai/gpt-4.1-2025-04-14
cases:
  - rows.jsonl
scorers:
  - contains: "{{expected}}"
`,
    'evals/shop/rows.jsonl': cases,
  })
  const [a, b] = ['p/a.md openai/gpt-4.1-2025-04-14', 'p/b.md openai/gpt-4.1-2025-04-14']

  it('is the same set with the same prompt and half of its cases', async () => {
    expect(await paired(base, moved(rows(0, 10)))).toEqual([[a, a]])
    expect(await paired(base, moved(rows(5, 30)))).toEqual([[a, a]])
  })

  it('is another one with fewer of them, or about another prompt', async () => {
    expect(await paired(base, moved(rows(6, 30)))).toEqual([
      [a, null],
      [null, a],
    ])
    expect(await paired(base, moved(rows(0, 10), 'b.md'))).toEqual([
      [b, null],
      [null, a],
    ])
  })

  it('a copy beside it is a new set', async () => {
    expect(await paired(base, { ...base, ...moved(rows(0, 10)) })).toEqual([
      [a, a],
      [a, null],
    ])
  })
})

describe('many sets that are renamed and written anew', () => {
  const SETS = 100
  const CASES = 20
  let reads = 0
  const caseOf = (hash: string) => ({
    get hash() {
      reads++
      return hash
    },
  })
  const side = (name: string): readonly SideSet[] =>
    Array.from({ length: SETS }, (_, at) => {
      const path = `evals/${name}${at}.eval.yaml`
      const cases = Array.from({ length: CASES }, (_, row) => caseOf(`${name}${at}-${row}`))
      const target = { kind: 'prompt', model: 'm', prompt: { path: 'p.md', hash: 'h' } }
      return { path, problems: [], evalSet: { name: `${name}${at}`, path, cases, target } as unknown as EvalSet }
    })

  it('are not held against each other case by case', () => {
    reads = 0
    expect(partnersOf(side('old'), side('new'), new Map()).size).toBe(0)
    expect(reads).toBeLessThanOrEqual(2 * SETS * CASES)
  })
})
