// What goes wrong between an application and its provider, through the shipped program: the application must see as little of it
// as can be, and its side is never blamed for an outage.

import { describe, expect, it } from 'vitest'
import { type LlmFault, startFakeLlm } from '../fakes/llm.ts'
import { createRepository } from '../fakes/repository.ts'
import { application, appSource, callsOf, INSTRUCTION, runApplication as run, SDKS } from './application.ts'
import { cli, KEYS, mostMs, providers } from './launch.ts'
import { rightAnswer } from './project.ts'

const BRIEF = { 'app/prompt.txt': `${INSTRUCTION} Be brief.` }
const answerOf = (sdk: string) => SDKS[sdk]?.answer ?? ''
const CHAT = answerOf('OpenAI, Chat')
const STREAM = answerOf('OpenAI, Chat streamed with counts')

describe.concurrent('the key', () => {
  it('is nowhere in the application, whatever it lists, and its setup has not even a token', async () => {
    const answer = `const client = ${'new (require("openai"))()'}
  const said = await client.chat.completions.create({ model: 'gpt-4.1-2025-04-14', messages: [{ role: 'user', content: prompt + vars.question }] })
  return said.choices[0].message.content + ' ' + JSON.stringify(process.env) + readFileSync('setup.txt', 'utf8')`
    const target = `, environment: [OPENAI_API_KEY, ANTHROPIC_API_KEY, MY_COPY, OTHER], setup: [node, -e, "require('fs').writeFileSync('setup.txt', JSON.stringify(process.env))"]`
    // A wrong answer is shown in the report; the pattern of tokens is not what hides the key.
    const ran = await run({
      base: application({ answer, target, count: 3 }),
      head: BRIEF,
      env: { MY_COPY: `Bearer ${KEYS.OPENAI_API_KEY}`, OTHER: 'kept' },
    })
    expect(ran.code, ran.stderr).toBe(0)
    const outputs = callsOf(ran)
      .filter((one) => one['parity.purpose'] === 'target')
      .map((one) => String(one['gen_ai.output.messages']))
    expect(outputs).toHaveLength(6)
    for (const output of outputs) {
      expect(output).toContain('"OTHER":"kept"')
      expect(output).toContain('"MY_COPY":"Bearer ')
      expect(output).not.toContain('configured key')
      expect(output).not.toContain(KEYS.OPENAI_API_KEY)
    }
  })
})

describe.concurrent('a fault of the provider is repaired before the application sees it', () => {
  const faults: readonly (readonly [string, LlmFault])[] = [
    ['429 with Retry-After', { kind: 'rate-limit', retryAfter: 1 }],
    ['429 without a word', { kind: 'rate-limit', retryAfter: 'none' }],
    ['500', { kind: 'server-error' }],
    ['503 as a page', { kind: 'html' }],
    ['a reset', { kind: 'reset' }],
    ['half an answer', { kind: 'truncated' }],
    ['broken JSON', { kind: 'broken-json' }],
    ['an error with status 200', { kind: 'error-in-200' }],
    ['an empty answer', { kind: 'empty' }],
  ]
  it.each(faults)('%s', async (_name, fault) => {
    const ran = await run(
      { base: application({ answer: CHAT }), head: BRIEF },
      { faults: [{ ...fault, firstAttempts: 1, share: 0.5 }] },
    )
    expect(Object.values(ran.stats.byFault).reduce((a, b) => a + b, 0)).toBeGreaterThan(0)
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    expect(ran.report?.evalSets[0]?.cases).toMatchObject({ paired: 6, missing: 0 })
    expect(ran.report?.evalSets[0]?.score).toMatchObject({ base: 100, head: 100 })
    // The application's runs were made once each: what was repeated are single calls.
    const { model = 0, ...calls } = ran.report?.run.calls ?? {}
    expect(calls).toMatchObject({ target: 12, failed: 0, retried: model - 12 })
    expect(model).toBeGreaterThan(12)
    expect(ran.stats.earlyRetries).toBe(0)
  })

  it.each([
    ['429', { kind: 'rate-limit', retryAfter: 1 }],
    ['500', { kind: 'server-error' }],
    ['a reset', { kind: 'reset' }],
  ] as const)('%s before a stream begins', async (_name, fault) => {
    const ran = await run(
      { base: application({ answer: STREAM }), head: BRIEF },
      { faults: [{ ...fault, firstAttempts: 1 }] },
    )
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    expect(ran.report?.run.calls).toMatchObject({ target: 12, model: 24, failed: 0, retried: 12 })
  })

  it('a stream that is cut fails the run of the case, which is made again', async () => {
    const ran = await run(
      { base: application({ answer: STREAM }), head: BRIEF },
      { faults: [{ kind: 'truncated', firstAttempts: 1 }] },
    )
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    expect(ran.report?.evalSets[0]?.cases).toMatchObject({ paired: 6, missing: 0 })
    expect(ran.report?.run.calls).toMatchObject({ retried: 12, failed: 0 })
  })

  it('a hang is given up long before its timeout, once answers have shown how long they take', async () => {
    const ran = await run(
      { base: application({ answer: CHAT, count: 40 }), head: BRIEF },
      {
        faults: [
          {
            kind: 'hang',
            firstAttempts: 1,
            when: ({ prompt }) => /Ghana|Peru|Cuba/.test(prompt) && /question/.test(prompt),
          },
        ],
      },
    )
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    expect(ran.report?.evalSets[0]?.cases.missing).toBe(0)
    expect(ran.stats.byFault.hang).toBeGreaterThan(0)
  })
})

describe.concurrent('an outage is never a regression', () => {
  it('with an application that says sorry, and is scored for that nowhere', async () => {
    const answer = `try { ${CHAT} } catch { return 'Sorry, I cannot say.' }`
    const ran = await run({ base: application({ answer, count: 3 }), head: BRIEF }, { down: true })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    expect(ran.report?.evalSets[0]?.flips).toEqual([])
    expect(JSON.stringify(ran.report?.evalSets[0]?.missing)).toContain('503')
  })

  it('a key that the provider refuses is no regression either', async () => {
    const ran = await run({ base: application({ answer: CHAT, count: 3 }), head: BRIEF }, { apiKeys: ['another'] })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    expect(JSON.stringify(ran.report?.evalSets[0]?.missing)).toContain('401')
  })
})

describe.concurrent('what the head asks wrongly is its own doing', () => {
  it('a misspelt model breaks every case, in the provider’s words', async () => {
    const base = application({ answer: CHAT })
    const head = {
      'app/answer.mjs': (base['app/answer.mjs'] as string).replace('gpt-4.1-2025-04-14', 'gpt-4.1-2025-04-41'),
    }
    const ran = await run({ base, head }, { knownModels: ['gpt-4.1-2025-04-14'] })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
    expect(ran.report?.evalSets[0]?.cases.missing).toBe(0)
    expect(ran.report?.evalSets[0]?.flips).toHaveLength(6)
    expect(JSON.stringify(ran.report?.evalSets[0]?.flips)).toContain('gpt-4.1-2025-04-41')
    expect(ran.report?.run.calls.retried).toBe(0)
  })
})

describe.concurrent('the spend cap', () => {
  it('is kept by the application’s calls, ends them with a clear error, and the run is not measured', async () => {
    const answer = `try { ${CHAT.replace('{ model, messages }', '{ model, messages, max_completion_tokens: 100 }')} } catch (error) { process.stderr.write(error.message + '\\n'); throw error }`
    const ran = await run({ base: application({ answer, count: 20 }), head: BRIEF, args: ['--max-usd', '0.003'] })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    expect(ran.report?.run.spendCap).toBe('0.003')
    expect(Number(ran.report?.run.usd.target)).toBeLessThanOrEqual(0.003)
    expect(Number(ran.report?.run.usd.target)).toBeGreaterThan(0)
    expect(ran.stats.requests).toBeLessThan(40)
    expect(ran.report?.evalSets[0]?.flips).toEqual([])
    expect(JSON.stringify(ran.report?.evalSets[0]?.missing)).toContain('spend cap')
  })

  it('cannot be kept with a model without a price: the call is refused with the remedy', async () => {
    const answer = CHAT.replace('gpt-4.1-2025-04-14', 'house-model-7')
    const ran = await run({ base: application({ answer, count: 3 }), head: BRIEF, args: ['--max-usd', '1'] })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    expect(ran.stats.requests).toBe(0)
    expect(JSON.stringify(ran.report?.evalSets[0]?.missing)).toContain('openai/house-model-7')
  })

  it('does not stand in the way of many workers at once', async () => {
    const ran = await run({
      base: application({ answer: CHAT, count: 20, target: ', workers: 8' }),
      head: BRIEF,
      args: ['--max-usd', '0.2'],
    })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    expect(ran.report?.run.calls.model).toBe(40)
  })
})

describe.concurrent('a prompt that changes nothing that is asked', () => {
  it('is not comparable: the application uses another one', async () => {
    const answer = CHAT.replace('content: prompt', `content: 'Name the city.'`)
    const ran = await run({ base: application({ answer }), head: BRIEF })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    expect(ran.report?.evalSets[0]?.outcome).toBe('not-comparable')
    expect(ran.rules).toContain('not-comparable')
    expect(JSON.stringify(ran.report?.verdict.findings)).toContain('sent the same requests')
  })

  it('a change of the code alone is exempt', async () => {
    const base = application({ answer: CHAT })
    const ran = await run({ base, head: { 'app/answer.mjs': `${base['app/answer.mjs']}// nothing\n` } })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
  })
})

describe.concurrent('what an application does with several calls', () => {
  it('is counted, priced by each model, and stands in the report', async () => {
    const answer = `const OpenAI = require('openai')
  const client = new OpenAI()
  const ask = (model, text) => client.chat.completions.create({ model, messages: [{ role: 'system', content: prompt }, { role: 'user', content: text }] })
  const [a, b] = await Promise.all([ask('gpt-4.1-2025-04-14', vars.question), ask('gpt-4.1-nano-2025-04-14', 'Again: ' + vars.question)])
  return { output: a.choices[0].message.content + b.choices[0].message.content, usage: { input: 1, output: 1 }, model: 'a-lie',
    retrieved: [{ id: 'doc-1', text: 'A city.', score: 0.5 }], tool_calls: [{ name: 'look', arguments: { at: 'map' } }], timings: { retrieval: 12, inference: 34 } }`
    const ran = await run({ base: application({ answer }), head: BRIEF })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    const [set] = ran.report?.evalSets ?? []
    expect(ran.report?.run.calls).toMatchObject({ target: 12, model: 24 })
    expect(((set?.tokens.input.base ?? 0) + (set?.tokens.input.head ?? 0)) * 6).toBeCloseTo(ran.stats.usage.input, 3)
    expect(set?.latency.stages).toContainEqual({ stage: 'retrieval', base: 12, head: 12 })
    expect(set?.latency.stages).toContainEqual({ stage: 'inference', base: 34, head: 34 })
    const models = callsOf(ran).filter((one) => one['parity.purpose'] === 'model')
    const sum = models.reduce((total, one) => total + Number(one['parity.cost_usd']), 0)
    expect(Number(ran.report?.run.usd.target)).toBeCloseTo(sum, 9)
    expect((Number(set?.cost.perRequestUsd.base) + Number(set?.cost.perRequestUsd.head)) * 6).toBeCloseTo(sum, 6)
    expect(new Set(models.map((one) => one['gen_ai.request.model'])).size).toBe(2)
    expect(set?.prompts?.head).toContain('call 2 of 2')
    const html = ran.files.find(({ path }) => path.endsWith('report.html'))?.text ?? ''
    expect(html).toContain('Be brief.')
  })
})

describe.concurrent('a case that broke', () => {
  it('shows how each side came to its answer', async () => {
    const answer = (city: string) => `const OpenAI = require('openai')
  await new OpenAI().chat.completions.create({ model: 'gpt-4.1-2025-04-14', messages: [{ role: 'user', content: prompt }] })
  return { output: ${city}, retrieved: [{ id: 'atlas-' + vars.question.length, score: 0.75 }], tool_calls: [{ name: 'look', arguments: { at: '<script>alert(1)</script>' } }], timings: { retrieval: 12 } }`
    const right = answer('"Paris Rome Vienna Lisbon Athens Warsaw"')
    const ran = await run({
      base: application({ answer: right }),
      head: { 'app/answer.mjs': appSource(answer('"I do not know"')) },
    })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
    const [flip] = ran.report?.evalSets[0]?.flips ?? []
    for (const side of ['base', 'head'] as const) {
      expect(flip?.trace?.[side]).toMatch(
        /retrieved: atlas-\d+ \(0\.75\)\ntool: look\(.*\ntimes: .*retrieval 12 ms.*\ncall: openai\/gpt-4\.1-2025-04-14, \d+ \+ \d+ tokens/,
      )
    }
    const html = ran.files.find(({ path }) => path.endsWith('report.html'))?.text ?? ''
    expect(html).toContain('How it came to that')
    expect(html).not.toContain('<script>alert')
    const line = callsOf(ran).find((one) => one['parity.purpose'] === 'target')
    expect(line).toMatchObject({
      'parity.retrieved': [{ score: 0.75 }],
      'parity.model_calls': 1,
      'parity.tool_calls': [{ name: 'look' }],
    })
  })
})

describe('a run that is killed', () => {
  it('is taken up where it was: only cases in flight run again, with the same figures', async () => {
    await using repository = await createRepository({ files: application({ answer: CHAT, count: 20 }) })
    await repository.commit(BRIEF, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    await using llm = await startFakeLlm({ seed: 'kill', answer: rightAnswer, latency: 60 })
    const args = ['run', '--base', 'origin/main', '--head', 'HEAD', '--format', 'json']
    const when = () => llm.stats().answered >= 12
    const killed = await cli(args, { cwd, env: providers(llm), kill: { when, signal: 'SIGKILL' } })
    expect(killed.code).toBeNull()
    const first = llm.stats().requests
    llm.reset()
    const again = await cli(args, { cwd, env: providers(llm) })
    expect(again.code, again.stderr).toBe(0)
    const { stored, lost, target, model } = JSON.parse(again.stdout).run.calls
    expect(stored + target).toBe(40)
    expect([llm.requests.length, model]).toEqual([target, target])
    // At most eight processes had a case in hand.
    expect(target).toBeLessThanOrEqual(40 - first + 8)
    expect(lost).toBeLessThanOrEqual(8)
    llm.reset()
    const third = await cli(args, { cwd, env: providers(llm) })
    expect(llm.requests).toEqual([])
    const [two, three] = [JSON.parse(again.stdout).evalSets[0], JSON.parse(third.stdout).evalSets[0]]
    for (const part of ['score', 'tokens', 'prompts', 'latency'] as const) expect(three[part]).toEqual(two[part])
    expect(three.cost.perRequestUsd).toEqual(two.cost.perRequestUsd)
  })

  it('by hand, in the middle of calls: a partial report with what was spent', async () => {
    await using repository = await createRepository({ files: application({ answer: CHAT, count: 40 }) })
    await repository.commit(BRIEF, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    await using llm = await startFakeLlm({ seed: 'stop', answer: rightAnswer, latency: 200 })
    const args = ['run', '--base', 'origin/main', '--head', 'HEAD', '--format', 'json']
    const when = () => llm.stats().answered >= 10
    const ran = await cli(args, { cwd, env: providers(llm), kill: { when, signal: 'SIGINT' } })
    expect(ran.killedMs).toBeLessThan(mostMs(ran.durationMs, ran.killedMs))
    const report = JSON.parse(ran.stdout)
    expect([ran.code, report.verdict.outcome]).toEqual([3, 'not-measured'])
    expect(report.run.incomplete.done).toBeLessThan(80)
    expect(Number(report.run.usd.target)).toBeGreaterThan(0)
  })
})
