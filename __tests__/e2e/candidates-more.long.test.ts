// `prompt-parity candidates` as shipped, where it takes longer: several eval sets, a cap, an interruption, pairs of slices.

import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import { cli } from './launch.ts'
import {
  CONFIG,
  evalFile,
  FAKE,
  MEDIUM,
  models,
  type Place,
  placesOfSuite,
  project,
  rowOf,
  SMALL,
  setOf,
} from './models.ts'

const at = placesOfSuite()
let help: Place
beforeAll(async () => {
  help = await at()
})

it('several eval sets share the pool, and each has its own advice', async () => {
  const other = evalFile(`gates: { min_score: 99.9 }\n`).replace('name: help', 'name: strict')
  const where = await at({ ...project({ count: 60 }), 'evals/strict.eval.yaml': other })
  await using llm = await startFakeLlm(FAKE)
  const ran = await where.run(llm, models(MEDIUM))
  expect([ran.code, llm.requests.length], ran.stderr).toEqual([0, 240])
  expect(ran.report?.verdict.headline).toBe(`1 of 2 eval sets can switch: help to ${MEDIUM}.`)
  const [help_, strict] = ran.report?.candidates?.sets ?? []
  expect(help_?.recommendation?.action).toBe('switch')
  // It holds, and a level that the set asks for is not reached.
  expect(strict?.rows[0]).toMatchObject({ holding: { state: 'holds' }, breaches: ['min-score'] })
  expect(strict?.recommendation?.why).toBe('no candidate holds and keeps every other gate')
  const verified = await cli(['verify', join(ran.folder, 'report.json')], { cwd: where.cwd })
  expect(verified.stdout).not.toContain('"agrees": false')
})

it('a cap that is reached is not measured, fairly shared, with what was learnt', async () => {
  await using llm = await startFakeLlm(FAKE)
  const ran = await help.run(llm, models(MEDIUM, SMALL), { state: await help.scratch() })
  const capped = await at(project({ config: `${CONFIG}spend: { max_calls: 90 }\n` }))
  llm.reset()
  const cut = await capped.run(llm, models(MEDIUM, SMALL))
  expect([cut.code, cut.report?.verdict.outcome, llm.requests.length], cut.stderr).toEqual([3, 'not-measured', 90])
  expect(cut.report?.run.incomplete?.reason).toBe('the spend cap was reached')
  expect(setOf(cut.report).rows.map(({ holding }) => holding.state)).toEqual(['not-measured', 'not-measured'])
  for (const model of ['atlas-large', 'atlas-medium', 'atlas-small'])
    expect(llm.requests.filter((one) => one.model === model).length, model).toBe(30)
  expect(ran.code).toBe(0)
})

it('an interrupted run goes on where it was: only calls in flight are made again', async () => {
  await using llm = await startFakeLlm({ ...FAKE, latency: 150 })
  const state = await help.scratch()
  const kill = { when: () => llm.stats().answered >= 60, signal: 'SIGTERM' as const }
  const cut = await help.run(llm, models(MEDIUM, SMALL), { state, kill })
  const answered = llm.stats().answered
  expect([cut.code, cut.report?.verdict.outcome], cut.stderr).toEqual([3, 'not-measured'])
  expect(cut.report?.run.incomplete?.reason).toBe('the run was interrupted')
  const before = llm.requests.length
  const rest = await help.run(llm, models(MEDIUM, SMALL), { state })
  expect(rest.code, rest.stderr).toBe(0)
  const again = llm.requests.length - before
  expect(again).toBeLessThan(180)
  expect(again).toBeLessThanOrEqual(180 - answered + 20)
  expect(setOf(rest.report).rows.map(({ holding }) => holding.state)).toEqual(['holds', 'drops'])
})

it('where two slices meet it may hold, priced by what the weights of both say', async () => {
  const where = await at(project({ count: 360 }))
  // Right on simple questions in German alone: every sixth of all.
  const isRight = (i: number) => i % 3 === 0 && Math.floor(i / 3) % 2 === 0
  const number = (prompt: string) => Number(/Question (\d+)/.exec(prompt)?.[1])
  await using llm = await startFakeLlm({
    ...FAKE,
    answer: ({ model, prompt }) => ({
      text: model.endsWith('small') && !isRight(number(prompt)) ? 'Sorry.' : `It is answer-${number(prompt)}.`,
    }),
  })
  const ran = await where.run(llm, models(SMALL))
  const { slices } = rowOf(ran.report, SMALL)
  const states = Object.fromEntries(
    slices.map((one) => [`${one.value}${one.and === undefined ? '' : ` ${one.and.value}`}`, one.holding.state]),
  )
  expect([ran.code, states], ran.stderr).toEqual([
    0,
    {
      ...{ de: 'drops', en: 'drops', fr: 'drops', simple: 'drops', complex: 'drops' },
      ...{ 'de simple': 'holds', 'de complex': 'drops', 'en simple': 'drops', 'en complex': 'drops' },
      ...{ 'fr simple': 'drops', 'fr complex': 'drops' },
    },
  ])
  const pair = slices.find(({ value, and }) => value === 'de' && and?.value === 'simple')
  expect(pair?.cases).toBe(60)
  // Half of the traffic is German and seven tenths of it are simple; the cases have both everywhere alike.
  const month = 3_000_000 * 0.5 * 0.7 * Number(pair?.perRequestUsd.delta)
  expect(Number(pair?.months[0]?.usd.delta)).toBeCloseTo(month, 4)
  expect(pair?.months[0]?.assumption).toContain('35.0 % of the traffic (fitted from language and kind)')
  expect(setOf(ran.report).splits).toEqual([
    expect.stringMatching(
      /^language de with kind simple holds on openai\/atlas-small: -\$\d+(\.\d+)? a month on help$/,
    ),
  ])
  expect(ran.stdout).toContain('Split: language de with kind simple holds')
  expect(ran.stdout).toContain('language=de and kind=simple: holds')
}, 60_000)

it('says so where no two slices have enough cases in common', async () => {
  const where = await at(project({ count: 42 }))
  await using llm = await startFakeLlm(FAKE)
  const ran = await where.run(llm, models(SMALL))
  expect(ran.stdout).toContain('Pairs of slices: no two of them have ten cases in common')
}, 60_000)
