import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lineSplitter } from '../../src/io/line-splitter.ts'
import { createProcesses } from '../../src/io/processes.ts'
import { NODE24 } from '../fakes/runner.ts'

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
    const [names, where] = JSON.parse(lines[0] ?? '')
    expect(names.filter((name: string) => name !== 'PROMPT_PARITY_PROCESS')).toEqual(['ONLY', 'PATH'])
    expect(where).toContain('parity-proc-')
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

/** A zombie of another parent still answers to signal 0, so its state is read. */
const isGone = (pid: number) => {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

describe.runIf(process.platform === 'linux')('what a child left in another process group', () => {
  // As shells, Python and Node do it: a session of its own, below the child or below nobody, with the environment or without.
  const WAYS = {
    'a session of its own': "setsid sh -c 'echo PARITY $$; exec sleep 600' &",
    'a double fork': "(setsid nohup sh -c 'echo PARITY $$; exec sleep 600' &)",
    'a loop that starts others': '(setsid sh -c \'trap "" TERM; echo PARITY $$; while true; do sleep 0.05; done\' &)',
  }
  const CLEARED = "setsid env -i sh -c 'echo PARITY $$; exec sleep 600' &"
  async function started(within: Pick<ReturnType<typeof createProcesses>, 'start'>, script: string, own = env) {
    const child = within.start(['sh', '-c', script], { cwd, env: own })
    const pids: number[] = []
    child.onLine((line) => pids.push(Number(line)))
    const exit = new Promise<void>((resolve) => child.onExit(() => resolve()))
    await expect.poll(() => pids.length, { interval: 10, timeout: 20_000 }).toBe(1)
    const [pid = 0] = pids
    return { child, pid, exit }
  }
  const gone = (pid: number) => expect.poll(() => isGone(pid), { interval: 10, timeout: 20_000 }).toBe(true)

  it.each(Object.entries({ ...WAYS, 'a cleared environment': CLEARED }))('%s: ends with the child', async (_, way) => {
    const { child, pid, exit } = await started(processes, `${way}\ncat >/dev/null`)
    expect(isGone(pid)).toBe(false)
    child.kill()
    await exit
    await gone(pid)
  })

  it.each(Object.entries(WAYS))('%s: ends when the child ends by itself', async (_, way) => {
    const { child, pid, exit } = await started(processes, `${way}\nread line; exit 3`)
    child.send('go')
    await exit
    await gone(pid)
  })

  it('many that come and go: all of them, at the latest at the end', async () => {
    const own = createProcesses()
    const pids: number[] = []
    for (let i = 0; i < 12; i++) {
      const { child, pid, exit } = await started(own, `${WAYS['a double fork']}\nread line`)
      pids.push(pid)
      child.send('go')
      await exit
    }
    own.close()
    for (const pid of pids) await gone(pid)
  })

  it('what is becoming another program just then, too', async () => {
    const again = join(cwd, 'again')
    writeFileSync(again, '#!/bin/sh\nexec "$0"\n', { mode: 0o755 })
    for (let i = 0; i < 25; i++) {
      const own = createProcesses()
      const { child, pid, exit } = await started(own, `(setsid sh -c 'echo PARITY $$; exec ${again}' &)\nread line`)
      child.send('go')
      await exit
      await gone(pid)
      own.close()
    }
  })

  it("leaves everybody else alone: bystanders, another run's, and what has only a part of the mark", async () => {
    const other = createProcesses()
    const theirs = await started(other, `${WAYS['a double fork']}\ncat >/dev/null`)
    const marked = () =>
      readFileSync(`/proc/${theirs.pid}/environ`, 'utf8')
        .split('\0')
        .find((one) => one.startsWith('PROMPT_PARITY_PROCESS='))
    // While the shell becomes `sleep` it has none.
    await expect.poll(marked, { interval: 10, timeout: 20_000 }).toMatch(/^PROMPT_PARITY_PROCESS=[0-9a-f-]{36}\.\d+$/)
    const mark = marked()
    const bystander = spawn('sleep', ['600'], { env: { ...env, PROMPT_PARITY_PROCESS: `${mark?.slice(22, -4)}` } })
    const ours = await started(processes, `${WAYS['a double fork']}\ncat >/dev/null`)
    ours.child.kill()
    await ours.exit
    await gone(ours.pid)
    expect([isGone(theirs.pid), isGone(bystander.pid ?? 0)]).toEqual([false, false])
    other.close()
    await gone(theirs.pid)
    expect(isGone(bystander.pid ?? 0)).toBe(false)
    bystander.kill()
  })

  it('what a setup started lives as long as the run', async () => {
    const own = createProcesses()
    const file = join(cwd, 'service')
    const script = `(setsid sh -c 'echo $$ > ${file}; exec sleep 600' >/dev/null 2>&1 3>&- &); while [ ! -s ${file} ]; do sleep 0.01; done`
    expect((await own.run(['sh', '-c', script], { cwd, env, timeoutMs: 60_000 })).code).toBe(0)
    const pid = Number(readFileSync(file, 'utf8'))
    // A child that comes and goes in the meantime is no reason.
    const { child, pid: its, exit } = await started(own, `${WAYS['a double fork']}\nread line`)
    child.send('go')
    await exit
    await gone(its)
    expect(isGone(pid)).toBe(false)
    own.close()
    await gone(pid)
  })
})

it('no more open files: the child ends with that, and the machine is what is short', async () => {
  const script = join(cwd, 'short.mjs')
  const source = new URL('../../src/io/processes.ts', import.meta.url).href
  writeFileSync(
    script,
    `import { createProcesses } from ${JSON.stringify(source)}
import { openSync } from 'node:fs'
const processes = createProcesses()
try { for (;;) openSync('/dev/null', 'r') } catch {}
processes.start(['true'], { cwd: '/', env: {} }).onExit((exit) => console.log(JSON.stringify(exit)))`,
  )
  const { stdout, stderr } = spawnSync('bash', ['-c', `ulimit -n 128; exec "$0" ${script}`, NODE24], {
    encoding: 'utf8',
  })
  expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual({
    code: null,
    signal: null,
    shortage: true,
    stderr: expect.stringContaining('EMFILE'),
  })
})

it.runIf(process.platform === 'linux')('a program ends though somebody holds the pipes of its child', async () => {
  const script = join(cwd, 'held.mjs')
  const source = new URL('../../src/io/processes.ts', import.meta.url).href
  // With its environment cleared and its parent gone, nobody can tell whose it is.
  writeFileSync(
    script,
    `import { createProcesses } from ${JSON.stringify(source)}
const child = createProcesses().start(['sh', '-c', '(setsid env -i sleep 60 &); sleep 0.2'], { cwd: '/', env: process.env })
child.onExit((exit) => console.log(exit.code))`,
  )
  const ran = spawnSync(NODE24, [script], { encoding: 'utf8', timeout: 30_000 })
  expect([ran.stdout, ran.signal], ran.stderr).toEqual(['0\n', null])
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

  it('ends with its signal, whole and without a grace', async () => {
    const over = new AbortController()
    const up = join(cwd, 'up')
    const script = `trap "" TERM; sleep 600 & echo $! > ${up}.part; mv ${up}.part ${up}; wait`
    const done = processes.run(['sh', '-c', script], { cwd, env, timeoutMs: 600_000, signal: over.signal })
    await expect.poll(() => existsSync(up), { interval: 10, timeout: 20_000 }).toBe(true)
    over.abort()
    expect(await done).toMatchObject({ code: null, stderr: 'ended with the run' })
    await expect.poll(() => isGone(Number(readFileSync(up, 'utf8'))), { interval: 10, timeout: 20_000 }).toBe(true)
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
    const cut: string[] = []
    const feed = lineSplitter(1000, (line, isWhole) => (isWhole ? lines : cut).push(line))
    for (let i = 0; i < 50; i++) feed(Buffer.from('x'.repeat(100)))
    feed(Buffer.from(`\nnext\n${'y'.repeat(5000)}\n${'z'.repeat(1000)}\n`))
    expect(lines).toEqual(['next', 'z'.repeat(1000)])
    expect(cut).toEqual([`${'x'.repeat(200)}…`, `${'y'.repeat(200)}…`])
  })
})
