// Model asked and model answered: an alias that resolves is worth knowing, another model is a warning. Providers go on
// answering with HTTP 200 when they put a successor in the place of a model.

import type { Config } from '../config/config.ts'
import { resolved } from '../policy/model-names.ts'
import { describeModel } from '../prices/describe.ts'
import { innerName, parseModelId, undated } from '../prices/ids.ts'

/** `unknown`: a name of one's own, of which nothing says what is behind it. */
export type Answered = 'same' | 'resolved' | 'other' | 'unknown'

/** What an answer's model is to the one that was asked (`provider/model`). */
export function answeredAs(asked: string, answered: string, models: Config['models'] = {}): Answered {
  const stands = resolved(asked, models)
  const names = [asked, stands].map(bare)
  const said = bare(answered)
  if (said === '' || names.includes(said)) return 'same'
  const isNamed = stands !== asked
  const { pin, provider } = describeModel(stands)
  // A gateway that leaves the date out has still answered with the pin.
  if (names.some((name) => plain(name) === said)) return 'same'
  if (names.some((name) => plain(said) === plain(name).replace(/-0$/, '') && undated(name) === null)) return 'resolved'
  if (!isNamed && (pin === 'opaque' || isOwnProvider(provider))) return 'unknown'
  if (pin === 'pinned') return 'other'
  return isAlias(stands) || names.some((name) => isVersionOf(said, name)) ? 'resolved' : 'other'
}

/** `gpt-5.6-sol` of `gpt-5.6`; the small one of a family is another model and no version. */
function isVersionOf(said: string, name: string): boolean {
  return said.startsWith(`${name}-`) && !SMALLER.test(said.slice(name.length))
}

const SMALLER = /-(?:mini|nano|lite|small|tiny|turbo|flash|haiku|fast|\d+b)(?:$|-)/

/** Names that are made to move: another id behind them is what they promise. */
const isAlias = (id: string) => /(?:^|[-@:/])(?:latest|default|auto)(?:$|[-:])/.test(id.toLowerCase())

/** The id of a model in the spelling of its publisher. */
function bare(id: string): string {
  return innerName(parseModelId(id).model).replace(/@(?=\d{8}$)/, '-')
}

/** Without a date, and without the number that some providers give a fixed version. */
function plain(model: string): string {
  return (undated(model) ?? model).replace(/[-@]00\d$/, '')
}

const KNOWN_CHANNELS: ReadonlySet<string> = new Set(
  'openai anthropic gemini vertex bedrock mistral groq openrouter xai deepseek cohere'.split(' '),
)
const isOwnProvider = (provider: string | null) => provider === null || !KNOWN_CHANNELS.has(provider)

export type AskedAnswered = { readonly evalSet: string; readonly asked: string; readonly answered: string }

/** Pairs of an asked and an answering model with how often each was seen. */
export class AnswerTally {
  readonly #seen = new Map<string, AskedAnswered & { count: number }>()

  add(evalSet: string, asked: string, answered: string | undefined): void {
    if (answered === undefined || answered === '') return
    const key = JSON.stringify([evalSet, asked, answered])
    const found = this.#seen.get(key)
    if (found) found.count += 1
    else this.#seen.set(key, { evalSet, asked, answered, count: 1 })
  }
  all(): readonly (AskedAnswered & { readonly count: number })[] {
    return [...this.#seen.values()]
  }
}
