// One measured eval set as the report shows it.

import { type CaseComparison, flipKind } from '../compare.ts'
import { canonicalJson } from '../config/canonical.ts'
import { cutText } from '../cut-text.ts'
import type { Answer, Case, EvalSet, Result } from '../domain.ts'
import { failedCallText, ownFailedCall } from '../gate/failed-calls.ts'
import { type Measured, tested } from '../gate/measured.ts'
import type { SetVerdict } from '../gate/set-verdict.ts'
import { isEstimated } from '../measure.ts'
import { textOfMessage } from '../targets/turns.ts'
import { differencesOf } from './differences.ts'
import { evidenceText, proposedGates } from './evidence.ts'
import { listed, unlistedIn } from './listed.ts'
import { pastReport } from './past.ts'
import { promptsOfCalls } from './prompts-of-calls.ts'
import type { Estimate, EvalSetReport, Flip, TokensReport } from './report.ts'
import { measuredSections } from './sections.ts'
import { traceOf } from './trace.ts'

/** Longest stretch of an answer that the report carries; the whole text is in calls.jsonl. */
const SHOWN_CHARACTERS = 4_000

export function evalSetReport(measured: Measured, verdict: SetVerdict, route: string | null): EvalSetReport {
  const { plan } = measured
  const target = plan.head.target
  const [flipped, missing] = [flips(measured), lost(measured)]
  const [edited, added] = [ofRole(measured, 'edited'), ofRole(measured, 'added')]
  return {
    name: plan.name,
    path: plan.head.path,
    owner: plan.head.owner ?? null,
    route,
    outcome: verdict.outcome,
    rule: verdict.rule,
    ranBecause: plan.because,
    hash: plan.contentKey,
    scorerHash: plan.scorerHash,
    judge: plan.judge,
    model: { base: plan.base === null ? null : modelOf(plan.base), head: modelOf(plan.head) },
    promptHash: { base: promptHash(plan.base), head: promptHash(plan.head) },
    promptPath: target.kind === 'prompt' ? target.prompt.path : null,
    cases: counts(measured),
    passes: plan.head.passes,
    pairs: measured.decision?.pairs ?? 0,
    compare: plan.head.compare,
    score: measured.score,
    maxDropPoints: plan.gates.maxDropPoints?.limit ?? null,
    scorers: verdict.scorers,
    slices: verdict.slices,
    gates: verdict.rows,
    flips: listed(flipped).map(({ one, kind }) => flip(one, kind)),
    edited: listed(edited).map(levelOf),
    added: listed(added).map(levelOf),
    removed: listed(plan.removed).map((kase) => ({ caseId: kase.id, lastScore: null })),
    missing: listed(missing).map(lostCase),
    ...unlistedIn({
      flips: flipped.map(({ kind }) => kind),
      ...{ edited: edited.length, added: added.length, removed: plan.removed.length, missing: missing.length },
    }),
    latency: verdict.latency,
    tokens: tokens(measured),
    cost: measured.cost.report,
    mustPass: plan.mustPass,
    prompts: renderedPrompts(measured),
    noise: noiseReport(measured),
    ...pastReport(measured),
    evidence: evidenceText(measured),
    proposedGates: plan.base === null ? proposedGates(measured) : null,
    mode: plan.mode,
  }
}

function noiseReport({ earlier }: Measured): EvalSetReport['noise'] {
  if (earlier === undefined) return null
  const { lent, pairs, flips, phi, flakiest } = earlier
  const flakeRatePercent = phi === null ? null : Math.round(1e4 * phi) / 100
  return { storedBaseRuns: lent, pairs, flips, flakeRatePercent, flakiest }
}

const modelOf = (set: EvalSet) => set.target.model ?? null
const promptHash = (set: EvalSet | null) => (set?.target.kind === 'prompt' ? set.target.prompt.hash : null)

function counts(measured: Measured): EvalSetReport['cases'] {
  const of = (role: CaseComparison['role']) => measured.cases.filter((one) => one.role === role).length
  return {
    // All cases of the test, also those that an early verdict left unrun; a tie stays in it without its answer.
    paired: measured.cases.filter((one) => one.role === 'paired' && (one.missing === null || one.identical)).length,
    identical: tested(measured).filter((one) => one.identical).length,
    added: of('added') + of('head-only'),
    removed: measured.plan.removed.length,
    edited: of('edited'),
    missing: lost(measured).length,
  }
}

const lostCase = ({ kase, missing, identical }: CaseComparison): EvalSetReport['missing'][number] => ({
  caseId: kase.id,
  why: missing ?? '',
  ...(identical ? { identical } : {}),
})

/** What is in quarantine is outside the test, and misses nothing there. */
const lost = (measured: Measured) => measured.cases.filter((one) => one.missing !== null && one.role !== 'quarantined')

const ofRole = (measured: Measured, role: 'edited' | 'added') => measured.cases.filter((one) => one.role === role)
const levelOf = (one: CaseComparison) => ({ caseId: one.kase.id, base: points(one.base), head: points(one.head) })

const points = (fraction: number | null) => (fraction === null ? null : 100 * fraction)

const KIND_ORDER = { broken: 0, fixed: 1, flaky: 2, cleared: 3 } as const

type Flipped = { readonly one: CaseComparison; readonly kind: Flip['kind'] }

/** Worst first, then by id, so that consecutive reports differ only where something changed. */
function flips(measured: Measured): readonly Flipped[] {
  const labels = measured.decision?.labels ?? {}
  return tested(measured)
    .flatMap((one) => {
      const kind = flipKind(one, labels[one.kase.id])
      return kind === null ? [] : [{ one, kind }]
    })
    .sort((a, b) => KIND_ORDER[a.kind] - KIND_ORDER[b.kind] || (a.one.kase.id < b.one.kase.id ? -1 : 1))
}

function flip(one: CaseComparison, kind: Flip['kind']): Flip {
  const [base, head] = [telling(one.runs.base, kind === 'broken'), telling(one.runs.head, kind !== 'broken')]
  return {
    caseId: one.kase.id,
    kind,
    base: shownOutput(base),
    head: shownOutput(head),
    why: kind === 'fixed' ? why(base, one.runs.head) : why(head, one.runs.base),
    baseScore: points(one.base),
    headScore: points(one.head),
    input: inputOf(one.kase),
    ...tracesOf(base, head),
    ...differing(base, head),
    expected:
      one.kase.expected === undefined
        ? null
        : shown(typeof one.kase.expected === 'string' ? one.kase.expected : canonicalJson(one.kase.expected)),
  }
}

function tracesOf(base: Result | undefined, head: Result | undefined): Pick<Flip, 'trace'> {
  const trace = { base: traceOf(base), head: traceOf(head) }
  return trace.base === null && trace.head === null ? {} : { trace }
}

function differing(base: Result | undefined, head: Result | undefined): Pick<Flip, 'differences'> {
  const differences = differencesOf(base, head)
  return differences.length === 0 ? {} : { differences }
}

/** The run that shows the flip: the first that passed, or the first that did not. */
function telling(runs: readonly Result[], passed: boolean): Result | undefined {
  return runs.find((run) => run.state === 'scored' && run.pass === passed) ?? runs[0]
}

function shownOutput(run: Result | undefined): string | null {
  if (run === undefined) return null
  if (run.outcome.state === 'failed') return `(${run.outcome.failure.cause}) ${shown(run.outcome.failure.message)}`
  return shown(outputOf(run.outcome.answer)) || '(empty)'
}

const outputOf = (answer: Answer) =>
  answer.text === '' && answer.toolCalls ? canonicalJson(answer.toolCalls) : answer.text

/** @param others runs of the other side, whose calls may have failed in the same way */
function why(run: Result | undefined, others: readonly Result[]): string {
  if (run === undefined) return ''
  if (run.outcome.state === 'failed') return shown(run.outcome.failure.message)
  const failed = run.scores.flatMap((score) =>
    score.state === 'scored' && (!score.pass || score.standing === 'tie') && score.weight > 0
      ? [`${score.scorer}: ${score.why}`]
      : [],
  )
  const call = ownFailedCall(run, others)
  return shown([...(call === null ? [] : [failedCallText(call)]), ...failed].join('; '))
}

/** What a person would call the input: the one long variable, else all of them. */
function inputOf(kase: Case): string | null {
  const { vars } = kase
  const named = ['question', 'input', 'prompt', 'query', 'message', 'text']
    .map((name) => vars[name])
    .find((value) => typeof value === 'string')
  return Object.keys(vars).length === 0 ? null : shown(typeof named === 'string' ? named : canonicalJson(vars))
}

const shown = (text: string) => cutText(text, SHOWN_CHARACTERS)

export function tokensPerRequest(measured: Measured): Pick<TokensReport, 'input' | 'output'> {
  return { input: tokenEstimate(measured, 'input'), output: tokenEstimate(measured, 'output') }
}

function tokens(measured: Measured): TokensReport {
  const { input, output } = tokensPerRequest(measured)
  return {
    input,
    output,
    sections: measuredSections(measured),
    provenance: input.head === null && input.base === null ? 'unknown' : countedHow(measured),
  }
}

const countedHow = ({ cases }: Measured) =>
  cases.some(({ runs }) => [...runs.base, ...runs.head].some(isEstimated)) ? 'estimated' : 'measured'

function tokenEstimate(measured: Measured, kind: 'input' | 'output'): Estimate {
  const mean = (side: 'base' | 'head') => average(measured.cases.flatMap((one) => usageOf(one.runs[side], kind)))
  const [base, head] = [mean('base'), mean('head')]
  return { base, head, delta: base === null || head === null ? null : head - base, low: null, high: null }
}

const usageOf = (runs: readonly Result[], kind: 'input' | 'output') =>
  runs.flatMap((run) =>
    run.outcome.state === 'answered' && run.outcome.answer.usage ? [run.outcome.answer.usage[kind]] : [],
  )

const average = (values: readonly number[]) =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length

/** The rendered prompt of the first case whose requests differ, for the diff. */
function renderedPrompts(measured: Measured): EvalSetReport['prompts'] {
  if (measured.plan.head.target.kind === 'command') return promptsOfCalls(measured)
  const cases = [...measured.plan.cases.values()]
  const shown = cases.find((one) => !one.identical && one.base !== null) ?? cases[0]
  if (shown === undefined || measured.plan.head.target.kind !== 'prompt') return null
  const text = (prepared: typeof shown.base) =>
    prepared?.state === 'ready'
      ? prepared.request.messages.map((message) => `${message.role}:\n${textOfMessage(message)}`).join('\n\n')
      : null
  return { caseId: shown.kase.id, base: text(shown.base), head: text(shown.head) }
}
