import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { diskFailure } from '../../src/io/disk-failure.ts'
import { clearReportDir, openReportDir, writeReportDir } from '../../src/io/report-dir.ts'
import { openRowLog } from '../../src/io/row-log.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parity-report-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('several at once into one folder: each file is one of theirs, whole, and nothing else is left', async () => {
  const names = ['report.json', 'report.html', 'record.jsonl']
  const texts = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(200_000))
  const parts = (text: string) => [text.slice(0, 7), text.slice(7)]
  await Promise.all(
    texts.map((text) =>
      writeReportDir(root, { 'report.json': text, 'report.html': text, 'record.jsonl': parts(text) }),
    ),
  )
  expect(readdirSync(root).sort()).toEqual([...names].sort())
  for (const name of names) expect(texts.includes(readFileSync(join(root, name), 'utf8')), name).toBe(true)
})

it('a file that cannot be written leaves the one that was there, and no half one', async () => {
  writeFileSync(join(root, 'report.json'), 'old')
  const failing = function* () {
    yield 'x'.repeat(300_000)
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  }
  const writing = writeReportDir(root, { 'report.json': failing() })
  await expect(writing).rejects.toThrow(
    /The disk is full: .*report\.json cannot take any more of the report \(.* free there\)/,
  )
  await expect(writing).rejects.toMatchObject({ exit: 3 })
  expect(readdirSync(root)).toEqual(['report.json'])
  expect(readFileSync(join(root, 'report.json'), 'utf8')).toBe('old')
})

it.each([
  [
    'ENOSPC',
    3,
    /disk is full: \/x\/answers\.jsonl cannot take 2\.5 kB more of the record[\s\S]*2 kB for each call[\s\S]*same command again/,
  ],
  ['EDQUOT', 3, /disk is full/],
  ['EFBIG', 3, /as large as a file may be here[\s\S]*`ulimit -f`/],
  ['EMFILE', 3, /Too many files are open[\s\S]*`ulimit -n`/],
  ['EIO', 3, /cannot be written to \/x\/answers\.jsonl \(EIO\)[\s\S]*See to the disk/],
  ['EACCES', 2, /cannot be written to \/x\/answers\.jsonl \(EACCES\)[\s\S]*Point state-dir/],
  ['EROFS', 2, /\(EROFS\)/],
])('%s ends with exit code %i', (code, exit, message) => {
  const error = Object.assign(new Error('refused'), { code })
  const said = diskFailure(error, { path: '/x/answers.jsonl', option: 'state-dir', what: 'the record', bytes: 2500 })
  expect(said).toBeInstanceOf(UserError)
  expect(said).toMatchObject({ exit, message: expect.stringMatching(message) })
})

it('what is no error of the file system stays what it is', () => {
  const refused = { path: '/x', option: 'report-dir', what: 'the report' } as const
  for (const error of [new Error('a defect'), new UserError({ what: 'a', remedy: 'b' }), 'text'])
    expect(diskFailure(error, refused)).toBe(error)
})

it('halves of files that a killed run left go after an hour; those of a run that writes now stay, and links', async () => {
  const draft = (at: number) => `.record.jsonl.0f2fdc1f-7cd1-4c8a-9b0e-${String(at).padStart(12, '0')}.new`
  for (const at of [1, 2]) writeFileSync(join(root, draft(at)), 'half')
  const old = new Date(Date.now() - 2 * 60 * 60 * 1000)
  utimesSync(join(root, draft(1)), old, old)
  symlinkSync('nowhere', join(root, draft(3)))
  writeFileSync(join(root, '.record.jsonl.new'), 'theirs')
  utimesSync(join(root, '.record.jsonl.new'), old, old)
  await writeReportDir(root, { 'report.json': 'text' })
  expect(readdirSync(root).sort()).toEqual([draft(2), draft(3), '.record.jsonl.new', 'report.json'].sort())
})

it('a file of an earlier report that cannot be removed is wrong usage, with its reason', () => {
  for (const [name, open] of [['calls.jsonl', openReportDir] as const, ['record.jsonl', openRowLog] as const]) {
    mkdirSync(join(root, name, 'in it'), { recursive: true })
    expect(() => open(root)).toThrow(/The report cannot be written to .* \((EISDIR|EPERM)\)\./)
    expect(() => open(root)).toThrow(expect.objectContaining({ exit: 2 }))
  }
})

describe('what an earlier run left', () => {
  const OWN = ['report.json', 'comment.md', 'summary.md', 'report.html', 'junit.xml', 'record.jsonl', 'calls.jsonl']
  const leave = () => {
    for (const name of [...OWN, 'labels.jsonl', 'notes.txt']) writeFileSync(join(root, name), 'of the run before')
    mkdirSync(join(root, 'parts'))
  }
  const theirs = ['labels.jsonl', 'notes.txt', 'parts']

  it('goes but for what this run writes, and files of others stay', () => {
    leave()
    clearReportDir(root, ['report.json', 'record.jsonl'])
    expect(readdirSync(root).sort()).toEqual([...theirs, 'record.jsonl', 'report.json'].sort())
  })

  it('goes before the first call: a run that is killed leaves its calls beside no report but its own', () => {
    leave()
    openReportDir(root)
    expect(readdirSync(root).sort()).toEqual(theirs)
  })

  it('is nothing where there is no folder', () => {
    expect(() => clearReportDir(join(root, 'nowhere'), [])).not.toThrow()
    writeFileSync(join(root, 'file'), '')
    expect(() => clearReportDir(join(root, 'file'), [])).not.toThrow()
  })
})
