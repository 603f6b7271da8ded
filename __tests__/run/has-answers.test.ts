import { expect, it } from 'vitest'
import { hasAnswers } from '../../src/run/has-answers.ts'
import { ANSWERS_FILE } from '../../src/run/record-files.ts'
import { createMemoryStore } from '../fakes/memory-store.ts'

it.each([
  ['nothing', [], false],
  ['calls that nobody answered', ['intent', 'failed', 'intent', 'lost'], false],
  ['an answer among others', ['intent', 'failed', 'intent', 'answer', 'intent'], true],
])('of a record with %s', async (_, kinds, found) => {
  const store = createMemoryStore()
  for (const t of kinds) store.append(ANSWERS_FILE, JSON.stringify({ t, k: 'a'.repeat(64), rawSha256: null }))
  store.append(ANSWERS_FILE, '{"t":"answer","k":')
  const before = [...(store.files.get(ANSWERS_FILE) ?? [])]
  expect(await hasAnswers(async () => ({ ...store, close: async () => undefined }))).toBe(found)
  expect(store.files.get(ANSWERS_FILE)).toEqual(before)
})
