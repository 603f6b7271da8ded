// A run in shards, joined, is the run: every scene.

import { afterAll, beforeAll, describe, it } from 'vitest'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { rightAnswer } from './project.ts'
import { expectSameInShards, SCENES } from './shard-scenes.ts'

let llm: FakeLlm
let answer: (context: CallContext) => string = rightAnswer
beforeAll(async () => {
  llm = await startFakeLlm({ answer: (context: CallContext) => answer(context) })
})
afterAll(() => llm.close())

describe('a run in shards', () => {
  it.each(Object.entries(SCENES))('is the run that it is a part of: %s', async (_, scene) => {
    answer = scene.answer ?? rightAnswer
    await expectSameInShards(scene, llm)
  })
})
