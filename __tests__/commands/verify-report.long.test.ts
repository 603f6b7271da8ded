// `verify` on a report whose run lost calls, as its user starts it: such runs wait for their retries.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { cases, evalFile, PROMPT, project, wrongWhen } from '../e2e/project.ts'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { createRepository } from '../fakes/repository.ts'
import { cli } from './cli.ts'

const CHANGED = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }

describe('verify on a report', () => {
  let llm: FakeLlm
  beforeAll(async () => {
    llm = await startFakeLlm({ seed: 'verify' })
  })
  afterAll(() => llm.close())

  /** Base and a head that is brief; the run and what `verify` says of its report. */
  async function change(head: { readonly [path: string]: string } = {}, of: Parameters<typeof project>[0] = {}) {
    await using repository = await createRepository({ files: project(of) })
    await repository.commit({ ...CHANGED, ...head }, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    const ran = await cli(cwd, ['run', '--format', 'json', '--base', 'origin/main', '--head', 'HEAD'], llm)
    const verified = await cli(cwd, ['verify', '.parity/report/report.json'])
    return { set: JSON.parse(ran.stdout).evalSets[0], verified: JSON.parse(verified.stdout)[0] }
  }
  const answerFor = (countries: readonly string[]) => (context: CallContext) => wrongWhen('brief', countries)(context)

  /** A run that fails, and `verify` after the report was rewritten. */
  async function rewritten(...ways: readonly ((report: Report) => unknown)[]) {
    llm.configure({ answer: answerFor(['Italy', 'Peru', 'Cuba', 'Kenya', 'Japan', 'Ghana']), faults: [] })
    await using repository = await createRepository({ files: project() })
    await repository.commit(CHANGED, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    await cli(cwd, ['run', '--base', 'origin/main', '--head', 'HEAD'], llm)
    const path = join(cwd, '.parity/report/report.json')
    const text = await readFile(path, 'utf8')
    const said = []
    for (const change of [() => undefined, ...ways]) {
      const report = JSON.parse(text)
      change(report)
      await writeFile(path, JSON.stringify(report))
      const { code, stdout } = await cli(cwd, ['verify', path])
      const all: readonly { readonly differs: readonly string[] }[] = JSON.parse(stdout)
      said.push({ code, differs: all.flatMap((one) => one.differs) })
    }
    return said
  }

  it('does not agree with a verdict that its record contradicts', async () => {
    const [asIs, gone, set, score, blocks, gate] = await rewritten(
      ({ verdict, evalSets }) => {
        Object.assign(verdict, { outcome: 'pass', blocks: false, headline: 'Passes.', findings: [] })
        Object.assign(evalSets[0]?.score ?? {}, { head: 100 })
        Object.assign(evalSets[0] ?? {}, { outcome: 'pass' })
      },
      ({ evalSets }) => Object.assign(evalSets[0] ?? {}, { outcome: 'pass' }),
      ({ evalSets }) => Object.assign(evalSets[0]?.score ?? {}, { head: 100, delta: 0 }),
      ({ verdict }) => Object.assign(verdict, { blocks: false }),
      ({ verdict, evalSets }) => {
        Object.assign(verdict, { outcome: 'pass', blocks: false, findings: [] })
        Object.assign(evalSets[0] ?? {}, { outcome: 'pass', gates: [] })
      },
    )
    expect(asIs).toEqual({ code: 0, differs: [] })
    expect(gone).toEqual({
      code: 1,
      differs: [
        'the score gate fails, and no finding says so',
        'the outcome is pass, and a gate of the set is fail',
        'score.head is 100, by the record 70',
      ],
    })
    expect(set).toEqual({ code: 1, differs: ['the outcome is pass, and a gate of the set is fail'] })
    expect(score?.differs).toEqual(['score.head is 100, by the record 70', 'score.delta is 0, by the record -30'])
    expect(blocks?.differs).toEqual(['it does not block, and an eval set that is enforced fails'])
    expect(gate).toMatchObject({
      code: 1,
      differs: ['the score gate is none, by the record fail or warn or not-measured'],
    })
  })

  it.each([
    ['beside one that was measured', 1],
    ['alone', 0],
  ])('takes a set of which nothing was measured, %s', async (_, measured) => {
    llm.configure({
      answer: answerFor(['Italy', 'Peru', 'Cuba', 'Kenya', 'Japan', 'Ghana']),
      faults: [{ kind: 'invalid-key', when: ({ model }) => model.startsWith('claude') }],
    })
    const unheard = evalFile({ model: 'anthropic/claude-haiku-4-5-20251001' })
      .replace('temperature: 0, ', '')
      .replace('name: capital', 'name: unheard')
      .replace('capital.md', 'unheard.md')
    const files = { 'prompts/unheard.md': PROMPT, 'evals/unheard.eval.yaml': unheard }
    const head = { 'prompts/unheard.md': `${PROMPT}Be brief.\n`, ...(measured === 1 && CHANGED) }
    await using repository = await createRepository({ files: { ...project(), ...files } })
    await repository.commit(head, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    await cli(cwd, ['run', '--base', 'origin/main', '--head', 'HEAD'], llm)
    const path = join(cwd, '.parity/report/report.json')
    const text = await readFile(path, 'utf8')
    const verify = async (change: (set: Report['evalSets'][number]) => unknown = () => undefined) => {
      const report: Report = JSON.parse(text)
      for (const set of report.evalSets) if (set.name === 'unheard') change(set)
      await writeFile(path, JSON.stringify(report))
      const { code, stdout } = await cli(cwd, ['verify', path])
      const sets: readonly { readonly evalSet: string | null }[] = JSON.parse(stdout)
      const of = (name: string | null) => sets.find((one) => one.evalSet === name)
      return { code, sets: sets.length, set: of('unheard'), other: of('capital') }
    }
    const asIs = await verify()
    expect(asIs).toMatchObject({ code: 0, sets: 1 + measured })
    expect(asIs.set).toMatchObject({
      ...{ outcome: 'not-measured', rule: 'too-many-missing', pairs: 0, agrees: true, differs: [] },
      unproven: ['that no run of it could be scored: the record has none'],
    })
    if (measured === 1) expect(asIs.other).toMatchObject({ outcome: 'fail', agrees: true })
    for (const outcome of ['pass', 'warn', 'inconclusive', 'fail'] as const)
      expect(await verify((set) => Object.assign(set, { outcome })), outcome).toMatchObject({
        code: 1,
        set: { agrees: false },
        ...(measured === 1 && { other: { agrees: true } }),
      })
    const rewritten = await verify((set) => {
      const gates = set.gates.map((gate) => ({ ...gate, status: 'pass' }))
      Object.assign(set, { outcome: 'pass', rule: 'pass-all', gates })
      Object.assign(set.score, { base: 100, head: 100, delta: 0 })
    })
    expect(rewritten).toMatchObject({
      code: 1,
      set: {
        differs: [
          'the rule is pass-all, by the record too-many-missing',
          'the score gate is pass, by the record not-measured',
          'score.base is 100, by the record null',
          'score.head is 100, by the record null',
          'score.delta is 0, by the record null',
        ],
      },
    })
  })

  it('says what the record cannot prove', async () => {
    llm.configure({ answer: answerFor(['Italy', 'Peru', 'Cuba', 'Kenya', 'Japan', 'Ghana']), faults: [] })
    const extra = 'gates: { max_drop_points: { limit: 5, level: warn }, min_score: 90 }\n'
    const { verified } = await change({}, { extra })
    expect(verified).toMatchObject({
      agrees: true,
      unproven: ['that the score gate is warn and does not fail: the level of its gate', 'the gate min-score'],
    })
  })

  it('agrees when re-runs of a case got no answer', async () => {
    llm.configure({
      answer: answerFor(['Italy', 'Peru']),
      faults: [{ kind: 'empty', when: ({ prompt, attempt }) => prompt.includes('Italy') && attempt > 1 }],
    })
    const { set, verified } = await change()
    expect(set).toMatchObject({ rule: 'too-many-missing', cases: { paired: 19, missing: 1 } })
    expect(set.missing).toMatchObject([{ caseId: 'italy' }])
    expect(verified).toMatchObject({ agrees: true, outcome: 'not-measured' })
  })

  it.each(['added', 'edited'])('leaves open what became of a case that must pass and was %s', async (how) => {
    const kase = { id: how === 'added' ? 'mars' : 'italy', vars: { question: 'What is the capital of Mars?' } }
    const line = JSON.stringify({ ...kase, expected: 'Rome', tags: ['safety'] })
    const lines = cases(20)
      .trimEnd()
      .split('\n')
      .filter((one) => JSON.parse(one).id !== kase.id)
    const extra = 'gates: { must_pass: ["tag:safety"] }\n'
    for (const broken of [false, true]) {
      llm.configure({
        answer: (context) =>
          context.prompt.includes('Mars') && !(broken && context.prompt.includes('brief'))
            ? 'Rome'
            : wrongWhen('brief', [])(context),
        faults: [],
      })
      const { set, verified } = await change(
        { 'evals/cases/capital.jsonl': `${[...lines, line].join('\n')}\n` },
        { extra },
      )
      expect(set.mustPass).toEqual([kase.id])
      expect(verified).toMatchObject({ agrees: true, differs: [] })
      expect(verified.unproven).toContain(
        `what became of ${kase.id}, which must pass: it is new or edited, and not in the record`,
      )
      expect([set.rule === 'must-pass', verified.unproven.includes('the rule must-pass: by such a case')]).toEqual([
        broken,
        broken,
      ])
    }
  })

  it('agrees when an added case got no answer: it is outside the test', async () => {
    llm.configure({
      answer: answerFor(['Italy']),
      faults: [{ kind: 'empty', when: ({ prompt }) => prompt.includes('Mars') }],
    })
    const added = { id: 'mars', vars: { question: 'What is the capital of Mars?' }, expected: 'none' }
    const { set, verified } = await change({
      'evals/capital.eval.yaml': evalFile(),
      'evals/cases/capital.jsonl': `${cases(20)}${JSON.stringify(added)}\n`,
    })
    expect(set).toMatchObject({ rule: 'fail-rerun', missing: [{ caseId: 'mars' }] })
    expect(verified).toMatchObject({ agrees: true, pairs: set.pairs })
  })
})
