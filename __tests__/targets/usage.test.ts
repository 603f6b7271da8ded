// What each provider counts, and how: each token once, what nobody counted absent and never 0.

import { describe, expect, it } from 'vitest'
import type { Outcome, Usage } from '../../src/domain.ts'
import { costAtRates } from '../../src/prices/cost-of-usage.ts'
import { anthropicMessages } from '../../src/targets/anthropic.ts'
import { bedrockConverse } from '../../src/targets/cloud/bedrock.ts'
import { geminiGenerate } from '../../src/targets/gemini.ts'
import { openaiChat } from '../../src/targets/openai-chat.ts'
import { openaiResponses } from '../../src/targets/openai-responses.ts'
import type { Shape } from '../../src/targets/shape.ts'
import { chatBody } from './requests.ts'

function answerOf(shape: Shape, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const outcome: Outcome = shape.decode({ status: 200, headers, body: text })
  if (outcome.state !== 'answered') throw new Error(outcome.failure.message)
  return outcome.answer
}
const chat = (usage: object, extra: object = {}) => answerOf(openaiChat, chatBody('x', { usage, ...extra }))
const gemini = (usageMetadata: object) =>
  answerOf(geminiGenerate, {
    candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason: 'STOP' }],
    usageMetadata,
  })
const converse = (usage: object, extra: object = {}) =>
  answerOf(bedrockConverse, {
    output: { message: { content: [{ text: 'x' }] } },
    stopReason: 'end_turn',
    usage,
    ...extra,
  })

describe('chat', () => {
  const cases: readonly (readonly [string, object, Usage])[] = [
    [
      'DeepSeek: hits and misses make the prompt',
      { prompt_tokens: 100, completion_tokens: 9, prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36 },
      { input: 100, output: 9, cachedInput: 64 },
    ],
    [
      'DeepSeek, both names: once',
      {
        prompt_tokens: 100,
        completion_tokens: 9,
        prompt_cache_hit_tokens: 64,
        prompt_tokens_details: { cached_tokens: 64 },
        completion_tokens_details: { reasoning_tokens: 4 },
        total_tokens: 109,
      },
      { input: 100, output: 9, cachedInput: 64, reasoning: 4 },
    ],
    [
      'xAI: reasoning stands outside completion_tokens; images are part of the prompt',
      {
        prompt_tokens: 300,
        completion_tokens: 5,
        total_tokens: 405,
        prompt_tokens_details: { text_tokens: 44, audio_tokens: 0, image_tokens: 256, cached_tokens: 128 },
        completion_tokens_details: { reasoning_tokens: 100, audio_tokens: 0 },
      },
      { input: 300, output: 105, cachedInput: 128, reasoning: 100, audioInput: 0, audioOutput: 0, imageInput: 256 },
    ],
    [
      'Mistral',
      { prompt_tokens: 100, completion_tokens: 9, total_tokens: 109, num_cached_tokens: 64 },
      { input: 100, output: 9, cachedInput: 64 },
    ],
    [
      'OpenRouter: writes of the cache, images made, and the bill',
      {
        prompt_tokens: 194,
        completion_tokens: 1300,
        total_tokens: 1494,
        cost: 0.0394,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 100, audio_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0, image_tokens: 1290 },
      },
      {
        input: 194,
        output: 1300,
        cachedInput: 0,
        cacheWrite5m: 100,
        audioInput: 0,
        reasoning: 0,
        imageOutput: 1290,
        reportedUsd: '0.0394',
      },
    ],
  ]
  it.each(cases)('%s', (_name, usage, expected) => {
    expect(chat(usage).usage).toEqual(expected)
  })

  const counts = { prompt_tokens: 1, completion_tokens: 1 }
  it.each([
    [{ cost: 1.4e-7 }, '0.00000014'],
    [{ cost: 0 }, '0'],
    [{ cost: 0.001, is_byok: true, cost_details: { upstream_inference_cost: 0.02 } }, '0.021'],
    [{ cost: 0.001, is_byok: true }, undefined],
    [{ cost: '0.5' }, undefined],
    [{ cost: -1 }, undefined],
    [{ cost: 1e300 }, undefined],
    [{ cost: null }, undefined],
    [{ cost: { total_cost: 1 } }, undefined],
    [{}, undefined],
  ])('a bill of %j is %s', (bill, usd) => {
    expect(chat({ ...counts, ...bill }).usage?.reportedUsd).toBe(usd)
  })

  it('Groq’s own corner: usage and number of the request', () => {
    const body = { ...JSON.parse(chatBody('x')), id: undefined, usage: undefined }
    const x_groq = { id: 'req_01', usage: { prompt_tokens: 3, completion_tokens: 4 } }
    expect(answerOf(openaiChat, { ...body, x_groq })).toMatchObject({
      requestId: 'req_01',
      usage: { input: 3, output: 4 },
    })
  })

  it('who answered, which system, which tier, which request', () => {
    const said = { model: 'openai/gpt-5-mini-2025-08-07', system_fingerprint: 'fp_1', service_tier: 'flex' }
    expect(answerOf(openaiChat, chatBody('x', said), { 'apim-request-id': 'r-1' })).toMatchObject({
      model: said.model,
      fingerprint: 'fp_1',
      serviceTier: 'flex',
      requestId: 'r-1',
    })
  })
})

it('responses: cached, written and reasoned', () => {
  const body = {
    status: 'completed',
    output: [{ type: 'message', content: [{ text: 'x' }] }],
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 64, cache_write_tokens: 30 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 40 },
    },
  }
  expect(answerOf(openaiResponses, body).usage).toEqual({
    input: 100,
    output: 50,
    cachedInput: 64,
    cacheWrite5m: 30,
    reasoning: 40,
  })
})

describe('anthropic', () => {
  it.each([
    [
      { inference_geo: 'us', speed: 'fast' },
      { inference_geo: 'us', speed: 'fast' },
    ],
    [{ inference_geo: 'not_available', speed: null }, { inference_geo: 'not_available' }],
    [{ inference_geo: null, speed: null }, undefined],
    [{ speed: 1, inference_geo: ['us'] }, undefined],
  ])('says of its terms %j: %j', (said, terms) => {
    const usage = { input_tokens: 1, output_tokens: 1, ...said }
    expect(answerOf(anthropicMessages, { content: [{ type: 'text', text: 'x' }], usage }).terms).toEqual(terms)
  })

  const messages = (usage: object) =>
    answerOf(anthropicMessages, { content: [{ type: 'text', text: 'x' }], usage }).usage
  it.each<readonly [object, Usage]>([
    [
      { input_tokens: 5, output_tokens: 9, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
      { input: 5, output: 9, cachedInput: 0, cacheWrite5m: 0 },
    ],
    [
      {
        input_tokens: 5,
        output_tokens: 9,
        cache_read_input_tokens: 1000,
        cache_creation_input_tokens: 300,
        cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
        output_tokens_details: { thinking_tokens: 7 },
      },
      { input: 1305, output: 9, cachedInput: 1000, cacheWrite5m: 100, cacheWrite1h: 200, reasoning: 7 },
    ],
    [
      {
        input_tokens: 5,
        output_tokens: 9,
        cache_creation_input_tokens: 300,
        cache_creation: { ephemeral_1h_input_tokens: 200 },
      },
      { input: 305, output: 9, cacheWrite5m: 100, cacheWrite1h: 200 },
    ],
    [
      { input_tokens: 5, output_tokens: 9, cache_creation: null, cache_read_input_tokens: null },
      { input: 5, output: 9 },
    ],
  ])('%j is %j', (usage, expected) => {
    expect(messages(usage)).toEqual(expected)
  })
})

describe('gemini', () => {
  it.each<readonly [string, object, Usage | undefined]>([
    [
      'tools beside the prompt, thoughts beside the answer, modalities within both',
      {
        promptTokenCount: 1000,
        toolUsePromptTokenCount: 200,
        candidatesTokenCount: 1300,
        thoughtsTokenCount: 50,
        cachedContentTokenCount: 600,
        totalTokenCount: 2550,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 100 },
          { modality: 'AUDIO', tokenCount: 500 },
          { modality: 'IMAGE', tokenCount: 258 },
        ],
        toolUsePromptTokensDetails: [{ modality: 'IMAGE', tokenCount: 42 }],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 400 }],
        candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
        trafficType: 'ON_DEMAND',
      },
      {
        input: 1200,
        output: 1350,
        cachedInput: 600,
        reasoning: 50,
        audioInput: 500,
        audioCached: 400,
        imageInput: 300,
        imageOutput: 1290,
      },
    ],
    [
      'a total alone tells the rest',
      { promptTokenCount: 10, thoughtsTokenCount: 4, totalTokenCount: 17 },
      { input: 10, output: 7, reasoning: 4 },
    ],
    ['a prompt alone tells nothing', { promptTokenCount: 10 }, undefined],
    ['a total that cannot be', { promptTokenCount: 10, totalTokenCount: 3 }, undefined],
    [
      'details that are no counts',
      {
        promptTokenCount: 10,
        candidatesTokenCount: 2,
        promptTokensDetails: [null, { modality: 'AUDIO' }, 7],
        candidatesTokensDetails: {},
      },
      { input: 10, output: 2 },
    ],
  ])('%s', (_name, usage, expected) => {
    expect(gemini(usage).usage).toEqual(expected)
  })

  it('Vertex says how a call is paid for', () => {
    const usage = { promptTokenCount: 1, candidatesTokenCount: 1, trafficType: 'PROVISIONED_THROUGHPUT' }
    expect(gemini(usage).serviceTier).toBe('provisioned_throughput')
  })
})

describe('bedrock', () => {
  it.each<readonly [object, Usage]>([
    [
      { inputTokens: 5, outputTokens: 9, totalTokens: 14 },
      { input: 5, output: 9 },
    ],
    [
      { inputTokens: 5, outputTokens: 9, totalTokens: 1314, cacheReadInputTokens: 1000, cacheWriteInputTokens: 300 },
      { input: 1305, output: 9, cachedInput: 1000, cacheWrite5m: 300 },
    ],
    [
      {
        inputTokens: 5,
        outputTokens: 9,
        cacheWriteInputTokens: 300,
        cacheDetails: [
          { ttl: '1h', inputTokens: 200 },
          { ttl: '5m', inputTokens: 100 },
        ],
      },
      { input: 305, output: 9, cacheWrite5m: 100, cacheWrite1h: 200 },
    ],
    [
      { inputTokens: 5, outputTokens: 9, cacheReadInputTokens: '7' },
      { input: 5, output: 9 },
    ],
  ])('%j is %j', (usage, expected) => {
    expect(converse(usage).usage).toEqual(expected)
  })

  it('a router names the model that answered; tier and number of the request are kept', () => {
    const body = {
      output: { message: { content: [{ text: 'x' }] } },
      usage: { inputTokens: 1, outputTokens: 1 },
      trace: { promptRouter: { invokedModelId: 'arn:aws:bedrock:us-east-1::foundation-model/a.b' } },
      serviceTier: { type: 'flex' },
    }
    expect(answerOf(bedrockConverse, body, { 'x-amzn-requestid': 'r-1' })).toMatchObject({
      model: 'arn:aws:bedrock:us-east-1::foundation-model/a.b',
      serviceTier: 'flex',
      requestId: 'r-1',
    })
    expect('model' in converse({})).toBe(false)
  })
})

describe('what is counted is billed once', () => {
  const rates = { input: 100, output: 1000, cached: 10, audioInput: 300, audioCached: 30 }
  const cost = (usage: Usage) => {
    const made = costAtRates(rates, usage)
    return made.state === 'costed' ? made.pico : made.why
  }
  it.each<readonly [Usage, bigint | string]>([
    [{ input: 100, output: 0, audioInput: 50 }, 50n * 100n + 50n * 300n],
    [
      { input: 100, output: 0, audioInput: 50, cachedInput: 60, audioCached: 40 },
      30n * 100n + 20n * 10n + 10n * 300n + 40n * 30n,
    ],
    [{ input: 100, output: 0, imageInput: 80 }, 100n * 100n],
    [{ input: 0, output: 10, reasoning: 9 }, 10n * 1000n],
    [{ input: 0, output: 10, imageOutput: 9 }, 'no price is known for image output tokens'],
    [{ input: 0, output: 10, imageOutput: 11 }, '11 reasoning, audio or image tokens in an output of 10'],
    [{ input: 10, output: 0, imageInput: 11 }, '11 image input tokens of 10 in all'],
    [{ input: 10, output: 0, audioCached: 5 }, '5 cached audio tokens, more than audio or cached ones'],
  ])('%j: %s', (usage, expected) => {
    expect(cost(usage)).toBe(expected)
  })
})
