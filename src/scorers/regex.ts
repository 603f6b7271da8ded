import { UserError } from '../errors.ts'
import { checkText } from './contains.ts'
import { linearRegexes } from './linear-regex.ts'
import { binary, evidence, missing, type Scorer, scalarText } from './scorer.ts'

/** The pattern matches somewhere in the output; JavaScript's syntax without flags, `(?i)` for no case. */
export const regex: Scorer = {
  value: 'templated',
  check: async (spec) => {
    const empty = checkText(spec)
    const pattern = scalarText(spec.value) ?? ''
    // A pattern with variables is only known case by case.
    if (empty !== null || pattern.includes('{{')) return empty
    const compiled = (await linearRegexes())(pattern)
    return compiled.state === 'refused' ? `its pattern cannot be used: ${compiled.why}` : null
  },
  score: async ({ spec, value, answer }) => {
    const pattern = scalarText(value)
    if (pattern === null || pattern === '') return missing('the pattern is empty for this case')
    const compiled = (await linearRegexes())(pattern)
    if (compiled.state === 'refused') {
      const what = `The pattern of ${spec.name} cannot be used: ${compiled.why}.`
      throw new UserError({ what, place: spec.place, remedy: 'Rewrite it, or use a javascript scorer.' })
    }
    const found = compiled.regex.test(answer.text)
    return binary(found, evidence(`${found ? 'matches' : 'does not match'} /${pattern}/`))
  },
}
