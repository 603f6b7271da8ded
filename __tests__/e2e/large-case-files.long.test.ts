// A case file of 59 MB through the shipped program: bounded memory, the line of what is wrong, nothing left of a run that was cut off.

import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { git } from '../fakes/git.ts'
import { createRepository, type Repository } from '../fakes/repository.ts'
import { NODE24 } from '../fakes/runner.ts'
import { cli, providers } from './launch.ts'
import { CLI } from './stage.ts'

const CASES = 100_000
/** What docs/guides/scale.md promises for so many cases; without the git processes beside it. */
const MOST_BYTES = 300_000_000
const FILLER = 'lorem ipsum dolor sit amet '.repeat(19)

const caseOf = (at: number) => ({ id: `c${at}`, vars: { question: `What is ${at} + 1? ${FILLER}` }, expected: `${at}` })
const LINES = Array.from({ length: CASES }, (_, at) => JSON.stringify(caseOf(at)))
const lines = (change: { readonly [at: number]: string } = {}) => `${Object.assign([...LINES], change).join('\n')}\n`
const table = () =>
  `id,question,expected\n${LINES.map((_, at) => `c${at},"What is ${at} + 1? ${FILLER}",${at}`).join('\n')}\n`

const project = (path: string, text: string) => ({
  'prompts/sum.md': 'You add numbers.\n{{question}}\n',
  'evals/sum.eval.yaml': `name: sum
target: { prompt: ../prompts/sum.md, model: openai/gpt-4.1-mini-2025-04-14 }
cases: ${path}
scorers: [{ equals: "{{expected}}" }]
`,
  [`evals/${path}`]: text,
})
const BRIEF = { 'prompts/sum.md': 'You add numbers.\nBe brief.\n{{question}}\n' }

async function cloneOf(base: { readonly [path: string]: string }, head: { readonly [path: string]: string }) {
  const repository = await createRepository({ files: base })
  await repository.commit(head, 'Change', { branch: 'change' })
  return { repository, cwd: await repository.cloneFull('change') }
}

const ARGS = ['run', '--base', 'origin/main', '--dry-run', '--format', 'json']

/** With the most memory that the process itself ever had. */
async function measured(cwd: string, args: readonly string[] = ['--head', 'HEAD']) {
  const env = { PATH: process.env.PATH, HOME: cwd, ...providers(undefined) }
  const child = spawn(NODE24, [CLI, ...ARGS, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [peakBytes, stdout, stderr] = [0, '', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const watch = setInterval(() => {
    const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : ''
    peakBytes = Math.max(peakBytes, 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
  }, 20)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  clearInterval(watch)
  return { code, stdout, stderr, peakBytes }
}

const reportOf = ({ stdout }: { readonly stdout: string }) => JSON.parse(stdout) as Report
const headlineOf = (ran: { readonly stdout: string }) => reportOf(ran).verdict.headline

describe('a hundred thousand cases in one file', () => {
  let place: { readonly repository: Repository; readonly cwd: string }
  beforeAll(async () => {
    place = await cloneOf(project('cases.jsonl', lines()), BRIEF)
  })
  afterAll(() => place.repository[Symbol.asyncDispose]())

  it('of two commits', async () => {
    const ran = await measured(place.cwd)
    expect([ran.code, headlineOf(ran)], ran.stderr).toEqual([0, expect.stringContaining('200,000 calls')])
    expect(ran.peakBytes).toBeLessThan(MOST_BYTES)
  })

  it('of the working tree, where one case is edited: both sides are read', async () => {
    writeFileSync(
      join(place.cwd, 'evals/cases.jsonl'),
      `\ufeff${lines({ 99999: JSON.stringify({ ...caseOf(99_999), expected: '0' }) }).replaceAll('\n', '\r\n')}`,
    )
    const ran = await measured(place.cwd, [])
    expect(ran.code, ran.stderr).toBe(0)
    expect(reportOf(ran).changes.map(({ why }) => why)).toContainEqual(expect.stringMatching(/^its cases changed/))
    expect(ran.peakBytes).toBeLessThan(MOST_BYTES)
    await git(place.cwd, ['checkout', '--quiet', '--', '.'])
  })

  it('with a bad line at its end: the error names it', async () => {
    const file = join(place.cwd, 'evals/cases.jsonl')
    writeFileSync(file, lines({ 99999: '{"id": "c99999", vars: {}}' }))
    const ran = await measured(place.cwd, [])
    expect([ran.code, ran.stdout]).toEqual([2, ''])
    expect(ran.stderr).toMatch(/evals\/cases\.jsonl:100000: The line is not valid JSON/)
    expect(ran.peakBytes).toBeLessThan(MOST_BYTES)
    await git(place.cwd, ['checkout', '--quiet', '--', '.'])
  })

  it.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
    'cut off by %s while it is read: nothing stays',
    async (signal) => {
      const state = join(place.cwd, `state-${signal}`)
      const args = [...ARGS, '--head', 'HEAD', '--state-dir', state]
      // The shelf's file has no name from the moment on that it is there; its folder shows that cases are put away.
      const when = () => existsSync(state)
      const ran = await cli(args, { cwd: place.cwd, env: providers(undefined), kill: { when, signal } })
      expect(ran.killedMs, ran.stderr).toBeDefined()
      expect(ran.code).toBe(signal === 'SIGKILL' ? null : 3)
      expect(readdirSync(state).filter((name) => name.startsWith('.texts'))).toEqual([])
    },
  )
})

it('a hundred thousand cases in a table', async () => {
  const { repository, cwd } = await cloneOf(project('cases.csv', table()), BRIEF)
  const ran = await measured(cwd)
  expect(ran.code, ran.stderr).toBe(0)
  expect(ran.peakBytes).toBeLessThan(MOST_BYTES)
  await repository[Symbol.asyncDispose]()
})
