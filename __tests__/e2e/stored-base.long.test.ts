// Base runs of an earlier head of the same pull request stand for the base half of the complete pass of the next one.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { createRepository } from '../fakes/repository.ts'
import { cli, providers } from './launch.ts'
import { PROMPT, project, rightAnswer } from './project.ts'

let llm: FakeLlm
let answer: (context: CallContext) => string = rightAnswer
beforeAll(async () => {
  llm = await startFakeLlm({ answer: (context: CallContext) => answer(context) })
})
afterAll(() => llm.close())

const isBase = (context: CallContext) => !context.prompt.includes('brief')
/** Wrong on the base for the first `count` countries it is asked about, whichever those are. */
const wrongFor = (countries: readonly string[]) => (context: CallContext) =>
  isBase(context) && countries.some((country) => context.prompt.includes(`of ${country}?`))
    ? 'No idea.'
    : rightAnswer(context)

/** One pull request, pushed twice; what the second run asked and came to. */
async function twice(
  options: { readonly between?: () => void; readonly args?: readonly string[]; readonly extra?: string } = {},
) {
  answer = rightAnswer
  await using repository = await createRepository({
    files: project(options.extra === undefined ? {} : { extra: options.extra }),
  })
  await repository.commit({ 'prompts/capital.md': `${PROMPT}Be brief.\n` }, 'First', { branch: 'change' })
  const cwd = await repository.cloneFull('change')
  const run = async (args: readonly string[] = []) => {
    llm.reset()
    const ran = await cli(['run', '--format', 'json', '--base', 'origin/main', ...args], { cwd, env: providers(llm) })
    const report: Report = JSON.parse(ran.stdout)
    const bases = llm.requests.filter((one) => !JSON.stringify(one.body).includes('brief')).length
    return { ran, report, set: report.evalSets[0], calls: llm.requests.length, bases }
  }
  const first = await run()
  options.between?.()
  const { writeFile } = await import('node:fs/promises')
  await writeFile(`${cwd}/prompts/capital.md`, `${PROMPT}Be brief and exact.\n`)
  const second = await run(options.args)
  const again = await run(options.args)
  const verified = await cli(['verify', `${cwd}/.parity/report/report.json`], { cwd })
  return { first, second, again, verified: JSON.parse(verified.stdout) }
}

describe('a second push of a pull request', () => {
  it('runs ten base cases, and takes the other base runs from the first', async () => {
    const { first, second, again, verified } = await twice()
    expect(first).toMatchObject({ calls: 40, bases: 20 })
    expect(second).toMatchObject({ calls: 30, bases: 10 })
    expect(second.set).toMatchObject({ outcome: 'pass', rule: 'pass-losses', noise: { storedBaseRuns: 10 } })
    expect(second.set?.evidence).toContain('10 base runs of the complete pass are stored from earlier')
    // The same content again: the same verdict from the same runs, and no call.
    expect(again.calls).toBe(0)
    expect(again.set).toMatchObject({ rule: 'pass-losses', noise: { storedBaseRuns: 10 }, score: second.set?.score })
    expect(verified).toMatchObject([{ agrees: true, outcome: 'pass' }])
  })

  it('runs every base case when the base answers otherwise than it did', async () => {
    const moved = [
      'France',
      'Italy',
      'Austria',
      'Portugal',
      'Greece',
      'Poland',
      'Ireland',
      'Norway',
      'Japan',
      'India',
      'Nepal',
      'Vietnam',
      'Jordan',
      'Kenya',
    ]
    const { second, again } = await twice({
      between: () => {
        answer = wrongFor(moved)
      },
    })
    // By now more flake is known, by which the base would not have moved; what was decided stays.
    expect(again.calls).toBe(0)
    expect(again.set).toMatchObject({
      rule: second.set?.rule,
      score: second.set?.score,
      evidence: second.set?.evidence,
    })
    expect(second.bases).toBeGreaterThanOrEqual(20)
    expect(second.set?.noise?.storedBaseRuns).toBe(0)
    expect(second.set?.evidence).toContain('The base answers otherwise today')
  })

  it('proves a loss by runs of both sides, never by stored ones', async () => {
    const { second, verified } = await twice({
      between: () => {
        answer = (context) =>
          context.prompt.includes('exact') && /Peru|Cuba|Kenya/.test(context.prompt) ? 'Hm.' : rightAnswer(context)
      },
    })
    expect(second.set).toMatchObject({ outcome: 'fail', rule: 'fail-rerun' })
    expect(second.set?.flips.filter((flip) => flip.kind === 'broken')).toHaveLength(3)
    expect(verified).toMatchObject([{ agrees: true, outcome: 'fail' }])
  })

  it.each([
    ['--no-cache', { args: ['--no-cache'] }],
    ['a gate on times', { extra: 'gates: { latency: { max_ratio: 100 } }\n' }],
  ])('uses none with %s', async (_name, options) => {
    const { second } = await twice(options)
    expect(second.bases).toBe(20)
    expect(second.set?.noise?.storedBaseRuns).toBe(0)
  })
})
