// Letters that a file of another encoding lost on its way: they would go to the model as they are.

import type { EvalSet } from '../domain.ts'
import { few } from '../few.ts'
import { canonicalJson } from './canonical.ts'
import { UNDECODED } from './encoding.ts'

export function encodingWarnings({ target, cases }: EvalSet): readonly string[] {
  const isBroken = (value: unknown) => canonicalJson(value).includes(UNDECODED)
  const ids = cases
    .filter(({ vars, expected, context, messages }) => isBroken({ vars, expected, context, messages }))
    .map((one) => one.id)
  return [
    ...(target.kind === 'prompt' && isBroken(target.prompt.messages) ? [`${LOST} the prompt. ${REMEDY}`] : []),
    ...(ids.length > 0 ? [`${LOST} the cases ${few(ids)}. ${REMEDY}`] : []),
  ]
}

const LOST = 'Letters that are not UTF-8 were lost in'
const REMEDY = 'Save the file as UTF-8.'
