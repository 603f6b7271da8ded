// Values of the environment in prompts and in requests to applications, through the shipped action.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'
import { type Scene, stage } from './stage.ts'

const TOKEN = 'app-token-5f3a9c1e77'

async function played(scene: Scene) {
  await using play = await stage(scene)
  const done = await play.run()
  const texts = await Promise.all(['report.json', 'calls.jsonl', 'comment.md'].map((name) => done.file(name)))
  return { ...done, texts: texts.join('\n'), requests: play.llm.requests.map(({ body }) => JSON.stringify(body)) }
}

describe('env.NAME in a prompt', () => {
  const scene = (listed: string): Scene => ({
    base: { ...project({ cases: 4 }), 'parity.yaml': `environment: [${listed}]\n` },
    head: { 'prompts/capital.md': `${PROMPT}Shop: [{{ env.SHOP_NAME }}{{ env.APP_TOKEN }}].\n` },
    llm: { answer: rightAnswer },
    env: { SHOP_NAME: 'Foo', APP_TOKEN: TOKEN },
  })
  it('is what parity.yaml lists', async () => {
    const { report, requests } = await played(scene('SHOP_NAME'))
    expect(report?.verdict.outcome).toBe('pass')
    expect(requests.filter((body) => body.includes('Shop: [Foo].'))).toHaveLength(4)
  })
  it('is nothing of what it does not list, and no secret', async () => {
    expect((await played(scene('OTHER'))).requests.filter((body) => body.includes('Shop: [].'))).toHaveLength(4)
    const { requests, texts } = await played(scene('SHOP_NAME, APP_TOKEN'))
    expect(requests.filter((body) => body.includes('Shop: [Foo].'))).toHaveLength(4)
    expect(requests.join() + texts).not.toContain(TOKEN)
  })
})

describe('${NAME} in a request to an application', () => {
  const target = (listed: string, headers = 'authorization: "Bearer ${APP_TOKEN}"') => ({
    'evals/capital.eval.yaml': evalFile({}).replace(
      /target:[\s\S]*?(?=cases:)/,
      `target: { http: { base: "\${BASE_APP_URL}/base", head: "\${HEAD_APP_URL}/head", path: /answer, headers: { ${headers} }, output: "$.answer" } }\n`,
    ),
    'parity.yaml': `environment: [${listed}]\n`,
  })
  async function ran(files: ReturnType<typeof target>, scene: Partial<Scene> = {}) {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization)
      response.end('{"answer":"Paris"}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const env = { BASE_APP_URL: url, HEAD_APP_URL: url, APP_TOKEN: TOKEN, ...scene.env }
    const done = await played({
      base: { ...project({ cases: 4 }), ...files },
      head: { 'app/x.txt': 'x' },
      ...scene,
      env,
      inputs: { evals: 'all', ...scene.inputs },
    })
    await new Promise((resolve) => server.close(resolve))
    return { ...done, asked }
  }

  it('may be a secret that parity.yaml lists, which is kept nowhere', async () => {
    const { asked, texts, action } = await ran(target('APP_TOKEN'))
    expect(new Set(asked)).toEqual(new Set([`Bearer ${TOKEN}`]))
    expect(asked).toHaveLength(8)
    expect(texts + action.stdout).not.toContain(TOKEN)
  })

  it.each([
    ['a secret that is not listed', target('OTHER'), {}, 'APP_TOKEN, which looks like a secret and is not listed'],
    [
      'the key of a provider',
      target('OPENAI_API_KEY', 'a: "${OPENAI_API_KEY}"'),
      {},
      'OPENAI_API_KEY, which is the key of a provider',
    ],
    ['what is not set', target('APP_TOKEN'), { HEAD_APP_URL: '' }, 'HEAD_APP_URL, which is not set'],
  ])('ends the run before its first call: %s', async (_what, files, env, words) => {
    const { action, asked, report } = await ran(files, { env })
    expect([action.code, asked.length, report]).toEqual([2, 0, null])
    expect(action.stdout).toContain(words)
  })

  it('goes nowhere new with a secret where heads may not bring code', async () => {
    const files = target('APP_TOKEN')
    const moved = { 'evals/capital.eval.yaml': files['evals/capital.eval.yaml'].replace('/head', '/elsewhere') }
    const inputs = { 'allow-code': 'base' }
    expect((await ran(files, { inputs })).asked).toHaveLength(8)
    const { asked, action } = await ran(files, { inputs, head: moved })
    expect([asked.length, action.stdout.includes('looks like a secret and is not listed')]).toEqual([0, true])
    const listing = { 'parity.yaml': 'environment: [APP_TOKEN]\n' }
    expect((await ran(target('OTHER'), { inputs, head: listing })).asked).toEqual([])
  })
})
