import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/domain.ts'
import { type Given, scoreWith, verdictOf, whyOf } from './cases.ts'

function given(value: string, rest: Partial<Given> = {}): Given {
  return { scorer: 'javascript', value, output: 'Hello 42', ...rest }
}

describe('javascript', () => {
  const rows: readonly (readonly [string, string, Partial<Given>?])[] = [
    ['output.includes("42")', 'pass 1'],
    ['output.includes("42");', 'pass 1'],
    ['output.includes("x")', 'fail 0'],
    ['output.includes("x") // no', 'fail 0'],
    ['output.includes("x")', 'pass 1', { scorer: 'not-javascript' }],
    ['0.4', 'pass 0.4'],
    ['0', 'fail 0'],
    ['0.4', 'fail 0.4', { threshold: 0.5 }],
    ['7', 'pass 1', { threshold: 0.5 }],
    ['0.4', 'pass 0.4', { scorer: 'not-javascript' }],
    ['({pass: true, score: 0.8, reason: "fine"})', 'pass 0.8'],
    ['({pass: true, score: 0.4})', 'fail 0.4', { threshold: 0.5 }],
    ['({pass: false})', 'fail 0'],
    ['({pass: false})', 'fail 0', { scorer: 'not-javascript' }],
    ['const n = output.length\nreturn n > 3', 'pass 1'],
    ['return output.length > 3', 'pass 1'],
    ['const n = output.length\nn > 3', 'missing'],
    ['context.vars.q === "why" && context.expected === "E"', 'pass 1', { vars: { q: 'why' }, expected: 'E' }],
    ['context.config.limit === 3', 'pass 1', { options: { config: { limit: 3 } } }],
    ['context.prompt === "the prompt"', 'pass 1'],
    ['await Promise.resolve(true)', 'pass 1'],
    ['module.exports = (output, context) => output.length === 8', 'pass 1'],
    ['export default function (output) {\n  return output.length === 8\n}', 'pass 1'],
    [
      'new Date("2024-01-02").getUTCDate() === 2 && "ab".repeat(3) === "ababab" && "1".padStart(3, "0") === "001" && "1".padEnd(3) === "1  "',
      'pass 1',
    ],
    // values in the code are data
    ['output === "{{a}}"', 'pass 1', { vars: { a: 'Hello 42' } }],
    ["output.includes('{{a}}')", 'pass 1', { output: `it's "q" \\ \`\${x}\``, vars: { a: `it's "q" \\ \`\${x}\`` } }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the data looks like a template literal
    ['output === `{{a}}`', 'pass 1', { output: 'a`${1}\nb', vars: { a: 'a`${1}\nb' } }],
    ['{{n}} > 3', 'pass 1', { vars: { n: 4 } }],
    ['{{l | dump}}.includes(2)', 'pass 1', { vars: { l: [1, 2] } }],
    ['{{n}} > 3', 'missing', { vars: { n: '1; return true' } }],
    ['output === "{{a}}"', 'fail 0', { vars: { a: '" || true || "' } }],
    // defects of the script
    ['output.nope()', 'missing'],
    ['throw new Error("x")', 'missing'],
    ['(', 'missing'],
    ['"yes"', 'missing'],
    ['undefined', 'missing'],
    ['null', 'missing'],
    ['NaN', 'missing'],
    ['[1]', 'missing'],
    ['({score: 1})', 'missing'],
    ['(() => {})', 'missing'],
    ['new Promise(() => {})', 'missing'],
    ['Promise.reject(new Error("no"))', 'missing'],
    ['const a = {}; a.a = a; return a', 'missing'],
  ]
  for (const [code, verdict, rest] of rows) {
    it(`${JSON.stringify(code)}: ${verdict}`, async () => {
      expect(await verdictOf(given(code, rest))).toBe(verdict)
    })
  }

  it('says why', async () => {
    expect(await whyOf(given('output.nope()'))).toMatch(/^the script failed: TypeError/)
    expect(await whyOf(given('({pass: true, reason: "x".repeat(5000)})'))).toHaveLength(200)
    expect(await whyOf(given('Math.random() > 2'))).toMatch(/repeatable/)
    expect(await whyOf(given('Date.now() > 2'))).toMatch(/repeatable/)
    expect(await whyOf(given('new Date() > 2'))).toMatch(/repeatable/)
  })

  it('transforms the output of any scorer first', async () => {
    const options = { transform: 'JSON.parse(output).answer' }
    expect(await verdictOf({ scorer: 'equals', value: 'Paris', output: '{"answer": "Paris"}', options })).toBe('pass 1')
    expect(await verdictOf({ scorer: 'equals', value: 'Paris', output: 'no json', options })).toBe('missing')
  })
})

describe('sandbox', () => {
  const absent = [
    'process',
    'require',
    'module',
    'exports',
    'fetch',
    'XMLHttpRequest',
    'WebSocket',
    'Buffer',
    'global',
    'window',
    'Deno',
    'Bun',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'std',
    'os',
    'console',
    'print',
    'scriptArgs',
    'performance',
    'navigator',
    'importScripts',
    'WebAssembly',
    'Worker',
  ]
  it('has no door', async () => {
    const code = `const found = ${JSON.stringify(absent)}.filter((name) => name in globalThis)\nreturn {pass: found.length === 0, reason: found.join()}`
    expect(await whyOf(given(code))).toBe('the script returned true')
  })
  const escapes = [
    'constructor.constructor("return process")()',
    'this.constructor.constructor("return process.env")()',
    '(async () => {}).constructor("return process.env")()',
    'output.constructor.constructor("return globalThis.process.exit(1)")()',
    'await import("node:fs")',
    'await import("os")',
    'require("fs")',
    'eval("process")',
    'new Function("return this.process.env.PATH")()',
    'Reflect.getPrototypeOf(context).constructor.constructor("return require")()("fs")',
  ]
  it.each(escapes)('%s gets nothing', async (code) => {
    expect(await verdictOf(given(code))).toBe('missing')
  })
  const bombs: readonly (readonly [string, RegExp])[] = [
    ['while (true) {}', /too long/],
    ['for (;;) { try { while (true) {} } catch {} }', /too long/],
    ['try { while (true) {} } finally { return true }', /too long/],
    ['async function f() { await null; return f() }\nreturn f()', /too long|memory/],
    ['/(a+)+$/.test("a".repeat(40) + "!")', /too long/],
    ['const a = []; while (true) a.push("x".repeat(1e6) + a.length)', /memory|too long/],
    ['let s = "x"; while (true) s += s', /too long|memory/],
    ['const a = [1]; while (true) a.push(...a)', /memory|overflow|too long|too many/],
    ['(function f() { return f() + 1 })()', /overflow/],
    ['"x".repeat(2 ** 29)', /too long/],
    ['JSON.parse("[".repeat(200000))', /overflow|SyntaxError/],
    ['"y".repeat(2000000)', /too much/],
  ]
  it.each(bombs)(
    '%s is stopped',
    async (code, words) => {
      expect(await whyOf(given(code))).toMatch(words)
    },
    20_000,
  )
  it('goes on after a script that broke the engine, and keeps nothing between scripts', async () => {
    await scoreWith(given('JSON.parse("[".repeat(200000))'))
    expect(await verdictOf(given('globalThis.leak = 1\nreturn true'))).toBe('pass 1')
    expect(await verdictOf(given('typeof leak === "undefined"'))).toBe('pass 1')
    await scoreWith(given('Array.prototype.includes = () => true\nString.prototype.includes = () => true\nreturn true'))
    expect(await verdictOf(given('output.includes("nope")'))).toBe('fail 0')
  })
  it('cannot reach the host through a poisoned prototype in its result', async () => {
    const code = 'return JSON.parse(\'{"pass": true, "__proto__": {"polluted": 1}}\')'
    expect(await verdictOf(given(code))).toBe('pass 1')
    expect(({} as { polluted?: Json }).polluted).toBeUndefined()
  })
})
