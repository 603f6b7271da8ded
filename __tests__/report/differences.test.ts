// What the sides did otherwise on the way to their answers, and how it is shown where the answers are the same.

import { describe, expect, it } from 'vitest'
import type { Answer, Result } from '../../src/domain.ts'
import { apart } from '../../src/report/apart.ts'
import { differenceLines } from '../../src/report/difference-lines.ts'
import { differencesOf } from '../../src/report/differences.ts'
import { renderJunit } from '../../src/report/junit.ts'
import { COMMENT_BYTES, renderMarkdown, renderSummary } from '../../src/report/markdown.ts'
import { numbersOnly } from '../../src/report/redact-report.ts'
import type { Flip } from '../../src/report/report.ts'
import { renderText } from '../../src/report/text.ts'
import { liveParts } from './inert.ts'
import { evalSet, flip, report } from './samples.ts'

const run = (answer: Partial<Answer>): Result => ({
  trial: { evalSet: 's', caseId: 'c', side: 'head', step: 'pass', index: 0 },
  outcome: { state: 'answered', answer: { text: 'Paris', latencyMs: 1, ...answer } },
  ...{ scores: [], state: 'scored', score: 0, pass: false },
})
const found = (...ids: readonly string[]) => run({ retrieved: ids.map((id) => ({ id })) })
const called = (...calls: readonly (readonly [string, string])[]) =>
  run({ toolCalls: calls.map(([name, q]) => ({ name, arguments: { q } })) })
const lines = (base: Result, head: Result) =>
  differenceLines({ ...flip('c'), differences: differencesOf(base, head) }, (text) => `<${text}>`)

describe('differences of two answers', () => {
  it.each([
    ['a document that is gone', found('a', 'b'), found('b'), ['Retrieved: gone <a>']],
    ['documents of one side alone', found('a', 'b'), found('c', 'b'), ['Retrieved: gone <a>; added <c>']],
    ['a document that is found once less', found('a', 'a'), found('a'), ['Retrieved: gone <a>']],
    ['another order', found('a', 'b'), found('b', 'a'), ['Retrieved: in another order <b>, <a>']],
    ['the same', found('a', 'b'), found('a', 'b'), []],
    ['nothing said by one side', run({}), found('a'), ['Retrieved: added <a>']],
    ['a tool that is gone', called(['s', 'x'], ['t', 'y']), called(['t', 'y']), ['Tools: gone <s({"q":"x"})>']],
    ['other arguments', called(['s', 'x']), called(['s', 'y']), ['Tools: changed <s({"q":"x"}) → s({"q":"y"})>']],
    [
      'another tool, other arguments, and one more call',
      called(['s', 'x'], ['old', '']),
      called(['s', 'y'], ['s', 'z'], ['new', '']),
      ['Tools: gone <old({"q":""})>; added <s({"q":"z"})>, <new({"q":""})>; changed <s({"q":"x"}) → s({"q":"y"})>'],
    ],
    [
      'another order of tools',
      called(['s', 'x'], ['t', 'y']),
      called(['t', 'y'], ['s', 'x']),
      ['Tools: in another order <t>, <s>'],
    ],
  ])('%s', (_, base, head, said) => expect(lines(base, head)).toEqual(said))

  it('are cut and counted, in time that grows with what was called', () => {
    const ids = Array.from({ length: 10_000 }, (_, at) => `${'x'.repeat(500)}${at}`)
    const calls = ids.map((id) => ['tool', id] as const)
    const [gone] = differencesOf(found(...ids), found())
    expect(gone).toMatchObject({ kind: 'documents-gone', count: 10_000 })
    const [changed] = differencesOf(called(...calls), called(...calls.map(([name, id]) => [name, `${id}!`] as const)))
    expect(changed).toMatchObject({ kind: 'tools-changed', count: 10_000 })
    expect(changed?.shown[0]).toMatch(/… \(what differs comes later\)$/)
    for (const one of [gone, changed]) expect(JSON.stringify(one).length).toBeLessThan(20_000)
    expect(differenceLines({ ...flip('c'), differences: gone ? [gone] : [] }, () => 'id')).toEqual([
      'Retrieved: gone id, id, id, id, id and 9,995 more',
    ])
  })

  it('of calls that stand as the answer, or of a side without one, are none', () => {
    const asked = (name: string) => run({ text: '', toolCalls: [{ name, arguments: {} }] })
    expect(differencesOf(asked('a'), asked('b'))).toEqual([])
    const failed = { ...found('a'), outcome: { state: 'failed' } } as unknown as Result
    expect([differencesOf(found('a'), failed), differencesOf(undefined, found('a'))]).toEqual([[], []])
  })
})

describe('a broken case', () => {
  const shownAs = (over: Partial<Flip>) => report({ evalSets: [evalSet({ flips: [flip('c3', over)] })] })
  const gone: Flip['differences'] = [{ kind: 'documents-gone', count: 1, shown: ['doc-3'] }]
  const same = shownAs({ base: 'A:q3', head: 'A:q3', differences: gone })

  it('with the same answers has what differs in the place of a diff', () => {
    for (const text of [renderMarkdown(same), renderSummary(same)]) {
      expect(text).toContain('Both sides answer: `A:q3`\n\nRetrieved: gone `doc-3`\n')
      expect(text).not.toContain('```diff')
    }
    expect(renderText(same)).toContain('    Retrieved: gone doc-3\n')
    expect(renderJunit(same)).toContain('  Retrieved: gone doc-3')
  })

  it('with other answers has it below the diff', () => {
    const text = renderMarkdown(shownAs({ base: 'yes', head: 'no', differences: gone }))
    expect(text).toContain('```diff\n- yes\n+ no\n```\n\nRetrieved: gone `doc-3`\n')
  })

  it('with answers that differ late is shown from there on', () => {
    const long = 'The parcel is on its way. '.repeat(100)
    const text = renderMarkdown(shownAs({ base: `${long}Monday`, head: `${long}Friday` }))
    expect(text).toMatch(/^- ….*Monday$/m)
    expect(text).toMatch(/^\+ ….*Friday$/m)
    expect(renderMarkdown(shownAs({ base: `${long}…`, head: `${long}…` }))).toContain(
      'Both sides answer alike at first: `',
    )
  })

  it('shows names of documents and tools as they are, never as markup', () => {
    const evil = '`</details>` @octocat ![x](https://evil.example/x) <script>alert(1)</script>\n## ::error::x'
    const differences: Flip['differences'] = [
      { kind: 'documents-gone', count: 40, shown: Array(20).fill(evil) },
      { kind: 'tools-changed', count: 1, shown: [`${evil} → ${evil}`] },
    ]
    for (const text of [renderMarkdown, renderSummary].map((render) => render(shownAs({ differences })))) {
      expect(liveParts(text)).toEqual([])
      expect(text).toContain(' and 35 more')
    }
  })

  it('keeps a comment within its bytes, however much differs', () => {
    const differences: Flip['differences'] = (['documents-gone', 'documents-added', 'tools-changed'] as const).map(
      (kind) => ({ kind, count: 1000, shown: Array(20).fill('👩‍👩‍👧‍👦'.repeat(300)) }),
    )
    const flips = Array.from({ length: 1000 }, (_, at) => flip(`c${at}`, { differences }))
    const text = renderMarkdown(report({ evalSets: [evalSet({ flips })] }))
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(COMMENT_BYTES)
    expect(text).toContain('Broken cases (1000)')
  })

  it('has no id with `numbers-only`', () => {
    expect(JSON.stringify(numbersOnly(same))).not.toContain('doc-3')
  })
})

it('texts are told apart from a little before the place where they differ', () => {
  expect(apart('abc', 'abd', 10)).toEqual(['abc', 'abd'])
  expect(apart('x'.repeat(100), 'x'.repeat(100), 10)).toEqual(['x'.repeat(100), 'x'.repeat(100)])
  expect(apart(`${'x'.repeat(100)}a`, `${'x'.repeat(100)}b`, 10)).toEqual(['…xxxxxa', '…xxxxxb'])
  expect(apart('x'.repeat(100), `${'x'.repeat(100)}b`, 10)).toEqual(['…xxxxx', '…xxxxxb'])
})
