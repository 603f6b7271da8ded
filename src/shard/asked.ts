// What the shards of a run were asked: a merge that is not told otherwise goes on by it, so that it is the one run.

import { UserError } from '../errors.ts'
import type { Inputs } from '../inputs.ts'
import type { Job } from '../job.ts'
import type { FoundShard } from './join.ts'

/** As words of the inputs, by their names; '' or left out where nothing was said. Headers of earlier versions have none. */
export type AskedInputs = { readonly [name: string]: string }

/** Everything beside the sides and the eval sets that a verdict, its exit code, its money and its comment hang on. */
export function askedInputs(job: Job): AskedInputs {
  return {
    mode: job.mode ?? '',
    'max-usd': job.maxUsd ?? '',
    'on-inconclusive': job.onInconclusive,
    'on-not-measured': job.onNotMeasured,
    'allow-code': job.allowCode,
    comment: job.comment ?? '',
    'no-cache': job.useStored ? '' : 'true',
  }
}

/** What an input does not say is what the shards were asked. Throws a UserError where they were not asked the same. */
export function orAsShards(input: Inputs, shards: readonly FoundShard[]): Inputs {
  return (name) => input(name) || askedOf(name, shards)
}

function askedOf(name: string, shards: readonly FoundShard[]): string {
  const [first, ...others] = shards
  if (first === undefined) return ''
  const said = ({ header }: FoundShard) => header.asked.inputs?.[name] ?? ''
  const other = others.find((one) => said(one) !== said(first))
  if (other === undefined) return said(first)
  const words = (one: FoundShard) => `shard ${one.header.index} with ${said(one) === '' ? 'none' : `"${said(one)}"`}`
  throw new UserError({
    what: `the shards were not asked with the same \`${name}\`: ${words(first)}, ${words(other)}.`,
    place: { path: other.folder },
    remedy: `Say \`${name}\` to the merge, or run the shards again with one \`${name}\`.`,
  })
}
