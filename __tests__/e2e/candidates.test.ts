// `prompt-parity candidates` as shipped: three candidates of known quality, price and speed, and what can go wrong with one. Several
// eval sets, caps, interruptions and pairs of slices are in the long suite.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, it } from 'vitest'
import { type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { liveParts } from '../report/inert.ts'
import { cli, launch } from './launch.ts'
import {
  answer,
  CONFIG,
  evalFile,
  FAKE,
  LARGE,
  MEDIUM,
  models,
  type Place,
  placesOfSuite,
  project,
  type Ran,
  rowOf,
  SMALL,
  setOf,
  TINY,
} from './models.ts'
import { ROOT } from './stage.ts'

const at = placesOfSuite()
let help: Place
beforeAll(async () => {
  help = await at()
})

const state = (ran: Ran, model: string) => rowOf(ran.report, model).holding.state

describe('three candidates', () => {
  let ran: Ran
  let asked: readonly (string | undefined)[] = []
  const state_ = { folder: '' }
  beforeAll(async () => {
    state_.folder = await help.scratch()
    await using llm = await startFakeLlm(FAKE)
    ran = await help.run(llm, models(MEDIUM, SMALL, TINY), { state: state_.folder })
    asked = llm.requests.map((one) => one.model)
    expect(llm.violations).toEqual([])
  })

  it('are compared with one run of the model in use, calls taking turns', () => {
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    const plan = ran.report?.run.plan
    expect([plan?.calls, ran.report?.run.calls.target, asked.length]).toEqual([240, 240, 240])
    expect(plan?.target.calls.worst).toBeGreaterThan(plan?.target.calls.expected ?? 0)
    expect(Number(plan?.worstUsd)).toBeGreaterThan(Number(plan?.usd))
    for (const half of [asked.slice(0, 120), asked.slice(120)])
      for (const model of [LARGE, MEDIUM, SMALL, TINY])
        expect(half.filter((one) => `openai/${one}` === model).length).toBeGreaterThan(20)
  })

  it('give the score, the cost, the time, the Pareto set and the one to take', () => {
    const set = setOf(ran.report)
    expect(set.inUse).toMatchObject({ model: LARGE, score: 95, pareto: true, ends: null })
    expect(rowOf(ran.report, MEDIUM)).toMatchObject({
      holding: { state: 'holds', how: 'proof' },
      broken: 0,
      fixed: 0,
      cases: 60,
      better: false,
    })
    expect(rowOf(ran.report, SMALL)).toMatchObject({
      holding: { state: 'drops' },
      broken: 27,
      fixed: 0,
      score: { base: 95, head: 50 },
    })
    expect(state(ran, TINY)).toBe('drops')
    expect(set.rows.map(({ pareto }) => pareto)).toEqual([true, true, true])
    expect(set.recommendation).toMatchObject({ action: 'switch', model: MEDIUM })
    expect(ran.report?.verdict.headline).toContain(`${MEDIUM} holds (by proof) and is cheapest`)
    // Sixteen tokens in, about four out, at a fifth of the price; three million times a month, each slice by its weight.
    const { cost, months, tokens } = rowOf(ran.report, MEDIUM)
    const { base, head } = cost.perRequestUsd
    expect(Number(base) / Number(head)).toBeCloseTo(5, 5)
    const unweighted = 3_000_000 * (Number(head) - Number(base))
    expect(Number(months[0]?.usd.delta) / unweighted).toBeCloseTo(1, 1)
    expect(Number(months[0]?.usd.delta)).not.toBeCloseTo(unweighted, 2)
    expect([tokens.input.head, months[0]?.route]).toEqual([tokens.input.base, 'help'])
    expect(ran.report?.routes).toEqual([])
  })

  it('hold on the slices where they are right, priced by the weights of the route', () => {
    const slices = Object.fromEntries(
      rowOf(ran.report, SMALL).slices.map((one) => [`${one.dimension}=${one.value}`, one]),
    )
    expect([slices['kind=simple']?.holding, slices['kind=complex']?.holding]).toEqual([
      { state: 'holds', how: 'no-drop-seen' },
      { state: 'drops' },
    ])
    const simple = slices['kind=simple']
    expect(Number(simple?.months[0]?.usd.delta)).toBeCloseTo(0.7 * 3_000_000 * Number(simple?.perRequestUsd.delta), 6)
    expect(setOf(ran.report).splits).toEqual([
      expect.stringMatching(/^kind simple holds on openai\/atlas-small: -\$\d+(\.\d+)? a month on help$/),
    ])
  })

  it('come with the change of the pin, which git takes', async () => {
    const [pin] = setOf(ran.report).pins
    expect(pin).toMatchObject({
      model: MEDIUM,
      because: 'recommended',
      notes: [],
      diffs: [{ path: 'evals/help.eval.yaml', line: 4 }],
    })
    expect(pin?.diffs[0]?.diff).toContain(`-  model: ${LARGE}\n+  model: ${MEDIUM}\n`)
  })

  it('leave a report that is valid, and that renders and verifies again', async () => {
    const schema = JSON.parse(await readFile(join(ROOT, 'schema', 'report.schema.json'), 'utf8'))
    const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema)
    expect(validate(ran.report) ? [] : validate.errors).toEqual([])
    expect(ran.report?.evalSets.map(({ name, mode }) => [name, mode])).toEqual(
      [MEDIUM, SMALL, TINY].map((model) => [`help @ ${model}`, 'report']),
    )
    const json = join(ran.folder, 'report.json')
    const env = { cwd: help.cwd }
    const again = await Promise.all(
      ['text', 'markdown', 'html', 'junit', 'json'].map((format) => cli(['render', json, '--format', format], env)),
    )
    expect(again.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0])
    const [text, markdown, html, junit] = again.map(({ stdout }) => stdout)
    expect(ran.stdout).toBe(text)
    for (const shown of [text, markdown, html]) expect(shown).toContain(`${MEDIUM} holds (by proof) and is cheapest`)
    expect(html).toContain('<svg class="chart"')
    expect(junit).toMatch(/failures="0" errors="0"/)
    const verified = await cli(['verify', json], env)
    expect([verified.code, verified.stdout], verified.stderr).toEqual([0, expect.stringContaining('"agrees": true')])
    expect(verified.stdout).not.toContain('"agrees": false')
  })

  it('are not asked again with the state, and another candidate costs its own calls alone', async () => {
    await using llm = await startFakeLlm(FAKE)
    const again = await help.run(llm, models(MEDIUM, SMALL, TINY), { state: state_.folder })
    expect([again.code, llm.requests.length, again.report?.run.calls.stored]).toEqual([0, 0, 240])
    expect(setOf(again.report).recommendation).toEqual(setOf(ran.report).recommendation)
    const more = await help.run(llm, models('openai/atlas-large-2', MEDIUM), { state: state_.folder })
    expect([more.code, llm.requests.length]).toEqual([0, 60])
    expect(new Set(llm.requests.map((one) => one.model))).toEqual(new Set(['atlas-large-2']))
    llm.reset()
    const anew = await help.run(llm, [...models(MEDIUM, SMALL), '--no-cache'], { state: state_.folder })
    expect([anew.code, llm.requests.length]).toEqual([0, 180])
  })
})

describe('before any call', () => {
  it('the plan is shown, with the price, and is all that a dry run does', async () => {
    await using llm = await startFakeLlm(FAKE)
    const ran = await help.run(llm, [...models(MEDIUM, SMALL), '--dry-run'])
    expect([ran.code, ran.report?.verdict.outcome, llm.requests.length]).toEqual([0, 'planned', 0])
    expect(ran.stdout).toMatch(/Plan: 180 calls planned, for about \$0\.0\d+/)
    expect(setOf(ran.report)).toMatchObject({
      recommendation: null,
      rows: [{ holding: { state: 'planned' } }, { holding: { state: 'planned' } }],
    })
  })

  const refused: { readonly [what: string]: readonly [readonly string[], RegExp, Files?] } = {
    'a key that is missing, of a candidate': [models(MEDIUM, 'mistral/some'), /MISTRAL_API_KEY/],
    'a candidate without its provider': [
      models('atlas-medium'),
      /The candidate is "atlas-medium"[\s\S]*provider\/model/,
    ],
    'a provider that there is not': [models('opnai/atlas-medium'), /Did you mean openai\?/],
    'no candidate': [[], /no candidate is named for help[\s\S]*--model provider\/model/],
    'a model where a flag belongs': [[MEDIUM], /Write `--model openai\/atlas-medium`/],
    'a flag of another command': [['--base', 'main'], /--base|Unknown option/],
    'an eval set that there is not': [[...models(MEDIUM), '--evals', 'hlp'], /Did you mean "help"\?/],
    'an application': [
      models(MEDIUM),
      /no eval set can be compared: app: its target is an application \(`command`\), which chooses its model itself[\s\S]*prompt-parity run/,
      {
        'evals/app.eval.yaml':
          'name: app\ntarget: { command: [node, app.mjs] }\ncases: cases.jsonl\nslices: [kind]\nscorers: [{ contains: "{{expected}}" }]\n',
        'evals/cases.jsonl': project()['evals/cases.jsonl'] ?? '',
        'app.mjs': '',
      },
    ],
    'an unpriced candidate under a cap': [
      [...models('openai/nobody-knows'), '--max-usd', '1'],
      /openai\/nobody-knows[\s\S]*`prices:`/,
    ],
  }
  for (const [what, [args, words, files]] of Object.entries(refused))
    it(`${what} ends it with exit 2 and the remedy`, async () => {
      const where = files === undefined ? help : await at(files)
      await using llm = await startFakeLlm(FAKE)
      const ran = await where.run(llm, args)
      expect([ran.code, llm.requests.length], ran.stderr).toEqual([2, 0])
      expect(ran.stderr).toMatch(words)
    })

  it('names what cannot be compared beside what can', async () => {
    const both = await at({
      ...project({ count: 12 }),
      'evals/app.eval.yaml':
        'name: app\ntarget: { command: [node, app.mjs] }\ncases: cases.jsonl\nslices: [kind]\nscorers: [{ contains: "{{expected}}" }]\n',
      'app.mjs': '',
    })
    await using llm = await startFakeLlm(FAKE)
    const ran = await both.run(llm, models(MEDIUM))
    expect([ran.code, ran.report?.notRun.map(({ evalSet }) => evalSet)], ran.stderr).toEqual([0, ['app']])
    expect(ran.stdout).toContain('Not run: app: its target is an application')
  })
})

describe('a candidate that cannot be compared', () => {
  const run = async (name: string, more: Partial<FakeLlmOptions>, files?: Files) => {
    const where = files === undefined ? help : await at(files)
    await using llm = await startFakeLlm({ ...FAKE, ...more })
    const ran = await where.run(llm, models(name, MEDIUM))
    const calls = llm.requests.filter((one) => `openai/${one.model}` === name).length
    return { ran, calls, all: llm.requests.length }
  }

  it('refuses a parameter: its error with a remedy, at three calls, and the others go on', async () => {
    const faults = [
      { kind: 'unsupported-parameter' as const, when: ({ model }: { model: string }) => model.endsWith('tiny') },
    ]
    const { ran, calls, all } = await run(TINY, { faults })
    expect([ran.code, state(ran, TINY), state(ran, MEDIUM), calls, all], ran.stderr).toEqual([
      0,
      'error',
      'holds',
      3,
      123,
    ])
    expect(ran.stdout).toMatch(
      /openai\/atlas-tiny: .*temperature.*Give it parameters of its own: `candidates: \[\{ model: openai\/atlas-tiny/,
    )
    expect(setOf(ran.report).recommendation?.model).toBe(MEDIUM)
    expect(rowOf(ran.report, TINY)).toMatchObject({ pareto: null, months: [], slices: [] })
  })

  it('is asked without what it refuses where it has parameters of its own, also when a flag names it', async () => {
    const extra = `candidates:\n  - model: ${TINY}\n    parameters: { temperature: null, max_tokens: 77 }\n  - ${MEDIUM}\n`
    const where = await at(project({ extra, count: 21 }))
    await using llm = await startFakeLlm(FAKE)
    for (const args of [[], models(TINY)]) {
      const ran = await where.run(llm, args)
      expect([ran.code, state(ran, TINY)], ran.stderr).toEqual([0, 'drops'])
      expect(rowOf(ran.report, TINY).parameters).toEqual({ temperature: null, max_tokens: 77 })
      expect(ran.stdout).toContain(`${TINY} is asked without temperature, with max_tokens 77.`)
    }
    const bodies = (name: string) =>
      llm.requests.filter(({ model }) => `openai/${model}` === name).map(({ body }) => JSON.stringify(body))
    expect(
      bodies(TINY).every((body) => !body.includes('temperature') && /"max_(completion_)?tokens":77/.test(body)),
    ).toBe(true)
    expect(bodies(MEDIUM).every((body) => body.includes('"temperature":0'))).toBe(true)
    expect(llm.violations).toEqual([])
  }, 60_000)

  it('has a misspelt name: the nearest one, and the others go on', async () => {
    const known = { knownModels: ['atlas-large', 'atlas-medium'] }
    const typo = 'openai/gpt-4.1-mni'
    const { ran, calls } = await run(typo, known)
    expect([ran.code, state(ran, typo), state(ran, MEDIUM), calls], ran.stderr).toEqual([0, 'error', 'holds', 3])
    expect(ran.stdout).toContain('Did you mean openai/gpt-4.1-mini?')
  })

  it('is denied by policy: nothing is sent to it', async () => {
    const files = project({ config: `${CONFIG}policy: { models: { deny: ["${TINY}"] } }\n` })
    const { ran, calls } = await run(TINY, {}, files)
    expect([ran.code, state(ran, TINY), state(ran, MEDIUM), calls], ran.stderr).toEqual([0, 'error', 'holds', 0])
    expect(ran.stdout).toContain('denied by policy.models')
  })

  it('and none beside it: not measured', async () => {
    await using llm = await startFakeLlm({ ...FAKE, knownModels: ['atlas-large'] })
    const ran = await help.run(llm, models(TINY, SMALL))
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([3, 'not-measured'])
  })

  it('is the fault of the model in use where that refuses: nothing is better than it', async () => {
    await using llm = await startFakeLlm({ ...FAKE, knownModels: ['atlas-medium'] })
    const ran = await help.run(llm, models(MEDIUM))
    expect([ran.code, state(ran, MEDIUM), rowOf(ran.report, MEDIUM).better], ran.stderr).toEqual([
      3,
      'not-measured',
      false,
    ])
    expect(ran.stdout).toContain('the model in use refuses')
    expect(llm.requests.length).toBe(6)
    expect(setOf(ran.report).recommendation?.action).not.toBe('switch')
  })
})

it('a name that is an attack is shown, and does nothing', async () => {
  const attack = 'openai/"><svg/onload=x>|`::error::x'
  await using llm = await startFakeLlm({ ...FAKE, knownModels: ['atlas-large', 'atlas-medium'] })
  const ran = await help.run(llm, models(attack, MEDIUM))
  expect([ran.code, state(ran, attack), state(ran, MEDIUM)], ran.stderr).toEqual([0, 'error', 'holds'])
  expect(ran.stdout.split('\n').filter((line) => line.startsWith('::'))).toEqual([])
  const html = await readFile(join(ran.folder, 'report.html'), 'utf8')
  expect(html).not.toContain('<svg/onload')
  expect(liveParts(await readFile(join(ran.folder, 'summary.md'), 'utf8'))).toEqual([])
})

it('an eval set that is called as a comparison is refused', async () => {
  const other = evalFile().replace('name: help', `name: "help @ ${MEDIUM}"`)
  const where = await at({ ...project({ count: 6 }), 'evals/other.eval.yaml': other })
  const ran = await where.run(undefined, [...models(MEDIUM), '--dry-run'])
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('Rename it')])
})

it('a candidate without a price holds, and is never the cheapest', async () => {
  await using llm = await startFakeLlm({ ...FAKE, answer: (context) => answer({ ...context, model: 'medium' }) })
  const ran = await help.run(llm, models('openai/free-beer', MEDIUM))
  expect([ran.code, state(ran, 'openai/free-beer')], ran.stderr).toEqual([0, 'holds'])
  expect(rowOf(ran.report, 'openai/free-beer')).toMatchObject({
    pareto: null,
    cost: { state: 'unpriced', perRequestUsd: { head: null } },
  })
  expect(setOf(ran.report).recommendation?.model).toBe(MEDIUM)
  expect(ran.stdout).toContain('not known')
  const html = await readFile(join(ran.folder, 'report.html'), 'utf8')
  expect(html).toContain('not drawn, for score or price is not known: openai/free-beer.')
})

it('the model in use as a candidate is a tie by identity, without a call', async () => {
  await using llm = await startFakeLlm(FAKE)
  const alone = await help.run(llm, models(LARGE))
  expect([alone.code, llm.requests.length, rowOf(alone.report, LARGE).holding], alone.stderr).toEqual([
    0,
    0,
    { state: 'holds', how: 'identical' },
  ])
  const beside = await help.run(llm, models(LARGE, MEDIUM))
  expect([beside.code, llm.requests.length]).toEqual([0, 120])
  expect(setOf(beside.report).recommendation?.model).toBe(MEDIUM)
})

it.each([
  ['a key that is none', '  - { model: openai/gpt-5-nano, parameter: {} }', /help\.eval\.yaml:\d+:\d+: .*parameter/],
  ['no model', '  - { parameters: { temperature: 1 } }', /help\.eval\.yaml:\d+:\d+: .*model/],
  [
    'one that is named twice',
    `  - ${MEDIUM}\n  - { model: ${MEDIUM}, parameters: { seed: 1 } }`,
    /:11:\d+: The candidate openai\/atlas-medium is named twice\. Keep one/,
  ],
  [
    'the model in use with others',
    `  - { model: ${LARGE}, parameters: { seed: 1 } }`,
    /:10:\d+: The candidate openai\/atlas-large is the model in use, .*prompt-parity run/,
  ],
])(
  '%s ends it with exit 2, the line and the remedy',
  async (_, candidates, message) => {
    const where = await at(project({ extra: `candidates:\n${candidates}\n`, count: 12 }))
    const ran = await where.run(undefined, [])
    expect(ran.code, ran.stdout).toBe(2)
    expect(ran.stderr).toMatch(message)
  },
  60_000,
)

it('`candidates:` of the sets are the default; a judge among them is named', async () => {
  const extra = `candidates: [${MEDIUM}, ${SMALL}]\n`
  const judged = evalFile(extra).replace(
    'contains: "{{expected}}"',
    `contains: "{{expected}}" }, { llm-rubric: { value: "Polite.", model: ${SMALL} }`,
  )
  const files = { ...project({ count: 21 }), 'evals/help.eval.yaml': judged }
  const where = await at(files)
  await using llm = await startFakeLlm({
    ...FAKE,
    answer: (context) =>
      /Polite/.test(context.prompt) ? JSON.stringify({ reason: 'polite', label: 'pass' }) : answer(context),
  })
  const ran = await where.run(llm, [])
  expect([ran.code, ran.report?.candidates?.named], ran.stderr).toEqual([0, 'file'])
  expect(setOf(ran.report).rows.map(({ model, judgesItself }) => [model, judgesItself])).toEqual([
    [MEDIUM, false],
    [SMALL, true],
  ])
  expect(ran.stdout).toContain(`Judged by itself: ${SMALL}`)
  // The answers of the model in use are judged once, whatever the candidates.
  expect(ran.report?.run.calls.judge).toBe(ran.report?.run.calls.target)
})

it('a shutdown notice names the candidate, and the pin comes with it', async () => {
  const old = 'openai/gpt-4.1-2025-04-14'
  const where = await at(project({ model: old, config: '' }))
  await using llm = await startFakeLlm({
    ...FAKE,
    answer: (context) => answer({ ...context, model: context.model.includes('luna') ? 'medium' : 'large' }),
  })
  const ran = await where.run(llm, [])
  expect([ran.code, ran.report?.candidates?.named], ran.stderr).toEqual([0, 'successor'])
  expect(setOf(ran.report)).toMatchObject({
    inUse: { model: old, ends: { on: '2027-01-14', replacement: 'openai/gpt-6-luna' } },
    recommendation: { action: 'switch', model: 'openai/gpt-6-luna' },
    pins: [{ model: 'openai/gpt-6-luna', because: 'recommended' }],
  })
  expect(ran.report?.verdict.headline).toContain(`${old} stops on 2027-01-14`)
  expect(ran.stdout).toContain(`-  model: ${old}\n+  model: openai/gpt-6-luna`)
})

describe('the action', () => {
  const event = async (where: Place) => {
    const sha = await where.repository.sha('main')
    return {
      event: 'workflow_dispatch',
      payload: { repository: { default_branch: 'main' } },
      sha,
      ref: 'refs/heads/main',
      repository: 'acme/shop',
      actor: 'mona',
    } as const
  }

  it('runs `candidates` of the sets, writes the summary, gives the outputs, and posts no comment', async () => {
    const where = await at(project({ extra: `candidates: [${MEDIUM}, ${SMALL}]\n` }))
    await using llm = await startFakeLlm(FAKE)
    const { action, report } = await launch({
      workspace: where.cwd,
      event: await event(where),
      llm,
      inputs: { command: 'candidates' },
    })
    expect([action.code, report?.verdict.outcome], action.stdout).toEqual([0, 'pass'])
    expect(action.outputs).toMatchObject({
      verdict: 'pass',
      'failed-evals': '[]',
      'score-delta': '',
      'monthly-delta-usd': '',
    })
    expect(action.outputs['report-json']).toMatch(/report\.json$/)
    expect(action.outputs).not.toHaveProperty('comment-status')
    expect(action.summary).toContain('is cheapest')
    expect(action.summary).toContain('```diff')
  })

  it('without candidates ends with exit 2 and the remedy', async () => {
    const { action } = await launch({
      workspace: help.cwd,
      event: await event(help),
      inputs: { command: 'candidates' },
    })
    expect(action.code).toBe(2)
    expect(action.stdout).toContain('candidates:')
  })
})
