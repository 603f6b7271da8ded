// promptfoo provider ids -> models that we can call.

import { isObject } from '../config/cases.ts'
import type { Json, JsonObject } from '../domain.ts'

export type FooProvider =
  | {
      readonly ok: true
      readonly label: string
      readonly model: string
      readonly api?: 'chat' | 'responses'
      readonly parameters: JsonObject
      readonly tools?: readonly Json[]
      readonly responseFormat?: Json
      /** Labels of prompts that it is restricted to. */
      readonly prompts?: readonly string[]
      readonly notCarried: readonly string[]
    }
  | { readonly ok: false; readonly label: string; readonly why: string }

const FAMILIES: { readonly [family: string]: string } = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'gemini',
  vertex: 'vertex',
  bedrock: 'bedrock',
  azure: 'azure',
  azureopenai: 'azure',
  ollama: 'ollama',
  openrouter: 'openrouter',
  mistral: 'mistral',
  groq: 'groq',
  deepseek: 'deepseek',
  xai: 'xai',
}
const MODES = new Set(['chat', 'responses', 'messages', 'completion', 'converse'])

/** One item of `providers`: an id, `{id, ...}`, or `{"<id>": {...}}`. */
export function readProvider(entry: Json): FooProvider {
  const { id, settings } = spelling(entry)
  const label = typeof settings.label === 'string' ? settings.label : id
  const target = modelOf(id)
  if (typeof target === 'string') return { ok: false, label, why: target }
  const config = isObject(settings.config) ? settings.config : {}
  const { prompts } = settings
  const { tools, response_format: responseFormat } = config
  return {
    ok: true,
    label,
    ...target,
    parameters: Object.fromEntries(Object.entries(config).filter(([key]) => PARAMETERS.has(key))),
    ...(Array.isArray(tools) ? { tools } : {}),
    ...(isObject(responseFormat) ? { responseFormat } : {}),
    ...(Array.isArray(prompts) ? { prompts: prompts.map(String) } : {}),
    notCarried: [...unused(label, settings), ...unusedConfig(label, config)],
  }
}

function spelling(entry: Json): { readonly id: string; readonly settings: JsonObject } {
  if (typeof entry === 'string') return { id: entry, settings: {} }
  if (!isObject(entry)) return { id: String(entry), settings: {} }
  if (typeof entry.id === 'string') return { id: entry.id, settings: entry }
  const [[id, settings] = ['', {}]] = Object.entries(entry)
  return { id, settings: isObject(settings) ? settings : {} }
}

/** The model, or in words why it cannot be called. */
function modelOf(id: string): { readonly model: string; readonly api?: 'chat' | 'responses' } | string {
  if (id === 'echo') return { model: 'echo' }
  if (/^https?(:|$)/.test(id)) return 'an HTTP provider has to become an `http:` target of an eval file'
  if (/^(exec|python|file|golang|ruby|script):/.test(id) || /\.(js|mjs|cjs|ts|py)(:\w+)?$/.test(id)) {
    return 'it runs code, which has to become a `command:` target of an eval file'
  }
  const [family = '', ...rest] = id.split(':')
  const provider = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined
  const mode = rest.length > 1 && MODES.has(rest[0] ?? '') ? rest[0] : undefined
  const name = rest.slice(mode ? 1 : 0).join(':')
  if (provider === undefined || name === '') return 'this provider is not supported'
  if (/^(claude-agent-sdk|claude-code|codex(-sdk)?|agents?|chatkit|assistant)(:|$)/.test(name))
    return 'it is an agent, which has to become a `command:` target of an eval file'
  if (/^(embeddings?|image|realtime|moderation|transcription)(:|$)/.test(name)) return 'it is no chat model'
  const api = mode === 'responses' ? 'responses' : mode === 'chat' ? 'chat' : undefined
  return { model: `${provider}/${name}`, ...(api ? { api } : {}) }
}

const PARAMETERS = new Set([
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'top_p',
  'top_k',
  'seed',
  'stop',
  'frequency_penalty',
  'presence_penalty',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'tool_choice',
  'verbosity',
  'service_tier',
])
const QUIET = new Set(['tools', 'response_format', 'apiKey', 'apiKeyEnvar', 'cost', 'inputCost', 'outputCost'])

function unused(label: string, settings: JsonObject): string[] {
  const read = new Set(['id', 'label', 'config', 'prompts', 'delay'])
  return Object.keys(settings)
    .filter((key) => !read.has(key))
    .map((key) => `"${key}" of the provider ${label} is not used.`)
}

function unusedConfig(label: string, config: JsonObject): string[] {
  return Object.keys(config)
    .filter((key) => !PARAMETERS.has(key) && !QUIET.has(key))
    .map((key) =>
      /base_?url|host|headers/i.test(key)
        ? `config.${key} of the provider ${label} is not used: endpoints belong in "providers:" of parity.yaml.`
        : `config.${key} of the provider ${label} is not used.`,
    )
}
