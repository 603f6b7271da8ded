import { expect, it } from 'vitest'
import { answeredBefore } from '../../src/run/answered-before.ts'
import { ANSWERS_FILE } from '../../src/run/record-files.ts'
import { type Work, workKey } from '../../src/run/work.ts'
import { createMemoryStore } from '../fakes/memory-store.ts'

const request = {
  hash: 'h',
  kind: 'model',
  provider: 'openai',
  model: 'm',
  endpoint: 'chat',
  messages: [],
  parameters: {},
  segments: [],
} as const
const work = (caseId: string): Work => ({
  trial: { evalSet: 'set', caseId, side: 'head', step: 'pass', index: 0 },
  request,
  scope: 'content',
})
const answered = { state: 'answered', answer: { text: 'x' } }
const refused = { state: 'failed', failure: { kind: 'behavioural', cause: 'unknown-model' } }

it.each([
  ['nothing', [], false],
  ['calls that nobody answered', [['intent'], ['failed'], ['intent'], ['lost']], false],
  ['an answer among others', [['intent'], ['failed'], ['intent'], ['answer', answered], ['intent']], true],
  ['a refusal, which may be asked again', [['intent'], ['answer', refused]], false],
  [
    'a refusal and a later answer',
    [
      ['answer', refused],
      ['answer', answered],
    ],
    true,
  ],
])('of a record with %s', async (_, lines, found) => {
  const store = createMemoryStore()
  const add = (t: string | undefined, k: string, outcome: unknown) =>
    store.append(ANSWERS_FILE, JSON.stringify({ t, k, outcome, rawSha256: null }))
  for (const [t, outcome] of lines) add(t as string, workKey(work('one')), outcome)
  store.append(ANSWERS_FILE, '{"t":"answer","k":')
  const before = [...(store.files.get(ANSWERS_FILE) ?? [])]
  const isAnswered = await answeredBefore(async () => ({ ...store, close: async () => undefined }))
  expect([isAnswered(work('one')), isAnswered(work('another'))]).toEqual([found, false])
  expect(isAnswered({ ...work('one'), scope: 'other cases' })).toBe(false)
  expect(store.files.get(ANSWERS_FILE)).toEqual(before)
})
