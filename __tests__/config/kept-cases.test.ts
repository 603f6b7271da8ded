// Cases that stand in the same files on both sides are read once.

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadConfigs, loadSets } from '../../src/load.ts'
import type { Tree } from '../../src/ports.ts'

const EVAL = `name: sum
target: { prompt: ../prompts/sum.md, model: openai/gpt-4.1-2025-04-14 }
cases: [one.jsonl, more/*.jsonl]
scorers: [{ equals: "{{expected}}" }]
`
const CASE = (id: string, more = '') => `{"id":"${id}","vars":{"q":"${id}"},"expected":"1"${more}}\n`
const FILES = {
  'prompts/sum.md': 'Add: {{q}}',
  'evals/sum.eval.yaml': EVAL,
  'evals/one.jsonl': CASE('a'),
  'evals/more/two.jsonl': CASE('b'),
}
type Files = { readonly [path: string]: string }

/** A commit: it knows what is in a file without reading it, and notes what is read. */
function commit(files: Files, { knows = true } = {}): Tree & { readonly read_: string[] } {
  const read_: string[] = []
  const idOf = (path: string) =>
    createHash('sha1')
      .update(files[path] ?? '')
      .digest('hex')
  return {
    id: 'commit',
    read_,
    list: async () => Object.keys(files).map((path) => ({ path, id: idOf(path) })),
    read: async (path) => {
      if (path.endsWith('.jsonl')) read_.push(path)
      return files[path] ?? null
    },
    ...(knows ? { contentId: async (path: string) => (path in files ? idOf(path) : null) } : {}),
  }
}

async function load(base: Tree, head: Tree) {
  const trees = { base, head }
  const configs = await loadConfigs('parity.yaml', trees, true)
  const files = [{ status: 'modified', path: 'prompts/sum.md' } as const]
  const { pairs } = await loadSets({ trees, configs, files, directory: '' })
  return pairs
}

describe('cases of both sides', () => {
  it('are one list where their files are the same, and read once', async () => {
    const [base, head] = [commit({ ...FILES, 'prompts/sum.md': 'Sum: {{q}}' }), commit(FILES)]
    const [pair] = await load(base, head)
    expect(pair?.base?.cases).toBe(pair?.head?.cases)
    expect(pair?.head?.cases.map(({ id }) => id)).toEqual(['a', 'b'])
    expect([head.read_, base.read_]).toEqual([['evals/one.jsonl', 'evals/more/two.jsonl'], []])
    // The files are sources of the set all the same.
    expect(pair?.base?.sources).toEqual(pair?.head?.sources)
  })

  it.each<[string, Files]>([
    ['a case was edited', { 'evals/more/two.jsonl': CASE('b', ',"tags":["x"]') }],
    ['a file was added to the folder', { 'evals/more/three.jsonl': CASE('c') }],
    ['the fields that slices name differ', { 'evals/sum.eval.yaml': `${EVAL}slices: [topic]\n` }],
    ['a case stands in the eval file', { 'evals/sum.eval.yaml': EVAL.replace('[one', '[{ vars: { q: c } }, one') }],
  ])('are read on both sides where %s', async (_, change) => {
    const [base, head] = [commit(FILES), commit({ ...FILES, ...change })]
    const [pair] = await load(base, head)
    expect(base.read_).toEqual(['evals/one.jsonl', 'evals/more/two.jsonl'])
    expect(pair?.base?.cases).not.toBe(pair?.head?.cases)
    expect(pair?.base?.cases.map(({ id }) => id)).toEqual(['a', 'b'])
  })

  it('are read on both sides where their scorers name files, which are not the same', async () => {
    const own = ',"scorers":[{"contains":"file://../scores/a.txt"}]'
    const files = { ...FILES, 'evals/one.jsonl': CASE('a', own) }
    const [base, head] = [commit({ ...files, 'scores/a.txt': 'old' }), commit({ ...files, 'scores/a.txt': 'new' })]
    const [pair] = await load(base, head)
    const values = [pair?.base, pair?.head].map((set) => set?.cases[0]?.scorers[0]?.value)
    expect(values).toEqual(['old', 'new'])
  })

  it('are read where a tree does not know what is in a file', async () => {
    const [base, head] = [commit(FILES, { knows: false }), commit(FILES)]
    const [pair] = await load(base, head)
    expect(base.read_).toHaveLength(2)
    expect(pair?.base?.cases).toEqual(pair?.head?.cases)
  })
})
