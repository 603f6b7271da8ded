// Two versions of a file by their lines: which line is which, and what stands in the place of what.

import { describe, expect, it } from 'vitest'
import { lineDiff } from '../../src/detect/line-diff.ts'

const joined = (...lines: readonly string[]) => lines.join('\n')
const said = (base: string, head: string) => {
  const { same, baseStretch, headStretch } = lineDiff(base, head)
  return { same: [...same], base: [...baseStretch], head: [...headStretch] }
}

describe('lineDiff', () => {
  it('says nothing of equal files, however they are indented', () => {
    expect(said('a\n  b', '  a\nb')).toEqual({ same: [0, 1], base: [0, 0], head: [0, 0] })
  })

  it('puts what is changed in the place of what was there', () => {
    expect(said(joined('a', 'old', 'z'), joined('a', 'new', 'newer', 'z'))).toEqual({
      same: [0, -1, 3],
      base: [0, 1, 0],
      head: [0, 1, 1, 0],
    })
  })

  it('tells two changed places apart by a line between them that says something', () => {
    const { base, head } = said(joined('model: a', 'url', 'model: b'), joined('model: c', 'url', 'model: d'))
    expect([base, head]).toEqual([
      [1, 0, 2],
      [1, 0, 2],
    ])
  })

  it('takes no bracket and no empty line for a place of its own', () => {
    const { same } = said(joined('}', 'a', '}', '', 'b'), joined('x', '}', 'y', '', '}', 'z'))
    expect(same).toEqual([-1, -1, -1, -1, -1])
  })

  it('keeps the order of lines that occur once, and lets those go that moved', () => {
    expect(said(joined('a', 'b', 'c', 'd'), joined('d', 'a', 'b', 'c')).same).toEqual([1, 2, 3, -1])
  })

  it.each([
    ['an empty base', '', 'a\nb'],
    ['an empty head', 'a\nb', ''],
    ['both empty', '', ''],
    ['no line in common', 'a\n'.repeat(3000), 'b\n'.repeat(3000)],
    ['the same line over and over', 'a\n'.repeat(50_000), 'a\n'.repeat(40_000)],
    ['all lines in the other order', range(30_000), range(30_000).split('\n').reverse().join('\n')],
    ['one line changed in every five', range(20_000), range(20_000).replace(/^\d*[05]$/gm, 'x')],
    ['carriage returns', 'a\r\nb\r\n', 'a\nc\n'],
  ])('ends, and gives every line a place: %s', (_, base, head) => {
    const { same, baseStretch, headStretch } = lineDiff(base, head)
    const [was, is] = [base.split('\n'), head.split('\n')]
    expect([same.length, baseStretch.length, headStretch.length]).toEqual([was.length, was.length, is.length])
    const kept = [...same].filter((line) => line >= 0)
    expect(kept).toEqual([...new Set(kept)].sort((one, other) => one - other))
    const wrong = was.filter((line, at) => (same[at] ?? -1) >= 0 && line.trim() !== is[same[at] ?? -1]?.trim())
    expect(wrong).toEqual([])
  })
})

function range(lines: number): string {
  return Array.from({ length: lines }, (_, i) => `${i}`).join('\n')
}
