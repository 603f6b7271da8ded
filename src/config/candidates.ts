// `candidates:` of an eval file: other models to try, some with parameters of their own.

import type { Candidate, Json, JsonObject } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import { isObject } from './cases.ts'
import { refuseReplacing } from './parameters.ts'
import type { ParsedFile } from './yaml.ts'

/** Throws a UserError for a model that is named twice: results are filed by model. The schema has checked the list. */
export function readCandidates(file: ParsedFile): readonly Candidate[] {
  const written = isObject(file.value) ? file.value.candidates : undefined
  if (!Array.isArray(written)) return []
  const list = written.map((one: Json, index): Candidate => {
    const place = file.place(['candidates', index])
    if (!isObject(one)) return { model: String(one), place }
    const parameters = isObject(one.parameters) ? (one.parameters as JsonObject) : {}
    refuseReplacing(parameters, (name) => file.keyPlace(['candidates', index, 'parameters'], name))
    return { model: String(one.model), place, ...(Object.keys(parameters).length === 0 ? {} : { parameters }) }
  })
  const twice = list.filter(({ model }, at) => list.findIndex((one) => one.model === model) < at)
  const [first, ...rest] = twice.map(namedTwice)
  if (first !== undefined) throw new UserError(first, ...rest)
  return list
}

function namedTwice({ model, place }: Candidate): Problem {
  return {
    what: `The candidate ${model.slice(0, 100)} is named twice.`,
    remedy: 'Keep one of them; other parameters of the same model take an eval set of their own.',
    place,
  }
}
