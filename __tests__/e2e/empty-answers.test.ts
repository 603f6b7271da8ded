// Answers without a text keep every ban. Whose doing they are, the verdict and the report have to say.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { type AnswerSpec, type CallContext, startFakeLlm } from '../fakes/llm.ts'
import { application, INSTRUCTION } from './application.ts'
import { checkout } from './calm.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

const BAN = 'not-contains: "asylum"'
const banned = (file = '') => file.replace('contains: "{{expected}}"', BAN)

it.each<[string, AnswerSpec, RegExp]>([
  [
    'reasoning took all tokens',
    { text: '', finish: 'length', usage: { output: 50, reasoning: 50 } },
    /all of its 50 output tokens went into reasoning .* raise `max_tokens`/,
  ],
  [
    'the limit came first',
    { text: '', finish: 'length', usage: { output: 50 } },
    /took 50 output tokens before the limit/,
  ],
  ['it just ended', { text: '', usage: { output: 3 } }, /the model ended \(stop\) without a text/],
  ['it was filtered', { text: '', finish: 'content_filter', usage: { output: 3 } }, /filtered the whole answer/],
])('a provider whose head has none: %s', async (_, spec, why) => {
  const base = { ...project(), 'evals/capital.eval.yaml': banned(evalFile()) }
  await using place = await checkout(base, { 'prompts/capital.md': `${PROMPT}Be brief.\n` })
  const answer = (context: CallContext) => (context.prompt.includes('Be brief') ? spec : rightAnswer(context))
  await using llm = await startFakeLlm({ seed: 'empty', answer })
  const ran = await place.run(llm)
  expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
  const flips = ran.report?.evalSets[0]?.flips ?? []
  expect(flips).toHaveLength(20)
  for (const flip of flips) expect([flip.kind, flip.why]).toEqual(['broken', expect.stringMatching(why)])
})

it('an application whose head has none, and one that is meant to have none', async () => {
  const files = application({ answer: `return prompt.includes('brief') ? '' : 'Paris'` })
  const change = { 'app/prompt.txt': `${INSTRUCTION} Be brief.` }
  await using llm = await startFakeLlm({ seed: 'empty', answer: rightAnswer })
  const eval_ = 'evals/app.eval.yaml'
  await using place = await checkout({ ...files, [eval_]: banned(files[eval_] as string) }, change)
  const ran = await place.run(llm)
  expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
  expect(ran.report?.evalSets[0]?.flips.map((flip) => [flip.base, flip.head, flip.why])).toEqual(
    Array.from({ length: 6 }, () => ['Paris', '(empty)', 'not-contains: the answer is empty']),
  )
  const wanted = application({ answer: `return ''` })
  const cases = `${Array.from({ length: 6 }, (_, i) => JSON.stringify({ id: `c${i}`, vars: { q: i }, expected: '' })).join('\n')}\n`
  await using meant = await checkout(
    { ...wanted, [eval_]: banned(wanted[eval_] as string), 'evals/cases.jsonl': cases },
    change,
  )
  const fine = await meant.run(llm)
  expect([fine.code, fine.report?.evalSets[0]?.score], fine.stderr).toMatchObject([0, { base: 100, head: 100 }])
})

it('an application behind a URL', async () => {
  const server = createServer((request, response) => {
    const text = request.url?.startsWith('/base') ? 'Paris' : ''
    request.resume().on('end', () => response.end(JSON.stringify({ answer: text })))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const target = `target: { http: { base: "\${BASE_APP_URL}", head: "\${HEAD_APP_URL}", path: /answer, body: { q: "{{q}}" }, output: "$.answer" } }`
  const file = `${target}\npaths: [app.txt]\ncases: [{ id: a, vars: { q: 1 } }, { id: b, vars: { q: 2 } }, { id: c, vars: { q: 3 } }]\nscorers: [{ ${BAN} }]\n`
  await using place = await checkout({ 'app.txt': '1', 'evals/app.eval.yaml': file }, { 'app.txt': '2' })
  await using llm = await startFakeLlm({ seed: 'empty' })
  const ran = await place.run(llm, { env: { BASE_APP_URL: `${url}/base`, HEAD_APP_URL: `${url}/head` } })
  await new Promise((resolve) => server.close(resolve))
  expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
  expect(ran.report?.evalSets[0]?.flips.map((flip) => flip.why)).toEqual(
    Array(3).fill('not-contains: the answer is empty'),
  )
})
