// What an eval set that loads cannot do all the same: too small, doubled, thin slices, judges that nobody checked, answers that
// stand in the prompt. Warnings in words; pure.

import type { EvalSet, Gates, JudgeQuality, ScorerSpec } from '../domain.ts'
import { few } from '../few.ts'
import { describeModel } from '../prices/describe.ts'
import { formatPoints } from '../report/numbers.ts'
import { attenuationText, ENOUGH_LABELS } from '../scorers/calibration.ts'
import { isJudge, isPairwise } from '../scorers/kinds.ts'
import { contentHash } from './canonical.ts'
import { namedInVain, ownNames, vainSentences } from './gate-names.ts'
import { fractionSentences } from './gate-scale.ts'
import { dropLimitPoints } from './gates.ts'
import { encodingWarnings } from './grade-encoding.ts'
import { leakageWarnings } from './grade-leakage.ts'
import { type FindPrivate, privateWarnings } from './grade-private.ts'
import { isInForce } from './quarantine.ts'
import { unsetSentences } from './unset-variables.ts'

export type GradeContext = {
  /** Kinds of secrets and personal data in a text. */
  readonly findPrivate: FindPrivate
  /** YYYY-MM-DD. */
  readonly today: string
  /** Gates of parity.yaml: what is wrong with them is told there, once. */
  readonly shared: Gates
}

/** Fewer changed cases than this can never be told from chance in a slice. */
const SMALLEST_SLICE = 6

export function gradeSet(set: EvalSet, context: GradeContext): readonly string[] {
  return [
    ...sizeWarnings(set),
    ...duplicateWarnings(set),
    ...sliceWarnings(set, context.shared),
    ...gateWarnings(set, context.shared),
    ...set.scorers.filter(isJudge).flatMap((judge) => judgeWarnings(judge, set)),
    ...unsetSentences(set),
    ...encodingWarnings(set),
    ...leakageWarnings(set),
    ...privateWarnings(set, context.findPrivate),
    ...quarantineWarnings(set, context.today),
  ]
}

function sizeWarnings({ cases, gates, passes }: EvalSet): readonly string[] {
  const thin = 300 / cases.length
  const limit = dropLimitPoints(gates)
  if (thin <= limit || cases.length === 0) return []
  const runs = passes === 1 ? 'one pass' : `${passes} passes`
  const count = cases.length === 1 ? '1 case' : `${cases.length} cases`
  return [`${count}: ${runs} cannot see a loss below ${formatPoints(Math.min(100, thin))} points spread thinly.`]
}

function duplicateWarnings({ cases }: EvalSet): readonly string[] {
  const groups = new Map<string, { readonly ids: string[]; readonly answers: Set<string> }>()
  for (const { id, vars, messages, expected, scorers } of cases) {
    const key = contentHash({ vars, messages })
    const group = groups.get(key) ?? { ids: [], answers: new Set<string>() }
    group.ids.push(id)
    group.answers.add(contentHash({ expected, scorers: scorers.map(({ place: _, ...scorer }) => scorer) }))
    groups.set(key, group)
  }
  const doubled = [...groups.values()].filter((group) => group.ids.length > 1)
  const same = doubled.filter((group) => group.answers.size === 1)
  const torn = doubled.filter((group) => group.answers.size > 1)
  const list = (of: typeof doubled) => few(of.map((group) => group.ids.slice(0, 3).join(' = ')))
  return [
    ...(same.length > 0 ? [`Duplicates, which count twice: ${list(same)}.`] : []),
    ...(torn.length > 0 ? [`Cases that ask the same and expect something else: ${list(torn)}.`] : []),
  ]
}

function sliceWarnings({ cases, slices, gates }: EvalSet, shared: Gates): readonly string[] {
  const gated = Object.keys(gates.slices ?? {})
  return [...new Set([...slices, ...gated])].flatMap((dimension) => {
    const counts = new Map<string, number>()
    for (const one of cases) {
      const value = one.labels[dimension]
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    if (counts.size === 0 && !slices.includes(dimension) && shared.slices?.[dimension] !== undefined) return []
    if (counts.size === 0)
      return [`No case has a ${dimension}, which ${gated.includes(dimension) ? 'a gate' : '`slices`'} names.`]
    const small = [...counts].filter(([, n]) => n < SMALLEST_SLICE).map(([value, n]) => `${value} (${n})`)
    if (small.length === 0) return []
    const effect = gated.includes(dimension)
      ? 'their gate cannot fail on a drop'
      : 'no drop in them can be told from chance'
    return [`Slices of ${dimension} with fewer than ${SMALLEST_SLICE} cases: ${few(small)}; ${effect}.`]
  })
}

/** Slices that nothing has are told with the others. */
function gateWarnings(set: EvalSet, shared: Gates): readonly string[] {
  const names = { ...ownNames(set.gates, shared), slices: [] }
  const ofShared = fractionSentences(shared)
  return [
    ...vainSentences(namedInVain(names, [set])).map(([, message]) => message),
    ...fractionSentences(set.gates).filter((one) => !ofShared.includes(one)),
  ]
}

function judgeWarnings(judge: ScorerSpec, { target }: EvalSet): readonly string[] {
  const model = typeof judge.options.model === 'string' ? judge.options.model : ''
  const [own, tested] = [describeModel(model), target.model === undefined ? null : describeModel(target.model)]
  const sameFamily = own.family !== null && own.family === tested?.family
  return [
    ...(isPairwise(judge) ? [pairwiseWarning(judge)] : labelWarnings(judge, judge.calibration)),
    ...(own.pin === 'floating'
      ? [`The judge ${judge.name} is not pinned: ${model} can change under the same name.`]
      : []),
    ...(sameFamily
      ? [`The judge ${judge.name} (${model}) is of the family that it judges: judges favour their own.`]
      : []),
  ]
}

/** Labels grade one answer; nothing that they say carries over to which of two is better. */
const pairwiseWarning = ({ name }: ScorerSpec) =>
  `The judge ${name} compares answers in pairs, so that labels cannot say how often it is right: read some of its verdicts.`

function labelWarnings({ name, options }: ScorerSpec, quality: JudgeQuality | undefined): readonly string[] {
  const how = 'see `prompt-parity judge`'
  if (options.labels === undefined)
    return [`The judge ${name} has no labels: nobody knows how often it is right; ${how}.`]
  if (quality === undefined) return [`The labels of the judge ${name} are not there (${String(options.labels)}).`]
  if (quality.usable === 0)
    return [
      `${quality.labels} labels of the judge ${name}, none with a verdict of this judge: make them by \`prompt-parity judge --out\`.`,
    ]
  const effect = quality.j !== null && quality.j < 0.3 ? attenuationText(quality.j) : null
  return [
    ...(quality.usable < ENOUGH_LABELS
      ? [`${quality.usable} labels of the judge ${name}, of which ${ENOUGH_LABELS} are wanted.`]
      : []),
    ...(effect === null ? [] : [`The judge ${name}: ${effect}.`]),
  ]
}

function quarantineWarnings({ quarantine = [] }: EvalSet, today: string): readonly string[] {
  const over = quarantine.filter((one) => !isInForce(one, today)).map((one) => `${one.case} (${one.expiry})`)
  return over.length === 0 ? [] : [`Quarantines that are over, so that the check fails: ${few(over)}.`]
}
