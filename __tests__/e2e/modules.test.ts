// A function as the application, through the shipped program.

import { describe, expect, it } from 'vitest'
import { INSTRUCTION, runApplication as run } from './application.ts'
import { cases } from './project.ts'
import { ROOT } from './stage.ts'

const SOURCE = `import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
const OpenAI = createRequire(${JSON.stringify(`${ROOT}/package.json`)})('openai')
const prompt = readFileSync(new URL('prompt.txt', import.meta.url), 'utf8')
export async function answer(vars, about) {
  console.log('thinking about', about.id)
  const said = await new OpenAI().chat.completions.create({ model: 'gpt-4.1-2025-04-14', messages: [{ role: 'system', content: prompt }, { role: 'user', content: vars.question }] })
  return { output: said.choices[0].message.content, retrieved: [{ id: about.side }], timings: { inference: 5 } }
}
export const other = 1
`
const files = (module: string, source = SOURCE, name = 'answer.mjs') => ({
  'app/prompt.txt': INSTRUCTION,
  [`app/${name}`]: source,
  'evals/app.eval.yaml': `name: app
target: { module: ${JSON.stringify(module)}, workers: 2 }
paths: [app/**]
cases: cases.jsonl
slices: [continent]
scorers: [{ contains: "{{expected}}" }]
`,
  'evals/cases.jsonl': cases(4),
  'parity.yaml': 'prompts: ["app/prompt.txt"]\n',
})
const BRIEF = { 'app/prompt.txt': `${INSTRUCTION} Be brief.` }

describe.concurrent('a module target', () => {
  it.each(['../app/answer.mjs#answer', 'app/answer.mjs#answer'])(
    '%s is called for each case, behind the proxy',
    async (module) => {
      const ran = await run({ base: files(module), head: BRIEF })
      expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
      expect(ran.report?.run.calls).toMatchObject({ target: 8, model: 8 })
      expect(ran.report?.evalSets[0]?.latency.stages).toContainEqual({ stage: 'inference', base: 5, head: 5 })
    },
  )

  it.each([
    ['has itself in it', 'const o = {}; o.self = o; return o', 'circular'],
    ['has a BigInt', "return { output: 'Paris', usage: { input: 5n } }", 'BigInt'],
  ])('a result that %s is an error of the function, and not the end of its process', async (_what, body, said) => {
    const right = `export const answer = () => 'Paris Rome Vienna Lisbon'\n`
    const wrong = `export const answer = () => { ${body} }\n`
    const ran = await run({ base: files('../app/answer.mjs#answer', right), head: { 'app/answer.mjs': wrong } })
    expect(ran.code, ran.stderr).toBe(1)
    expect(ran.report?.verdict.headline).toContain('answer returned what is no JSON')
    expect(ran.report?.verdict.headline).toContain(said)
  })

  it.each([
    ["async function* () { yield 'Paris' }", 'an AsyncGenerator'],
    ["function* () { yield 'Paris' }", 'a Generator'],
    ["async () => new Response('Paris')", 'a Response'],
    ["() => new Response('Paris').body", 'a ReadableStream'],
    ["() => process.getBuiltinModule('stream').Readable.from(['Paris'])", 'a Readable'],
    ["() => ({ output: Promise.resolve('Paris') })", 'a Promise'],
    ["() => new Map([['city', 'Paris']])", 'a Map'],
    ["() => () => 'Paris'", 'a function'],
  ])('what has to be read first is an error that says so: %s', async (body, called) => {
    const right = `export const answer = () => 'Paris Rome Vienna Lisbon'\n`
    const head = { 'app/answer.mjs': `export const answer = ${body}\n` }
    const ran = await run({ base: files('../app/answer.mjs#answer', right), head })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
    const said = `answer returned ${called}; read it first, and return the text or data that is in it`
    expect(JSON.stringify(ran.report?.evalSets[0]?.flips)).toContain(said)
  })

  it('data of a class, without a prototype or with a form of its own is data', async () => {
    const data = `class City { constructor() { this.name = 'Paris Rome Vienna Lisbon' } }
const bare = Object.assign(Object.create(null), { name: 'Paris Rome Vienna Lisbon' })
const ways = [['France', new City()], ['Italy', [bare]], ['Austria', { output: bare }], ['', { toJSON: () => 'Paris Rome Vienna Lisbon' }]]
export const answer = ({ question }) => ways.find(([country]) => question.includes(country))[1]\n`
    const ran = await run({
      base: files('../app/answer.mjs#answer', data),
      head: { 'app/answer.mjs': `${data}// changed\n` },
    })
    expect(ran.report?.evalSets[0]?.score, ran.stderr).toMatchObject({ base: 100, head: 100 })
  })

  it('is selected when the function changes, though no path names it', async () => {
    const base = { ...files('../app/answer.mjs#answer') }
    const file = (base['evals/app.eval.yaml'] ?? '').replace('paths: [app/**]\n', '')
    const ran = await run({
      base: { ...base, 'evals/app.eval.yaml': file },
      head: { 'app/answer.mjs': `${SOURCE}// changed\n` },
    })
    expect(ran.names, ran.stderr).toEqual(['app'])
  })

  it.skipIf(Number(process.versions.node.split('.')[0]) < 23)(
    'runs TypeScript, the default export and CommonJS',
    async () => {
      const typed = `export default async (vars: { question: string }): Promise<string> => vars.question.includes('France') ? 'Paris' : 'Rome Vienna Lisbon'\n`
      const ran = await run({
        base: files('../app/answer.ts', typed, 'answer.ts'),
        head: { 'app/answer.ts': `${typed}// changed\n` },
      })
      expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
      expect(ran.report?.evalSets[0]?.score).toMatchObject({ base: 100, head: 100 })
      const common = `module.exports = { answer: () => 'Paris Rome Vienna Lisbon' }\n`
      const cjs = await run({
        base: files('../app/answer.cjs#answer', common, 'answer.cjs'),
        head: { 'app/answer.cjs': `${common}// changed\n` },
      })
      expect(cjs.report?.evalSets[0]?.score, cjs.stderr).toMatchObject({ base: 100, head: 100 })
    },
  )

  it.each([
    ['the default export', '../app/answer.cjs', 'exports.default = answer'],
    ['a named export', '../app/answer.cjs#answer', 'exports.answer = answer'],
    ['a named export beside a default', '../app/answer.cjs#answer', 'exports.default = 1; exports.answer = answer'],
    ['a name of the default export', '../app/answer.cjs#answer', 'exports.default = { answer }'],
    ['a default export that nobody can read from outside', '../app/answer.cjs', "exports['def' + 'ault'] = answer"],
  ])('takes what a compiler made of an ES module: %s', async (_what, module, exported) => {
    const marked = `Object.defineProperty(exports, '__esModule', { value: true })`
    const source = `'use strict'\n${marked}\nconst answer = () => 'Paris Rome Vienna Lisbon'\n${exported}\n`
    const ran = await run({
      base: files(module, source, 'answer.cjs'),
      head: { 'app/answer.cjs': source.replace(marked, 'exports.__esModule = true') },
    })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([0, 'pass'])
    expect(ran.report?.evalSets[0]?.score).toMatchObject({ base: 100, head: 100 })
  })

  it.each([
    [
      'a function that is gone',
      SOURCE.replace('function answer', 'function reply'),
      'exports no \\"answer\\"; it exports other, reply',
    ],
    ['a module that does not load', `${SOURCE}throw new Error('no index')`, 'cannot be loaded: Error: no index'],
    [
      'a function that throws',
      SOURCE.replace("console.log('thinking about', about.id)", "throw new RangeError('too far')"),
      'RangeError: too far',
    ],
    ['a function that returns nothing', SOURCE.replace('return {', 'const _ = {'), 'returned nothing'],
  ])('%s breaks the head, and says so', async (_name, source, words) => {
    const ran = await run({ base: files('../app/answer.mjs#answer'), head: { 'app/answer.mjs': source } })
    expect([ran.code, ran.report?.verdict.outcome], ran.stderr).toEqual([1, 'fail'])
    expect(JSON.stringify(ran.report?.evalSets[0]?.flips)).toContain(words)
  })

  it.each([
    ['../app/answr.mjs#answer', 'There is no file \\"app/answr.mjs\\"'],
    ['../app/answer.py#answer', 'a JavaScript or TypeScript file and the name of a function'],
    ['../../outside.mjs#answer', 'leads out of the repository'],
    ['../app/answer.mjs#not a name', 'a JavaScript or TypeScript file and the name of a function'],
  ])('%s is an error with its place', async (module, words) => {
    const ran = await run({
      base: files('../app/answer.mjs#answer'),
      head: { 'evals/app.eval.yaml': files(module)['evals/app.eval.yaml'] ?? '' },
    })
    expect(ran.code).toBe(2)
    expect(JSON.stringify(ran.stderr)).toContain(words)
    expect(ran.stderr).toContain('evals/app.eval.yaml:2:')
  })
})
