// A name of `models:` that stands for another model now, as a change of the eval sets that ask it: what they send is the same.

import type { ChangedAlias } from '../config/aliases.ts'
import type { DetectInput } from '../detect.ts'
import type { Change, EvalSet } from '../domain.ts'
import { usedModels } from '../policy/used-models.ts'
import { bareId } from './definition.ts'
import type { LooseChange } from './undeclared.ts'

export type AliasChange = {
  readonly change: Change
  /** Sets that ask it for their answers, and not only for a judgement. */
  readonly asking: readonly string[]
  /** The same, as it was found in the configuration as in any other file. */
  readonly found: readonly LooseChange[]
}

export function aliasChanges({ config, sets }: DetectInput, loose: readonly LooseChange[]): readonly AliasChange[] {
  const aliases = config.aliases ?? []
  if (aliases.length === 0) return []
  const users = usersByName(sets.pairs.flatMap(({ head }) => head ?? []))
  return aliases.flatMap((alias): readonly AliasChange[] => {
    const { name, from, to } = alias
    const { asking, judged } = users.get(name) ?? { asking: [], judged: [] }
    const evalSets = [...new Set([...asking, ...judged])]
    if (evalSets.length === 0) return []
    const found = loose.filter((change) => isOfAlias(change, alias, config.path))
    const line = found[0]?.line
    const change: Change = {
      ...{ kind: 'model', path: config.path, symbol: name, from: bareId(from), to: bareId(to), evalSets },
      ...{ covered: true, why: `${name} stands for ${to} instead of ${from} in ${config.path}` },
      ...(line === undefined ? {} : { line }),
    }
    return [{ change, asking, found }]
  })
}

function isOfAlias(change: LooseChange, { name, from, to }: ChangedAlias, path: string): boolean {
  if (change.kind !== 'model' || change.path !== path) return false
  if (change.pinName === name) return true
  // An entry of both sides has its ids under `base` and `head`.
  const isSide = change.pinName === 'base' || change.pinName === 'head'
  const known = [undefined, bareId(from), bareId(to)]
  return isSide && known.includes(change.from) && known.includes(change.to)
}

type Users = { readonly asking: string[]; readonly judged: string[] }

/** Names of eval sets by the model that they name. */
function usersByName(heads: readonly EvalSet[]): ReadonlyMap<string, Users> {
  const found = new Map<string, Users>()
  for (const head of heads) {
    for (const { id, use } of usedModels([head], [])) {
      const users: Users = found.get(id) ?? { asking: [], judged: [] }
      if (use === 'target' || use === 'fallback') users.asking.push(head.name)
      if (use === 'judge') users.judged.push(head.name)
      found.set(id, users)
    }
  }
  return found
}
