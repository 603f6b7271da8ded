import { describe, expect, it } from 'vitest'
import type { RecordRow } from '../../src/domain.ts'
import { caseOrder, decideScore, type NextRun, type ScoreOptions } from '../../src/gate/score.ts'
import { seededRandom, shuffled } from '../../src/stats/random.ts'
import { flakyWorld, ids, play, scoreOptions, toRow, type World } from './worlds.ts'

/** Without noise: the given cases break or get fixed, all others pass. */
const world =
  (broken: readonly string[], fixed: readonly string[] = []): World =>
  (id, side) =>
    (side === 'head' ? broken : fixed).includes(id) ? 0 : 1

const stepsOf = (next: readonly NextRun[]) => [...new Set(next.map((run) => `${run.step} ${run.index}`))]
const casesOf = (next: readonly NextRun[]) => [...new Set(next.map((run) => run.case))]

/** What the engine sees before each round: the number of pairs asked for. */
function roundsOf(record: readonly RecordRow[], options: ScoreOptions): NextRun[][] {
  const made: RecordRow[] = []
  const rounds: NextRun[][] = []
  for (;;) {
    const { next } = decideScore(made, options)
    if (next.length === 0) return rounds
    rounds.push([...next])
    made.push(...next.map((run) => toRow(run, scoreIn(record, run))))
  }
}

function scoreIn(record: readonly RecordRow[], run: NextRun): number {
  const row = record.find((r) => r.step !== 'identical' && JSON.stringify(toRow(run, r.score)) === JSON.stringify(r))
  if (row === undefined || row.step === 'identical') throw new Error(`not in the record: ${JSON.stringify(run)}`)
  return row.score
}

describe('worked examples, limit 5 points', () => {
  it('20, nothing differs', () => {
    const verdict = play(scoreOptions(ids(20)), world([]))
    expect(verdict).toMatchObject({
      outcome: 'pass',
      rule: 'pass-losses',
      pairs: 20,
      p: 0.5,
      net: null,
      upper: null,
      labels: {},
    })
  })
  it('20, three always-passing cases now always fail', () => {
    const verdict = play(scoreOptions(ids(20)), world(['c3', 'c8', 'c19']))
    expect(verdict).toMatchObject({ outcome: 'fail', rule: 'fail-rerun', pairs: 26, net: 3 })
    expect(verdict.p).toBeCloseTo(0.0023, 4)
    expect(verdict.labels).toEqual({ c3: 'broken', c8: 'broken', c19: 'broken' })
  })
  it('a case may be called as a property of every object is, and has a label only when it was run again', () => {
    const names = ['constructor', '__proto__', 'toString', ...ids(17)]
    const verdict = play(scoreOptions(names), world(['toString', 'c3', 'c8']))
    expect(Object.entries(verdict.labels).sort()).toEqual([
      ['c3', 'broken'],
      ['c8', 'broken'],
      ['toString', 'broken'],
    ])
    expect(names.map((name) => verdict.labels[name] ?? null).filter((label) => label !== null)).toHaveLength(3)
  })
  it('20, one broken: hinges on one case, so the 19 others run once more', () => {
    const record: RecordRow[] = []
    const options = scoreOptions(ids(20))
    const verdict = play(options, world(['c7']), record)
    expect(verdict).toMatchObject({ outcome: 'fail', rule: 'fail-rerun', pairs: 44, net: 1, labels: { c7: 'broken' } })
    const rounds = roundsOf(record, options)
    expect(rounds.map(stepsOf)).toEqual([
      ['pass 0'],
      ['fresh 0'],
      ['fresh 1'],
      ['fresh 2'],
      ['fresh 3'],
      ['fresh 4'],
      ['pass 1'],
    ])
    expect(casesOf(rounds.at(-1) ?? [])).toEqual(ids(20).filter((id) => id !== 'c7'))
  })
  it('20, one loss was a flake', () => {
    let runs = 0
    const verdict = play(scoreOptions(ids(20)), (id, side) => (id === 'c4' && side === 'head' && runs++ === 0 ? 0 : 1))
    expect(verdict).toMatchObject({ outcome: 'pass', rule: 'pass-rerun', pairs: 22, net: 0, labels: { c4: 'cleared' } })
    expect(verdict.upper).toBeCloseTo(0.82, 2)
  })
  it('20, one broken and one fixed', () => {
    const verdict = play(scoreOptions(ids(20)), world(['c4'], ['c5']))
    expect(verdict).toMatchObject({
      outcome: 'pass',
      rule: 'pass-rerun',
      pairs: 24,
      net: 0,
      labels: { c4: 'broken', c5: 'fixed' },
    })
    expect(verdict.upper).toBeCloseTo(0.95, 2)
  })
  it('100, four broken: below the limit even if all are real', () => {
    const verdict = play(scoreOptions(ids(100)), world(ids(4)))
    expect(verdict).toMatchObject({ outcome: 'pass', rule: 'pass-losses', pairs: 100 })
  })
  it('100, ten lost', () => {
    const verdict = play(scoreOptions(ids(100)), world(ids(10)))
    expect(verdict).toMatchObject({ outcome: 'fail', rule: 'fail-all', pairs: 100, p: 2 ** -11 })
  })
  it('100, 13 lost and 4 won by luck: the pass leans, so a second one decides', () => {
    const record: RecordRow[] = []
    let first = true
    const lucky: World = (id, side) => {
      const at = Number(id.slice(1))
      if (!first) return 1
      return (at < 13 && side === 'head') || (at >= 13 && at < 17 && side === 'base') ? 0 : 1
    }
    const options = scoreOptions(ids(100))
    const run = (next: readonly NextRun[]) => record.push(...next.map((one) => toRow(one, lucky(one.case, one.side))))
    run(decideScore(record, options).next)
    first = false
    const round = decideScore(record, options)
    expect(round.p).toBeCloseTo(0.0154, 4)
    expect(casesOf(round.next)).toHaveLength(17)
    run(round.next)
    const second = decideScore(record, options)
    expect([second.outcome, second.net, stepsOf(second.next)]).toEqual(['undecided', 0, ['pass 1']])
    expect(casesOf(second.next)).toHaveLength(83)
    const verdict = play(options, lucky, record)
    // One pass lost 9 net, the other none: 4.5 of 100 with p < .05 keeps leaning; the re-runs never show a loss.
    expect(verdict).toMatchObject({ outcome: 'inconclusive', net: 0 })
  })
  it('200, nothing differs: stops at half', () => {
    const verdict = play(scoreOptions(ids(200)), world([]))
    expect(verdict).toMatchObject({ outcome: 'pass', rule: 'pass-all', pairs: 100 })
  })
})

describe('every verdict of the small and the degenerate', () => {
  it.each([1, 2, 3, 5, 10])('n = %d: all broken fails, all ties pass', (n) => {
    expect(play(scoreOptions(ids(n)), world(ids(n))).outcome).toBe('fail')
    expect(play(scoreOptions(ids(n)), world([]))).toMatchObject({ outcome: 'pass', pairs: n })
    expect(play(scoreOptions(ids(n)), world([], ids(n))).outcome).toBe('pass')
  })
  it('zero cases are nothing measured', () => {
    expect(decideScore([], scoreOptions([]))).toMatchObject({
      outcome: 'not-measured',
      rule: 'too-many-missing',
      next: [],
    })
  })
  it('a limit of 0 forbids any loss, not the absence of one', () => {
    const options = scoreOptions(ids(20), { maxDrop: 0 })
    expect(play(options, world([])).outcome).toBe('pass')
    expect(play(options, world(['c2', 'c3'])).outcome).toBe('fail')
  })
  it('coin flips on both sides end, whatever happens', () => {
    for (let seed = 0; seed < 60; seed += 1) {
      const random = seededRandom(`coins ${seed}`)
      const passes = 1 + (seed % 4)
      const options = scoreOptions(ids(1 + (seed % 13)), { passes, suites: 1 + (seed % 3) })
      const record: RecordRow[] = []
      const verdict = play(options, () => (random() < 0.5 ? 1 : 0), record)
      expect(['pass', 'fail', 'inconclusive']).toContain(verdict.outcome)
      const n = options.cases.length
      expect(verdict.pairs).toBeLessThanOrEqual((passes + 1) * n + 200 + n)
      expect(verdict.pairs).toBe(record.length / 2)
    }
  })
})

describe('properties', () => {
  it('does not mind the order of rows: the record is a set', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const random = seededRandom(`rows ${seed}`)
      const options = scoreOptions(ids(30 + seed), { passes: 1 + (seed % 2) })
      const record: RecordRow[] = []
      const verdict = play(options, flakyWorld(random, 0.1), record)
      expect(decideScore(shuffled(record, random), options)).toEqual(verdict)
    }
  })

  it('any beginning of a record is undecided and asks for just the runs that were made next', () => {
    for (const [n, passes, stored] of [
      [12, 1, false],
      [40, 3, false],
      [204, 1, false],
      [25, 1, true],
    ] as const) {
      const random = seededRandom(`prefix ${n} ${passes}`)
      const options = scoreOptions(ids(n), { passes, stored })
      const record: RecordRow[] = []
      const verdict = play(options, flakyWorld(random, 0.15, new Set(['c1'])), record)
      expect(verdict.next).toEqual([])
      for (let length = 0; length < record.length; length += 1) {
        const prefix = record.slice(0, length)
        const decision = decideScore(prefix, options)
        expect(decision.outcome).toBe('undecided')
        expect(decision.next.slice(0, 1).map((run) => toRow(run, 0))).toEqual([{ ...record[length], score: 0 }])
      }
    }
  })

  it('never throws on rows that nobody asked for', () => {
    const random = seededRandom('stray')
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    for (let i = 0; i < 300; i += 1) {
      const rows = Array.from({ length: Math.floor(random() * 60) }, (): RecordRow => {
        const id = pick(['c0', 'c1', 'c2', 'c3', '__proto__', 'constructor', 'elsewhere'])
        if (random() < 0.1) return { case: id, step: 'identical' }
        return toRow(
          {
            case: id,
            side: pick(['base', 'head']),
            step: pick(['pass', 'fresh']),
            index: pick([0, 1, 2, 7, 8, 9, 1e9, -1]),
          },
          pick([0, 1, 1, 0.5]),
        )
      })
      const options = scoreOptions(['c0', 'c1', 'c2', 'c3', '__proto__'], {
        passes: pick([1, 2, 3, 4]),
        compare: pick(['pass', 'score']),
        mustPass: pick([[], ['c0', 'nowhere'], ['elsewhere', '__proto__']]),
        missing: pick([[], ['c1']]),
        stored: pick([true, false]),
      })
      const decision = decideScore(rows, options)
      expect(decision.outcome === 'undecided').toBe(decision.next.length > 0)
      for (const run of decision.next)
        expect(rows.map((row) => JSON.stringify({ ...row, score: 0 }))).not.toContain(JSON.stringify(toRow(run, 0)))
    }
  })

  it('gives base and head of a pair next to each other, the sides taking turns to go first', () => {
    const { next } = decideScore([], scoreOptions(ids(6)))
    expect(next.map((run) => `${run.case} ${run.side}`)).toEqual([
      'c0 base',
      'c0 head',
      'c1 head',
      'c1 base',
      'c2 base',
      'c2 head',
      'c3 head',
      'c3 base',
      'c4 base',
      'c4 head',
      'c5 head',
      'c5 base',
    ])
  })

  it('asks only for the side that a torn pair lacks, and for a repeated run believes the first row', () => {
    const options = scoreOptions(ids(1))
    const head: RecordRow = { case: 'c0', side: 'head', step: 'pass', index: 0, score: 1 }
    expect(decideScore([head], options).next).toEqual([{ case: 'c0', side: 'base', step: 'pass', index: 0 }])
    const base: RecordRow = { case: 'c0', side: 'base', step: 'pass', index: 0, score: 1 }
    expect(decideScore([head, base, { ...head, score: 0 }], options).outcome).toBe('pass')
  })

  it('caseOrder depends on the ids and the seed, not on the order in files', () => {
    const cases = ids(50)
    expect(caseOrder([...cases].reverse(), 'key')).toEqual(caseOrder(cases, 'key'))
    expect(caseOrder(cases, 'other')).not.toEqual(caseOrder(cases, 'key'))
    expect(new Set(caseOrder(cases, 'key'))).toEqual(new Set(cases))
  })
})

describe('looks', () => {
  it('asks for a quarter at a time from 200 cases, for whole passes below and with passes > 1', () => {
    expect(casesOf(decideScore([], scoreOptions(ids(200))).next)).toEqual(ids(50))
    expect(casesOf(decideScore([], scoreOptions(ids(199))).next)).toHaveLength(199)
    expect(stepsOf(decideScore([], scoreOptions(ids(300), { passes: 3 })).next)).toEqual(['pass 0'])
  })
  it('counts missing cases out before it decides on quarters', () => {
    const { next } = decideScore([], scoreOptions(ids(200), { missing: ['c0'] }))
    expect(casesOf(next)).toHaveLength(199)
  })
  it('is stricter with more gated sets: seven losses of 100 fail alone (p .0039), eight also beside two others (.00195)', () => {
    const afterOnePass = (lost: number, suites: number) => {
      const record = decideScore([], scoreOptions(ids(100))).next.map((run) =>
        toRow(run, world(ids(lost))(run.case, run.side)),
      )
      return decideScore(record, scoreOptions(ids(100), { suites })).outcome
    }
    expect([1, 2, 3, 40].map((suites) => afterOnePass(7, suites))).toEqual([
      'fail',
      'undecided',
      'undecided',
      'undecided',
    ])
    expect([1, 2, 3, 4].map((suites) => afterOnePass(8, suites))).toEqual(['fail', 'fail', 'fail', 'undecided'])
    expect(afterOnePass(6, 1)).toBe('undecided')
    // From four sets on the level is .0025 over their number: .0000625 for forty, which 13 losses (.000061) are below.
    expect([12, 13].map((lost) => afterOnePass(lost, 40))).toEqual(['undecided', 'fail'])
  })
})

describe('limits of a proof by fresh runs', () => {
  const pairs = (id: string, step: 'pass' | 'fresh', heads: readonly number[]): RecordRow[] =>
    heads.flatMap((head, index) => [
      { case: id, side: 'base', step, index, score: 1 },
      { case: id, side: 'head', step, index, score: head },
    ])
  const others = (from: number, passes: number) =>
    ids(20)
      .slice(from)
      .flatMap((id) => pairs(id, 'pass', Array<number>(passes).fill(1)))

  it('a net loss that rounds to the limit in whole cases reaches it: .75 of 1 fails', () => {
    // Two of eight fresh head runs passed: p .0017 once the others ran again.
    const heads = [0, 0, 0, 1, 0, 0, 1, 0]
    const record = [...pairs('c0', 'pass', [0]), ...pairs('c0', 'fresh', heads), ...others(1, 2)]
    const verdict = decideScore(record, scoreOptions(ids(20)))
    expect(verdict).toMatchObject({ outcome: 'fail', rule: 'fail-rerun', net: 0.75 })
    expect(verdict.p).toBeCloseTo(45 / 12870 / 2, 9)
  })
  it('asks for more where more sets are gated: two broken cases are proven in three rounds (p .00125), beside two others in four', () => {
    const outcomeOf = (rounds: number, suites: number) => {
      const lost = ids(2).flatMap((id) => [
        ...pairs(id, 'pass', [0]),
        ...pairs(id, 'fresh', Array<number>(rounds).fill(0)),
      ])
      return decideScore([...lost, ...others(2, 1)], scoreOptions(ids(20), { suites })).outcome
    }
    expect([2, 3].map((rounds) => outcomeOf(rounds, 1))).toEqual(['undecided', 'fail'])
    expect([2, 3].map((rounds) => outcomeOf(rounds, 2))).toEqual(['undecided', 'fail'])
    expect([3, 4].map((rounds) => outcomeOf(rounds, 3))).toEqual(['undecided', 'fail'])
  })
})

describe('ties by identity', () => {
  it('count in n, cost no pair, are never asked for, and do not hold up step 3', () => {
    const identical = ids(20)
      .slice(1)
      .map((id): RecordRow => ({ case: id, step: 'identical' }))
    const record = [...identical]
    const options = scoreOptions(ids(20))
    const verdict = play(options, world(['c0']), record)
    expect(verdict).toMatchObject({ outcome: 'fail', rule: 'fail-rerun', pairs: 6, net: 1 })
    expect(record.filter((row) => row.step !== 'identical').every((row) => row.case === 'c0')).toBe(true)
  })
  it('all identical passes without a call', () => {
    const record = ids(30).map((id): RecordRow => ({ case: id, step: 'identical' }))
    expect(decideScore(record, scoreOptions(ids(30)))).toMatchObject({ outcome: 'pass', pairs: 0, next: [] })
  })
  it('all in the changed set: step 3 needs no run', () => {
    const record: RecordRow[] = []
    const verdict = play(scoreOptions(ids(1)), world(['c0']), record)
    expect(verdict).toMatchObject({ outcome: 'fail', rule: 'fail-rerun', pairs: 6 })
    expect(record.every((row) => row.step !== 'pass' || (row.step === 'pass' && row.index === 0))).toBe(true)
    // Three of three lost twice: both passes together decide.
    expect(play(scoreOptions(ids(3)), world(ids(3)))).toMatchObject({ outcome: 'fail', rule: 'fail-two', pairs: 6 })
  })
})

describe('missing runs', () => {
  const gone = (count: number) => ids(100).slice(0, count)
  it('over 2 % of the pairs: not measured, at once', () => {
    const options = scoreOptions(ids(100), { missing: gone(3) })
    expect(decideScore([], options)).toMatchObject({ outcome: 'not-measured', rule: 'too-many-missing', next: [] })
    expect(decideScore([], scoreOptions(ids(49), { missing: ['c0'] })).outcome).toBe('not-measured')
  })
  it('up to 2 %: the cases leave the test', () => {
    const verdict = play(scoreOptions(ids(100), { missing: [...gone(2), 'not a case'] }), world([]))
    expect(verdict).toMatchObject({ outcome: 'pass', pairs: 98 })
  })
  it('a changed case that cannot run again is neither forgotten nor believed', () => {
    const cases = ids(50)
    const record: RecordRow[] = []
    const lost = ['c1', 'c2', 'c3']
    const first = decideScore(record, scoreOptions(cases))
    record.push(...first.next.map((run) => toRow(run, world(lost)(run.case, run.side))))
    const options = scoreOptions(cases, { missing: ['c1'] })
    expect(casesOf(decideScore(record, options).next)).toEqual(['c2', 'c3'])
    // The other two are cleared; c1 alone could be one loss of 2.5.
    const cleared = play(options, world([]), [...record])
    expect(cleared.outcome).not.toBe('fail')
    expect(cleared.upper).toBeGreaterThan(1)
  })
})

describe('must pass', () => {
  const options = scoreOptions(ids(100), { mustPass: ['c5', 'c6'] })
  it('fails on one broken case of 100 after two fresh pairs', () => {
    const record: RecordRow[] = []
    const verdict = play(options, world(['c5']), record)
    expect(verdict).toMatchObject({
      outcome: 'fail',
      rule: 'must-pass',
      pairs: 102,
      mustPassBroken: ['c5'],
      labels: { c5: 'broken' },
    })
    // The same loss without the tag is below the limit.
    expect(decideScore(record, scoreOptions(ids(100)))).toMatchObject({ outcome: 'pass', mustPassBroken: [] })
  })
  it('passes when a fresh pair clears the case', () => {
    let runs = 0
    const verdict = play(options, (id, side) => (id === 'c6' && side === 'head' && runs++ === 0 ? 0 : 1))
    expect(verdict).toMatchObject({
      outcome: 'pass',
      rule: 'pass-all',
      mustPassBroken: [],
      labels: { c6: 'cleared' },
    })
  })
  it('shares the fresh pairs of the rounds, and fails before they are over', () => {
    const record: RecordRow[] = []
    const verdict = play(scoreOptions(ids(20), { mustPass: ['c0'] }), world(['c0']), record)
    expect(verdict).toMatchObject({ outcome: 'fail', rule: 'must-pass', pairs: 22 })
  })
  it('is not impressed by a case that failed on the base already', () => {
    expect(play(options, (id) => (id === 'c5' ? 0 : 1)).outcome).toBe('pass')
  })
  it('asks before the next quarter is spent', () => {
    const large = scoreOptions(ids(200), { mustPass: ['c5'] })
    expect(play(large, world(['c5']))).toMatchObject({ outcome: 'fail', rule: 'must-pass', pairs: 52 })
  })
  it('covers added cases, which are outside the test', () => {
    const added = scoreOptions(ids(20), { mustPass: ['new'] })
    const record = (['base', 'head'] as const).map(
      (side): RecordRow => toRow({ case: 'new', side, step: 'pass', index: 0 }, side === 'base' ? 1 : 0),
    )
    const verdict = play(added, world(['new']), record)
    expect(verdict).toMatchObject({ outcome: 'fail', rule: 'must-pass', mustPassBroken: ['new'] })
  })
  it('cannot pass while a suspect cannot be run again', () => {
    const record: RecordRow[] = []
    record.push(...decideScore(record, options).next.map((run) => toRow(run, world(['c5'])(run.case, run.side))))
    expect(decideScore(record, { ...options, missing: ['c5'] })).toMatchObject({
      outcome: 'inconclusive',
      rule: 'must-pass',
    })
  })
  it('re-runs a suspect whose passes balance out', () => {
    const two = scoreOptions(ids(20), { passes: 2, mustPass: ['c5'] })
    let heads = 0
    const balanced: World = (id, side) => (id === 'c5' ? (side === 'head' ? (heads++ === 0 ? 0 : 1) : 1) : 1)
    expect(play(two, balanced)).toMatchObject({ outcome: 'pass', labels: { c5: 'cleared' } })
  })
})

describe('graded scores', () => {
  const graded = (n: number) => scoreOptions(ids(n), { compare: 'score' })
  it('finds a real drop of few cases', () => {
    const verdict = play(graded(20), (id, side) =>
      side === 'head' && ['c1', 'c2', 'c3', 'c4'].includes(id) ? 0.4 : 0.9,
    )
    expect(verdict.outcome).toBe('fail')
    expect(verdict.labels.c1).toBe('broken')
  })
  it('runs everything again when many small losses add up and no single case changed', () => {
    const record: RecordRow[] = []
    const thin: World = (_, side) => (side === 'head' ? 0.8 : 0.9)
    const few = play(graded(4), thin, record)
    expect(['fail', 'inconclusive']).toContain(few.outcome)
    expect(record.some((row) => row.step === 'pass' && row.index === 1)).toBe(true)
    expect(play(graded(20), thin)).toMatchObject({ outcome: 'fail', rule: 'fail-all' })
  })
  it('does not mind noise in the last digit', () => {
    const verdict = play(graded(50), (_, side) => (side === 'head' ? 0.1 + 0.2 : 0.3))
    expect(verdict).toMatchObject({ outcome: 'pass', p: 0.5 })
  })
})

describe('stored base runs', () => {
  it('never decide: ten lost of 100 are re-run, nothing changed passes only by lack of losses', () => {
    const options = scoreOptions(ids(100), { stored: true })
    expect(play(options, world([])).rule).toBe('pass-losses')
    const verdict = play(options, world(ids(10)))
    expect([verdict.outcome, verdict.rule]).toEqual(['fail', 'fail-rerun'])
  })
  it('ask for the heads alone, all at once, and for both sides afterwards', () => {
    const cases = ids(240)
    const bases = cases.map((id): RecordRow => ({ case: id, side: 'base', step: 'pass', index: 0, score: 1 }))
    const options = scoreOptions(cases, { stored: true })
    const { next } = decideScore(bases, options)
    expect(next).toHaveLength(240)
    expect(next.every((run) => run.side === 'head')).toBe(true)
    const lost = ids(20)
    const record = [...bases, ...next.map((run) => toRow(run, lost.includes(run.case) ? 0 : 1))]
    expect(decideScore(record, options).next).toHaveLength(40)
  })
  it('a provider that got worse since does not fail the check', () => {
    const cases = ids(100)
    const bases = cases.map((id): RecordRow => ({ case: id, side: 'base', step: 'pass', index: 0, score: 1 }))
    const worse = new Set(ids(10))
    const verdict = play(scoreOptions(cases, { stored: true }), (id) => (worse.has(id) ? 0 : 1), [...bases])
    expect(verdict.outcome).not.toBe('fail')
  })
})
