// The model and the settings of a prompt's own file that changed, where the eval sets of that prompt name their own instead: whoever
// reads the file in production asks another model now, and no set runs with it.

import { canonicalJson } from '../config/canonical.ts'
import type { SetPair } from '../config/pairs.ts'
import type { DetectInput, FoundPin } from '../detect.ts'
import type { Change, Prompt } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { FileChange, Tree } from '../ports.ts'
import { bareId, changedKeys, type PromptTarget, settingsOf } from './definition.ts'

export type Overridden = { readonly changes: readonly Change[]; readonly pins: readonly FoundPin[] }

type User = { readonly name: string; readonly target: PromptTarget }
type Versions = { readonly path: string; readonly before: Prompt | null; readonly now: Prompt }

/** @param told what the comparison of eval sets tells already */
export async function overridden(input: DetectInput, told: readonly Change[]): Promise<Overridden> {
  const found: { changes: Change[]; pins: FoundPin[] } = { changes: [], pins: [] }
  const usersOf = usersByFile(input.sets.pairs)
  for (const file of input.files) {
    const users = usersOf.get(file.path) ?? []
    const [first] = users
    if (first === undefined || input.trees.base === null) continue
    const before = await versionBefore(file, input.sets.pairs, input.trees.base)
    const versions = { path: file.path, before, now: first.target.prompt }
    const isTold = told.some(({ kind, path }) => kind === 'model' && path === file.path)
    if (!isTold) found.changes.push(...modelChange(versions, users))
    found.changes.push(...settingsChange(versions, users))
    const { model } = versions.now
    if (model !== undefined && model !== before?.model && !users.some((user) => runsWith(user, model)))
      found.pins.push({ path: file.path, id: model })
  }
  return found
}

/** Eval sets by the file of their prompt; a constant has no model of its own. */
function usersByFile(pairs: readonly SetPair[]): ReadonlyMap<string, readonly User[]> {
  const found = new Map<string, User[]>()
  for (const { name, head } of pairs) {
    if (head?.target.kind !== 'prompt' || head.target.prompt.symbol !== undefined) continue
    const { path } = head.target.prompt
    const users = found.get(path) ?? []
    users.push({ name, target: head.target })
    found.set(path, users)
  }
  return found
}

/** Null where the base has no such prompt. */
async function versionBefore(file: FileChange, pairs: readonly SetPair[], base: Tree): Promise<Prompt | null> {
  const path = file.previousPath ?? file.path
  for (const pair of pairs) {
    const target = pair.base?.target
    if (target?.kind === 'prompt' && target.prompt.path === path && target.prompt.symbol === undefined)
      return target.prompt
  }
  if (file.status === 'added') return null
  const { loadPrompt } = await import('../formats/prompts.ts')
  return loadPrompt(base, path, { path: '' }).catch((error: unknown) => {
    if (error instanceof UserError) return null
    throw error
  })
}

function modelChange({ path, before, now }: Versions, users: readonly User[]): readonly Change[] {
  const [from, to] = [before?.model, now.model]
  if (from === to || before === null) return []
  // A pin that only moved into the eval set is asked as before.
  if (to === undefined && users.some((user) => from !== undefined && runsWith(user, from))) return []
  const evalSets = users.filter((user) => to !== undefined && runsWith(user, to)).map(({ name }) => name)
  const what = `model pin ${from ?? '(none)'} to ${to ?? '(none)'}`
  const how =
    evalSets.length > 0
      ? `${evalSets.join(', ')} ${evalSets.length === 1 ? 'runs' : 'run'} with it`
      : `no eval set covers it: ${users.map(({ name, target }) => `${name} asks ${target.model}`).join(', ')}`
  return [
    {
      ...{ kind: 'model', path, evalSets, covered: evalSets.length > 0, why: `${what}; ${how}` },
      ...(from === undefined ? {} : { from: bareId(from) }),
      ...(to === undefined ? {} : { to: bareId(to) }),
    },
  ]
}

/** By whom it is served and the day in its id make no other model of it. */
const runsWith = ({ target }: User, model: string) => modelOf(target.model) === modelOf(model)
const modelOf = (id: string) =>
  id
    .slice(id.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/-(?:\d{4}-\d{2}-\d{2}|\d{8})$/, '')

function settingsChange({ path, before, now }: Versions, users: readonly User[]): readonly Change[] {
  if (before === null) return []
  const [was, is] = [settingsOf(before), settingsOf(now)]
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((key) => {
    const [old, value] = [canonicalJson(was[key]), canonicalJson(is[key])]
    if (old === value) return false
    const asked = users.map(({ target }) => canonicalJson(settingsOf(target)[key]))
    // What only moved into the eval set is asked as before.
    return !asked.includes(value) && !(is[key] === undefined && asked.includes(old))
  })
  if (keys.length === 0) return []
  const only = (side: { readonly [key: string]: unknown }) =>
    Object.fromEntries(keys.flatMap((key) => (key in side ? [[key, side[key]]] : [])))
  const [from, to] = changedKeys(only(was), only(is))
  const how = `no eval set covers it: ${users.map(({ name }) => name).join(', ')} ${users.length === 1 ? 'sets its' : 'set their'} own`
  return [
    {
      ...{ kind: 'parameters', path, from, to, evalSets: [], covered: false },
      why: `parameters changed (${from} to ${to}); ${how}`,
    },
  ]
}
