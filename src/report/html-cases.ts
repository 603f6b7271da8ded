// Flipped cases with the diff of their answers and a choice to accept or reject each, and the diff of rendered prompts.

import type { FlipKind } from '../domain.ts'
import { cleanCut, htmlAttribute, htmlText } from './escape.ts'
import { type Budget, sideBySide } from './html-diff.ts'
import { tableHtml } from './html-tables.ts'
import { allUnlisted, unlistedNote } from './listed.ts'
import { formatPoints } from './numbers.ts'
import type { EvalSetReport, Report } from './report.ts'
import { flipsOf, orderedSets, type SetFlip, sectionRows } from './view.ts'

const KINDS = {
  broken: 'Broken cases',
  fixed: 'Fixed cases',
  flaky: 'Flaky cases (they differ from run to run on the same side)',
  cleared: 'Cleared cases (the re-run did not confirm the change)',
} as const satisfies { readonly [kind in FlipKind]: string }
const KIND_ORDER = ['broken', 'fixed', 'flaky', 'cleared'] as const

/** The first cases get a full word diff; a page with thousands stays openable. */
const RICH: Budget = { graphemes: 20_000, edits: 1000 }
const PLAIN: Budget = { graphemes: 2000, edits: 60 }
const RICH_CASES = 200

/** Every flip of every set, broken ones first. */
export function flipSections(report: Report): string {
  let drawn = 0
  const sections = KIND_ORDER.map((kind) => {
    const flips = flipsOf(report, kind)
    const budgets = flips.map((_, index) => (drawn + index < RICH_CASES ? RICH : PLAIN))
    drawn += flips.length
    const left = allUnlisted(report, kind)
    if (flips.length + left === 0) return ''
    const items = flips.map((item, index) => flipHtml(item, budgets[index] ?? PLAIN, kind === 'broken' && index === 0))
    const note = left === 0 ? '' : `<p class="soft">${htmlText(unlistedNote(left))}</p>`
    return `<section><h2>${KINDS[kind]} (${flips.length + left})</h2>${items.join('\n')}${note}</section>`
  })
  return drawn === 0 ? '' : `${sections.join('')}${downloadBar()}`
}

/** Hidden until the script runs: without it there is nothing to press. */
function downloadBar(): string {
  return '<div class="bar" hidden><span><output>0</output> decided</span><button type="button">Download labels.jsonl</button></div>'
}

function flipHtml({ set, flip }: SetFlip, budget: Budget, open: boolean): string {
  const scores =
    flip.baseScore === null && flip.headScore === null
      ? ''
      : ` ${formatPoints(flip.baseScore)} → ${formatPoints(flip.headScore)}`
  const why = flip.why === '' ? '' : ` <span class="soft">${htmlText(cleanCut(flip.why, 600))}</span>`
  const given = [labelled('Input', flip.input, budget), labelled('Expected', flip.expected, budget)].join('')
  const answers = flip.base === null && flip.head === null ? '' : sideBySide(flip.base, flip.head, budget)
  const trace =
    flip.trace === undefined
      ? ''
      : `<div class="soft">How it came to that</div>${sideBySide(flip.trace.base, flip.trace.head, budget)}`
  const summary = `<summary><code>${id(flip.caseId)}</code> in <code>${id(set)}</code><span class="${flip.kind}">${scores}</span>${why}</summary>`
  return `<details${open ? ' open' : ''}>${summary}<div class="in">${given}${answers}${trace}${choice(set, flip)}</div></details>`
}

function id(text: string): string {
  return htmlText(cleanCut(text, 200))
}

function labelled(label: string, text: string | null | undefined, budget: Budget): string {
  if (text === null || text === undefined || text === '') return ''
  return `<div class="soft">${label}</div><div class="text">${htmlText(cleanCut(text, budget.graphemes))}</div>`
}

/** Is the head's answer good? The three choices are one radio group, so that the arrow keys move between them. */
function choice(set: string, flip: SetFlip['flip']): string {
  const group = htmlAttribute(`${set} ${flip.kind} ${flip.caseId}`)
  const option = (value: string, label: string, checked: boolean) => {
    return `<label><input type="radio" name="${group}" value="${value}"${checked ? ' checked' : ''}> ${label}</label>`
  }
  const data = `data-set="${htmlAttribute(set)}" data-case="${htmlAttribute(flip.caseId)}" data-kind="${flip.kind}"`
  const options = [option('', 'undecided', true), option('accept', 'accept', false), option('reject', 'reject', false)]
  return `<fieldset ${data}><legend>The head's answer</legend>${options.join('')}</fieldset>`
}

/** The rendered prompt of one case on both sides, with the tokens of each section. */
export function promptSections(report: Report): string {
  const parts = orderedSets(report)
    .map(promptHtml)
    .filter((part) => part !== '')
  return parts.length === 0 ? '' : `<section><h2>Rendered prompts</h2>${parts.join('\n')}</section>`
}

function promptHtml(set: EvalSetReport): string {
  const sections = sectionRows(set).map(([origin, ...figures]) => [`<code>${id(origin)}</code>`, ...figures])
  const tokens = tableHtml(['section', '#tokens, base', '#tokens, head', '#change'], sections)
  const diff = set.prompts === null ? '' : sideBySide(set.prompts.base, set.prompts.head, RICH)
  if (tokens === '' && diff === '') return ''
  const shown = set.prompts === null ? '' : ` <span class="soft">as rendered for case ${id(set.prompts.caseId)}</span>`
  return `<details open><summary><code>${id(set.name)}</code>${shown}</summary><div class="in">${tokens}${diff}</div></details>`
}
