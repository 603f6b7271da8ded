// Terms of a call that its price depends on beside the model and the service tier: Anthropic's fast mode, and where a request
// is computed. They are a part of the id that a price is looked up by: `anthropic/claude-opus-4-6?speed=fast`.

import type { Json, PriceTerms, Target } from '../domain.ts'
import { given, textAt } from '../targets/outside.ts'

/** The values that cost the list price. `not_available` is said of models that have no such choice. */
const AT_LIST_PRICE: { readonly [name in keyof PriceTerms]-?: readonly string[] } = {
  inference_geo: ['', 'global', 'not_available'],
  speed: ['', 'standard'],
}
const NAMES = ['inference_geo', 'speed'] as const satisfies readonly (keyof PriceTerms)[]

/** In parameters as they are sent, or in the `usage` of an answer: Anthropic has the same names there. */
export function termsIn(fields: Json | undefined): PriceTerms {
  const [inference_geo, speed] = [textAt(fields, 'inference_geo'), textAt(fields, 'speed')]
  // Asked of every call, and hardly any has one.
  return inference_geo === undefined && speed === undefined ? NO_TERMS : given({ inference_geo, speed })
}

const NO_TERMS: PriceTerms = {}

/** The service tier that parameters ask for, as OpenAI, Anthropic and Groq, Gemini, or Bedrock have it; undefined when they leave it open. */
export function tierIn(parameters: Json | undefined): string | undefined {
  return (
    textAt(parameters, 'service_tier') ?? textAt(parameters, 'serviceTier') ?? textAt(parameters, 'serviceTier', 'type')
  )
}

/** The id that a call is priced by. What answered counts before what was asked for: fast mode falls back, a workspace has defaults. */
export function withTerms(id: string, asked: PriceTerms, answered: PriceTerms = {}): string {
  const terms = { ...asked, ...answered }
  const paid = NAMES.flatMap((name) => {
    const value = terms[name]?.trim().toLowerCase() ?? ''
    return AT_LIST_PRICE[name].includes(value) ? [] : [`${name}=${encodeURIComponent(value)}`]
  })
  return paid.length === 0 ? id : `${id}?${paid.join('&')}`
}

const TERMS = /^([^?]*)\?((?:(?:inference_geo|speed)=[^&?]+&?)+)$/

/** An id and the terms in it; '' for none. Any other query is a part of the id. */
export function splitTerms(id: string): { readonly plain: string; readonly terms: string } {
  const [, plain = id, terms = ''] = (id.includes('?') && TERMS.exec(id)) || []
  return { plain, terms }
}

/** `claude-x with speed: fast`. */
export function termsInWords(id: string): string {
  const { plain, terms } = splitTerms(id)
  return `${plain} with ${terms.replaceAll('=', ': ').replaceAll('&', ' and ')}`
}

/** The model of a target with the terms that it asks for; null when it names none. */
export function pricedModel(target: Target): string | null {
  if (target.kind !== 'prompt') return target.model ?? null
  return withTerms(target.model, termsIn(target.parameters))
}
