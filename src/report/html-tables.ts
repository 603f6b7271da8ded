// Tables of report.html, and one eval set in full.

import { cleanCut, htmlText } from './escape.ts'
import { unlistedNote, unlistedOf } from './listed.ts'
import { formatAmount, formatAmountChange, formatMs, formatPoints, formatRatio, formatUsd, plural } from './numbers.ts'
import { pastSentences } from './past.ts'
import type { EvalSetReport, Report, Unlisted } from './report.ts'
import { costSentence, modelWords, scorerChange, spreadSentence } from './sentences.ts'
import { costParts, orderedSets, STATUS_WORDS } from './view.ts'

const CELL = 400
/** Rows of one table on the page; more than anyone reads. */
const ROWS = 2000

/** Titles that begin with `#` head columns of numbers. Cells are HTML already. Empty when there are no rows. */
export function tableHtml(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const kind = titles.map((title) => (title.startsWith('#') ? ' class="num"' : ''))
  const head = titles
    .map((title, column) => `<th scope="col"${kind[column]}>${htmlText(title.replace(/^#/, ''))}</th>`)
    .join('')
  const body = rows
    .slice(0, ROWS)
    .map((cells) => `<tr>${cells.map((cell, column) => `<td${kind[column]}>${cell}</td>`).join('')}</tr>`)
  const more = rows.length > ROWS ? `<p class="soft">${plural(rows.length - ROWS, 'more row')} in report.json.</p>` : ''
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>${more}`
}

function text(value: string): string {
  return htmlText(cleanCut(value, CELL))
}

function named(title: string, table: string): string {
  return table === '' ? '' : `<h3>${title}</h3>${table}`
}

export function setSections(report: Report): string {
  const sets = orderedSets(report).map(setHtml)
  return sets.length === 0 ? '' : `<section><h2>Eval sets</h2>${sets.join('\n')}</section>`
}

function setHtml(set: EvalSetReport): string {
  const tables = [facts(set), scorers(set), latency(set), tokens(set), cost(set), cases(set)]
  const summary = `<summary><code>${text(set.name)}</code> <span class="${set.outcome}">${STATUS_WORDS[set.outcome]}</span></summary>`
  return `<details>${summary}<div class="in">${tables.join('')}</div></details>`
}

function facts(set: EvalSetReport): string {
  const model = modelWords(set.model)
  const lines = [
    `File ${set.path}${set.owner === null ? '' : `, owner ${set.owner}`}`,
    model === null ? '' : `Model ${model}`,
    set.judge === null ? '' : `Judge ${set.judge}`,
    set.ranBecause.length === 0 ? '' : `Ran because ${set.ranBecause.join('; ')}`,
    `${plural(set.cases.paired, 'pair')} of cases, ${plural(set.pairs, 'pair')} of runs, ${plural(set.passes, 'pass', 'passes')}${set.rule === null ? '' : `, decided by ${set.rule}`}`,
    set.evidence,
    ...pastSentences(set),
  ]
  return `<ul>${lines
    .filter((line) => line !== '')
    .map((line) => `<li>${text(line)}</li>`)
    .join('')}</ul>`
}

function scorers(set: EvalSetReport): string {
  const rows = set.scorers.map((scorer) => [
    text(scorer.name),
    scorer.gating ? 'yes' : 'no',
    String(scorer.n),
    formatPoints(scorer.score.base),
    formatPoints(scorer.score.head),
    scorerChange(scorer),
    STATUS_WORDS[scorer.status],
  ])
  return named('Scorers', tableHtml(['scorer', 'gates', '#cases', '#base', '#head', '#change', 'status'], rows))
}

function latency(set: EvalSetReport): string {
  const { p95, ratio, low, high, stages } = set.latency
  if (ratio === null && p95.base === null && p95.head === null && stages.length === 0) return ''
  const interval = low === null || high === null ? '' : ` (${formatRatio(low)} to ${formatRatio(high)})`
  const rows = [
    [text(`p95 ${p95.note ?? ''}`), formatMs(p95.base), formatMs(p95.head), `${formatRatio(ratio)}${interval}`],
    ...stages.map(({ stage, base, head }) => [text(stage), formatMs(base), formatMs(head), '-']),
  ]
  return named('Latency', tableHtml(['stage', '#base', '#head', '#ratio of the means'], rows))
}

function tokens(set: EvalSetReport): string {
  const { input, output, provenance } = set.tokens
  if (provenance === 'unknown') return ''
  const rows = [
    ['input', formatAmount(input.base), formatAmount(input.head), formatAmountChange(input)],
    ['output', formatAmount(output.base), formatAmount(output.head), formatAmountChange(output)],
  ]
  return named(`Tokens per request (${text(provenance)})`, tableHtml(['kind', '#base', '#head', '#change'], rows))
}

function cost(set: EvalSetReport): string {
  const lines = [costSentence(set.cost), spreadSentence(set.cost), ...set.cost.events].filter((line) => line !== '')
  const rows = costParts(set).map(([name, usd]) => [text(name), formatUsd(usd)])
  return `<h3>Cost</h3><ul>${lines.map((line) => `<li>${text(line)}</li>`).join('')}</ul>${tableHtml(['part of the change', '#USD per request'], rows)}`
}

function cases(set: EvalSetReport): string {
  const both = (list: EvalSetReport['edited']) => {
    return tableHtml(
      ['case', '#base', '#head'],
      list.map(({ caseId, base, head }) => [text(caseId), formatPoints(base), formatPoints(head)]),
    )
  }
  const unlisted = (list: keyof Unlisted) => {
    const note = unlistedNote(unlistedOf(set, list))
    return note === '' ? '' : `<p class="soft">${text(note)}</p>`
  }
  const removed = set.removed.map(({ caseId, lastScore }) => [text(caseId), formatPoints(lastScore)])
  const missing = set.missing.map(({ caseId, why }) => [text(caseId), text(why)])
  return [
    named('Edited cases (outside the comparison)', both(set.edited) + unlisted('edited')),
    named('Added cases', both(set.added) + unlisted('added')),
    named('Removed cases', tableHtml(['case', '#last score'], removed) + unlisted('removed')),
    named('Missing pairs', tableHtml(['case', 'why'], missing) + unlisted('missing')),
  ].join('')
}
