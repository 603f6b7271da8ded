// What eval sets that run, and parity.yaml, name in vain: in gates, prompts and scorers, and limits on the scale of another tool.

import type { Config } from '../config/config.ts'
import { type GateNames, gateNames, namedInVain, ownNames, vainSentences } from '../config/gate-names.ts'
import { fractionSentences } from '../config/gate-scale.ts'
import { unsetSentences } from '../config/unset-variables.ts'
import { sentNames } from '../config/variables.ts'
import type { EvalSet, Finding } from '../domain.ts'
import { isProviderKey } from '../plan/side-environment.ts'
import type { Environment } from '../ports.ts'

type Named = Pick<Config, 'gates' | 'path' | 'providers'>

/** @param all every set that there is, of which `chosen` run; null where one of them cannot be read */
export function inVain(
  chosen: readonly EvalSet[],
  all: readonly EvalSet[] | null,
  { config, environment }: { readonly config: Named; readonly environment: Environment },
): readonly Finding[] {
  return [
    ...namesInVain(chosen, all, config),
    ...chosen.flatMap(unsetFindings),
    ...chosen.flatMap((set) => notGiven(set, config, environment)),
    ...scaleFindings(chosen, config),
  ]
}

function unsetFindings(set: EvalSet): readonly Finding[] {
  const path = set.target.kind === 'prompt' ? set.target.prompt.path : set.path
  return unsetSentences(set).map((message) => ({
    ...{ rule: 'unset-variable', level: 'warn', evalSet: set.name, message, threshold: null, value: null },
    remedy: 'Correct the name in the prompt or in the cases.',
    place: { path },
  }))
}

/** An application may do without; a key of a provider is never given to it. */
function notGiven({ name, path, target }: EvalSet, { providers }: Named, environment: Environment): readonly Finding[] {
  if (target.kind !== 'command') return []
  const keys = Object.values(providers).flatMap(sentNames)
  const isKey = (one: string) => isProviderKey(one) || keys.includes(one)
  const missing = target.environment.filter((one) => environment(one) === undefined && !isKey(one))
  if (missing.length === 0) return []
  const message = `The application of ${name} is to be given ${missing.join(', ')}, which this run's environment does not have.`
  return [
    {
      ...{ rule: 'unset-variable', level: 'note', evalSet: name, message, threshold: null, value: null },
      remedy:
        'Set it where the run is started (in a workflow: `env:` of the job or the step), or take it off the list.',
      place: { path },
    },
  ]
}

/** What parity.yaml says is told once, and not of each set that has it from there. */
function scaleFindings(chosen: readonly EvalSet[], config: Pick<Config, 'gates' | 'path'>): readonly Finding[] {
  const shared = fractionSentences(config.gates)
  const told = (messages: readonly string[], evalSet: string | null, path: string) =>
    messages.map(
      (message): Finding => ({
        ...{ rule: 'min-score', level: 'warn', evalSet, message, threshold: null, value: null },
        remedy: 'Write the gate in points.',
        place: { path },
      }),
    )
  const own = chosen.flatMap(({ name, path, gates }) =>
    told(
      fractionSentences(gates).filter((one) => !shared.includes(one)),
      name,
      path,
    ),
  )
  return [...told(shared, null, config.path), ...own]
}

/**
 * A gate on a scorer that no case has is not measured, and says so itself.
 *
 * @param all every set that there is: parity.yaml speaks for all of them, and a set need not have what others have; null where
 * one cannot be read
 */
export function namesInVain(
  chosen: readonly EvalSet[],
  all: readonly EvalSet[] | null,
  config: Pick<Config, 'gates' | 'path'>,
): readonly Finding[] {
  const own = chosen.flatMap((set) => {
    const names = { ...ownNames(set.gates, config.gates), scorers: [] }
    return findings(namedInVain(names, [set]), set.name, set.path)
  })
  return [...own, ...(all === null ? [] : findings(namedInVain(gateNames(config.gates), all), null, config.path))]
}

const RULES = { mustPass: 'must-pass', slices: 'slice-drop', scorers: 'scorer-rate' } as const

function findings(names: GateNames, evalSet: string | null, path: string): readonly Finding[] {
  return vainSentences(names).map(([of, message]) => ({
    ...{ rule: RULES[of], level: 'warn', evalSet, message, threshold: null, value: null },
    remedy: REMEDY,
    place: { path },
  }))
}

const REMEDY = 'Correct the name, or take it out: as it is, this gate watches nothing.'
