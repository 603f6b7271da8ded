// What the runner shows beside the comment: outputs, job summary, and annotations at the changed prompt's lines.

import type * as Core from '@actions/core'
import type { Finding } from '../domain.ts'
import type { Log } from '../ports.ts'
import { logLines } from '../report/escape.ts'
import type { Done } from '../run-job.ts'
import { tellRunner } from './runner-file.ts'

/** GitHub shows ten annotations of each kind. */
const MAX_ANNOTATIONS = 10

export type Announced = { readonly core: typeof Core; readonly log: Log }

export async function announce(done: Done, to: Announced): Promise<void> {
  const { core, log } = to
  if (process.env.GITHUB_STEP_SUMMARY)
    await tellRunner(log, 'The job summary', () => core.summary.addRaw(done.rendered.summary).write())
  log.info(done.rendered.text())
  for (const [name, value] of Object.entries(done.outputs))
    await tellRunner(log, `The output \`${name}\``, () => core.setOutput(name, value))
  for (const finding of worst(done.report.verdict.findings, 'fail'))
    core.error(logLines(finding.message), properties(finding, done))
  for (const finding of worst(done.report.verdict.findings, 'warn'))
    core.warning(logLines(finding.message), properties(finding, done))
}

const worst = (findings: readonly Finding[], level: Finding['level']) =>
  findings.filter((one) => one.level === level).slice(0, MAX_ANNOTATIONS)

/** The finding's own place, else the changed prompt of its eval set. */
function properties(finding: Finding, { report }: Done): Core.AnnotationProperties {
  const change = report.changes.find(
    (one) => finding.evalSet !== null && one.evalSets.includes(finding.evalSet) && one.line !== undefined,
  )
  const place = finding.place ?? (change ? { path: change.path, line: change.line } : undefined)
  return {
    title: `Prompt Parity: ${finding.rule}`,
    ...(place === undefined ? {} : { file: place.path }),
    ...(place?.line === undefined ? {} : { startLine: place.line }),
  }
}
