// A head that looks at less than the base: what the base looks at is looked at once more, and what is left out is listed.

import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { loadConfigs, loadSets } from '../../src/load.ts'
import { changed, type Edits, type Files, prompt } from '../detect/repository.ts'
import { memoryTree } from '../fakes/tree.ts'

const TEXT = 'You are a helpful assistant for the shop.\n'
const RUDE = 'You are rude to every customer of the shop.\n'
const FILES = {
  'evals/a.eval.yaml': prompt('../prompts/a.md'),
  'prompts/a.md': TEXT,
  'prompts/b.md': TEXT,
  'lib/say/c': 'Be kind.\n',
}
const BASE = 'policy: { uncovered: fail }\n'

async function loaded(
  base: string | null,
  head: string,
  more: { files?: Files; edits?: Edits; trusted?: boolean } = {},
) {
  const { edits = {}, trusted = true } = more
  const before: Files = { ...FILES, ...more.files, ...(base === null ? {} : { 'parity.yaml': base }) }
  const after = Object.entries({ ...before, 'parity.yaml': head, ...edits }).filter((one) => one[1] !== null)
  const trees = { base: memoryTree(before), head: memoryTree(Object.fromEntries(after) as Files) }
  const configs = await loadConfigs('parity.yaml', trees, trusted)
  const sets = await loadSets({ trees, configs, files: [{ path: 'parity.yaml', status: 'modified' }], directory: '' })
  return {
    sets: sets.pairs.filter(({ head: set }) => set !== null).map(({ name }) => name),
    problems: sets.pairs.flatMap(({ headProblems }) => headProblems).length,
    loosened: configs.loosened.map(({ gate, head: now }) => [gate, now.replace(/^.*, which leaves out /, '')]),
    config: configs.config as Config,
  }
}

describe('an eval set that the head leaves out', () => {
  const both = 'evals/a.eval.yaml, prompts/a.md, prompts/b.md'

  it.each([
    ['by ignore:', 'ignore: ["evals/**", "prompts/**"]\n', [['ignore', both]]],
    ['by evals:', 'evals: ["quality/**"]\n', [['evals', 'evals/a.eval.yaml']]],
    ['by an exception', 'evals: ["evals/**", "!evals/a*"]\n', [['evals', 'evals/a.eval.yaml']]],
  ])('%s, runs once more and is listed', async (_, head, loosened) => {
    expect(await loaded(BASE, `${BASE}${head}`)).toMatchObject({ sets: ['a'], loosened })
  })

  it('also where the base has no parity.yaml, without a word about what is set up', async () => {
    expect(await loaded(null, 'evals: ["quality/**"]\n')).toMatchObject({
      sets: ['a'],
      loosened: [['evals', 'evals/a.eval.yaml']],
    })
    const foreign = { 'promptfooconfig.yaml': 'prompts: [hello]\nproviders: [echo]\ntests: []\n' }
    expect((await loaded(null, 'evals: ["evals/**"]\n', { files: foreign })).loosened).toEqual([])
  })

  it('is gone where it is gone, moved along, or cannot be read any more', async () => {
    const moved = { 'evals/a.eval.yaml': null, 'quality/a.eval.yaml': prompt('../prompts/a.md') }
    expect(await loaded(BASE, `${BASE}evals: ["quality/**"]\n`, { edits: moved })).toMatchObject({
      sets: ['a'],
      loosened: [],
    })
    const broken = { 'evals/a.eval.yaml': 'target: 5\n' }
    expect(await loaded(BASE, 'ignore: ["evals/**"]\n', { edits: broken })).toMatchObject({ sets: [], problems: 0 })
    const twice = { 'quality/a.eval.yaml': prompt('../prompts/a.md') }
    expect(await loaded(BASE, 'evals: ["quality/**"]\n', { edits: twice })).toMatchObject({ sets: ['a'], problems: 0 })
  })

  it('is a matter of the base alone where the head is not trusted', async () => {
    expect(await loaded(BASE, 'ignore: ["evals/**"]\n', { trusted: false })).toMatchObject({
      sets: ['a'],
      loosened: [],
    })
  })
})

describe('patterns that leave nothing out', () => {
  it.each([
    ['other words for the same', 'evals: ["**/*.eval.yaml"]\n'],
    ['a folder that has nothing of it', 'ignore: ["assets/**"]\n'],
    ['more prompts', 'prompts: ["lib/say/*"]\n'],
  ])('%s: silent', async (_, head) => {
    expect((await loaded(BASE, `${BASE}${head}`)).loosened).toEqual([])
  })

  it('a pattern that went with files that its names call prompts anyway', async () => {
    expect((await loaded(`${BASE}prompts: ["prompts/**"]\n`, BASE)).loosened).toEqual([])
  })
})

describe('a prompt that the head leaves out', () => {
  const paths = async (base: string, head: string, edits: Edits) =>
    (await changed({ ...FILES, 'parity.yaml': base }, { 'parity.yaml': head, ...edits })).uncovered.map(
      ({ path }) => path,
    )

  it('by ignore: is looked at in this change, and in the next one not', async () => {
    const ignoring = `${BASE}ignore: ["prompts/b.md"]\n`
    expect(await paths(BASE, ignoring, { 'prompts/b.md': RUDE })).toEqual(['prompts/b.md'])
    expect(await paths(ignoring, `${ignoring}mode: enforce\n`, { 'prompts/b.md': RUDE })).toEqual([])
  })

  it('by prompts: too, and it is listed', async () => {
    const named = `${BASE}prompts: ["lib/**"]\n`
    expect(await paths(named, BASE, { 'lib/say/c': 'Be rude.\n' })).toEqual(['lib/say/c'])
    expect((await loaded(named, BASE)).loosened).toEqual([['prompts', 'lib/say/c']])
  })

  it('by what is no longer ignored is looked at at once', async () => {
    expect(await paths(`${BASE}ignore: ["prompts/b.md"]\n`, BASE, { 'prompts/b.md': RUDE })).toEqual(['prompts/b.md'])
  })
})
