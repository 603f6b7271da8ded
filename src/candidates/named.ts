// Which models each eval set is compared with, and which sets cannot be: by `--model`, by the set's `candidates:`, else by
// what the shutdown notice of the model in use names in its place.

import type { EvalSet, JsonObject, Place } from '../domain.ts'
import { type Problem, UserError } from '../errors.ts'
import type { NotRun } from '../plan/select.ts'
import type { PriceBook } from '../prices/book.ts'
import type { CandidatesReport } from '../report/candidates/report.ts'
import { modelProblem } from '../targets/model-problem.ts'
import { endOf } from './ends.ts'
import { isModelName } from './model-name.ts'

export type NamedSet = {
  readonly set: EvalSet
  readonly inUse: string
  readonly models: readonly string[]
}
export type Named = {
  readonly by: CandidatesReport['named']
  readonly sets: readonly NamedSet[]
  readonly notRun: readonly NotRun[]
}

export type NamedInput = {
  readonly sets: readonly EvalSet[]
  /** Of the command line; empty: those of the sets. */
  readonly flags: readonly string[]
  /** Whether the user named the eval sets: then one without candidates is an omission, else it is none of this run's. */
  readonly chosen: boolean
  readonly book: PriceBook
  readonly providers: readonly string[]
}

/** Throws a UserError where no set can be compared with anything, and for names that are none. */
export function namedModels(input: NamedInput): Named {
  const { sets, flags, chosen, book } = input
  const swappable = sets.flatMap((set) => inUseOf(set) ?? [])
  const by = flags.length > 0 ? 'flag' : swappable.some((one) => one.set.candidates.length > 0) ? 'file' : 'successor'
  const named = swappable.map(({ set, inUse }) => ({ set, inUse, models: modelsOf(set, inUse, { flags, by, book }) }))
  refuseBadNames(named, input)
  const compared = named.filter((one) => one.models.length > 0)
  const idle = named.filter((one) => one.models.length === 0)
  const notRun = [
    ...sets.flatMap((set) => (inUseOf(set) === null ? [{ evalSet: set.name, why: whyFixed(set), remedy: null }] : [])),
    ...(chosen
      ? idle.map(({ set }) => ({ evalSet: set.name, why: 'no candidate is named for it', remedy: null }))
      : []),
  ]
  if (compared.length === 0) throw nothingToCompare(notRun, idle)
  return { by, sets: compared, notRun }
}

/** The model that a set asks itself, so that another can be put in its place. */
function inUseOf(set: EvalSet): { readonly set: EvalSet; readonly inUse: string } | null {
  const { target } = set
  if (target.kind !== 'prompt' || target.replay !== undefined || !isModelName(target.model)) return null
  return { set, inUse: target.model }
}

function whyFixed({ target }: EvalSet): string {
  if (target.kind !== 'prompt')
    return `its target is an application (\`${target.kind}\`), which chooses its model itself: it cannot be swapped from outside. Change the model in the application, and compare the two versions with \`prompt-parity run\``
  if (target.replay !== undefined) return 'its answers are recorded (`replay:`), whatever the model'
  return `its model is \`${target.model}\`, which is none`
}

type Of = { readonly flags: readonly string[]; readonly by: Named['by']; readonly book: PriceBook }

function modelsOf(set: EvalSet, inUse: string, { flags, by, book }: Of): readonly string[] {
  const successor = endOf(inUse, book)?.replacement ?? null
  const own =
    set.candidates.length > 0 ? set.candidates.map(({ model }) => model) : successor === null ? [] : [successor]
  return [...new Set(by === 'flag' ? flags : own)]
}

function refuseBadNames(named: readonly NamedSet[], { flags, providers }: NamedInput): void {
  const problems = new Map<string, Problem>()
  for (const { set, models } of named)
    for (const model of models) {
      const place = flags.length > 0 ? null : placeOf(set, model)
      const problem = modelProblem(model, { whose: 'The candidate', configured: providers, place })
      if (problem !== null) problems.set(model, problem)
    }
  for (const { set, inUse } of named)
    if (parametersOf(set, inUse) !== undefined) problems.set(`${set.path} ${inUse}`, ownParameters(set, inUse))
  const [first, ...rest] = problems.values()
  if (first !== undefined) throw new UserError(first, ...rest)
}

/** Parameters that the eval set gives a candidate, however it was named for this run. */
export const parametersOf = ({ candidates }: EvalSet, model: string): JsonObject | undefined =>
  candidates.find((one) => one.model === model)?.parameters

const placeOf = ({ path, candidates }: EvalSet, model: string): Place =>
  candidates.find((one) => one.model === model)?.place ?? { path }

/** It would be a tie by its name, and no tie. */
function ownParameters(set: EvalSet, inUse: string): Problem {
  return {
    what: `The candidate ${inUse} is the model in use, and has other parameters.`,
    remedy: 'Change `target.parameters` on a branch, and compare it by `prompt-parity run`.',
    place: placeOf(set, inUse),
  }
}

function nothingToCompare(notRun: Named['notRun'], idle: readonly NamedSet[]): UserError {
  const [first] = notRun
  if (idle.length === 0 && first !== undefined)
    return new UserError({
      what: `no eval set can be compared: ${first.evalSet}: ${first.why}.`,
      remedy: 'Name an eval set whose target is a prompt with a model.',
    })
  return new UserError({
    what:
      idle.length === 0
        ? 'there is no eval set to compare models on.'
        : `no candidate is named for ${idle
            .slice(0, 5)
            .map(({ set }) => set.name)
            .join(', ')}, and no shutdown notice names a successor of its model.`,
    remedy: 'Give `--model provider/model`, or list `candidates:` in the eval set.',
  })
}
