// A merge leaves its projection behind, and the drift run of a later day holds it against the bill, through the shipped programs.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { eroding, promptOf, type World } from './eroding.ts'
import { cli, providers, reportIn } from './launch.ts'
import { evalFile } from './project.ts'
import { at, DAY_MS, day, TODAY } from './today.ts'

const config = (usage: string) =>
  `routes:\n  - { name: support, evals: [capital], requests_per_month: 1000000${usage} }\n`

let world: World
beforeAll(async () => {
  world = await eroding({ cases: 12, broken: () => 0, gates: '' })
  await world.push('0'.repeat(40), await world.repository.sha('main'))
  await world.pullRequest(1, { files: { 'parity.yaml': config('') } })
  await world.merge(1)
})
afterAll(() => world[Symbol.asyncDispose]())

async function drift(files: { readonly [path: string]: string }, args: readonly string[] = []) {
  await world.repository.commit(files, 'The bill', { branch: 'main' })
  const workspace = await world.repository.cloneFull('main')
  const env = {
    ...providers(world.llm),
    ...at(TODAY + 20 * DAY_MS),
  }
  return { run: await cli(['drift', ...args], { cwd: workspace, env }), report: await reportIn(workspace) }
}

it('the merge leaves a forecast', async () => {
  const forecasts = (await world.records()).filter((one) => one.kind === 'forecast')
  expect(forecasts).toMatchObject([{ route: 'support', pr: 1, requestsPerMonth: 1_000_000 }])
  expect(Number(forecasts[0]?.perMonthUsd.head)).toBeGreaterThan(0)
})

it('a pull request that changes nothing of the route counts it with that forecast', async () => {
  const [forecast] = (await world.records()).filter((one) => one.kind === 'forecast')
  const other = '  - { name: other, evals: [other], requests_per_month: 1000 }\n'
  const { report } = await world.pullRequest(2, {
    files: {
      'prompts/capital.md': promptOf(1),
      'prompts/other.md': promptOf(1),
      'evals/other.eval.yaml': evalFile().replace('name: capital', 'name: other').replace('capital.md', 'other.md'),
      'parity.yaml': `${config('')}${other}cost: { monthly_usd: 0.01, owner: "@atlas/finops" }\n`,
    },
  })
  const month = forecast?.perMonthUsd.head
  expect(report.routes).toMatchObject([
    { name: 'support', perMonthUsd: { base: month, head: month, delta: '0' }, untouched: true },
    { name: 'other', perMonthUsd: { head: expect.any(String) } },
  ])
  const ceiling = report.verdict.findings.find(({ rule }) => rule === 'repository-ceiling')
  expect(ceiling?.message).toContain('@atlas/finops')
  expect(ceiling?.message).not.toContain('partial')
})

it('says nothing where nothing is refreshed', async () => {
  const { run, report } = await drift({ 'README.md': '# Nothing new\n' })
  expect([run.code, report?.drift?.forecasts, run.stdout.includes('Forecasts')]).toEqual([0, undefined, false])
})

it('prints projected against actual, says that it was off, and keeps the factor', async () => {
  const [forecast] = (await world.records()).filter((one) => one.kind === 'forecast')
  const perDay = (1.5 * Number(forecast?.perMonthUsd.head)) / (365.25 / 12)
  const rows = Array.from({ length: 10 }, (_, at) =>
    JSON.stringify({ date: day(at + 1), usd: Number(perDay.toFixed(9)), requests: 1_000_000 / (365.25 / 12) }),
  )
  const { run, report } = await drift({ 'usage.jsonl': rows.join('\n'), 'parity.yaml': config(', usage: usage.jsonl') })
  expect(run.code).toBe(0)
  expect(run.stdout).toContain('Forecasts of merges, and what came of them')
  expect(run.stdout).toMatch(
    /support: [0-9a-f]{7} \(pull request 1\) was to cost \$[\d,.]+ a month; \$[\d,.]+ billed from/,
  )
  expect(run.stdout).toContain('1.50 times the forecast: off by more than a quarter')
  const [row] = report?.drift?.forecasts ?? []
  expect(row).toMatchObject({ commit: forecast?.commit, from: `${day(1)}T00:00:00.000Z`, source: 'billed', off: true })
  // The model of the example is announced to stop, which every run says.
  const told = report?.drift?.events.filter(({ kind }) => kind !== 'shutdown')
  expect([row?.factor?.toFixed(2), told?.map(({ kind }) => kind)]).toEqual(['1.50', ['forecast']])
  const kept = (await world.records()).filter((one) => one.kind === 'calibration')
  expect(kept.map(({ route, factor }) => [route, factor.toFixed(2)])).toEqual([['support', '1.50']])
})

it('a profile that was read anew is an actual too', async () => {
  const rows = Array.from({ length: 600 }, (_, at) =>
    JSON.stringify({
      ...{ ts: new Date(Date.parse(`${day(1)}T00:00:00Z`) + at * 30 * 60_000).toISOString(), route: 'support' },
      ...{ model: 'gpt-4.1-2025-04-14', input_tokens: 2000, output_tokens: 400 },
    }),
  )
  const { run, report } = await drift({
    'traffic.jsonl': rows.join('\n'),
    'parity.yaml': config(', profile: traffic.jsonl'),
  })
  expect([run.code, run.stderr]).toEqual([0, expect.any(String)])
  const [row] = report?.drift?.forecasts ?? []
  // 48 calls a day of 2000 and 400 tokens at $2 and $8 a million.
  expect([row?.source, Number(row?.actualUsd).toFixed(1), row?.factor]).toEqual(['profile', '10.5', null])
})

it('a usage file that is wrong is found before any call', async () => {
  const before = world.llm.requests.length
  const { run } = await drift({
    'usage.jsonl': '{"date": "yesterday", "usd": 1}',
    'parity.yaml': config(', usage: usage.jsonl'),
  })
  expect([run.code, world.llm.requests.length]).toEqual([2, before])
  expect(run.stderr).toContain('usage.jsonl:1')
})
