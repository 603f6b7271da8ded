import { expect, it } from 'vitest'
import { type AdviceInput, adviceFor } from '../../src/drift/advice.ts'

const advice = (model: string | null, answeredBefore: readonly string[], over: object = {}) =>
  adviceFor({
    set: { model, path: 'evals/support.eval.yaml', evalSet: 'support', live: null, ...over },
    events: [],
    plan: { head: { target: { kind: 'prompt' } } },
    answeredBefore,
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
  expect(advice(null, [], { evalSet: 'my set; rm -rf' }).at(-1)).toContain('--evals "my set; rm -rf"')
})
