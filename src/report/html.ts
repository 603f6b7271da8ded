// report.html: the whole report in one file that opens offline. No request leaves it, and no script but ours runs in it.

import { createHash } from 'node:crypto'
import type { Finding } from '../domain.ts'
import { formatPlace } from '../errors.ts'
import { cleanCut, htmlText } from './escape.ts'
import { estimateLines, estimateRows } from './estimate-view.ts'
import { findingFigures, groupFindings, waivedLines } from './finding-groups.ts'
import { flipSections, promptSections } from './html-cases.ts'
import { SCRIPT, STYLE } from './html-style.ts'
import { setSections, tableHtml } from './html-tables.ts'
import { formatPoints, formatPointsChange, formatSeconds, formatUsd, plural } from './numbers.ts'
import type { Report } from './report.ts'
import {
  assumptionSentence,
  baseLabel,
  casesSentence,
  changeTitle,
  changeValues,
  firstRuns,
  incompleteSentence,
  leverSaving,
  plannedSentence,
  reproduceCommand,
  routeSentence,
  sideLabel,
  spentUsd,
} from './sentences.ts'
import { allRows, allSlices, blockingNote, STATUS_WORDS, setCounts, verdictSentence } from './view.ts'
import { whySentence } from './why.ts'

const SENTENCE = 2000

export type Lead = { readonly lead: string; readonly style: string }

/**
 * One self-contained page: verdict, table, findings, every flipped case with its diff, prompts, all figures.
 * @param lead of another kind of run: what stands in the place of the tables, as HTML, and the style that it needs
 */
export function renderHtml(report: Report, { lead, style: more }: Lead = { lead: '', style: '' }): string {
  const style = STYLE + more
  const title = htmlText(cleanCut(verdictSentence(report), 200))
  const body = [
    warnings(report),
    ...(lead === ''
      ? [
          estimated(report),
          firstRunHtml(report),
          tableSection(report),
          why(report),
          findingSection('What to do', groupFindings(report).gates),
        ]
      : [lead]),
    flipSections(report),
    ...(lead === '' ? [slices(report), monthly(report)] : []),
    levers(report),
    promptSections(report),
    setSections(report),
    changes(report),
    notes(report),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${hashSource(style)}; script-src ${hashSource(SCRIPT)}; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#results">Skip to the results</a>
${header(report)}
<main>
${body.filter((part) => part !== '').join('\n')}
</main>
${footer(report)}
<script>${SCRIPT}</script>
</body>
</html>
`
}

function hashSource(content: string): string {
  return `'sha256-${createHash('sha256').update(content, 'utf8').digest('base64')}'`
}

function text(value: string): string {
  return htmlText(cleanCut(value, SENTENCE))
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`
}

function header(report: Report): string {
  const { head } = report.sides
  const facts = [
    report.candidates === undefined ? `${baseLabel(report)} → ${sideLabel(head)}` : sideLabel(head),
    report.pair,
    ...(report.evalSets.length > 0 ? [casesSentence(report)] : []),
  ]
  const more = [
    setCounts(report),
    blockingNote(report),
    report.verdict.outcome === 'planned' ? plannedSentence(report) : null,
  ]
  const waived = waivedLines(report).map((message) => `<p><strong>Waived:</strong> ${text(message)}</p>`)
  const lines = more.filter((line) => line !== null).map((line) => `<p>${text(line)}</p>`)
  return `<header>${waived.join('')}<h1>${text(verdictSentence(report))}</h1><p class="soft">${text(facts.join(' · '))}</p>${lines.join('')}</header>`
}

function warnings(report: Report): string {
  const incomplete = incompleteSentence(report)
  const { measurement } = groupFindings(report)
  const items = [...(incomplete === null ? [] : [text(incomplete)]), ...measurement.map(findingHtml)]
  if (items.length === 0) return ''
  const grave = incomplete !== null || measurement.some(({ level }) => level === 'fail')
  return `<section class="notice${grave ? ' fail-box' : ''}" aria-label="Warnings about the measurement"><strong>Before reading the numbers</strong>${list(items)}</section>`
}

function findingHtml(finding: Finding): string {
  const where = [finding.evalSet, finding.place === undefined ? null : formatPlace(finding.place)].filter(
    (part) => part !== null,
  )
  const figures = findingFigures(finding)
  const evidence = (finding.evidence ?? []).slice(0, 50).map((id) => `<code>${text(id)}</code>`)
  return [
    `<strong>${htmlText(finding.rule)}</strong>${where.length === 0 ? '' : ` <code>${text(where.join(' '))}</code>`}: ${text(finding.message)}`,
    figures === '' ? '' : `<span class="soft">(${text(figures)})</span>`,
    text(finding.remedy),
    evidence.length === 0 ? '' : `Seen in ${evidence.join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

function findingSection(title: string, findings: readonly Finding[]): string {
  return findings.length === 0 ? '' : `<section><h2>${title}</h2>${list(findings.map(findingHtml))}</section>`
}

/** What the change would cost, of a run that called nothing. */
function estimated(report: Report): string {
  const rows = estimateRows(report).map((row) => [
    `<code>${text(row.of)}</code> ${row.what}`,
    text(row.base),
    text(row.head),
    text(row.change),
  ])
  if (rows.length === 0) return ''
  const titles = ['estimated, not measured', '#base', '#head', '#change (error band)']
  return `<section><h2>Estimated cost</h2>${tableHtml(titles, rows)}${list(estimateLines(report).map(text))}</section>`
}

function firstRunHtml(report: Report): string {
  const parts = firstRuns(report).map((set) => {
    const cost =
      set.cost.perRequestUsd.head === null
        ? 'cost per request not known'
        : `${formatUsd(set.cost.perRequestUsd.head)} per request`
    const gates =
      set.proposedGates === null
        ? ''
        : `<p>Gates that fit what was measured:</p><div class="text">${text(set.proposedGates)}</div>`
    return `<p><code>${text(set.name)}</code> scores ${formatPoints(set.score.head)} of 100 on the head, ${cost}. ${text(set.evidence)}</p>${gates}`
  })
  return parts.length === 0 ? '' : `<section><h2>First run</h2>${parts.join('')}</section>`
}

function tableSection(report: Report): string {
  const rows = allRows(report).map((row) => [
    text(row.set === '' ? row.metric : `${row.set}: ${row.metric}`),
    text(row.base),
    text(row.head),
    text(row.change),
    text(row.limit),
    `<span class="${row.status}">${STATUS_WORDS[row.status]}</span>`,
  ])
  const table = tableHtml(['metric', '#base', '#head', '#change (95 % interval)', '#limit', 'status'], rows)
  return table === '' ? '<div id="results"></div>' : `<section id="results" aria-label="Results">${table}</section>`
}

function why(report: Report): string {
  const sentence = whySentence(report)
  return sentence === null ? '' : `<p>${text(sentence)}</p>`
}

function slices(report: Report): string {
  const rows = allSlices(report).map(({ set, slice }) => [
    text(set),
    `<code>${text(`${slice.dimension}=${slice.value}`)}</code>`,
    String(slice.n),
    formatPoints(slice.score.base),
    formatPoints(slice.score.head),
    formatPointsChange(slice.score),
    `<span class="${slice.status}">${STATUS_WORDS[slice.status]}</span>`,
  ])
  if (rows.length === 0) return ''
  return `<section><h2>Slices</h2>${tableHtml(['eval set', 'slice', '#cases', '#base', '#head', '#change (95 % interval)', 'status'], rows)}</section>`
}

function monthly(report: Report): string {
  const items = report.routes.map((route) => {
    const assumed = assumptionSentence(route)
    const assumption = assumed === '' ? '' : `. <span class="soft">${text(assumed.slice(2))}</span>`
    return `<strong>${text(route.name)}</strong>: ${text(routeSentence(route))}${assumption}`
  })
  return items.length === 0 ? '' : `<section><h2>Monthly cost</h2>${list(items)}</section>`
}

function levers(report: Report): string {
  const rows = (report.levers ?? []).map((lever) => [
    text(lever.kind),
    `<code>${text(lever.evalSet)}</code>${lever.route === null ? '' : ` ${text(lever.route)}`}`,
    text(leverSaving(lever)),
    `${text(lever.message)}<br><span class="soft">${text(lever.evidence.join('; '))}</span>`,
  ])
  if (rows.length === 0) return ''
  return `<section><h2>Ways to pay less</h2>${tableHtml(['lever', 'eval set', 'saves', 'what'], rows)}</section>`
}

function changes(report: Report): string {
  const line = (change: Report['changes'][number]) => {
    const values = changeValues(change)
    return `${change.kind} <code>${text(changeTitle(change))}</code>${values === null ? '' : ` <code>${text(values)}</code>`}: ${text(change.why)}`
  }
  const all = report.changes.length === 0 ? '' : `<section><h2>Changes</h2>${list(report.changes.map(line))}</section>`
  const open =
    report.uncovered.length === 0
      ? ''
      : `<section><h2>Not covered by any eval set</h2>${list(report.uncovered.map(line))}</section>`
  return all + open
}

function notes(report: Report): string {
  const items = [
    ...report.notRun.map(({ evalSet, why }) => `Not run: <code>${text(evalSet)}</code>: ${text(why)}`),
    ...groupFindings(report).notes.map(findingHtml),
    ...report.run.notes.map(text),
  ]
  return items.length === 0 ? '' : `<section><h2>Notes</h2>${list(items)}</section>`
}

function footer(report: Report): string {
  const { run } = report
  const { identical, stored, retried, failed, lost } = run.calls
  const command = reproduceCommand(report)
  const facts = [
    `${plural(run.calls.target + run.calls.judge, 'call')} in ${formatSeconds(run.seconds)}, ${spentUsd(report)}`,
    `${identical} saved by identical requests, ${stored} from the store, ${retried} retried, ${failed} failed, ${lost} lost`,
    `Prompt Parity ${report.tool.version}, Node ${report.tool.node}, config ${report.provenance.configHash.slice(0, 12)}, ${report.startedAt}`,
  ]
  const reproduce = command === null ? '' : `<p>Reproduce: <code>${text(command)}</code></p>`
  return `<footer><h2>Run</h2>${list(facts.map(text))}${reproduce}</footer>`
}
