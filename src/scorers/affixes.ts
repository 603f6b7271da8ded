// starts-with and ends-with. The options `ignore_case` and `trim` are for evaluators of GitHub Models files.

import { checkText } from './contains.ts'
import { binary, evidence, missing, type Scorer, scalarText } from './scorer.ts'

export const startsWith = affix('starts', (output, value) => output.startsWith(value))
export const endsWith = affix('ends', (output, value) => output.endsWith(value))

function affix(verb: string, matches: (output: string, value: string) => boolean): Scorer {
  return {
    value: 'templated',
    check: checkText,
    score: ({ spec, value, answer }) => {
      const wanted = scalarText(value)
      if (wanted === null || wanted === '') return missing('the value to look for is empty for this case')
      const fold = (text: string): string => (spec.options.ignore_case === true ? text.toLowerCase() : text)
      const pass = matches(fold(answer.text), fold(wanted))
      return binary(pass, evidence(`${pass ? verb : `does not ${verb.slice(0, -1)}`} with "${wanted}"`))
    },
  }
}
