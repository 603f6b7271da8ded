// Parameters of a call go to the provider as they are written. So what is asked, and of which model, is none of them: it would go
// past the pin, its price, the cap, the policy and the allow-list for forks.

import type { Json, JsonObject, Place } from '../domain.ts'
import { UserError } from '../errors.ts'
import { isObject } from './cases.ts'

const MODEL = { replaces: 'the model that is pinned, priced and allowed', remedy: 'Name the model by `model:`.' }
const PROMPT = { replaces: 'what the prompt says', remedy: 'Write it into the prompt.' }

const REPLACING: { readonly [name: string]: typeof MODEL } = {
  model: MODEL,
  messages: PROMPT,
  input: PROMPT,
  contents: PROMPT,
  system: PROMPT,
  systemInstruction: PROMPT,
  system_instruction: PROMPT,
}

type Replacing = { readonly name: string; readonly why: string; readonly remedy: string }

/** The first parameter that would replace what is asked; null when there is none. */
export function replacingParameter(parameters: Json | undefined): Replacing | null {
  const names = isObject(parameters) ? Object.keys(parameters) : []
  const name = names.find((one) => Object.hasOwn(REPLACING, one))
  const found = name === undefined ? undefined : REPLACING[name]
  if (name === undefined || found === undefined) return null
  return { name, why: `the parameter \`${name}\` would replace ${found.replaces}`, remedy: found.remedy }
}

/** Throws a UserError for a parameter that would replace what is asked. */
export function refuseReplacing(parameters: JsonObject, placeOf: (name: string) => Place): void {
  const found = replacingParameter(parameters)
  if (found === null) return
  throw new UserError({
    what: `${found.why[0]?.toUpperCase()}${found.why.slice(1)}.`,
    expected: 'parameters of the call, such as temperature or max_tokens',
    remedy: found.remedy,
    place: placeOf(found.name),
  })
}

/** Throws a UserError for what stands both among the parameters and beside them: one of the two would be left out unsaid. */
export function refuseTwice(parameters: JsonObject, beside: { readonly [name: string]: unknown }, place: Place): void {
  const name = Object.keys(beside).find((one) => beside[one] !== undefined && parameters[one] !== undefined)
  if (name === undefined) return
  throw new UserError({
    what: `"${name}" stands among the parameters and beside them.`,
    expected: 'one of the two',
    remedy: 'Remove the one among the parameters.',
    place,
  })
}
