// The providers whose batch endpoints we know, by their prefix. A gateway that speaks OpenAI's language has none as a rule.

export const BATCH_PROVIDERS = ['openai', 'anthropic', 'gemini'] as const
export type BatchProvider = (typeof BATCH_PROVIDERS)[number]

export const hasBatches = (provider: string): provider is BatchProvider =>
  BATCH_PROVIDERS.some((one) => one === provider)
