// What an id says about itself: whose model it is, whether it can change under the same name, and when it stops.

import { parseModelId, undated } from './ids.ts'
import { LIFECYCLE, type Lifecycle } from './lifecycle.ts'

/**
 * `pinned`: the provider serves one snapshot under this id. `floating`: it may move. `opaque`: a deployment that only its
 * owner can resolve. `unknown`: the provider makes no promise either way that we know of.
 */
export type Pin = 'pinned' | 'floating' | 'opaque' | 'unknown'

export type ModelDescription = {
  readonly provider: string | null
  /** Bare id, lower case. */
  readonly model: string
  readonly family: string | null
  readonly pin: Pin
  /** Whether the id carries a date of its own. */
  readonly dated: boolean
  /** Null when nothing is known about its end. */
  readonly lifecycle: Lifecycle | null
}

const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/(?:^|[/.:])(?:gpt-oss)/, 'gpt-oss'],
  [/(?:^|[/.:])(?:gpt-|chatgpt-|o\d(?:$|-))/, 'gpt'],
  [/claude/, 'claude'],
  [/gemini/, 'gemini'],
  [/gemma/, 'gemma'],
  [/mistral|ministral|magistral|mixtral|codestral|devstral|pixtral|voxtral/, 'mistral'],
  [/deepseek/, 'deepseek'],
  [/grok/, 'grok'],
  [/llama/, 'llama'],
  [/qwen/, 'qwen'],
  [/command/, 'command'],
  [/nova-/, 'nova'],
  [/phi-/, 'phi'],
  [/kimi/, 'kimi'],
]

/** Describes `provider/model` (or a bare id). Knows nothing of `models:`: map a deployment first. */
export function describeModel(id: string): ModelDescription {
  const known = described.get(id)
  if (known !== undefined) return known
  const description = readId(id)
  if (described.size < MOST_DESCRIBED) described.set(id, description)
  return description
}

/** It is asked again for every call of a run, and says the same of the same id. */
const described = new Map<string, ModelDescription>()
const MOST_DESCRIBED = 1000

function readId(id: string): ModelDescription {
  const { provider, model } = parseModelId(id)
  const family = FAMILIES.find(([shape]) => shape.test(model))?.[1] ?? null
  const owner = provider ?? ownerOf(family)
  const bare = model.replace(BEDROCK_PREFIX, '').replace(BEDROCK_VERSION, '')
  return {
    provider: owner,
    model,
    family,
    pin: pinOf(owner, model, bare),
    dated: isDated(bare),
    lifecycle: lifecycleOf(owner, model),
  }
}

const BEDROCK_PREFIX = /^(?:[a-z-]+\.)?(?:anthropic|amazon|meta|mistral|cohere|deepseek|openai)\./
const BEDROCK_VERSION = /-v\d+(?::\d+)?$/

function ownerOf(family: string | null): string | null {
  const owners: { readonly [family: string]: string } = {
    gpt: 'openai',
    claude: 'anthropic',
    gemini: 'gemini',
    mistral: 'mistral',
    deepseek: 'deepseek',
    grok: 'xai',
    command: 'cohere',
  }
  return family === null ? null : (owners[family] ?? null)
}

function isDated(model: string): boolean {
  const base = model.startsWith('ft:') ? (model.split(':')[1] ?? '') : model
  return undated(base) !== null || /-\d{2}-20\d{2}$/.test(base) || /-2\d(?:0[1-9]|1[0-2])$/.test(base)
}

function pinOf(provider: string | null, model: string, bare: string): Pin {
  if (provider === 'azure' || model.startsWith('arn:')) return 'opaque'
  if (/[-@:](?:latest|default)$|-latest\b/.test(model)) return 'floating'
  if (isDated(bare) || model.startsWith('ft:')) return 'pinned'
  return (provider === null ? undefined : UNDATED[provider]?.(model, bare)) ?? 'unknown'
}

const floating = (): Pin => 'floating'
const claude = (model: string): Pin => (isFixedClaude(model) ? 'pinned' : 'floating')

/** What an id without a date means at each provider. */
const UNDATED: { readonly [provider: string]: (model: string, bare: string) => Pin } = {
  openai: (model) => (/-0\d{3}$|-1\d{3}(?:-preview)?$|-0\d{3}-preview$/.test(model) ? 'pinned' : 'floating'),
  anthropic: claude,
  gemini: (model) => (/-(?:preview|exp)\b/.test(model) ? 'floating' : 'pinned'),
  vertex: (model, bare) => (/[-@]\d{3}$/.test(model) || isFixedClaude(bare) ? 'pinned' : 'floating'),
  bedrock: (model, bare) => (BEDROCK_VERSION.test(model) || isFixedClaude(bare) ? 'pinned' : 'floating'),
  mistral: floating,
  xai: (model) => (/-(?:0[1-9]|1[0-2])\d{2}$/.test(model) ? 'pinned' : 'floating'),
  deepseek: floating,
  cohere: floating,
  openrouter: floating,
}

/** Anthropic's ids without a date are fixed snapshots from 4.6 on (their documentation). */
function isFixedClaude(model: string): boolean {
  const found = /^claude-[a-z]+-(\d+)(?:[-.](\d{1,2}))?$/.exec(model)
  if (!found) return false
  const [major, minor] = [Number(found[1]), Number(found[2] ?? 0)]
  return major > 4 || (major === 4 && minor >= 6)
}

function lifecycleOf(provider: string | null, model: string): Lifecycle | null {
  return LIFECYCLE.find((row) => row.provider === provider && row.ids.includes(model)) ?? null
}
