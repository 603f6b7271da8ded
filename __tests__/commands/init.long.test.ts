// `init` in repositories of every kind, and in those that mean it harm.

import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { InitResult } from '../../src/commands/init-text.ts'
import { textsUnder } from '../e2e/launch.ts'
import { createRepository, type Files, type Repository } from '../fakes/repository.ts'
import { cli, inRepository } from './cli.ts'
import { KINDS, PROMPTFOO, PYTHON } from './init-repositories.ts'

async function init(cwd: string, ...args: string[]): Promise<InitResult> {
  const ran = await cli(cwd, ['init', '--format', 'json', ...args])
  if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.stderr}`)
  return JSON.parse(ran.stdout)
}
const statuses = ({ files }: InitResult) => Object.fromEntries(files.map(({ path, status }) => [path, status]))
const snapshot = async (cwd: string) =>
  Object.fromEntries(
    (await textsUnder(cwd)).filter(({ path }) => !path.includes('/.git/')).map(({ path, text }) => [path, text]),
  )
const WORKFLOW = '.github/workflows/prompt-parity.yml'

describe('init', () => {
  it.each(Object.entries(KINDS))('%s', async (_, kind) => {
    await inRepository(kind.files, async (cwd) => {
      const folder = kind.directory ?? ''
      const args = folder === '' ? [] : ['--working-directory', folder]
      const planned = await init(cwd, '--dry-run', ...args)
      expect(Object.values(statuses(planned)).every((status) => status === 'would-create')).toBe(true)
      expect(existsSync(join(cwd, folder, 'parity.yaml'))).toBe(false)

      const done = await init(cwd, ...args)
      expect(done.chosen).toEqual(kind.chosen === null ? null : { ...kind.chosen, why: expect.any(String) })
      const set = join(folder, `evals/${kind.set}.eval.yaml`)
      const cases = join(folder, `evals/cases/${kind.set}.jsonl`)
      const workflow = folder === '' ? WORKFLOW : '.github/workflows/prompt-parity-services-api.yml'
      const expected = [join(folder, 'parity.yaml'), ...(kind.set === undefined ? [] : [set, cases]), workflow]
      expect(statuses(done)).toEqual(Object.fromEntries(expected.map((path) => [path, 'created'])))
      expect(done.next).toHaveLength(3)
      expect(done.next[0]).toContain(kind.secret)
      expect(readFileSync(join(cwd, workflow), 'utf8')).toContain(`secrets.${kind.secret} }}`)
      if (kind.set !== undefined) {
        const rows = readFileSync(join(cwd, cases), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
        expect(rows.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((n) => `starter-${n}`))
        expect(Object.keys(rows[0].vars)).toEqual(kind.vars)
        for (const row of rows) expect(row.expected).toMatch(/^REPLACE/)
        expect(parse(readFileSync(join(cwd, set), 'utf8'))).toMatchObject({ mode: 'report' })
      }

      const before = await snapshot(cwd)
      const again = await init(cwd, ...args)
      expect(statuses(again)).toEqual(Object.fromEntries(expected.map((path) => [path, 'kept'])))
      expect(await snapshot(cwd)).toEqual(before)
    })
  })

  it('leaves the sets of another tool alone, and says so', async () => {
    await inRepository({ ...PROMPTFOO, ...PYTHON }, async (cwd) => {
      const done = await init(cwd)
      expect(done.evalSets).toEqual([{ path: 'promptfooconfig.yaml', name: expect.any(String) }])
      expect(done.notes.join()).toContain('eval sets already')
      expect(existsSync(join(cwd, 'evals'))).toBe(false)
      const asked = await init(cwd, '--prompt', 'app/prompts.py#SYSTEM_PROMPT')
      expect(statuses(asked)['evals/system-prompt.eval.yaml']).toBe('created')
    })
  })

  it('keeps what is there, and overwrites only by --force, and never the workflow of somebody else', async () => {
    const workflow = readFileSync(join(import.meta.dirname, '../../docs/workflows/pull-request.yml'), 'utf8')
    const files = { ...PYTHON, 'parity.yaml': 'spend: { max_usd: 1 }\n', '.github/workflows/check.yml': workflow }
    await inRepository(files, async (cwd) => {
      const first = await init(cwd)
      expect(statuses(first)).toMatchObject({ 'parity.yaml': 'kept', '.github/workflows/check.yml': 'kept' })
      expect(existsSync(join(cwd, WORKFLOW))).toBe(false)
      writeFileSync(join(cwd, 'evals/cases/system-prompt.jsonl'), '{"id":"mine","question":"x","expected":"y"}\n')
      expect(statuses(await init(cwd))['evals/cases/system-prompt.jsonl']).toBe('kept')
      const planned = await init(cwd, '--force', '--dry-run')
      expect(statuses(planned)['parity.yaml']).toBe('would-overwrite')
      expect(readFileSync(join(cwd, 'parity.yaml'), 'utf8')).toBe(files['parity.yaml'])
      expect(statuses(await init(cwd, '--force'))).toEqual({
        'parity.yaml': 'overwritten',
        'evals/system-prompt.eval.yaml': 'kept', // it is the same
        'evals/cases/system-prompt.jsonl': 'overwritten',
        '.github/workflows/check.yml': 'kept',
      })
      expect(readFileSync(join(cwd, '.github/workflows/check.yml'), 'utf8')).toBe(workflow)
    })
  })

  it('takes a set of another prompt for no work of its own', async () => {
    const own =
      'target: { messages: [{ role: user, content: "{{q}}" }], model: openai/gpt-4.1 }\ncases: [{ id: a, vars: { q: x } }]\nscorers: [{ contains: x }]\n'
    await inRepository({ ...PYTHON, 'evals/system-prompt.eval.yaml': own }, async (cwd) => {
      const done = await init(cwd, '--force')
      expect([done.chosen, done.notes.join()]).toEqual([null, expect.stringContaining('eval sets already')])
      expect(readFileSync(join(cwd, 'evals/system-prompt.eval.yaml'), 'utf8')).toBe(own)
      expect(done.next[1]).toContain('validate')
    })
  })

  it('puts no cases beside a set that is kept', async () => {
    await inRepository(PYTHON, async (cwd) => {
      await init(cwd)
      rmSync(join(cwd, 'evals/cases'), { recursive: true })
      expect(Object.keys(statuses(await init(cwd)))).not.toContain('evals/cases/system-prompt.jsonl')
    })
  })

  it.each([
    ['evals', 'evals'],
    ['.github', '.github'],
    ['parity.yaml', 'parity.yaml'],
    ['evals/cases', 'evals/cases'],
  ])('writes nothing at all when %s is a link', async (path) => {
    await inRepository(PYTHON, async (cwd) => {
      const outside = mkdtempSync(join(tmpdir(), 'parity-outside-'))
      mkdirSync(join(cwd, path, '..'), { recursive: true })
      symlinkSync(path === 'parity.yaml' ? join(outside, 'parity.yaml') : outside, join(cwd, path))
      const ran = await cli(cwd, ['init', '--force'])
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(/is a symbolic link/)])
      expect(ran.stderr).toContain(path)
      expect(readdirSync(outside)).toEqual([])
      if (path !== 'parity.yaml') expect(existsSync(join(cwd, 'parity.yaml'))).toBe(false)
      rmSync(outside, { recursive: true })
    })
  })

  it('says so when a folder stands in the place of a file', async () => {
    await inRepository({ ...PYTHON, 'parity.yaml/x': '1' }, async (cwd) => {
      const ran = await cli(cwd, ['init'])
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('parity.yaml is no regular file')])
    })
  })

  it('names and texts of a repository stay data', async () => {
    const odd = 'prompts/a "b": {{x}} \u001b[31m\n::error::y.md'
    const files: Files = {
      [odd]: 'You are the assistant of Acme. Answer the question: {{question}}\n',
      'prompts/proto.md': 'You are an assistant. {{__proto__}} {{constructor}}\n',
      'prompts/x#y.md': 'You are an assistant of Acme. {{question}}\n',
      'config.yaml': 'model: gpt-4.1-mini-2025-04-14\n',
    }
    await inRepository(files, async (cwd) => {
      const ran = await cli(cwd, ['init'])
      expect([ran.code, ran.stderr]).toEqual([0, ''])
      expect(ran.stdout).not.toContain('\u001b')
      expect(ran.stdout).not.toMatch(/^::/m)
      const [name = ''] = readdirSync(join(cwd, 'evals')).filter((one) => one.endsWith('.yaml'))
      expect(name).toMatch(/^[a-z0-9-]+\.eval\.yaml$/)
      const set = parse(readFileSync(join(cwd, 'evals', name), 'utf8'))
      expect(Object.keys(set)).toEqual(['mode', 'target', 'cases', 'scorers'])
      expect(Object.keys(files).map((path) => `../${path}`)).toContain(set.target.prompt)
      expect((await cli(cwd, ['validate'])).code).toBe(0)
    })
  })

  it('copies a shim, and writes a target that starts it', async () => {
    const commands = {
      python: ['python', 'parity_function.py', 'app.answer:answer'],
      asgi: ['python', 'parity_asgi.py', 'app.main:app', 'POST', '/answer', 'answer'],
      express: ['node', 'parity-express.mjs', 'app/server.mjs', 'POST', '/answer', 'answer'],
      langchain: ['python', 'parity_langchain.py', 'app.chain:chain'],
    }
    await inRepository({ ...PYTHON, ...PROMPTFOO }, async (cwd) => {
      for (const [name, command] of Object.entries(commands)) {
        rmSync(join(cwd, 'evals'), { recursive: true, force: true })
        const done = await init(cwd, '--shim', name)
        expect(parse(readFileSync(join(cwd, 'evals/application.eval.yaml'), 'utf8')).target).toEqual({ command })
        const copied = command.slice(1, 2).concat(command[0] === 'python' ? ['parity_function.py'] : [])
        for (const file of copied) {
          const source = join(import.meta.dirname, '../../templates/shims', file)
          expect(readFileSync(join(cwd, file), 'utf8')).toBe(readFileSync(source, 'utf8'))
          expect(Object.keys(statuses(done))).toContain(file)
        }
      }
      const entry = ['--shim', 'asgi', '--entry', 'shop.api:app', '--force']
      await init(cwd, ...entry)
      expect(readFileSync(join(cwd, 'evals/application.eval.yaml'), 'utf8')).toContain('parity_asgi.py, shop.api:app')
    })
  })

  it('writes the workflows that are asked for', async () => {
    await inRepository(PYTHON, async (cwd) => {
      const source = (name: string) => readFileSync(join(import.meta.dirname, '../../docs/workflows', name), 'utf8')
      const done = await init(cwd, '--workflows', 'shards,forks')
      expect(Object.keys(statuses(done)).filter((path) => path.startsWith('.github'))).toEqual([
        WORKFLOW,
        '.github/workflows/prompt-parity-forks.yml',
      ])
      expect(readFileSync(join(cwd, WORKFLOW), 'utf8')).toBe(source('pull-request-shards.yml'))
      expect(readFileSync(join(cwd, '.github/workflows/prompt-parity-forks.yml'), 'utf8')).toBe(source('fork.yml'))
    })
  })

  it('fits a workflow to a folder', async () => {
    await inRepository({ 'services/api/src/a.ts': '', 'services/web/a.ts': '' }, async (cwd) => {
      await init(cwd, '--working-directory', './services/api/', '--workflows', 'shards')
      await init(cwd, '--working-directory', 'services/web')
      expect(readdirSync(join(cwd, '.github/workflows')).sort()).toEqual([
        'prompt-parity-services-api.yml',
        'prompt-parity-services-web.yml',
      ])
      const text = readFileSync(join(cwd, '.github/workflows/prompt-parity-services-api.yml'), 'utf8')
      const { name, jobs } = parse(text)
      expect(name).toBe('Prompt Parity (services/api)')
      const steps = [...jobs.shard.steps, ...jobs.parity.steps]
      const own = steps.filter(({ uses }) => uses.startsWith('prompt-parity/'))
      expect(own.map((step) => step.with['working-directory'])).toEqual(['services/api', 'services/api'])
      const paths = steps.map((step) => step.with?.path).filter((path) => path?.includes('.parity/'))
      expect(new Set(paths)).toEqual(new Set(['services/api/.parity/state', 'services/api/.parity/report']))
      expect(text).toContain('# One folder for each artifact')
    })
  })

  it('says what keeps the new files from being seen', async () => {
    const files = { ...PYTHON, 'parity.yaml': 'evals: ["quality/*.yaml"]\n', '.gitignore': 'cases/\n' }
    await inRepository(files, async (cwd) => {
      const { notes } = await init(cwd)
      expect(notes.join('\n')).toContain('not among the files of `evals:`')
      expect(notes.join('\n')).toContain('evals/cases/system-prompt.jsonl is ignored by git')
    })
  })

  it('says what is missing where no model is known', async () => {
    await inRepository({ 'prompts/support.md': 'You are the support agent of Acme.\n' }, async (cwd) => {
      const done = await init(cwd)
      expect([done.chosen, done.notes.join()]).toEqual([null, expect.stringContaining('--model provider/model')])
      const named = await init(cwd, '--model', 'mistral/mistral-small-2506')
      expect(named.chosen?.model).toBe('mistral/mistral-small-2506')
    })
  })

  it('works before the first commit, and from a folder below', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'parity-unborn-'))
    spawnSync('git', ['init', '--quiet'], { cwd })
    mkdirSync(join(cwd, 'app'))
    for (const [path, text] of Object.entries(PYTHON)) writeFileSync(join(cwd, path), String(text))
    const done = await init(join(cwd, 'app'))
    expect(done.chosen?.prompt).toBe('app/prompts.py#SYSTEM_PROMPT')
    expect(existsSync(join(cwd, 'evals/system-prompt.eval.yaml'))).toBe(true)
    rmSync(cwd, { recursive: true })
  })

  it('needs a checkout', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'parity-nothing-'))
    const ran = await cli(cwd, ['init'])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('in no git checkout')])
    expect(readdirSync(cwd)).toEqual([])
    rmSync(cwd, { recursive: true })
  })
})

describe('init, asked for what cannot be', () => {
  let repository: Repository
  let cwd = ''
  beforeAll(async () => {
    repository = await createRepository({ files: PYTHON })
    cwd = await repository.cloneFull('main')
  })
  afterAll(async () => repository[Symbol.asyncDispose]())

  it.each([
    [['--shim', 'ruby'], 'python, asgi, express, langchain'],
    [['--workflows', 'pull-request,shards'], 'both would evaluate'],
    [['--workflows', 'fork'], 'pull-request, shards, forks, merges, drift'],
    [['--model', 'gpt-4.1'], 'provider/model'],
    [['--entry', 'a:b'], '`--shim` beside it'],
    [['--shim', 'python', '--prompt', 'app/prompts.py'], 'one target'],
    [['--prompt', 'app/nothing.md'], 'no file app/nothing.md'],
    [['--prompt', '../secret.md'], 'no file ../secret.md'],
    [['--prompt', 'a\u001b[31m\n::error::b'], 'no file a\n: :error::b'],
    [['--prompt', 'app/prompts.py#NOTHING'], 'NOTHING'],
    [['--working-directory', '../elsewhere'], 'inside the repository'],
    [['--working-directory', 'nowhere'], 'no folder "nowhere"'],
    [['--working-directory', 'a$'.concat('{{ secrets.KEY }}')], 'cannot be named in a workflow'],
    [['prompts/support.md'], 'stands alone'],
    [['--forse'], '--force'],
  ])('%j is answered with what is expected', async (args, expected) => {
    const ran = await cli(cwd, ['init', ...args])
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(expected)])
    expect(existsSync(join(cwd, 'parity.yaml'))).toBe(false)
  })
})
