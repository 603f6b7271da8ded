import { describe, expect, it } from 'vitest'
import { indexTable, type PriceBook } from '../../src/prices/book.ts'
import { idOfConstant } from '../../src/prices/constants.ts'

const model = (...ids: string[]) => ({ ids, prices: [] })
const table = {
  providers: {
    openai: {
      models: [
        model('gpt-4o'),
        model('gpt-4o-mini'),
        model('gpt-4.1', 'gpt-4.1-2025-04-14'),
        model('gpt-3.5-turbo'),
        model('o3'),
      ],
    },
    anthropic: { models: [model('claude-3-7-sonnet', 'claude-3-7-sonnet-latest'), model('claude-sonnet-4')] },
    mistral: { models: [model('twin-1'), model('twin1')] },
    openrouter: { models: [model('reseller-9')] },
  },
}
const book = { index: indexTable(table as unknown as Parameters<typeof indexTable>[0]) } as unknown as PriceBook

describe("a library's constant", () => {
  it.each([
    ['openai.GPT4o', 'gpt-4o'],
    ['openai.GPT3Dot5Turbo', 'gpt-3.5-turbo'],
    ['openai.ChatModelGPT4_1', 'gpt-4.1'],
    ['openai.ChatModelGPT4_1_2025_04_14', 'gpt-4.1-2025-04-14'],
    ['ChatModel.GPT_4O_MINI', 'gpt-4o-mini'],
    ['GPT_4_O_MINI', 'gpt-4o-mini'],
    ['OpenAIModels.Chat.GPT4o', 'gpt-4o'],
    ['openai::GPT_4O', 'gpt-4o'],
    ['ChatModel.O3', 'o3'],
    ['anthropic.ModelClaude3_7SonnetLatest', 'claude-3-7-sonnet-latest'],
    ['anthropic.ModelClaudeSonnet4_20250514', 'claude-sonnet-4-20250514'],
  ])('%s is %s', (name, id) => {
    expect(idOfConstant(book, name)).toBe(id)
  })

  it.each([
    ['an id', 'gpt-4o'],
    ['an id of a cloud', 'openai.gpt-oss-20b'],
    ['an id with a provider', 'openai/gpt-4o'],
    ['a name without a number', 'Models.SMART'],
    ['what may be a deployment', 'GPT4o'],
    ['a model that is not in the table', 'openai.GPT9'],
    ['what two models are called', 'Models.TWIN_1'],
    ["a reseller's model", 'Models.RESELLER_9'],
    ['a name that goes on for ever', `A${'1'.repeat(10_000)}`],
    ['a path that goes on for ever', `${'a.'.repeat(10_000)}GPT4o`],
  ])('is not %s', (_, name) => {
    expect(idOfConstant(book, name)).toBeUndefined()
  })
})
