import { describe, expect, it } from 'vitest'
import { createLog } from '../../src/io/terminal.ts'
import { progressLines, startProgress } from '../../src/run/progress.ts'

const set = (planned: number, done: number, failed = 0, pico = 0n) => ({ planned, done, failed, pico })
const USD = 1_000_000_000_000n

describe('the lines of progress', () => {
  it('of one set: done, failed, spend, rate, time left', () => {
    expect(progressLines(new Map([['support', set(400, 100, 2, 3n * USD)]]), 10)).toEqual([
      'support: 100 of 400 runs done, 2 failed, $3 so far, 10 a second, about 30 s left',
    ])
  })

  it('nothing known is said as nothing: no rate, no time, no money', () => {
    expect(progressLines(new Map([['a', set(4, 0)]]), 0)).toEqual(['a: 0 of 4 runs done'])
  })

  it('of several sets: each of them, and the sum last; re-runs are planned as soon as they are done', () => {
    const lines = progressLines(
      new Map([
        ['a', set(10, 12)],
        ['b', set(10, 2, 1)],
      ]),
      2,
    )
    expect(lines).toEqual([
      'a: 12 of 12 runs done, 6.0 a second',
      'b: 2 of 10 runs done, 1 failed, 1.0 a second, about 8 s left',
      '2 eval sets: 14 of 22 runs done, 1 failed, 7.0 a second, about 2 s left',
    ])
  })

  it('of more sets than a terminal is high: those that are busy', () => {
    const many = new Map(Array.from({ length: 40 }, (_, i) => [`s${i}`, set(10, i < 30 ? 10 : 1)] as const))
    const lines = progressLines(many, 5)
    expect(lines).toHaveLength(11)
    expect([lines[0]?.startsWith('s30:'), lines.at(-1)?.startsWith('40 eval sets: 310 of 400')]).toEqual([true, true])
  })
})

it('counts what comes in, and a set that nobody announced', () => {
  let nowMs = 0
  const shown: (readonly string[])[] = []
  const log = { info: () => {}, warn: () => {}, progress: (lines: readonly string[]) => void shown.push(lines) }
  const clock = { now: () => nowMs, sleep: async () => {} }
  const progress = startProgress({ log, clock, planned: new Map([['a', 2]]) })
  progress.spent('a', USD)
  progress.spent('a', null)
  progress.step('a', false)
  expect(shown).toEqual([])
  nowMs = 1000
  progress.step('b', true)
  expect(shown.at(-1)?.at(-1)).toBe('2 eval sets: 2 of 3 runs done, 1 failed, $1 so far, 2.0 a second, about 1 s left')
})

describe('a log', () => {
  function stream(isTTY: boolean, columns = 40) {
    const written: string[] = []
    const to = { isTTY, columns, write: (text: string) => written.push(text) > 0 }
    return { log: createLog(to as unknown as NodeJS.WriteStream), text: () => written.join('') }
  }

  it('on a terminal overwrites all its lines, cuts what would wrap, and leaves nothing behind', () => {
    const { log, text } = stream(true)
    log.progress(['one', 'x'.repeat(100)])
    log.progress(['two', 'y'])
    log.info('done')
    expect(text()).toBe(`\r\u001b[2Kone\n${'x'.repeat(38)}…\r\u001b[1A\u001b[0Jtwo\ny\r\u001b[1A\u001b[0Jdone\n`)
  })

  it('untrusted names cannot move the cursor or speak to a runner', () => {
    const { log, text } = stream(true, 200)
    log.progress(['evil\u001b[2J: 1 of 2', '::set-output name=x::y'])
    expect(text()).not.toContain('\u001b[2J')
    expect(text()).not.toMatch(/^::set-output/m)
  })

  it('elsewhere is silent about progress for the first seconds', () => {
    const { log, text } = stream(false)
    log.progress(['one'])
    log.warn('careful')
    log.end()
    expect(text()).toBe('warning: careful\n')
  })
})
