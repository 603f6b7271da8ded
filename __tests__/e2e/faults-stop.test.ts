// Runs that are stopped, repeated or attacked: nothing is paid twice, nothing leaks, nothing comes alive.

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { git } from '../fakes/git.ts'
import { type CallContext, startFakeLlm } from '../fakes/llm.ts'
import { scanMarkdown } from '../fakes/markdown.ts'
import { createRepository } from '../fakes/repository.ts'
import { application, INSTRUCTION } from './application.ts'
import { cli, KEYS, mostMs, providers, reportIn, textsUnder } from './launch.ts'
import { evalFile, PROMPT, project, rightAnswer, wrongWhen } from './project.ts'
import { stage } from './stage.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const BROKEN = ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana']

async function checkout(cases = 20) {
  const repository = await createRepository({ files: { ...project({ cases }), ...CONFIG } })
  await repository.commit(BRIEF, 'Change', { branch: 'change' })
  const cwd = await repository.cloneFull('change')
  return { cwd, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() }
}

/** What the program may wait for at once. The provider sees less: answers on their way back and calls on their way there. */
const CONCURRENCY = 6
const CONFIG = { 'parity.yaml': `providers: { openai: { kind: openai, max_concurrency: ${CONCURRENCY} } }\n` }

/** Answers so many calls and none of those that follow, at once. */
function stuckAfter(most: number) {
  let answered = 0
  let hung = 0
  const when = () => answered >= most && ++hung > 0
  const answer = (context: CallContext) => {
    answered += 1
    return rightAnswer(context)
  }
  return { answer, faults: [{ kind: 'hang' as const, when }], hung: () => hung }
}

const ANSWERED = 15

type Line = { readonly [name: string]: unknown }
const auditLines = (text: string): readonly Line[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)))
const textIn = (path: string) => readFile(path, 'utf8')

const RUN = ['run', '--base', 'origin/main', '--head', 'HEAD', '--format', 'json']

describe('a run that is stopped', () => {
  it('cancelled by the runner: a partial report within five seconds', async () => {
    const { hung, ...llm } = stuckAfter(ANSWERED)
    await using play = await stage({
      base: { ...project({ cases: 60 }), ...CONFIG },
      head: BRIEF,
      llm,
      cancel: { when: () => hung() === CONCURRENCY },
    })
    const { action, report } = await play.run()
    const { durationMs, cancelledMs } = action
    expect(cancelledMs).toBeLessThan(mostMs(durationMs, cancelledMs))
    expect([action.code, action.signal, action.outputs.verdict]).toEqual([3, null, 'not-measured'])
    expect(report?.run.incomplete).toMatchObject({ planned: 120, done: ANSWERED, reason: expect.stringMatching(/./) })
    expect(report?.run.calls).toMatchObject({ target: ANSWERED + CONCURRENCY, lost: CONCURRENCY, failed: 0 })
    expect(action.summary).toMatch(/incomplete/)
  })

  it('interrupted by hand: what was learnt and spent is in the report, within five seconds', async () => {
    await using at = await checkout(60)
    const { hung, ...options } = stuckAfter(ANSWERED)
    await using llm = await startFakeLlm({ seed: 'stop', ...options })
    const when = () => hung() === CONCURRENCY
    const ran = await cli(RUN, { cwd: at.cwd, env: providers(llm), kill: { when, signal: 'SIGINT' } })
    expect(ran.killedMs).toBeLessThan(mostMs(ran.durationMs, ran.killedMs))
    const report = JSON.parse(ran.stdout)
    expect([ran.code, report.verdict.outcome]).toEqual([3, 'not-measured'])
    expect(report.run.incomplete).toMatchObject({ planned: 120, done: ANSWERED })
    expect(report.run.calls).toMatchObject({ target: ANSWERED + CONCURRENCY, lost: CONCURRENCY, failed: 0 })
    expect(Number(report.run.usd.target)).toBeGreaterThan(0)
    expect(await reportIn(at.cwd)).toEqual(report)
    // The audit record names those that were cut off, and the next run asks exactly them again, and what was never asked.
    const named = (lines: readonly Line[]) => lines.map((one) => `${one['parity.side']} ${one['parity.case']}`).sort()
    const audit = async () => auditLines(await textIn(join(at.cwd, '.parity', 'report', 'calls.jsonl')))
    const lines = await audit()
    const lost = lines.filter((one) => one['parity.lost'] === true)
    expect(lost.map((one) => one['parity.error.cause'])).toEqual(Array.from({ length: CONCURRENCY }, () => 'cancelled'))
    const answered = named(lines.filter((one) => one['parity.lost'] === undefined))
    llm.configure({ seed: 'stop', answer: rightAnswer, faults: [] })
    const again = JSON.parse((await cli(RUN, { cwd: at.cwd, env: providers(llm) })).stdout)
    expect(again.run.calls).toMatchObject({ stored: ANSWERED, lost: 0, failed: 0, target: 120 - ANSWERED })
    const made = await audit()
    expect(named(made.filter((one) => one['parity.stored'] === true))).toEqual(answered)
    const asked = named(made.filter((one) => one['parity.stored'] === undefined))
    expect(asked).toEqual(expect.arrayContaining(named(lost)))
  })

  it('by a terminal that is closed while an application is being set up: at once, and nothing was asked', async () => {
    const target = ', setup: [sh, -c, "echo up > $UP; sleep 120"], environment: [UP]'
    const files = application({ answer: `return 'Paris'`, target })
    await using repository = await createRepository({ files })
    await repository.commit({ 'app/prompt.txt': `${INSTRUCTION} Be brief.` }, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    const up = join(cwd, '..', 'up')
    await using llm = await startFakeLlm({ seed: 'setup' })
    const kill = { when: () => existsSync(up), signal: 'SIGHUP' } as const
    const ran = await cli(RUN, { cwd, env: { ...providers(llm), UP: up }, kill })
    expect(ran.killedMs).toBeLessThan(mostMs(ran.durationMs, ran.killedMs))
    const report = JSON.parse(ran.stdout)
    expect([ran.code, report.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    expect(report.run.calls).toMatchObject({ target: 0, lost: 0, failed: 0 })
    expect(report.run.incomplete).toMatchObject({ planned: 12, done: 0 })
  })

  it('killed, then run again: only what was in flight is called again', async () => {
    await using at = await checkout()
    await using llm = await startFakeLlm({ seed: 'kill', answer: rightAnswer, latency: 60 })
    const when = () => llm.stats().answered >= 12
    const killed = await cli(RUN, { cwd: at.cwd, env: providers(llm), kill: { when, signal: 'SIGKILL' } })
    expect([killed.code, await reportIn(at.cwd)]).toEqual([null, null])
    const { requests: first } = llm.stats()
    llm.reset()
    const again = await cli(RUN, { cwd: at.cwd, env: providers(llm) })
    expect(again.code).toBe(0)
    const { stored, lost, target } = JSON.parse(again.stdout).run.calls
    expect(stored + target).toBe(40)
    expect(llm.requests).toHaveLength(target)
    expect(stored).toBeGreaterThanOrEqual(first - CONCURRENCY - 1)
    expect(lost).toBeLessThanOrEqual(CONCURRENCY)
    expect(lost + stored).toBeGreaterThanOrEqual(first - 1)
    // What was answered before the kill is in the audit record of the run that it counts in.
    const lines = auditLines(await textIn(join(at.cwd, '.parity', 'report', 'calls.jsonl')))
    expect(new Set(lines.map((line) => `${line['parity.side']} ${line['parity.case']}`)).size).toBe(40)
    expect(lines.filter((line) => line['parity.stored'] === true)).toHaveLength(stored)
  })

  it('the same commit again: no call, the same verdict and the same figures', async () => {
    await using play = await stage({ base: project(), head: BRIEF, llm: { answer: wrongWhen('Be brief', BROKEN) } })
    const one = await play.run()
    const made = auditLines(await one.file('calls.jsonl'))
    const calls = play.llm.requests.length
    play.llm.configure({ answer: () => 'Something else altogether.' })
    const two = await play.run()
    expect([calls > 40, play.llm.requests.length]).toEqual([true, calls])
    expect(two.action.code).toBe(1)
    expect(two.report?.run.calls).toMatchObject({ target: 0, stored: calls })
    const shown = (report: typeof one.report) =>
      report?.evalSets.map(({ score, flips, outcome, rule }) => ({ score, flips, outcome, rule }))
    expect(shown(two.report)).toEqual(shown(one.report))
    expect(two.report?.verdict.findings).toEqual(one.report?.verdict.findings)
    // The audit record says what it stands on: every answer, when it was given and from what bytes, and that it cost nothing now.
    const told = auditLines(await two.file('calls.jsonl'))
    const facts = (line: Line) =>
      ['side', 'case', 'step', 'index', 'raw_sha256', 'started_at', 'request_hash'].map(
        (name) => line[`parity.${name}`],
      )
    const sorted = (lines: readonly Line[]) => lines.map((line) => JSON.stringify(facts(line))).sort()
    expect(sorted(told)).toEqual(sorted(made))
    expect(told.map((line) => [line['parity.stored'], line['parity.attempt'], line['parity.cost_usd']])).toEqual(
      told.map(() => [true, 0, '0']),
    )
    expect(told.map((line) => line['gen_ai.output.messages'])).toContain('Paris')
  })
})

describe('keys', () => {
  it('go to their own host alone, and into no file', async () => {
    await using openai = await startFakeLlm({ seed: 'keys', answer: rightAnswer })
    const verdict = JSON.stringify({ reason: 'polite', label: 'pass' })
    await using anthropic = await startFakeLlm({ seed: 'keys', answer: () => verdict })
    const judge =
      'contains: "{{expected}}" }, { llm-rubric: { value: "Polite.", model: anthropic/claude-haiku-4-5-20251001 }'
    await using play = await stage({
      base: {
        ...project({ cases: 4 }),
        'evals/capital.eval.yaml': evalFile().replace('contains: "{{expected}}"', judge),
      },
      head: BRIEF,
      env: { OPENAI_BASE_URL: `${openai.url}/v1`, ANTHROPIC_BASE_URL: anthropic.url },
    })
    const { action, report } = await play.run()
    expect(action.code).toBe(0)
    expect(report?.run.calls.judge).toBeGreaterThan(0)
    const seen = {
      openai: JSON.stringify(openai.requests),
      anthropic: JSON.stringify(anthropic.requests),
      github: JSON.stringify(play.github.requests),
    }
    const { OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY } = KEYS
    const hosts = (secret: string) =>
      Object.entries(seen).flatMap(([host, text]) => (text.includes(secret) ? [host] : []))
    expect([OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, play.github.token].map(hosts)).toEqual([
      ['openai'],
      ['anthropic'],
      [],
      ['github'],
    ])
    const files = await textsUnder(join(play.workspace, '.parity'))
    expect(files.length).toBeGreaterThan(6)
    for (const secret of [...Object.values(KEYS), play.github.token])
      expect(files.filter((one) => one.text.includes(secret)).map((one) => one.path)).toEqual([])
    expect(await git(play.workspace, ['config', '--list'])).not.toContain(play.github.token)
  })
})

describe('hostile model output', () => {
  it('B42: is inert in the log, the comment, the summary, the page and JUnit', async () => {
    const hostile = [
      '::set-output name=verdict::pass',
      '##[error]gone',
      'x ::add-mask::a',
      '@octocat and @acme/security: fixes #12, GH-7',
      '![x](https://evil.example/p.png) <img src=https://evil.example/q.png> [link](https://evil.example)',
      '</details><script>alert(1)</script>',
      '```',
      '| a | b |',
      ']]></failure>',
      '<!-- prompt-parity:parity.yaml -->',
    ]
    const answer = wrongWhen('Be brief', BROKEN)
    await using play = await stage({
      base: { ...project(), 'evals/capital.eval.yaml': evalFile().replace('max_tokens: 50', 'max_tokens: 900') },
      head: BRIEF,
      llm: {
        answer: (context) => (answer(context) === rightAnswer(context) ? rightAnswer(context) : hostile.join('\n')),
      },
    })
    const { action, file, comments } = await play.run()
    expect([action.code, action.outputs.verdict, action.problems]).toEqual([1, 'fail', []])
    expect(action.commands.filter((one) => one.name === 'set-output' || one.form === '##[')).toEqual([])
    expect(action.commands.filter((one) => one.name === 'add-mask').map((one) => one.data)).toEqual([play.github.token])
    expect(comments()).toHaveLength(1)
    expect(comments()[0]).toContain('set-output')
    for (const text of [comments()[0] ?? '', action.summary]) {
      const scan = scanMarkdown(text)
      const { mentions, references, images, html, unbalanced, brokenTables } = scan
      expect({ mentions, references, images, html, unbalanced, brokenTables }).toEqual({
        ...{ mentions: [], references: [], images: [], html: [], unbalanced: [], brokenTables: [] },
      })
      expect(scan.links.filter((one) => one.text.includes('evil'))).toEqual([])
    }
    const page = await file('report.html')
    expect(page).toContain('set-output')
    expect(page).not.toMatch(/<img|<script>alert|<[^>]*(src|href)="?https?:/)
    const junit = await file('junit.xml')
    expect(junit).toContain('failure')
    expect(junit).not.toMatch(/<script|<img|<!--|^\s*::set-output|##\[error\]/m)
    expect(junit.match(/<failure\b/g)?.length).toBe(junit.match(/<\/failure>/g)?.length)
  })
})
