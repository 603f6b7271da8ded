// Which commits are versions, and what is known of each.

import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { detected } from '../detect/changes.ts'
import { git, gitEnvironment } from '../fakes/git.ts'
import { createRepository } from '../fakes/repository.ts'
import { logOf, rows } from './history.ts'

const ONE = 'You are a helpful assistant for the shop.\nAnswer in one sentence.\n'
const TWO = `${ONE}Never promise a refund.\n`
const THREE = `${TWO}Be kind.\n`

const python = (system: string, more = '') => `import os\n\nSYSTEM = """${system}"""\n\n${more}`

describe('a prompt file', () => {
  it('has one version for each commit that changes what it says, newest first', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE }, message: 'first' })
    await repository.commit({ 'README.md': 'x' }, 'other file')
    await repository.commit({ 'prompts/a.md': TWO }, 'no refunds')
    await repository.commit({ 'prompts/a.md': TWO.replaceAll('\n', '\n\n') }, 'spacing')
    await repository.commit({ 'prompts/a.md': TWO.replaceAll('\n', '\r\n') }, 'line ends of Windows')
    await repository.commit({ 'prompts/a.md': `{# for the team #}\n${TWO}` }, 'a comment')
    const log = await logOf(repository, 'prompts/a.md')
    expect(rows(log)).toEqual(['changed no refunds', 'created first'])
    expect(log).toMatchObject({ more: false, uncommitted: null, shallow: null })
  })

  it('has the hashes that detect prints', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE } })
    await repository.commit({ 'prompts/a.md': TWO })
    const log = await logOf(repository, 'prompts/a.md')
    const { changes } = await detected({ 'prompts/a.md': [ONE, TWO] })
    expect(changes[0]?.to).toMatch(/^[0-9a-f]{12}$/)
    expect(log.versions.map((one) => one.hash)).toEqual([changes[0]?.to, changes[0]?.from])
  })

  it('is followed through renames, and the way back names where it was', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': THREE }, message: 'first' })
    await repository.commit({ 'lib/b c.md': { renamedFrom: 'prompts/a.md' } }, 'moved')
    await repository.commit({ 'lib/b c.md': `${THREE}Use English.\n` }, 'English')
    await repository.commit(
      { 'lib/ünïcode’s.md': { renamedFrom: 'lib/b c.md' }, 'lib/b c.md': null, 'x.txt': 'x' },
      'moved again',
    )
    const root = await repository.cloneFull()
    const log = await logOf(repository, 'lib/ünïcode’s.md', { root })
    expect(rows(log)).toEqual(['changed English', 'created first'])
    expect(log.versions.map((one) => one.path)).toEqual(['lib/b c.md', 'prompts/a.md'])
    const back = log.versions.at(-1)?.back ?? ''
    const ran = spawnSync('sh', ['-c', back], { cwd: root, env: gitEnvironment() })
    expect(ran.status).toBe(0)
    expect(readFileSync(join(root, 'lib/ünïcode’s.md'), 'utf8')).toBe(THREE)
  })

  it('has a way back that makes its folder again, when that is gone, too', async () => {
    await using repository = await createRepository({ files: { 'a/p.md': THREE, 'x.txt': '' }, message: 'first' })
    await repository.commit({ 'b c/p.md': { renamedFrom: 'a/p.md' } }, 'moved')
    await repository.commit({ 'b c/p.md': null }, 'gone')
    const root = await repository.cloneFull()
    const log = await logOf(repository, 'b c/p.md', { root })
    expect(rows(log)).toEqual(['deleted gone', 'created first'])
    const ran = spawnSync('sh', ['-c', log.versions.at(-1)?.back ?? ''], { cwd: root, env: gitEnvironment() })
    expect([ran.status, String(ran.stderr)]).toEqual([0, ''])
    expect(readFileSync(join(root, 'b c/p.md'), 'utf8')).toBe(THREE)
  })

  it('may have a backslash in its name, which elsewhere is how a folder is written', async () => {
    await using repository = await createRepository({ files: { 'a\\b.md': ONE, 'c/d.md': TWO }, message: 'first' })
    expect((await logOf(repository, 'a\\b.md')).prompt.path).toBe('a\\b.md')
    expect((await logOf(repository, 'c\\d.md')).prompt.path).toBe('c/d.md')
  })

  it('a rename with an edit is one version', async () => {
    const long = `${THREE}${'Say what you know and nothing else.\n'.repeat(20)}`
    await using repository = await createRepository({ files: { 'a.prompt.md': long }, message: 'first' })
    await repository.commit({ 'b.prompt.md': { renamedFrom: 'a.prompt.md' } }, 'plain rename')
    await repository.commit({ 'b.prompt.md': null, 'c.prompt.md': `${long}Be brief.\n` }, 'renamed and edited')
    expect(rows(await logOf(repository, 'c.prompt.md'))).toEqual(['changed renamed and edited', 'created first'])
  })

  it('that was deleted and made again says so', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE, 'x.txt': '' }, message: 'first' })
    await repository.commit({ 'prompts/a.md': null }, 'gone')
    const root = await repository.cloneFull()
    const gone = await logOf(repository, 'prompts/a.md', { root })
    expect(rows(gone)).toEqual(['deleted gone', 'created first'])
    expect(gone.prompt.deleted).toBe(true)
    expect(gone.versions[0]).toMatchObject({ hash: null, score: null })
    expect(spawnSync('sh', ['-c', gone.versions[0]?.back ?? ''], { cwd: root, env: gitEnvironment() }).status).toBe(0)
    expect(readFileSync(join(root, 'prompts/a.md'), 'utf8')).toBe(ONE)
    await repository.commit({ 'prompts/a.md': ONE }, 'back again')
    expect(rows(await logOf(repository, 'prompts/a.md'))).toEqual([
      'created back again',
      'deleted gone',
      'created first',
    ])
  })

  it('asked for by an old name says where it went', async () => {
    await using repository = await createRepository({ files: { 'a.md': THREE } })
    await repository.commit({ 'b.md': { renamedFrom: 'a.md' } }, 'moved')
    const log = await logOf(repository, 'a.md')
    expect(log.versions[0]).toMatchObject({ status: 'deleted', movedTo: 'b.md' })
  })

  it('a file that took over its name is another prompt', async () => {
    await using repository = await createRepository({
      files: { 'a.md': ONE, 'b.md': 'Translate the text.\n'.repeat(9) },
    })
    await repository.commit({ 'a.md': null }, 'a is gone')
    await repository.commit({ 'a.md': { renamedFrom: 'b.md' } }, 'b is a now')
    const log = await logOf(repository, 'a.md')
    expect(log.versions.map((one) => `${one.status} ${one.path}`)).toEqual(['created b.md'])
  })

  it('says that the working tree is another version', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE } })
    const root = await repository.cloneFull()
    writeFileSync(join(root, 'prompts/a.md'), TWO)
    const { changes } = await detected({ 'prompts/a.md': [ONE, TWO] })
    expect((await logOf(repository, 'prompts/a.md', { root })).uncommitted).toEqual({ hash: changes[0]?.to })
    rmSync(join(root, 'prompts/a.md'))
    expect((await logOf(repository, 'prompts/a.md', { root })).uncommitted).toBeNull()
  })

  it('that is a link or has no text once is not there then', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': { symlink: '../x' } }, message: 'link' })
    await repository.commit({ 'prompts/a.md': ONE }, 'file')
    expect(rows(await logOf(repository, 'prompts/a.md'))).toEqual(['created file'])
  })
})

describe('merges', () => {
  it('a version belongs to the commit of the branch, with the pull request of the merge', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE }, message: 'first' })
    await repository.commit({ 'prompts/a.md': TWO }, 'no refunds', { branch: 'topic' })
    await repository.commit({ 'x.txt': 'x' }, 'other', { branch: 'main' })
    const root = await repository.cloneFull()
    await git(root, ['merge', '--quiet', '--no-ff', '-m', 'Merge pull request #12 from me/topic', 'origin/topic'])
    const log = await logOf(repository, 'prompts/a.md', { root })
    expect(rows(log)).toEqual(['changed no refunds', 'created first'])
    expect(log.versions.map((one) => one.pullRequest)).toEqual([12, null])
  })

  it('a merge that settles a conflict is a version, and a side that lost is none', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE }, message: 'first' })
    await repository.commit({ 'prompts/a.md': TWO }, 'ours')
    await repository.commit({ 'prompts/a.md': `${ONE}Be brief.\n` }, 'theirs', { branch: 'topic', from: 'main~1' })
    const root = await repository.cloneFull()
    const merge = (text: string, message: string) => {
      spawnSync('git', ['merge', '--quiet', '--no-commit', 'origin/topic'], { cwd: root, env: gitEnvironment() })
      writeFileSync(join(root, 'prompts/a.md'), text)
      return git(root, ['commit', '--quiet', '-am', message])
    }
    await merge(TWO, 'kept ours')
    expect(rows(await logOf(repository, 'prompts/a.md', { root }))).toEqual(['changed ours', 'created first'])
    await git(root, ['reset', '--quiet', '--hard', 'HEAD~1'])
    await merge(`${TWO}Be brief.\n`, 'both')
    const both = rows(await logOf(repository, 'prompts/a.md', { root }))
    expect(both[0]).toBe('changed both')
    expect(both.slice(1).sort()).toEqual(['changed ours', 'changed theirs', 'created first'])
  })

  it('an edit under the old name, joined with a rename, is found under both', async () => {
    const long = `${THREE}${'Say what you know and nothing else.\n'.repeat(20)}`
    await using repository = await createRepository({ files: { 'old.md': long }, message: 'first' })
    await repository.commit({ 'old.md': `Be quick.\n${long}` }, 'edited')
    await repository.commit({ 'new.md': { renamedFrom: 'old.md' } }, 'renamed', { branch: 'topic', from: 'main~1' })
    const root = await repository.cloneFull()
    await git(root, ['merge', '--quiet', '--no-ff', '-m', 'Merge pull request #4 from me/topic', 'origin/topic'])
    const log = await logOf(repository, 'new.md', { root })
    expect(rows(log)).toEqual(['changed edited', 'created first'])
    expect(log.versions[0]?.path).toBe('old.md')
  })

  it('the same change by a branch and its squash is one version', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE }, message: 'first' })
    await repository.commit({ 'prompts/a.md': TWO }, 'no refunds', { branch: 'topic' })
    await repository.commit({ 'prompts/a.md': TWO }, 'no refunds (#7)', { branch: 'main', from: 'main' })
    const root = await repository.cloneFull()
    await git(root, ['merge', '--quiet', '-m', 'catch up', 'origin/topic'])
    expect(rows(await logOf(repository, 'prompts/a.md', { root }))).toHaveLength(2)
  })
})

describe('a constant', () => {
  it('is no other version when other code of its file changes', async () => {
    await using repository = await createRepository({ files: { 'app/p.py': python(ONE) }, message: 'first' })
    await repository.commit({ 'app/p.py': python(ONE, 'def run():\n    return 1\n') }, 'code')
    await repository.commit({ 'app/p.py': `# ours\n${python(ONE).replaceAll('"""', "'''")}` }, 'quotes, a comment')
    await repository.commit({ 'app/p.py': `# ours\n${python(TWO)}` }, 'no refunds')
    const log = await logOf(repository, 'app/p.py#SYSTEM')
    expect(rows(log)).toEqual(['changed no refunds', 'created first'])
    const { changes } = await detected({ 'app/p.py': [python(ONE), python(TWO)] })
    expect(log.versions.map((one) => one.hash)).toEqual([changes[0]?.to, changes[0]?.from])
    expect(log.versions[0]).toMatchObject({ path: 'app/p.py', symbol: 'SYSTEM', line: 4 })
    expect(log.versions[0]?.back).toMatch(/^git show [0-9a-f]{40}:app\/p\.py # line 4$/)
  })

  it('is followed through another name, another file name, and out of another file', async () => {
    const old = python(ONE).replace('SYSTEM', 'INSTRUCTIONS')
    await using repository = await createRepository({ files: { 'app/all.py': old, 'x.txt': '' }, message: 'first' })
    await repository.commit({ 'app/all.py': old.replace(ONE, TWO) }, 'no refunds')
    await repository.commit({ 'app/all.py': python(TWO) }, 'another name')
    await repository.commit({ 'app/p.py': { renamedFrom: 'app/all.py' } }, 'another file name')
    await repository.commit({ 'app/p.py': 'import os\n', 'app/texts.py': `x = 1\ny = 2\n${python(TWO)}` }, 'moved out')
    await repository.commit({ 'app/texts.py': python(THREE) }, 'kind')
    const log = await logOf(repository, 'app/texts.py#SYSTEM')
    expect(rows(log)).toEqual(['changed kind', 'changed no refunds', 'created first'])
    expect(log.versions.map((one) => `${one.path}#${one.symbol}`)).toEqual([
      'app/texts.py#SYSTEM',
      'app/all.py#INSTRUCTIONS',
      'app/all.py#INSTRUCTIONS',
    ])
  })

  it('that became a file of its own keeps its past', async () => {
    await using repository = await createRepository({ files: { 'app/p.py': python(ONE) }, message: 'first' })
    await repository.commit({ 'app/p.py': 'import os\n', 'prompts/a.md': ONE }, 'into a file')
    await repository.commit({ 'prompts/a.md': TWO }, 'no refunds')
    const log = await logOf(repository, 'prompts/a.md')
    expect(rows(log)).toEqual(['changed no refunds', 'created first'])
    expect(log.versions[1]).toMatchObject({ path: 'app/p.py', symbol: 'SYSTEM' })
  })

  it.each([
    ['app/p.ts', 'SYSTEM', (text: string) => `export const SYSTEM = \`${text}\`\n`],
    ['app/p.go', 'systemPrompt', (text: string) => `package p\n\nconst systemPrompt = \`${text}\`\n`],
    [
      'app/P.java',
      'SYSTEM_PROMPT',
      (text: string) => `class P {\n  static final String SYSTEM_PROMPT = """\n${text}""";\n}\n`,
    ],
    ['conf/prompts.toml', 'system', (text: string) => `[review]\nsystem = """${text}"""\n`],
    [
      'conf/prompts.yaml',
      'review.system',
      (text: string) => `review:\n  system: |\n    ${text.trim().replaceAll('\n', '\n    ')}\n`,
    ],
  ])('of %s is found by the name that detect prints', async (path, symbol, file) => {
    const { changes } = await detected({ [path]: [file(ONE), file(TWO)] })
    const [change] = changes.filter((one) => one.kind === 'prompt')
    expect(change?.symbol).toBe(symbol)
    await using repository = await createRepository({ files: { [path]: file(ONE) }, message: 'first' })
    await repository.commit({ [path]: file(TWO) }, 'no refunds')
    const log = await logOf(repository, `${path}#${change?.symbol}`)
    expect(rows(log)).toEqual(['changed no refunds', 'created first'])
    expect(log.versions.map((one) => one.hash)).toEqual([change?.to, change?.from])
  })

  it('of a function is told from its namesake by the name of the function', async () => {
    const file = (a: string, b: string) =>
      `export function shop() {\n  const system = \`${a}\`\n}\nexport function office() {\n  const system = \`${b}\`\n}\n`
    await using repository = await createRepository({ files: { 'app/p.ts': file(ONE, TWO) }, message: 'first' })
    await repository.commit({ 'app/p.ts': file(ONE, THREE) }, 'office')
    await repository.commit({ 'app/p.ts': file(`${ONE}Hi.\n`, THREE) }, 'shop')
    expect(rows(await logOf(repository, 'app/p.ts#shop.system'))).toEqual(['changed shop', 'created first'])
    expect(rows(await logOf(repository, 'app/p.ts#office.system'))).toEqual(['changed office', 'created first'])
    const both = await logOf(repository, 'app/p.ts#system')
    expect(rows(both)).toEqual(['changed shop', 'changed office', 'created first'])
    const { changes } = await detected({ 'app/p.ts': [file(ONE, TWO), file(ONE, THREE)] })
    expect([both.versions[1]?.hash, ...(both.versions[1]?.otherHashes ?? [])]).toContain(changes[0]?.to)
  })

  it('that is not there is answered with the nearest, and source code without one with its names', async () => {
    await using repository = await createRepository({ files: { 'app/p.py': python(ONE), 'app/none.py': 'x = 1\n' } })
    await expect(logOf(repository, 'app/p.py#SYSTM')).rejects.toThrow('Did you mean app/p.py#SYSTEM?')
    await expect(logOf(repository, 'app/p.py#OTHER_THING')).rejects.toThrow('Prompts in it: app/p.py#SYSTEM.')
    await expect(logOf(repository, 'app/none.py')).rejects.toThrow('no prompt was found')
    await expect(logOf(repository, 'app/pp.py')).rejects.toThrow('Did you mean app/p.py?')
    await expect(logOf(repository, 'app')).rejects.toThrow('there is no prompt "app"')
  })
})

describe('what is known of a version', () => {
  it('the reason: front matter that changed, a line of the message, the subject', async () => {
    const matter = (reason: string, body: string) => `---\nreason: ${reason}\n---\n${body}`
    await using repository = await createRepository({
      files: { 'a.prompt': matter('first draft', ONE) },
      message: 'one',
    })
    await repository.commit({ 'a.prompt': matter('first draft', TWO) }, 'two\n\nPrompt-reason: legal asked\n  for it\n')
    await repository.commit({ 'a.prompt': matter('support asked', THREE) }, 'three\n\nprompt-reason: not this one\n')
    await repository.commit({ 'a.prompt': matter('support asked', `${THREE}Hi.\n`) }, 'four\n\nPrompt-reason:  \n')
    await repository.commit({ 'a.prompt': matter('only the reason', `${THREE}Hi.\n`) }, 'five')
    const log = await logOf(repository, 'a.prompt')
    expect(log.versions.map((one) => [one.reason, one.reasonFrom])).toEqual([
      ['four', 'subject'],
      ['support asked', 'front-matter'],
      ['legal asked for it', 'commit-line'],
      ['first draft', 'front-matter'],
    ])
  })

  it('author without address, date, owner, pull request of a squash', async () => {
    const files = { 'prompts/a.md': ONE, '.github/CODEOWNERS': '* @all\nprompts/ @acme/support @bo\n' }
    await using repository = await createRepository({ files, message: 'first (#3)' })
    await repository.commit({ 'prompts/a.md': TWO }, 'Revert "first (#3)" (#9)', {
      author: { name: 'Bo ✨', email: 'bo@secret.example' },
    })
    const log = await logOf(repository, 'prompts/a.md')
    expect(log.versions[0]).toMatchObject({
      author: 'Bo ✨',
      date: '2026-01-01T00:01:00+00:00',
      owner: '@acme/support @bo',
      pullRequest: 9,
    })
    expect(log.versions[1]?.pullRequest).toBe(3)
    expect(JSON.stringify(log)).not.toContain('secret.example')
  })

  it('scores of the history branch and of the last report, by prompt and hash', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE } })
    await repository.commit({ 'prompts/a.md': TWO })
    const [two, one] = (await logOf(repository, 'prompts/a.md')).versions.map((version) => version.hash)
    const entry = {
      prompt: 'prompts/a.md',
      hash: `${one}0000`,
      score: 91.5,
      cost: '0.0012',
      eval_sets: ['s'],
      last_run: '2026-01-02',
    }
    const other = { prompt: 'prompts/b.md', hash: one, score: 1 }
    await repository.commit({ 'registry.json': JSON.stringify({ prompts: [entry, other, null, 'x'] }) }, 'registry', {
      branch: 'prompt-parity-history',
      from: null,
    })
    const set = {
      ...{ name: 's', promptPath: 'prompts/a.md', promptHash: { base: one, head: two }, score: { head: 88 } },
      ...{ cost: { perRequestUsd: { head: '0.002' } }, model: { head: 'openai/gpt-4.1' } },
    }
    const report = JSON.stringify({
      schema: 'prompt-parity/1',
      startedAt: '2026-01-03T00:00:00Z',
      evalSets: [set, 1, {}],
    })
    const log = await logOf(repository, 'prompts/a.md', { report })
    expect(log.versions[0]).toMatchObject({ score: 88, costUsd: '0.002' })
    expect(log.versions[1]).toMatchObject({ score: 91.5, costUsd: '0.0012' })
    expect(log.versions[1]?.recorded).toHaveLength(1)
    for (const broken of ['', '[', 'null', '{"schema":"prompt-parity/1","evalSets":{}}'])
      expect((await logOf(repository, 'prompts/a.md', { report: broken })).versions[0]?.score).toBeNull()
  })
})

describe('limits', () => {
  it('what a user has configured for git changes nothing', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE }, message: 'first' })
    await repository.commit({ 'prompts/ä.md': { renamedFrom: 'prompts/a.md' } }, 'moved')
    const root = await repository.cloneFull()
    const plain = await logOf(repository, 'prompts/ä.md', { root })
    for (const [key, value] of [
      ...[
        ['log.showRoot', 'false'],
        ['log.follow', 'true'],
        ['color.ui', 'always'],
        ['diff.renames', 'copies'],
      ],
      ...[
        ['log.diffMerges', 'first-parent'],
        ['core.quotePath', 'true'],
        ['diff.external', '/bin/false'],
      ],
      ...[
        ['format.pretty', 'oneline'],
        ['log.showSignature', 'true'],
        ['i18n.logOutputEncoding', 'latin1'],
      ],
    ] as const)
      await git(root, ['config', key ?? '', value ?? ''])
    expect(await logOf(repository, 'prompts/ä.md', { root })).toEqual(plain)
    expect(plain.versions).toHaveLength(1)
  })

  it('a shallow clone ends where it ends, and says so', async () => {
    await using repository = await createRepository({ files: { 'prompts/a.md': ONE }, message: 'first' })
    await repository.commit({ 'prompts/a.md': TWO }, 'two')
    await repository.commit({ 'prompts/a.md': THREE }, 'three')
    const root = await repository.cloneShallow(2, 'main')
    const log = await logOf(repository, 'prompts/a.md', { root })
    expect(rows(log)).toEqual(['changed three', 'created two'])
    expect(log.shallow).toEqual({ commit: log.versions[1]?.commit })
  })

  it('a binary and a very large file are no texts, and no crash', async () => {
    await using repository = await createRepository({
      files: { 'prompts/a.md': 'x'.repeat(3_000_000) },
      message: 'large',
    })
    await repository.commit({ 'prompts/a.md': 'a\0b' }, 'binary')
    await repository.commit({ 'prompts/a.md': ONE }, 'text')
    expect((await logOf(repository, 'prompts/a.md')).versions[0]?.reason).toBe('text')
  })
})

describe('a constant that is asked for where it was', () => {
  const asked = async (commits: readonly { readonly [path: string]: string | null }[], place: string) => {
    const [first = {}, ...rest] = commits
    await using repository = await createRepository({ files: first as { readonly [path: string]: string } })
    for (const files of rest) await repository.commit(files, 'next')
    const log = await logOf(repository, place)
    return log.versions.map(({ status, movedTo }) => [status, movedTo])
  }
  const there = { 'app/a.py': python(ONE), 'app/b.py': 'X = 1\n' }

  it('names the file that has it now', async () => {
    const moved = { 'app/a.py': 'import os\n', 'app/b.py': python(ONE, 'X = 1\n') }
    expect(await asked([there, moved], 'app/a.py#SYSTEM')).toEqual([
      ['deleted', 'app/b.py#SYSTEM'],
      ['created', null],
    ])
  })
  it('names the name that it has now, and the file of a text', async () => {
    const renamed = { 'app/a.py': python(ONE).replace('SYSTEM', 'SUPPORT_PROMPT') }
    expect(await asked([there, renamed], 'app/a.py#SYSTEM')).toEqual([
      ['deleted', 'app/a.py#SUPPORT_PROMPT'],
      ['created', null],
    ])
    const out = { 'app/a.py': 'import os\n', 'prompts/system.md': ONE }
    expect((await asked([there, out], 'app/a.py#SYSTEM'))[0]).toEqual(['deleted', 'prompts/system.md'])
  })
  it('names nothing where it is gone, was there already, or is another text', async () => {
    const gone = { 'app/a.py': 'import os\n' }
    expect((await asked([there, gone], 'app/a.py#SYSTEM'))[0]).toEqual(['deleted', null])
    const twice = { ...there, 'app/c.py': python(ONE) }
    expect((await asked([twice, { ...gone, 'app/c.py': python(ONE, 'Y = 2\n') }], 'app/a.py#SYSTEM'))[0]).toEqual([
      'deleted',
      null,
    ])
    expect((await asked([there, { ...gone, 'app/b.py': python(TWO) }], 'app/a.py#SYSTEM'))[0]).toEqual([
      'deleted',
      null,
    ])
  })
})
