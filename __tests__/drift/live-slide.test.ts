// A live model that slides away from the pin: told once, by the limits of the monitor, and seldom without a reason.

import { describe, expect, it } from 'vitest'
import { type LiveDay, liveDays, liveSlideEvent } from '../../src/drift/live-slide.ts'
import { limitsFor } from '../../src/drift/monitor.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { figuresOf, runRecord } from '../fakes/drift-records.ts'

const atOf = (day: number) => new Date(Date.UTC(2026, 0, 1 + day, 5)).toISOString()
const watched = { evalSet: 'support', model: 'openai/gpt-4.1', at: atOf(0) }
const limits = limitsFor(1)
/** Of a hundred cases of which one in twenty runs flips. */
const SD = 2.18

const events = (days: readonly LiveDay[], sd = SD) => liveSlideEvent(days, sd, { limits, watched })
const days = (differences: readonly number[]) => differences.map((difference, day) => ({ at: atOf(day), difference }))

/** The difference of two runs of a hundred cases. */
function difference(random: () => number, drop: number): number {
  let points = 0
  for (let i = 0; i < 100; i++) {
    if (random() < 0.05 + (drop * 0.9) / 100 / 0.9) points -= 1
    if (random() < 0.05) points += 1
  }
  return points
}

/** Days on which it is told. */
function toldIn(seed: string, count: number, drop: (day: number) => number): readonly number[] {
  const random = seededRandom(seed)
  const all = days(Array.from({ length: count }, (_, day) => difference(random, drop(day))))
  return all.flatMap((_, day) => (events(all.slice(0, day + 1)).length > 0 ? [day] : []))
}

describe('a live model that slides', () => {
  it('is told in words that can be followed, once', () => {
    const sliding = [...Array.from({ length: 10 }, () => 0), ...Array.from({ length: 8 }, (_, i) => -2 * i)]
    const told = days(sliding).flatMap((_, day) => events(days(sliding).slice(0, day + 1)))
    expect(told).toHaveLength(1)
    expect(told[0]?.message).toMatch(/^The live model openai\/gpt-4\.1 slides away from the pin: -\d/)
  })

  it('needs ten days first, and a worse level from the start is no slide', () => {
    expect(events(days(Array.from({ length: 10 }, () => -20)))).toEqual([])
    expect(toldIn('level', 60, () => 12)).toEqual([])
  })

  it('is told falsely in less than one set and year in two, and a slide of 0.1 points a day within two months', () => {
    const years = Array.from({ length: 40 }, (_, year) => toldIn(`calm ${year}`, 365, () => 0).length)
    expect(years.reduce((sum, one) => sum + one, 0) / years.length).toBeLessThan(0.5)
    const slides = Array.from({ length: 20 }, (_, seed) => toldIn(`slide ${seed}`, 120, (day) => day / 10)[0] ?? 999)
    expect(slides.sort((a, b) => a - b)[10]).toBeLessThan(60)
  })

  it('counts days on which both were measured, of that model alone', () => {
    const run = (day: number, role: 'live' | 'pinned', score: number | null, model: string) =>
      runRecord({ at: atOf(day), role, model, figures: figuresOf([1], { score }) })
    const live = [run(1, 'live', 80, 'a'), run(2, 'live', null, 'a'), run(3, 'live', 70, 'b'), run(4, 'live', 81, 'a')]
    const pinned = [run(1, 'pinned', 90, 'p'), run(2, 'pinned', 90, 'p'), run(3, 'pinned', 90, 'p')]
    expect(liveDays(live, pinned, 'a')).toEqual([{ at: atOf(1), difference: -10 }])
  })
})
