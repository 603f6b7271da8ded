// Bugs that other tools of this kind shipped, each as a test of ours: the comment, and that it never decides anything.

import { describe, expect, it } from 'vitest'
import { commentMarker } from '../../src/report/escape.ts'
import { git } from '../fakes/git.ts'
import { evalFile, PROMPT, project, rightAnswer, wrongWhen } from './project.ts'
import { type Scene, stage } from './stage.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const MARKER = commentMarker('parity.yaml')
const BROKEN = ['France', 'Japan', 'Kenya', 'Peru', 'Cuba', 'Ghana']

const passing: Scene = { base: project({ cases: 4 }), head: BRIEF, llm: { answer: rightAnswer } }
const failing: Scene = { base: project(), head: BRIEF, llm: { answer: wrongWhen('Be brief', BROKEN) } }

describe.concurrent('comment: bugs that peers shipped', () => {
  it('B9: an older comment is found behind more than a page of others, and updated', async () => {
    const chatter = Array.from({ length: 130 }, (_, i) => ({ issue: 7, body: `remark ${i}`, author: 'ada' }))
    const old = { issue: 7, body: `${MARKER}\nold` }
    await using play = await stage({ ...passing, github: { comments: [...chatter, old] } })
    const { action, comments } = await play.run()
    expect(action.outputs['comment-status']).toBe('updated')
    expect(comments().filter((body) => body.startsWith(MARKER))).toHaveLength(1)
    expect(comments()).toHaveLength(131)
    expect(comments().at(-1)).toContain('Passes')
    expect(play.github.violations).toEqual([])
  })

  it('B10: a marker in somebody else`s comment, or quoted, is not ours', async () => {
    const foreign = [
      { issue: 7, body: `${MARKER}\nlooks like ours`, author: 'mallory' },
      { issue: 7, body: `> ${MARKER}\n> quoted`, author: 'ada' },
      { issue: 7, body: `A bot of the same name said ${MARKER}` },
    ]
    await using play = await stage({ ...passing, github: { comments: foreign } })
    const { action, comments } = await play.run()
    expect(action.outputs['comment-status']).toBe('created')
    expect(comments().slice(0, 3)).toEqual(foreign.map((one) => one.body))
    const again = await play.run()
    expect(again.action.outputs['comment-status']).toBe('updated')
    expect(again.comments()).toHaveLength(4)
  })

  it('B11: a red check comments: that is when it is needed', async () => {
    await using play = await stage(failing)
    const { action, comments } = await play.run()
    expect([action.code, action.outputs['comment-status']]).toEqual([1, 'created'])
    expect(comments()[0]).toMatch(/### ✗ Fails/)
  })

  it('B11: a run that could not measure comments, too', async () => {
    await using play = await stage({ ...passing, llm: { faults: [{ kind: 'invalid-key' }] } })
    const { action, comments } = await play.run()
    expect([action.code, action.outputs['comment-status']]).toEqual([3, 'created'])
    expect(comments()[0]).toMatch(/not measured/i)
  })

  it('B23: a huge report stays below GitHub`s limit in bytes and keeps its verdict', async () => {
    const base = {
      ...project({ cases: 120 }),
      'evals/capital.eval.yaml': evalFile().replace('max_tokens: 50', 'max_tokens: 900'),
    }
    const long = (text: string) => `${text} ${'語り部の長い話。'.repeat(400)}`
    await using play = await stage({
      base,
      head: BRIEF,
      llm: {
        validate: 'shapes',
        answer: (context) =>
          context.prompt.includes('Be brief') ? long('No idea.') : `${rightAnswer(context)} ${long('')}`,
      },
    })
    const { action, comments, report } = await play.run()
    expect(action.outputs['comment-status']).toBe('created')
    const [body = ''] = comments()
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60_000)
    expect(Buffer.byteLength(body)).toBeGreaterThan(10_000)
    expect(report?.evalSets[0]?.flips.filter((flip) => flip.kind === 'broken').length).toBeGreaterThan(50)
    expect(body).toMatch(/✗ Fails: \d+ of 120 cases broke/)
    expect(body).toContain('/actions/runs/7000000001')
    expect(Buffer.byteLength(action.summary)).toBeLessThan(1024 * 1024)
    expect(action.problems).toEqual([])
  })

  it('B24: legs of a matrix do not overwrite each other: shards post nothing, configurations have their own', async () => {
    const configs = { 'ci/a.yaml': 'mode: enforce\n', 'ci/b.yaml': 'mode: report\n' }
    await using play = await stage({ ...passing, base: { ...passing.base, ...configs } })
    const shard = await play.run({ inputs: { shard: '1/2' } })
    expect([shard.action.outputs['comment-status'], shard.comments()]).toEqual(['off', []])
    for (const config of ['ci/a.yaml', 'ci/b.yaml', 'ci/a.yaml']) await play.run({ inputs: { config } })
    const bodies = play.github.state.comments.map((one) => one.body.split('\n')[0])
    expect(bodies).toEqual([commentMarker('ci/a.yaml'), commentMarker('ci/b.yaml')])
  })

  it('B25: a run of an older commit does not overwrite the newer head`s comment', async () => {
    await using play = await stage({
      ...passing,
      github: { comments: [{ issue: 7, body: `${MARKER}\nof the newer head` }] },
    })
    const { repository } = play
    const newer = await repository.commit({ 'prompts/capital.md': `${PROMPT}Newer.\n` }, 'Newer', { branch: 'change' })
    await git(repository.bare, ['update-ref', 'refs/pull/7/head', newer])
    const { action, report, comments } = await play.run()
    expect(report?.sides.head.sha).toBe(play.headSha)
    expect(action.outputs['comment-status']).toBe('unchanged')
    expect(comments()).toEqual([`${MARKER}\nof the newer head`])
    expect(play.github.state.writes).toEqual([])
  })

  it('B26: a token that may not comment changes neither verdict nor exit code, and is said', async () => {
    await using play = await stage({ ...passing, permissions: { pull_requests: 'read', issues: 'read' } })
    const { action } = await play.run()
    expect([action.code, action.conclusion, action.outputs.verdict]).toEqual([0, 'success', 'pass'])
    expect(action.outputs['comment-status']).toBe('skipped-permission')
    expect(action.annotations.find((one) => one.level === 'notice')?.message).toMatch(/pull.requests/)
    expect(action.summary).toContain('Passes')
  })

  it('B26: GitHub being down changes a red verdict as little', async () => {
    await using play = await stage({
      ...failing,
      github: { faults: [{ operation: 'issues/create-comment', kind: 'status', status: 502, times: 99 }] },
    })
    const { action, comments } = await play.run()
    expect([action.code, action.outputs.verdict, comments()]).toEqual([1, 'fail', []])
    expect(action.outputs['comment-status']).toBe('failed')
  })

  it('B41: secrets and personal data in an answer reach neither comment nor summary nor log nor report', async () => {
    const secrets = ['sk-test-0123456789abcdef', 'jane.doe@example.org', `ghp_${'a1B2'.repeat(9)}`, 'ACME-123456']
    await using play = await stage({
      ...failing,
      base: { ...project(), 'parity.yaml': 'redact: ["ACME-\\\\d{6}"]\n' },
      llm: {
        answer: (context) =>
          context.prompt.includes('Be brief') ? `My key: ${secrets.join(' and ')} ok` : rightAnswer(context),
      },
    })
    const { action, file, comments } = await play.run()
    const names = ['report.json', 'report.html', 'summary.md', 'junit.xml', 'calls.jsonl', 'record.jsonl']
    const shown = [...comments(), action.summary, action.stdout, action.stderr, ...(await Promise.all(names.map(file)))]
    expect(comments()[0]).toContain('My key')
    for (const secret of secrets) expect(shown.filter((text) => text.includes(secret))).toEqual([])
  })

  it('B41: with numbers-only no model text leaves the runner', async () => {
    await using play = await stage({
      ...failing,
      base: { ...project(), 'parity.yaml': 'comment: { outputs: numbers-only }\n' },
    })
    const { action, file, comments } = await play.run()
    expect(action.code).toBe(1)
    const files = ['report.json', 'report.html', 'summary.md', 'junit.xml', 'calls.jsonl'].map(file)
    const shown = [...comments(), action.summary, action.stdout, ...(await Promise.all(files))]
    expect(shown.filter((text) => text.includes('depends on whom'))).toEqual([])
    expect(comments()[0]).toContain('france')
  })

  it('B43: report mode shows the failure and exits 0', async () => {
    await using play = await stage({ ...failing, inputs: { mode: 'report' } })
    const { action, report } = await play.run()
    expect([action.code, action.conclusion, action.outputs.verdict]).toEqual([0, 'success', 'fail'])
    expect(report?.verdict.blocks).toBe(false)
  })
})
