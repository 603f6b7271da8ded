// Traffic profiles through the shipped program: from an export to the figure, and what a bad or hostile one does.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dispatchEvent } from '../fakes/events.ts'
import { type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { checkout } from './calm.ts'
import { change } from './change.ts'
import { cli, launch } from './launch.ts'
import { PROMPT, project, rightAnswer } from './project.ts'
import { stage } from './stage.ts'

const LONGER = { 'prompts/capital.md': `${PROMPT}Think of the history of the country before you answer.\n` }
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
/** Two calls a day in October, of three and five thousand tokens. */
const traffic = (times = 1) =>
  Array.from({ length: 62 }, (_, index) => ({
    ...{ ts: new Date(Date.parse('2026-10-01T00:00:00Z') + index * 43_200_000).toISOString(), model: 'gpt-4.1' },
    ...{
      input_tokens: times * (3000 + 2000 * (index % 2)),
      output_tokens: 100,
      prompt: 'a text that stays where it is',
    },
    continent: index % 4 === 0 ? 'Asia' : 'Europe',
  }))
const routes = (profile: string, rest = '') =>
  `routes:\n  - { name: atlas, evals: [capital], profile: ${profile}${rest} }\n`
const base = (rest: { readonly [path: string]: string } = {}) => ({
  ...project(),
  'parity.yaml': routes('ops/traffic.jsonl'),
  'ops/traffic.jsonl': lines(traffic()),
  ...rest,
})

let llm: FakeLlm
const folders: string[] = []
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'parity-profile-'))
  folders.push(path)
  return path
}
beforeAll(async () => {
  llm = await startFakeLlm({ answer: rightAnswer })
})
afterAll(async () => {
  await llm.close()
  await Promise.all(folders.map((path) => rm(path, { recursive: true, force: true, maxRetries: 3 })))
})

describe('a profile', () => {
  it('gives the rate and the tokens; its summary, made by `ci profile`, the same figures', async () => {
    const raw = await change(llm, { base: base(), head: LONGER })
    expect(raw.code, raw.stderr).toBe(0)
    const [atlas] = raw.report?.routes ?? []
    // 61 calls after the first in 30.5 days: 60 a month, of 4,000 tokens at $2 and 100 at $8 a million.
    expect(atlas?.perMonthUsd.base).toBe('0.528')
    expect(atlas?.assumption).toContain('60 requests a month (extrapolated from the profile, 2026-10-01 to 2026-10-31)')
    expect(atlas?.assumption).toContain('cases weighted by continent (profile)')
    expect(raw.files.map(({ text }) => text).join('')).not.toContain('stays where it is')

    const at = await folder()
    await writeFile(join(at, 'export.jsonl'), lines(traffic()))
    const args = ['ci', 'profile', 'export.jsonl', '--slices', 'continent', '--out', 'traffic.json']
    const made = await cli(args, { cwd: at, env: {} })
    expect([made.code, made.stdout], made.stderr).toEqual([0, ''])
    expect(made.stderr).toContain('62 calls (own)')
    const summary = await readFile(join(at, 'traffic.json'), 'utf8')
    expect(summary).not.toContain('stays where it is')
    expect(summary.length).toBeLessThan(3000)
    const files = { 'parity.yaml': routes('ops/traffic.json'), 'ops/traffic.json': summary }
    const again = await change(llm, { base: { ...project(), ...files }, head: LONGER })
    const { perMonthUsd } = again.report?.routes[0] ?? {}
    // Shares are rounded in it, to a millionth of a percent.
    expect(perMonthUsd).toMatchObject({ base: '0.528', delta: atlas?.perMonthUsd.delta })
    expect(Number(perMonthUsd?.low)).toBeCloseTo(Number(atlas?.perMonthUsd.low), 9)
  })

  it('is printed from several files and from standard input’s name, and refused with the line', async () => {
    const at = await folder()
    await writeFile(join(at, 'one.jsonl'), lines(traffic().slice(0, 30)).trimEnd())
    await writeFile(join(at, 'two.jsonl'), lines(traffic().slice(30)))
    await writeFile(join(at, 'bad.jsonl'), lines(traffic().map((row) => ({ ...row, input_tokens: -1 }))))
    const both = await cli(['ci', 'profile', 'one.jsonl', 'two.jsonl'], { cwd: at, env: {} })
    expect(JSON.parse(both.stdout)).toMatchObject({
      schema: 'prompt-parity-profile/1',
      calls: 62,
      requests_per_month: 60,
    })
    const bad = await cli(['ci', 'profile', 'bad.jsonl'], { cwd: at, env: {} })
    expect([bad.code, bad.stdout]).toEqual([2, ''])
    expect(bad.stderr).toMatch(/bad\.jsonl: .*62 of 62 rows cannot be true \(line 1: input_tokens is -1, below 0;/)
    const gone = await cli(['ci', 'profile', 'gone.jsonl'], { cwd: at, env: {} })
    expect([gone.code, gone.stderr.includes('ENOENT')]).toEqual([2, true])
    expect((await cli(['ci', 'profile'], { cwd: at, env: {} })).code).toBe(2)
  })

  it.each([
    [
      'that is not there',
      routes('ops/gone.jsonl'),
      {},
      /there is no file "ops\/gone\.jsonl", which the route atlas names/,
    ],
    ['outside of the repository', routes('../../etc/passwd'), {}, /leads out of the repository/],
    ['with an absolute path', routes('/etc/passwd'), {}, /leads out of the repository/],
    ['of another kind', routes('README.md'), {}, /README\.md: the traffic profile cannot be used/],
    [
      'with rows that cannot be true',
      routes('ops/bad.jsonl'),
      { 'ops/bad.jsonl': lines(traffic(-1)) },
      /line 1: input_tokens is -3000/,
    ],
  ])('%s ends the run before any call', async (_, config, files, message) => {
    const ran = await change(llm, { base: base(), head: { ...LONGER, 'parity.yaml': config, ...files } })
    expect(ran.stderr).toMatch(message)
    expect([ran.code, ran.requests.length]).toEqual([2, 0])
  })

  it('that is not of this change is not looked at', async () => {
    const config = `${routes('ops/gone.jsonl').replace('[capital]', '[other]')}`
    const ran = await change(llm, { base: base({ 'parity.yaml': config }), head: LONGER })
    expect([ran.code, ran.report?.routes[0]?.perMonthUsd.head], ran.stderr).toEqual([0, null])
  })

  it('with some wrong rows says so beside the figure', async () => {
    const rows = `${lines(traffic())}{"ts": 12\n`
    await using place = await checkout(base({ 'ops/traffic.jsonl': rows }), LONGER)
    const ran = await place.run(llm)
    expect(ran.report?.routes[0]?.assumption).toContain(
      '1 of 63 rows of the profile left out (line 63: not valid JSON)',
    )
  })
})

it('of an untrusted head counts for nothing: routes and profile are the base’s', async () => {
  const head = {
    ...LONGER,
    'ops/traffic.jsonl': lines(traffic(1000)),
    'ops/own.jsonl': lines(traffic(1000)),
    'parity.yaml': routes('ops/own.jsonl', ', requests_per_month: 5'),
  }
  await using play = await stage({ base: base(), head, llm: { answer: rightAnswer }, proposer: 'fork' })
  const event = dispatchEvent({ sha: await play.repository.sha('main') })
  const workspace = await play.repository.cloneFull('main')
  const inputs = { command: 'run', pr: '7', sha: play.headSha }
  const { action, report } = await launch({ workspace, event, inputs, llm: play.llm, github: play.github })
  expect(report?.trust, action.stderr).toBe('untrusted')
  expect(report?.routes[0]?.perMonthUsd.base).toBe('0.528')
  expect(report?.routes[0]?.profile?.path).toBe('ops/traffic.jsonl')
})
