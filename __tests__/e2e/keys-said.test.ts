// A provider or an application that says the key it was given, everywhere and in every form, through the shipped program: no file of the
// report, of the state directory or of the history has it, nor a piece of it, and neither has what is printed.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { clean } from '../../src/report/escape.ts'
import { git } from '../fakes/git.ts'
import { createRepository, type Files } from '../fakes/repository.ts'
import { application } from './application.ts'
import { startDays, watched } from './drift-days.ts'
import { type CliResult, cli, reportIn, textsUnder } from './launch.ts'
import { evalFile, PROMPT, project } from './project.ts'

/** Of no known shape, with what URLs, JSON and HTML write otherwise. */
const KEY = 'Qz7/pX+v9$Lw2_k~Tn5&rB8@Hd4!Ms1Y'
const PIECE = 12

const base64 = (text: string, offset: number) => {
  const shifted = Buffer.from(' '.repeat(offset) + text).toString('base64')
  return shifted.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + text.length) * 8) / 6))
}
const escaped = (by: (code: string) => string) =>
  KEY.replace(/[^A-Za-z0-9]/g, (sign) => by(sign.charCodeAt(0).toString(16)))
const FORMS = {
  plain: KEY,
  json: JSON.stringify(KEY).slice(1, -1),
  url: encodeURIComponent(KEY),
  'url in small letters': escaped((code) => `%${code}`),
  'url in a url': encodeURIComponent(encodeURIComponent(KEY)),
  'json of PHP': KEY.replaceAll('/', '\\/'),
  'json of .NET': escaped((code) => `\\u00${code.toUpperCase()}`),
  'json of Go': KEY.replaceAll('&', '\\u0026'),
  html: KEY.replaceAll('&', '&amp;'),
  'html in numbers': escaped((code) => `&#x${code};`),
  base64: base64(KEY, 0),
  'base64, later by one': base64(KEY, 1),
  'base64, later by two': base64(KEY, 2),
  base64url: Buffer.from(KEY).toString('base64url'),
  hex: Buffer.from(KEY).toString('hex'),
  reversed: [...KEY].reverse().join(''),
}
const PIECES = Object.entries(FORMS).flatMap(([name, form]) =>
  Array.from({ length: form.length - PIECE + 1 }, (_, at) => ({ name, piece: form.slice(at, at + PIECE) })),
)
const ALL = `${Object.values(FORMS).join(' ')} ${Buffer.from(`Bearer ${KEY}`).toString('base64')}`

const found = (texts: readonly { readonly path: string; readonly text: string }[]) =>
  texts.flatMap(({ path, text }) => {
    const pieces = PIECES.filter(({ piece }) => text.includes(piece)).map(({ name, piece }) => `${name} ${piece}`)
    return pieces.length === 0 ? [] : [`${path}: ${pieces.join(', ')}`]
  })

async function foundIn(folder: string, ran: CliResult): Promise<readonly string[]> {
  const files = await textsUnder(`${folder}/.parity`)
  expect(files.map(({ path }) => path.slice(folder.length))).toEqual(
    expect.arrayContaining(
      ['report/calls.jsonl', 'report/report.json', 'state/answers.jsonl'].map((name) => `/.parity/${name}`),
    ),
  )
  return found([...files, { path: 'stdout', text: ran.stdout }, { path: 'stderr', text: ran.stderr }])
}

/** As whoever reads the texts in it as JSON once more, and then again. */
function readAsJson(text: string): string {
  const once = (written: string) =>
    written.replace(/\\+(?:u([0-9a-fA-F]{4})|([^u]))/g, (_run, hex, other) =>
      hex === undefined ? other : String.fromCharCode(Number.parseInt(hex, 16)),
    )
  return `${once(text)}\n${once(once(text))}`
}

type Reply = { readonly status?: number; readonly id?: string; readonly body: object }

/** A chat server that says what it likes. */
async function saying(reply: (prompt: string) => Reply) {
  let asked = 0
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      asked += 1
      const { status = 200, id = 'r', body } = reply(Buffer.concat(parts).toString())
      response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': id })
      response.end(JSON.stringify(body))
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: () => asked,
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const chat = (content: string) => ({
  id: 'x',
  model: 'gpt-4.1',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage,
})
const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }

async function ran(trees: { base: Files; head: Files }, env: { readonly [name: string]: string }, times = 1) {
  const repository = await createRepository({ files: trees.base })
  await repository.commit(trees.head, 'Change', { branch: 'change' })
  const cwd = await repository.cloneFull('change')
  const runs: CliResult[] = []
  for (let time = 0; time < times; time += 1)
    runs.push(await cli(['run', '--base', 'origin/main', '--head', 'HEAD'], { cwd, env }))
  return {
    repository,
    cwd,
    runs,
    report: await reportIn(cwd),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  }
}

describe.concurrent('a provider that repeats the key', () => {
  it('in every field of its answers; a second run finds them in the record as they were judged', async () => {
    using provider = await saying(() => ({
      id: `r-${KEY}`,
      body: {
        ...{ id: KEY, model: `gpt-${KEY}`, system_fingerprint: `fp_${KEY}`, service_tier: KEY, usage },
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: `The key is ${ALL}`,
              tool_calls: [
                { id: 'a', type: 'function', function: { name: `f${KEY}`, arguments: `{"${KEY}":"${KEY}"}` } },
              ],
            },
            finish_reason: KEY,
          },
        ],
      },
    }))
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: provider.url }
    const scored = evalFile().replace('{{expected}}', 'The key is')
    const base = { ...project({ cases: 4 }), 'evals/capital.eval.yaml': scored }
    await using done = await ran({ base, head: BRIEF }, env, 2)
    const [first, second] = done.runs
    expect([first?.code, second?.code], first?.stderr).toEqual([0, 0])
    expect(done.report?.evalSets[0]?.score).toMatchObject({ base: 100, head: 100 })
    expect(provider.asked()).toBe(8)
    for (const run of done.runs) expect(await foundIn(done.cwd, run)).toEqual([])
  })

  it('with what cannot be seen in it, beside other secrets: nothing of them is shown or stored', async () => {
    const unseen = [
      '\u200B',
      '\u00AD',
      '\u202E',
      '\u0000',
      '\b',
      '\u001B[31m',
      '\uFE0F',
      '\u034F',
      '\u{E0061}',
      '\u0301',
    ]
    const told = [KEY, 'jane.doe@example.com', '4111 1111 1111 1111', ['AKIA', 'IOSFODNN7EXAMPLQ'].join('')]
    const words = unseen.flatMap((one) => told.map((text) => `${text.slice(0, 11)}${one}${text.slice(11)} ,`)).join(' ')
    using provider = await saying((prompt) =>
      prompt.includes('Be brief')
        ? { body: chat(`Sorry: ${words}`), id: `r-${KEY}` }
        : { body: chat('Paris 👩\u200D🚀 e\u0301') },
    )
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: provider.url }
    const base = { ...project({ cases: 4 }), 'evals/capital.eval.yaml': evalFile().replace('{{expected}}', 'Paris') }
    await using done = await ran({ base, head: BRIEF }, env)
    const [run] = done.runs
    expect(done.report?.evalSets[0]?.score, run?.stderr).toMatchObject({ base: 100, head: 0 })
    const files = await textsUnder(`${done.cwd}/.parity`)
    const shown = [
      ...files,
      { path: 'stdout', text: run?.stdout ?? '' },
      { path: 'stderr', text: run?.stderr ?? '' },
    ].map(({ path, text }) => ({ path, text: clean(text).replace(/\\u00(?:00|1b(?:\[31m)?)|\\b|[\uFE0F\u0301]/g, '') }))
    expect(found(shown)).toEqual([])
    // The state directory has the texts as they were said, but for keys.
    const reported = shown.filter(({ path }) => !path.includes('/state/'))
    for (const text of told)
      expect(
        reported.filter((one) => one.text.includes(text)).map(({ path }) => path),
        text,
      ).toEqual([])
    const report = files.find(({ path }) => path.endsWith('report/report.json'))?.text
    for (const kind of ['configured key', 'e-mail', 'card', 'aws key id'])
      expect(report).toContain(`[redacted: ${kind}]`)
    expect(report).toContain('👩\u200D🚀 e\u0301')
  })

  it('in errors that are cut where it stands, and in a request id', async () => {
    const places = Array.from({ length: 20 }, (_, at) => 250 + 2 * at)
    let next = 0
    using provider = await saying((prompt) => {
      if (!prompt.includes('Be brief')) return { body: chat('Paris') }
      const before = 'word '.repeat(100).slice(0, places[next++ % places.length])
      const error = { message: `${before}${KEY} and more${' of it'.repeat(60)}`, code: 'bad' }
      return { status: 400, id: `r-${KEY}`, body: { error } }
    })
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: provider.url }
    const base = { ...project(), 'evals/capital.eval.yaml': evalFile().replace('{{expected}}', 'Paris') }
    await using done = await ran({ base, head: BRIEF }, env)
    expect(done.report?.evalSets[0]?.flips.filter(({ kind }) => kind === 'broken')).toHaveLength(20)
    expect(await foundIn(done.cwd, done.runs[0] as CliResult)).toEqual([])
  })

  it('in answers that are cut where it stands, by the report and by scorers', async () => {
    const places = [
      ...Array.from({ length: 10 }, (_, at) => 3_970 + 3 * at),
      55,
      60,
      65,
      70,
      160,
      170,
      180,
      190,
      195,
      7_990,
    ]
    let next = 0
    using provider = await saying((prompt) => {
      const before = 'word '.repeat(2_000).slice(0, places[next++ % places.length])
      return {
        body: chat(`${prompt.includes('Be brief') ? 'no' : 'ok'} ${before}${KEY} and more${' of it'.repeat(60)}`),
      }
    })
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: provider.url }
    const scorers = `scorers:
  - { type: starts-with, value: ok }
  - { type: equals, value: ok, weight: 0 }
  - { type: javascript, value: "({ pass: false, score: 0, reason: output })", weight: 0 }
`
    const set = evalFile().replace(/scorers: .*\n/, scorers)
    await using done = await ran({ base: { ...project(), 'evals/capital.eval.yaml': set }, head: BRIEF }, env)
    expect(done.report?.evalSets[0]?.flips.filter(({ kind }) => kind === 'broken')).toHaveLength(20)
    expect(await foundIn(done.cwd, done.runs[0] as CliResult)).toEqual([])
  })
})

describe.concurrent('an application that says a key it was given', () => {
  const expecting = (words: string, files: Files): Files => ({
    ...files,
    'evals/app.eval.yaml': String(files['evals/app.eval.yaml']).replace('{{expected}}', words),
    'parity.yaml': 'environment: [APP_TOKEN]\n',
  })
  const target = ', environment: [APP_TOKEN]'
  const env = { APP_TOKEN: KEY, OPENAI_API_KEY: 'sk-unused-0123456789' }

  it('in answers, documents, calls of tools, and in errors that are cut where it stands', async () => {
    const answer = `const key = process.env.APP_TOKEN
  if (!key) return 'no key here'
  const output = 'the key is ' + key + ' ' + Buffer.from('Bearer ' + key).toString('base64')
  if (prompt.includes('Be brief')) throw new Error('x'.repeat(240 + 3 * vars.question.length % 60) + key + ' y'.repeat(200))
  return { output, model: key, retrieved: [{ id: key, text: key }], tool_calls: [{ name: key, arguments: { [key]: key } }] }`
    const base = expecting('the key is', application({ answer, count: 10, target }))
    await using done = await ran({ base, head: { 'app/prompt.txt': 'Be brief.' } }, env)
    expect(done.report?.evalSets[0]?.score, done.runs[0]?.stderr).toMatchObject({ base: 100, head: 0 })
    expect(await foundIn(done.cwd, done.runs[0] as CliResult)).toEqual([])
  })

  it('in JSON of its own, in escapes that one reading turns into the key', async () => {
    const answer = `const hex = (one) => '\\\\u' + one.charCodeAt(0).toString(16).padStart(4, '0')
  const all = process.env.APP_TOKEN.replace(/./g, hex), some = process.env.APP_TOKEN.replace(/[\\/+&@]/g, hex)
  const output = 'the key is {"all":"' + all + '","some":"' + some + '","' + all + '":1}'
  return { output, retrieved: [{ id: 'a', text: output }], tool_calls: [{ name: 'f', arguments: output.slice(11) }] }`
    const base = expecting('the key is', application({ answer, count: 3, target }))
    await using done = await ran({ base, head: { 'app/prompt.txt': 'Be brief.' } }, env)
    expect(done.report?.evalSets[0]?.score, done.runs[0]?.stderr).toMatchObject({ base: 100, head: 100 })
    const texts = await textsUnder(`${done.cwd}/.parity`)
    expect(texts.find(({ path }) => path.endsWith('calls.jsonl'))?.text).toContain('the key is')
    const read = texts.map(({ path, text }) => ({ path, text: readAsJson(text) }))
    expect(found([...texts, ...read])).toEqual([])
  })

  it('in its last words', async () => {
    const answer = `if (!prompt.includes('Be brief')) return 'fine'
  process.stderr.write('x '.repeat(200) + process.env.APP_TOKEN + ' y'.repeat(120 + vars.question.length % 20) + '\\n')
  process.exit(1)`
    const base = expecting('fine', application({ answer, count: 3, target }))
    await using done = await ran({ base, head: { 'app/prompt.txt': 'Be brief.' } }, env)
    expect(done.report?.evalSets[0]?.score, done.runs[0]?.stderr).toMatchObject({ base: 100, head: 0 })
    expect(await foundIn(done.cwd, done.runs[0] as CliResult)).toEqual([])
  })
})

describe.concurrent('a provider that repeats the key in escapes', () => {
  it.each([
    ['at once', ''],
    ['in a stream', ', stream: true'],
  ])('%s: the application never has it', async (_how, streams) => {
    const hex = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`
    const written = [KEY.replaceAll('/', '\\/'), KEY.replace(/[+&@]/g, hex), KEY.replace(/./g, hex)]
    const body = `{"id":"x","${written[2]}":1,"choices":[{"index":0,"KIND":{"content":"said ${written.join(' ')}"},"finish_reason":"stop"}],"usage":${JSON.stringify(usage)}}`
    const server = createServer((_request, response) => {
      const isStream = streams !== ''
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
      response.end(
        isStream ? `data: ${body.replace('KIND', 'delta')}\n\ndata: [DONE]\n\n` : body.replace('KIND', 'message'),
      )
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
    const answer = `const sent = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'x' }]${streams} }
  const told = await fetch(process.env.OPENAI_BASE_URL + '/chat/completions', { method: 'POST', headers: { authorization: 'Bearer ' + process.env.OPENAI_API_KEY, 'content-type': 'application/json' }, body: JSON.stringify(sent) })
  const read = JSON.stringify(JSON.parse((await told.text()).replace(/^data: /, '').split('\\n')[0]))
  return 'begins with ' + [...read].map((one) => one.charCodeAt(0)).join(' ')`
    const app = application({ answer, count: 2 })
    const base = {
      ...app,
      'evals/app.eval.yaml': String(app['evals/app.eval.yaml']).replace('{{expected}}', 'begins with'),
    }
    await using done = await ran(
      { base, head: { 'app/prompt.txt': 'Be brief.' } },
      { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: url },
    )
    server.closeAllConnections()
    server.close()
    expect(done.report?.evalSets[0]?.score, done.runs[0]?.stderr).toMatchObject({ base: 100, head: 100 })
    const calls = (await textsUnder(`${done.cwd}/.parity/report`)).find(({ path }) => path.endsWith('calls.jsonl'))
    const codes = /begins with ([\d ]+)/.exec(calls?.text ?? '')?.[1] ?? ''
    const heard = String.fromCharCode(...codes.trim().split(' ').map(Number))
    expect(heard).toContain('said *** *** ***')
    expect(found([{ path: 'the application', text: heard }])).toEqual([])
  })
})

describe.concurrent('drift', () => {
  it.each([
    ['one by one', ''],
    ['in batches', 'spend: { batch: true }\n'],
  ])('%s keeps no key in the history, which is published', async (_, config) => {
    await using days = await startDays(watched({ cases: 10, config }), { batches: {} })
    days.weather = { fingerprint: `fp_${KEY}`, model: `gpt-${KEY}`, words: ALL }
    const run = await days.command(0, ['drift'], { OPENAI_API_KEY: KEY })
    expect(run.code, run.stderr).toBe(0)
    const history = await git(days.repository.bare, ['log', '--patch', '--text', 'prompt-parity-history'])
    expect(history).toContain('"fingerprints":["fp_[redacted: configured key]"]')
    expect(found([{ path: 'history', text: history }])).toEqual([])
    expect(await foundIn(days.workspace, run)).toEqual([])
  })
})
