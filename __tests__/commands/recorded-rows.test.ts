// Recorded answers that cannot be read would end a run: `validate` says it before, with the line.

import { expect, it } from 'vitest'
import { cli, inRepository } from './cli.ts'

const validate = (answers: string) =>
  inRepository(
    {
      'p.md': 'Say it. {{ question }}\n',
      'answers.jsonl': answers,
      'a.eval.yaml': `target: { prompt: p.md, replay: answers.jsonl }
cases: [{ id: one, vars: { question: Who? }, expected: me }]
scorers: [{ contains: "{{expected}}" }]
`,
    },
    async (cwd) => {
      const { code, stdout } = await cli(cwd, ['validate', '--format', 'json'])
      const [report]: { errors: { message: string }[] }[] = JSON.parse(stdout)
      return { code, errors: report?.errors.map(({ message }) => message) }
    },
  )

it.each([
  ['{"case": "one", "output": "me"}\n{"case": "one"}\n', 'answers.jsonl:2: this is no recorded answer.'],
  ['{"case": "one", "output": "me"}\n\nnonsense\n', 'answers.jsonl:3: this is no recorded answer.'],
  ['{"case": "one", "side": "haed", "output": "me"}\n', 'answers.jsonl:1: the side is "haed".'],
])('%j', async (answers, said) => {
  const { code, errors } = await validate(answers)
  expect(code).toBe(2)
  expect(errors).toEqual([expect.stringContaining(said)])
})

it('answers in order are nothing to be told', async () => {
  expect(await validate('{"case": "one", "side": "head", "output": "me"}\n{"id": "one", "output": "me"}\n')).toEqual({
    code: 0,
    errors: [],
  })
})
