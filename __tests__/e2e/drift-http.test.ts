// An application behind a URL whose host is another one with every deployment: its history goes on.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { git } from '../fakes/git.ts'
import { startDays, watched } from './drift-days.ts'

const TIMEOUT = 120_000

/** Answers rightly, but for the first cases. */
async function deployed(broken = 0): Promise<{ readonly url: string; [Symbol.asyncDispose](): Promise<void> }> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      const id = /case (\d+)/.exec(body)?.[1] ?? ''
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ a: Number(id) < broken ? 'No.' : `It is right ${id}` }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function asked(path: string) {
  const files = watched({ cases: 20 })
  const url = (side: string) => `"\${${side}_APP_URL}"`
  const http = `  http: { base: ${url('BASE')}, head: ${url('HEAD')}, path: ${path}, body: {q: "{{question}}"}, output: "$.a", headers: {x-deployment: "\${APP_REVISION}"} }\n`
  const set = String(files['evals/support.eval.yaml']).replace(/ {2}prompt:[\s\S]*?(?=cases:)/, http)
  return { ...files, 'evals/support.eval.yaml': set }
}

describe('an http target whose address changes with every deployment', () => {
  it('keeps its baseline, and a fall is seen across deployments; another path is another content', {
    timeout: TIMEOUT,
  }, async () => {
    await using days = await startDays(asked('/answer'))
    await using first = await deployed()
    await using second = await deployed()
    await using worse = await deployed(8)
    const run = async (day: number, url: string) => {
      const env = { HEAD_APP_URL: url, BASE_APP_URL: url, APP_REVISION: `r${day}` }
      const { code, stderr } = await days.command(day, ['drift'], env)
      return { code, stderr, set: (await days.read()).set }
    }
    const made = await run(0, first.url)
    expect([made.code, made.set?.state, made.set?.baseline?.runs], made.stderr).toEqual([0, 'baseline', 10])
    const moved = await run(1, second.url)
    expect([moved.set?.state, moved.set?.baseline?.at]).toEqual(['in-band', made.set?.baseline?.at])
    expect((await run(2, worse.url)).set?.state).toBe('drift')
    await days.repository.commit(asked('/v2/answer'), 'Another path', { branch: 'main', from: 'main' })
    await git(days.workspace, ['pull', '--quiet', 'origin', 'main'])
    expect((await run(3, first.url)).set?.state).toBe('baseline')
  })
})
