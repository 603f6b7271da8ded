// Whose cost nobody told, by kind.

import { expect, it } from 'vitest'
import type { Outcome, Request } from '../../src/domain.ts'
import { addUnpriceable, createUncertain } from '../../src/engine/uncertain.ts'
import { uncertainNote } from '../../src/report/uncertain.ts'
import type { CallRecord } from '../../src/run/call-record.ts'

const cutOff: Outcome = { state: 'failed', failure: { kind: 'transient', cause: 'timeout', message: 'Too slow.' } }
const silent: Outcome = { state: 'answered', answer: { text: 'Paris', latencyMs: 1 } }
const counted: Outcome = { state: 'answered', answer: { text: 'Paris', latencyMs: 1, usage: { input: 9, output: 1 } } }

function countsOf(...records: readonly Partial<CallRecord>[]) {
  const uncertain = createUncertain({
    price: (_, { model }) => (model === 'priced' ? 5n : model === 'free' ? 0n : null),
    why: ({ input }, _, on) => `no price for ${on?.tier ?? input}`,
  })
  const request = { kind: 'model', model: 'priced' } as Request
  const trial = { evalSet: 's', caseId: 'c', side: 'head', step: 'pass', index: 0 } as const
  for (const one of records)
    uncertain.note({ attempt: 1, costPico: null, request, trial, outcome: silent, ...one } as CallRecord)
  return uncertain.counts()
}

it('tells calls without an answer from answers without counts or price', () => {
  expect(countsOf({ outcome: cutOff }, {}, {}, { outcome: counted })).toEqual({
    ...{ unheard: 1, uncounted: 2, unpriceable: { 'no price for 9': 1 } },
  })
})

it('groups answers without a price by the reason, those that were filtered whole among them', () => {
  const usage = { input: 9, output: 1 }
  const tiered: Outcome = { state: 'answered', answer: { text: 'Paris', latencyMs: 1, usage, serviceTier: 'flex' } }
  const failure = { kind: 'behavioural', cause: 'content-filter', message: 'filtered', usage } as const
  const filtered: Outcome = { state: 'failed', failure }
  expect(countsOf({ outcome: counted }, { outcome: filtered }, { outcome: tiered })).toEqual({
    ...{ unheard: 0, uncounted: 0, unpriceable: { 'no price for 9': 2, 'no price for flex': 1 } },
  })
  // Its cost is known.
  expect(countsOf({ outcome: filtered, costPico: 3n })).toMatchObject({ unheard: 0, unpriceable: {} })
  const { usage: _, ...silently } = failure
  expect(countsOf({ outcome: { state: 'failed', failure: silently } })).toMatchObject({ unheard: 1 })
})

it('keeps few kinds, and loses no answer', () => {
  const odd = Array.from({ length: 50 }, (_, i) => ({
    outcome: { state: 'answered', answer: { text: '', latencyMs: 1, usage: { input: i, output: 1 } } } as Outcome,
  }))
  const { unpriceable } = countsOf(...odd)
  expect(Object.keys(unpriceable).length).toBeLessThan(30)
  expect(Object.values(unpriceable).reduce((a, b) => a + b, 0)).toBe(50)
  const [note = ''] = uncertainNote({ unheard: 0, uncounted: 0, unpriceable, uncertainPico: 10n ** 12n })
  expect(note).toMatch(/: 1 answer: no price for 0, .*, and 45 answers without a price for other reasons\. At most/)
})

it('of two jobs is the sum', () => {
  expect(addUnpriceable({ a: 1, b: 2 }, { b: 3, c: 4 })).toEqual({ a: 1, b: 5, c: 4 })
})

it('passes over what was not billed, or has no amount', () => {
  const on = (request: Partial<Request>) => ({ request: { kind: 'model', ...request } as Request })
  const none = { unheard: 0, uncounted: 0, unpriceable: {} }
  expect(countsOf({ costPico: 3n }, { costPico: 0n, outcome: cutOff })).toEqual(none)
  // Out of the store; of a model without a price, or without a cost; of an application, whose calls are counted by themselves.
  expect(countsOf({ attempt: 0 }, on({ model: 'unknown' }), on({ model: 'free' }))).toEqual(none)
  expect(countsOf(on({ kind: 'command', model: 'priced' }), on({ kind: 'http', model: 'priced' }))).toEqual(none)
})

it('says nothing where nothing is open, and never leaves out an amount', () => {
  const counts = { unheard: 0, uncounted: 0, unpriceable: {} }
  expect(uncertainNote({ ...counts, uncertainPico: 0n })).toEqual([])
  expect(uncertainNote({ ...counts, uncertainPico: 10n ** 12n })[0]).toMatch(
    /calls that ended without an answer .* \$1 /,
  )
  const unpriceable = { 'too new (m)': 1, 'no flex price (m)': 2 }
  expect(uncertainNote({ unheard: 0, uncounted: 1, unpriceable, uncertainPico: 10n ** 12n })).toEqual([
    'Not in the cost of this run: 1 answer that came without token counts, and 2 answers: no flex price (m), and 1 answer: too new (m). At most $1 may be billed for that.',
  ])
})
