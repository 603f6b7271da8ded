// Bugs that other tools of this kind shipped, each as a test of ours: which two commits are compared, and whose files are read.

import { describe, expect, it } from 'vitest'
import { mergeGroupEvent, pullRequestEvent } from '../fakes/events.ts'
import { git } from '../fakes/git.ts'
import { startFakeLlm } from '../fakes/llm.ts'
import { createRepository } from '../fakes/repository.ts'
import { cli, launch } from './launch.ts'
import { evalFile, PROMPT, project, rightAnswer, wrongWhen } from './project.ts'
import { stage } from './stage.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const DRY = { 'dry-run': 'true' }
const few = (options = {}) => project({ cases: 4, ...options })

describe.concurrent('sides: bugs that peers shipped', () => {
  it('B1: a full clone stays full, and other people`s files are not in the change', async () => {
    await using play = await stage({ base: few(), head: BRIEF, baseMovesOn: { 'prompts/other.md': 'Not ours.\n' } })
    const { report } = await play.run({ inputs: DRY })
    expect(report?.changes.map((change) => change.path)).toEqual(['prompts/capital.md'])
    expect(await git(play.workspace, ['rev-parse', '--is-shallow-repository'])).toBe('false')
    expect(await git(play.workspace, ['merge-base', 'origin/main', play.headSha])).toBe(report?.sides.base?.sha)
  })

  it('B2: a base that only origin has is found; one that is nowhere is an error and no pass', async () => {
    await using repository = await createRepository({ files: few() })
    await repository.commit(BRIEF, 'Change', { branch: 'change' })
    const cwd = await repository.cloneFull('change')
    await git(cwd, ['branch', '--quiet', '-D', 'main'])
    const found = await cli(['run', '--base', 'main', '--dry-run', '--format', 'json'], { cwd })
    expect(JSON.parse(found.stdout).sides.base.sha).toBe(await repository.sha('main'))
    const lost = await cli(['run', '--base', 'mian', '--dry-run'], { cwd })
    expect([lost.code, lost.stdout]).toEqual([2, ''])
  })

  it('B2: an eval set that cannot be read on the base is no silent pass', async () => {
    await using play = await stage({
      base: { ...few(), 'evals/capital.eval.yaml': 'name: capital\ntargett: {}\n' },
      head: { ...BRIEF, 'evals/capital.eval.yaml': evalFile() },
      llm: { answer: rightAnswer },
    })
    const { report } = await play.run()
    const findings = report?.verdict.findings.map((one) => one.rule)
    expect(findings).toContain('no-base')
    expect(report?.verdict.headline).not.toMatch(/no case|parity/i)
  })

  it('B3: the application of the base is imported, started and fed from the base`s own files', async () => {
    const app = `import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { style } from './style.mjs'
for await (const line of createInterface({ input: process.stdin })) {
  const { id, vars } = JSON.parse(line)
  const output = [style, readFileSync('prompts/tone.txt', 'utf8').trim(), vars.question].join(' / ')
  console.log('PARITY ' + JSON.stringify({ id, output }))
}
`
    const evalSet = `target: { command: [node, app/answer.mjs] }
paths: [app/**, prompts/**]
cases: [{ id: one, vars: { question: Q1 } }, { id: two, vars: { question: Q2 } }]
scorers: [{ contains: "old module / old file" }]
`
    await using play = await stage({
      base: {
        'app/answer.mjs': app,
        'app/style.mjs': "export const style = 'old module'\n",
        'prompts/tone.txt': 'old file\n',
        'evals/app.eval.yaml': evalSet,
      },
      head: { 'app/style.mjs': "export const style = 'new module'\n", 'prompts/tone.txt': 'new file\n' },
    })
    const { report, action } = await play.run()
    expect(action.code).toBe(1)
    const [flip] = report?.evalSets[0]?.flips.filter((one) => one.caseId === 'one') ?? []
    expect([flip?.base, flip?.head]).toEqual(['old module / old file / Q1', 'new module / new file / Q1'])
  })

  it('B6: the base is the merge base, not the payload`s stale base.sha', async () => {
    await using play = await stage({ base: few(), head: BRIEF })
    const { repository } = play
    // The pull request was opened long before its branch was brought up to date with a base that changed another prompt.
    const stale = await repository.sha('main')
    const other = await repository.commit({ 'prompts/other.md': 'Not ours.\n' }, 'Meanwhile', { branch: 'main' })
    const headSha = await repository.commit({ 'prompts/capital.md': `${PROMPT}Be short.\n` }, 'Rebased', {
      branch: 'rebased',
      from: other,
    })
    await git(repository.bare, ['update-ref', 'refs/pull/7/head', headSha])
    const workspace = await repository.cloneFull('rebased')
    const event = pullRequestEvent({ number: 7, baseSha: stale, headSha, headRef: 'rebased' })
    const { report } = await launch({ workspace, event, inputs: { ...DRY, comment: 'never' } })
    expect(report?.sides).toEqual({ base: { ref: 'main', sha: other }, head: { ref: 'rebased', sha: headSha } })
    expect(report?.changes.map((change) => change.path)).toEqual(['prompts/capital.md'])
  })

  it('B7: a fork is told by the names of the repositories, not by the flag that a fork has in its own pull requests', async () => {
    await using play = await stage({ base: few(), head: BRIEF, llm: { answer: rightAnswer } })
    const mergeSha = await play.repository.sha('refs/pull/7/merge')
    const facts = { number: 7, baseSha: await play.repository.sha('main'), headSha: play.headSha, mergeSha }
    const payloadOf = (proposer: 'own' | 'fork' | 'deleted-fork', fork: boolean) => {
      const text = JSON.stringify(pullRequestEvent({ ...facts, proposer }).payload)
      return JSON.parse(text.replaceAll(/"fork":(true|false)/g, `"fork":${fork}`))
    }
    const inside = await play.run({ event: { payload: payloadOf('own', true) } })
    expect([inside.report?.trust, inside.report?.verdict.outcome]).toEqual(['trusted', 'pass'])
    for (const proposer of ['fork', 'deleted-fork'] as const) {
      const outside = await play.run({ event: { payload: payloadOf(proposer, false) } })
      expect([outside.report?.trust, outside.report?.verdict.outcome]).toEqual(['untrusted', 'planned'])
    }
  })

  it('B15: the report is about the branch head, not about the merge commit in GITHUB_SHA', async () => {
    // The merge result holds the base's newer case file; the branch head does not.
    await using play = await stage({
      base: few(),
      head: BRIEF,
      baseMovesOn: { 'evals/cases/capital.jsonl': few({ cases: 9 })['evals/cases/capital.jsonl'] ?? '' },
      llm: { answer: rightAnswer },
    })
    const { report } = await play.run()
    expect(report?.sides.head.sha).toBe(play.headSha)
    expect(report?.sides.head.sha).not.toBe(await play.repository.sha('refs/pull/7/merge'))
    expect(report?.evalSets[0]?.cases.paired).toBe(4)
  })

  it('B29: a merge group without a pull request is measured on its own pair and comments nowhere', async () => {
    await using play = await stage({
      base: project(),
      head: BRIEF,
      llm: { answer: wrongWhen('Be brief', ['France', 'Japan', 'Kenya', 'Peru', 'Cuba']) },
    })
    const queued = await play.repository.merge('main', 'change', 'refs/heads/gh-readonly-queue/main/pr-7')
    const baseSha = await play.repository.sha('main')
    const { permissions: _, secrets: __, ...event } = mergeGroupEvent({ baseSha, headSha: queued ?? '' })
    const workspace = await play.repository.cloneShallow(1, queued ?? '')
    const { action, report } = await launch({ ...{ workspace, event }, llm: play.llm, github: play.github })
    expect([report?.sides.base?.sha, report?.sides.head.sha]).toEqual([baseSha, queued])
    expect([action.code, action.outputs['comment-status']]).toEqual([1, 'off'])
    expect(play.github.state.writes).toEqual([])
  })

  it('B30: taking the gate away does not turn it off for the change that does it', async () => {
    const gated = (limit: number) => evalFile({ extra: `gates: { max_drop_points: ${limit} }\n` })
    await using play = await stage({
      base: { ...project(), 'evals/capital.eval.yaml': gated(5) },
      head: { ...BRIEF, 'evals/capital.eval.yaml': gated(100) },
      llm: { answer: wrongWhen('Be brief', ['France', 'Japan', 'Kenya', 'Peru', 'Cuba']) },
    })
    const { action, report } = await play.run()
    expect(action.code).toBe(1)
    expect(report?.verdict.findings.map((one) => one.rule)).toEqual(
      expect.arrayContaining(['score-drop', 'loosened-gate']),
    )
  })

  it('B30: an eval set that is removed together with a prompt change is named, and the prompt is uncovered', async () => {
    await using play = await stage({ base: few(), head: { ...BRIEF, 'evals/capital.eval.yaml': null } })
    const { report } = await play.run()
    expect(report?.notRun.map((one) => one.evalSet)).toEqual(['capital'])
    expect(report?.uncovered.map((one) => one.path)).toEqual(['prompts/capital.md'])
    expect(report?.verdict.findings.map((one) => one.rule)).toContain('uncovered')
  })
})

it('B6: a provider is asked with the merge base`s prompt, whatever the base branch says now', async () => {
  await using llm = await startFakeLlm({ answer: rightAnswer })
  await using repository = await createRepository({ files: few() })
  const baseSha = await repository.sha('main')
  await repository.commit(BRIEF, 'Change', { branch: 'change', from: baseSha })
  await repository.commit({ 'prompts/capital.md': 'A third prompt.\n' }, 'Meanwhile', { branch: 'main' })
  await git(repository.bare, ['update-ref', 'refs/pull/7/head', await repository.sha('change')])
  const workspace = await repository.cloneFull('change')
  const event = pullRequestEvent({ number: 7, baseSha, headSha: await repository.sha('change') })
  await launch({ workspace, event, llm, inputs: { comment: 'never' } })
  expect(llm.requests.length).toBeGreaterThan(4)
  expect(llm.requests.filter((one) => one.prompt?.includes('third'))).toEqual([])
  expect(llm.requests.filter((one) => one.prompt?.includes('Be brief')).length).toBe(llm.requests.length / 2)
})
