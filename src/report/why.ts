// Why a request costs more or less, in one line: the largest part of the change, and what explains it. Plain text.

import { formatAmount, formatUsdSigned } from './numbers.ts'
import type { EvalSetReport, Report, Usd } from './report.ts'
import { costParts, orderedSets } from './view.ts'

export const PART_WORDS: { readonly [part: string]: string } = {
  price: 'the price',
  input: 'input tokens',
  output: 'output tokens',
  cache: 'the prompt cache',
  tier: 'the long-context price',
}

/** A smaller change needs no reason. */
const LEAST_SHARE = 0.02
/** A part, or a section, that explains less than this explains nothing. */
const MOST_OF_IT = 0.5

/** Of the set that moved a route's month most, else its own cost; null where none moved beyond what chance does. */
export function whySentence(report: Report): string | null {
  const monthOf = ({ route }: EvalSetReport) =>
    Math.abs(Number(report.routes.find(({ name }) => name === route)?.perMonthUsd.delta ?? 0))
  const [most] = orderedSets(report)
    .filter(moved)
    .sort((a, b) => monthOf(b) - monthOf(a) || relative(b) - relative(a))
  if (most === undefined) return null
  const delta = Number(most.cost.perRequestUsd.delta)
  const parts = costParts(most).map(([name, usd]) => ({ name, usd, size: Number(usd) * Math.sign(delta) }))
  const [first, second] = parts.filter(({ size }) => size > 0).sort((a, b) => b.size - a.size)
  if (first === undefined) return null
  const shown = second !== undefined && second.size >= 0.2 * first.size ? [first, second] : [first]
  const texts = shown.map(({ name, usd }) => partText(name, usd, most))
  const of = report.evalSets.length > 1 ? ` of \`${most.name}\`` : ''
  return `The cost per request${of} ${delta > 0 ? 'rose' : 'fell'} because of ${texts.join(' and ')}.`
}

function partText(name: string, usd: Usd, set: EvalSetReport): string {
  const reason = name === 'input' ? sectionText(set) : name === 'price' ? swapText(set) : ''
  return `${PART_WORDS[name] ?? name} (${formatUsdSigned(usd)}${reason === '' ? '' : `: ${reason}`})`
}

function moved(set: EvalSetReport): boolean {
  const { delta, low, high } = set.cost.perRequestUsd
  if (delta === null || relative(set) < LEAST_SHARE) return false
  return low === null || high === null || Number(low) > 0 || Number(high) < 0
}

function relative({ cost }: EvalSetReport): number {
  const { base, delta } = cost.perRequestUsd
  return base === null || delta === null || Number(base) === 0 ? 0 : Math.abs(Number(delta) / Number(base))
}

/** The one section that grew or shrank by most of what the input did. */
function sectionText({ tokens }: EvalSetReport): string {
  const delta = tokens.input.delta ?? 0
  const [most] = [...tokens.sections]
    .map((section) => ({ ...section, size: (section.head - section.base) * Math.sign(delta) }))
    .sort((a, b) => b.size - a.size)
  if (most === undefined || most.size < MOST_OF_IT * Math.abs(delta) || most.size <= 0) return ''
  return `\`${most.origin}\` ${formatAmount(most.base)} to ${formatAmount(most.head)} tokens`
}

const swapText = ({ model }: EvalSetReport) =>
  model.base === null || model.head === null || model.base === model.head ? '' : `${model.base} to ${model.head}`

/** `input tokens +$4,407, output tokens -$3`; empty where one part is all there is. */
export function partsText(parts: { readonly [part: string]: Usd } | undefined): string {
  const shown = Object.entries(parts ?? {}).filter(([, usd]) => usd !== null && Number(usd) !== 0)
  const order = Object.keys(PART_WORDS)
  return shown.length < 2
    ? ''
    : shown
        .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
        .map(([name, usd]) => `${PART_WORDS[name] ?? name} ${formatUsdSigned(usd)}`)
        .join(', ')
}
