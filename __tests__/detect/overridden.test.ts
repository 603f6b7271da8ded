// A prompt's own file has a model and settings that the eval set does not use: they are told, and that nothing covers them.

import { describe, expect, it } from 'vitest'
import { checked } from '../fakes/checked.ts'
import { CASES, changed, type Edits, evalFile, type Files } from './repository.ts'

const SET = 'evals/a.eval.yaml'
const FORMATS: { readonly [path: string]: (model: string, temperature: number) => string } = {
  'prompts/qa.prompt.yml': (model, temperature) =>
    `messages:\n  - { role: user, content: "Answer {{question}}" }\nmodel: openai/${model}\nmodelParameters: { temperature: ${temperature} }\n`,
  'prompts/qa.prompt': (model, temperature) =>
    `---\nmodel: openai/${model}\nconfig: { temperature: ${temperature} }\n---\nAnswer {{question}}\n`,
  'prompts/qa.prompty': (model, temperature) =>
    `---\nmodel:\n  api: chat\n  id: ${model}\n  options: { temperature: ${temperature} }\n---\nuser:\nAnswer {{question}}\n`,
}
const path = 'prompts/qa.prompt.yml'
const yml = (model: string, temperature: number) => FORMATS[path]?.(model, temperature) ?? ''
const FULL = 'gpt-4.1-2025-04-14'
const MINI = 'gpt-4.1-mini-2025-04-14'
const own = (model = FULL, temperature: number | null = 0, prompt = path) =>
  evalFile(
    `  prompt: ../${prompt}\n  model: openai/${model}${temperature === null ? '' : `\n  parameters: { temperature: ${temperature} }`}`,
  )
const taken = `target:\n  prompt: ../${path}\n${CASES}`
const shown = async (files: Files, edits: Edits) =>
  (await changed(files, edits)).changes.map(({ kind, path, from, to, covered, evalSets }) => ({
    ...{ kind, path, from, to, covered, evalSets },
  }))
const uncovered = (kind: string, from: string, to: string, where = path) => ({
  ...{ kind, path: where, from, to, covered: false, evalSets: [] },
})

describe.each(Object.entries(FORMATS))('%s', (file, text) => {
  it('names a model and settings that the eval set overrides', async () => {
    const files = { [SET]: own(FULL, 0, file), [file]: text(FULL, 0) }
    expect(await shown(files, { [file]: text(MINI, 1.5) })).toEqual([
      uncovered('model', FULL, MINI, file),
      uncovered('parameters', 'temperature: 0', 'temperature: 1.5', file),
    ])
  })
})

describe('what the eval set overrides', () => {
  const files = { [SET]: own(), [path]: yml(FULL, 0) }

  it('has its line, and says whom the set asks', async () => {
    const { changes, uncovered, pins } = await changed(files, { [path]: yml(MINI, 0) })
    expect(changes).toEqual(uncovered)
    expect(changes[0]).toMatchObject({ line: 3, why: expect.stringContaining(`a asks openai/${FULL}`) })
    expect(pins).toEqual([{ path, id: `openai/${MINI}` }])
  })

  it('is not told where the set takes it from the file, or another one does', async () => {
    const [change] = await shown({ ...files, [SET]: taken }, { [path]: yml(MINI, 0) })
    expect(change).toMatchObject({ kind: 'model', path, covered: true, evalSets: ['a'] })
    const two = await shown({ ...files, 'evals/b.eval.yaml': taken }, { [path]: yml(MINI, 1) })
    expect(two.map(({ kind, covered, evalSets }) => [kind, covered, evalSets])).toEqual([
      ['model', true, ['b']],
      ['parameters', true, ['b']],
    ])
  })

  it('is covered where the set runs with it on both sides, or changes along', async () => {
    expect(await shown({ ...files, [path]: yml(MINI, 0) }, { [path]: yml(FULL, 0) })).toEqual([
      { kind: 'model', path, from: MINI, to: FULL, covered: true, evalSets: ['a'] },
    ])
    const along = await shown(files, { [SET]: own(MINI, 1), [path]: yml(MINI, 1) })
    expect(along.every(({ covered }) => covered)).toBe(true)
    const bare = { [SET]: own(), [path]: yml('gpt-4.1', 0) }
    const dated = await shown(bare, { [SET]: own(MINI), [path]: yml('gpt-4.1-mini', 0) })
    expect(dated.map((one) => [one.path, one.covered])).toEqual([
      [SET, true],
      [path, true],
    ])
  })

  it('is silent where pins and settings only move into the eval set, and for a new file', async () => {
    const bare = 'messages:\n  - { role: user, content: "Answer {{question}}" }\n'
    expect(await shown({ ...files, [SET]: taken }, { [SET]: own(), [path]: bare })).toEqual([])
    expect((await shown({}, files)).map(({ kind }) => kind)).toEqual(['eval-set'])
    expect(await shown(files, { [path]: `${yml(FULL, 0)}# a comment\n` })).toEqual([])
  })

  it('is seen by the policy, also in a new file', async () => {
    const policy = { 'parity.yaml': 'policy: { uncovered: fail, models: { deny: ["openai/gpt-4.1-mini*"] } }\n' }
    const { findings } = await checked({ base: { ...files, ...policy }, head: { [path]: yml(MINI, 0) } })
    expect(findings.map(({ rule, level }) => [rule, level])).toEqual([
      ['uncovered', 'fail'],
      ['policy-model', 'fail'],
    ])
    const fresh = await checked({ base: policy, head: { ...files, [path]: yml(MINI, 0) } })
    expect(fresh.of('policy-model')).toHaveLength(1)
  })
})
