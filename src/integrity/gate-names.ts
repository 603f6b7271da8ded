// Gates of sets that run, and of parity.yaml, on what nobody has.

import type { Config } from '../config/config.ts'
import { type GateNames, gateNames, namedInVain } from '../config/gate-names.ts'
import type { EvalSet, Finding } from '../domain.ts'
import { named } from './reviewed.ts'

/**
 * A gate on a scorer that no case has is not measured, and says so itself.
 *
 * @param all every set that there is: parity.yaml speaks for all of them, and a set need not have what others have
 */
export function namesInVain(
  chosen: readonly EvalSet[],
  all: readonly EvalSet[],
  config: Pick<Config, 'gates' | 'path'>,
): readonly Finding[] {
  const shared = gateNames(config.gates)
  const own = ({ mustPass, slices }: GateNames): GateNames => ({
    mustPass: mustPass.filter((name) => !shared.mustPass.includes(name)),
    slices: slices.filter((name) => !shared.slices.includes(name)),
    scorers: [],
  })
  return [
    ...chosen.flatMap((set) => findings(namedInVain(own(gateNames(set.gates)), [set]), set.name, set.path)),
    ...findings(namedInVain(shared, all), null, config.path),
  ]
}

function findings({ mustPass, slices, scorers }: GateNames, evalSet: string | null, path: string): Finding[] {
  const finding = (rule: Finding['rule'], names: readonly string[], message: string): Finding[] =>
    names.length === 0
      ? []
      : [{ rule, level: 'warn', evalSet, message, threshold: null, value: null, remedy: REMEDY, place: { path } }]
  return [
    ...finding('must-pass', mustPass, `\`must_pass\` names what no case is: ${named(mustPass)}.`),
    ...finding('slice-drop', slices, `No case has a ${named(slices)}, which a gate names.`),
    ...finding('scorer-rate', scorers, `No case has the scorer ${named(scorers)}, which a gate names.`),
  ]
}

const REMEDY = 'Correct the name, or take it out: as it is, this gate watches nothing.'
