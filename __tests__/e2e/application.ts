// Applications as teams write them: a prompt in a file of its own, an official SDK, and the protocol around it.

import { type FakeLlmOptions, startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { change, type Trees } from './change.ts'
import { KEYS, providers } from './launch.ts'
import { cases, rightAnswer } from './project.ts'
import { ROOT } from './stage.ts'

export const INSTRUCTION = 'You answer questions about geography. Name the city and nothing else.'

/** `answer` is the body of an async function of `vars`, with `prompt` and `require` at hand; it returns `output` or a whole line. */
export function application(options: {
  answer: string
  prompt?: string
  count?: number
  target?: string
  extra?: string
}): Files {
  return {
    'app/prompt.txt': options.prompt ?? INSTRUCTION,
    'app/answer.mjs': appSource(options.answer),
    'evals/app.eval.yaml': `name: app
target: { command: [node, app/answer.mjs]${options.target ?? ''} }
paths: [app/**]
cases: cases.jsonl
slices: [continent]
scorers: [{ contains: "{{expected}}" }]
${options.extra ?? ''}`,
    'evals/cases.jsonl': cases(options.count ?? 6),
    'parity.yaml': 'prompts: ["app/prompt.txt"]\n',
  }
}

export const appSource = (answer: string) => `import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(${JSON.stringify(`${ROOT}/package.json`)})
const prompt = readFileSync(new URL('prompt.txt', import.meta.url), 'utf8')
const say = (line) => writeSync(3, JSON.stringify(line) + '\\n')
async function answer(vars, id) {
  ${answer}
}
for await (const line of createInterface({ input: process.stdin })) {
  const { id, vars } = JSON.parse(line)
  try {
    const said = await answer(vars, id)
    if (said !== undefined) say(typeof said === 'string' ? { id, output: said } : { id, ...said })
  } catch (error) {
    say({ id, error: String(error) })
  }
}
`

const chat = (params: string) => `const OpenAI = require('openai')
  const client = new OpenAI()
  const messages = [{ role: 'system', content: prompt }, { role: 'user', content: vars.question }]
  const model = 'gpt-4.1-2025-04-14'
  ${params}`

/** One for each SDK and way of calling it, with the path that the provider must see. */
export const SDKS: {
  readonly [name: string]: {
    readonly answer: string
    readonly path: string
    readonly counted: 'measured' | 'estimated'
  }
} = {
  'OpenAI, Chat': {
    answer: chat('return (await client.chat.completions.create({ model, messages })).choices[0].message.content'),
    path: '/v1/chat/completions',
    counted: 'measured',
  },
  'OpenAI, Chat streamed with counts': {
    answer:
      chat(`const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })
  let text = ''
  for await (const part of stream) text += part.choices[0]?.delta?.content ?? ''
  return text`),
    path: '/v1/chat/completions',
    counted: 'measured',
  },
  'OpenAI, Chat streamed without counts': {
    answer: chat(`const stream = await client.chat.completions.create({ model, messages, stream: true })
  let text = ''
  for await (const part of stream) text += part.choices[0]?.delta?.content ?? ''
  return text`),
    path: '/v1/chat/completions',
    counted: 'estimated',
  },
  'OpenAI, Responses': {
    answer: chat('return (await client.responses.create({ model, input: messages })).output_text'),
    path: '/v1/responses',
    counted: 'measured',
  },
  'OpenAI, Responses streamed': {
    answer: chat(`const stream = client.responses.stream({ model, input: messages })
  return (await stream.finalResponse()).output_text`),
    path: '/v1/responses',
    counted: 'measured',
  },
  Anthropic: {
    answer: `const Anthropic = require('@anthropic-ai/sdk')
  const message = await new Anthropic().messages.create({ model: 'claude-sonnet-4-5-20250929', max_tokens: 100, system: prompt, messages: [{ role: 'user', content: vars.question }] })
  return message.content[0].text`,
    path: '/v1/messages',
    counted: 'measured',
  },
  'Anthropic streamed': {
    answer: `const Anthropic = require('@anthropic-ai/sdk')
  const stream = new Anthropic().messages.stream({ model: 'claude-sonnet-4-5-20250929', max_tokens: 100, system: prompt, messages: [{ role: 'user', content: vars.question }] })
  return await stream.finalText()`,
    path: '/v1/messages',
    counted: 'measured',
  },
  'LangChain.js': {
    answer: `const { ChatOpenAI } = require('@langchain/openai')
  const model = new ChatOpenAI({ model: 'gpt-4.1-2025-04-14' })
  return (await model.invoke([['system', prompt], ['user', vars.question]])).content`,
    path: '/v1/chat/completions',
    counted: 'measured',
  },
  'LangChain.js streamed': {
    answer: `const { ChatOpenAI } = require('@langchain/openai')
  const model = new ChatOpenAI({ model: 'gpt-4.1-2025-04-14' })
  let text = ''
  for await (const part of await model.stream([['system', prompt], ['user', vars.question]])) text += part.content
  return text`,
    path: '/v1/chat/completions',
    counted: 'measured',
  },
  'Vercel AI SDK': {
    answer: `const { generateText } = require('ai')
  const { openai } = require('@ai-sdk/openai')
  return (await generateText({ model: openai.chat('gpt-4.1-2025-04-14'), system: prompt, prompt: vars.question })).text`,
    path: '/v1/chat/completions',
    counted: 'measured',
  },
  'Vercel AI SDK streamed': {
    answer: `const { streamText } = require('ai')
  const { openai } = require('@ai-sdk/openai')
  return await streamText({ model: openai('gpt-4.1-2025-04-14'), system: prompt, prompt: vars.question }).text`,
    path: '/v1/responses',
    counted: 'measured',
  },
}

/** Against a fake provider that accepts the real keys and no other. */
export async function runApplication(trees: Trees, options: FakeLlmOptions = {}) {
  await using llm = await startFakeLlm({
    seed: 'applications',
    answer: rightAnswer,
    apiKeys: Object.values(KEYS),
    ...options,
  })
  const ran = await change(llm, { ...trees, env: { ...providers(llm), ...trees.env } })
  return { ...ran, stats: llm.stats(), violations: [...llm.violations] }
}

/** Lines of calls.jsonl. */
export const callsOf = (ran: Awaited<ReturnType<typeof runApplication>>) =>
  (ran.files.find(({ path }) => path.endsWith('calls.jsonl'))?.text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { readonly [key: string]: unknown } => JSON.parse(line))
