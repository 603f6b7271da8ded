// Documents cannot rot: what they say about rules, inputs, commands and files is held against the code.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { JOB_FLAGS } from '../src/commands/local-job.ts'
import { COMMANDS } from '../src/commands/usage.ts'
import { loadConfig } from '../src/config/config.ts'
import { loadEvalSets } from '../src/config/evalset.ts'
import { knownScorers } from '../src/config/known-scorers.ts'
import { PROVIDERS } from '../src/targets/provider-table.ts'
import { memoryTree } from './fakes/tree.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const readme = read('README.md')
const action = parse(read('action.yml')) as {
  inputs: Record<string, { default?: string }>
  outputs: Record<string, unknown>
  runs: { using: string; main: string }
}

const rules = [
  ...(/export type FindingRule =([\s\S]*?)\n\n/.exec(read('src/domain.ts'))?.[1] ?? '').matchAll(/'([a-z0-9-]+)'/g),
].map((match) => match[1] ?? '')

describe('rules', () => {
  it('are found in the vocabulary', () => {
    expect(rules.length).toBeGreaterThan(30)
  })
  it('have one page each, and no page is left over', () => {
    const pages = readdirSync(join(root, 'docs', 'rules')).map((name) => name.replace(/\.md$/, ''))
    expect(pages.sort()).toEqual([...rules].sort())
  })
})

describe('action.yml', () => {
  it('runs on node24 from the file that is there', () => {
    expect(action.runs.using).toBe('node24')
    expect(existsSync(join(root, action.runs.main))).toBe(true)
  })
  it('has the inputs that the code reads, and no others', () => {
    const code = ['src/action.ts', 'src/inputs.ts'].map(read).join('\n')
    const names = new Set([...code.matchAll(/input(?:, |\()'([a-z-]+)'/g)].map((match) => match[1] ?? ''))
    names.delete('no-cache') // a flag of the command line alone
    expect([...names].sort()).toEqual(Object.keys(action.inputs).sort())
  })
  it('has the outputs that the code sets, and no others', () => {
    const code = ['src/outputs.ts', 'src/action.ts'].map(read).join('\n')
    const missing = Object.keys(action.outputs).filter(
      (name) => !new RegExp(`['"]?${name}['"]?[:,]|\\b${name}\\b:`).test(code),
    )
    expect(missing).toEqual([])
  })
  it('is a flag of the command line for every input but two', () => {
    const flags = Object.keys(JOB_FLAGS)
    const inputs = Object.keys(action.inputs).filter((name) => name !== 'command' && name !== 'github-token')
    expect(inputs.filter((name) => !flags.includes(name))).toEqual([])
  })
})

describe('the guide to providers', () => {
  const rows = new Map(
    [...read('docs/guides/providers.md').matchAll(/^\| `([a-z]+)\/` \| (.*)$/gm)].map((row) => [row[1], row[2] ?? '']),
  )
  it('has a line for each, and no other', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(PROVIDERS).sort())
  })
  it.each(Object.entries(PROVIDERS))('%s: names every variable, and no other', (name, { keys, bases }) => {
    const named = [...(rows.get(name) ?? '').matchAll(/`([A-Z][A-Z_]+)`/g)].map((match) => match[1])
    expect(named).toEqual([...keys, ...bases])
  })
})

describe('README', () => {
  it('has tables and workflow as they are in their sources', () => {
    const made = spawnSync(process.execPath, [join(root, 'scripts', 'readme.ts'), '--check'], { encoding: 'utf8' })
    expect(made.stdout + made.stderr + made.status).toMatch(/0$/)
  })
  it('shows an eval set of six lines that loads', async () => {
    const block = /<!-- evalset:start -->\n```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
    expect(block.trim().split('\n')).toHaveLength(6)
    const row = /```json\n(\{"id"[^\n]*)\n```/.exec(readme)?.[1] ?? ''
    const tree = memoryTree({
      'evals/support.eval.yaml': block,
      'evals/cases/support.jsonl': `${row}\n`,
      'prompts/support.md': 'Answer.\n',
    })
    const [loaded] = await loadEvalSets(tree, await loadConfig(tree), { known: knownScorers })
    expect(loaded?.problems).toEqual([])
    expect(loaded?.evalSets[0]?.cases).toHaveLength(1)
  })
  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '')
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([])
  })
})

describe('workflows', () => {
  const folders = ['.github/workflows', 'docs/workflows']
  const files = folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  it.each(files)('%s is pinned, has least permissions and no injection', (file) => {
    const text = read(file)
    const workflow = parse(text) as {
      permissions: unknown
      on: Record<string, { paths?: unknown } | null>
      jobs: Record<string, { permissions?: unknown; steps?: { uses?: string; run?: string }[] }>
    }
    expect(workflow.permissions).toEqual({})
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
    expect(Object.values(workflow.on).filter((event) => event?.paths !== undefined)).toEqual([])
    for (const job of Object.values(workflow.jobs)) {
      expect(job.permissions).toBeDefined()
      for (const step of job.steps ?? []) {
        if (step.uses !== undefined && step.uses !== './') expect(step.uses).toMatch(/@([0-9a-f]{40}|<sha>)$/)
        expect(step.run ?? '').not.toContain('${{')
      }
    }
  })
})

describe('workflows that use the action', () => {
  type Step = { id?: string; uses?: string; if?: string; with?: Record<string, unknown> }
  type Jobs = Record<string, { needs?: string; if?: string; strategy?: { matrix: { shard: number[] } }; steps: Step[] }>
  const files = readdirSync(join(root, 'docs/workflows')).map((name) => `docs/workflows/${name}`)
  const jobsOf = (file: string) => (parse(read(file)) as { jobs: Jobs }).jobs
  const stepsOf = (file: string, action: string) =>
    Object.values(jobsOf(file)).flatMap((job) => job.steps.filter((step) => step.uses?.startsWith(action)))
  const inputs = Object.keys((parse(read('action.yml')) as { inputs: object }).inputs)

  it.each(files)('%s names inputs that there are, and uploads nothing private', (file) => {
    const own = stepsOf(file, 'prompt-parity/')
    expect(own.length).toBeGreaterThan(0)
    for (const step of own) expect(Object.keys(step.with ?? {}).filter((name) => !inputs.includes(name))).toEqual([])
    for (const { with: upload } of stepsOf(file, 'actions/upload-artifact')) {
      expect(String(upload?.path)).toContain('outputs.report-dir')
      expect(JSON.stringify(upload)).not.toMatch(/\.parity\/state|state-dir/)
    }
  })

  it('the matrix: every shard uploads, one job joins whatever is there, and posts', () => {
    const { shard, parity } = jobsOf('docs/workflows/pull-request-shards.yml')
    const numbers = shard?.strategy?.matrix.shard ?? []
    expect(numbers).toEqual(numbers.map((_, i) => i + 1))
    const find = (job: typeof shard, action: string) => job?.steps.find((step) => step.uses?.startsWith(action))
    expect(find(shard, 'prompt-parity/')?.with?.shard).toBe('${{ matrix.shard }}/${{ strategy.job-total }}')
    expect([parity?.needs, String(parity?.if)]).toEqual(['shard', 'always()'])
    expect(find(parity, 'prompt-parity/')?.with?.command).toBe('merge')
    const [up, down] = [find(shard, 'actions/upload-artifact'), find(parity, 'actions/download-artifact')]
    expect(String(up?.if)).toMatch(/^always\(\)/)
    const pattern = String(down?.with?.pattern).replace('*', '')
    expect(String(up?.with?.name).startsWith(pattern)).toBe(true)
    expect(String(up?.with?.name)).toContain('github.run_attempt')
    // Where `command: merge` looks for them, and a folder for each.
    expect([down?.with?.path, down?.with?.['merge-multiple']]).toEqual(['.parity/report', undefined])
    const caps = [shard, parity].map((job) => find(job, 'prompt-parity/')?.with?.['max-usd'])
    expect(caps[0]).toBe(caps[1])
  })

  it('the one that only posts checks nothing out', () => {
    expect(stepsOf('docs/workflows/publish.yml', 'actions/checkout')).toEqual([])
    const [evaluates] = stepsOf('docs/workflows/pull-request.yml', 'actions/upload-artifact')
    const [down] = stepsOf('docs/workflows/publish.yml', 'actions/download-artifact')
    expect(down?.with?.name).toBe(evaluates?.with?.name)
  })
})

describe('commands', () => {
  it.each(COMMANDS.map((one) => one.name))('%s prints its help', (name) => {
    const made = spawnSync(process.execPath, [join(root, 'dist', 'cli.cjs'), name, '--help'], { encoding: 'utf8' })
    expect(made.status).toBe(0)
    expect(made.stdout).toContain(`prompt-parity ${name}`)
  })
  it('an unknown one is answered with the nearest', () => {
    const made = spawnSync(process.execPath, [join(root, 'dist', 'cli.cjs'), 'valdate'], { encoding: 'utf8' })
    expect(made.status).toBe(2)
    expect(made.stderr).toContain('`validate`')
  })
})
