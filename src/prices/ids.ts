// Model ids as people and tools write them, reduced to a provider and the candidates under which a price may be filed.

const ALIASES: { readonly [prefix: string]: string } = {
  google: 'gemini',
  googleai: 'gemini',
  'google-vertex': 'vertex',
  vertex_ai: 'vertex',
  'x-ai': 'xai',
  aws: 'bedrock',
  'amazon-bedrock': 'bedrock',
  azure_openai: 'azure',
  'azure-openai': 'azure',
  mistralai: 'mistral',
}

/** Prefixes that mean a provider in SPEC section 12; anything else before a slash is a custom provider. */
const KNOWN = new Set(
  [
    'openai anthropic gemini vertex azure bedrock mistral groq openrouter xai deepseek cohere ollama vllm together',
    'fireworks perplexity cerebras',
  ]
    .join(' ')
    .split(' '),
)

const BEDROCK_VENDOR =
  /^(?:[a-z-]+\.)?(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai|qwen|ai21|writer|nvidia|google)\.[a-z]/
const BEDROCK_REGION = /^(?:us|eu|apac|jp|au|in|ca|us-gov)\.(?=[a-z0-9-]+\.)/

export type ModelId = {
  /** Null when the id names none: it is then looked for at the first-party providers. */
  readonly provider: string | null
  /** Lower case, without the provider, `models/`, an API name (`chat:`) and query (`?effort=high`). */
  readonly model: string
}

/** Splits `provider/model` or `provider:model`. Custom providers (`acme/house`) keep everything before the first slash. */
export function parseModelId(id: string): ModelId {
  const text = id.trim().toLowerCase().split('?')[0] ?? ''
  if (text.startsWith('models/')) return { provider: 'gemini', model: text.slice('models/'.length) }
  if (text.startsWith('arn:') || BEDROCK_VENDOR.test(text)) return { provider: 'bedrock', model: text }
  const slash = text.indexOf('/')
  const colon = text.indexOf(':')
  const byColon = colon > 0 ? knownProvider(text.slice(0, colon)) : null
  if (byColon && (slash < 0 || colon < slash)) return { provider: byColon, model: bareModel(text.slice(colon + 1)) }
  if (slash <= 0) return { provider: null, model: text }
  const prefix = text.slice(0, slash)
  return { provider: knownProvider(prefix) ?? prefix, model: bareModel(text.slice(slash + 1)) }
}

function knownProvider(prefix: string): string | null {
  const name = ALIASES[prefix] ?? prefix
  return KNOWN.has(name) ? name : null
}

function bareModel(text: string): string {
  return text.replace(/^(?:chat|responses|completion|messages):/, '').replace(/^models\//, '')
}

/** A model id without its date: `null` when it has none. The date must exist, so `claude-sonnet-5-9` has none. */
export function undated(model: string): string | null {
  const found = /^(.+?)[-@](\d{4})-?(\d{2})-?(\d{2})$/.exec(model)
  if (found) {
    const [, base = '', year = '', month = '', day = ''] = found
    return isDate(year, month, day) ? base : null
  }
  const preview = /^(.+-preview)-(\d{2})-(\d{2}|\d{4})$/.exec(model)
  if (!preview) return null
  const [, base = '', month = '', rest = ''] = preview
  return (rest.length === 4 ? isDate(rest, month, '01') : isDate('2024', month, rest)) ? base : null
}

function isDate(year: string, month: string, day: string): boolean {
  const text = `${year}-${month}-${day}`
  const time = Date.parse(`${text}T00:00:00Z`)
  const plausible = Number(year) >= 2020 && Number(year) < 2100
  return plausible && Number.isFinite(time) && new Date(time).toISOString().startsWith(text)
}

/** `id` itself first; then looser readings of the same model. `dated` ones hold only where snapshots share a price. */
export type Candidate = { readonly model: string; readonly dated: boolean }

/** Every id under which the price of a provider's model may be filed, most exact first. */
export function priceCandidates(provider: string, model: string): readonly Candidate[] {
  const exact = spellings(provider, model)
  const bases = exact.flatMap((spelling) => {
    const base = undated(spelling)
    return base === null ? [] : [{ model: base, dated: true }]
  })
  return [...exact.map((spelling) => ({ model: spelling, dated: false })), ...bases]
}

function spellings(provider: string, model: string): readonly string[] {
  if (provider === 'openai' && model.startsWith('ft:')) return [model.split(':').slice(0, 2).join(':')]
  if (provider === 'bedrock') return bedrockSpellings(model)
  if (provider === 'vertex') return unique([model, model.replace(/(?:@(?:default|latest)|[-@]\d{3})$/, '')])
  if (provider === 'gemini') return unique([model, model.replace(/-\d{3}$/, '')])
  return [model]
}

function bedrockSpellings(model: string): readonly string[] {
  const regional = model.replace(BEDROCK_REGION, '')
  return unique([regional, regional.replace(/(?:-v\d+)?(?::\d+)?(?::\d+k)?$/, '')])
}

const BEDROCK_MAKER =
  /^(?:[a-z-]+\.)?(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai|qwen|ai21|writer|nvidia|google)\./
const ROUTER_VARIANT = /:(?:free|nitro|floor|thinking|online|extended)$/

/** The publisher's own id within that of a channel: `gpt-4.1` of `openai/gpt-4.1:free`, `claude-x` of `us.anthropic.claude-x-v1:0`. */
export function innerName(model: string): string {
  const last = model.slice(model.lastIndexOf('/') + 1)
  const bare = last.replace(BEDROCK_MAKER, '')
  return bare === last ? last.replace(ROUTER_VARIANT, '') : bare.replace(/-v\d+(?::\d+)?$/, '')
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)]
}
