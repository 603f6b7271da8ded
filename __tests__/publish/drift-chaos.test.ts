// Weeks of drift with whatever may happen in them: faults of GitHub, histories that cannot be written or are lost, jobs at the
// same moment, people who close, reopen and delete. What must hold in the end holds for every seed.

import { expect, it } from 'vitest'
import type { DriftSet } from '../../src/drift/report.ts'
import { fraction } from '../fakes/draw.ts'
import { calm, driftReport, driftSet } from '../fakes/drift-report.ts'
import type { GitHubFault } from '../fakes/github.ts'
import { type Office, openOffice } from './desk.ts'

const SEEDS = Number(process.env.SEEDS ?? 40)
const DAYS = 10
const SETS = ['a', 'b', 'c'] as const
const OPERATIONS = [
  'issues/create',
  'issues/update',
  'issues/get',
  'issues/list-for-repo',
  'issues/list-comments',
  'issues/create-comment',
  'issues/delete-comment',
  'graphql',
]
const KINDS: readonly GitHubFault['kind'][] = ['status', 'lost', 'reset', 'garbage', 'secondary']

type Draw = (...key: readonly (string | number)[]) => number

function pick<T>(items: readonly T[], draw: number): T {
  const item = items[Math.floor(draw * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}

class Week {
  readonly office: Office
  private readonly draw: Draw
  private readonly drops = new Map<string, number>()
  /** Somebody closed or deleted an issue, or reopened one, since the last clean day. */
  meddled = false

  constructor(office: Office, draw: Draw) {
    this.office = office
    this.draw = draw
  }

  get drifting(): boolean {
    return this.drops.size > 0
  }

  /** Sets fall, fall deeper, and come back. */
  weather(day: number): void {
    for (const name of SETS) {
      const luck = this.draw('weather', day, name)
      if (luck < 0.2) this.drops.set(name, 10)
      else if (luck < 0.3 && this.drops.has(name)) this.drops.set(name, 40)
      else if (luck > 0.8) this.drops.delete(name)
    }
  }

  report(outage: boolean) {
    const set = (evalSet: string): DriftSet => {
      const drop = this.drops.get(evalSet)
      if (outage) return calm({ evalSet, state: 'not-measured', why: 'down', score: null })
      return drop === undefined ? calm({ evalSet }) : driftSet({ evalSet, score: 92.1 - drop })
    }
    return driftReport(SETS.map(set))
  }

  people(day: number): void {
    const { state } = this.office.fake
    const luck = this.draw('people', day)
    const issues = [...state.issues.values()]
    const open = issues.find((one) => one.state === 'open')
    const closed = issues.find((one) => one.state === 'closed')
    if (luck < 0.1 && open) open.state = 'closed'
    else if (luck < 0.15 && closed) closed.state = 'open'
    else if (luck < 0.2 && open) {
      state.issues.delete(open.number)
      state.deleted.add(open.number)
    } else return
    this.meddled = true
  }

  faults(day: number): void {
    for (const at of [0, 1, 2]) {
      if (this.draw('fault', day, at) > 0.4) continue
      const kind = pick(KINDS, this.draw('kind', day, at))
      const operation = pick(OPERATIONS, this.draw('operation', day, at))
      // Of two jobs that comment at once one takes its comment back: where that is refused for good, it stays.
      if (this.jobs(day) > 1 && /list-comments|delete-comment/.test(operation)) continue
      this.office.fake.faults.push({
        operation,
        kind,
        times: 1 + Math.floor(6 * this.draw('times', day, at)),
        after: Math.floor(2 * this.draw('after', day, at)),
        worked: kind !== 'secondary' && kind !== 'status' && this.draw('worked', day, at) < 0.5,
      })
    }
  }

  private jobs(day: number): number {
    return this.draw('jobs', day) < 0.3 ? 2 : 1
  }

  async day(day: number): Promise<void> {
    this.weather(day)
    this.people(day)
    this.faults(day)
    const { history } = this.office
    history.refuse(this.draw('refused', day) < 0.15 ? 'protected' : null)
    if (this.draw('lost', day) < 0.05) history.lose()
    const report = this.report(this.draw('outage', day) < 0.1)
    await Promise.all(Array.from({ length: this.jobs(day) }, () => this.office.run(report)))
    this.office.fake.faults.splice(0)
    history.refuse(null)
  }
}

/** Without those that are over and that somebody opened again. */
const open = ({ fake }: Office) =>
  [...fake.state.issues.values()].filter((one) => one.state === 'open' && !one.body?.includes('told over'))

it(`${SEEDS} times ${DAYS} days`, async () => {
  const seen = { doubles: 0, comments: 0, opened: 0, silenced: 0 }
  for (let seed = 0; seed < SEEDS; seed++) {
    const draw: Draw = (...key) => fraction('chaos', seed, ...key)
    await using office = await openOffice()
    const week = new Week(office, draw)
    for (let day = 0; day < DAYS; day++) {
      await week.day(day)
    }
    // Two calm days: whatever was left half done is put right.
    const settled = week.report(false)
    await office.run(settled)
    const last = await office.run(settled)
    expect([seed, last.status]).not.toContain('failed')
    expect([seed, open(office).length]).toEqual([seed, Math.min(1, open(office).length)])
    if (!week.meddled) expect([seed, open(office).length]).toEqual([seed, week.drifting ? 1 : 0])
    const writes = office.fake.state.writes.length
    office.clock.set(office.clock.now() - 86_400_000)
    await office.run(settled)
    expect([seed, office.fake.state.writes.length]).toEqual([seed, writes])
    const told = office.fake.state.comments.map(({ issue, body }) => `${issue} ${body.split('\n')[0]}`)
    const changes = told.filter((one) => one.includes('drift-change'))
    expect([seed, new Set(changes).size]).toEqual([seed, changes.length])
    expect([seed, office.fake.violations]).toEqual([seed, []])
    seen.comments += changes.length
    seen.doubles += told.length - changes.length
    seen.opened += office.fake.state.writes.filter((one) => one.startsWith('issues/create ')).length
    if (week.meddled && week.drifting && open(office).length === 0) seen.silenced += 1
  }
  // The weeks do have in them what they are to survive.
  expect(seen.doubles).toBeGreaterThan(0)
  expect(seen.comments).toBeGreaterThan(SEEDS)
  expect(seen.opened).toBeGreaterThan(SEEDS)
  expect(seen.silenced).toBeGreaterThan(0)
})
