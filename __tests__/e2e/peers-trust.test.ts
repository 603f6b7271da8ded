// Bugs that other tools of this kind shipped, each as a test of ours: secrets, names from outside, and what is shipped.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dispatchEvent, pullRequestEvent, pullRequestTargetEvent } from '../fakes/events.ts'
import { git } from '../fakes/git.ts'
import { launch } from './launch.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'
import { copyOfDist, ROOT, type Scene, stage } from './stage.ts'

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const passing: Scene = { base: project({ cases: 4 }), head: BRIEF, llm: { answer: rightAnswer } }

describe.concurrent('trust: bugs that peers shipped', () => {
  for (const proposer of ['fork', 'deleted-fork', 'dependabot'] as const) {
    it(`B12: a run without secrets (${proposer}) is planned and says why; it never claims a pass`, async () => {
      await using play = await stage({ ...passing, proposer })
      const { action, report } = await play.run()
      expect([action.code, action.outputs.verdict]).toEqual([0, 'planned'])
      expect(report?.run.plan?.calls).toBe(8)
      expect(Number(report?.run.plan?.usd)).toBeGreaterThan(0)
      expect(action.summary).toMatch(proposer === 'dependabot' ? /Dependabot/ : /fork/)
      expect(action.summary).not.toMatch(/pass(es|ed)/i)
      expect(action.outputs['comment-status']).toMatch(/^skipped-(fork|permission)$/)
      expect(play.llm.requests).toEqual([])
    })
  }

  it('B16: names of files and eval sets are data: no shell, no command of the runner, no second output', async () => {
    const path = 'prompts/$(touch pwned)`touch pwned`;touch pwned\n::error::gone\nEOF\nverdict=pass.md'
    const name = 'x\nEOF\nghadelimiter\nverdict=pass\n::set-output name=verdict::pass'
    await using play = await stage({
      ...passing,
      head: {
        ...BRIEF,
        [path]: 'A prompt.\n',
        'evals/odd.eval.yaml': evalFile().replace('capital', JSON.stringify(name)),
      },
    })
    const { action, report } = await play.run()
    expect(existsSync(join(play.workspace, 'pwned'))).toBe(false)
    expect(JSON.parse(action.outputs.changes ?? '').map((one: { path: string }) => one.path)).toContain(path)
    expect(action.outputs.verdict).toBe(report?.verdict.outcome)
    expect(action.commands.filter((one) => one.name === 'set-output')).toEqual([])
    expect(action.annotations.filter((one) => one.message.startsWith('gone'))).toEqual([])
    expect(action.problems).toEqual([])
  })

  it('B16: a branch that is called like an option of git is a branch', async () => {
    await using play = await stage(passing)
    const headRef = `--upload-pack=touch ${play.workspace}/pwned`
    const event = pullRequestEvent({ number: 7, baseSha: 'e'.repeat(40), headSha: 'd'.repeat(40), headRef })
    const { action } = await launch({ workspace: play.workspace, event })
    expect(action.code).toBe(2)
    expect(action.annotations[0]?.message).toContain('d'.repeat(12))
    expect(existsSync(join(play.workspace, 'pwned'))).toBe(false)
  })

  it('B27: the second stage runs the reviewed commit as data, and refuses when the pull request has moved', async () => {
    await using play = await stage({ ...passing, proposer: 'fork' })
    const { repository, llm, github } = play
    const defaultSha = await repository.sha('main')
    const event = dispatchEvent({ sha: defaultSha })
    const workspace = await repository.cloneFull('main')
    const inputs = { command: 'run', pr: '7', sha: play.headSha }
    const reviewed = await launch({ workspace, event, inputs, llm, github })
    expect([reviewed.report?.trust, reviewed.report?.sides.head.sha]).toEqual(['untrusted', play.headSha])
    expect([reviewed.action.code, reviewed.action.outputs.verdict]).toEqual([0, 'pass'])
    const later = await repository.commit({ 'prompts/capital.md': 'Evil.\n' }, 'After review', { branch: 'change' })
    await git(repository.bare, ['update-ref', 'refs/pull/7/head', later])
    llm.reset()
    const moved = await launch({ workspace, event, inputs, llm, github })
    expect([moved.action.code, llm.requests.length]).toEqual([2, 0])
    expect(moved.action.annotations[0]?.message).toMatch(/moved|newer|reviewed/)
  })

  it('B27: pull_request_target with keys never executes the pull request`s code', async () => {
    const trace = join(tmpdir(), `parity-pwned-${process.pid}`)
    const app = (text: string) => `import { writeFileSync } from 'node:fs'
writeFileSync(${JSON.stringify(trace)}, ${JSON.stringify(text)})
`
    const evalSet =
      'target: { command: [node, app/a.mjs] }\npaths: [app/**]\ncases: [{ vars: { q: 1 } }]\nscorers: [{ contains: x }]\n'
    await using play = await stage({
      base: { 'app/a.mjs': app('base'), 'evals/app.eval.yaml': evalSet },
      head: { 'app/a.mjs': app('head') },
      proposer: 'fork',
    })
    const defaultSha = await play.repository.sha('main')
    const facts = { number: 7, baseSha: defaultSha, headSha: play.headSha, proposer: 'fork' as const }
    const workspace = await play.repository.cloneFull('main')
    const event = pullRequestTargetEvent(facts, { defaultSha })
    const { action, report } = await launch({ workspace, event, github: play.github })
    expect(report?.trust).toBe('untrusted')
    expect(report?.notRun.map((one) => one.evalSet)).toEqual(['app'])
    expect([action.code, action.outputs.verdict]).toEqual([3, 'not-measured'])
    expect(existsSync(trace)).toBe(false)
  })
})

describe.concurrent('what is shipped: bugs that peers shipped', () => {
  it('B4, B39: dist/ alone is the whole program: no install, no source, no node_modules', async () => {
    await using copy = await copyOfDist()
    await using play = await stage(passing)
    const entry = join(copy.folder, 'dist', 'action.cjs')
    const { action, report } = await play.run({ event: { entry, metadata: join(copy.folder, 'action.yml') } })
    expect([action.code, action.outputs.verdict]).toEqual([0, 'pass'])
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    expect(report?.tool).toEqual({ version, node: expect.stringMatching(/^v?24\./) })
  })

  it('B4: a machine without git is told so', async () => {
    await using play = await stage(passing)
    const bin = await play.repository.scratch('bin')
    await symlink(process.execPath, join(bin, 'node'))
    const { action } = await play.run({ env: { PATH: bin } })
    expect(action.code).toBe(2)
    expect(action.annotations[0]?.message).toMatch(/git was not found.*Install git/)
  })

  it('B39: nothing is fetched by a floating version: no package runner in what we ship, every action pinned', () => {
    const dist = join(ROOT, 'dist')
    const code = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((one) => /\.[cm]js$/.test(one.name))
    expect(code.length).toBeGreaterThan(5)
    const floating = /\bnpx [\w@-]|["'`]npx["'`]|npm exec|\w@latest\b/
    const texts = code.map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'))
    expect(texts.flatMap((text) => text.match(floating)?.[0] ?? [])).toEqual([])
    const folders = [join(ROOT, 'docs', 'workflows'), join(ROOT, '.github', 'workflows')].filter(existsSync)
    const uses = folders.flatMap((folder) =>
      readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/uses: .*/g) ?? []),
    )
    expect(uses.length).toBeGreaterThan(5)
    expect(uses.filter((use) => !/@([0-9a-f]{40}\b|<sha>)|uses: \.\/?/.test(use))).toEqual([])
  })
})
