// The folded part of the comment: all figures, and what was done, added, missing or not run, and why.

import { groupFindings } from './finding-groups.ts'
import { allUnlisted, unlistedNote } from './listed.ts'
import type { Detail } from './markdown.ts'
import { flipBlock } from './markdown-cases.ts'
import { rowCells, TABLE_ROWS } from './markdown-sections.ts'
import { setDetails } from './markdown-set.ts'
import { bullets, cellCode, code, firstOf, folded, left, limited, prose, right } from './markdown-table.ts'
import { formatPoints, formatPointsChange, formatUsd } from './numbers.ts'
import type { Report } from './report.ts'
import { changeTitle, changeValues, notesBelow, plannedSentence } from './sentences.ts'
import { allRows, allSlices, flipsOf, orderedSets, STATUS_WORDS as WORDS } from './view.ts'

export function detailsSection(report: Report, detail: Detail): string {
  if (detail.detailRows === 0) return ''
  const parts = [
    part('Changes', changeLines(report, detail)),
    part('All metrics', metricsTable(report, detail)),
    part('All slices', slicesTable(report, detail)),
    part('Fixed cases', flipList(report, detail, 'fixed')),
    part('Flaky cases (they differ from run to run on the same side)', flipList(report, detail, 'flaky')),
    part('Cleared cases (the re-run did not confirm the change)', flipList(report, detail, 'cleared')),
    ...orderedSets(report)
      .slice(0, detail.detailRows)
      .map((set) => setDetails(set, detail)),
    part('Not covered by any eval set', uncoveredLines(report, detail)),
    part(
      'Not run',
      bullets(
        report.notRun.map(({ evalSet, why }) => `${code(evalSet, detail.cell)}: ${prose(why, detail.sentence)}`),
        detail.detailRows,
      ),
    ),
    part('Notes', noteLines(report, detail)),
  ]
  return parts.filter((text) => text !== '').join('\n')
}

function part(title: string, body: string): string {
  return folded(title, body)
}

function changeLines(report: Report, detail: Detail): string {
  const lines = report.changes.map((change) => {
    const values = changeValues(change)
    const pin = values === null ? '' : ` ${code(values, detail.cell)}`
    const selects =
      change.evalSets.length === 0
        ? ''
        : ` → ${change.evalSets
            .slice(0, 5)
            .map((name) => code(name, detail.cell))
            .join(', ')}`
    return `${change.kind} ${code(changeTitle(change), detail.cell)}${pin}${selects}: ${prose(change.why, detail.sentence)}`
  })
  return bullets(lines, detail.detailRows)
}

function uncoveredLines(report: Report, detail: Detail): string {
  return bullets(
    report.uncovered.map(
      (change) => `${change.kind} ${code(changeTitle(change), detail.cell)}: ${prose(change.why, detail.sentence)}`,
    ),
    detail.detailRows,
  )
}

/** Only when the table above the fold has left some out. */
function metricsTable(report: Report, detail: Detail): string {
  if (allRows(report).length <= TABLE_ROWS) return ''
  const columns = [left('metric'), right('base'), right('head'), right('change'), right('limit'), left('status')]
  return limited(
    allRows(report).map((row) => rowCells(row, detail)),
    detail.detailRows,
    columns,
  )
}

function slicesTable(report: Report, detail: Detail): string {
  const rows = allSlices(report).map(({ set, slice }) => [
    cellCode(set, detail.cell),
    cellCode(`${slice.dimension}=${slice.value}`, detail.cell),
    String(slice.n),
    formatPoints(slice.score.base),
    formatPoints(slice.score.head),
    formatPointsChange(slice.score),
    WORDS[slice.status],
  ])
  return limited(rows, detail.detailRows, [
    left('eval set'),
    left('slice'),
    right('cases'),
    right('base'),
    right('head'),
    right('change'),
    left('status'),
  ])
}

function flipList(report: Report, detail: Detail, kind: 'fixed' | 'flaky' | 'cleared'): string {
  const flips = flipsOf(report, kind)
  const short = { ...detail, evidence: 0 }
  const { shown, more } = firstOf(flips, Math.min(detail.detailRows, detail.cases * 5))
  const lines = shown.map((item) =>
    flipBlock(
      { ...item, flip: { ...item.flip, base: null, head: null, input: null, expected: null } },
      short,
      report.evalSets.length > 1,
    ),
  )
  const left = unlistedNote(allUnlisted(report, kind))
  return [
    ...lines,
    ...(more > 0 ? [`- and ${more} more in \`report.html\``] : []),
    ...(left === '' ? [] : [`- ${left}`]),
  ].join('\n')
}

function noteLines(report: Report, detail: Detail): string {
  const findings = groupFindings(report).notes.map((finding) =>
    `**${finding.rule}**: ${prose(finding.message, detail.sentence)} ${prose(finding.remedy, detail.sentence)}`.trimEnd(),
  )
  return bullets(
    [
      ...findings,
      ...notesBelow(report).map((note) => prose(note, detail.sentence)),
      ...planLine(report),
      callsLine(report),
    ],
    detail.detailRows,
  )
}

/** What the run was expected to take, beside what it took. */
function planLine(report: Report): readonly string[] {
  const sentence = report.verdict.outcome === 'planned' ? null : plannedSentence(report)
  return sentence === null ? [] : [`Plan: ${sentence}`]
}

function callsLine(report: Report): string {
  const { identical, stored, retried, failed, lost } = report.run.calls
  const cap = report.run.spendCap === null ? 'no spend cap' : `spend cap ${formatUsd(report.run.spendCap)}`
  return `Calls: ${identical} saved by identical requests, ${stored} answered from the store, ${retried} retried, ${failed} failed, ${lost} lost; ${cap}; Node ${code(report.tool.node, 20)}`
}
