// When the end of processes is told of a head, when of both sides, and when of none.

import { describe, expect, it } from 'vitest'
import type { SideLabel } from '../../src/domain.ts'
import { endedFindings } from '../../src/gate/ended-processes.ts'
import { applicationNotes } from '../../src/report/application-notes.ts'
import { type ApplicationFacts, addFacts, readFacts } from '../../src/targets/application-facts.ts'

const side = (name: SideLabel, ended: number, parts: Partial<ApplicationFacts> = {}): ApplicationFacts => ({
  ...{ evalSet: 'app', side: name, answers: 100, repeated: 0, ended },
  how: ended === 0 ? '' : 'the application exited with code 1; it wrote: Error: floating',
  ...parts,
})
const found = (...applications: readonly ApplicationFacts[]) => endedFindings(applications, new Set(['app']))
const notes = (...applications: readonly ApplicationFacts[]) =>
  applicationNotes({
    targetCalls: 0,
    modelCalls: 0,
    modelRepeats: 0,
    unpriced: 0,
    refusedCalls: 0,
    excessCalls: 0,
    applications,
  })

describe('application-ended', () => {
  it('warns where the head alone ends so, with both numbers and the last words', () => {
    expect(found(side('base', 0), side('head', 12))).toEqual([
      {
        ...{ rule: 'application-ended', level: 'warn', evalSet: 'app', threshold: '0', value: '12' },
        message:
          'Processes of the application of app ended 12 times on the head after they had answered, 0 times on the base: the application exited with code 1; it wrote: Error: floating.',
        remedy: expect.stringContaining('a promise that nobody waits for'),
      },
    ])
    expect(notes(side('base', 0), side('head', 12))).toEqual([])
    expect(found(side('base', 0), side('head', 1))[0]?.message).toContain('ended 1 time on the head')
  })

  it.each([
    ['nobody', 0, 0, 0],
    ['both alike', 12, 12, 0],
    ['the base alone', 12, 0, 0],
    ['both, the head by chance more often', 1, 3, 0],
    ['both, the head clearly more often', 1, 4, 1],
    ['both, the head twice as often', 10, 20, 0],
    ['both, the head more than twice as often', 10, 21, 1],
  ])('%s', (_who, base, head, count) => {
    expect(found(side('base', base), side('head', head))).toHaveLength(count)
    expect(notes(side('base', base), side('head', head))).toHaveLength(count > 0 || base + head === 0 ? 0 : 1)
  })

  it('by how many answers there were: the head may have been asked more often', () => {
    expect(found(side('base', 5, { answers: 100 }), side('head', 15, { answers: 400 }))).toEqual([])
  })

  it('says so where the base was not asked, and nothing of what is not in the report', () => {
    expect(found(side('head', 2))[0]).toMatchObject({
      threshold: null,
      message: expect.stringContaining('the base was not asked'),
    })
    expect(found(side('base', 0, { answers: 0 }), side('head', 2))[0]?.threshold).toBeNull()
    expect(endedFindings([side('head', 2)], new Set(['other']))).toEqual([])
  })
})

it('notes say what was left out, and what both sides do', () => {
  expect(notes(side('base', 1, { repeated: 1 }), side('head', 1, { repeated: 7 }))).toEqual([
    'The application of app answered questions more than once on the base: the first answer of each counts, and 1 later one was left out.',
    'The application of app answered questions more than once on the head: the first answer of each counts, and 7 later ones were left out.',
    'Processes of the application of app ended after they had answered, 1 time on the base and 1 time on the head: the application exited with code 1; it wrote: Error: floating.',
  ])
})

it('shards are added up, and what is none of it in a file is left out', () => {
  const sum = addFacts([side('head', 2), side('base', 0), side('head', 3, { how: 'later', answers: 5, repeated: 1 })])
  expect(sum).toEqual([side('head', 5, { answers: 105, repeated: 1 }), side('base', 0)])
  const file = JSON.parse(
    JSON.stringify([side('head', 2), { ...side('base', 1), side: 'both' }, { ended: 1 }, 3, null]),
  )
  expect(readFacts(file)).toEqual([side('head', 2)])
  expect(readFacts(undefined)).toEqual([])
})

describe('calls that the proxy turned away', () => {
  it('are told apart: those of nobody, and those of a case that had made as many as it may', () => {
    const calls = { targetCalls: 2, modelCalls: 5, modelRepeats: 2, unpriced: 0, applications: [] }
    expect(applicationNotes({ ...calls, refusedCalls: 1, excessCalls: 3 })).toEqual([
      'The applications made 3 calls of models through the recording proxy.',
      'The proxy turned away 1 call that belonged to no case or no provider.',
      'The proxy turned away 3 calls of cases that had made as many as one case may.',
    ])
  })
})
