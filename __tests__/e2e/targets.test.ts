// Every kind of target and judge through the shipped action, against the fake provider that checks each request.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { dispatchEvent, type EventWithTrust } from '../fakes/events.ts'
import { evalFile, PROMPT, project, rightAnswer, wrongWhen } from './project.ts'
import { type Scene, stage } from './stage.ts'

const brief = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }

async function outcome(scene: Scene) {
  await using play = await stage(scene)
  const played = await play.run()
  expect(play.llm.violations).toEqual([])
  expect(play.github.violations).toEqual([])
  return {
    ...played,
    paths: [...new Set(play.llm.requests.map((one) => one.path))],
    requests: play.llm.requests.length,
  }
}

describe('prompt targets', () => {
  it.each([
    ['openai/gpt-4.1-2025-04-14', '', '/v1/chat/completions'],
    ['openai/gpt-4.1-2025-04-14', 'api: responses', '/v1/responses'],
    ['anthropic/claude-sonnet-4-5-20250929', '', '/v1/messages'],
    ['gemini/gemini-2.5-flash', '', '/v1beta/models/gemini-2.5-flash:generateContent'],
  ])('%s %s', async (model, api, path) => {
    // Anthropic's published types have no temperature any more.
    const file = evalFile({ model })
      .replace('temperature: 0, ', model.startsWith('anthropic/') ? '' : 'temperature: 0, ')
      .replace('max_tokens: 50', api === '' ? 'max_tokens: 50' : 'max_output_tokens: 50')
      .replace('  parameters:', `${api === '' ? '' : `  ${api}\n`}  parameters:`)
    const { action, report, paths } = await outcome({
      base: { ...project({ cases: 4 }), 'evals/capital.eval.yaml': file },
      head: brief,
      llm: { answer: rightAnswer },
    })
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('pass')
    expect(paths).toEqual([path])
    expect(report?.evalSets[0]?.tokens.provenance).toBe('measured')
    expect(report?.evalSets[0]?.cost.perRequestUsd.head).toMatch(/^0\.0/)
  })
})

describe('an eval set that asks for streams', () => {
  it.each([
    ['openai/gpt-4.1-2025-04-14', '', 'stream_options: { include_usage: true }, '],
    ['openai/gpt-4.1-2025-04-14', 'api: responses', ''],
    ['anthropic/claude-sonnet-4-5-20250929', '', ''],
  ])('%s %s', async (model, api, more) => {
    const bound = api === '' ? 'max_tokens: 50' : 'max_output_tokens: 50'
    const file = evalFile({ model })
      .replace('temperature: 0, max_tokens: 50', `stream: true, ${more}${bound}`)
      .replace('  parameters:', `${api === '' ? '' : `  ${api}\n`}  parameters:`)
    const { action, report, requests } = await outcome({
      base: { ...project({ cases: 4 }), 'evals/capital.eval.yaml': file },
      head: brief,
      llm: { answer: rightAnswer },
    })
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('pass')
    expect([requests, report?.evalSets[0]?.score.head]).toEqual([8, 100])
    expect(report?.evalSets[0]?.tokens.provenance).toBe('measured')
  })
})

describe('command targets', () => {
  const app = (line: string) => `import { createInterface } from 'node:readline'
for await (const line of createInterface({ input: process.stdin })) {
  const { id, vars } = JSON.parse(line)
  ${line}
}
`
  const say = (text: string) => app(`process.stdout.write('PARITY ' + JSON.stringify({ id, output: ${text} }) + '\\n')`)
  const files = (source: string) => ({
    'app/answer.mjs': source,
    'evals/app.eval.yaml': `name: app
target: { command: [node, app/answer.mjs] }
paths: [app/**]
cases: [{ id: a, vars: { q: one }, expected: ONE }, { id: b, vars: { q: two }, expected: TWO }, { id: c, vars: { q: three }, expected: THREE }]
scorers: [{ contains: "{{expected}}" }]
`,
  })

  it('runs each side in its own work tree', async () => {
    const { action, report } = await outcome({
      base: files(say('vars.q.toUpperCase()')),
      head: { 'app/answer.mjs': say('vars.q') },
    })
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('fail')
    expect(report?.evalSets[0]?.score).toMatchObject({ base: 100, head: 0 })
  })

  it('counts a crash of the head as broken, with its last words', async () => {
    const { action, report } = await outcome({
      base: files(say('vars.q.toUpperCase()')),
      head: { 'app/answer.mjs': "console.error('the index is missing')\nprocess.exit(3)\n" },
    })
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('fail')
    expect(action.code).toBe(1)
    expect(report?.evalSets[0]?.flips[0]?.head).toContain('the index is missing')
  })

  it('does not run when code is not allowed, and never passes silently', async () => {
    const { action, report } = await outcome({
      base: files(say('vars.q.toUpperCase()')),
      head: { 'app/answer.mjs': say('vars.q') },
      inputs: { 'allow-code': 'never' },
    })
    expect(action.outputs.verdict).toBe('not-measured')
    expect(action.code).toBe(3)
    expect(report?.notRun[0]?.why).toContain('allow-code')
  })
})

describe('http targets', () => {
  it('calls base and head at their own addresses', async () => {
    const server = createServer((request, response) => {
      const right = request.url?.startsWith('/base')
      request.resume().on('end', () => response.end(JSON.stringify({ answer: right ? 'Paris' : 'Lyon' })))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const file = (note: string) => `name: app # ${note}
target: { http: { base: "\${BASE_APP_URL}", head: "\${HEAD_APP_URL}", path: /answer, body: { question: "{{question}}" }, output: "$.answer" } }
paths: [app.txt]
cases: [{ id: a, vars: { question: capital }, expected: Paris }, { id: b, vars: { question: again }, expected: Paris }, { id: c, vars: { question: more }, expected: Paris }]
scorers: [{ equals: "{{expected}}" }]
`
    const { action, report } = await outcome({
      base: { 'app.txt': '1', 'evals/app.eval.yaml': file('one') },
      head: { 'app.txt': '2' },
      env: { BASE_APP_URL: `${url}/base`, HEAD_APP_URL: `${url}/head` },
    })
    await new Promise((resolve) => server.close(resolve))
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('fail')
    expect(report?.evalSets[0]?.flips.map((flip) => flip.head)).toEqual(['Lyon', 'Lyon', 'Lyon'])
  })
})

it('an application behind one address for both sides shows nothing of a change of its files', async () => {
  const file = `target: { http: { base: "\${BASE_APP_URL}", head: "\${HEAD_APP_URL}", path: /answer, body: { q: "{{q}}" }, output: "$" } }
paths: [app.txt]
cases: [{ id: a, vars: { q: x }, expected: y }]
scorers: [{ equals: "{{expected}}" }]
`
  const { action, report } = await outcome({
    base: { 'app.txt': '1', 'evals/app.eval.yaml': file },
    head: { 'app.txt': '2' },
    env: { BASE_APP_URL: 'http://127.0.0.1:9', HEAD_APP_URL: 'http://127.0.0.1:9' },
  })
  expect([action.outputs.verdict, report?.verdict.headline]).toEqual([
    'not-measured',
    expect.stringContaining('The application changed, but both sides would send the same requests'),
  ])
})

describe('judges', () => {
  it('ask for reason before label, once for equal answers', async () => {
    const judge = (context: Parameters<typeof rightAnswer>[0]) => {
      if (!context.prompt.includes('UNTRUSTED') && !context.prompt.includes('label'))
        return wrongWhen('brief', ['Italy'])(context)
      return JSON.stringify({
        reason: 'It names a city.',
        label: context.prompt.includes('whom you ask') ? 'fail' : 'pass',
      })
    }
    const { action, report, requests } = await outcome({
      base: {
        ...project({ cases: 6 }),
        'evals/capital.eval.yaml': evalFile().replace(
          '{ contains: "{{expected}}" }',
          '{ llm-rubric: { value: "Names one city.", model: openai/gpt-5-mini-2025-08-07 } }',
        ),
      },
      head: brief,
      llm: { answer: judge },
    })
    expect(action.outputs.verdict, action.stdout + action.stderr).not.toBe('not-measured')
    expect(report?.run.calls.judge).toBeGreaterThan(0)
    // Two answers of a pair that are equal are judged once; a re-run is judged anew, for judges waver, too.
    const pairs = report?.evalSets[0]?.pairs ?? 0
    const differing = (report?.run.calls.judge ?? 0) - pairs
    expect(report?.run.calls.target).toBe(2 * pairs)
    expect(differing).toBeGreaterThan(0)
    expect(differing).toBeLessThanOrEqual(pairs - 5)
    expect(report?.evalSets[0]?.judge).toBe('openai/gpt-5-mini-2025-08-07')
    expect(requests).toBe((report?.run.calls.target ?? 0) + (report?.run.calls.judge ?? 0))
  })
})

describe('a judge that cannot be read', () => {
  it('on the head alone is missing, never a broken case', async () => {
    const { action, report } = await outcome({
      base: {
        ...project({ cases: 3 }),
        'evals/capital.eval.yaml': evalFile().replace(
          '{ contains: "{{expected}}" }',
          '{ llm-rubric: { value: "Names one city.", model: openai/gpt-5-mini-2025-08-07 } }',
        ),
      },
      head: brief,
      llm: {
        answer: (context) => {
          if (!context.model.startsWith('gpt-5')) return context.prompt.includes('brief') ? 'City: Paris' : 'Paris'
          return context.prompt.includes('City:')
            ? 'I cannot say.'
            : JSON.stringify({ reason: 'A city.', label: 'pass' })
        },
      },
    })
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('not-measured')
    expect(action.code).toBe(3)
    expect(report?.evalSets[0]?.cases).toMatchObject({ paired: 0, missing: 3 })
  })
})

describe('the second stage for forks', () => {
  it('runs the reviewed commit as data and refuses one that moved', async () => {
    const scene: Scene = { base: project(), head: brief, llm: { answer: rightAnswer }, proposer: 'fork' }
    await using play = await stage(scene)
    const {
      permissions: _,
      secrets: __,
      ...event
    }: EventWithTrust = dispatchEvent({ sha: await play.repository.sha('main'), ref: 'refs/heads/main' })
    const keys = { OPENAI_API_KEY: 'sk-test-0123456789abcdef' }
    const second = await play.run({ event, env: keys, inputs: { pr: '7', sha: play.headSha } })
    expect(second.action.outputs.verdict, second.action.stdout + second.action.stderr).toBe('pass')
    expect(second.report?.trust).toBe('untrusted')
    const moved = await play.run({ event, env: keys, inputs: { pr: '7', sha: await play.repository.sha('main') } })
    expect(moved.action.code).toBe(2)
    expect(moved.action.stdout).toContain('has moved')
  })
})
