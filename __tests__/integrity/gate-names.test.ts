// Gates on what nobody has: told for the set that wrote them, and once for all sets where parity.yaml did.

import { describe, expect, it } from 'vitest'
import { namesInVain } from '../../src/integrity/in-vain.ts'
import { loadConfigs, loadSets } from '../../src/load.ts'
import { memoryTree } from '../fakes/tree.ts'

const set = (
  gates: string,
  row = 'tags: [safety], language: de',
) => `target: { prompt: ../p.md, model: openai/gpt-4.1-2025-04-14 }
cases: [{ id: a, vars: { q: Who? }, expected: me, ${row} }]
slices: [language]
scorers: [{ contains: "{{expected}}" }]
${gates === '' ? '' : `gates: ${gates}`}
`

async function found(files: { readonly [path: string]: string }, chosen: readonly string[] = ['one', 'two']) {
  const trees = { base: null, head: memoryTree({ 'p.md': 'Say it. {{ q }}\n', ...files }) }
  const configs = await loadConfigs('parity.yaml', trees, true)
  const { pairs } = await loadSets({ trees, configs, files: [], directory: '' })
  const all = pairs.flatMap(({ head, headProblems }) => {
    expect(headProblems).toEqual([])
    return head ?? []
  })
  const findings = namesInVain(
    all.filter(({ name }) => chosen.includes(name)),
    all,
    configs.config,
  )
  return { told: findings.map(({ evalSet, rule, message }) => [evalSet, rule, message]), all }
}

describe('names in gates', () => {
  it('are told where no case has them', async () => {
    const gates =
      '{ must_pass: [a, "tag:safety", "tag:safty", b], slices: { language: { max_drop_points: 5 }, lang: { max_drop_points: 5 } } }'
    const { told } = await found({ 'evals/one.eval.yaml': set(gates), 'evals/two.eval.yaml': set('') })
    expect(told).toEqual([
      ['one', 'must-pass', '`must_pass` names what no case is: tag:safty, b.'],
      ['one', 'slice-drop', 'No case has a lang, which a gate names.'],
    ])
  })

  it('are not told of sets that do not run', async () => {
    const files = { 'evals/one.eval.yaml': set('{ must_pass: [b] }'), 'evals/two.eval.yaml': set('') }
    expect((await found(files, ['two'])).told).toEqual([])
  })

  it('of parity.yaml are for the sets that have them, and told where none has', async () => {
    const config = `gates:
  must_pass: ["tag:safety", "tag:nope"]
  slices: { language: { max_drop_points: 5 }, topic: { max_drop_points: 5 } }
  scorers: { contains: { max_rate_percent: 100 }, is-refusal: { max_rate_percent: 2 }, equals: { max_rate_percent: 2 } }
`
    const { told, all } = await found({
      'parity.yaml': config,
      'evals/one.eval.yaml': set('', 'tags: [safety], language: de'),
      'evals/two.eval.yaml': set('', 'scorers: [{ equals: me }]'),
    })
    expect(told).toEqual([
      [null, 'must-pass', '`must_pass` names what no case is: tag:nope.'],
      [null, 'slice-drop', 'No case has a topic, which a gate names.'],
      [null, 'scorer-rate', 'No case has the scorer is-refusal, which a gate names.'],
    ])
    // A gate on a scorer that a set does not have would leave that set unmeasured.
    expect(all.map(({ gates }) => Object.keys(gates.scorers ?? {}))).toEqual([['contains'], ['contains', 'equals']])
  })

  it('that a set writes itself stay, and are what is not measured', async () => {
    const { told, all } = await found({
      'evals/one.eval.yaml': set('{ scorers: { is-refusal: { max_rate_percent: 2 } } }'),
    })
    expect(told).toEqual([])
    expect(Object.keys(all[0]?.gates.scorers ?? {})).toEqual(['is-refusal'])
  })
})
