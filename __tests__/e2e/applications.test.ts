// Real applications with the official SDKs behind the recording proxy, through the shipped program and against the fake
// provider, which checks every request that reaches it.

import { describe, expect, it } from 'vitest'
import { application, appSource, callsOf, INSTRUCTION, runApplication as run, SDKS } from './application.ts'
import { KEYS } from './launch.ts'

const HEAD_PROMPT = `${INSTRUCTION} Be brief.`
const BRIEF = { 'app/prompt.txt': HEAD_PROMPT }
const CASES = 6

describe('a model without a price under a cap', () => {
  it('ends the run with the remedy, at the first call that asks for it, and no cap was reached', async () => {
    const answer = `${SDKS['OpenAI, Chat']?.answer}`.replace(
      "const model = 'gpt-4.1-2025-04-14'",
      "const model = prompt.includes('brief') ? 'house-9' : 'gpt-4.1-2025-04-14'",
    )
    const ran = await run({ base: application({ answer, count: 20 }), head: BRIEF, args: ['--max-usd', '1'] })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    const why = 'a spend cap of $1 is set, but the price of openai/house-9, which an application asks for, is not known'
    expect(ran.report?.verdict.headline).toContain(why)
    expect(ran.report?.run.incomplete?.reason).toContain(why)
    const found = ran.report?.verdict.findings.find(({ rule }) => rule === 'spend-cap')
    expect(found).toMatchObject({ message: expect.stringContaining(why), remedy: expect.stringContaining('`prices:`') })
    expect(JSON.stringify(ran.report)).not.toContain('reached')
    expect(ran.stats.requests).toBeLessThan(20)
  })
})

describe.concurrent('an application with an SDK', () => {
  it.each(Object.entries(SDKS))('%s is seen, measured and priced', async (_name, { answer, path, counted }) => {
    const ran = await run({ base: application({ answer, target: ', workers: 1' }), head: BRIEF })
    expect(ran.violations).toEqual([])
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr + ran.stdout).toEqual([0, 'pass'])
    const [set] = ran.report?.evalSets ?? []
    expect(set?.score).toMatchObject({ base: 100, head: 100 })
    expect(new Set(ran.requests.map((one) => one.path))).toEqual(new Set([path]))
    expect(ran.stats).toMatchObject({ requests: 2 * CASES, answered: 2 * CASES })
    expect(ran.report?.run.calls).toMatchObject({ target: 2 * CASES, model: 2 * CASES, failed: 0, retried: 0 })
    expect(set?.tokens.provenance).toBe(counted)
    if (counted === 'measured') {
      const mean = ran.stats.usage.input / (2 * CASES)
      expect(((set?.tokens.input.base ?? 0) + (set?.tokens.input.head ?? 0)) / 2).toBeCloseTo(mean, 6)
    }
    expect(set?.cost.perRequestUsd.head).toMatch(/^0\.0+[1-9]/)
    expect(ran.report?.run.usd.target).toMatch(/^0\.0+[1-9]/)
    expect(set?.prompts?.base).toContain(INSTRUCTION)
    expect(set?.prompts?.head).toContain(HEAD_PROMPT)
    expect(set?.latency.stages.map((one) => one.stage)).toContain('model calls')
    const models = callsOf(ran).filter((one) => one['parity.purpose'] === 'model')
    expect(models).toHaveLength(2 * CASES)
    expect(
      models.every((one) => typeof one['gen_ai.usage.input_tokens'] === 'number' && one['parity.latency_ms'] !== null),
    ).toBe(true)
    for (const { text } of ran.files) for (const key of Object.values(KEYS)) expect(text).not.toContain(key)
  })
})

describe('a call that is made once more for the application', () => {
  it('is counted as a retry, and is no further call of the application', async () => {
    const answer = SDKS['OpenAI, Chat']?.answer ?? ''
    const ran = await run(
      { base: application({ answer }), head: BRIEF },
      { faults: [{ kind: 'server-error', firstAttempts: 1 }] },
    )
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    expect(ran.report?.run.calls).toMatchObject({ target: 2 * CASES, model: 4 * CASES, retried: 2 * CASES, failed: 0 })
    expect(ran.report?.run.notes).toContain(
      `The applications made ${2 * CASES} calls of models through the recording proxy.`,
    )
  })
})

describe('a call that the application lets go', () => {
  it('has no cost that anybody knows, so that the side has none either', async () => {
    const right = SDKS['OpenAI, Chat']?.answer ?? ''
    const hedged = right.replace(
      'return',
      `await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'SLOW' }] }, { signal: AbortSignal.timeout(500) }).catch(() => undefined)
  return`,
    )
    const ran = await run(
      { base: application({ answer: right }), head: { 'app/answer.mjs': appSource(hedged) } },
      { faults: [{ kind: 'hang', when: ({ prompt }) => prompt.includes('SLOW') }] },
    )
    const [set] = ran.report?.evalSets ?? []
    expect([ran.code, set?.score.head], ran.stderr).toEqual([0, 100])
    expect(set?.cost.perRequestUsd).toMatchObject({ head: null, delta: null })
  })
})

describe.concurrent('what a process does beside answering', () => {
  const right = "return 'Paris Rome Vienna Lisbon'"
  const loud = `console.error('token ghp_abcdefghijklmnopqrstuvwxyz0123456789 of ' + vars.question.length)
  setImmediate(() => { throw new Error('floating') })
  ${right}`
  const base = application({ answer: right, count: 8, target: ', workers: 2' })

  it('an end with an error after the answer is told of the head, in every form of the report', async () => {
    const ran = await run({ base, head: { 'app/answer.mjs': appSource(loud) } })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    const found = ran.report?.verdict.findings.find(({ rule }) => rule === 'application-ended')
    expect(found).toMatchObject({ level: 'warn', evalSet: 'app', threshold: '0' })
    expect(found?.message).toMatch(
      /ended [1-8] times? on the head after they had answered, 0 times on the base: the application exited with code 1; it wrote: .*Error: floating/,
    )
    for (const file of ['comment.md', 'summary.md', 'report.html', 'report.json']) {
      const text = ran.files.find(({ path }) => path.endsWith(`/${file}`))?.text ?? ''
      expect(text, file).toContain('application-ended')
      expect(text, file).not.toContain('ghp_abc')
    }
  })

  it('where both sides do it, a note says so', async () => {
    const both = application({ answer: loud, count: 8, target: ', workers: 2' })
    const ran = await run({ base: both, head: BRIEF })
    expect(ran.rules).not.toContain('application-ended')
    expect(ran.report?.run.notes.join('\n')).toMatch(
      /ended after they had answered, [1-8] times? on the base and [1-8] times? on the head/,
    )
  })

  it('a second answer to a question is told, and is not the answer of a later run of the case', async () => {
    // It comes before the next answer, whatever is asked, or a little later.
    const late = `const flush = () => { if (globalThis.late) say(globalThis.late); globalThis.late = undefined }
  flush()
  if (!vars.question.includes('France')) { ${right} }
  say({ id, output: 'wrong first' })
  globalThis.late = { id, output: 'Paris Rome Vienna Lisbon' }
  setTimeout(flush, 20)`
    const one = application({ answer: right, count: 4, target: ', workers: 1' })
    const ran = await run({ base: one, head: { 'app/answer.mjs': appSource(late) } })
    expect(ran.report?.evalSets[0]?.flips[0]?.kind, ran.stderr).toBe('broken')
    const said = callsOf(ran).filter(
      (call) => call['parity.side'] === 'head' && JSON.stringify(call).includes('wrong first'),
    )
    const others = callsOf(ran).filter(
      (call) => said.some((wrong) => wrong['parity.case'] === call['parity.case']) && call['parity.side'] === 'head',
    )
    expect(said.length).toBeGreaterThan(2)
    expect(others).toHaveLength(said.length)
    expect(ran.report?.run.notes.join('\n')).toMatch(
      /answered questions more than once on the head: the first answer of each counts, and \d+ later ones? w/,
    )
  })
})

const evidence = (ran: Awaited<ReturnType<typeof run>>) =>
  ['comment.md', 'summary.md', 'junit.xml'].map((name) => ran.files.find(({ path }) => path.endsWith(name))?.text ?? '')

describe('an application that answers something when its call fails', () => {
  it('has the refusal of the provider in the headline and in the evidence of every format', async () => {
    const answer = `${SDKS['OpenAI, Chat']?.answer}`
      .replace("const model = 'gpt-4.1-2025-04-14'", "const model = prompt.includes('brief') ? 'gtp-4.1' : 'gpt-4.1'")
      .replace('return (await', 'try { return (await')
    const swallowing = `${answer} } catch { return 'sorry, try later' }`
    const faults = [
      { kind: 'unknown-model', when: ({ prompt }: { prompt: string }) => prompt.includes('brief') },
    ] as const
    const ran = await run({ base: application({ answer: swallowing, count: 12 }), head: BRIEF }, { faults })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
    expect(ran.report?.verdict.headline).toMatch(
      /12 of 12 cases broke in app \(a call of openai\/gtp-4\.1 failed, unknown-model: .*404/,
    )
    const [found] = ran.report?.verdict.findings.filter(({ rule }) => rule === 'score-drop') ?? []
    expect(found?.remedy).toContain("Fix the application's call of openai/gtp-4.1")
    for (const text of evidence(ran)) {
      expect(text).toContain('a call of openai/gtp-4.1 failed, unknown-model')
      expect(text).toContain('sorry, try later')
    }
  })
})

describe('a call that the proxy passes on to nobody', () => {
  const draw =
    "await fetch(process.env.OPENAI_BASE_URL + '/images/generations', { method: 'POST', headers: { authorization: 'Bearer ' + process.env.OPENAI_API_KEY }, body: '{}' })"
  const right = "return 'Paris Rome Vienna Lisbon'"

  it.each([
    ['on both sides, covered up', `${draw}; ${right}`, `${draw}; ${right} // again`],
    ['on the head, covered up', right, `${draw}; return 'no picture'`],
    ['on the head, thrown', right, `throw new Error(await (${draw}).text())`],
  ])('%s: measures no case, and the report says which', async (_name, base, head) => {
    const ran = await run({ base: application({ answer: base }), head: { 'app/answer.mjs': appSource(head) } })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    expect(ran.report?.evalSets[0]?.cases).toMatchObject({ paired: 0, missing: CASES })
    const found = ran.report?.verdict.findings.find(({ rule }) => rule === 'provider-error')
    expect(found?.message).toContain('POST /openai/v1/images/generations is not passed on by the proxy')
    expect(found?.remedy).toContain('keep such calls out')
    expect(ran.report?.run.notes.join()).not.toContain('turned away')
    // Neither a second try nor a probe could change that.
    expect(ran.report?.run.calls).toMatchObject({ target: 2 * CASES, retried: 0 })
  })
})

describe('a case that breaks on the way to its answer', () => {
  it('names what was not retrieved and how a tool was called, and shows no diff of equal lines', async () => {
    const answer = `const known = { id: 'atlas-' + vars.question.length, text: 'A city.' }
  const isLost = prompt.includes('brief') && vars.question.includes('Italy')
  const tool_calls = [{ name: 'look', arguments: { at: isLost ? '<script>' : 'map' } }]
  return { output: 'Paris Rome Vienna Lisbon', retrieved: isLost ? [] : [known], tool_calls }`
    const extra = `  - { type: javascript, name: retrieval, value: "context.retrieved.length > 0" }\n`
    const base = application({ answer, count: 12 })
    const set = `${base['evals/app.eval.yaml']}`.replace(
      'scorers: [{ contains: "{{expected}}" }]\n',
      `scorers:\n${extra}`,
    )
    const ran = await run({
      base: { ...base, 'evals/app.eval.yaml': set },
      head: { ...BRIEF, 'app/prompt.txt': 'Be brief.' },
    })
    const [flip] = ran.report?.evalSets[0]?.flips ?? []
    expect(flip, ran.stderr).toMatchObject({ kind: 'broken', base: flip?.head })
    expect(flip?.differences).toEqual([
      { kind: 'documents-gone', count: 1, shown: [expect.stringMatching(/^atlas-\d+$/)] },
      { kind: 'tools-changed', count: 1, shown: ['look({"at":"map"}) → look({"at":"<script>"})'] },
    ])
    for (const text of evidence(ran)) {
      expect(text).toMatch(/Retrieved: gone `?atlas-\d+/)
      expect(text).toMatch(/Tools: changed `?look/)
      expect(text).not.toContain('```diff')
    }
  })
})

describe('a setup that fails', () => {
  it.each([
    ['[sh, -c, "echo no network >&2; exit 3"]', 'ended with code 3; it wrote: no network'],
    ['[no-such-program]', 'could not be started: spawn no-such-program ENOENT'],
  ])('%s: is not measured, and no error of a provider', async (setup, said) => {
    const answer = "return 'Paris Rome Vienna Lisbon'"
    const base = application({ answer, count: 4, target: `, setup: ${setup}` })
    const ran = await run({ base, head: BRIEF })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
    const found = ran.report?.verdict.findings ?? []
    expect(found.find(({ rule }) => rule === 'not-measured')?.message).toContain(said)
    expect(found.map(({ rule }) => rule)).not.toContain('provider-error')
  })

  it('on the head alone breaks the head, and nothing else is said of it', async () => {
    const answer = "return 'Paris Rome Vienna Lisbon'"
    const base = application({ answer, count: 4, target: ', setup: [sh, app/setup.sh]' })
    const ran = await run({
      base: { ...base, 'app/setup.sh': 'exit 0\n' },
      head: { 'app/setup.sh': 'echo no lock file >&2; exit 1\n' },
    })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
    expect(ran.report?.verdict.headline).toContain('ended with code 1; it wrote: no lock file')
    const rules = (ran.report?.verdict.findings ?? []).map(({ rule }) => rule)
    expect(rules).not.toContain('provider-error')
    expect(rules).not.toContain('not-measured')
  })
})
