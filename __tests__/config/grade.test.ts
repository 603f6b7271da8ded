// What `validate` says of sets that load: each warning, and none for a set that is in order.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { loadEvalSets } from '../../src/config/evalset.ts'
import { gradeSet } from '../../src/config/grade.ts'
import { knownScorers } from '../../src/config/known-scorers.ts'
import { cli, inRepository } from '../commands/cli.ts'
import { memoryTree } from '../fakes/tree.ts'

type Row = { readonly [key: string]: unknown }
const row = (i: number, more: Row = {}): Row => ({
  id: `c${i}`,
  vars: { question: `What is the number after ${i}?` },
  expected: String(i + 1),
  ...more,
})
const rows = (n: number, more: (i: number) => Row = () => ({})) => Array.from({ length: n }, (_, i) => row(i, more(i)))

const files = (cases: readonly Row[], extra = '', more: { readonly [path: string]: string } = {}) => ({
  'p.md': 'Answer with a number.\n',
  'a.eval.yaml': `target: { prompt: p.md, model: openai/gpt-4.1-2025-04-14 }\ncases: c.jsonl\nscorers:\n  - contains: "{{expected}}"\n${extra}`,
  'c.jsonl': cases.map((one) => `${JSON.stringify(one)}\n`).join(''),
  ...more,
})

async function grade(contents: { readonly [path: string]: string }): Promise<readonly string[]> {
  const tree = memoryTree(contents)
  const config = await loadConfig(tree)
  const [loaded] = await loadEvalSets(tree, config, { known: knownScorers })
  expect(loaded?.problems).toEqual([])
  const [set] = loaded?.evalSets ?? []
  if (set === undefined) throw new Error('no set')
  return gradeSet(set, {
    findPrivate: (text) => (text.includes('@') ? ['e-mail'] : []),
    today: '2026-11-21',
    shared: config.gates,
  })
}

describe('grading', () => {
  it('leaves what parity.yaml names to parity.yaml', async () => {
    const config = 'gates: { min_score: 0.8, must_pass: ["tag:critical"], slices: { topic: { max_drop_points: 5 } } }\n'
    const rows = Array.from({ length: 60 }, (_, index) => ({ id: `c${index}`, vars: { q: `${index}` }, expected: 'x' }))
    const said = (extra: string) => grade(files(rows, extra, { 'parity.yaml': config }))
    const own = ['what no case is: tag:mine', 'No case has a area', '`gates.min_score` is 0.7']
    const without = (await said('')).join()
    for (const words of ['critical', 'topic', 'min_score']) expect(without).not.toContain(words)
    const gates = '{ min_score: 0.7, must_pass: ["tag:mine"], slices: { area: { max_drop_points: 5 } } }'
    for (const words of own) expect((await said(`gates: ${gates}\n`)).join()).toContain(words)
  })

  it('has nothing to say of a set in order', async () => {
    const slices = 'slices: [language]\ngates: { must_pass: ["tag:safety"], max_drop_points: 5 }\n'
    expect(
      await grade(
        files(
          rows(60, () => ({ language: 'en', tags: ['safety'] })),
          slices,
        ),
      ),
    ).toEqual([])
  })

  it.each([
    [20, '', '20 cases: one pass cannot see a loss below 15 points spread thinly.'],
    [1, '', '1 case: one pass cannot see a loss below 100 points spread thinly.'],
    [20, 'passes: 3\n', '20 cases: 3 passes cannot see a loss below 15 points spread thinly.'],
  ])('%i cases %s', async (n, extra, expected) => {
    expect(await grade(files(rows(n), extra))).toEqual([expected])
  })
  it('measures a set by its own limit', async () => {
    expect(await grade(files(rows(20), 'gates: { max_drop_points: 20 }\n'))).toEqual([])
    expect(await grade(files(rows(60), 'gates: { max_drop_points: 2 }\n'))).toHaveLength(1)
  })

  it('finds duplicates, and cases that contradict each other', async () => {
    const same = { ...row(3), id: 'again' }
    const torn = { ...row(4), id: 'other', expected: '99' }
    expect(await grade(files([...rows(60), same, torn]))).toEqual([
      'Duplicates, which count twice: c3 = again.',
      'Cases that ask the same and expect something else: c4 = other.',
    ])
  })

  it('finds slices that cannot fail, and names that no case has', async () => {
    const cases = rows(60, (i) => ({ language: i < 5 ? 'de' : 'en' }))
    const extra = 'slices: [topic]\ngates: { slices: { language: { max_drop_points: 10 } }, must_pass: [c1, nobody] }\n'
    expect(await grade(files(cases, extra))).toEqual([
      'No case has a topic, which `slices` names.',
      'Slices of language with fewer than 6 cases: de (5); their gate cannot fail on a drop.',
      '`must_pass` names what no case is: nobody.',
    ])
  })

  const judge = (options: string) => `  - llm-rubric: { value: Polite., ${options} }\n`
  const label = (of: string, by: string, n: number) => `${JSON.stringify({ label: of, judge: by })}\n`.repeat(n)
  it.each([
    ['model: openai/gpt-4.1', [/has no labels/, /not pinned/, /of the family that it judges/]],
    ['model: anthropic/claude-sonnet-4-5-20250929, labels: none.jsonl', [/are not there \(none\.jsonl\)/]],
    ['model: anthropic/claude-sonnet-4-5-20250929, labels: bare.jsonl', [/^2 labels .* none with a verdict/]],
    ['model: anthropic/claude-sonnet-4-5-20250929, labels: few.jsonl', [/^20 labels .* of which 50 are wanted/]],
    ['model: anthropic/claude-sonnet-4-5-20250929, labels: guess.jsonl', [/hardly better than chance/]],
    ['model: anthropic/claude-sonnet-4-5-20250929, labels: good.jsonl', []],
  ])('a judge with %s', async (options, expected) => {
    const warnings = await grade(
      files(rows(60), judge(options), {
        'bare.jsonl': '{"label": "pass"}\n{"label": "fail"}\n',
        'few.jsonl': label('pass', 'pass', 10) + label('fail', 'fail', 10),
        'guess.jsonl': ['pass', 'fail'].flatMap((a) => ['pass', 'fail'].map((b) => label(a, b, 15))).join(''),
        'good.jsonl': label('pass', 'pass', 30) + label('fail', 'fail', 30),
      }),
    )
    expect(warnings).toHaveLength(expected.length)
    for (const [i, shape] of expected.entries()) expect(warnings[i]).toMatch(shape)
  })

  it('labels are no part of what a case or a judge is', async () => {
    const cases = rows(2, () => ({
      scorers: [{ 'llm-rubric': { value: 'Polite.', model: 'openai/gpt-4.1', labels: 'l.jsonl' } }],
    }))
    const hashes = async (labels: string) => {
      const tree = memoryTree(files(cases, '', { 'l.jsonl': labels }))
      const [loaded] = await loadEvalSets(tree, await loadConfig(tree), { known: knownScorers })
      return loaded?.evalSets[0]?.cases.map((one) => one.hash)
    }
    expect(await hashes(label('pass', 'pass', 3))).toEqual(await hashes(label('pass', 'fail', 9)))
    expect(await hashes('')).toHaveLength(2)
  })

  it('finds answers and questions in the prompt, whatever their case and spaces, but not short ones', async () => {
    const long = rows(60, (i) => (i === 7 ? { expected: 'You can return it within thirty days.' } : {}))
    const prompt = (text: string) => ({ 'p.md': `Answer with a number: 8, 9, 10.\n${text}\n` })
    expect(await grade(files(long, '', prompt('you can  return it\nwithin THIRTY days. Always.')))).toEqual([
      'The expected answer stands in the prompt (it teaches to the test): c7.',
    ])
    expect(await grade(files(rows(60), '', prompt('What is the number after 12? 13.')))).toEqual([
      'The text of the case stands in the prompt (it teaches to the test): c12.',
    ])
    expect(await grade(files(rows(60), '', prompt('Nothing of it.')))).toEqual([])
  })

  it('finds personal data with its place, and quarantines that are over', async () => {
    const cases = rows(60, (i) => (i === 2 ? { vars: { question: 'Mail to ada@lovelace.org please' } } : {}))
    const over =
      'quarantine: [{ case: c1, reason: r, owner: o, expiry: 2026-11-20 }, { case: c2, reason: r, owner: o, expiry: 2026-11-21 }]\n'
    expect(await grade(files(cases, over))).toEqual([
      expect.stringMatching(/^Looks like e-mail in a case: c2 \(c\.jsonl:3.*\)\. Replace it by invented data\.$/),
      'Quarantines that are over, so that the check fails: c1 (2026-11-20).',
    ])
  })

  it('refuses a quarantine of a case that is not there, and dates that are none', async () => {
    const problems = async (extra: string) => {
      const tree = memoryTree(files(rows(3), extra))
      const [loaded] = await loadEvalSets(tree, await loadConfig(tree), { known: knownScorers })
      return loaded?.problems.map((one) => `${one.place?.line}: ${one.what} ${one.remedy}`)
    }
    const entry = (id: string, expiry: string) =>
      `quarantine: [{ case: ${id}, reason: r, owner: o, expiry: ${expiry} }]\n`
    expect(await problems(entry('c11', '2027-01-01'))).toEqual([
      expect.stringMatching(/^5: .*"c11", which the set does not have\. Did you mean "c1"\?/),
    ])
    expect(await problems(entry('c1', '2027-13-01'))).toHaveLength(1)
    expect(await problems('quarantine: [{ case: c1 }]\n')).toHaveLength(3)
    expect(await problems('quarantine: c1\n')).toHaveLength(1)
  })
})

describe('prompt-parity validate', () => {
  it('prints warnings beside a file that is ok, and as an array in JSON', async () => {
    const secret = ['sk', 'proj', 'abcdefghijklmnopqrstuvwx'].join('-')
    const cases = [row(1, { vars: { question: `My key is ${secret}` } })]
    await inRepository(files(cases), async (cwd) => {
      const [json, text] = [await cli(cwd, ['validate', '--format', 'json']), await cli(cwd, ['validate'])]
      expect([json.code, text.code]).toEqual([0, 0])
      expect(JSON.parse(json.stdout)).toEqual([
        expect.objectContaining({
          file: 'a.eval.yaml',
          ok: true,
          errors: [],
          warnings: [expect.stringContaining('1 case:'), expect.stringContaining('openai key in a case: c1')],
        }),
      ])
      expect(text.stdout).toContain('     warning: 1 case: one pass cannot see')
      expect(text.stdout + json.stdout).not.toContain(secret)
    })
  })

  it('names gates that are on the scale of another tool', async () => {
    const gates =
      'slices: [language]\ngates: { min_score: 0.9, slices: { language: { min_score: 1 } }, scorers: { contains: { min_score: 0.855 } } }\n'
    const found = await grade(
      files(
        rows(60, () => ({ language: 'en' })),
        gates,
      ),
    )
    expect(found.filter((one) => one.includes('scale'))).toEqual([
      '`gates.min_score` is 0.9 on a scale of 0 to 100, which passes almost everything: 90 may be meant.',
      '`gates.slices.language.min_score` is 1 on a scale of 0 to 100, which passes almost everything: 100 may be meant.',
      '`gates.scorers.contains.min_score` is 0.855 on a scale of 0 to 100, which passes almost everything: 85.5 may be meant.',
    ])
    expect(await grade(files(rows(60), 'gates: { min_score: 90 }\n'))).toEqual([])
    expect(await grade(files(rows(60), 'gates: { min_score: 0 }\n'))).toEqual([])
  })
})
