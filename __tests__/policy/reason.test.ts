// `policy.reason: required`: who says why, where, and what it costs (nothing).

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { cli } from '../commands/cli.ts'
import { PROMPT, project } from '../e2e/project.ts'
import { git } from '../fakes/git.ts'
import { createRepository, type Files } from '../fakes/repository.ts'

const REQUIRED = 'policy: { reason: required, uncovered: ignore }\n'
const brief = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const loose = { 'app/p.py': 'SYSTEM = "You are a helpful assistant. Answer in one sentence."\n' }
const edited = { 'app/p.py': 'SYSTEM = "You are a helpful assistant. Answer in two sentences."\n' }

async function reasons(cwd: string, args: readonly string[] = ['--base', 'origin/main', '--head', 'HEAD']) {
  const { code, stdout, stderr } = await cli(cwd, ['run', '--dry-run', '--format', 'json', ...args])
  if (stdout === '') throw new Error(stderr)
  const report: Report = JSON.parse(stdout)
  return { code, findings: report.verdict.findings.filter((one) => one.rule === 'policy-reason') }
}

async function change(head: Files, message: string, options: { config?: string; more?: Files } = {}) {
  const base = { ...project(), ...loose, 'parity.yaml': options.config ?? REQUIRED, ...options.more }
  await using repository = await createRepository({ files: base })
  await repository.commit(head, message, { branch: 'change' })
  return await reasons(await repository.cloneFull('change'))
}

describe('a commit message', () => {
  it('without a reason fails the check in a dry run, with the path and the remedy', async () => {
    const { code, findings } = await change(brief, 'shorter')
    expect(code).toBe(1)
    expect(findings).toEqual([
      expect.objectContaining({ level: 'fail', value: 'prompts/capital.md', threshold: 'reason: required' }),
    ])
    expect(findings[0]?.message).toBe('The change of prompts/capital.md gives no reason.')
    expect(findings[0]?.remedy).toContain('Prompt-reason:')
  })

  it.each([
    ['a line', 'shorter\n\nPrompt-reason: customers asked', 0],
    ['in another case, indented', 'shorter\n\n  * prompt\n  PROMPT-REASON: customers asked\n', 0],
    ['as the subject', 'Prompt-reason: customers asked', 0],
    ['with Windows line ends', 'shorter\r\n\r\nPrompt-reason: customers asked\r\n', 0],
    ['nothing behind it', 'shorter\n\nPrompt-reason:\n', 1],
    ['dots only', 'shorter\n\nPrompt-reason: ...\n', 1],
    ['within a sentence', 'shorter\n\nThere is no Prompt-reason: here\n', 1],
  ])('%s', async (_, message, failing) => {
    expect((await change(brief, message)).findings).toHaveLength(failing)
  })

  it('of an earlier commit of the branch counts, one of the base does not', async () => {
    await using repository = await createRepository({
      files: { ...project(), 'parity.yaml': REQUIRED },
      message: 'first\n\nPrompt-reason: old',
    })
    await repository.commit(brief, 'shorter', { branch: 'change' })
    expect((await reasons(await repository.cloneFull('change'))).findings).toHaveLength(1)
    await repository.commit({ 'x.txt': 'x' }, 'why\n\nPrompt-reason: customers asked')
    expect((await reasons(await repository.cloneFull('change'))).findings).toEqual([])
  })
})

describe('front matter', () => {
  const dotprompt = (reason: string, body: string) => `---\nmodel: openai/gpt-4.1-2025-04-14\n${reason}---\n${body}`
  const at = (text: string) => ({ 'prompts/a.prompt': text })
  const before = at(dotprompt('reason: first draft\n', 'You are a helpful assistant.\n'))

  const head = (reason: string) => at(dotprompt(reason, 'You are a brief assistant.\n'))

  it.each([
    ['a new one is enough', 'reason: legal asked\n', 0],
    ['that of the base is none', 'reason: first draft\n', 1],
    ['an empty one is none', 'reason: ""\n', 1],
  ])('%s', async (_, reason, failing) => {
    expect((await change(head(reason), 'x', { more: before })).findings).toHaveLength(failing)
  })

  it('says nothing of another prompt', async () => {
    const { findings } = await change({ ...head('reason: legal asked\n'), ...brief }, 'x', { more: before })
    expect(findings.map((one) => one.value)).toEqual(['prompts/capital.md'])
  })

  it('of a working tree counts, and so do the commits that are already made', async () => {
    await using repository = await createRepository({ files: { ...project(), ...before, 'parity.yaml': REQUIRED } })
    const cwd = await repository.cloneFull()
    const path = join(cwd, 'prompts/a.prompt')
    writeFileSync(path, dotprompt('reason: first draft\n', 'You are a brief assistant.\n'))
    expect((await reasons(cwd, [])).findings).toHaveLength(1)
    writeFileSync(path, dotprompt('reason: legal asked\n', 'You are a brief assistant.\n'))
    expect((await reasons(cwd, [])).findings).toEqual([])
    writeFileSync(path, dotprompt('reason: first draft\n', 'You are a brief assistant.\n'))
    await git(cwd, ['commit', '--quiet', '-am', 'x\n\nPrompt-reason: legal asked'])
    expect((await reasons(cwd, [])).findings).toEqual([])
  })
})

describe('what needs no reason', () => {
  it('nothing, when it is optional', async () => {
    expect((await change(brief, 'x', { config: 'policy: { reason: optional }\n' })).findings).toEqual([])
  })
  it('a pin, a comment, other code', async () => {
    const pin = {
      'evals/capital.eval.yaml': project({ model: 'openai/gpt-4.1-mini-2025-04-14' })['evals/capital.eval.yaml'] ?? '',
    }
    const comment = { 'prompts/capital.md': `{# ours #}${PROMPT}` }
    expect((await change({ ...pin, ...comment, 'app/p.py': `# x\n${loose['app/p.py']}` }, 'x')).findings).toEqual([])
  })
  it('a constant, an added and a deleted prompt do need one', async () => {
    const files = { ...edited, 'prompts/new.md': 'You translate.\n', 'prompts/old.md': null }
    const { findings } = await change(files, 'x', { more: { 'prompts/old.md': 'You summarise.\n' } })
    expect(findings.map((one) => one.value).sort()).toEqual(['app/p.py#SYSTEM', 'prompts/new.md', 'prompts/old.md'])
  })
  it('a change cannot free itself of the rule', async () => {
    expect((await change({ ...brief, 'parity.yaml': 'mode: enforce\n' }, 'x')).findings).toHaveLength(1)
  })
})
