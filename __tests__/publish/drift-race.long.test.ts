// Several drift jobs at the same moment, in every order that a seed can think of, against one GitHub and one history.

import { describe, expect, it } from 'vitest'
import type { DriftReport } from '../../src/drift/report.ts'
import type { GitHub, HistoryStore } from '../../src/ports.ts'
import { type PublishedDrift, publishDrift } from '../../src/publish/drift-issue.ts'
import { hash32 } from '../fakes/draw.ts'
import { driftReport, driftSet } from '../fakes/drift-report.ts'
import type { FakeHistory } from '../fakes/history.ts'
import { jobOf, type Office, openOffice } from './desk.ts'

/** Lets exactly one of the actors go on at a time, which one is drawn; an actor waits before and after each call it makes. */
class Turns {
  private readonly waiting = new Map<string, () => void>()
  private live = 0
  private draws = 0
  private readonly seed: string
  constructor(seed: string) {
    this.seed = seed
  }

  async actor<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.live += 1
    try {
      await this.turn(name)
      return await work()
    } finally {
      this.live -= 1
      this.next()
    }
  }

  turn(name: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.set(name, resolve)
      this.next()
    })
  }

  private next(): void {
    if (this.live === 0 || this.waiting.size < this.live) return
    const names = [...this.waiting.keys()].sort()
    const name = names[hash32(`${this.seed}/${this.draws++}`) % names.length] ?? ''
    const go = this.waiting.get(name)
    this.waiting.delete(name)
    go?.()
  }
}

/** Every method of a port waits for its turn before the call reaches the other side, and again before its answer is back. */
function taken<T extends object>(port: T, turns: Turns, actor: string): T {
  return new Proxy(port, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as unknown
      if (typeof method !== 'function') return method
      return async (...given: unknown[]) => {
        await turns.turn(actor)
        const result = (await Reflect.apply(method, target, given)) as unknown
        await turns.turn(actor)
        return result
      }
    },
  })
}

type Race = { readonly seed: string; readonly reports: readonly DriftReport[]; readonly most: (open: number) => void }

async function race(office: Office, { seed, reports, most }: Race): Promise<readonly PublishedDrift[]> {
  const turns = new Turns(seed)
  const past = await office.history.read()
  // All register before the first goes on.
  return Promise.all(
    reports.map((report, at) => {
      const actor = `job-${at}`
      const github = watched(taken<GitHub>(office.github, turns, actor), office, most)
      const history = taken<HistoryStore>(office.history, turns, actor)
      const job = { ...jobOf(report, `${seed}-${actor}`), past }
      return turns.actor(actor, async () => {
        const done = await publishDrift(job, { github, history, clock: office.clock })
        await history.append(done.records)
        return done
      })
    }),
  )
}

function watched(github: GitHub, office: Office, most: (open: number) => void): GitHub {
  return {
    ...proxied(github),
    createIssue: async (issue) => {
      const made = await github.createIssue(issue)
      most(openCount(office))
      return made
    },
  }
}

const NAMES = [
  'ownLogin',
  'headOf',
  'comments',
  'createComment',
  'updateComment',
  'deleteComment',
  'issues',
  'issue',
  'createIssue',
  'updateIssue',
] as const
const proxied = (github: GitHub) => Object.fromEntries(NAMES.map((name) => [name, github[name]])) as unknown as GitHub

const openCount = ({ fake }: Office) => [...fake.state.issues.values()].filter(({ state }) => state === 'open').length

async function clear(office: Office): Promise<void> {
  office.fake.state.issues.clear()
  office.fake.state.comments.splice(0)
}

const SCHEDULES = 300
const two = [driftReport([driftSet()]), driftReport([driftSet({ score: 83.1 })])]

describe('jobs at the same moment', () => {
  it(`open exactly one issue, and never a second one even for a moment (${SCHEDULES} schedules)`, async () => {
    const orders = new Set<string>()
    for (let seed = 0; seed < SCHEDULES; seed++) {
      await using office = await openOffice()
      let most = 0
      const done = await race(office, {
        seed: `open-${seed}`,
        reports: two,
        most: (open) => (most = Math.max(most, open)),
      })
      expect([seed, office.issues().length, openCount(office), most]).toEqual([seed, 1, 1, 1])
      expect(done.filter(({ status }) => status === 'opened')).toHaveLength(1)
      expect(office.fake.violations).toEqual([])
      orders.add(office.fake.requests.map(({ operation }) => operation).join())
    }
    expect(orders.size).toBeGreaterThan(4)
  })

  it('three of them, in a repository whose branch cannot be written: one issue is left open', async () => {
    let doubles = 0
    for (let seed = 0; seed < 40; seed++) {
      await using office = await openOffice()
      office.history.refuse('protected branch')
      await race(office, { seed: `refused-${seed}`, reports: [...two, driftReport([driftSet()])], most: () => {} })
      expect([seed, openCount(office)]).toEqual([seed, 1])
      const [open] = [...office.fake.state.issues.values()].filter(({ state }) => state === 'open')
      expect(open?.number).toBe(1)
      doubles += office.issues().length - 1
    }
    // The schedules do bring doubles about, so that closing them is what is tested.
    expect(doubles).toBeGreaterThan(10)
  })

  it('tell a change of an open issue once', async () => {
    for (let seed = 0; seed < 40; seed++) {
      await using office = await openOffice()
      await office.run(driftReport([driftSet()]))
      const joins = driftReport([driftSet(), driftSet({ evalSet: 'refund-policy', score: 85 })])
      await race(office, { seed: `join-${seed}`, reports: [joins, joins], most: () => {} })
      expect([seed, office.issues()]).toEqual([seed, ['1 open 1']])
    }
  })

  it('close it once', async () => {
    for (let seed = 0; seed < 40; seed++) {
      await using office = await openOffice()
      await office.run(driftReport([driftSet()]))
      const over = driftReport([driftSet({ state: 'recovered', score: 92, z: 0, confirmedZ: 0.2, since: null })])
      await race(office, { seed: `over-${seed}`, reports: [over, over], most: () => {} })
      expect([seed, office.issues()]).toEqual([seed, ['1 closed 1']])
    }
  })

  it('take over a claim that its job left behind, and open one', async () => {
    for (let seed = 0; seed < 40; seed++) {
      await using office = await openOffice()
      await left(office.history)
      await race(office, { seed: `stale-${seed}`, reports: two, most: () => {} })
      expect([seed, office.issues()]).toEqual([seed, ['1 open']])
      await clear(office)
    }
  })
})

/** A claim of a quarter of an hour before, with nothing behind it. */
async function left(history: FakeHistory): Promise<void> {
  const at = '2026-11-28T05:01:00.000Z'
  await history.append([
    {
      v: 1,
      kind: 'incident',
      id: 'incident/2026-11-28-dead/claimed/x',
      at,
      state: 'claimed',
      incident: '2026-11-28-dead',
      issue: null,
      evalSets: ['support-answers'],
      config: 'parity.yaml',
    },
  ])
}
