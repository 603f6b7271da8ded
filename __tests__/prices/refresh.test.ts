// A refresh of the price table: what its pull request says, and what the workflow that opens it may do.

import { execFileSync, spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { priceChanges, refreshBody } from '../../scripts/price-changes.ts'
import { generatePrices, installedVersion, proposedPrices } from '../../scripts/prices.ts'
import { loadPrices } from '../../src/prices/index.ts'
import type { PriceTable, TableModel, TableProvider } from '../../src/prices/table.ts'
import { GIT_ENV } from '../fakes/git.ts'
import { scanMarkdown } from '../fakes/markdown.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const { table } = await loadPrices()

const model = (
  ids: readonly string[],
  input: number,
  more: Partial<TableModel['prices'][number]> = {},
): TableModel => ({
  ids,
  prices: [{ rates: { input, output: input * 4 }, ...more }],
})
const of = (models: readonly TableModel[], more: Partial<TableProvider> = {}): PriceTable => ({
  ...{ source: 'data 1', asOf: '2026-09-22', unit: 'pico-dollars per token' },
  providers: { acme: { multipliers: {}, exactOnly: [], fallback: [], models, ...more } },
})

describe('what differs between two tables', () => {
  it('nothing', () => {
    expect(priceChanges(table, table)).toEqual({ changed: [], added: [], removed: [], rules: [] })
  })

  it('prices, ids and rules, each by itself', () => {
    const before = of([model(['a', 'a-old'], 2_000_000), model(['b'], 100_000)])
    const later = {
      ids: ['a'],
      prices: [
        { rates: { input: 2_000_000, output: 8_000_000 } },
        { from: '2027-01-01', rates: { input: 1_500_000, output: 6_000_000, cached: 150_000 } },
      ],
    }
    const tiered = model(['b'], 100_000, { tiers: [{ above: 200_000, rates: { input: 200_000 } }] })
    const after = of([later, tiered, model(['c'], 5)], {
      exactOnly: ['a'],
      multipliers: { batch: { num: 1, den: 2, assumed: true } },
    })
    expect(priceChanges(before, after)).toEqual({
      changed: [
        '`acme/a`: 2 in, 8 out → 2 in, 8 out; from 2027-01-01 1.5 in, 6 out, 0.15 cached',
        '`acme/b`: 0.1 in, 0.4 out → 0.1 in, 0.4 out, above 200000 tokens 0.2 in',
      ],
      added: ['`acme/c`: 0.000005 in, 0.00002 out'],
      removed: ['`acme/a-old`: 2 in, 8 out'],
      rules: [
        '`acme`: factor of batch null → {"num":1,"den":2,"assumed":true}',
        '`acme/a`: dated snapshots now differ, so that an unknown date is unpriced',
      ],
    })
  })

  it('a provider that comes or goes', () => {
    const none = { ...table, providers: {} }
    expect(priceChanges(none, of([model(['a'], 1)])).added).toHaveLength(1)
    expect(priceChanges(of([model(['a'], 1)]), none).removed).toHaveLength(1)
  })
})

describe('the body of the pull request', () => {
  it('shows ids of the package as text, and stays within what GitHub takes', () => {
    const hostile = ['@everyone', '![x](http://e)', '`|<img src=x>', '::set-output name=a::b', '#1', 'x'.repeat(5000)]
    const many = Array.from({ length: 3000 }, (_, at) => model([`m-${at}-${'y'.repeat(150)}`], at))
    const body = refreshBody({
      before: of([]),
      after: of([...hostile.map((id) => model([id], 1)), ...many]),
      tests: 'failure',
    })
    const found = scanMarkdown(body)
    expect([...found.mentions, ...found.references, ...found.images, ...found.links]).toEqual([])
    expect(body.length).toBeLessThan(65_536)
    expect(body).toContain('#### New ids (3006)')
    expect(body).toContain('Price tests on this table: failure.')
    expect(body).toMatch(/- and 2\d{3} more: see the diff/)
  })

  it('the whole table at once fits, too', () => {
    const body = refreshBody({ before: { ...table, providers: {} }, after: table, tests: undefined })
    expect(body.length).toBeLessThan(65_536)
  })
})

describe('the script', () => {
  it('proposes what the reviewed script would write', () => {
    expect(proposedPrices({ version: installedVersion(), asOf: table.asOf })).toBe(generatePrices(installedVersion()))
  })

  it('changes nothing when the installed data says nothing new', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(ROOT, 'scripts', 'price-refresh.ts'), ...args], { encoding: 'utf8', cwd: ROOT })
    expect(run('--as-of', '2030-01-01')).toMatchObject({ status: 0, stdout: 'changed=false\n' })
    expect(run('--as-of', 'today').status).not.toBe(0)
  })
})

type Step = {
  readonly uses?: string
  readonly run?: string
  readonly env?: Record<string, string>
  readonly with?: Record<string, unknown>
}
type Job = {
  readonly permissions: Record<string, string>
  readonly needs?: string
  readonly if?: string
  readonly steps: readonly Step[]
}

describe('the workflow', async () => {
  const text = await readFile(join(ROOT, '.github', 'workflows', 'prices.yml'), 'utf8')
  const workflow = parse(text) as { on: { schedule: { cron: string }[] }; jobs: { [name: string]: Job } }
  const manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }
  const jobs = Object.values(workflow.jobs)
  const runs = (job: Job | undefined) => (job?.steps ?? []).map((step) => step.run ?? '').join('\n')
  const { table: builds, 'pull-request': opens } = workflow.jobs

  it('runs once a week, by itself', () => {
    expect(workflow.on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* \d$/) }])
  })

  it('knows no secret but the token of the job, and only the job that opens the pull request', () => {
    expect(text).not.toMatch(/secrets[.[]/)
    expect(JSON.stringify(builds)).not.toMatch(/github\.token|GITHUB_TOKEN/)
    for (const job of jobs)
      for (const step of job.steps)
        if (step.uses?.startsWith('actions/checkout')) expect(step.with?.['persist-credentials']).toBe(false)
  })

  it('what runs code of packages may not write, and what may write runs none', () => {
    expect(jobs).toHaveLength(2)
    expect(builds?.permissions).toEqual({ contents: 'read' })
    expect(opens?.permissions).toEqual({ contents: 'write', 'pull-requests': 'write' })
    expect(runs(opens)).not.toMatch(/\b(npm|npx|node)\b/)
    expect(opens?.steps.map((step) => step.uses ?? '').filter((uses) => /setup-node|cache/.test(uses))).toEqual([])
    expect([opens?.needs, opens?.if]).toEqual(['table', "needs.table.outputs.changed == 'true'"])
  })

  it('names scripts and folders that there are', () => {
    const named = [...runs(builds).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map((match) => match[1] ?? '')
    expect(named).toContain('prices:refresh')
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([])
    expect(runs(builds)).toContain('__tests__/prices __tests__/cost')
  })

  it('takes from the patch only what a refresh changes, opens one pull request, and updates it later', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parity-refresh-'))
    try {
      const env = {
        ...GIT_ENV,
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        HOME: folder,
        RUNNER_TEMP: join(folder, 'temp'),
      }
      const git = (cwd: string, ...args: string[]) => execFileSync('git', args, { cwd, env, encoding: 'utf8' })
      const work = join(folder, 'work')
      await mkdir(join(work, 'src', 'prices'), { recursive: true })
      await mkdir(join(folder, 'bin'))
      await mkdir(join(folder, 'temp', 'prices'), { recursive: true })
      git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', 'origin.git')
      git(work, 'init', '--quiet', '--initial-branch=main')
      await writeFile(join(work, 'src', 'prices', 'prices.json'), 'old\n')
      await writeFile(join(work, 'README.md'), 'old\n')
      git(work, 'add', '.')
      git(work, 'commit', '--quiet', '--message', 'Base')
      git(work, 'remote', 'add', 'origin', join(folder, 'origin.git'))
      // What a package that is not to be trusted might have left in the patch.
      await mkdir(join(work, '.github', 'workflows'), { recursive: true })
      for (const path of ['src/prices/prices.json', 'README.md', '.github/workflows/x.yml', 'src/evil.ts'])
        await writeFile(join(work, path), 'new\n')
      git(work, 'add', '.')
      await writeFile(join(folder, 'temp', 'prices', 'prices.patch'), git(work, 'diff', '--cached', '--binary'))
      await writeFile(join(folder, 'temp', 'prices', 'body.md'), 'What changed\n')
      git(work, 'reset', '--quiet', '--hard')
      const gh = join(folder, 'bin', 'gh')
      await writeFile(gh, `#!/bin/sh\necho "$@" >> "$HOME/gh.log"\nif [ "$2" = list ]; then cat "$HOME/open"; fi\n`)
      await chmod(gh, 0o755)
      await writeFile(join(folder, 'open'), '')
      const open = () => {
        git(work, 'switch', '--quiet', 'main')
        git(work, 'branch', '--quiet', '--delete', '--force', 'prices')
      }
      const script = opens?.steps.at(-1)?.run ?? ''
      const play = () =>
        spawnSync('bash', ['-eo', 'pipefail', '-c', script], {
          cwd: work,
          env: { ...env, GH_TOKEN: 'x', BASE: 'main' },
          encoding: 'utf8',
        })
      const first = play()
      expect(first.status, first.stderr).toBe(0)
      const files = git(folder, '--git-dir=origin.git', 'show', '--name-only', '--format=', 'prices')
      expect(files.trim().split('\n')).toEqual(['src/prices/prices.json'])
      await writeFile(join(folder, 'open'), '12\n')
      open()
      expect(play().status).toBe(0)
      const calls = (await readFile(join(folder, 'gh.log'), 'utf8')).trim().split('\n')
      expect(calls.filter((line) => line.startsWith('pr create'))).toHaveLength(1)
      expect(calls.at(-1)).toMatch(/^pr edit 12 --body-file .*body\.md$/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
