import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { createStore } from '../../src/io/store.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parity-store-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('store', () => {
  it('appends lines that only the owner can read, and reads them back', async () => {
    const store = createStore(join(root, 'a/b'))
    expect(await store.readLines('x.jsonl')).toEqual([])
    store.append('x.jsonl', '{"ä":1}')
    store.append('x.jsonl', 'two')
    await store.flush()
    expect(readFileSync(join(root, 'a/b/x.jsonl'), 'utf8')).toBe('{"ä":1}\ntwo\n')
    expect(statSync(join(root, 'a/b/x.jsonl')).mode & 0o777).toBe(0o600)
    expect(statSync(join(root, 'a/b')).mode & 0o777).toBe(0o700)
    expect(await store.readLines('x.jsonl')).toEqual(['{"ä":1}', 'two'])
    await store.close()
  })

  it('closes a file that others could read', async () => {
    writeFileSync(join(root, 'x'), 'old\n', { mode: 0o644 })
    const store = createStore(root)
    store.append('x', 'new')
    await store.close()
    expect(statSync(join(root, 'x')).mode & 0o777).toBe(0o600)
  })

  it('drops a torn last line, and does not glue the next one to it', async () => {
    writeFileSync(join(root, 'x'), 'one\ntorn "ä'.slice(0, -1))
    const store = createStore(root)
    expect(await store.readLines('x')).toEqual(['one'])
    store.append('x', 'two')
    await store.close()
    expect(await createStore(root).readLines('x')).toEqual(['one', 'torn "', 'two'])
  })

  it('reads lines across pieces and characters cut in two', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${'ä€😀'.repeat(100)}`)
    writeFileSync(join(root, 'x'), `${lines.join('\n')}\n`)
    expect(await createStore(root).readLines('x')).toEqual(lines)
  })

  it.each([
    ['plain', (i: number) => `{"case":${i},"text":"${'x'.repeat(i % 90)}"}`],
    ['of several bytes a character', (i: number) => `{"case":${i},"text":"${'ä€😀'.repeat(i % 30)}"}`],
    ['mostly plain', (i: number) => (i % 97 === 0 ? `${i} €` : `${i}`)],
  ])('says where each line begins: %s', async (_name, lineOf) => {
    const store = createStore(root)
    const lines = Array.from({ length: 700 }, (_, i) => lineOf(i))
    writeFileSync(join(root, 'x'), `\n${lines.join('\n\n')}\ntorn`)
    const seen: string[] = []
    await store.eachLine('x', (line, offset) => {
      seen.push(line)
      const [first] = store.linesFrom('x', offset)
      expect(first).toBe(line)
    })
    expect(seen).toEqual(lines)
    await store.close()
  })

  it('says where lines begin behind bytes that are no text', async () => {
    const broken = Buffer.from([0x7b, 0xe2, 0x82, 0x0a, 0xff, 0xc3, 0x0a])
    writeFileSync(join(root, 'x'), Buffer.concat([broken, Buffer.from('good\nbetter ä\n')]))
    const store = createStore(root)
    const seen: [string, number][] = []
    await store.eachLine('x', (line, offset) => seen.push([line, offset]))
    expect(seen.slice(2)).toEqual([
      ['good', 7],
      ['better ä', 12],
    ])
    await store.close()
  })

  it('two processes in one directory leave whole lines', async () => {
    const script = join(root, 'writer.ts')
    const store = resolve('src/io/store.ts')
    writeFileSync(
      script,
      `import { createStore } from ${JSON.stringify(store)}
const store = createStore(${JSON.stringify(join(root, 's'))})
for (let i = 0; i < 400; i++) { store.append('x', process.argv[2] + ' ' + i + ' ' + process.argv[2].repeat(3000)); await store.flush() }
await store.close()`,
    )
    const node = resolve('node_modules/.bin/node')
    const { status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', `"${node}" "${script}" a & "${node}" "${script}" b & wait`],
      { encoding: 'utf8' },
    )
    expect([status, stderr]).toEqual([0, ''])
    const lines = await createStore(join(root, 's')).readLines('x')
    expect(lines.length).toBe(800)
    expect(lines.filter((line) => /^([ab]) \d+ \1{3000}$/.test(line)).length).toBe(800)
  })

  it('does not write through a symbolic link', async () => {
    const outside = join(root, 'outside')
    writeFileSync(outside, '')
    mkdirSync(join(root, 's'))
    symlinkSync(outside, join(root, 's/x'))
    const store = createStore(join(root, 's'))
    store.append('x', 'secret')
    await expect(store.flush()).rejects.toThrow(UserError)
    expect(readFileSync(outside, 'utf8')).toBe('')
  })

  it.each(['../x', 'a/b', '', '.hidden', '/etc/x'])('refuses the name %j', (name) => {
    expect(() => createStore(root).append(name, 'x')).toThrow('no plain file name')
  })

  it('refuses a line that is two', () => {
    expect(() => createStore(root).append('x', 'a\nb')).toThrow('line break')
  })

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full, and what to do', async () => {
    const full = spawnSync(
      resolve('node_modules/.bin/node'),
      [
        '--input-type=module',
        '-e',
        `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
const open = fs.openSync; fs.openSync = (p, ...r) => open(String(p).endsWith('/x') ? '/dev/full' : p, fs.constants.O_RDWR)
fs.fchmodSync = () => {}; syncBuiltinESMExports()
const { createStore } = await import(${JSON.stringify(resolve('src/io/store.ts'))})
const store = createStore(${JSON.stringify(root)})
store.append('x', 'line')
await store.flush().catch((error) => console.log(error.name + ': ' + error.message))`,
      ],
      { encoding: 'utf8' },
    )
    expect(full.stdout).toMatch(/^UserError: The disk is full: .* Make room/)
  })

  it('a place that cannot be written is named', async () => {
    writeFileSync(join(root, 'file'), '')
    const store = createStore(join(root, 'file/state'))
    store.append('x', 'line')
    await expect(store.flush()).rejects.toThrow(/cannot be written to .*file\/state\/x \((ENOTDIR|EEXIST)\)/)
  })

  it('what another run appended meanwhile is read, too', async () => {
    const store = createStore(root)
    store.append('x', 'ours')
    await store.flush()
    appendFileSync(join(root, 'x'), 'theirs\n')
    store.append('x', 'ours again')
    expect(await store.readLines('x')).toEqual(['ours', 'theirs', 'ours again'])
    await store.close()
  })
})
