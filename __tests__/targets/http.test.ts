import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json, Target } from '../../src/domain.ts'
import { systemClock } from '../../src/io/clock.ts'
import { createHttp } from '../../src/io/http.ts'
import { createProcesses } from '../../src/io/processes.ts'
import { callHttp } from '../../src/targets/http.ts'
import { createReplay } from '../../src/targets/replay.ts'
import { createTargets } from '../../src/targets/targets.ts'
import { chatBody, type Handler, request, serve, trial } from './requests.ts'

const http = createHttp({ environment: () => undefined })
let handler: Handler
let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  server = await serve((body, response, incoming) => handler(body, response, incoming))
})
afterAll(async () => {
  http.close()
  await server.close()
})
const context = { trial: trial(), timeoutMs: 5000, signal: new AbortController().signal }
async function ask(wire: { [name: string]: Json } = {}) {
  const application = {
    method: 'POST',
    url: `${server.url}/answer`,
    headers: {},
    output: '$.answer',
    body: { q: 1 },
    ...wire,
  }
  const asked = request({
    kind: 'http',
    provider: 'http',
    model: null,
    endpoint: 'application',
    messages: [],
    application,
  })
  const { outcome } = await callHttp(asked, { http, clock: systemClock, context, withoutKeys: (text) => text })
  return outcome.state === 'answered' ? outcome.answer.text : `${outcome.failure.kind} ${outcome.failure.cause}`
}

describe('http target', () => {
  it('sends what was rendered and reads the answer at its path', async () => {
    handler = (body, response, { method, url, headers }) =>
      response.end(
        JSON.stringify({ answer: { body, method, url, team: headers['x-team'], type: headers['content-type'] } }),
      )
    expect(JSON.parse(await ask({ headers: { 'X-Team': 's' } }))).toEqual({
      body: '{"q":1}',
      method: 'POST',
      url: '/answer',
      team: 's',
      type: 'application/json',
    })
    expect(JSON.parse(await ask({ body: 'a=b', headers: { 'Content-Type': 'text/plain' } }))).toMatchObject({
      body: 'a=b',
      type: 'text/plain',
    })
  })

  it('$ is the whole body, JSON or not', async () => {
    handler = (_body, response) => response.end('plain words')
    expect(await ask({ output: '$' })).toBe('plain words')
    handler = (_body, response) => response.end('{"a": 1}')
    expect(await ask({ output: '$' })).toBe('{"a":1}')
  })

  it.each([
    [500, '', 'transient server'],
    [503, '{}', 'transient server'],
    [429, '', 'transient rate-limit'],
    [401, '', 'transient authentication'],
    [402, '', 'behavioural application-error'],
    [403, '{"detail":"not for this customer"}', 'behavioural application-error'],
    [404, '', 'behavioural application-error'],
    [409, '', 'behavioural application-error'],
    [412, '', 'behavioural application-error'],
    [422, '{"error":{"code":"insufficient_quota"}}', 'behavioural application-error'],
    [425, '', 'transient server'],
    [422, '{"detail":[]}', 'behavioural application-error'],
    [302, '', 'transient malformed-answer'],
    [200, 'not json', 'behavioural application-garbage'],
    [200, '{"other":1}', 'behavioural application-garbage'],
    [200, '{"answer":null}', 'behavioural application-garbage'],
    [200, '{"answer":""}', ''],
    [200, '{"answer":0}', '0'],
  ])('status %i with %j is %j', async (status, body, expected) => {
    handler = (_body, response) => void response.writeHead(status).end(body)
    expect(await ask()).toBe(expected)
  })

  it.each([
    [{ method: 'DELETE' }, 'uses the method DELETE'],
    [{ url: 'file:///etc/passwd' }, 'no URL'],
    [{ url: '/relative' }, 'no URL'],
  ])('%j is an error of the eval set', async (wire, message) => {
    await expect(ask(wire)).rejects.toThrow(message)
  })
})

describe('the table of targets', () => {
  const target: Target = { kind: 'command', command: ['/no/such/app'], perCase: false, workers: 1, environment: [] }
  const targets = createTargets({
    http,
    clock: systemClock,
    processes: createProcesses(),
    workTrees: { directory: async () => '/' },
    environment: () => undefined,
    endpoints: {
      environment: (name) => ({ OPENAI_BASE_URL: `${server.url}/v1`, OPENAI_API_KEY: 'k' })[name],
      credentialFile: () => null,
      configProviders: {},
    },
    noteSecret: () => {},
    withoutKeys: (text) => text,
    targetOf: () => target,
    replayOf: () => createReplay([{ case: 'c1', output: 'recorded' }]),
  })
  const outcomeOf = async (asked: ReturnType<typeof request>) => (await targets.call(asked, context)).outcome

  it('sends each kind of request where it belongs', async () => {
    handler = (_body, response, { url }) => response.end(chatBody(`at ${url}`))
    expect(await outcomeOf(request())).toMatchObject({
      answer: { text: 'at /v1/chat/completions', latencyMs: expect.any(Number) },
    })
    expect(await outcomeOf(request({ kind: 'replay' }))).toMatchObject({ answer: { text: 'recorded' } })
    expect(await outcomeOf(request({ kind: 'echo' }))).toMatchObject({ failure: { cause: 'echo' } })
    const command = request({
      kind: 'command',
      endpoint: 'application',
      application: { input: { id: 'c1', vars: {} } },
    })
    expect(await outcomeOf(command)).toMatchObject({ failure: { cause: 'application-crash' } })
    targets.close()
  })

  it('a provider without a usable endpoint is the user’s error', async () => {
    await expect(outcomeOf(request({ provider: 'anthropic' }))).rejects.toThrow('ANTHROPIC_API_KEY')
  })
})
