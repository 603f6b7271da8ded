// JUnit XML for test views of CI systems: one suite per eval set, one test case per gate, status as in the report.

import type { Finding } from '../domain.ts'
import { differenceLines } from './difference-lines.ts'
import { cleanCut, cleanLine, xmlAttribute, xmlText } from './escape.ts'
import { findingFigures } from './finding-groups.ts'
import { unlistedOf } from './listed.ts'
import type { EvalSetReport, Flip, GateRow, Report } from './report.ts'
import { STATUS_WORDS } from './view.ts'

const EVIDENCE_CASES = 20
const EVIDENCE_TEXT = 2000

/** Well-formed XML 1.0 whatever the answers contain. In report mode a failed gate is skipped with its reason, not failed. */
export function renderJunit(report: Report): string {
  const suites = [...report.evalSets.map((set) => setSuite(set, report)), findingSuite(report)].filter(
    (suite) => suite !== null,
  )
  const total = (pick: (suite: Suite) => number) => suites.reduce((sum, suite) => sum + pick(suite), 0)
  const attributes = [
    `name="prompt-parity"`,
    `tests="${total((suite) => suite.cases.length)}"`,
    `failures="${total(countOf('failure'))}"`,
    `errors="${total(countOf('error'))}"`,
    `skipped="${total(countOf('skipped'))}"`,
    `time="${report.run.seconds.toFixed(3)}"`,
  ]
  const body = suites.map(suiteXml).join('\n')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${attributes.join(' ')}>\n${body}${body === '' ? '' : '\n'}</testsuites>\n`
}

type Ending = 'passed' | 'failure' | 'error' | 'skipped'
type TestCase = { readonly name: string; readonly ending: Ending; readonly message: string; readonly details: string }
type Suite = {
  readonly name: string
  readonly file: string | null
  readonly timestamp: string
  readonly cases: readonly TestCase[]
}

function countOf(ending: Ending): (suite: Suite) => number {
  return (suite) => suite.cases.filter((test) => test.ending === ending).length
}

function setSuite(set: EvalSetReport, report: Report): Suite {
  const gates = set.gates.map((row) => gateCase(row, set, report))
  return {
    name: set.name,
    file: set.path,
    timestamp: report.startedAt,
    cases: gates.length > 0 ? gates : [outcomeCase(set, report)],
  }
}

function gateCase(row: GateRow, set: EvalSetReport, report: Report): TestCase {
  const ending = endingOf(row.status, report.verdict.blocks && set.mode === 'enforce')
  const limit = row.limit === '' ? '' : `, limit ${row.limit}`
  const message = `${STATUS_WORDS[row.status]}: base ${row.base || '-'}, head ${row.head || '-'}, change ${row.change || '-'}${limit}`
  const details = row.rule === 'score-drop' || row.rule === 'must-pass' ? brokenText(set) : ''
  return { name: `${row.rule}: ${row.metric}`, ending, message, details }
}

/** A set without gates still says how it ended. */
function outcomeCase(set: EvalSetReport, report: Report): TestCase {
  const enforced = report.verdict.blocks && set.mode === 'enforce'
  return {
    name: 'outcome',
    ending: endingOf(set.outcome, enforced),
    message: STATUS_WORDS[set.outcome],
    details: brokenText(set),
  }
}

const ENDINGS = {
  pass: 'passed',
  warn: 'passed',
  fail: 'failure',
  inconclusive: 'skipped',
  'not-measured': 'error',
  'not-comparable': 'error',
  planned: 'skipped',
} as const satisfies { readonly [status in EvalSetReport['outcome']]: Ending }

/** A red test beside a green check would only confuse: where nothing blocks, failures and errors are skipped. */
function endingOf(status: EvalSetReport['outcome'], enforced: boolean): Ending {
  const ending = ENDINGS[status]
  return enforced || ending === 'passed' ? ending : 'skipped'
}

function brokenText(set: EvalSetReport): string {
  const broken = set.flips.filter((flip) => flip.kind === 'broken')
  const left = broken.length - EVIDENCE_CASES + unlistedOf(set, 'broken')
  const more = left > 0 ? [`and ${left} more`] : []
  return [...broken.slice(0, EVIDENCE_CASES).map(flipText), ...more].join('\n\n')
}

function flipText(flip: Flip): string {
  const differing = differenceLines(flip, (text) => cleanLine(cleanCut(text, 120))).map((line) => `  ${line}`)
  const parts = [`case ${flip.caseId}: ${flip.why}`, answer('base', flip.base), answer('head', flip.head), ...differing]
  return cleanCut(parts.filter((part) => part !== '').join('\n'), EVIDENCE_TEXT)
}

function answer(side: string, text: string | null): string {
  return text === null ? '' : `  ${side}: ${cleanCut(text, EVIDENCE_TEXT / 3)}`
}

/** Failures that no gate row stands for: policy, integrity, ceilings. */
function findingSuite(report: Report): Suite | null {
  const shown = new Set(report.evalSets.flatMap((set) => set.gates.map((row) => `${set.name}\n${row.rule}`)))
  const own = report.verdict.findings.filter(
    ({ rule, level, evalSet }) => level === 'fail' && !shown.has(`${evalSet}\n${rule}`),
  )
  if (own.length === 0) return null
  const cases = own.map((finding) => findingCase(finding, report))
  return { name: 'findings', file: null, timestamp: report.startedAt, cases }
}

function findingCase(finding: Finding, report: Report): TestCase {
  const where = finding.evalSet === null ? '' : ` (${finding.evalSet})`
  const details = [findingFigures(finding), finding.remedy, (finding.evidence ?? []).join(', ')].filter(
    (part) => part !== '',
  )
  return {
    name: `${finding.rule}${where}`,
    ending: report.verdict.blocks ? 'failure' : 'skipped',
    message: finding.message,
    details: cleanCut(details.join('\n'), EVIDENCE_TEXT),
  }
}

function suiteXml(suite: Suite): string {
  const attributes = [
    `name="${xmlAttribute(suite.name)}"`,
    suite.file === null ? '' : `file="${xmlAttribute(suite.file)}"`,
    `tests="${suite.cases.length}"`,
    `failures="${countOf('failure')(suite)}"`,
    `errors="${countOf('error')(suite)}"`,
    `skipped="${countOf('skipped')(suite)}"`,
    `timestamp="${xmlAttribute(suite.timestamp)}"`,
  ]
  const cases = suite.cases.map((test) => caseXml(test, suite.name)).join('\n')
  return `  <testsuite ${attributes.filter((text) => text !== '').join(' ')}>\n${cases}\n  </testsuite>`
}

function caseXml(test: TestCase, suite: string): string {
  const open = `    <testcase classname="${xmlAttribute(suite)}" name="${xmlAttribute(test.name)}"`
  const message = xmlAttribute(cleanCut(test.message, EVIDENCE_TEXT))
  if (test.ending === 'skipped')
    return `${open}>\n      <skipped message="${message}"/>${systemOut(test.details)}\n    </testcase>`
  if (test.ending !== 'passed')
    return `${open}>\n      <${test.ending} message="${message}">${xmlText(test.details)}</${test.ending}>\n    </testcase>`
  return test.details === '' ? `${open}/>` : `${open}>${systemOut(test.details)}\n    </testcase>`
}

function systemOut(details: string): string {
  return details === '' ? '' : `\n      <system-out>${xmlText(details)}</system-out>`
}
