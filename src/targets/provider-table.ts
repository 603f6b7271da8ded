// The providers that are built in: where each is, and which names of the environment say so or hold its keys.

import type { EndpointKind } from './shape.ts'

export type BuiltIn = {
  readonly kind: EndpointKind
  /** Empty where the environment or the region has to say. */
  readonly baseUrl: string
  /** Names of the environment that hold a secret; of a plain key the first that is set counts. */
  readonly keys: readonly string[]
  readonly bases: readonly string[]
  /** Serves under /v1 when the base URL names no path (local servers are written as host and port), and needs no key. */
  readonly local?: true
  /** What official clients add to a base URL; one that ends in a version has it already. */
  readonly version?: string
  readonly shortToolIds?: true
}

export const PROVIDERS: { readonly [prefix: string]: BuiltIn } = {
  openai: openaiLike('OPENAI', 'https://api.openai.com/v1'),
  anthropic: {
    kind: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    keys: ['ANTHROPIC_API_KEY'],
    bases: ['ANTHROPIC_BASE_URL'],
  },
  gemini: {
    kind: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    bases: ['GEMINI_BASE_URL', 'GOOGLE_GEMINI_BASE_URL'],
  },
  azure: {
    kind: 'azure',
    baseUrl: '',
    keys: ['AZURE_OPENAI_API_KEY', 'AZURE_OPENAI_AD_TOKEN', 'AZURE_CLIENT_SECRET', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
    bases: ['AZURE_OPENAI_ENDPOINT'],
  },
  bedrock: {
    kind: 'bedrock',
    baseUrl: '',
    keys: ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
    bases: ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'AWS_ENDPOINT_URL'],
  },
  vertex: {
    kind: 'vertex',
    baseUrl: '',
    keys: ['GOOGLE_APPLICATION_CREDENTIALS'],
    bases: ['VERTEX_BASE_URL', 'GOOGLE_VERTEX_BASE_URL'],
  },
  mistral: { ...openaiLike('MISTRAL', 'https://api.mistral.ai/v1'), shortToolIds: true },
  groq: { ...openaiLike('GROQ', 'https://api.groq.com/openai/v1'), version: 'openai/v1' },
  openrouter: openaiLike('OPENROUTER', 'https://openrouter.ai/api/v1'),
  xai: openaiLike('XAI', 'https://api.x.ai/v1'),
  deepseek: openaiLike('DEEPSEEK', 'https://api.deepseek.com/v1'),
  together: openaiLike('TOGETHER', 'https://api.together.xyz/v1'),
  fireworks: openaiLike('FIREWORKS', 'https://api.fireworks.ai/inference/v1'),
  cerebras: { ...openaiLike('CEREBRAS', 'https://api.cerebras.ai/v1'), version: 'v1' },
  ollama: { ...openaiLike('OLLAMA', 'http://127.0.0.1:11434/v1'), local: true },
  vllm: { ...openaiLike('VLLM', 'http://127.0.0.1:8000/v1'), local: true },
}

function openaiLike(name: string, baseUrl: string): BuiltIn {
  return { kind: 'openai', baseUrl, keys: [`${name}_API_KEY`], bases: [`${name}_BASE_URL`] }
}
