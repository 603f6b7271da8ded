// Names that say model: `chatModel`, `LLM_MODEL`, `deployment_name`.

import { wordsOf } from './words.ts'

const MODEL_WORDS =
  /^(model|models?id|modelname|modelids|engine|deployment|llms?|vlm|embed|embedding|embeddings|embedder|llmmodel|chatmodel|aimodel)$/
export const saysModel = (name: string) => {
  const words = wordsOf(name)
  return (
    (words.some((word) => MODEL_WORDS.test(word)) || DEPLOYED.test(words.join(' '))) &&
    !/^(tokens?|temperature|cost|price|label|providers?|class|file|limit|type|family|dims?|dimensions?|count|timeout|threshold)$/.test(
      words.at(-1) ?? '',
    )
  )
}

/** `deployId` */
const DEPLOYED = /(?:^| )deploy (?:id|name)$/

/** A name, its words joined by `_`, that is nothing but a model's. */
export const MODEL_KEY = /(?:^|_)(?:model|model_id|model_name|deployment|deployment_name|engine|llm|llm_model)$/

/** `DEFAULT_MODELS = { openai: "…", anthropic: "…" }`: each is asked where nothing else is said. */
export const isOfDefaults = (name: string) => {
  const words = wordsOf(name)
  return (
    words.some((word) => /^models?$/.test(word)) &&
    words.some((word) => /^(?:defaults?|recommended|best|fallbacks?|test)$/.test(word))
  )
}

/** `provider: "deepseek"`: who serves it. */
export const PROVIDES =
  /^(?:model_?)?(?:provider|vendor|platform|publisher|company|owned_?by)(?:_?(?:id|name|type|key))?$/i
