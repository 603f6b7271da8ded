import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/domain.ts'
import { createSandboxPool } from '../../src/io/sandbox-pool.ts'
import type { ScriptResult } from '../../src/ports.ts'

const pool = createSandboxPool()
const impatient = createSandboxPool({ scriptMs: 300 })
/** Time enough for a small script on a machine that is busy. */
const patient = createSandboxPool({ scriptMs: 2000 })
afterAll(() => Promise.all([pool.close(), impatient.close(), patient.close()]))

const data: JsonObject = { output: 'Hello 42', context: { vars: { a: 1 } } }
const returned = (value: unknown) => ({ state: 'returned', value })
const why = (result: ScriptResult) => (result.state === 'failed' ? result.why : `returned ${result.value}`)

/** Each is one native call of the engine that takes from half a minute to forever. */
const NATIVE_BOMBS = [
  'const text = "x".repeat(1000000); return text.indexOf("x".repeat(50000) + "y")',
  'const text = "x".repeat(1000000); return text.lastIndexOf("x".repeat(25000) + "y" + "x".repeat(25000))',
  'return "x".repeat(1000000).includes("x".repeat(50000) + "y")',
  'return "x".repeat(1000000).split("x".repeat(50000) + "y").length',
  'return "x".repeat(1000000).replaceAll("x".repeat(50000) + "y", "z")',
  'const list = []; list.length = 4294967295; return Array.prototype.lastIndexOf.call(list, 1)',
]

describe('sandbox pool', () => {
  it('runs a script and hands back its data', async () => {
    const script = 'return { n: output.length, a: context.vars.a, list: [null, "ü\\u2028", 1.5] }'
    expect(await pool.run(script, data)).toEqual(returned({ n: 8, a: 1, list: [null, 'ü\u2028', 1.5] }))
    expect(await pool.run('return', data)).toEqual(returned(undefined))
    expect(await pool.run('return await Promise.resolve(output)', data)).toEqual(returned('Hello 42'))
    expect(await pool.run('throw new TypeError("no")', data)).toEqual({ state: 'failed', why: 'TypeError: no' })
  })

  it('ends one long native call within its default limit, and goes on', async () => {
    expect(why(await pool.run(NATIVE_BOMBS[0] ?? '', data))).toBe('it ran for too long (more than 5 s)')
    expect(await pool.run('return 1', data)).toEqual(returned(1))
  })

  it.each(NATIVE_BOMBS)('ends %s', async (bomb) => {
    expect(why(await impatient.run(bomb, data))).toMatch(/^it ran for too long/)
  })

  it('has limits for everything else, too', async () => {
    const bombs: readonly (readonly [string, RegExp])[] = [
      ['while (true) {}', /too long/],
      ['for (;;) { try { while (true) {} } catch {} }', /too long/],
      ['const f = () => Promise.resolve().then(f)\nreturn f()', /too long|memory/],
      ['const a = []; while (true) a.push("x".repeat(1e6) + a.length)', /memory|too long/],
      ['let s = "x"; while (true) s += s', /too long|memory/],
      ['return new ArrayBuffer(2 ** 31 - 1).byteLength', /memory|RangeError/],
      ['return new Uint8Array(1e9).fill(1).length', /memory|RangeError/],
      ['return 2n ** (2n ** 30n) > 1n', /memory|too long|RangeError/],
      ['(function f() { return f() + 1 })()', /overflow/],
      ['throw { get message() { while (true) {} } }', /too long/],
      ['throw { toJSON() { while (true) {} } }', /no error/],
      ['throw Array(1000).fill(Array(1000).fill([]))', /no error/],
      ['throw "x".repeat(2000000)', /^x{300}$/],
      ['throw Symbol("x")', /no error/],
      ['throw 1n', /^1$/],
      ['return { toJSON() { while (true) {} } }', /too long/],
      ['return { then() { while (true) {} } }', /too long/],
      ['return "y".repeat(2000000)', /too much/],
      ['JSON.stringify = () => "[".repeat(400000) + "]".repeat(400000); return 1', /nested too deeply/],
      ['JSON.stringify = () => "{"; return 1', /no data/],
      ['JSON.stringify = () => ({}); return 1', /no data/],
    ]
    for (const [bomb, words] of bombs) expect(why(await pool.run(bomb, data)), bomb).toMatch(words)
    expect(await pool.run('return 1', data)).toEqual(returned(1))
  })

  it('refuses data that is too large or no plain data, and goes on', async () => {
    expect(why(await pool.run('return 1', { output: 'x'.repeat(20_000_000) }))).toBe('its data is too large')
    expect(why(await pool.run('return 1', { output: 'x'.repeat(3_900_000) }))).toMatch(/returned 1|memory/)
    let deep: JsonObject = {}
    for (let level = 0; level < 100_000; level += 1) deep = { deep }
    expect(why(await pool.run('return 1', deep))).toMatch(/nested too deeply/)
    expect(await pool.run('return 1', data)).toEqual(returned(1))
  })

  const escapes = [
    'return process.env.PATH',
    'return require("node:fs").readdirSync("/")',
    'return await import("node:fs")',
    'return fetch("http://127.0.0.1")',
    'return constructor.constructor("return process")().env',
    'return this.constructor.constructor("return process.env")()',
    'return (async () => {}).constructor("return process.exit(1)")()',
    'return output.constructor.constructor("return globalThis.process.exit(1)")()',
    'return Reflect.getPrototypeOf(context).constructor.constructor("return require")()("fs")',
    'return postMessage(1)',
    'return parentPort.postMessage("ready")',
    'return new Worker("x")',
    'return new Function("return this.process.env")().PATH',
  ]
  it.each(escapes)('%s gets nothing', async (attempt) => {
    expect(why(await pool.run(attempt, data))).toMatch(/(Reference|Type|Syntax)Error/)
  })

  it('keeps nothing between scripts, and answers each with its own', async () => {
    await pool.run('globalThis.leak = 1; Array.prototype.map = () => "mine"; Object.prototype.x = 1', data)
    expect(await pool.run('return typeof leak + [1].map(String) + ({}).x', data)).toEqual(
      returned('undefined1undefined'),
    )
    const all = Array.from({ length: 500 }, (_, at) => pool.run('return n * 2', { n: at }))
    expect(await Promise.all(all)).toEqual(Array.from({ length: 500 }, (_, at) => returned(at * 2)))
  })

  it('fails only the scripts that deserve it when many come at once', async () => {
    const scripts = Array.from({ length: 12 }, (_, at) => (at % 6 === 1 ? (NATIVE_BOMBS[0] ?? '') : 'return "fine"'))
    const results = await Promise.all(scripts.map((script) => patient.run(script, data)))
    expect(results.map((result) => result.state)).toEqual(
      scripts.map((script) => (script === 'return "fine"' ? 'returned' : 'failed')),
    )
  })

  it('does not take its own busy thread for a slow script', async () => {
    const own = createSandboxPool({ scriptMs: 1000 })
    expect(await own.run('return 1', data)).toEqual(returned(1))
    const result = own.run('return 2', data)
    // Our thread stands still for longer than a script may take, and leaves the processor to it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000)
    expect(await result).toEqual(returned(2))
    await own.close()
  })

  it('does not keep a program alive that has nothing left to do', async () => {
    const file = new URL('../../src/io/sandbox-pool.ts', import.meta.url).href
    const program = `import { createSandboxPool } from '${file}'
      const pool = createSandboxPool()
      await Promise.all([pool.run('return 1', {}), pool.run('while (true);', {})])
      console.log((await pool.run('return 3', {})).value)`
    const args = ['--input-type=module', '--eval', program]
    const ended = await promisify(execFile)(process.execPath, args, { timeout: 120_000 })
    expect(ended.stdout).toBe('3\n')
  })

  it('says that the engine did not start', async () => {
    const hurried = createSandboxPool({ startMs: 1 })
    expect(why(await hurried.run('return 1', data))).toMatch(/^the sandbox did not start/)
    await hurried.close()
  })

  it('answers what it has not finished when it is closed, and everything after', async () => {
    const closing = createSandboxPool()
    const open = Array.from({ length: 5 }, () => closing.run(NATIVE_BOMBS[0] ?? '', data))
    await closing.close()
    await closing.close()
    for (const result of [...(await Promise.all(open)), await closing.run('return 1', data)]) {
      expect(why(result)).toMatch(/run ended/)
    }
  })
})
