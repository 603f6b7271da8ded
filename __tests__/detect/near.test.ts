// Sources beside changed files: how often they are read.

import { describe, expect, it, vi } from 'vitest'
import { nearIn } from '../../src/detect/near.ts'
import { memoryTree } from '../fakes/tree.ts'

const MODEL = 'class Bill(BaseModel):\n    total: float = Field(description="Total")\n'
const numbered = (count: number, path: (at: number) => string, text: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [path(at), text]))

function counted(files: { readonly [path: string]: string }) {
  const tree = memoryTree(files)
  const list = vi.fn(tree.list)
  return { near: nearIn({ ...tree, list }), reads: tree.reads, list }
}

describe('sources beside changed files', () => {
  it('are read once for all of them', async () => {
    const { near, reads, list } = counted({
      ...numbered(5, (at) => `app/m${at}.py`, MODEL),
      'app/bot.py': 'from .m1 import Bill\nPROMPT = open("t2.txt").read()\nAgent("openai:gpt-4o", output_type=Bill)\n',
    })
    for (let at = 0; at < 5; at++) {
      expect([...(await near.answers(`app/m${at}.py`, MODEL))]).toEqual(at === 1 ? ['Bill'] : [])
      expect(await near.isReadAsPrompt(`app/t${at}.txt`)).toBe(at === 2)
    }
    expect(list).toHaveBeenCalledTimes(1)
    expect([...reads].sort()).toEqual([...new Set(reads)].sort())
  })

  it('are not read without end', async () => {
    const { near, reads } = counted({
      ...numbered(40, (at) => `d${at}/a.py`, MODEL),
      ...Object.assign(
        {},
        ...Array.from({ length: 40 }, (_, folder) => numbered(30, (at) => `d${folder}/b${at}.py`, '')),
      ),
    })
    for (let at = 0; at < 40; at++) await near.answers(`d${at}/a.py`, MODEL)
    expect(reads.length).toBe(200)
  })
})
