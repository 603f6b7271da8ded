// Variables of the environment that an application is to be given, and the run does not have.

import { expect, it } from 'vitest'
import { checked } from '../fakes/checked.ts'

const set = (names: string) => ({
  'app/a.mjs': 'process.stdin.resume()\n',
  'evals/a.eval.yaml': `name: a
target: { command: [node, app/a.mjs], environment: [${names}] }
cases: [{ vars: { question: x }, expected: y }]
scorers: [{ equals: "{{expected}}" }]
`,
})
const told = async (names: string, environment: { readonly [name: string]: string }) =>
  (await checked({ base: null, head: set(names), chosen: ['a'], environment })).of('unset-variable')

it('are told once, by name, and fail nothing', async () => {
  const found = await told('SEARCH_URL, REGION, SEEN', { SEEN: 'yes' })
  expect(found).toMatchObject([{ level: 'note', evalSet: 'a', place: { path: 'evals/a.eval.yaml' } }])
  expect(found[0]?.message).toContain('SEARCH_URL, REGION, which')
})

it('are no finding where they are there, be it without a character, or are keys that the proxy stands for', async () => {
  expect(await told('SEARCH_URL, EMPTY', { SEARCH_URL: 'https://s.example', EMPTY: '' })).toEqual([])
  expect(await told('OPENAI_API_KEY', {})).toEqual([])
})
