// Bugs that other tools of this kind shipped, each as a test of ours: which eval sets a change selects, and what a file
// that says nothing, or something wrong, leads to.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { change as changed } from './change.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'
import { ROOT } from './stage.ts'

async function change(base: Files, head: Files, ...args: string[]) {
  await using llm = await startFakeLlm({ seed: 'selection', answer: rightAnswer })
  return changed(llm, { base, head, args })
}

const few = () => project({ cases: 3 })
/** Two more sets on prompts of their own: rivers and lakes. */
const three = (): Files => ({
  ...few(),
  ...Object.fromEntries(
    ['rivers', 'lakes'].flatMap((name) => [
      [`prompts/${name}.md`, `${PROMPT}Of ${name}.\n`],
      [
        `evals/${name}.eval.yaml`,
        evalFile().replace('name: capital', `name: ${name}`).replace('capital.md', `${name}.md`),
      ],
    ]),
  ),
})

describe.concurrent('selection: bugs that peers shipped', () => {
  it('B8: every changed prompt is evaluated, not only the first', async () => {
    const ran = await change(three(), { 'prompts/rivers.md': 'Rivers.\n', 'prompts/lakes.md': 'Lakes.\n' })
    expect(ran.names).toEqual(['lakes', 'rivers'])
  })

  it('B18: a changed prompt does not narrow the run: a pin that changes too selects every set that uses it', async () => {
    const pin = 'openai/gpt-4.1-mini-2025-04-14'
    const repinned = (name: string) =>
      String(three()[`evals/${name}.eval.yaml`]).replace('openai/gpt-4.1-2025-04-14', pin)
    const ran = await change(three(), {
      'prompts/capital.md': `${PROMPT}Be brief.\n`,
      'evals/rivers.eval.yaml': repinned('rivers'),
      'evals/lakes.eval.yaml': repinned('lakes'),
    })
    expect(ran.names).toEqual(['capital', 'lakes', 'rivers'])
    expect(
      ran.report?.changes
        .filter((one) => one.kind === 'model')
        .flatMap((one) => one.evalSets)
        .sort(),
    ).toEqual(['lakes', 'rivers'])
  })

  it('B18: a changed configuration selects every set', async () => {
    const ran = await change({ ...three(), 'parity.yaml': 'mode: enforce\n' }, { 'parity.yaml': 'mode: report\n' })
    expect(ran.report?.changes.map((one) => one.kind)).toEqual(['config'])
    expect(ran.names).toEqual(['capital', 'lakes', 'rivers'])
  })

  const promptfoo = (tests: string): Files => ({
    'promptfooconfig.yaml': `prompts: [prompts/capital.md]
providers: [openai:gpt-4.1-2025-04-14]
tests: ${tests}
`,
    'prompts/capital.md': 'Capital of {{country}}?\n',
    'data/more.csv': 'country,__expected\nFrance,contains:Paris\n',
    'data/rows.yaml': '- vars: { country: Italy }\n  assert: [{ type: contains, value: Rome }]\n',
  })
  for (const [form, tests] of [
    ['one string', 'file://data/rows.yaml'],
    ['a list of strings', '[file://data/more.csv, file://data/rows.yaml]'],
  ]) {
    it(`B19: a data file that \`tests\` names by ${form} selects the set when it changes`, async () => {
      const rows = '- vars: { country: Italy }\n  assert: [{ type: contains, value: Roma }]\n'
      const ran = await change(promptfoo(tests ?? ''), { 'data/rows.yaml': rows })
      expect(ran.report?.changes).toEqual([expect.objectContaining({ kind: 'eval-set', covered: true })])
      expect(ran.names).toHaveLength(1)
      expect(ran.report?.evalSets[0]?.cases.paired).not.toBe('file://'.length)
    })
  }

  it('B19: a case file that a glob finds selects the set when a new one appears', async () => {
    const base = { ...few(), 'evals/capital.eval.yaml': evalFile().replace('cases/capital.jsonl', '["cases/*.jsonl"]') }
    const row = JSON.stringify({ id: 'chile', vars: { question: 'Chile?' }, expected: 'Santiago' })
    const ran = await change(base, { 'evals/cases/more.jsonl': `${row}\n` })
    expect(ran.names).toEqual(['capital'])
    expect(ran.report?.evalSets[0]?.cases.added).toBe(1)
  })

  it('B20: a deleted prompt that a set uses fails', async () => {
    const ran = await change(few(), { 'prompts/capital.md': null })
    expect([ran.code, ran.rules]).toEqual([1, ['prompt-deleted']])
  })

  it('B20: a prompt moved away from under its set fails and names the new path', async () => {
    const ran = await change(few(), { 'texts/capital.txt': { renamedFrom: 'prompts/capital.md' } })
    expect(ran.code).toBe(1)
    expect(ran.report?.verdict.findings[0]?.message).toContain('texts/capital.txt')
  })

  it('B20: a prompt that a glob alone finds is not lost when it is deleted or renamed', async () => {
    const base = { 'README.md': 'x\n', 'prompts/a.md': 'A prompt of its own kind.\n', 'prompts/b.md': 'And another.\n' }
    const ran = await change(base, { 'prompts/a.md': null, 'old/b.md': { renamedFrom: 'prompts/b.md' } })
    expect(ran.report?.uncovered.map((one) => one.path)).toContain('prompts/a.md')
    expect(JSON.stringify(ran.report?.uncovered)).toContain('prompts/b.md')
  })

  it('B28: a change that affects nothing is green without a call', async () => {
    const ran = await change(few(), { 'README.md': '# Other\n', 'src/main.ts': 'export const x = 1\n' })
    expect([ran.code, ran.report?.verdict.outcome, ran.requests.length]).toEqual([0, 'nothing-affected', 0])
  })

  it('B28: no workflow that we ship filters by path, so that a required check never stays pending', () => {
    const folder = join(ROOT, 'docs', 'workflows')
    const files = readdirSync(folder).filter((name) => name.endsWith('.yml'))
    expect(files.length).toBeGreaterThan(1)
    for (const name of files) {
      const { on } = parse(readFileSync(join(folder, name), 'utf8'))
      for (const trigger of Object.values(on)) {
        expect(Object.keys(trigger ?? {}).filter((key) => key.startsWith('paths'))).toEqual([])
      }
    }
  })
})

describe.concurrent('files that say nothing, or something wrong: bugs that peers shipped', () => {
  const edit = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
  for (const model of ['echo', 'echo/anything']) {
    it(`B5, B40: a run in which \`${model}\` answers is never a pass`, async () => {
      const base = { ...few(), 'evals/capital.eval.yaml': evalFile({ model }) }
      const ran = await change(base, edit)
      expect(ran.requests.length).toBe(0)
      expect(ran.code).toBeGreaterThanOrEqual(2)
      expect(ran.report?.verdict.outcome ?? 'refused').not.toBe('pass')
    })
  }

  for (const [name, cases] of [
    ['an empty file', ''],
    ['blank lines', '\n\n'],
  ]) {
    it(`B14: zero cases (${name}) are an error, not 100 %`, async () => {
      const ran = await change({ ...few(), 'evals/cases/capital.jsonl': cases ?? '' }, edit)
      expect([ran.code, ran.report]).toEqual([2, null])
      expect(ran.stderr).toMatch(/cases?/)
    })
  }

  it('B14: a change that empties the case file is an error too', async () => {
    const ran = await change(few(), { 'evals/cases/capital.jsonl': '' })
    expect([ran.code, ran.report]).toEqual([2, null])
  })

  it('B17: a misspelt key in parity.yaml is an error with its place and the nearest key', async () => {
    const ran = await change({ ...few(), 'parity.yaml': 'policy:\n  uncoverd: fail\n' }, edit)
    expect([ran.code, ran.requests.length]).toEqual([2, 0])
    expect(ran.stderr).toMatch(/parity\.yaml:2:3: .*uncoverd.*uncovered/s)
  })

  it('B17: a misspelt gate or scorer in an eval set is an error, not a default', async () => {
    for (const [extra, right] of [
      ['gates: { max_drop_point: 1 }\n', 'max_drop_points'],
      ['gates: { slices: { continent: { min_scor: 90 } } }\n', 'min_score'],
      ['passess: 3\n', 'passes'],
    ] as const) {
      const ran = await change(few(), { ...edit, 'evals/capital.eval.yaml': evalFile({ extra }) })
      expect([ran.code, ran.requests.length]).toEqual([2, 0])
      expect(ran.stderr).toMatch(new RegExp(`evals/capital\\.eval\\.yaml:\\d+:\\d+: .*\`?${right}`, 's'))
    }
    const scorer = evalFile().replace('contains:', 'contain:')
    const ran = await change(few(), { ...edit, 'evals/capital.eval.yaml': scorer })
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('contains')
  })

  it('B17: a configuration that is named but is not there is an error', async () => {
    const ran = await change(few(), edit, '--config', 'ci/party.yaml')
    expect([ran.code, ran.requests.length]).toEqual([2, 0])
    expect(ran.stderr).toContain('ci/party.yaml')
  })

  it('B17: a pattern of the model policy matches whole names, not parts of them', async () => {
    const base = { ...few(), 'parity.yaml': 'policy: { models: { allow: ["openai/gpt-4"] } }\n' }
    const ran = await change(base, edit)
    expect(ran.rules).toContain('policy-model')
  })
})
