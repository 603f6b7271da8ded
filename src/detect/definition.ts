// What changed between the two versions of one eval set, by meaning: a comment, a reordered key or a moved file is no change.

import { canonicalJson } from '../config/canonical.ts'
import type { ChangeKind, EvalSet, Prompt, Target } from '../domain.ts'

export type Difference = {
  readonly kind: ChangeKind
  readonly path: string
  readonly previousPath?: string
  readonly line?: number
  readonly symbol?: string
  readonly from?: string
  readonly to?: string
  readonly why: string
}

export type PromptTarget = Extract<Target, { kind: 'prompt' }>

export function differences(base: EvalSet, head: EvalSet): readonly Difference[] {
  return [...targetDifferences(base, head), ...evalSetDifferences(base, head)]
}

function targetDifferences(base: EvalSet, head: EvalSet): readonly Difference[] {
  if (base.target.kind === 'prompt' && head.target.kind === 'prompt')
    return promptDifferences(head, [base.target, head.target])
  return same(base.target, head.target) ? [] : [{ kind: 'parameters', path: head.path, why: 'its target changed' }]
}

function promptDifferences(head: EvalSet, [from, to]: readonly [PromptTarget, PromptTarget]): Difference[] {
  const found: Difference[] = []
  const moved = from.prompt.path === to.prompt.path ? {} : { previousPath: from.prompt.path }
  if (from.prompt.hash !== to.prompt.hash) {
    found.push({
      kind: 'prompt',
      path: to.prompt.path,
      ...moved,
      line: to.prompt.line,
      ...(to.prompt.symbol === undefined ? {} : { symbol: to.prompt.symbol }),
      from: from.prompt.hash.slice(0, 12),
      to: to.prompt.hash.slice(0, 12),
      why: `its prompt ${to.prompt.path} changed`,
    })
  }
  if (from.model !== to.model) {
    found.push({
      kind: 'model',
      path: pinPath(head, to),
      from: bareId(from.model),
      to: bareId(to.model),
      why: `its model changed from ${from.model} to ${to.model}`,
    })
  }
  if (!same(settingsOf(from), settingsOf(to))) {
    const [before, after] = changedKeys(settingsOf(from), settingsOf(to))
    found.push({
      kind: 'parameters',
      path: pinPath(head, to),
      from: before,
      to: after,
      why: `its parameters changed (${before} to ${after})`,
    })
  }
  if (from.replay !== to.replay)
    found.push({ kind: 'parameters', path: head.path, why: 'its recorded answers are another file' })
  return found
}

type Settings = Pick<Prompt, 'parameters' | 'tools' | 'responseFormat'> & { readonly api?: string }

/** Everything but the model and the words, under the names that an eval set gives them. */
export const settingsOf = ({ parameters, tools, responseFormat, api }: Settings): Record<string, unknown> => ({
  ...parameters,
  ...optional('tools', tools),
  ...optional('response_format', responseFormat),
  ...optional('api', api),
})

/** The file that names the model: the prompt's own, unless the eval set overrides it. */
const pinPath = (set: EvalSet, target: PromptTarget) =>
  target.prompt.model === target.model && target.prompt.path !== '' ? target.prompt.path : set.path

/** A pin's `from` and `to` are ids without the provider prefix. */
export const bareId = (model: string) => model.slice(model.indexOf('/') + 1)

function evalSetDifferences(base: EvalSet, head: EvalSet): readonly Difference[] {
  const parts: readonly (readonly [string, (set: EvalSet) => unknown])[] = [
    ['its cases changed', (set) => set.cases.map((one) => [one.id, one.hash])],
    ['its scorers changed', (set) => set.scorers.map(({ place: _, ...scorer }) => scorer)],
    ['its gates changed', (set) => set.gates],
    ['its slices changed', (set) => set.slices],
    ['its threshold changed', (set) => set.threshold ?? null],
    ['its passes changed', (set) => set.passes],
    ['what it compares changed', (set) => set.compare],
  ]
  return parts
    .filter(([, of]) => !same(of(base), of(head)))
    .map(([why]) => ({ kind: 'eval-set', path: head.path, why }))
}

/** What differs, on either side: `temperature: 0, seed: not set`. */
export function changedKeys(from: Record<string, unknown>, to: Record<string, unknown>): readonly [string, string] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((key) => !same(from[key], to[key]))
    .sort()
  const show = (side: Record<string, unknown>) =>
    keys.map((key) => `${key}: ${key in side ? short(side[key]) : 'not set'}`).join(', ')
  return [show(from), show(to)]
}

const short = (value: unknown) => {
  const text = canonicalJson(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
const same = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b)
const optional = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value })
