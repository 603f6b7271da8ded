// Files of another encoding: UTF-16 is refused by name, letters lost from Latin-1 are told.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { refuseUtf16 } from '../../src/config/encoding.ts'
import { UserError } from '../../src/errors.ts'
import { cli, inRepository } from '../commands/cli.ts'

const FILES = {
  'parity.yaml': 'mode: enforce\n',
  'p.md': 'Say it with a café. {{ question }}\n',
  'a.eval.yaml':
    'target: { prompt: p.md, model: openai/gpt-4.1-2025-04-14 }\ncases: c.jsonl\nscorers:\n  - contains: "{{expected}}"\n',
  'c.jsonl': '{"id":"one","question":"What is a café?","expected":"a place"}\n',
}

const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')
const ENCODED = {
  'little end first, with its mark': utf16,
  'big end first': (text: string) => utf16(text).swap16(),
  'without a mark': (text: string) => Buffer.from(text, 'utf16le'),
}

describe.concurrent('an encoding that is not UTF-8', () => {
  for (const [how, encode] of Object.entries(ENCODED))
    for (const path of Object.keys(FILES))
      it(`is named: UTF-16 in ${path}, ${how}`, () =>
        inRepository(FILES, async (cwd) => {
          await writeFile(join(cwd, path), encode(await readFile(join(cwd, path), 'utf8')))
          const { code, stdout } = await cli(cwd, ['validate'])
          expect(code).toBe(2)
          expect(stdout).toMatch(
            new RegExp(`${path.replaceAll('.', '\\.')}.*the file is not UTF-8: it looks like UTF-16`),
          )
          const run = await cli(cwd, ['run', '--base', 'HEAD', '--dry-run'])
          expect(run.code).toBe(2)
          expect(run.stderr).toContain('it looks like UTF-16')
        }))

  it('is warned of where letters were lost', () =>
    inRepository(FILES, async (cwd) => {
      expect((await cli(cwd, ['validate'])).stdout).not.toContain('lost')
      for (const path of ['p.md', 'c.jsonl']) {
        const file = join(cwd, path)
        await writeFile(file, Buffer.from(await readFile(file, 'utf8'), 'latin1'))
      }
      const { code, stdout } = await cli(cwd, ['validate'])
      expect(code).toBe(0)
      expect(stdout).toContain('Letters that are not UTF-8 were lost in the prompt. Save the file as UTF-8.')
      expect(stdout).toContain('Letters that are not UTF-8 were lost in the cases one. Save the file as UTF-8.')
    }))

  it.each(['', 'a', '\u0000', 'a\u0000'.repeat(3), '\uFFFD\uFFFDa\u0000', '\uFFFD broken', 'abc\u0000'])(
    '%j',
    (text) => {
      const isNamed = text.slice(0, 4).includes('\u0000') && !text.startsWith('abc')
      const read = () => refuseUtf16(text, { path: 'x' })
      if (isNamed) expect(read).toThrow(UserError)
      else expect(read).not.toThrow()
    },
  )
})
