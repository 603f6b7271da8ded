// What to do, from the rows of one eval set: which candidate holds and is cheapest, if any is cheaper than the model in use.

import { parseUsd } from '../money.ts'
import type { CandidateRow, ModelInUse, Recommendation } from '../report/candidates/report.ts'
import { endWords, holdingWords } from '../report/candidates/words.ts'
import { formatUsd, formatUsdSigned } from '../report/numbers.ts'

/** @param today day of the run, UTC */
export function recommend(inUse: ModelInUse, rows: readonly CandidateRow[], today: string): Recommendation {
  const holders = rows.filter((row) => isCandidate(row, inUse, today))
  const lost = rows.filter(({ holding }) => holding.state === 'not-measured')
  if (holders.length === 0 && lost.length > 0) return { ...NOTHING, why: `${listed(lost)} could not be measured` }
  const cheapest = cheapestOf(holders)
  if (inUse.ends !== null) {
    const end = `${inUse.model} ${endWords(inUse.ends.on, today)}`
    const to = cheapest ?? bestOf(holders)
    return to === undefined ? { ...NOTHING, why: `${end}, and ${noneHolds(rows, ' as well')}` } : replaced(end, to)
  }
  if (holders.length === 0) return stay(inUse, noneHolds(rows))
  return cheapest === undefined ? unpriced(holders) : against(inUse, cheapest)
}

/** Of rows without a candidate to switch to: what holds and keeps every gate does not last. */
function noneHolds(rows: readonly CandidateRow[], asWell = ''): string {
  const breaks = rows.some(holdsAndBreaks)
  if (rows.some(holdsAndKeeps))
    return `the candidates that hold${breaks ? ' and keep every other gate' : ''} stop${asWell}`
  return `no candidate holds${breaks ? ' and keeps every other gate' : ''}`
}

function cheapestOf(holders: readonly CandidateRow[]): CandidateRow | undefined {
  const priced = holders.flatMap((row) => {
    const pico = picoOf(row.cost.perRequestUsd.head)
    return pico === null ? [] : [{ row, pico }]
  })
  return priced.sort(byCost)[0]?.row
}

function unpriced(holders: readonly CandidateRow[]): Recommendation {
  const them =
    holders.length === 1
      ? 'holds, but its price is not known: add it'
      : 'hold, but their prices are not known: add them'
  return { ...NOTHING, why: `${listed(holders)} ${them} to \`prices:\`` }
}

/** The cheapest that holds, held against the model in use. */
function against(inUse: ModelInUse, { model, ...row }: CandidateRow): Recommendation {
  const { head, delta } = row.cost.perRequestUsd
  if (inUse.perRequestUsd === null)
    return {
      ...{ action: 'none', model },
      why: `${model} holds and is the cheapest whose price is known (${formatUsd(head)} per request), but what ${inUse.model} costs is not known`,
    }
  if (isCheaper(row)) return { action: 'switch', model, why: `${model} ${holdsCheapest({ model, ...row })}` }
  return stay(
    inUse,
    Number(delta) < 0
      ? `${model} holds, but its cost cannot be told from that of ${inUse.model}`
      : 'no candidate that holds is cheaper',
  )
}

const NOTHING = { action: 'none', model: null } as const

/** Holds, breaks no other gate, and outlives what it replaces. */
function isCandidate(row: CandidateRow, inUse: ModelInUse, today: string): boolean {
  const { ends } = row
  const lasts = ends === null || (inUse.ends !== null && ends > inUse.ends.on && ends >= today)
  return lasts && holdsAndKeeps(row)
}

const holdsAndKeeps = ({ holding, breaches }: CandidateRow) =>
  holding.state === 'holds' && holding.how !== 'identical' && breaches.length === 0

const holdsAndBreaks = ({ holding, breaches }: CandidateRow) => holding.state === 'holds' && breaches.length > 0

type Priced = { readonly row: CandidateRow; readonly pico: bigint }

/** Equal in cost: the higher bound, then the faster one, then the one that was named first. */
function byCost(a: Priced, b: Priced): number {
  if (a.pico !== b.pico) return a.pico < b.pico ? -1 : 1
  return byScore(a.row, b.row)
}

function byScore(a: CandidateRow, b: CandidateRow): number {
  const unknown = Number.NEGATIVE_INFINITY
  const bounds = (b.score.low ?? unknown) - (a.score.low ?? unknown)
  if (bounds > 0 || bounds < 0) return bounds
  const slower = (a.latency.ratio ?? Infinity) - (b.latency.ratio ?? Infinity)
  return slower > 0 || slower < 0 ? slower : 0
}

const bestOf = (rows: readonly CandidateRow[]) => [...rows].sort(byScore)[0]

/** The interval of the difference has to say so, too. */
export function isCheaper({ cost }: { readonly cost: Pick<CandidateRow['cost'], 'perRequestUsd'> }): boolean {
  const { delta, high } = cost.perRequestUsd
  return delta !== null && Number(delta) < 0 && (high === null || Number(high) < 0)
}

function holdsCheapest(row: CandidateRow): string {
  const { base, head } = row.cost.perRequestUsd
  const month = row.months.find(({ usd }) => usd.delta !== null)
  const monthly = month === undefined ? '' : `, ${formatUsdSigned(month.usd.delta)} a month on ${month.route}`
  return `${holdingWords(row.holding)} and is cheapest: ${formatUsd(head)} per request, now ${formatUsd(base)}${monthly}`
}

function replaced(end: string, to: CandidateRow): Recommendation {
  const { head } = to.cost.perRequestUsd
  const why = head === null ? `${holdingWords(to.holding)}; its price is not known` : holdsCheapest(to)
  return { action: 'switch', model: to.model, why: `${end}; ${to.model} ${why}` }
}

const stay = ({ model }: ModelInUse, why: string): Recommendation => ({ action: 'stay', model, why })

const listed = (rows: readonly CandidateRow[]) => rows.map(({ model }) => model).join(', ')

export function picoOf(usd: string | null): bigint | null {
  const parsed = usd === null ? null : parseUsd(usd)
  return parsed?.state === 'ok' ? parsed.pico : null
}
