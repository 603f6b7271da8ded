// What one call will take, before it is made: tokens are estimated from text, the price per token is exact.

import { countTokens } from '../cost/token-count.ts'
import { estimateTokens, vocabularyFactor } from '../cost/tokens.ts'
import type { JsonObject, Request, ScorerSpec, SideLabel } from '../domain.ts'
import { judgeModel } from '../plan.ts'
import { termsIn, tierIn, withTerms } from '../prices/terms.ts'
import { ANSWER_TOKENS, choicesIn, outputBound } from '../run/budget.ts'
import { inputBound } from '../run/input-bound.ts'
import { endpointOf } from '../targets/endpoint-of.ts'
import { given, isObject } from '../targets/outside.ts'
import { textOfMessage } from '../targets/turns.ts'

export type Range = { readonly expected: number; readonly worst: number }

export type Guess = {
  /** `provider/model` with its terms; null for what is no model of ours to price: applications, recorded answers. */
  readonly model: string | null
  readonly provider: string
  /** The service tier that is asked for. */
  readonly tier?: string
  /** Of calls of targets: a name may stand for another model there. */
  readonly side?: SideLabel
  /** An application: what it will ask is not known before it does. */
  readonly isOpen?: true
  readonly input: Range
  readonly output: Range
}

/** An answer's length when nothing bounds it; a quarter of the bound when something does. */
const TYPICAL_OUTPUT = 300
/** The words around a judge's question, and its reasons and verdict. */
const JUDGE_FRAME = 250
const JUDGE_OUTPUT = 150
const PER_MESSAGE = 4

export function guessCall(request: Request): Guess {
  const { provider } = request
  const nothing = { expected: 0, worst: 0 }
  if (request.kind !== 'model') {
    const isOpen = request.kind === 'command' || request.kind === 'http'
    return { model: null, provider, ...(isOpen ? { isOpen } : {}), input: nothing, output: nothing }
  }
  const model = `${provider}/${request.model ?? ''}`
  const { tools = request.parameters.tools, responseFormat = request.parameters.response_format } = request
  const sizes = [tools, responseFormat].flatMap((one) =>
    one === undefined ? [] : [sizeOf(one, () => JSON.stringify(one))],
  )
  for (const message of request.messages) sizes.push(sizeOf(message, () => textOfMessage(message)))
  // What stands between two parts is a token.
  const said = sizes.reduce((sum, size) => sum + size, Math.max(0, sizes.length - 1))
  const tokens = Math.ceil(said * vocabularyFactor(model)) + PER_MESSAGE * request.messages.length
  const [bound, choices] = [outputBound(request), choicesIn(request.parameters)]
  const output = {
    expected: bound === null ? TYPICAL_OUTPUT * choices : Math.max(1, Math.round(bound / 4)),
    worst: bound ?? ANSWER_TOKENS * choices,
  }
  return {
    model: withTerms(model, termsIn(request.parameters)),
    provider,
    input: { expected: tokens, worst: Math.max(tokens, inputBound(request)) },
    output,
    ...given({ tier: tierIn(request.parameters) }),
  }
}

const known = new WeakMap<object, number>()

/** Estimated tokens. Tools and fixed messages are the same objects in every request of a set, and looked at once. */
function sizeOf(part: unknown, text: () => string): number {
  if (typeof part !== 'object' || part === null) return countTokens(text())
  const size = known.get(part) ?? countTokens(text())
  known.set(part, size)
  return size
}

/** A judge reads the criterion and what it judges: the question of the case and one answer, or two of a pair. */
export function guessJudge(scorer: ScorerSpec, judged: Guess, answers: number): Guess {
  const model = judgeModel(scorer)
  const criterion = typeof scorer.options.value === 'string' ? scorer.options.value : ''
  const fixed = JUDGE_FRAME + estimateTokens(criterion, model).tokens
  const reads = (of: keyof Range) => fixed + judged.input[of] + answers * judged.output[of]
  const parameters = parametersOf(scorer)
  const [provider = '', ...rest] = model.split('/')
  const bound = outputBound({ parameters, endpoint: endpointOf(provider, rest.join('/')) })
  const output = { expected: Math.min(JUDGE_OUTPUT, bound ?? JUDGE_OUTPUT), worst: bound ?? ANSWER_TOKENS }
  const input = { expected: reads('expected'), worst: reads('worst') }
  return { model: withTerms(model, termsIn(parameters)), provider, input, output }
}

function parametersOf({ options }: ScorerSpec): JsonObject {
  return isObject(options.parameters) ? options.parameters : {}
}
