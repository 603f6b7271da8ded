import { describe, expect, it } from 'vitest'
import { createDoors, TRIED } from '../../src/candidates/door.ts'
import type { ErrorCause, Failure, TrialOutcome } from '../../src/domain.ts'
import type { Work } from '../../src/run/work.ts'

const work = (at: number) => ({ trial: { caseId: `c${at}` }, request: {} }) as unknown as Work
const failed = (cause: ErrorCause, kind: Failure['kind'] = 'behavioural'): TrialOutcome =>
  ({
    ...work(0),
    outcome: { state: 'failed', failure: { kind, cause, message: cause } },
    attempts: 1,
    stored: false,
    startedAt: '',
  }) as TrialOutcome
const answered = {
  ...failed('echo'),
  outcome: { state: 'answered', answer: { text: '', latencyMs: 1 } },
} as TrialOutcome

/** Asks `asked` calls of a model at once; `said` answers the first, the last of them all others. */
async function ask(asked: number, said: readonly TrialOutcome[]) {
  const { base: door } = createDoors({ base: asked, heads: [] })
  let calls = 0
  const outcomes = await Promise.all(
    Array.from({ length: asked }, (_, at) =>
      door.pass(work(at), async () => {
        calls += 1
        return said[at] ?? said.at(-1) ?? answered
      }),
    ),
  )
  const causes = outcomes.map(({ outcome }) => (outcome.state === 'failed' ? outcome.failure.cause : 'answered'))
  return { calls, causes, refusal: door.refusal()?.cause ?? null }
}

describe('a model that refuses everything', () => {
  for (const cause of ['unknown-model', 'refused-request'] as const)
    it(`is given up after ${TRIED} calls: ${cause}`, async () => {
      const { calls, causes, refusal } = await ask(40, [failed(cause)])
      expect([calls, refusal]).toEqual([TRIED, cause])
      expect(new Set(causes)).toEqual(new Set(['cancelled']))
    })

  it('is seen in a set of one or two cases, too', async () => {
    for (const asked of [1, 2]) expect((await ask(asked, [failed('unknown-model')])).refusal).toBe('unknown-model')
  })
})

describe('a model that goes on', () => {
  const cases: { readonly [name: string]: readonly TrialOutcome[] } = {
    'it refuses one case': [failed('refused-request'), answered],
    'it refuses all but the last that is tried': [
      failed('refused-request'),
      failed('refused-request'),
      answered,
      failed('refused-request'),
    ],
    'its provider is down': [failed('server', 'transient')],
    'every case is too long for it': [failed('context-too-long')],
    'the cap is reached': [failed('budget', 'transient')],
  }
  for (const [name, said] of Object.entries(cases))
    it(name, async () => expect(await ask(9, said)).toMatchObject({ calls: 9, refusal: null }))

  it('nothing is asked of it at once', async () => {
    const { base: door } = createDoors({ base: 0, heads: [0] })
    expect(await door.pass(work(0), async () => answered)).toBe(answered)
  })
})

describe('the model in use and the candidates', () => {
  /** What was called so far, and calls that end when they are told to. */
  function stage(asked: Parameters<typeof createDoors>[0]) {
    const { base, heads } = createDoors(asked)
    const log: string[] = []
    const answers = new Map<string, () => void>()
    const ask = (name: string, calls: number) => {
      const door = name === 'base' ? base : heads[Number(name)]
      const held = new Promise<TrialOutcome>((resolve) => answers.set(name, () => resolve(answered)))
      return Array.from({ length: calls }, (_, at) =>
        door?.pass(work(at), () => {
          log.push(name)
          return held
        }),
      )
    }
    const tick = () => new Promise((resolve) => setImmediate(resolve))
    const answer = async (name: string) => {
      answers.get(name)?.()
      await tick()
    }
    const count = (name: string) => log.filter((one) => one === name).length
    return { ask, answer, count, tick, base, heads }
  }

  it('begin together: neither goes on before the other has answered', async () => {
    const { ask, answer, count, tick } = stage({ base: 9, heads: [9] })
    const all = [...ask('base', 9), ...ask('0', 9)]
    await tick()
    expect([count('base'), count('0')]).toEqual([3, 3])
    await answer('0')
    expect([count('base'), count('0')]).toEqual([3, 3])
    await answer('base')
    expect([count('base'), count('0')]).toEqual([9, 9])
    await Promise.all(all)
  })

  it('do not wait for a candidate whose provider does not answer', async () => {
    const { ask, answer, count } = stage({ base: 9, heads: [9, 9] })
    const all = [...ask('base', 9), ...ask('0', 9)]
    const late = ask('1', 9)
    await answer('base')
    await answer('0')
    expect([count('base'), count('0'), count('1')]).toEqual([9, 9, 3])
    await Promise.all(all)
    await answer('1')
    await Promise.all(late)
  })

  it('do not wait for one whose call breaks the run', async () => {
    const { base, heads } = createDoors({ base: 1, heads: [1] })
    await expect(base.pass(work(0), () => Promise.reject(new Error('the disk is full')))).rejects.toThrow('disk')
    expect(await heads[0]?.pass(work(0), async () => answered)).toBe(answered)
  })
})
