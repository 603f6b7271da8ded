// What the shards were asked holds for their merge: it is the one run, whatever its own command line leaves out.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { PROMPT, project, wrongWhen } from './project.ts'
import { type Ran, type Workshop, workshop } from './sharded.ts'

let llm: FakeLlm
beforeAll(async () => {
  llm = await startFakeLlm({ answer: wrongWhen('Be brief', ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana']) })
})
afterAll(() => llm.close())

const TREES = { base: project(), head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` } }

async function shards(shop: Workshop, ...args: readonly (readonly string[])[]): Promise<readonly Ran[]> {
  const ran: Ran[] = []
  for (const [at, own] of args.entries()) ran.push(await shop.shard(at + 1, args.length, own))
  return ran
}
const foldersOf = (ran: readonly Ran[]) => ran.map((one) => one.folder)

describe('a merge that is told nothing', () => {
  it('has the mode, the cap and the words about exit codes of its shards', async () => {
    await using shop = await workshop(TREES, llm)
    const args = ['--mode', 'report', '--max-usd', '0.5', '--on-not-measured', 'pass']
    const ran = await shards(shop, args, args)
    const merged = await shop.merge(foldersOf(ran))
    expect([merged.code, merged.report.verdict.outcome, merged.report.run.spendCap]).toEqual([0, 'fail', '0.5'])
    const enforced = await shop.merge(foldersOf(ran), ['--mode', 'enforce', '--max-usd', '0.7'])
    expect([enforced.code, enforced.report.run.spendCap]).toEqual([1, '0.7'])
    const alone = await shop.merge(foldersOf(ran).slice(1), ['--mode', 'enforce'])
    expect([alone.code, alone.report.verdict.outcome]).toEqual([0, 'not-measured'])
  })

  it('is refused where the shards were asked differently, until it is told', async () => {
    await using shop = await workshop(TREES, llm)
    const ran = await shards(shop, ['--max-usd', '1'], [])
    const merged = await shop.merge(foldersOf(ran))
    expect([merged.code, merged.stderr]).toEqual([
      2,
      expect.stringContaining('not asked with the same `max-usd`: shard 1 with "1", shard 2 with none'),
    ])
    const told = await shop.merge(foldersOf(ran), ['--max-usd', '2'])
    expect([told.code, told.report.run.spendCap]).toEqual([1, '2'])
  })

  it('goes by the defaults for shards of a version that did not write it down', async () => {
    await using shop = await workshop(TREES, llm)
    const ran = await shards(shop, ['--mode', 'report'], ['--mode', 'report'])
    for (const folder of foldersOf(ran)) {
      const path = join(folder, 'shard.json')
      const header = JSON.parse(await readFile(path, 'utf8'))
      const { inputs: _, ...asked } = header.asked
      await writeFile(path, JSON.stringify({ ...header, asked }))
    }
    const merged = await shop.merge(foldersOf(ran))
    expect([merged.code, merged.report.run.shards]).toEqual([1, { of: 2, missing: [] }])
  })
})
