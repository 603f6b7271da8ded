// Cases that a change doubles, edits or takes away, and gates that it loosens.

import { describe, expect, it } from 'vitest'
import { CASES, checked, PROMPT, type Row, rows, shop } from '../fakes/checked.ts'

const BRIEF = { 'prompts/shop.md': `${PROMPT}Be brief.\n` }
const withCases = (cases: readonly Row[]) => ({ 'evals/shop.jsonl': rows(cases) })
const [first, second, ...others] = CASES as [Row, Row, ...Row[]]
const unnamed = ({ id: _, ...row }: Row) => row

describe('duplicates', () => {
  it('added under another id, edited into one, and without an id', async () => {
    for (const cases of [
      [...CASES, { ...first, id: 'copy' }],
      [first, { ...second, vars: first.vars }, ...others],
      [...CASES, unnamed(first)],
    ]) {
      const [finding] = (await checked({ base: shop(), head: withCases(cases) })).of('duplicate-cases')
      expect(finding).toMatchObject({ level: 'warn', evalSet: 'shop', value: '1' })
      expect(finding?.message).toContain('refund = ')
    }
  })

  it("of cases without ids, the loader's `#2` is named", async () => {
    const free = CASES.map(unnamed)
    const [finding] = (await checked({ base: shop({ cases: free }), head: withCases([...free, unnamed(first)]) })).of(
      'duplicate-cases',
    )
    expect(finding?.evidence?.[0]).toMatch(/^[0-9a-f]{8}#2$/)
  })

  it('that expect something else are told apart; other context is another question', async () => {
    const torn = await checked({
      base: shop(),
      head: withCases([...CASES, { ...first, id: 'copy', expected: 'Never.' }]),
    })
    expect(torn.of('duplicate-cases')[0]?.message).toContain('expects something else')
    const other = await checked({
      base: shop(),
      head: withCases([...CASES, { ...first, id: 'copy', context: ['Another page.'] }]),
    })
    expect(other.of('duplicate-cases')).toEqual([])
  })

  it('that were there before, or only got another answer, are left to `validate`', async () => {
    const doubled = [...CASES, { ...first, id: 'copy' }]
    const made = await checked({
      base: shop({ cases: doubled }),
      head: withCases([...doubled.slice(0, -1), { ...first, id: 'copy', expected: 'x' }]),
    })
    expect(made.of('duplicate-cases')).toEqual([])
  })
})

describe('removed and edited cases', () => {
  it('are named, with what the state knows of them', async () => {
    const many = Array.from(
      { length: 30 },
      (_, at): Row => ({ id: `c${at}`, vars: { q: `Question ${at}` }, expected: `yes${at}` }),
    )
    const answer = (id: string, text: string, more: object = {}) =>
      JSON.stringify({
        t: 'answer',
        k: id,
        purpose: 'target',
        trial: { evalSet: 'shop', caseId: id },
        outcome: { state: 'answered', answer: { text, latencyMs: 1 } },
        ...more,
      })
    const answers = [
      '{torn',
      answer('c1', 'no'),
      answer('c1', 'yes1'),
      answer('c2', 'no'),
      answer('c3', 'yes3', { purpose: 'judge' }),
      answer('c4', 'yes4'),
    ]
    const { findings } = await checked({
      base: shop({ cases: many }),
      head: withCases(many.filter((one) => !['c1', 'c2', 'c3'].includes(String(one.id)))),
      answers,
    })
    expect(findings).toEqual([
      expect.objectContaining({ rule: 'removed-cases', level: 'note', value: '3', evidence: ['c1', 'c2', 'c3'] }),
    ])
    expect(findings[0]?.message).toContain(
      'c1 (last result: passed), c2 (last result: failed), c3 (last result: not known)',
    )
  })

  it('a judge is not asked for it', async () => {
    const scorers = '[{ llm-rubric: { value: Kind., model: openai/gpt-5-mini-2025-08-07 } }]'
    const answers = [
      JSON.stringify({
        t: 'answer',
        k: 'x',
        purpose: 'target',
        trial: { evalSet: 'shop', caseId: 'refund' },
        outcome: { state: 'answered', answer: { text: 'a' } },
      }),
    ]
    const { of } = await checked({ base: shop({ scorers }), head: withCases([second, ...others]), answers })
    expect(of('removed-cases')[0]?.message).toContain('refund (last result: not known)')
  })

  it('more than a tenth is a warning; an expected answer that is gone is an edit', async () => {
    const { of } = await checked({ base: shop(), head: withCases([{ id: 'refund', vars: first.vars }, ...others]) })
    expect(of('cases-changed')).toEqual([expect.objectContaining({ level: 'warn', value: '2 of 6' })])
    expect(of('cases-changed')[0]?.message).toContain('1 cases were edited and 1 removed')
  })

  it('one that had to pass is a warning, whatever the head says of `must_pass`', async () => {
    const { of } = await checked({
      base: shop({ extra: 'gates: { must_pass: ["tag:law", refund] }\n' }),
      head: { ...withCases([second, ...others]), 'evals/shop.eval.yaml': shop()['evals/shop.eval.yaml'] ?? '' },
    })
    expect(of('removed-cases')[0]).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('One of them had to pass'),
    })
    expect(of('loosened-gate').map((one) => [one.evalSet, one.threshold])).toEqual([
      ['shop', 'tag:law'],
      ['shop', 'refund'],
    ])
  })
})

describe('`integrity: fail`', () => {
  const policy = '{ integrity: fail }'
  const smaller = withCases([...others, { ...second, id: 'copy' }, second])
  it('fails where the prompt changes with the exam, and warns where the exam changes alone', async () => {
    const both = await checked({ base: shop({ policy }), head: { ...smaller, ...BRIEF } })
    expect(both.findings.map((one) => [one.rule, one.level])).toEqual([
      ['cases-changed', 'fail'],
      ['removed-cases', 'note'],
      ['duplicate-cases', 'fail'],
    ])
    const alone = await checked({ base: shop({ policy }), head: smaller })
    expect(alone.findings.filter((one) => one.level === 'fail')).toEqual([])
    expect(alone.of('cases-changed')[0]?.level).toBe('warn')
  })

  it('an application changes with any of its files', async () => {
    const app = shop({ policy })
    const set =
      'name: shop\ntarget: { command: [node, app.mjs] }\ncases: shop.jsonl\nscorers: [{ contains: "{{expected}}" }]\n'
    const base = { ...app, 'evals/shop.eval.yaml': set, 'app.mjs': '1\n' }
    expect((await checked({ base, head: { ...smaller, 'app.mjs': '2\n' } })).of('cases-changed')[0]?.level).toBe('fail')
    expect((await checked({ base, head: smaller })).of('cases-changed')[0]?.level).toBe('warn')
  })
})

describe('an eval set that is removed', () => {
  const policy = '{ integrity: fail }'
  const gone = { 'evals/shop.eval.yaml': null, 'evals/shop.jsonl': null }
  const other = { 'evals/other.eval.yaml': shop()['evals/shop.eval.yaml']?.replace('name: shop', 'name: other') ?? '' }

  it('fails where its prompt changes in the same pull request', async () => {
    const head = { 'evals/shop.eval.yaml': null, ...BRIEF }
    const { of } = await checked({ base: { ...shop({ policy }), ...other }, head })
    expect(of('cases-changed')).toEqual([
      expect.objectContaining({
        level: 'fail',
        evalSet: 'shop',
        value: '6 of 6',
        place: { path: 'evals/shop.eval.yaml' },
      }),
    ])
    expect(of('removed-cases')).toEqual([expect.objectContaining({ level: 'note', value: '6' })])
  })

  it('is a warning without that, and names what had to pass', async () => {
    const extra = 'gates: { must_pass: [refund] }\n'
    const { of } = await checked({ base: shop({ policy, extra }), head: gone })
    expect(of('cases-changed')[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('is still here') })
    expect(of('removed-cases')[0]).toMatchObject({ level: 'warn', evidence: expect.arrayContaining(['refund']) })
    expect((await checked({ base: shop(), head: { ...gone, ...BRIEF } })).of('cases-changed')[0]?.level).toBe('warn')
  })

  it('is nothing where its prompt goes with it', async () => {
    const { findings } = await checked({ base: shop({ policy }), head: { ...gone, 'prompts/shop.md': null } })
    expect(findings.filter(({ rule }) => rule === 'cases-changed' || rule === 'removed-cases')).toEqual([])
  })
})

describe('an eval set of an application that is removed', () => {
  const set =
    'name: shop\ntarget: { command: [node, app.mjs] }\npaths: [lib/**]\ncases: shop.jsonl\nscorers: [{ contains: "{{expected}}" }]\n'
  const base = {
    ...shop({ policy: '{ integrity: fail }' }),
    ...{ 'evals/shop.eval.yaml': set, 'app.mjs': '1\n', 'lib/a.mjs': '1\n', 'README.md': 'a\n' },
  }
  const gone = { 'evals/shop.eval.yaml': null, 'evals/shop.jsonl': null }
  const levels = async (head: { readonly [path: string]: string | null }) =>
    (await checked({ base, head: { ...gone, ...head } })).of('cases-changed').map(({ level }) => level)

  it('fails where the application changes with it, and not where something else does', async () => {
    expect(await levels({ 'app.mjs': '2\n' })).toEqual(['fail'])
    expect(await levels({ 'lib/a.mjs': '2\n' })).toEqual(['fail'])
    expect(await levels({ 'README.md': 'b\n' })).toEqual(['warn'])
    expect(await levels({ 'app.mjs': null, 'lib/a.mjs': null })).toEqual([])
  })
})

describe('cases that a change sets aside', () => {
  const list = (ids: readonly unknown[]) =>
    `quarantine:\n${ids.map((id) => `  - { case: ${id}, reason: "two answers", owner: "@a", expiry: 2999-01-01 }\n`).join('')}`
  const ids = CASES.map(({ id }) => id)
  const withList = (of: readonly unknown[], more = '') => ({
    'evals/shop.eval.yaml': shop({ extra: list(of) + more })['evals/shop.eval.yaml'] ?? '',
  })

  it('count as changed ones', async () => {
    const head = { ...withList(ids.slice(0, 4)), ...BRIEF }
    const { of } = await checked({ base: shop({ policy: '{ integrity: fail }' }), head })
    expect(of('cases-changed')).toEqual([expect.objectContaining({ level: 'fail', value: '4 of 6' })])
    expect(of('cases-changed')[0]?.message).toContain('0 cases were edited, 0 removed and 4 set aside (quarantine)')
  })

  it('not where they were set aside before, or have to pass and stay in the test', async () => {
    const before = { ...shop(), ...withList(ids.slice(0, 4)) }
    expect(
      (await checked({ base: before, head: { ...withList(ids.slice(0, 3)), ...BRIEF } })).of('cases-changed'),
    ).toEqual([])
    const musts = `gates: { must_pass: [${ids.join(', ')}] }\n`
    const { of } = await checked({ base: shop({ extra: musts }), head: withList(ids, musts) })
    expect(of('cases-changed')).toEqual([])
  })
})

describe('a case that had to pass by its tag', () => {
  const musts = 'gates: { must_pass: ["tag:law"] }\n'
  const tagged = CASES.map((one, at) => (at < 3 ? { ...one, tags: ['law'] } : one))

  it('is named when it loses the tag', async () => {
    const { of } = await checked({
      base: shop({ cases: tagged, extra: musts }),
      head: withCases([...CASES.slice(0, 2), ...tagged.slice(2)]),
    })
    expect(of('loosened-gate')).toEqual([
      expect.objectContaining({ level: 'warn', evalSet: 'shop', evidence: ['refund', 'delivery'] }),
    ])
    expect(of('loosened-gate')[0]?.message).toContain('The cases refund, delivery had to pass')
  })

  it('is not loosened by another tag beside it', async () => {
    const { of } = await checked({
      base: shop({ cases: tagged, extra: musts }),
      head: withCases(tagged.map((one) => ({ ...one, tags: ['x', ...('tags' in one ? ['law'] : [])] }))),
    })
    expect(of('loosened-gate')).toEqual([])
  })
})
