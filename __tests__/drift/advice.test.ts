import { expect, it } from 'vitest'
import { acceptCommand, placeFlags } from '../../src/drift/accept-command.ts'
import { type AdviceInput, adviceFor } from '../../src/drift/advice.ts'

const advice = (model: string | null, answeredBefore: readonly string[], over: object = {}, kind = 'prompt') =>
  adviceFor({
    set: { model, path: 'evals/support.eval.yaml', evalSet: 'support', live: null, ...over },
    events: [],
    plan: { head: { target: { kind } } },
    answeredBefore,
    book: {
      lifecycle: { feeds: new Map([['openai/house', { end: { shutdown: '2027-05-01', precision: 'earliest' } }]]) },
      models: {},
    },
    // The parts of a set and of a plan that advice looks at.
  } as unknown as AdviceInput)

it.each([
  ['openai/gpt-4.1', ['gpt-4.1-2025-04-14'], '`model: openai/gpt-4.1-2025-04-14` in `evals/support.eval.yaml`'],
  ['openai/gpt-4.1', ['gpt-4.1'], 'pin a dated version'],
  ['openai/gpt-4.1', [], 'pin a dated version'],
  ['openai/gpt-4.1', ['gpt-4.1-2025-04-14', 'gpt-4.1-2025-05-01'], 'pin a dated version'],
  ['openai/gpt-4.1-2025-04-14', ['gpt-4.1-2025-04-14'], '`prompt-parity candidates`'],
])('%s, answered by %j before: %s', (model, before, said) => {
  expect(advice(model, before)[0]).toContain(said)
})

it('always says how to adopt, as a command', () => {
  expect(advice(null, []).at(-1)).toContain('`prompt-parity drift accept --evals support --reason "…"`')
  expect(advice(null, [], { evalSet: 'my set; rm -rf' }).at(-1)).toContain(`--evals 'my set; rm -rf'`)
  expect(advice(null, [], { evalSet: "$(reboot) `it's`" }).at(-1)).toContain(
    String.raw`--evals '$(reboot) \`it'\''s\`'`.replaceAll('\\`', '`'),
  )
})

it.each([
  ['http', 'what was deployed there'],
  ['command', 'no commit of its files'],
])('of an application by %s it says where to look', (kind, words) => {
  expect(advice(null, [], {}, kind)[0]).toContain(words)
})

it('names the end of the model, by the feeds of the repository', () => {
  expect(advice('openai/house', [])).toContain('openai/house is to be shut down on 2027-05-01 at the earliest.')
  expect(advice('openai/gpt-4.1-2025-04-14', []).join(' ')).toContain('is to be shut down on 2027-01-14')
  expect(advice('azure/house', []).join(' ')).not.toContain('shut down')
})

it.each([
  ['', 'parity.yaml', ''],
  ['.', 'parity.yaml', ''],
  ['svc/a', 'parity.yaml', ' --working-directory svc/a'],
  ['svc/$(b)', 'own.yaml', " --working-directory 'svc/$(b)' --config own.yaml"],
])('the command names the configuration that it is for: %j, %j', (workingDirectory, configPath, flags) => {
  expect(placeFlags({ workingDirectory, configPath })).toBe(flags)
  expect(acceptCommand('s', flags)).toBe(`prompt-parity drift accept${flags} --evals s --reason "…"`)
})
