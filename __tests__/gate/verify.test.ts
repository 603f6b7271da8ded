import { describe, expect, it } from 'vitest'
import type { RecordRow } from '../../src/domain.ts'
import { UserError } from '../../src/errors.ts'
import { parseRecord, recordToPublish } from '../../src/gate/record.ts'
import { caseOrder, decideScore } from '../../src/gate/score.ts'
import { verifyRecord } from '../../src/gate/verify.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { flakyWorld, ids, play, scoreOptions } from './worlds.ts'

const lines = (rows: readonly RecordRow[]) => rows.map((row) => JSON.stringify(row)).join('\n')
const again = (rows: readonly RecordRow[]) => parseRecord(lines(rows), 'record.jsonl')
const run = (id: string, side: 'base' | 'head', score: number, more = {}) =>
  JSON.stringify({ case: id, side, step: 'pass', index: 0, score, ...more })

function problemsOf(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n')
    throw error
  }
  return []
}

describe('parseRecord', () => {
  it('reads rows of either kind, with CRLF, a byte order mark, blank lines and keys of later versions', () => {
    const text = `\uFEFF${run('a', 'base', 1, { later: true })}\r\n\r\n{"case":"b","step":"identical","evalSet":"s"}\r\n`
    expect(parseRecord(text, 'r')).toEqual([
      { case: 'a', side: 'base', step: 'pass', index: 0, score: 1 },
      { case: 'b', step: 'identical', evalSet: 's' },
    ])
    expect(parseRecord('', 'r')).toEqual([])
  })
  it.each([
    ['{"case": "a"', 'not JSON'],
    ['[1]', 'not an object'],
    ['null', 'not an object'],
    [run('', 'base', 1), '`case` is ""'],
    [run('a', 'base', 1).replace('"a"', '7'), '`case` is 7'],
    [run('a', 'base', 1.01), '`score` is 1.01'],
    [run('a', 'base', -1), '`score` is -1'],
    [run('a', 'base', Number.NaN), '`score` is null'],
    [run('a', 'base', 1).replace('base', 'Base'), '`side` is "Base"'],
    [run('a', 'base', 1).replace('"pass"', '"rerun"'), '`step` is "rerun"'],
    [run('a', 'base', 1, { index: 0.5 }), '`index` is 0.5'],
    [run('a', 'base', 1, { index: -1 }), '`index` is -1'],
    [run('a', 'base', 1, { evalSet: 4 }), '`evalSet` is 4'],
    ['{"case":"a","step":"pass","side":"base","index":0}', '`score` is missing'],
  ])('names file and line of %s', (line, what) => {
    const [problem, ...rest] = problemsOf(() => parseRecord(`${run('a', 'head', 1)}\n\n${line}\n`, 'out/record.jsonl'))
    expect(problem).toContain('out/record.jsonl:3: ')
    expect(problem).toContain(what)
    expect(problem).toContain('Expected')
    expect(rest).toEqual([])
  })
  it('reports many broken lines, but not a million', () => {
    expect(problemsOf(() => parseRecord('x\n'.repeat(5), 'r'))).toHaveLength(5)
    expect(problemsOf(() => parseRecord('x\n'.repeat(100_000), 'r'))).toHaveLength(20)
  })
  it('refuses two scores for one run, and counts the same row twice as one', () => {
    const twice = [run('a', 'base', 1), run('a', 'head', 1), run('a', 'base', 1)]
    expect(parseRecord(twice.join('\n'), 'r')).toHaveLength(2)
    const [problem] = problemsOf(() => parseRecord([...twice, run('a', 'head', 0)].join('\n'), 'r'))
    expect(problem).toContain('r:4: A run of case "a" has another score than in line 2.')
    expect(
      parseRecord([run('a', 'base', 1, { evalSet: 'x' }), run('a', 'base', 0, { evalSet: 'y' })].join('\n'), 'r'),
    ).toHaveLength(2)
  })
})

describe('verifyRecord', () => {
  it('comes to the verdict of the run, whatever its size, ties and early stops', () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 40; seed += 1) {
      const random = seededRandom(`verify ${seed}`)
      const n = [7, 20, 60, 200, 260][seed % 5] ?? 20
      const passes = seed % 7 === 0 ? 2 : 1
      const cases = caseOrder(ids(n), `key ${seed}`)
      const options = scoreOptions(cases, { passes, suites: 1 + (seed % 3), mustPass: seed % 4 === 0 ? ['c1'] : [] })
      const ties = cases
        .filter(() => random() < (seed % 3) * 0.3)
        .map((id): RecordRow => ({ case: id, step: 'identical' }))
      const record = [...ties]
      const {
        mustPassBroken: _,
        next: __,
        ...verdict
      } = play(options, flakyWorld(random, 0.04, new Set(['c2', 'c3', 'c5'])), record)
      const { suites, mustPass } = options
      const published = again(recordToPublish(record, options))
      expect(verifyRecord(published, { cases: n, passes, suites, mustPass })).toEqual(verdict)
      seen.add(`${verdict.outcome} ${verdict.rule}`)
    }
    expect(seen.size).toBeGreaterThanOrEqual(4)
  })

  it('keeps ties beyond the last look out of the record: they would shift the quarters', () => {
    const cases = ids(200)
    const ties = cases
      .slice(100)
      .filter((_, at) => at % 2 === 0)
      .map((id): RecordRow => ({ case: id, step: 'identical' }))
    const record = [...ties]
    const options = scoreOptions(cases)
    const verdict = play(options, () => 1, record)
    const published = recordToPublish([...record, { case: 'elsewhere', step: 'identical' }], options)
    expect(published).toHaveLength(200)
    expect(verifyRecord(published, { cases: 200 })).toMatchObject({ outcome: 'pass', rule: 'pass-all', pairs: 100 })
    expect(verdict.pairs).toBe(100)
  })

  it('prints `next` only while undecided, with the fields of the contract', () => {
    const record = again(play3().record.slice(0, 40))
    const open = verifyRecord(record)
    expect(Object.keys(open).sort()).toEqual([
      'interval',
      'labels',
      'net',
      'next',
      'outcome',
      'p',
      'pairs',
      'rule',
      'upper',
    ])
    expect(open.next?.[0]).toEqual({ case: 'c0', side: 'base', step: 'fresh', index: 0 })
    expect(open.next).toHaveLength(6)
    const done = verifyRecord(again(play3().record))
    expect(Object.keys(done).sort()).toEqual(['interval', 'labels', 'net', 'outcome', 'p', 'pairs', 'rule', 'upper'])
  })

  it('shows the interval in points', () => {
    const { interval } = verifyRecord(again(play3().record))
    // N = 22, mu = -3/22, v = 5/22 - mu^2.
    const se = Math.sqrt((5 / 22 - (3 / 22) ** 2) / 22)
    expect(interval.mean).toBeCloseTo((-100 * 3) / 22, 9)
    expect(interval.low).toBeCloseTo(100 * (-3 / 22 - 1.96 * se), 9)
    expect(interval.high).toBeCloseTo(100 * (-3 / 22 + 1.96 * se), 9)
  })

  it('takes cases beyond the record as not run yet', () => {
    const record = again(play3().record)
    expect(verifyRecord(record, { cases: 21 })).toMatchObject({ outcome: 'undecided', next: [] })
    expect(verifyRecord([], { cases: 20 })).toMatchObject({ outcome: 'undecided', pairs: 0, next: [] })
    const torn = record.filter((row) => !(row.case === 'c9' && row.step !== 'identical' && row.side === 'head'))
    expect(verifyRecord(torn, { cases: 21 }).next).toEqual([{ case: 'c9', side: 'head', step: 'pass', index: 0 }])
    expect(verifyRecord([])).toMatchObject({ outcome: 'not-measured' })
  })

  it('counts missing cases that have no row', () => {
    const record = again(play3().record)
    expect(verifyRecord(record, { missing: ['gone'] }).outcome).toBe('not-measured')
  })

  it('applies the limit, the number of sets and the must-pass cases that it is given', () => {
    const { record } = play3()
    expect(verifyRecord(record, { maxDropPoints: 20 })).toMatchObject({ outcome: 'pass', rule: 'pass-losses' })
    expect(verifyRecord(record, { suites: 40 }).outcome).toBe('undecided')
    expect(verifyRecord(record, { maxDropPoints: 20, mustPass: ['c0'] })).toMatchObject({
      outcome: 'fail',
      rule: 'must-pass',
    })
  })

  it('takes fractions as graded scores, and refuses them as pass or fail', () => {
    const graded = again(ids(20).flatMap((id) => [row(id, 'base', 0.9), row(id, 'head', 0.8)]))
    expect(verifyRecord(graded)).toMatchObject({ outcome: 'fail', rule: 'fail-all' })
    expect(problemsOf(() => verifyRecord(graded, { compare: 'pass' }))).toHaveLength(1)
  })

  it('refuses options that no record can have, all at once', () => {
    const { record } = play3()
    const wrong = { cases: 19, maxDropPoints: -1, passes: 5, suites: 0, mustPass: ['c99'] }
    const problems = problemsOf(() => verifyRecord(record, wrong))
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      '--cases',
      '--max-drop-points',
      '--passes',
      '--suites',
    ])
    expect(problemsOf(() => verifyRecord(record, { mustPass: ['c99'] }))[0]).toContain('--must-pass is c99.')
    expect(problemsOf(() => verifyRecord(record, { maxDropPoints: Number.NaN }))).toHaveLength(1)
  })

  it('never mixes two eval sets', () => {
    const { record } = play3()
    const both = [...record.map((r) => ({ ...r, evalSet: 'a' })), ...record.map((r) => ({ ...r, evalSet: 'b' }))]
    expect(problemsOf(() => verifyRecord(both))[0]).toContain('2 eval sets: "a", "b"')
    expect(verifyRecord(both, { evalSet: 'b' })).toEqual(verifyRecord(record))
    expect(problemsOf(() => verifyRecord(both, { evalSet: 'c' }))[0]).toContain('no eval set "c"')
  })

  it('has ids that are property names of every object', () => {
    const named = play3().record.map((r) => (r.case === 'c0' ? { ...r, case: '__proto__' } : r))
    const { labels } = verifyRecord(again(named))
    expect(Object.entries(labels)).toContainEqual(['__proto__', 'broken'])
    expect(JSON.stringify(labels)).toContain('"__proto__":"broken"')
  })

  it('takes a hundred thousand cases', () => {
    const rows = ids(100_000).flatMap((id) => [
      row(id, 'base', 1),
      row(id, 'head', Number(id.slice(1)) % 16 === 0 ? 0 : 1),
    ])
    expect(verifyRecord(rows)).toMatchObject({ outcome: 'fail', rule: 'fail-all', pairs: 100_000 })
    expect(decideScore([], scoreOptions(ids(100_000))).next).toHaveLength(50_000)
  })
})

function row(id: string, side: 'base' | 'head', score: number): RecordRow {
  return { case: id, side, step: 'pass', index: 0, score }
}

/** 20 cases, three of them broken: two rounds, 26 pairs. */
function play3(): { record: RecordRow[] } {
  const record: RecordRow[] = []
  play(scoreOptions(ids(20)), (id, side) => (side === 'head' && ['c0', 'c1', 'c2'].includes(id) ? 0 : 1), record)
  return { record }
}
