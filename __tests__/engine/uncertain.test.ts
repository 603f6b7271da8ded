// Whose cost nobody told, by kind.

import { expect, it } from 'vitest'
import type { Outcome, Request } from '../../src/domain.ts'
import { createUncertain } from '../../src/engine/uncertain.ts'
import { uncertainNote } from '../../src/report/uncertain.ts'
import type { CallRecord } from '../../src/run/call-record.ts'

const cutOff: Outcome = { state: 'failed', failure: { kind: 'transient', cause: 'timeout', message: 'Too slow.' } }
const silent: Outcome = { state: 'answered', answer: { text: 'Paris', latencyMs: 1 } }
const counted: Outcome = { state: 'answered', answer: { text: 'Paris', latencyMs: 1, usage: { input: 9, output: 1 } } }

function countsOf(...records: readonly Partial<CallRecord>[]) {
  const uncertain = createUncertain((_, { model }) => (model === 'priced' ? 5n : model === 'free' ? 0n : null))
  const request = { kind: 'model', model: 'priced' } as Request
  const trial = { evalSet: 's', caseId: 'c', side: 'head', step: 'pass', index: 0 } as const
  for (const one of records)
    uncertain.note({ attempt: 1, costPico: null, request, trial, outcome: silent, ...one } as CallRecord)
  return uncertain.counts()
}

it('tells calls without an answer from answers without counts or price', () => {
  expect(countsOf({ outcome: cutOff }, {}, {}, { outcome: counted })).toEqual({
    ...{ unheard: 1, uncounted: 2, unpricedTier: 1 },
  })
})

it('passes over what was not billed, or has no amount', () => {
  const on = (request: Partial<Request>) => ({ request: { kind: 'model', ...request } as Request })
  const none = { unheard: 0, uncounted: 0, unpricedTier: 0 }
  expect(countsOf({ costPico: 3n }, { costPico: 0n, outcome: cutOff })).toEqual(none)
  // Out of the store; of a model without a price, or without a cost; of an application, whose calls are counted by themselves.
  expect(countsOf({ attempt: 0 }, on({ model: 'unknown' }), on({ model: 'free' }))).toEqual(none)
  expect(countsOf(on({ kind: 'command', model: 'priced' }), on({ kind: 'http', model: 'priced' }))).toEqual(none)
})

it('says nothing where nothing is open, and never leaves out an amount', () => {
  const counts = { unheard: 0, uncounted: 0, unpricedTier: 0 }
  expect(uncertainNote({ ...counts, uncertainPico: 0n })).toEqual([])
  expect(uncertainNote({ ...counts, uncertainPico: 10n ** 12n })[0]).toMatch(
    /calls that ended without an answer .* \$1 /,
  )
  expect(uncertainNote({ unheard: 0, uncounted: 1, unpricedTier: 2, uncertainPico: 10n ** 12n })).toEqual([
    'Not in the cost of this run: 1 answer that came without token counts, and 2 answers at a service tier without a known price. At most $1 may be billed for that.',
  ])
})
