// Large files piece by piece, from git and from disk: the same text as when they are read whole, or an error.

import { appendFile, mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { takePieces } from '../../src/io/file-pieces.ts'
import { createGit } from '../../src/io/git.ts'
import type { Tree } from '../../src/ports.ts'
import { createRepository } from '../fakes/repository.ts'

/** Characters of one to four bytes, so that wherever it is cut, some are cut through. */
const LARGE = Array.from({ length: 90_000 }, (_, at) => `${at} aß€🎉`).join('\n')
const TAIL = 'without a line break ü'
const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 99999999\n'

async function pieces(tree: Tree, path: string, maxBytes?: number) {
  const found: string[] = []
  const isThere = await tree.readInPieces?.(path, (piece) => found.push(piece), maxBytes)
  return { isThere, text: found.join(''), longest: Math.max(0, ...found.map((piece) => piece.length)) }
}

const FILES = {
  'large.jsonl': LARGE + TAIL,
  'small.jsonl': '\ufeffsmall ü\r\n',
  'empty.jsonl': '',
  'lfs.jsonl': POINTER,
  'invalid.jsonl': Buffer.from(Buffer.from(LARGE).map((byte, at) => (at % 997 === 0 ? 0xf0 : byte))),
  'cut.jsonl': Buffer.concat([Buffer.from(LARGE), Buffer.from('🎉').subarray(0, 3)]),
  'link.jsonl': { symlink: 'large.jsonl' },
}

describe.each(['a commit', 'the working tree'])('%s', (kind) => {
  async function open() {
    const repository = await createRepository({ files: FILES })
    const root = await repository.cloneFull('main')
    const git = createGit({ root })
    const tree = kind === 'a commit' ? git.tree((await git.commit('HEAD')) ?? '') : git.workingTree()
    return { tree, [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose]() }
  }

  it('gives the text that it reads', async () => {
    await using place = await open()
    for (const path of ['large.jsonl', 'small.jsonl', 'empty.jsonl', 'invalid.jsonl', 'cut.jsonl'] as const) {
      const { isThere, text } = await pieces(place.tree, path)
      const whole = Buffer.from(FILES[path]).toString('utf8')
      expect([isThere, text === whole, (await place.tree.read(path)) === whole], path).toEqual([true, true, true])
    }
    expect((await pieces(place.tree, 'large.jsonl')).longest).toBeLessThan(200_000)
    expect((await pieces(place.tree, 'gone.jsonl')).isThere).toBe(false)
  })

  it('refuses what it refuses to read', async () => {
    await using place = await open()
    await expect(pieces(place.tree, 'lfs.jsonl')).rejects.toThrow(/Git LFS/)
    await expect(pieces(place.tree, 'link.jsonl')).rejects.toThrow(/symbolic link/)
    await expect(pieces(place.tree, 'large.jsonl', 1_000_000)).rejects.toThrow(/the file has 1\.\d MB.*at most 1 MB/)
  })

  it('answers other questions meanwhile, each its own', async () => {
    await using place = await open()
    const asked = ['large.jsonl', 'small.jsonl', 'large.jsonl', 'empty.jsonl', 'small.jsonl']
    const texts = await Promise.all(
      asked.map(async (path, at) => (at % 2 === 0 ? (await pieces(place.tree, path)).text : place.tree.read(path))),
    )
    expect(texts.map((text, at) => text === FILES[asked[at] as 'large.jsonl'])).toEqual(asked.map(() => true))
  })
})

const DATE = [1_700_000_000, 1_700_000_000] as const

describe('a file that is written while it is read', () => {
  async function during(change: (file: string) => Promise<unknown>) {
    const folder = await mkdtemp(join(tmpdir(), 'parity-pieces-'))
    const file = join(folder, 'cases.jsonl')
    await writeFile(file, LARGE)
    await utimes(file, ...DATE)
    const size = Buffer.byteLength(LARGE)
    let [text, changing]: [string, Promise<unknown> | null] = ['', null]
    const read = takePieces('cases.jsonl', { file, size, mtimeMs: 1_700_000_000_000 }, (piece) => {
      text += piece
      changing ??= change(file)
    })
    const outcome = await read.then(
      () => 'read',
      (error: Error) => error.message,
    )
    await changing
    await rm(folder, { recursive: true })
    return { outcome, text }
  }

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['shrinks', (file) => truncate(file, 300_000)],
    ['is emptied', (file) => truncate(file, 0)],
    ['grows', (file) => appendFile(file, '\nmore')],
    ['shrinks, and keeps its date', (file) => truncate(file, 300_000).then(() => utimes(file, ...DATE))],
    ['is written into, and keeps its length', (file) => writeFile(file, 'other', { flag: 'r+' })],
  ])('%s: an error that says so', async (_, change) => {
    const { outcome } = await during(change)
    expect(outcome).toMatch(/^cases\.jsonl: the file changed while it was read\. Run again when nothing writes to it\./)
  })

  it('and grows without an end: reading it has one', async () => {
    const { outcome, text } = await during(async (file) => {
      for (let round = 0; round < 300; round++) await appendFile(file, 'x'.repeat(100_000))
    })
    expect(outcome).toMatch(/changed while/)
    expect(text.length).toBeLessThan(2 * LARGE.length)
  })

  it('is replaced: it is read as it was', async () => {
    const { outcome, text } = await during(async (file) => {
      await writeFile(`${file}.new`, 'another')
      await rename(`${file}.new`, file)
    })
    expect([outcome, text === LARGE]).toEqual(['read', true])
  })
})
