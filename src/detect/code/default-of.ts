// What a text stands in for: `config.model ?? "id"`.

import type { Text, Use } from '../reading.ts'
import type { Walk } from './walk.ts'

/** The name before `??`, `||` or `or`, without what it is a member of. */
export function defaultOf({ tokens, at }: Walk, use: Use): Pick<Text, 'defaultOf'> {
  const before = use === 'default' ? tokens[at - 2] : undefined
  return before?.kind === 'name' ? { defaultOf: before.text } : {}
}
