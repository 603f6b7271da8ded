// What comes over the wire otherwise than most, through the shipped command line.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import { change } from './change.ts'
import { providers } from './launch.ts'
import { PROMPT, project, rightAnswer } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }

/** Passes on to the provider, and answers with the bytes that `write` makes of what came. */
async function between(url: string, write: (body: string) => { headers: Record<string, string>; bytes: Buffer }) {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { authorization = '' } = request.headers
    const headers = { 'content-type': 'application/json', authorization }
    const answer = await fetch(`${url}${request.url}`, { method: 'POST', headers, body: Buffer.concat(parts) })
    const written = write(await answer.text())
    response.writeHead(answer.status, { 'content-type': 'application/json', ...written.headers })
    response.end(written.bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe.concurrent('an answer', () => {
  it.each([
    [
      'compressed although nobody asked',
      (body: string) => ({ headers: { 'content-encoding': 'gzip' }, bytes: gzipSync(body) }),
    ],
    ['with a byte order mark', (body: string) => ({ headers: {}, bytes: Buffer.from(`\uFEFF${body}`) })],
  ])('%s is read', async (_how, write) => {
    await using llm = await startFakeLlm({ seed: 'wires', answer: rightAnswer })
    using way = await between(llm.url, write)
    const env = { ...providers(llm), OPENAI_BASE_URL: `${way.url}/v1` }
    const ran = await change(llm, { base: project({ cases: 3 }), head: BRIEF, env })
    expect([ran.code, ran.report?.run.calls.failed, ran.report?.evalSets[0]?.score.head]).toEqual([0, 0, 100])
  })
})

describe.concurrent('a term that Anthropic charges by', () => {
  const asking = (parameters: string, extra = '') => {
    const model = 'anthropic/claude-opus-4-6'
    const files = project({ cases: 3, model, extra })
    // Anthropic's published types have no temperature any more.
    const set = String(files['evals/capital.eval.yaml']).replace('temperature: 0, max_tokens: 50', parameters)
    return { ...files, 'evals/capital.eval.yaml': set }
  }
  const GATE = 'gates: { cost: { max_ratio: 1.05 } }\n'
  const run = async (head: string, args: readonly string[] = []) => {
    await using llm = await startFakeLlm({ seed: 'wires', answer: rightAnswer })
    const ran = await change(llm, {
      base: asking('max_tokens: 50', GATE),
      head: asking(`max_tokens: 50, ${head}`, GATE),
      args,
    })
    return { ...ran, violations: [...llm.violations] }
  }

  it('costs a tenth more in the US, which a cost gate sees', async () => {
    const ran = await run('inference_geo: us')
    const { base, head } = ran.report?.evalSets[0]?.cost.perRequestUsd ?? {}
    expect(ran.violations).toEqual([])
    expect(Number(head) / Number(base)).toBeCloseTo(1.1, 6)
    expect([ran.code, ran.rules]).toEqual([1, ['cost-ratio']])
  })

  it('has no known cost in fast mode, which a cost gate does not pass', async () => {
    const ran = await run('speed: fast')
    expect(ran.report?.evalSets[0]?.cost.state).toBe('unpriced')
    expect([ran.code, ran.rules, ran.report?.run.usd.target]).toEqual([1, ['unpriced'], null])
    expect(JSON.stringify(ran.report?.verdict.findings)).toContain('anthropic/claude-opus-4-6?speed=fast')
  })

  it('without a known price is refused under a cap, by the id of its price and before any call', async () => {
    const ran = await run('speed: fast', ['--max-usd', '1'])
    expect([ran.code, ran.requests.length]).toEqual([2, 0])
    expect(ran.stderr).toContain('anthropic/claude-opus-4-6?speed=fast')
  })

  it('is in the plan', async () => {
    const [list, us] = await Promise.all([
      run('inference_geo: global', ['--dry-run']),
      run('inference_geo: us', ['--dry-run']),
    ])
    const [one = 0, other = 0] = [list, us].map((ran) => Number(ran.report?.run.plan?.target.usd.worst))
    expect(one).toBeGreaterThan(0)
    expect(other).toBeCloseTo(one * 1.05, 9)
  })
})

describe.concurrent('a service tier', () => {
  const asking = (tier: string) => {
    const files = project({ cases: 3 })
    const set = files['evals/capital.eval.yaml']
    const tiered = String(set).replace('max_tokens: 50', `max_tokens: 50, service_tier: ${tier}`)
    return { ...files, 'evals/capital.eval.yaml': tiered }
  }
  const plan = async (tier: string, args: readonly string[]) => {
    await using llm = await startFakeLlm({ seed: 'wires', answer: rightAnswer })
    return change(llm, { base: asking(tier), head: BRIEF, args })
  }

  it('without a known price is refused under a cap, by its name and before any call', async () => {
    const ran = await plan('priority', ['--max-usd', '1'])
    expect([ran.code, ran.requests.length]).toEqual([2, 0])
    expect(ran.stderr).toContain('openai/gpt-4.1-2025-04-14 (service tier priority)')
    expect(ran.stderr).toContain('service tier whose price is not known')
  })

  it.each([
    ['flex', 'default', 2],
    ['default', 'flex', 0.5],
    ['flex', 'flex', 1],
    ['auto', 'default', 1],
  ])('that changes from %s to %s costs %f times as much', async (before, after, factor) => {
    await using llm = await startFakeLlm({ seed: 'wires', answer: rightAnswer })
    const head = { ...asking(after), 'prompts/capital.md': `${PROMPT}Be brief.\n` }
    const measured = await change(llm, { base: asking(before), head })
    const [set] = measured.report?.evalSets ?? []
    const { base = null, head: now = null } = set?.cost.perRequestUsd ?? {}
    // The prompt is some words longer.
    expect(Number(now) / Number(base) / factor).toBeCloseTo(1.03, 1)
    const dry = await change(llm, { base: asking(before), head, args: ['--dry-run'] })
    const estimated = dry.report?.estimate?.evalSets[0]?.perRequestUsd
    expect(Number(estimated?.head) / Number(estimated?.base) / factor).toBeCloseTo(1.03, 1)
  })

  it('at half the price is planned at half the price', async () => {
    const [list, flex] = await Promise.all([plan('default', ['--dry-run']), plan('flex', ['--dry-run'])])
    const [full = 0, half = 0] = [list, flex].map((ran) => Number(ran.report?.run.plan?.target.usd.worst))
    expect(full).toBeGreaterThan(0)
    expect(half).toBeCloseTo(full / 2, 9)
  })
})
