// An outage never makes a gate green: not that of a level, nor that of a case that must pass. Through the shipped program.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { checkout } from './calm.ts'
import { cli } from './launch.ts'
import { cases, evalFile, PROMPT, project } from './project.ts'

const EVAL = 'evals/capital.eval.yaml'
const CASES = 'evals/cases/capital.jsonl'
const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }

/** Both sides know every capital, by heart; what is not in their book is lost at once, as after the last retry. */
const recorded = (lost: readonly string[]) =>
  cases(60)
    .trim()
    .split('\n')
    .map((line): { readonly id: string; readonly expected: string } => JSON.parse(line))
    .filter(({ id }) => !lost.includes(id))
    .flatMap(({ id, expected }) => ['base', 'head'].map((side) => JSON.stringify({ case: id, side, output: expected })))
    .join('\n')
const replayed = (extra = '') => evalFile({ extra }).replace('  model:', '  replay: answers.jsonl\n  model:')

async function run({ base, head, lost }: { base: Files; head: Files; lost: readonly string[] }) {
  const files = { ...base, 'evals/answers.jsonl': recorded(lost) }
  await using llm = await startFakeLlm({ seed: 'lost' })
  await using there = await checkout(files, head)
  const reportDir = await there.scratch()
  const { code, report } = await there.run(llm, { reportDir })
  const verified = await cli(['verify', join(reportDir, 'report.json')], { cwd: there.cwd })
  const comment = await readFile(join(reportDir, 'comment.md'), 'utf8')
  const [set] = report?.evalSets ?? []
  const { outcome, headline } = report?.verdict ?? {}
  return { code, outcome, headline, set, comment, verified: verified.code, said: verified.stdout + verified.stderr }
}

describe.concurrent('an outage', () => {
  it('of the calls that a level needs', async () => {
    const head = { [EVAL]: replayed('gates: { min_score: 85 }\n') }
    const base = { ...project({ cases: 6 }), [EVAL]: replayed() }
    const lost = await run({ base, head, lost: ['france', 'italy', 'austria'] })
    expect(lost).toMatchObject({
      ...{ code: 3, outcome: 'not-measured', verified: 0 },
      headline:
        'Not measured: capital: More than 2 % of the answers that a gate needs are missing: score of the head (3 of 6).',
      set: { rule: 'pass-losses', cases: { paired: 6, identical: 6, missing: 3 } },
    })
    expect(lost.set?.missing[0]).toMatchObject({ caseId: 'france', identical: true })
    expect(lost.comment).toContain('3 missing')
    expect(await run({ base, head, lost: [] })).toMatchObject({ code: 0, verified: 0, set: { cases: { missing: 0 } } })
  })

  const must = (rule: string) => ({ [EVAL]: replayed(`gates: { must_pass: [${rule}] }\n`) })

  it('of a case that must pass, among many', async () => {
    const base = { ...project({ cases: 60 }), [EVAL]: replayed() }
    const lost = ['italy']
    expect(await run({ base: { ...base, ...must('italy') }, head: BRIEF, lost })).toMatchObject({
      ...{ code: 3, outcome: 'not-measured', verified: 0, set: { rule: 'must-pass', cases: { missing: 1 } } },
      headline: 'Not measured: capital: italy must pass, and could not be measured.',
    })
    expect(await run({ base, head: BRIEF, lost })).toMatchObject({
      ...{ code: 0, outcome: 'pass', verified: 0, set: { cases: { missing: 1 } } },
    })
  })

  it.each([
    ['added', cases(8), cases(10)],
    ['edited', cases(10), cases(10).replace('of Japan?', 'of Japan? Now.')],
  ])('of %s cases: a matter of those that must pass', async (_, before, after) => {
    const base = { ...project(), [EVAL]: replayed(), [CASES]: before }
    const head = { ...BRIEF, [CASES]: after }
    expect(await run({ base, head: { ...head, ...must('japan') }, lost: ['japan'] })).toMatchObject({
      ...{ code: 3, outcome: 'not-measured', verified: 0, set: { rule: 'must-pass' } },
      headline: 'Not measured: capital: japan must pass, and could not be measured.',
    })
    expect(await run({ base, head, lost: ['japan'] })).toMatchObject({ code: 0, outcome: 'pass', verified: 0 })
  })
})
