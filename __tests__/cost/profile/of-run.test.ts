// From which side a profile is read, and that nothing is read for nothing.

import { describe, expect, it } from 'vitest'
import type { Config, Route } from '../../../src/config/config.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { profilesOf } from '../../../src/cost/profile/of-run.ts'
import type { SetPlan } from '../../../src/plan.ts'
import { memoryTree } from '../../fakes/tree.ts'
import { book, route } from '../fixtures.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const row = (input: number) =>
  `${JSON.stringify({ ts: '2026-11-01', model: 'm', input_tokens: input, output_tokens: 1 })}\n`
const plan = (name: string) => ({ name, head: { slices: [] } }) as unknown as SetPlan // the only two things it looks at

async function run(options: {
  readonly base?: { readonly [path: string]: string } | null
  readonly head?: { readonly [path: string]: string }
  readonly trusted?: boolean
  /** Whose configuration governs. */
  readonly of?: 'base' | 'head'
  readonly routes?: readonly Route[]
  readonly plans?: readonly string[]
}) {
  const { base = { 't.jsonl': row(100) }, head = { 't.jsonl': row(200) }, trusted = true, of = 'head' } = options
  const trees = { base: base === null ? null : memoryTree(base), head: memoryTree(head) }
  const empty = await loadConfig(memoryTree({}))
  const config: Config = { ...empty, routes: options.routes ?? [route({ profile: 't.jsonl' })] }
  const configs = {
    config,
    base: of === 'base' ? config : empty,
    head: of === 'head' ? config : empty,
    loosened: [],
    changed: false,
  }
  const found = await profilesOf({
    plans: (options.plans ?? ['support']).map(plan),
    configs,
    trees,
    trusted,
    nowMs: NOW,
    book,
  })
  return {
    input: found.chat?.profile.bins[0]?.input,
    reads: [...(trees.base?.reads ?? []), ...trees.head.reads].length,
  }
}

describe('profiles of a run', () => {
  it('are the head’s when it is trusted', async () => {
    expect(await run({})).toEqual({ input: 200, reads: 1 })
  })
  it('are the base’s where the head has none any more', async () => {
    expect(await run({ head: {} })).toEqual({ input: 100, reads: 2 })
  })
  it('are the base’s when the head is not trusted', async () => {
    expect(await run({ trusted: false, of: 'base' })).toEqual({ input: 100, reads: 1 })
  })
  it('are none of an untrusted head whose configuration governs for want of another', async () => {
    expect(await run({ trusted: false, base: null })).toEqual({ input: undefined, reads: 0 })
    expect(await run({ trusted: false })).toEqual({ input: undefined, reads: 0 })
  })
  it('are not read for routes that nothing of this change stands for', async () => {
    expect(await run({ plans: ['other'] })).toEqual({ input: undefined, reads: 0 })
    expect(await run({ routes: [route()] })).toEqual({ input: undefined, reads: 0 })
  })
  it('may not be links or leave the repository', async () => {
    for (const profile of ['../t.jsonl', '/t.jsonl', 'C:\\t.jsonl', 'https://x/t.jsonl', 'a/../../t.jsonl'])
      await expect(run({ routes: [route({ profile })] })).rejects.toThrow('leads out of the repository')
    await expect(run({ base: null, head: {} })).rejects.toThrow('there is no file "t.jsonl"')
  })
})
