// One eval set in full, folded.

import { unlistedNote, unlistedOf } from './listed.ts'
import type { Detail } from './markdown.ts'
import { bullets, cell, cellCode, code, folded, left, limited, prose, right, summaryCode } from './markdown-table.ts'
import { formatAmount, formatAmountChange, formatMs, formatPoints, formatRatio, formatUsd, plural } from './numbers.ts'
import { pastSentences } from './past.ts'
import type { EvalSetReport, Unlisted } from './report.ts'
import { costSentence, modelWords, scorerChange, spreadSentence } from './sentences.ts'
import { costParts, sectionRows, STATUS_WORDS as WORDS } from './view.ts'

export function setDetails(set: EvalSetReport, detail: Detail): string {
  const body = [
    setFacts(set, detail),
    scorerTable(set, detail),
    latencyTable(set, detail),
    tokenTable(set, detail),
    costLines(set, detail),
    caseTables(set, detail),
  ]
  return folded(`Eval set ${summaryCode(set.name, detail.cell)}`, body.filter((text) => text !== '').join('\n\n'))
}

function setFacts(set: EvalSetReport, detail: Detail): string {
  const model = modelWords(set.model)
  const facts = [
    `File ${code(set.path, detail.cell)}${set.owner === null ? '' : `, owner ${code(set.owner, detail.cell)}`}`,
    model === null ? '' : `Model ${code(model, detail.cell)}`,
    set.judge === null ? '' : `Judge ${code(set.judge, detail.cell)}`,
    set.ranBecause.length === 0 ? '' : `Ran because ${prose(set.ranBecause.slice(0, 5).join('; '), detail.sentence)}`,
    `${plural(set.cases.paired, 'pair')} of cases, ${plural(set.pairs, 'pair')} of runs, ${plural(set.passes, 'pass', 'passes')}; ${decidedBy(set)}`,
    set.evidence === '' ? '' : prose(set.evidence, detail.sentence),
    ...pastSentences(set).map((text) => prose(text, detail.sentence)),
  ]
  return facts
    .filter((fact) => fact !== '')
    .map((fact) => `- ${fact}`)
    .join('\n')
}

/** A set may fail by another gate than that of its score. */
function decidedBy({ outcome, rule }: EvalSetReport): string {
  if (rule === null) return WORDS[outcome]
  const isOther = rule.startsWith('pass') && outcome !== 'pass'
  return isOther ? `${WORDS[outcome]}; the score passes by \`${rule}\`` : `${WORDS[outcome]} by \`${rule}\``
}

function scorerTable(set: EvalSetReport, detail: Detail): string {
  const rows = set.scorers.map((scorer) => [
    cellCode(scorer.name, detail.cell),
    scorer.gating ? 'yes' : 'no',
    String(scorer.n),
    formatPoints(scorer.score.base),
    formatPoints(scorer.score.head),
    scorerChange(scorer),
    WORDS[scorer.status],
  ])
  return limited(rows, detail.detailRows, [
    left('scorer'),
    left('gates'),
    right('cases'),
    right('base'),
    right('head'),
    right('change'),
    left('status'),
  ])
}

function latencyTable(set: EvalSetReport, detail: Detail): string {
  const { p95, ratio, low, high, stages } = set.latency
  if (ratio === null && p95.base === null && p95.head === null && stages.length === 0) return ''
  const interval = low === null || high === null ? '' : ` (${formatRatio(low)} to ${formatRatio(high)})`
  const rows = [
    [
      `p95${p95.note === undefined ? '' : ` ${cell(p95.note, detail.cell)}`}`,
      formatMs(p95.base),
      formatMs(p95.head),
      `${formatRatio(ratio)}${interval}`,
    ],
    ...stages.map(({ stage, base, head }) => [cellCode(stage, detail.cell), formatMs(base), formatMs(head), '-']),
  ]
  return limited(rows, detail.detailRows, [left('latency'), right('base'), right('head'), right('ratio of the means')])
}

function tokenTable(set: EvalSetReport, detail: Detail): string {
  const { input, output, sections, provenance } = set.tokens
  if (provenance === 'unknown' && sections.length === 0) return ''
  const rows = [
    [
      `input (${cell(provenance, detail.cell)})`,
      formatAmount(input.base),
      formatAmount(input.head),
      formatAmountChange(input),
    ],
    [
      `output (${cell(provenance, detail.cell)})`,
      formatAmount(output.base),
      formatAmount(output.head),
      formatAmountChange(output),
    ],
    ...sectionRows(set).map(([origin, ...figures]) => [cellCode(origin, detail.cell), ...figures]),
  ]
  return limited(rows, detail.detailRows, [left('tokens per request'), right('base'), right('head'), right('change')])
}

function costLines(set: EvalSetReport, detail: Detail): string {
  const shown = costParts(set).map(([name, usd]) => `${cell(name, detail.cell)} ${formatUsd(usd)}`)
  const lines = [
    prose(costSentence(set.cost), detail.sentence),
    spreadSentence(set.cost),
    shown.length === 0 ? '' : `Change by part: ${shown.join(', ')}`,
    ...set.cost.events.map((event) => prose(event, detail.sentence)),
  ]
  return bullets(
    lines.filter((line) => line !== ''),
    detail.detailRows,
  )
}

function caseTables(set: EvalSetReport, detail: Detail): string {
  const pairs = [left('case'), right('base'), right('head')]
  const both = (cases: EvalSetReport['edited']) =>
    cases.map(({ caseId, base, head }) => [cellCode(caseId, detail.cell), formatPoints(base), formatPoints(head)])
  const named = (title: string, list: keyof Unlisted, text: string) => {
    const note = unlistedNote(unlistedOf(set, list))
    return text === '' ? '' : `**${title}**\n\n${text}${note === '' ? '' : `\n\n${note}`}`
  }
  return [
    named('Edited cases (outside the comparison)', 'edited', limited(both(set.edited), detail.detailRows, pairs)),
    named('Added cases', 'added', limited(both(set.added), detail.detailRows, pairs)),
    named(
      'Removed cases',
      'removed',
      limited(
        set.removed.map(({ caseId, lastScore }) => [cellCode(caseId, detail.cell), formatPoints(lastScore)]),
        detail.detailRows,
        [left('case'), right('last score')],
      ),
    ),
    named(
      'Missing pairs',
      'missing',
      limited(
        set.missing.map(({ caseId, why }) => [cellCode(caseId, detail.cell), cell(why, detail.sentence)]),
        detail.detailRows,
        [left('case'), left('why')],
      ),
    ),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}
