// Policy and integrity through the shipped program: in a dry run, without keys, and where no eval set is selected.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { startFakeLlm } from '../fakes/llm.ts'
import { createRepository, type Files } from '../fakes/repository.ts'
import { change as changed, type Trees } from './change.ts'
import { cli, providers } from './launch.ts'
import { cases, evalFile, lastAnswer, PROMPT, project, rightAnswer, wrongWhen } from './project.ts'

async function change(base: Files, head: Files, more: Partial<Trees> = {}) {
  await using llm = await startFakeLlm({ seed: 'static', answer: rightAnswer })
  const ran = await changed(llm, { base, head, ...more })
  expect(llm.violations).toEqual([])
  return ran
}

const policy = (text: string): Files => ({ ...project({ cases: 5 }), 'parity.yaml': `policy: ${text}\n` })
const pin = (id: string): Files => ({ 'app/config.py': `MODEL = "${id}"\n` })
const dry = { args: ['--dry-run'], env: {} }
const TAUGHT = { 'prompts/capital.md': `${PROMPT}Q: What is the capital of France?\n` }

describe.concurrent('policy', () => {
  it('a denied pin that no eval set covers fails the run although none runs', async () => {
    const base = { ...policy('{ models: { deny: ["mistral/*"] } }'), ...pin('openai/gpt-4.1-2025-04-14') }
    for (const more of [{}, dry]) {
      const ran = await change(base, pin('mistral/mistral-large-2411'), more)
      expect([ran.code, ran.report?.verdict.outcome, ran.names, ran.requests.length]).toEqual([1, 'fail', [], 0])
      expect(ran.report?.verdict.headline).toContain('mistral/mistral-large-2411')
      expect(ran.report?.verdict.findings[0]).toMatchObject({
        rule: 'policy-model',
        place: { path: 'app/config.py', line: 1 },
      })
    }
  })

  it('an uncovered pin fails it, too, where the policy says so; report mode stays green', async () => {
    const base = { ...policy('{ uncovered: fail }'), ...pin('openai/gpt-4.1-2025-04-14') }
    const head = pin('openai/gpt-4.1-mini-2025-04-14')
    expect((await change(base, head, dry)).code).toBe(1)
    const ran = await change(base, head, { args: ['--dry-run', '--mode', 'report'] })
    expect([ran.code, ran.report?.verdict.outcome, ran.report?.verdict.blocks]).toEqual([0, 'fail', false])
  })

  it('an eval set in report mode does not switch the policy off', async () => {
    const files = {
      ...policy('{ forbidden_text: [falcon] }'),
      'evals/capital.eval.yaml': evalFile({ extra: 'mode: report\n' }),
    }
    const ran = await change(files, { 'prompts/capital.md': `${PROMPT}falcon\n` })
    expect([ran.code, ran.report?.evalSets[0]?.outcome]).toEqual([1, 'pass'])
    // Its own gates are shown only.
    await using llm = await startFakeLlm({
      seed: 'report',
      answer: wrongWhen('brief', ['France', 'Italy', 'Greece', 'Austria', 'Portugal']),
    })
    const shown = await changed(llm, {
      base: { ...project(), 'evals/capital.eval.yaml': evalFile({ extra: 'mode: report\n' }) },
      head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` },
    })
    expect([shown.code, shown.report?.evalSets[0]?.outcome]).toEqual([0, 'fail'])
  })

  it('a loosened policy is named and holds; a broken pattern is an error with its place', async () => {
    const base = policy('{ models: { allow: ["openai/*"] } }')
    const head = {
      'parity.yaml': 'policy: { models: { allow: ["openai/*", "mistral/*"] } }\n',
      ...pin('mistral/mistral-large-2411'),
    }
    const ran = await change(base, head, dry)
    expect([ran.code, ran.rules]).toEqual([1, expect.arrayContaining(['policy-model', 'loosened-gate'])])
    const broken = await change(base, { 'parity.yaml': 'policy:\n  forbidden_text: ["("]\n' }, dry)
    expect([broken.code, broken.report]).toEqual([2, null])
    expect(broken.stderr).toMatch(/parity\.yaml:2:\d+: .*forbidden_text/)
  })
})

describe.concurrent('integrity', () => {
  it('is found in a dry run, which stays planned, and fails where it is configured', async () => {
    const ran = await change(project({ cases: 5 }), TAUGHT, dry)
    expect([ran.code, ran.report?.verdict.outcome]).toEqual([0, 'planned'])
    expect(ran.report?.verdict.findings[0]).toMatchObject({
      rule: 'teaches-to-test',
      level: 'warn',
      evidence: ['france'],
    })
    expect(ran.files.find((one) => one.path.endsWith('comment.md'))?.text).toMatch(/^> - \*\*teaches-to-test\*\*/m)
    const strict = await change(policy('{ integrity: fail }'), TAUGHT, dry)
    expect([strict.code, strict.report?.verdict.outcome]).toEqual([1, 'fail'])
  })

  it('what a set names in vain is told although another set cannot be read', async () => {
    const base = { ...project({ cases: 5 }), 'evals/b.eval.yaml': evalFile({}).replace('scorers', 'scorrers') }
    const ran = await change(
      base,
      { 'prompts/capital.md': `${PROMPT}{{ topik }}\n` },
      { args: ['--dry-run', '--evals', 'capital'], env: {} },
    )
    const found = ran.report?.verdict.findings.filter(({ rule }) => rule === 'unset-variable') ?? []
    expect(found.map(({ message }) => message).join()).toContain('topik')
  })

  it('a limit on the scale of another tool is told where it stands', async () => {
    const base = { ...project({ cases: 5 }), 'parity.yaml': 'gates: { min_score: 0.8 }\n' }
    const ran = await change(base, { 'prompts/capital.md': `${PROMPT}Be brief.\n` }, dry)
    const found = ran.report?.verdict.findings.filter(({ message }) => message.includes('scale of 0 to 100')) ?? []
    expect(found.map(({ evalSet, place }) => [evalSet, place?.path])).toEqual([[null, 'parity.yaml']])
  })

  it('loosened gates and scorers and removed cases are listed without a call', async () => {
    const base = { ...project(), 'evals/capital.eval.yaml': evalFile({ extra: 'gates: { max_drop_points: 3 }\n' }) }
    const head = {
      ...project({ cases: 12 }),
      'evals/capital.eval.yaml': evalFile().replace('{ contains: "{{expected}}" }', '{ word-count: { max: 9 } }'),
    }
    const ran = await change(base, head, dry)
    expect([ran.code, ran.requests.length]).toEqual([0, 0])
    expect(ran.rules).toEqual(['loosened-scorer', 'loosened-gate', 'cases-changed', 'removed-cases'])
  })

  it('of a measured run they are listed once, and the last result of a removed case comes from the state', async () => {
    const gated = evalFile({ extra: 'gates: { max_drop_points: 3 }\n' })
    await using repository = await createRepository({ files: { ...project(), 'evals/capital.eval.yaml': gated } })
    await using llm = await startFakeLlm({ seed: 'state', answer: lastAnswer })
    await repository.commit(TAUGHT, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    const run = async () => {
      const ran = await cli(['run', '--format', 'json', '--base', 'origin/main'], { cwd, env: providers(llm) })
      return JSON.parse(ran.stdout) as Report
    }
    const rules = (report: Report) =>
      report.verdict.findings.map((one) => one.rule).filter((rule) => rule !== 'model-shutdown')
    expect(rules(await run())).toEqual(['teaches-to-test'])
    await writeFile(join(cwd, 'evals/cases/capital.jsonl'), cases(19))
    await writeFile(join(cwd, 'evals/capital.eval.yaml'), evalFile())
    const second = await run()
    expect(rules(second)).toEqual(['teaches-to-test', 'loosened-gate', 'removed-cases'])
    expect(second.verdict.findings.find((one) => one.rule === 'removed-cases')?.message).toContain(
      'canada (last result: passed)',
    )
  })
})
