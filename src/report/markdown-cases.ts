// Cases that changed sides, with their evidence.

import { apart } from './apart.ts'
import { differenceLines } from './difference-lines.ts'
import { clean, cleanCut, markdownFence } from './escape.ts'
import { allUnlisted, unlistedNote } from './listed.ts'
import type { Detail } from './markdown.ts'
import { code, firstOf, folded, prose, summaryCode, summaryProse, titled } from './markdown-table.ts'
import { formatPoints, plural } from './numbers.ts'
import type { Report } from './report.ts'
import { flipsOf, type SetFlip } from './view.ts'

export function brokenSection(report: Report, detail: Detail): string {
  const broken = flipsOf(report, 'broken')
  if (broken.length === 0) return ''
  const { shown, more } = firstOf(broken, detail.cases)
  const several = report.evalSets.length > 1
  const parts =
    detail.evidence > 0
      ? [shown.map((item) => flipBlock(item, detail, several)).join('\n')]
      : [brokenList(shown, detail)]
  if (more > 0) parts.push(`${plural(more, 'more broken case')} in \`report.html\`.`)
  const left = allUnlisted(report, 'broken')
  parts.push(unlistedNote(left))
  return titled(`Broken cases (${broken.length + left})`, parts.filter((part) => part !== '').join('\n\n'))
}

function brokenList(shown: readonly SetFlip[], detail: Detail): string {
  return shown
    .map(({ flip }) => `- ${code(flip.caseId, detail.cell)}${scores(flip)}${why(flip.why, detail)}`)
    .join('\n')
}

function scores(flip: SetFlip['flip']): string {
  if (flip.baseScore === null && flip.headScore === null) return ''
  return ` ${formatPoints(flip.baseScore)} → ${formatPoints(flip.headScore)}`
}

function why(text: string, detail: Detail, written: typeof prose = prose): string {
  return text === '' ? '' : ` · ${written(text, Math.min(160, detail.sentence))}`
}

/** A folded case: what went in, and both answers as a diff of whole lines. */
export function flipBlock({ set, flip }: SetFlip, detail: Detail, several: boolean): string {
  const where = several ? ` in ${summaryCode(set, detail.cell)}` : ''
  const title = `${summaryCode(flip.caseId, detail.cell)}${where}${scores(flip)}${why(flip.why, detail, summaryProse)}`
  const given = [labelled('Input', flip.input, detail), labelled('Expected', flip.expected, detail)]
  const body = [...given, answersOf(flip, detail), ...differences(flip, detail)]
    .filter((part) => part !== '')
    .join('\n\n')
  return body === '' ? `- ${title}` : folded(title, body)
}

function labelled(label: string, text: string | null | undefined, detail: Detail): string {
  if (text === null || text === undefined || text === '') return ''
  return `${label}: ${code(text, Math.min(300, detail.evidence))}`
}

/** A diff of equal lines would say that something is there to be seen. */
function answersOf({ base, head }: SetFlip['flip'], detail: Detail): string {
  if (base === null && head === null) return ''
  if (base === head) return labelled(`Both sides answer${isCut(base) ? ' alike at first' : ''}`, base, detail)
  return answerDiff(base, head, detail.evidence)
}

/** Of an answer of which the report has the beginning alone. */
const isCut = (text: string | null) => text?.endsWith('…') ?? false

function differences(flip: SetFlip['flip'], detail: Detail): readonly string[] {
  return differenceLines(flip, (text) => code(text, Math.min(detail.cell, detail.evidence)))
}

function answerDiff(base: string | null, head: string | null, graphemes: number): string {
  const [before, after] = base === null || head === null ? [base, head] : apart(clean(base), clean(head), graphemes)
  const lines = [...prefixed('-', before, graphemes), ...prefixed('+', after, graphemes)]
  return markdownFence(lines.join('\n'), 'diff')
}

function prefixed(sign: string, text: string | null, graphemes: number): readonly string[] {
  const shown = text === null ? '(no answer)' : cleanCut(text, graphemes)
  return (shown === '' ? '(empty answer)' : shown).split('\n').map((line) => `${sign} ${line}`)
}
