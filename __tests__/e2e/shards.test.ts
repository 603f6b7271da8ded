// A run in shards, joined, is the run, whatever the number. Every scene is in the long suite.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { project, rightAnswer } from './project.ts'
import { BRIEF, expectSameInShards, SCENES, wrong } from './shard-scenes.ts'
import { comparable, workshop } from './sharded.ts'

let llm: FakeLlm
let answer: (context: CallContext) => string = rightAnswer
beforeAll(async () => {
  llm = await startFakeLlm({ answer: (context: CallContext) => answer(context) })
})
afterAll(() => llm.close())

const SHORT = [
  'broken cases that re-runs confirm',
  'two passes, slices, a floor and a case that must pass',
  'edited, added and removed cases, and ties',
]

describe('a run in shards', () => {
  it.each(SHORT)('is the run that it is a part of: %s', async (name) => {
    const scene = SCENES[name]
    if (scene === undefined) throw new Error('no such scene')
    answer = scene.answer ?? rightAnswer
    await expectSameInShards(scene, llm)
  })

  it('in whatever order its folders are given', async () => {
    answer = wrong(/Peru/)
    await using shop = await workshop({ base: project({ cases: 60 }), head: BRIEF }, llm)
    const parts = await Promise.all([1, 2, 3].map((index) => shop.shard(index, 3)))
    const folders = parts.map((one) => one.folder)
    const [one, other] = [await shop.merge(folders), await shop.merge(folders.toReversed())]
    expect(comparable(other.report)).toEqual(comparable(one.report))
    expect([one.report.verdict.outcome, other.code]).toEqual(['fail', one.code])
  })
})
