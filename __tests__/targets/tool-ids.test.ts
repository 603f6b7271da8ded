import { expect, it } from 'vitest'
import type { Message } from '../../src/domain.ts'
import { withShortIds } from '../../src/targets/tool-ids.ts'

const call = (id: string) => ({ id, name: 'find', arguments: {} })
const turns = (...ids: readonly string[]): readonly Message[] => [
  { role: 'assistant', content: 'a', toolCalls: ids.map(call) },
  ...ids.map((toolCallId): Message => ({ role: 'tool', content: 'r', toolCallId })),
]
const callsOf = (messages: readonly Message[]) => messages.flatMap((one) => (one.toolCalls ?? []).map(({ id }) => id))
const resultsOf = (messages: readonly Message[]) => messages.flatMap(({ toolCallId }) => toolCallId ?? [])

it('a call and its result keep each other, under ids of nine letters and digits', () => {
  const ids = ['call_abc123', 'toolu_01', '', 'ähm', 'abcdefgh', 'abcdefghij', 'abc-efghi', 'D681PevKs']
  const made = withShortIds(turns(...ids))
  expect(resultsOf(made)).toEqual(callsOf(made))
  for (const id of callsOf(made)) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/)
  expect(new Set(callsOf(made)).size).toBe(ids.length)
  expect(made[0]).toMatchObject({ role: 'assistant', content: 'a' })
})

it('an id that fits stays, and is given to no other call of the conversation, before or after it', () => {
  const [first = '', second = ''] = callsOf(withShortIds(turns('call_1', 'call_2')))
  for (const ids of [
    [first, 'call_1'],
    ['call_1', first],
  ]) {
    const made = callsOf(withShortIds(turns(...ids)))
    expect(made[ids.indexOf(first)]).toBe(first)
    expect(made[ids.indexOf('call_1')]).not.toBe(first)
  }
  expect(callsOf(withShortIds(turns('call_1', second)))).toEqual([first, second])
})

it('the same id is the same one, whatever else is said', () => {
  const [id] = callsOf(withShortIds(turns('call_1')))
  const longer = withShortIds([...turns('call_0'), ...turns('call_1'), ...turns('call_1')])
  expect(callsOf(longer).slice(1)).toEqual([id, id])
})

it('messages without calls stay as they were', () => {
  const plain: readonly Message[] = [{ role: 'user', content: 'Hi', name: 'Ada' }]
  expect(withShortIds(plain)).toEqual(plain)
})
