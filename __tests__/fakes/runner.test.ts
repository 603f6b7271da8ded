import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import * as events from './events.ts'
import { createRepository } from './repository.ts'
import { type ActionRun, runAction } from './runner.ts'

const directories: string[] = []
afterEach(async () => {
  await Promise.all(directories.splice(0).map((path) => rm(path, { recursive: true, force: true })))
})

async function run(code: string, options: Omit<ActionRun, 'entry'> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'parity-action-'))
  directories.push(directory)
  const entry = join(directory, 'action.cjs')
  await writeFile(entry, code)
  return runAction({ entry, ...options })
}

test('gives the environment of a runner and nothing of ours', async () => {
  process.env.PARITY_LEAK_CHECK = 'leaked'
  const { stdout, code } = await run(
    'console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), node: process.version }))',
    {
      inputs: { 'max-usd': '3', 'a b': 'c' },
      event: 'pull_request',
      payload: { number: 7 },
      sha: 'f'.repeat(40),
      ref: 'refs/pull/7/merge',
      env: { OPENAI_API_KEY: 'sk-test' },
    },
  )
  delete process.env.PARITY_LEAK_CHECK
  const { env, cwd, node } = JSON.parse(stdout) as { env: { [name: string]: string }; cwd: string; node: string }
  expect(code).toBe(0)
  expect(node).toMatch(/^v24\./)
  expect(env).toMatchObject({
    'INPUT_MAX-USD': '3',
    INPUT_A_B: 'c',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_REF: 'refs/pull/7/merge',
    GITHUB_REF_NAME: '7/merge',
    OPENAI_API_KEY: 'sk-test',
    CI: 'true',
  })
  expect(cwd).toBe(env.GITHUB_WORKSPACE)
  expect(env.PARITY_LEAK_CHECK).toBeUndefined()
  expect(
    Object.keys(env).filter((name) => !/^(GITHUB|RUNNER|INPUT)_|^(PATH|CI|HOME|OPENAI_API_KEY)$/.test(name)),
  ).toEqual([])
})

test('reads outputs, state, environment, path and summary files', async () => {
  const result = await run(`
    const { appendFileSync: add } = require('node:fs')
    add(process.env.GITHUB_OUTPUT, 'verdict=pass\\nchanges<<EOF_1\\n[\\n]\\nEOF_1\\n')
    add(process.env.GITHUB_STATE, 'pid=1\\n')
    add(process.env.GITHUB_ENV, 'A=b=c\\n')
    add(process.env.GITHUB_PATH, '/opt/bin\\n')
    add(process.env.GITHUB_STEP_SUMMARY, '# hi\\n')
    console.log('::set-output name=old::way')`)
  expect(result).toMatchObject({
    conclusion: 'success',
    outputs: { verdict: 'pass', changes: '[\n]', old: 'way' },
    state: { pid: '1' },
    exported: { A: 'b=c' },
    paths: ['/opt/bin'],
    summary: '# hi\n',
  })
})

test('an unfinished delimiter, NODE_OPTIONS and a refused command fail the step though the code is 0', async () => {
  const file = (name: string, text: string) =>
    `require('node:fs').appendFileSync(process.env.${name}, ${JSON.stringify(text)})`
  for (const code of [
    file('GITHUB_OUTPUT', 'a<<X\nb\n'),
    file('GITHUB_ENV', 'NODE_OPTIONS=x\n'),
    "console.log('::set-env name=A::b')",
  ]) {
    expect(await run(code)).toMatchObject({ code: 0, conclusion: 'failure' })
  }
})

test('a summary over 1 MiB is dropped with an annotation and does not fail the step', async () => {
  const result = await run(
    "require('node:fs').writeFileSync(process.env.GITHUB_STEP_SUMMARY, 'x'.repeat(1024 * 1024 + 1))",
  )
  expect(result).toMatchObject({ summary: '', conclusion: 'success' })
  expect(result.annotations[0]?.message).toContain('1024k')
})

test('finds commands as the runner does: anywhere for ##[, after CR too, not while stopped', async () => {
  const lines = [
    'text ::error::not at the start',
    '  ::warning file=a.md,line=3,title=x%2Cy::mess%0Aage',
    'model says ##[error]from the middle',
    'progress\\r::notice::after a carriage return',
    '::unknown::thing',
    '::stop-commands::token-1',
    '::error::not seen',
    '::token-1::',
    '::add-mask::s3cret',
    'the s3cret is out',
  ]
  const result = await run(
    `process.stdout.write('${lines.join('\\n')}\\n'); process.stderr.write('::debug::from stderr\\n')`,
  )
  expect(result.commands.map(({ name, data, form }) => `${form} ${name} ${data}`)).toEqual([
    ':: warning mess\nage',
    '##[ error from the middle',
    ':: notice after a carriage return',
    ':: stop-commands token-1',
    ':: add-mask s3cret',
    ':: debug from stderr',
  ])
  expect(result.annotations.find(({ level }) => level === 'warning')?.properties).toEqual({
    file: 'a.md',
    line: '3',
    title: 'x,y',
  })
  expect(result.log).toContain('the *** is out')
})

test('shows ten annotations of a level and cuts long messages', async () => {
  const result = await run(
    "for (let n = 0; n < 12; n++) console.log('::error::' + 'e'.repeat(5000)); console.log('::notice::n')",
  )
  expect(result.annotations).toHaveLength(11)
  expect(result.annotations[0]?.message).toHaveLength(4096)
  expect(result.droppedAnnotations).toBe(2)
})

test('fills defaults of action.yml, the token among them, and warns of unknown inputs', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'parity-metadata-'))
  directories.push(directory)
  const metadata = join(directory, 'action.yml')
  const lines = ['inputs:', '  command: { default: auto }', '  github-token:', '    default: TOKEN', '  base: {}', '']
  await writeFile(metadata, lines.join('\n').replace('TOKEN', `$${'{{ github.token }}'}`))
  const code =
    "console.log(['INPUT_COMMAND', 'INPUT_GITHUB-TOKEN', 'INPUT_BASE'].map((name) => process.env[name]).join('|'))"
  const result = await run(code, { metadata, token: 'ghs_x', inputs: { commnd: 'run' } })
  expect(result.stdout.trim()).toBe('auto|ghs_x|')
  expect(result.annotations[0]?.message).toContain("Unexpected input(s) 'commnd'")
})

test('cancels with SIGINT first', async () => {
  const code = `
    process.on('SIGINT', () => { console.log('partial'); process.exit(3) })
    setInterval(() => {}, 1000)
    console.log('ready')`
  const result = await run(code, { cancel: { whenOutput: /ready/ } })
  expect(result).toMatchObject({ code: 3, stdout: 'ready\npartial\n', timedOut: false })
  expect(result.cancelledMs).toBeDefined()
})

test('ends what does not end', async () => {
  expect(await run('setInterval(() => {}, 1000)', { timeoutMs: 300 })).toMatchObject({
    timedOut: true,
    signal: 'SIGKILL',
  })
})

test('events agree with the repository that they are about', async () => {
  await using repository = await createRepository({ files: { a: '1\n' } })
  await repository.commit({ a: '2\n' }, 'change', { branch: 'change' })
  const facts = await repository.pull(4, 'main', 'change')
  const own = events.pullRequestEvent(facts)
  expect(own).toMatchObject({ sha: facts.mergeSha, ref: 'refs/pull/4/merge', secrets: true, headRef: 'change' })
  const headRepo = (event: { payload: unknown }) =>
    (event.payload as { pull_request: { head: { repo: { full_name: string } | null } } }).pull_request.head.repo
      ?.full_name ?? null
  expect(headRepo(own)).toBe('acme/app')
  const fork = events.pullRequestEvent({ ...facts, proposer: 'fork' })
  expect(fork).toMatchObject({ actor: 'mallory', secrets: false, permissions: { pull_requests: 'read' } })
  expect(headRepo(fork)).toBe('mallory/app')
  expect(headRepo(events.pullRequestEvent({ ...facts, proposer: 'deleted-fork' }))).toBeNull()
  const bot = events.pullRequestEvent({ ...facts, proposer: 'dependabot' })
  expect(bot).toMatchObject({ actor: 'dependabot[bot]', secrets: false })
  expect(headRepo(bot)).toBe('acme/app')
  const where = { defaultSha: facts.baseSha }
  const target = events.pullRequestTargetEvent({ ...facts, proposer: 'fork' }, where)
  expect(target).toMatchObject({ sha: facts.baseSha, ref: 'refs/heads/main', secrets: true })
  const second = events.workflowRunEvent({ ...facts, proposer: 'fork' }, where)
  expect(second.payload).toMatchObject({ workflow_run: { pull_requests: [], head_sha: facts.headSha } })
  expect(events.mergeGroupEvent({ baseSha: facts.baseSha, headSha: facts.headSha }).payload).not.toHaveProperty(
    'pull_request',
  )
  expect(JSON.stringify(events.issueCommentEvent({ ...facts, body: '/eval' }, where).payload)).not.toMatch(
    /[0-9a-f]{40}/,
  )
  expect(events.scheduleEvent(where).payload).toEqual({ schedule: '17 4 * * 1' })
  expect(events.pushEvent({ before: '0'.repeat(40), after: facts.headSha }).payload).toMatchObject({ created: true })
  expect(events.dispatchEvent({ sha: facts.headSha, inputs: { pr: '4' } }).payload).toMatchObject({
    inputs: { pr: '4' },
  })
  expect(() => events.pullRequestEvent({ ...facts, mergeSha: null })).toThrow('conflict')
})
