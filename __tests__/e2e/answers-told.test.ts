// What a provider says of an answer beside its text: it is booked and written down whatever became of the answer, and what has no
// price is told by its cause.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import { application, callsOf, INSTRUCTION, runApplication, SDKS } from './application.ts'
import { checkout } from './calm.ts'
import { PROMPT, project, rightAnswer } from './project.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }

type Said = { readonly content?: string; readonly finish_reason?: string; readonly usage?: object }
type Spoken = (prompt: string) => Said

/** A provider of few words; `isStream`: it sends all of an answer in one event, as gateways that cannot stream do. */
async function provider(say: Spoken, isStream = false) {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const prompt = Buffer.concat(parts).toString('utf8')
    const { content = '', finish_reason = 'stop', usage = USAGE } = say(prompt)
    const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason }]
    const model = 'gpt-4.1-2025-04-14'
    const body = JSON.stringify({ id: 'chatcmpl-7', system_fingerprint: 'fp_7', model, choices, usage })
    const type = isStream ? 'text/event-stream' : 'application/json'
    response.writeHead(200, { 'content-type': type, 'x-request-id': 'req_7' })
    response.end(isStream ? `data: ${body}\n\ndata: [DONE]\n\n` : body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function told(say: Spoken, isStream = false) {
  await using llm = await startFakeLlm({ seed: 'told' })
  await using there = await provider(say, isStream)
  await using place = await checkout(project({ cases: 8 }), BRIEF)
  const reportDir = await place.scratch()
  const ran = await place.run(llm, { reportDir, env: { OPENAI_BASE_URL: there.url } })
  const lines = (await readFile(join(reportDir, 'calls.jsonl'), 'utf8')).trim().split('\n')
  const calls = lines.map((line) => JSON.parse(line) as { readonly [name: string]: unknown })
  const open = ran.report?.run.notes.filter((note) => note.startsWith('Not in the cost'))
  return { ...ran, open, of: (id: string) => calls.filter((call) => call['parity.case'] === id) }
}
const right: Spoken = (prompt) => ({ content: rightAnswer({ prompt } as Parameters<typeof rightAnswer>[0]) as string })

it('an answer that was filtered whole is paid for, and has all but its text', async () => {
  const filtered = { finish_reason: 'content_filter' }
  const ran = await told((prompt) => (prompt.includes('France') ? filtered : right(prompt)))
  expect([ran.code, ran.report?.verdict.outcome, ran.open], ran.stderr).toEqual([0, 'pass', []])
  // 16 calls of $2 and $8 a million tokens.
  expect(ran.report?.run.usd.target).toBe('0.00576')
  const [one, other] = [ran.of('france')[0], ran.of('italy')[0]]
  const same = [
    ...['gen_ai.response.model', 'gen_ai.response.id', 'gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens'],
    ...['parity.system_fingerprint', 'parity.http_request_id', 'parity.cost_usd'],
  ]
  for (const name of same) expect([name, one?.[name]]).toEqual([name, other?.[name]])
  expect(one).toMatchObject({
    'gen_ai.response.id': 'chatcmpl-7',
    'parity.http_request_id': 'req_7',
    'gen_ai.response.finish_reasons': ['content_filter'],
    'parity.cost_usd': '0.00036',
    'parity.error.cause': 'content-filter',
  })
  expect(ran.report?.evalSets[0]?.cost.perRequestUsd).toMatchObject({ base: '0.00036', head: '0.00036' })
})

it('answers without a price are told by their cause, with the remedy where there is one', async () => {
  const audio = { ...USAGE, prompt_tokens_details: { audio_tokens: 40 } }
  const false_ = { ...USAGE, prompt_tokens_details: { cached_tokens: 500 } }
  const ran = await told((prompt) => ({
    ...right(prompt),
    ...(prompt.includes('France') || prompt.includes('Italy') ? { usage: audio } : {}),
    ...(prompt.includes('Austria') ? { usage: false_ } : {}),
  }))
  expect(ran.open, ran.stderr).toEqual([
    expect.stringMatching(
      /run: 4 answers: no price is known for audio input tokens \(openai\/gpt-4\.1-2025-04-14; add it to `prices:` with `audio_input`\), and 2 answers: the token counts contradict each other \(openai\/gpt-4\.1-2025-04-14\)\. At most \$0\.\d+ may be billed for that\.$/,
    ),
  ])
  expect(JSON.stringify(ran.report?.run.notes)).not.toContain('service tier')
})

it('a stream that holds a whole answer is that answer', async () => {
  const ran = await told(right, true)
  expect([ran.code, ran.report?.evalSets[0]?.score], ran.stderr).toMatchObject([0, { base: 100, head: 100 }])
  expect([ran.open, ran.report?.run.usd.target]).toEqual([[], '0.00576'])
})

it('a call of an application that was filtered whole is counted among its calls', async () => {
  // The SDK gives it an answer without a text, and the application makes one of its own.
  const answer = `${SDKS['OpenAI, Chat']?.answer}`.replace('.message.content', '.message.content || "Paris"')
  const when = ({ prompt }: { readonly prompt: string }) => prompt.includes('France')
  const trees = { base: application({ answer }), head: { 'app/prompt.txt': `${INSTRUCTION} Be brief.` } }
  const ran = await runApplication(trees, { faults: [{ kind: 'content-filter-answer', when }] })
  expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
  const calls = callsOf(ran).filter((one) => one['parity.purpose'] === 'model')
  const filtered = calls.filter((one) => one['parity.error.cause'] === 'content-filter')
  expect([calls.length, filtered.length]).toEqual([12, 2])
  for (const call of filtered)
    expect([typeof call['gen_ai.usage.input_tokens'], call['parity.cost_usd']]).toEqual([
      'number',
      expect.stringMatching(/^0\.0+[1-9]/),
    ])
  expect(ran.report?.run.notes.filter((note) => note.startsWith('Not in the cost'))).toEqual([])
  // Of all calls, and so of none too few.
  const sum = calls.reduce((all, call) => all + Number(call['parity.cost_usd']), 0)
  expect(Number(ran.report?.run.usd.target)).toBeCloseTo(sum, 9)
})
