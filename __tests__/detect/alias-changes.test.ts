// A name of `models:` that stands for another model is a change of the sets that ask it.

import { describe, expect, it } from 'vitest'
import { changedAliases } from '../../src/config/aliases.ts'
import { changed, evalFile, type Files, prompt, reasons } from './repository.ts'

const FULL = 'openai/gpt-4.1-2025-04-14'
const MINI = 'openai/gpt-4.1-mini-2025-04-14'
const models = (entry: string) => `policy: { uncovered: fail }\nmodels:\n  gw/dep: ${entry}\n`
const asking = (model: string, rest = '') =>
  evalFile(`  messages: [{ role: user, content: "{{question}}" }]\n  model: ${model}\n${rest}`)
const files: Files = {
  'evals/a.eval.yaml': asking('gw/dep'),
  'evals/b.eval.yaml': asking(FULL),
  'parity.yaml': models(FULL),
}
const to = (entry: string) => ({ 'parity.yaml': models(entry) })

describe('a name that stands for another model', () => {
  it.each([
    ['a model that is known', MINI, 'gpt-4.1-mini-2025-04-14'],
    ['one that nobody knows', 'acme/house-9', 'house-9'],
    ['one for each side', `{ base: ${FULL}, head: ${MINI} }`, 'gpt-4.1-mini-2025-04-14'],
  ])('%s', async (_, entry, id) => {
    const { changes, uncovered, selections, pins } = await changed(files, to(entry))
    const told = changes.filter(({ kind }) => kind === 'model')
    expect(told).toEqual([
      expect.objectContaining({
        ...{ path: 'parity.yaml', symbol: 'gw/dep', from: 'gpt-4.1-2025-04-14', to: id, evalSets: ['a'] },
        covered: true,
      }),
    ])
    expect([uncovered, pins]).toEqual([[], []])
    expect(selections.map(({ pair, kinds }) => [pair.name, [...kinds].sort()])).toEqual([
      ['a', ['config', 'model']],
      ['b', ['config']],
    ])
  })

  it('is told in words, and at its line', async () => {
    const detection = await changed(files, to(MINI))
    expect(reasons(detection).a).toContain(`gw/dep stands for ${MINI} instead of ${FULL} in parity.yaml`)
    expect(detection.changes.find(({ kind }) => kind === 'model')?.line).toBe(3)
  })

  it('of a fallback counts for it; that of a judge changes no answer', async () => {
    const fallback = { ...files, 'evals/a.eval.yaml': asking(FULL, '  fallbacks: [gw/dep]\n') }
    expect([...((await changed(fallback, to(MINI))).selections[0]?.kinds ?? [])]).toContain('model')
    const judged = prompt('../prompts/q.md').replace(
      '[{ contains',
      '[{ llm-rubric: { value: Good, model: gw/dep } }, { contains',
    )
    const { changes, selections, uncovered } = await changed(
      { ...files, 'evals/a.eval.yaml': judged, 'prompts/q.md': 'Hi {{question}}\n' },
      to(MINI),
    )
    expect(changes.find(({ kind }) => kind === 'model')).toMatchObject({ evalSets: ['a'], covered: true })
    expect([[...(selections[0]?.kinds ?? [])], uncovered]).toEqual([['config'], []])
  })

  it('that nobody asks stays a pin that nothing covers', async () => {
    const { uncovered } = await changed({ ...files, 'evals/a.eval.yaml': asking(FULL) }, to(MINI))
    expect(uncovered.map(({ kind, path }) => [kind, path])).toEqual([['model', 'parity.yaml']])
  })
})

describe('no other model', () => {
  it.each([
    ['a new name', {}, { 'gw/dep': MINI }],
    ['a name that is gone', { 'gw/dep': MINI }, {}],
    ['the same, said for each side', { 'gw/dep': MINI }, { 'gw/dep': { base: FULL, head: MINI } }],
    ['one for both again, after the merge', { 'gw/dep': { base: FULL, head: MINI } }, { 'gw/dep': MINI }],
    ['a name like a member of every object', {}, { constructor: MINI }],
  ])('%s', (_, base, head) => {
    expect(changedAliases(base, head)).toEqual([])
  })
})
