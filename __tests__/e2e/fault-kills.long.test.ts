// Runs that end where nobody chose: killed at any moment, cancelled as a runner does it, two at once in one directory, on a disk
// that takes no more. What was paid for is kept, and the next run ends with the report of one that was never disturbed.

import { spawnSync } from 'node:child_process'
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { type Checkout, checkout, continued, type Ran } from './calm.ts'
import { mostMs } from './launch.ts'
import { PROMPT, project, wrongWhen } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const answer = wrongWhen('Be brief', ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana'])
const latency = { medianMs: 25, sigma: 0.8 }

let place: Checkout
let calm: Ran
beforeAll(async () => {
  place = await checkout(project(), BRIEF)
  await using llm = await startFakeLlm({ seed: 'kills', answer, latency })
  calm = await place.run(llm)
  expect([calm.code, calm.report?.verdict.outcome]).toEqual([1, 'fail'])
})
afterAll(() => place[Symbol.asyncDispose]())

const calls = () => calm.report?.run.calls.target ?? 0

/** In flight on our side; the fake may have answered some of them already. */
const CONCURRENCY = 20
const asked = (llm: FakeLlm) => llm.requests.length

describe('kill -9 at a random moment', () => {
  // The moments are drawn: a number of answers, and some milliseconds more. Seeded, so that a failure can be had again.
  const moments = Array.from({ length: 20 }, (_, i) => {
    const random = (salt: number) => (Math.imul(i + 1, 2654435761 ^ salt) >>> 0) / 2 ** 32
    return { answers: Math.floor(random(17) * 95), ms: Math.floor(random(99) * 30) }
  })

  it.each(moments)('after $answers answers and $ms ms', async ({ answers, ms }) => {
    await using llm = await startFakeLlm({ seed: 'kills', answer, latency })
    const state = await place.scratch()
    let since: number | null = null
    const when = () => {
      if (since === null && llm.stats().answered >= answers) since = performance.now()
      return since !== null && performance.now() - since >= ms
    }
    const killed = await place.run(llm, { state, kill: { when, signal: 'SIGKILL' } })
    const before = asked(llm)
    const again = await place.run(llm, { state })
    expect(continued(again.report), again.stderr).toEqual(continued(calm.report))
    expect([again.code, again.record]).toEqual([calm.code, calm.record])
    // A run that was quicker than the signal has lost nothing.
    const lost = killed.code === null ? asked(llm) - calls() : 0
    expect(lost).toBeGreaterThanOrEqual(0)
    expect(lost, `${before} requests before the kill`).toBeLessThanOrEqual(CONCURRENCY)
    expect(again.report?.run.calls.lost).toBeGreaterThanOrEqual(lost)
    expect(again.report?.run.calls.lost).toBeLessThanOrEqual(CONCURRENCY)
    // And nothing is left to do.
    const third = await place.run(llm, { state })
    expect([asked(llm), continued(third.report)]).toEqual([calls() + lost, continued(calm.report)])
    expect(third.report?.run.calls.lost).toBe(0)
  })
})

it('cancelled as a runner does it: SIGINT, SIGTERM, then kill; the next run goes on', async () => {
  await using llm = await startFakeLlm({ seed: 'kills', answer, latency: 400 })
  const state = await place.scratch()
  const signals = [
    { signal: 'SIGINT', afterMs: 0 },
    { signal: 'SIGTERM', afterMs: 7500 },
    { signal: 'SIGKILL', afterMs: 10_000 },
  ] as const
  const stopped = await place.run(llm, { state, kills: { when: () => llm.stats().answered >= 10, signals } })
  expect([stopped.code, stopped.report?.verdict.outcome], stopped.stderr).toEqual([3, 'not-measured'])
  expect(stopped.killedMs).toBeLessThan(mostMs(stopped.durationMs, stopped.killedMs))
  expect(stopped.report?.run.incomplete?.done).toBeGreaterThanOrEqual(10)
  llm.configure({ seed: 'kills', answer, latency: 0 })
  const before = asked(llm)
  const again = await place.run(llm, { state })
  expect(continued(again.report), again.stderr).toEqual(continued(calm.report))
  // Twenty were in flight, and cut off.
  expect(asked(llm) - before).toBeLessThanOrEqual(calls() - 10)
  expect(again.report?.run.calls.lost).toBe(0)
})

it('two runs in one directory at once: both have the report of one alone', async () => {
  await using llm = await startFakeLlm({ seed: 'kills', answer, latency: 60 })
  const state = await place.scratch()
  const both = await Promise.all([place.run(llm, { state }), place.run(llm, { state })])
  for (const ran of both) expect(continued(ran.report), ran.stderr).toEqual(continued(calm.report))
  const requests = asked(llm)
  expect(requests).toBeLessThanOrEqual(2 * calls())
  const third = await place.run(llm, { state })
  expect([asked(llm), continued(third.report)]).toEqual([requests, continued(calm.report)])
})

it('two runs in one directory at once, the report folder included: each ends with its report', async () => {
  await using llm = await startFakeLlm({ seed: 'kills', answer, latency: 20 })
  const [state, reportDir] = [await place.scratch(), await place.scratch()]
  for (let round = 0; round < 4; round++) {
    const both = await Promise.all([place.run(llm, { state, reportDir }), place.run(llm, { state, reportDir })])
    for (const ran of both) expect(continued(ran.report), ran.stderr).toEqual(continued(calm.report))
  }
})

describe('a disk that takes no more', () => {
  const rooted = process.getuid?.() === 0

  it.runIf(rooted)('full: an error that says so, and with room again the run goes on', async ({ skip }) => {
    await using llm = await startFakeLlm({ seed: 'kills', answer, latency: 10 })
    const state = await place.scratch()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48k', 'tmpfs', state])
    if (mounted.status !== 0) return skip('no mounts here')
    try {
      const full = await place.run(llm, { state })
      expect([full.code, full.stdout]).toEqual([3, ''])
      expect(full.stderr).toMatch(/disk is full/)
      expect(full.stderr).toMatch(
        new RegExp(`${state}/\\w+\\.jsonl cannot take [\\d.]+ (kB|bytes) more .*\\(0 bytes free`),
      )
      const paid = llm.stats().answered
      expect(paid).toBeLessThan(calls())
      spawnSync('mount', ['-o', 'remount,size=4m', state])
      const before = asked(llm)
      const again = await place.run(llm, { state })
      expect(continued(again.report), again.stderr).toEqual(continued(calm.report))
      expect(asked(llm) - before).toBeLessThan(calls())
    } finally {
      spawnSync('umount', [state])
    }
  })

  it.runIf(rooted).for(['4k', '40k', '92k'])(
    'a report directory of %s: nothing is called a regression, and with room again nothing is paid twice',
    async (size, { skip }) => {
      await using llm = await startFakeLlm({ seed: 'kills', answer, latency: 10 })
      const [state, reportDir] = [await place.scratch(), await place.scratch()]
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', reportDir])
      if (mounted.status !== 0) return skip('no mounts here')
      try {
        const full = await place.run(llm, { state, reportDir })
        expect([full.code, full.stdout]).toEqual([3, ''])
        expect(full.stderr).toMatch(/disk is full/)
        expect(full.stderr).toContain(reportDir)
        spawnSync('mount', ['-o', 'remount,size=4m', reportDir])
        const again = await place.run(llm, { state, reportDir })
        expect(continued(again.report), again.stderr).toEqual(continued(calm.report))
        expect(asked(llm)).toBeLessThanOrEqual(calls() + CONCURRENCY)
      } finally {
        spawnSync('umount', [reportDir])
      }
    },
  )

  it.skipIf(rooted)('read-only: an error that says so, before any call', async () => {
    await using llm = await startFakeLlm({ seed: 'kills', answer })
    const state = await place.scratch()
    await chmod(state, 0o500)
    const ran = await place.run(llm, { state })
    expect([ran.code, asked(llm)]).toEqual([2, 0])
    expect(ran.stderr).toContain(state)
  })

  it.runIf(rooted)('read-only: an error that says so, before any call is used', async ({ skip }) => {
    await using llm = await startFakeLlm({ seed: 'kills', answer })
    const state = await place.scratch()
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', state]).status !== 0) return skip('no mounts here')
    try {
      const ran = await place.run(llm, { state })
      expect([ran.code, ran.stdout, asked(llm)]).toEqual([2, '', 0])
      expect(ran.stderr).toContain(state)
    } finally {
      spawnSync('umount', [state])
    }
  })

  it('a report directory that is a file: an error that names it', async () => {
    await using llm = await startFakeLlm({ seed: 'kills', answer })
    const state = await place.scratch()
    const ran = await place.run(llm, { state, reportDir: join(place.cwd, 'README.md') })
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain('README.md')
    expect(await readFile(join(place.cwd, 'README.md'), 'utf8')).toBe('# Atlas\n')
  })
})
