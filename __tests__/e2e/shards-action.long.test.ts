// The action as the jobs of a matrix workflow start it: shards, the job that joins them, and a job that only posts.

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { workflowRunEvent } from '../fakes/events.ts'
import { git } from '../fakes/git.ts'
import { launch } from './launch.ts'
import { PROMPT, project, rightAnswer, wrongWhen } from './project.ts'
import { type Scene, type Stage, stage } from './stage.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const BROKEN = ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana']
const failing: Scene = { base: project(), head: BRIEF, llm: { answer: wrongWhen('Be brief', BROKEN) } }
const passing: Scene = { base: project(), head: BRIEF, llm: { answer: rightAnswer } }

const legs = async (play: Stage, of: number, indexes = Array.from({ length: of }, (_, i) => i + 1)) => {
  const folder = (index: number) => `.parity/report/shard-${index}`
  const ran = []
  for (const index of indexes)
    ran.push(await play.run({ inputs: { shard: `${index}/${of}`, 'report-dir': folder(index) } }))
  return ran
}

describe('a matrix of the action', () => {
  it('posts one comment, from the merge, and gives its outputs', async () => {
    await using play = await stage(failing)
    const ran = await legs(play, 3)
    expect(ran.map(({ action }) => [action.code, action.outputs.verdict, action.outputs['comment-status']])).toEqual(
      Array.from({ length: 3 }, () => [0, 'inconclusive', 'off']),
    )
    expect(ran[0]?.action.summary).toContain('One shard of the run')
    expect(play.github.state.comments).toHaveLength(0)
    // The matrix's input may be set for the merge, too.
    const merged = await play.run({ inputs: { command: 'merge', shard: '1/3' } })
    expect(merged.action.problems).toEqual([])
    expect([merged.action.code, merged.action.outputs.verdict, merged.action.outputs['comment-status']]).toEqual([
      ...[1, 'fail', 'created'],
    ])
    expect(JSON.parse(merged.action.outputs['failed-evals'] ?? '')).toEqual(['capital'])
    expect(merged.comments()[0]).toMatch(/### ✗ Fails: 6 of 20 cases broke/)
    expect(merged.action.summary).toContain('6 of 20 cases broke')
    expect(play.github.violations).toEqual([])
    const whole = await play.run({ inputs: { 'report-dir': 'elsewhere', 'state-dir': 'elsewhere-state' } })
    expect(merged.report?.verdict).toEqual(
      JSON.parse(await readFile(join(play.workspace, 'elsewhere/report.json'), 'utf8')).verdict,
    )
    expect(whole.action.code).toBe(1)
  })

  it('joins them in the mode and under the cap that the legs had', async () => {
    await using play = await stage(failing)
    for (const index of [1, 2]) {
      const own = { shard: `${index}/2`, 'report-dir': `.parity/report/shard-${index}` }
      await play.run({ inputs: { ...own, mode: 'report', 'max-usd': '0.5' } })
    }
    const merged = await play.run({ inputs: { command: 'merge' } })
    expect([merged.action.code, merged.action.outputs.verdict, merged.report?.run.spendCap]).toEqual([0, 'fail', '0.5'])
  })

  it('says on the pull request that a shard is missing', async () => {
    await using play = await stage(passing)
    await legs(play, 2, [2])
    const merged = await play.run({ inputs: { command: 'merge' } })
    expect([merged.action.code, merged.action.outputs.verdict, merged.action.outputs['comment-status']]).toEqual([
      ...[3, 'not-measured', 'created'],
    ])
    expect(merged.comments()[0]).toContain('shard 1/2 is missing')
  })

  it('of a fork without keys is planned and green', async () => {
    await using play = await stage({
      ...passing,
      proposer: 'fork',
      permissions: { pull_requests: 'read', issues: 'read' },
    })
    const ran = await legs(play, 2)
    expect(ran.map(({ action }) => [action.code, action.outputs.verdict])).toEqual([
      [0, 'planned'],
      [0, 'planned'],
    ])
    const merged = await play.run({ inputs: { command: 'merge' } })
    expect([merged.action.code, merged.action.outputs.verdict, merged.action.outputs['comment-status']]).toEqual([
      ...[0, 'planned', 'skipped-fork'],
    ])
  })

  it('without a report to join ends with what to do', async () => {
    await using play = await stage(passing)
    const merged = await play.run({ inputs: { command: 'merge' } })
    expect(merged.action.code).toBe(2)
    expect(merged.action.stdout).toContain('is no folder')
  })
})

/** The job of a `workflow_run`: no checkout of the pull request, the report of its run downloaded. */
async function publish(
  play: Stage,
  change: {
    readonly sha?: string
    readonly spoil?: (report: Record<string, unknown>) => unknown
    readonly proposer?: 'own' | 'fork'
  } = {},
) {
  // No checkout at all.
  const workspace = await mkdtemp(join(tmpdir(), 'parity-publish-'))
  onTestFinished(() => rm(workspace, { recursive: true, force: true }))
  const from = join(play.workspace, '.parity', 'report')
  const to = join(workspace, '.parity', 'report', 'prompt-parity-report')
  await mkdir(to, { recursive: true })
  await cp(from, to, { recursive: true })
  const path = join(to, 'report.json')
  const report = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify(change.spoil?.(report) ?? report))
  const facts = {
    number: 7,
    baseSha: await play.repository.sha('main'),
    headSha: change.sha ?? play.headSha,
    proposer: change.proposer ?? 'own',
  }
  const { permissions: _, secrets: __, ...event } = workflowRunEvent(facts, { defaultSha: facts.baseSha })
  return launch({ workspace, event, github: play.github, inputs: { command: 'publish' } })
}

describe('publish', () => {
  for (const proposer of ['own', 'fork'] as const)
    it(`posts comment and summary of another job's report (${proposer})`, async () => {
      await using play = await stage(failing)
      await play.run({ inputs: { comment: 'never' } })
      const { action } = await publish(play, { proposer })
      expect([action.code, action.outputs['comment-status'], action.outputs.verdict]).toEqual([0, 'created', 'fail'])
      const [comment] = play.github.state.comments
      expect(comment?.body).toBe(await readFile(join(play.workspace, '.parity/report/comment.md'), 'utf8'))
      expect(action.summary).toContain('6 of 20 cases broke')
      expect((await publish(play, { proposer })).action.outputs['comment-status']).toBe('unchanged')
      expect(play.github.violations).toEqual([])
    })

  it('posts nothing of an older head, or of another one than the run that started it', async () => {
    await using play = await stage(passing)
    await play.run({ inputs: { comment: 'never' } })
    const other = await publish(play, { sha: 'a'.repeat(40) })
    expect([other.action.outputs['comment-status'], play.github.state.comments]).toEqual(['off', []])
    expect(other.action.annotations.map((one) => one.message).join()).toContain('The report is about')
    const newer = await play.repository.commit({ 'prompts/capital.md': 'Newer.\n' }, 'Newer', { branch: 'change' })
    await git(play.repository.bare, ['update-ref', 'refs/pull/7/head', newer])
    const { action } = await publish(play)
    expect([action.outputs['comment-status'], play.github.state.comments]).toEqual(['unchanged', []])
  })

  it('does not let a report choose another pull request', async () => {
    await using play = await stage({
      ...passing,
      github: {
        pulls: [
          { number: 7, baseSha: '' },
          { number: 8, baseSha: '' },
        ],
      } as never,
    })
    await play.run({ inputs: { comment: 'never' } })
    const spoil = (report: Record<string, unknown>) => ({
      ...report,
      provenance: { ...(report.provenance as object), pr: 8 },
    })
    await publish(play, { spoil })
    expect(play.github.state.comments.every((one) => one.issue === 7)).toBe(true)
  })

  it.each([
    ['no object', () => 'x'],
    ['another schema', (report: object) => ({ ...report, schema: 'x' })],
    ['eval sets that are none', (report: object) => ({ ...report, evalSets: [{}] })],
    [
      'a headline that is no text',
      (report: object) => ({ ...report, verdict: { outcome: 'pass', blocks: false, headline: {}, findings: [] } }),
    ],
  ])('refuses a report with %s', async (_name, spoil) => {
    await using play = await stage(passing)
    await play.run({ inputs: { comment: 'never' } })
    const { action } = await publish(play, { spoil })
    expect(action.code).toBe(2)
    expect(action.stdout).toContain('no report that can be shown')
    expect(play.github.state.comments).toEqual([])
  })
})
