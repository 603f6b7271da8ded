import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineSplitter } from '../../src/io/line-splitter.ts'
import { createProcesses } from '../../src/io/processes.ts'

let cwd: string
const processes = createProcesses()
const env = { PATH: process.env.PATH ?? '', ONLY: 'this' }
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'parity-proc-'))
})
afterAll(() => {
  processes.close()
  rmSync(cwd, { recursive: true, force: true })
})
const node = (script: string) => [process.execPath, '-e', script]
function listen(script: string, send: readonly string[] = []) {
  const child = processes.start(node(script), { cwd, env })
  const lines: string[] = []
  child.onLine((line) => lines.push(line))
  for (const line of send) child.send(line)
  const exit = new Promise<{ code: number | null; signal: string | null; stderr: string }>((resolve) =>
    child.onExit(resolve),
  )
  return { child, lines, exit }
}

describe('start', () => {
  it('hears fd 3 and stdout lines with the prefix, and nothing else', async () => {
    const { lines, exit } = listen(
      `const fs = require('fs'); console.log('library noise'); console.log('PARITY {"a":1}'); fs.writeSync(3, '{"b":2}\\n\\n{"c":3}\\n'); console.error('oops'); process.exitCode = 3`,
    )
    expect(await exit).toEqual({ code: 3, signal: null, stderr: 'oops\n' })
    expect([...lines].sort()).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
  })

  it('sees only the environment it was given, in the directory it was given', async () => {
    const { lines, exit } = listen(
      `console.log('PARITY ' + JSON.stringify([Object.keys(process.env).sort(), process.cwd()]))`,
    )
    await exit
    expect(JSON.parse(lines[0] ?? '')).toEqual([['ONLY', 'PATH'], expect.stringContaining('parity-proc-')])
  })

  it('passes arguments without a shell', async () => {
    const child = processes.start(
      [process.execPath, '-e', 'console.log("PARITY " + process.argv[1])', '$(id); `id` && *'],
      { cwd, env },
    )
    const lines: string[] = []
    child.onLine((line) => lines.push(line))
    await new Promise((resolve) => child.onExit(resolve))
    expect(lines).toEqual(['$(id); `id` && *'])
  })

  it('a command that does not exist ends with its reason', async () => {
    const child = processes.start(['/no/such/program'], { cwd, env })
    child.send('into the void')
    const exit = await new Promise<{ code: number | null; stderr: string }>((resolve) => child.onExit(resolve))
    expect(exit.code).toBeNull()
    expect(exit.stderr).toContain('ENOENT')
  })

  it('writing to one that is gone is no error', async () => {
    const { child, exit } = listen('process.exit(0)')
    await exit
    for (let i = 0; i < 100; i++) child.send('x'.repeat(10_000))
    child.kill()
  })

  it('kill ends the whole group, also what ignores a polite request', async () => {
    const file = join(cwd, 'pid')
    const script = `process.on('SIGTERM', () => {}); const c = require('child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"]); require('fs').writeFileSync(${JSON.stringify(file)}, String(c.pid)); console.log('PARITY up'); setInterval(() => {}, 1000)`
    const { child, lines, exit } = listen(script)
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    child.kill()
    expect((await exit).signal).toBe('SIGKILL')
    const grandchild = Number(readFileSync(file, 'utf8'))
    // Its end may be reported a moment later; a zombie of another parent still answers to signal 0, so read its state.
    const gone = () => {
      try {
        return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${grandchild}/status`, 'utf8'))
      } catch {
        return true
      }
    }
    await expect.poll(gone, { interval: 10, timeout: 20_000 }).toBe(true)
  })

  it('a flood on every pipe stays in bounds', async () => {
    const { lines, exit } = listen(
      `const fs = require('fs'); const s = 'x'.repeat(1e6); for (let i = 0; i < 20; i++) { fs.writeSync(1, s); fs.writeSync(2, s) } fs.writeSync(1, '\\nPARITY after\\n')`,
    )
    const { stderr } = await exit
    expect(stderr.length).toBeLessThanOrEqual(8 * 1024)
    expect(lines).toEqual(['after'])
  })
})

describe('run', () => {
  it('gives code and output', async () => {
    const done = await processes.run(node('console.log("out"); console.error("err"); process.exit(4)'), {
      cwd,
      env,
      timeoutMs: 120_000,
    })
    expect(done).toEqual({ code: 4, stdout: 'out\n', stderr: 'err\n' })
  })

  it('ends what takes too long, even when it leaves something behind that holds the pipes', async () => {
    const file = join(cwd, 'slow.mjs')
    writeFileSync(
      file,
      `import { spawn } from 'node:child_process'; spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })`,
    )
    const done = await processes.run([process.execPath, file], { cwd, env, timeoutMs: 1500 })
    expect(done.code).toBeNull()
    expect(done.stderr).toContain('ended by us after 1.5 s')
  })
})

describe('lineSplitter', () => {
  it('joins pieces, splits at breaks, keeps characters whole', () => {
    const lines: string[] = []
    const feed = lineSplitter(100, (line) => lines.push(line))
    for (const byte of Buffer.from('ä€\r\n\nzwei\nrest', 'utf8')) feed(Buffer.from([byte]))
    expect(lines).toEqual(['ä€', '', 'zwei'])
  })

  it('cuts what is too long and goes on with the next line', () => {
    const lines: string[] = []
    const feed = lineSplitter(1000, (line) => lines.push(line))
    for (let i = 0; i < 50; i++) feed(Buffer.from('x'.repeat(100)))
    feed(Buffer.from(`\nnext\n${'y'.repeat(5000)}\n`))
    expect(lines).toEqual([`${'x'.repeat(200)}…`, 'next', `${'y'.repeat(200)}…`])
  })
})
