// Models that nobody can be asked for: `validate` names what would end a run, wherever it stands.

import { describe, expect, it } from 'vitest'
import { cli, inRepository } from './cli.ts'

const FILES = { 'p.md': 'Say it. {{ question }}\n' }
const evals = (more: string, target = 'prompt: p.md, model: openai/gpt-4.1-2025-04-14') => `target: { ${target} }
cases: [{ vars: { question: Who? }, expected: me }]
scorers: [{ contains: "{{expected}}" }]
${more}`

const validate = (files: { readonly [path: string]: string }) =>
  inRepository({ ...FILES, ...files }, async (cwd) => {
    const { code, stdout } = await cli(cwd, ['validate', '--format', 'json'])
    const reports: { errors: { line: number | null; message: string }[] }[] = JSON.parse(stdout)
    return { code, errors: reports.flatMap(({ errors }) => errors) }
  })

describe.concurrent('a model that nobody can be asked for', () => {
  it.each([
    ['candidates: [gpt-5]', 'The candidate is "gpt-5". Expected provider/model', 4],
    [
      'candidates: [opnai/gpt-5]',
      'no such provider. Expected provider/model, such as openai/gpt-4.1-mini-2025-04-14. Did you mean openai?',
      4,
    ],
    ['live: gpt-4.1', 'The live model is "gpt-4.1"', null],
    ['name: x\nlive: acme/house', 'The live model is "acme/house", and there is no such provider', null],
  ])('is an error: %s', async (more, message, line) => {
    const { code, errors } = await validate({ 'a.eval.yaml': evals(more) })
    expect(code).toBe(2)
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).toContain(message)
    if (line !== null) expect(errors[0]?.line).toBe(line)
  })

  it('is an error of the target, its fallbacks and its judge', async () => {
    const target = 'prompt: p.md, model: acme/house, fallbacks: [opnai/x]'
    const judge = evals('', target).replace(
      'scorers: [',
      'scorers: [{ llm-rubric: { value: Right?, model: gpt-5-mini } }, ',
    )
    const { errors } = await validate({ 'a.eval.yaml': judge })
    expect(errors.map(({ message }) => message.split('.')[0])).toEqual([
      'The model is "acme/house", and there is no such provider',
      'A fallback is "opnai/x", and there is no such provider',
      'The judge is "gpt-5-mini"',
    ])
  })

  it('is none where `providers:` has it, and none of an application', async () => {
    const config = 'providers: { acme: { kind: openai, base_url: "http://llm.internal/v1" } }\n'
    const here = await validate({
      'parity.yaml': config,
      'a.eval.yaml': evals('candidates: [acme/small]\nlive: acme/live', 'prompt: p.md, model: acme/house'),
      'b.eval.yaml': evals('', 'command: [node, a.mjs], model: whatever'),
      'c.eval.yaml': evals('', 'prompt: p.md, model: echo'),
    })
    expect(here).toEqual({ code: 0, errors: [] })
  })
})
