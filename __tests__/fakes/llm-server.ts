// The fake model provider as a process: prints `{"url": …}` on its first line, ends on SIGINT or SIGTERM.
// node __tests__/fakes/llm-server.ts --port 0 --latency 300 --rate429 0.1 --retry-after 1 --seed 1 --validate shapes

import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type FakeLlmOptions, startFakeLlm } from './llm.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    seed: { type: 'string' },
    latency: { type: 'string' },
    sigma: { type: 'string' },
    rate429: { type: 'string' },
    'retry-after': { type: 'string' },
    rate500: { type: 'string' },
    'rate-reset': { type: 'string' },
    'rate-hang': { type: 'string' },
    'rate-truncated': { type: 'string' },
    'rate-garbage': { type: 'string' },
    'max-concurrent': { type: 'string' },
    slots: { type: 'string' },
    rpm: { type: 'string' },
    tpm: { type: 'string' },
    window: { type: 'string' },
    models: { type: 'string' },
    keys: { type: 'string' },
    reasoning: { type: 'string' },
    validate: { type: 'string' },
    'no-record': { type: 'boolean' },
    down: { type: 'boolean' },
    /** A module that exports `options`, for answers that flags cannot say. */
    script: { type: 'string' },
  },
})

const NUMBERS = {
  port: 'port',
  rate429: 'rate429',
  'retry-after': 'retryAfterSeconds',
  rate500: 'rate500',
  'rate-reset': 'rateReset',
  'rate-hang': 'rateHang',
  'rate-truncated': 'rateTruncated',
  'rate-garbage': 'rateBrokenJson',
  'max-concurrent': 'maxConcurrent',
  slots: 'slots',
  rpm: 'requestsPerMinute',
  tpm: 'tokensPerMinute',
  window: 'windowMs',
  reasoning: 'reasoningTokens',
} as const

function numberOf(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value)) throw new Error(`--${flag} is not a number: ${text}`)
  return value
}

function numbers(): FakeLlmOptions {
  const pairs = Object.entries(NUMBERS).flatMap(([flag, option]) => {
    const text = values[flag as keyof typeof NUMBERS]
    return text === undefined ? [] : [[option, numberOf(flag, text)] as const]
  })
  return Object.fromEntries(pairs)
}

function latency(): FakeLlmOptions {
  if (values.latency === undefined) return {}
  const medianMs = numberOf('latency', values.latency)
  return { latency: values.sigma === undefined ? medianMs : { medianMs, sigma: numberOf('sigma', values.sigma) } }
}

const script = values.script
  ? ((await import(pathToFileURL(values.script).href)) as { readonly options: FakeLlmOptions }).options
  : {}
const fake = await startFakeLlm({
  ...script,
  ...numbers(),
  ...latency(),
  ...(values.seed === undefined ? {} : { seed: values.seed }),
  ...(values.models === undefined ? {} : { knownModels: values.models.split(',') }),
  ...(values.keys === undefined ? {} : { apiKeys: values.keys.split(',') }),
  ...(values.validate === 'shapes' ? { validate: 'shapes' as const } : {}),
  ...(values['no-record'] ? { record: false } : {}),
  ...(values.down ? { down: true } : {}),
})
console.log(JSON.stringify({ url: fake.url }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void fake.close().then(() => process.exit(0))
  })
}
