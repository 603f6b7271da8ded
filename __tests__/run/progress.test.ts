import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fittingLine, wholeLine } from '../../src/io/progress-line.ts'
import { createLog } from '../../src/io/terminal.ts'
import type { ProgressLine } from '../../src/ports.ts'
import { columnsOf } from '../../src/report/columns.ts'
import { progressLines as linesOf, startProgress } from '../../src/run/progress.ts'

const set = (planned: number, done: number, failed = 0, pico = 0n) => ({ planned, done, failed, pico })
const USD = 1_000_000_000_000n
const progressLines = (...of: Parameters<typeof linesOf>) => linesOf(...of).map(wholeLine)

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
  const shown: string[][] = []
  const noted = (lines: readonly (string | ProgressLine)[]) =>
    void shown.push(lines.map((line) => (typeof line === 'string' ? line : wholeLine(line))))
  const log = { info: () => {}, warn: () => {}, progress: noted }
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

describe('a line with too little room', () => {
  const [line] = linesOf(new Map([['support-answers-of-the-shop', set(1200, 300, 12, USD / 80n)]]), 100)
  const of = (columns: number, name = line?.name ?? '') =>
    line === undefined ? '' : fittingLine({ ...line, name }, columns)

  it.each([
    [
      120,
      'support-answers-of-the-shop: 300 of 1,200 runs done, 12 failed, $0.0125 so far, 3.0 a second, about 5 min 0 s left',
    ],
    [100, 'support-answ…: 300 of 1,200 runs done, 12 failed, $0.0125 so far, 3.0 a second, about 5 min 0 s left'],
    [80, 'support-answers-of-the-sh…: 300/1,200, 12 failed, $0.0125, 5 min 0 s left, 3.0/s'],
    [60, 'suppo…: 300/1,200, 12 failed, $0.0125, 5 min 0 s left, 3.0/s'],
    [39, 'support…: 300/1,200, 12 failed, $0.0125'],
    [32, '…: 300/1,200, 12 failed, $0.0125'],
    [20, '300/1,200, 12 faile…'],
  ])('of %s columns cuts the name; done, failed and spend stay', (columns, shown) => {
    expect(of(columns)).toBe(shown)
  })

  it('never takes more, whatever the name is made of', () => {
    for (const name of [
      '漢字の評価セット'.repeat(9),
      '😀'.repeat(60),
      'a\nb',
      '',
      'x'.repeat(1e6),
      'e\u0301'.repeat(90),
    ])
      for (let columns = 1; columns < 130; columns += 1) {
        const shown = of(columns, name)
        expect(columnsOf(shown)).toBeLessThanOrEqual(columns)
        expect(shown).not.toContain('\n')
      }
  })
})

describe('a log', () => {
  beforeEach(() => void vi.stubEnv('TERM', 'xterm'))
  afterEach(() => void vi.unstubAllEnvs())
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

  it('shows a name with a line break on one line, so that nothing of it is left behind', () => {
    const { log, text } = stream(true, 200)
    const lines = linesOf(
      new Map([
        ['a\n::error::boom', set(4, 1)],
        ['b', set(4, 1)],
      ]),
      1,
    )
    for (let i = 0; i < 2; i += 1) log.progress(lines)
    const [first, second] = text().split('\u001b[2A\u001b[0J')
    expect(first?.split('\n').map((line) => line.replace(/ (done|runs)[\s\S]*/, ''))).toEqual([
      '\r\u001b[2Ka : :error::boom: 1 of 4',
      'b: 1 of 4',
      '2 eval sets: 2 of 8',
    ])
    expect(second?.split('\n')).toHaveLength(3)
    expect(wholeLine(lines[0] as ProgressLine)).not.toContain('\n')
  })

  it('writes no escape to a terminal that is dumb', () => {
    vi.stubEnv('TERM', 'dumb')
    const { log, text } = stream(true)
    log.progress(['one'])
    log.info('done')
    log.end()
    expect(text()).toBe('done\n')
  })

  it('elsewhere is silent about progress for the first seconds', () => {
    const { log, text } = stream(false)
    log.progress(['one'])
    log.warn('careful')
    log.end()
    expect(text()).toBe('warning: careful\n')
  })
})
