import { describe, expect, it } from 'vitest'
import type { Answer, Failure, ModelCall, ScorerSpec } from '../../src/domain.ts'
import { scoreAnswer } from '../../src/scorers/score-answer.ts'
import { answerOf, caseOf, runOf, sandbox, specOf } from './cases.ts'

const yes = (weight = 1): ScorerSpec => specOf('contains', { value: 'a', weight, name: 'yes' })
const no = (weight = 1): ScorerSpec => specOf('contains', { value: 'z', weight, name: 'no' })
const unknown = (weight = 1): ScorerSpec => specOf('cost', { threshold: 1, weight, name: 'unknown' })

const failedCall: ModelCall = {
  ...{ provider: 'openai', model: 'gpt-4.1', hash: 'h', kind: 'generation', counted: 'unknown', latencyMs: null },
  failure: { kind: 'behavioural', cause: 'refused-request', message: 'openai answered 400: no such tool' },
}

type Setup = {
  readonly set?: readonly ScorerSpec[]
  readonly own?: readonly ScorerSpec[]
  readonly threshold?: number
  readonly caseThreshold?: number
}

async function result({ set = [], own = [], threshold, caseThreshold }: Setup, answer: Answer = answerOf('abc')) {
  const kase = caseOf({ scorers: own, ...(caseThreshold === undefined ? {} : { threshold: caseThreshold }) })
  const scoring = { scorers: set, kase, ...(threshold === undefined ? {} : { threshold }) }
  return scoreAnswer(scoring, runOf({ state: 'answered', answer }), { costPico: null, sandbox })
}

async function summary(setup: Setup, answer?: Answer): Promise<string> {
  const made = await result(setup, answer)
  return made.state !== 'scored'
    ? `${made.state}: ${made.why}`
    : `${made.pass ? 'pass' : 'fail'} ${made.score.toFixed(3)}`
}

describe('scoreAnswer', () => {
  const rows: readonly (readonly [string, Setup, string])[] = [
    ['all pass', { set: [yes()], own: [yes()] }, 'pass 1.000'],
    ['one fails', { set: [yes(3)], own: [no()] }, 'fail 0.750'],
    ['threshold of the set decides', { set: [yes(3), no()], threshold: 0.75 }, 'pass 0.750'],
    ['threshold of the case wins', { set: [yes(3), no()], threshold: 0.5, caseThreshold: 0.8 }, 'fail 0.750'],
    ['threshold 0 is a threshold', { set: [no()], threshold: 0 }, 'pass 0.000'],
    ['threshold survives rounding', { set: [yes(0.1), yes(0.2), no(0.7)], threshold: 0.3 }, 'pass 0.300'],
    ['weight 0 never gates', { set: [yes(), no(0)] }, 'pass 1.000'],
    ['weight 0 may be missing', { set: [yes(), unknown(0)] }, 'pass 1.000'],
    ['a missing gating score', { set: [yes(), unknown()] }, 'missing: unknown: the price of this call is not known'],
    [
      'missing, with a threshold that the rest reaches',
      { set: [yes(9), unknown()], threshold: 0.1 },
      'missing: unknown: the price of this call is not known',
    ],
    ['no scorers', {}, 'missing: no scorer with a weight above 0'],
    ['only metrics', { set: [yes(0)] }, 'missing: no scorer with a weight above 0'],
  ]
  it.each(rows)('%s', async (_, setup, expected) => {
    expect(await summary(setup)).toBe(expected)
  })

  it('keeps every score, in order, under its name', async () => {
    const made = await result({ set: [yes(), no(0)], own: [unknown(0)] })
    expect(made.scores.map(({ scorer, weight, state }) => [scorer, weight, state])).toEqual([
      ['yes', 1, 'scored'],
      ['no', 0, 'scored'],
      ['unknown', 0, 'missing'],
    ])
  })

  const nothing = { input: 9, output: 0 }
  const empty: readonly (readonly [string, Answer, RegExp])[] = [
    ['no text and no tokens', answerOf(' \n', { usage: nothing }), /^missing: empty-answer/],
    ['no text, but tokens', answerOf(''), /^fail/],
    ['no text, tokens unknown', { text: '', latencyMs: 1 }, /^fail/],
    ['no text, a tool call', answerOf('', { usage: nothing, toolCalls: [{ name: 'f', arguments: {} }] }), /^fail/],
    ['text without tokens', answerOf('a', { usage: nothing }), /^pass/],
  ]
  it.each(empty)('%s', async (_, answer, expected) => {
    expect(await summary({ set: [yes()] }, answer)).toMatch(expected)
  })
  it('never passes a negative scorer on an empty answer', async () => {
    const set = [specOf('not-contains', { value: 'x' })]
    expect(await summary({ set }, answerOf('', { usage: nothing }))).toMatch(/^missing/)
  })

  describe('an answer without a text, of tokens or of an application', () => {
    const bans = [
      specOf('not-contains', { value: 'x' }),
      specOf('latency', { threshold: 5000 }),
      specOf('regex', { value: '^.{0,99}$' }),
    ]
    const spent = (output: number, reasoning?: number) => ({
      usage: { input: 9, output, ...(reasoning === undefined ? {} : { reasoning }) },
    })
    const of = (extra: Partial<Answer>): Answer => ({ text: '', latencyMs: 1, ...extra })
    const whys: readonly (readonly [string, Answer, RegExp])[] = [
      ['an application', of({ text: ' \n' }), /^the answer is empty$/],
      [
        'reasoning that took all',
        of({ finishReason: 'length', ...spent(50, 50) }),
        /all of its 50 output tokens went into reasoning before the limit .* raise `max_tokens`/,
      ],
      [
        'reasoning that took most',
        of({ finishReason: 'length', ...spent(50, 40) }),
        /40 of its 50 output tokens went into reasoning/,
      ],
      ['a limit', of({ finishReason: 'length', ...spent(50) }), /took 50 output tokens before the limit/],
      ['an end', of({ finishReason: 'stop', ...spent(3) }), /ended \(stop\) without a text; it took 3 output tokens/],
      ['a refusal', of({ refusal: true, finishReason: 'refusal', ...spent(3) }), /refused and said nothing/],
      [
        'a failed call of an application',
        of({ calls: [failedCall] }),
        /a call of it ended with: openai answered 400: no such tool/,
      ],
    ]
    it.each(whys)('%s: passes no ban, and says why', async (_, answer, expected) => {
      const made = await scoreAnswer({ scorers: bans, kase: caseOf() }, runOf({ state: 'answered', answer }), {
        costPico: 0n,
        sandbox,
      })
      expect(made).toMatchObject({ state: 'scored', score: 0, pass: false })
      for (const score of made.scores) expect(score).toMatchObject({ value: 0, why: expect.stringMatching(expected) })
    })

    it('no judge is asked', async () => {
      const judge = () => Promise.reject(new Error('asked'))
      const rubric = specOf('llm-rubric', { value: 'Says nothing rude.', options: { model: 'openai/judge' } })
      const made = await scoreAnswer(
        { scorers: [rubric], kase: caseOf() },
        runOf({ state: 'answered', answer: of({}) }),
        { costPico: 0n, sandbox, judge },
      )
      expect(made).toMatchObject({ state: 'scored', score: 0, pass: false })
    })

    it.each([
      ['`expected`', bans, { expected: '' }],
      ['`equals`', [...bans, specOf('equals', { value: '' })], {}],
      ['`is-refusal`', [specOf('is-refusal'), specOf('not-contains', { value: 'x' })], {}],
    ] as const)('where the case wants nothing, by %s, it passes', async (_, scorers, extra) => {
      const made = await scoreAnswer(
        { scorers, kase: { ...caseOf(), ...extra } },
        runOf({ state: 'answered', answer: of({}) }),
        { costPico: 0n, sandbox },
      )
      expect(made).toMatchObject({ state: 'scored', score: 1, pass: true })
    })

    it('what only informs, and the rate of refusals, are as before', async () => {
      const scorers = [...bans, specOf('is-refusal', { weight: 0 }), specOf('word-count', { value: 0, weight: 0 })]
      const made = await scoreAnswer({ scorers, kase: caseOf() }, runOf({ state: 'answered', answer: of({}) }), {
        costPico: 0n,
        sandbox,
      })
      expect(made).toMatchObject({ score: 0, pass: false })
      expect(made.scores.slice(-2)).toMatchObject([
        { value: 1, pass: true },
        { value: 1, pass: true },
      ])
    })
  })

  const failure = (kind: Failure['kind']): Failure => ({ kind, cause: 'server', message: 'context too long' })
  it('scores 0 for a behavioural failure, also with not-', async () => {
    const scoring = { scorers: [yes(), specOf('not-contains', { value: 'x' })], kase: caseOf() }
    const made = await scoreAnswer(scoring, runOf({ state: 'failed', failure: failure('behavioural') }), {
      costPico: null,
      sandbox,
    })
    expect(made).toMatchObject({ state: 'scored', score: 0, pass: false })
    expect(
      made.scores.every((score) => score.state === 'scored' && !score.pass && score.why === 'context too long'),
    ).toBe(true)
  })
  it('is missing for a transient failure, whatever the scorers', async () => {
    const scoring = { scorers: [yes()], threshold: 0, kase: caseOf() }
    const made = await scoreAnswer(scoring, runOf({ state: 'failed', failure: failure('transient') }), {
      costPico: null,
      sandbox,
    })
    expect(made).toMatchObject({ state: 'missing', why: 'context too long', scores: [] })
  })
  it('is missing when the value is no template for this case', async () => {
    expect(await summary({ set: [specOf('contains', { value: '{{ 1 / n }}' })] })).toMatch(
      /^missing: contains: x\.eval\.yaml:7:/,
    )
  })
})
