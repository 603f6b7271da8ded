// Drift runs against one fake GitHub and one history, as jobs of a schedule make them.

import type { HistoryRecord } from '../../src/drift/records.ts'
import type { DriftReport } from '../../src/drift/report.ts'
import { createGitHub } from '../../src/io/github.ts'
import type { Clock, GitHub } from '../../src/ports.ts'
import { type DriftIssueJob, type PublishedDrift, publishDrift } from '../../src/publish/drift-issue.ts'
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from '../fakes/github.ts'
import { createFakeHistory, type FakeHistory } from '../fakes/history.ts'

export type Office = {
  readonly fake: FakeGitHub
  readonly github: GitHub
  readonly history: FakeHistory
  /** Sleeping moves the clock and takes no time. */
  readonly clock: Clock & { set(ms: number): void; readonly slept: number[] }
  /** One scheduled run; a day passes before the next. */
  run(report: DriftReport, over?: Partial<DriftIssueJob>): Promise<PublishedDrift>
  /** Issues as `number state`, with the number of comments when there are some. */
  issues(): readonly string[]
  bodies(issue: number): readonly string[]
}

export const START = Date.parse('2026-11-28T05:17:00Z')
export const DAY_MS = 86_400_000

export function fakeClock(): Office['clock'] {
  let now = START
  const slept: number[] = []
  return {
    now: () => now,
    set: (ms) => {
      now = ms
    },
    slept,
    sleep: async (ms) => {
      slept.push(ms)
      now += ms
    },
  }
}

export async function openOffice(
  options: Partial<FakeGitHubOptions> = {},
  records: readonly HistoryRecord[] = [],
): Promise<Office & AsyncDisposable> {
  const fake = await startFakeGitHub({ bare: '/nowhere', requestsPerHour: 100_000, contentPerMinute: 1e6, ...options })
  const clock = fakeClock()
  const github = createGitHub({ token: fake.token, repository: 'acme/app', apiUrl: fake.apiUrl, sleep: clock.sleep })
  const history = createFakeHistory(records)
  let runs = 0
  return {
    fake,
    github,
    history,
    clock,
    run: async (report, over = {}) => {
      runs += 1
      const past = await history.read()
      const job = { ...jobOf(report, `run-${runs}`), past, ...over }
      const done = await publishDrift(job, { github, history, clock })
      await history.append(done.records)
      clock.set(clock.now() + DAY_MS)
      return done
    },
    issues: () =>
      [...fake.state.issues.values()].map(({ number, state }) => {
        const comments = fake.state.comments.filter(({ issue }) => issue === number).length
        return `${number} ${state}${comments === 0 ? '' : ` ${comments}`}`
      }),
    bodies: (issue) => fake.state.comments.filter((one) => one.issue === issue).map(({ body }) => body),
    [Symbol.asyncDispose]: () => fake.close(),
  }
}

export function jobOf(report: DriftReport, claimant: string): DriftIssueJob {
  return {
    report,
    redact: (text) => text.replaceAll('hunter2', '***'),
    past: { records: [], state: 'none' },
    config: 'parity.yaml',
    claimant,
    runUrl: 'https://github.com/acme/app/actions/runs/77',
    mention: true,
  }
}
