// Our own globs mean what the library for globs says of them.

import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { globMatcher } from '../../src/config/globs.ts'
import { GLOBS } from '../../src/detect/files.ts'
import { ownGlobs } from '../../src/detect/own-globs.ts'

const FOLDERS = [
  '',
  'src/',
  'a/b/',
  '.github/',
  '.claude/',
  'tests/',
  'my-examples/',
  'x/dist/y/',
  'src/demo/',
  'templates/',
]
const NAMES = [
  'README.md',
  '.env',
  '.env.local',
  'env.ts',
  'Dockerfile',
  'a.test.ts',
  'test_a.py',
  'a.py.md',
  'go.sum',
  'UserGuide.md',
]
const DRAWN = FOLDERS.flatMap((folder) => NAMES.map((name) => folder + name))

describe('globs of our own', () => {
  it('match what the library matches, on paths of real commits', async () => {
    const labels = await readFile(new URL('../../docs/detection-labels.jsonl', import.meta.url), 'utf8')
    const real = [...labels.matchAll(/"([\w.@ /-]+\.\w+)"/g)].map(([, path = '']) => path)
    const paths = [...new Set([...real, ...DRAWN])]
    expect(paths.length).toBeGreaterThan(2000)
    for (const glob of GLOBS) {
      const [own, library] = [ownGlobs([glob]), globMatcher([glob])]
      expect(
        paths.filter((path) => own(path) !== library(path)),
        glob,
      ).toEqual([])
    }
  })

  it('take a path with every special character as it is', () => {
    const glob = '**/*{a,b}+(c)[0-9].x$'
    const match = ownGlobs([glob])
    expect(match('d/za+(c)7.x$')).toBe(true)
    for (const path of ['d/za+(c)7.xs', 'd/zac7.x$', 'd/zc+(c)7.x$', 'd/za+(c)x.x$']) expect(match(path)).toBe(false)
  })
})
