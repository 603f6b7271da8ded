// The chunks of dist/: to load an entry is to run it, so that nothing else may.

import { expect, it } from 'vitest'
import { commonJs } from '../scripts/common-js.ts'

const own = { entries: ['action', 'cli'], groupOf: (name: string) => name }

it('a chunk that loads an entry ends the build', async () => {
  const chunks = new Map([
    ['action', "import { x } from './chunk-A.mjs'\nexport const y = x\nconsole.log('runs')\n"],
    ['chunk-A', 'export const x = 1\n'],
    ['cli', "import { y } from './action.mjs'\nconsole.log(y)\n"],
  ])
  await expect(commonJs(chunks, own)).rejects.toThrow('cli.cjs loads action.cjs, and would run it')
  const later = new Map([...chunks, ['cli', "import('./action.mjs')\n"] as const])
  await expect(commonJs(later, own)).rejects.toThrow('would run it')
})

it('chunks of one group are one file, with what each gives', async () => {
  const chunks = new Map([
    ['action', "import { a } from './chunk-A.mjs'\nimport { b } from './chunk-B.mjs'\nconsole.log(a, b)\n"],
    ['cli', "import { a } from './chunk-A.mjs'\nconsole.log(a)\n"],
    ['chunk-A', 'export const a = 1\n'],
    ['chunk-B', "import { a } from './chunk-A.mjs'\nexport const b = a + 1\n"],
  ])
  const made = await commonJs(chunks, { ...own, groupOf: (name) => (name.startsWith('chunk-') ? 'parts' : name) })
  expect([...made.keys()].sort()).toEqual(['action', 'cli', 'parts'])
})
