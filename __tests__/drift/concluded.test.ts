// What of the history says that the run of a set is concluded.

import { describe, expect, it } from 'vitest'
import { concludedSets } from '../../src/drift/concluded.ts'
import { runRecord } from '../fakes/drift-records.ts'

const at = (day: number) => `2026-11-${String(day).padStart(2, '0')}T05:00:00.000Z`
const run = (day: number, evalSet = 'support') => runRecord({ at: at(day), evalSet, id: `run-${day}-${evalSet}` })
const NAMES = [['support', 'support (live m)'], ['other']]

describe('concluded runs', () => {
  it('are those of the last measured run of the pin, and of what runs beside it', () => {
    const concluded = concludedSets([run(2), run(3), run(1)], NAMES)
    expect([...concluded]).toEqual([
      ['support', at(3)],
      ['support (live m)', at(3)],
    ])
  })

  it('are not what could not be measured, and no merge', () => {
    const unmeasured = { ...run(2), figures: { ...run(2).figures, score: null } }
    const merge = { ...run(3), role: 'merge' as const }
    expect([...concludedSets([run(1), unmeasured, merge, run(4, 'gone')], [['support']])]).toEqual([['support', at(1)]])
  })
})
