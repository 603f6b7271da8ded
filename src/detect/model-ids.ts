// What a model id looks like, in every provider's spelling.

const PREFIX =
  /^(?:~?(?:openai|anthropic|gemini|google|googleai|google-gla|google-vertex|google_genai|vertex|vertex_ai|azure|azure_openai|azure_ai|bedrock|bedrock_converse|mistral|mistralai|groq|openrouter|xai|x-ai|deepseek|ollama|ollama_chat|vllm|litellm|litellm_proxy|cohere|fireworks|fireworks_ai|together|together_ai|togetherai|perplexity|meta-llama|meta|qwen|moonshotai|moonshot|z-ai|zai|nvidia|github|github_copilot|databricks|cerebras|sambanova|replicate|huggingface|models|publishers|chat|messages|responses|completion|text-completion-openai|minimax|amazon|microsoft|cloudflare|workers-ai|@cf)[/:])+/i
const FAMILY =
  /^(?:(?:us|eu|apac|jp|au|global|us-gov)\.)?(?:(?:anthropic|amazon|meta|mistral|cohere|deepseek|ai21|openai|qwen|google|nvidia|moonshot|minimax|zai)\.)?(?:gpt-?\d|gpt-(?:oss|image|audio|realtime|neo)|chatgpt-(?:\d|image|latest)|o[1345](?:-(?:mini|pro|preview|high|low|deep)[\w-]*|-\d{4}-\d\d-\d\d)?$|claude-|claude\d|gemini-|gemma-?\d|imagen-|veo-\d|(?:open-|devstral|ministral|magistral|codestral|pixtral|voxtral)|mistral[-:]|mistral$|mixtral|deepseek-|deepseek_[vr]\d|deepseek$|grok-|(?:meta-)?llama-?(?:\d|vision|guard)|code-?llama|command-(?:r|a|light|nightly)|command$|qwen|qwq|phi-?\d|kimi-|moonshot-|glm-\d|text-embedding-|(?:text|omni)-moderation-|embedding-\d|embed-(?:english|multi|v\d|qa|text|large|small|light)|text-(?:davinci|bison|unicorn|curie)|davinci-|babbage-|voyage-|nova-(?:micro|lite|pro|premier|sonic)|titan-|j2-(?:light|mid|ultra|grande|jumbo)|jamba-|sonar|whisper[-:]|tts-\d|dall-e|minimax-|abab\d|ernie-|hunyuan|doubao-|yi-(?:large|medium|34b|lightning)|nomic-embed|mxbai|bce-(?:embedding|reranker)|bge-|jina-embed|text-multilingual|textembedding-|multilingual-e5|all-(?:minilm(?:$|[-:])|(?:mpnet|distilroberta)-)|multi-qa-|ms-?marco-|sentence-t5|instructor-(?:base|large|xl)|snowflake-arctic-embed|solar-|gte-|e5-|tinyllama|flux|sdxl|fast-sdxl|stable-diffusion|zephyr-|vicuna-|falcon-|starcoder|granite[-\d]|smollm|internlm|baichuan|chatglm|paraphrase-|dbrx|rerank-(?:english|multilingual|v?\d)|eleven_(?:multilingual|turbo|flash|mono|v\d)|nova-[23](?:$|-)|scribe_v\d|aura-\d|sonic-\d|llava|bakllava|moondream|minicpm|internvl|olmo-?\d|exaone|c4ai-|stablelm|openchat|recraft|kling-|sora-\d|nano-banana|distil-whisper|wizardlm|(?:nous-|open)?hermes-|mythomax|dolphin-|nemotron|ft:)[\w.:@/?=*-]*(?:\[1m\])?$/i
/** Files, and programs that are named after a model. */
const NO_MODEL =
  /\.(?:py|[jt]sx?|mjs|json|jsonl|ya?ml|toml|md|livemd|ipynb|txt|csv|pdf|svg|png|jpe?g|gif|webp|mp[34]|wav|css|html?|go|rs|rb|java|kt|cs|php|exs?|exe|dll|dmg|deb|sh|zip|gz)$|^(?:whisper-(?:server|cli|cpp|stream)|claude-(?:code|desktop|agent|cli|dev|plugin|hooks?|review|bot|mem)|gemini-(?:cli|code|assist)|gpt-(?:engineer|researcher|pilot|crawler)|deepseek-(?:tui|cli)|grok-cli|qwen-code|kimi-(?:cli|code))(?:[-@/]|$)/i
/** `GPT3_MODEL_NAME`: what a constant is called that holds an id. */
export const isConstantName = (text: string) =>
  /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)*_(?:NAME|ID|KEY|URL|VERSION|ENDPOINT|DEPLOYMENT|PROMPT|PREFIX|SUFFIX|TOKENS|LIMIT|WINDOW|SIZE|TEMPERATURE|EFFORT|ENABLED|TIMEOUT|PRICE|COST)$/.test(
    text,
  )
const FINE_TUNED = /(?:^|[:/])ft:/
/** A foundation model's has no account: `arn:aws:bedrock:us-east-1::foundation-model/…`. */
const ARN = /(?:^|\/)arn:/
const MAX_ID = 120
const MAX_PARTS = 6

/** A model id without its provider, or null when a text is none. */
export function modelId(value: string): string | null {
  if (
    value.length < 2 ||
    value.length > MAX_ID ||
    value.startsWith('-') ||
    // `kimi-cli==1.30.0` is a package.
    /[\s{}<>()"'`,;]|==/.test(value) ||
    // `claude-` and `gpt-4*` are what ids begin with.
    /(?:\*|[-_])$/.test(value) ||
    // `shop.agent::chat` is the name of something in the program; what was tuned has its own name at the end.
    (value.includes('::') && !FINE_TUNED.test(value) && !ARN.test(value)) ||
    isConstantName(value)
  )
    return null
  if (/^https?:/.test(value)) return null
  // The file of a model, wherever it lies.
  const bare = withoutProvider(value.replace(/^(?:\.{0,2}|~)\/.*\//, ''))
  if (NO_MODEL.test(bare.slice(bare.lastIndexOf('/') + 1))) return null
  // `publisher/model`, and `runtime/publisher/model/file@context` of local models.
  return FAMILY.test(bare) ||
    bare
      .split('/', MAX_PARTS)
      .slice(1)
      .some((part) => FAMILY.test(part))
    ? bare
    : null
}

/** Ids without a digit or dash are words of a language, too: they need a name that says model. */
export const isPlain = (id: string) =>
  /^(?:o\d|gpt-?4|command|mistral|deepseek|sonar|embed-\w+|qwen|open-\w+|solar-\w+|yi-\w+|claude-code\w*|titan-\w+|whisper-\w+|gemini-cli\w*|deepseek-chat)$/i.test(
    id,
  )

const KINDS = [
  ['ranks', /rerank|cross-encoder|ms-?marco/i],
  [
    'vectors',
    /embed|(?:^|[/-])(?:bge|gte|e5)-(?!reranker)|minilm|mpnet|distilroberta|multi-qa|sentence-t5|voyage-|mxbai/i,
  ],
  ['hears', /whisper|transcribe|scribe_|(?:^|\/)nova-[23]/i],
  ['speaks', /(?:^|[/-])tts(?:-|$)|eleven_|(?:^|\/)(?:aura|sonic)-/i],
  ['draws', /dall-e|gpt-image|chatgpt-image|imagen|stable-diffusion|sdxl|flux|recraft|nano-banana|-image(?:-|$)/i],
] as const
export type ModelKind = (typeof KINDS)[number][0] | 'writes'

/** What a model is for: none takes the place of one that is for something else. */
export const kindOf = (id: string): ModelKind => KINDS.find(([, pattern]) => pattern.test(id))?.[0] ?? 'writes'

/** The id without its provider, whether or not it is one of a family that we know. */
export function withoutProvider(value: string): string {
  const bare = value.replace(PREFIX, '')
  return TAG.test(bare) && value.at(-1 - bare.length) === ':' ? value.slice(value.lastIndexOf('/') + 1) : bare
}
/** `mistral:7b` is one of several sizes, not something of Mistral's. */
const TAG = /^(?:\d+(?:\.\d+)?[bm](?:-|$)|v\d|latest$|instruct(?:-|$))/i
