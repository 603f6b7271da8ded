// `prompt-parity verify`: the verdict again, from the record alone, offline.

import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DEFAULT_DROP_POINTS } from '../config/gates.ts'
import type { RecordRow } from '../domain.ts'
import { EXIT, UserError } from '../errors.ts'
import { type Agreement, agreementOfSet, differsInRun } from '../gate/agreement.ts'
import { beyondRecord } from '../gate/beyond-record.ts'
import { parseRecord } from '../gate/record.ts'
import { type Verification, type VerifyOptions, verifyRecord } from '../gate/verify.ts'
import type { Report } from '../report/report.ts'
import { type Flags, readFlags } from './flags.ts'
import { readReport } from './render.ts'

const FLAGS = {
  cases: 'text',
  'max-drop-points': 'text',
  passes: 'text',
  suites: 'text',
  compare: 'text',
  'must-pass': 'list',
  'eval-set': 'text',
  sampled: 'switch',
  format: 'text',
} as const

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS)
  const path = flags.rest.find((one) => /\.jsonl?$/.test(one)) ?? flags.rest[0]
  if (path === undefined)
    throw new UserError({
      what: 'no report or record is named.',
      remedy: 'Give the path of a report.json or a record.jsonl.',
    })
  const isReport = path.endsWith('.json')
  const result = isReport
    ? await verifyReport(path)
    : verifyRecord(parseRecord(await readText(path), path), optionsOf(flags, mustPassOf(flags, path)))
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  return Array.isArray(result) && result.some((one) => !one.agrees) ? EXIT.gateFailed : EXIT.pass
}

async function readText(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) throw new UserError({ what: `${path} cannot be read.`, remedy: 'Name a record.jsonl.' })
  return text
}

type Agrees = Agreement & { readonly agrees: boolean }
type SetVerification = Verification & Agrees & { readonly evalSet: string }
type RunVerification = {
  readonly evalSet: null
  readonly outcome: string
  readonly blocks: boolean
  readonly differs: Agreement['differs']
  readonly agrees: false
}

/** Every compared set of a report, from the record beside it; last the run that they make up, where that does not agree. */
async function verifyReport(path: string): Promise<readonly (SetVerification | RunVerification)[]> {
  const report = await readReport(path)
  const recordPath = join(dirname(path), 'record.jsonl')
  const rows = parseRecord(await readText(recordPath), recordPath)
  const compared = report.evalSets.filter((set) => set.rule !== null && set.rule !== 'no-base')
  const suites = Math.max(
    1,
    report.evalSets.filter((set) => set.maxDropPoints !== null && set.rule !== 'no-base').length,
  )
  const sets = compared.map((set) => {
    const own = rows.filter((row) => row.evalSet === set.name)
    const { unknown, ...options } = optionsOfSet(set, suites, own)
    const found = verifyRecord(own, options)
    const { found: taken, isBeyond } = beyondRecord(set, found, unknown)
    const { differs, unproven } = agreementOfSet(set, { found: taken, rows: own, report })
    const open = unknown.map(
      (id) => `what became of ${id}, which must pass: it is new or edited, and not in the record`,
    )
    return {
      evalSet: set.name,
      ...found,
      ...agrees({
        differs,
        unproven: [...unproven, ...open, ...(isBeyond ? ['the rule must-pass: by such a case'] : [])],
      }),
    }
  })
  const { outcome, blocks } = report.verdict
  const differs = differsInRun(report)
  return differs.length === 0 ? sets : [...sets, { evalSet: null, outcome, blocks, differs, agrees: false }]
}

const agrees = (one: Agreement): Agrees => ({ ...one, agrees: one.differs.length === 0 })

/** `unknown` are cases that must pass and that the record does not have. */
function optionsOfSet(
  set: Report['evalSets'][number],
  suites: number,
  rows: readonly RecordRow[],
): VerifyOptions & { readonly unknown: readonly string[] } {
  const outside = new Set([...set.added, ...set.edited].map((one) => one.caseId))
  const missing = set.missing.flatMap((one) => (one.identical || outside.has(one.caseId) ? [] : [one.caseId]))
  const known = new Set([...rows.map((row) => row.case), ...missing])
  return {
    cases: set.cases.paired + missing.length,
    maxDropPoints: set.maxDropPoints ?? DEFAULT_DROP_POINTS,
    passes: set.passes,
    suites,
    compare: set.compare,
    missing,
    mustPass: set.mustPass.filter((id) => known.has(id)),
    unknown: set.mustPass.filter((id) => !known.has(id)),
    // A loss in the sample leads to the complete passes, as if there had been none.
    sampled: set.rule === 'pass-sample',
  }
}

/** Several ids may follow one `--must-pass`; without it there is nothing that a second name could be. */
function mustPassOf(flags: Flags, path: string): readonly string[] {
  const [named, others] = [flags.list('must-pass'), flags.rest.filter((one) => one !== path)]
  const [stray] = others
  if (named.length === 0 && stray !== undefined)
    throw new UserError({
      what: `"${stray.slice(0, 60)}" is one name too many.`,
      expected: 'one report or record',
      remedy: 'Verify them one after the other.',
    })
  return [...named, ...others]
}

function optionsOf(flags: Flags, mustPass: readonly string[]): VerifyOptions {
  const number = (name: 'cases' | 'max-drop-points' | 'passes' | 'suites') => {
    const text = flags.text(name)
    if (text === '') return undefined
    const value = Number(text)
    if (Number.isFinite(value) && value >= 0) return value
    throw new UserError({ what: `--${name} is "${text.slice(0, 40)}".`, expected: 'a number', remedy: 'Correct it.' })
  }
  const compare = flags.text('compare')
  if (compare !== '' && compare !== 'pass' && compare !== 'score')
    throw new UserError({
      what: `--compare is "${compare.slice(0, 40)}".`,
      expected: 'pass or score',
      remedy: 'Correct it.',
    })
  const options = {
    cases: number('cases'),
    maxDropPoints: number('max-drop-points'),
    passes: number('passes'),
    suites: atMostThree(number('suites')),
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const evalSet = flags.text('eval-set')
  return {
    ...given,
    ...(compare === '' ? {} : { compare }),
    ...(mustPass.length === 0 ? {} : { mustPass }),
    ...(evalSet === '' ? {} : { evalSet }),
    ...(flags.given('sampled') ? { sampled: true } : {}),
  }
}

/** A bare record is judged by the published columns, whose last is "three or more"; a report by its run's family control. */
const atMostThree = (suites: number | undefined) => (suites === undefined ? undefined : Math.min(3, suites))
