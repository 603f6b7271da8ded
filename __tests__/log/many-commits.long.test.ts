// The versions of a constant whose file has changed two thousand times.

import { expect, it } from 'vitest'
import { gitBytes } from '../fakes/git.ts'
import { createRepository } from '../fakes/repository.ts'
import { logOf } from './history.ts'

const ONE = 'You are a helpful assistant for the shop.\nAnswer in one sentence.\n'
const python = (system: string, more = '') => `import os\n\nSYSTEM = """${system}"""\n\n${more}`

it('two thousand commits on a file', async () => {
  await using repository = await createRepository({ files: { 'app/p.py': python(ONE) }, message: 'first' })
  const commit = (at: number) => {
    const text = Buffer.from(
      python(at % 500 === 0 ? `${ONE}Rule ${at}.\n` : `${ONE}Rule ${at - (at % 500)}.\n`, `X = ${at}\n`),
    )
    const who = `A <a@example.com> ${1_770_000_000 + at * 60} +0000`
    return `commit refs/heads/main\ncommitter ${who}\ndata 3\nc${String(at % 100).padStart(2, '0')}\n${at === 0 ? 'from refs/heads/main^0\n' : ''}M 100644 inline app/p.py\ndata ${text.length}\n${text}\n`
  }
  const input = Array.from({ length: 2000 }, (_, at) => commit(at)).join('')
  await gitBytes(repository.bare, ['fast-import', '--quiet', '--date-format=raw'], { input })
  const log = await logOf(repository, 'app/p.py#SYSTEM')
  expect(log.versions).toHaveLength(5)
  const two = await logOf(repository, 'app/p.py#SYSTEM', { limit: 2 })
  expect(two).toMatchObject({ more: true })
  expect(two.versions).toEqual(log.versions.slice(0, 2))
})
