import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { codeowners, readCodeowners } from '../../src/config/codeowners.ts'
import { loadConfig } from '../../src/config/config.ts'
import { findEvalSets } from '../../src/config/discover.ts'
import { globMatcher } from '../../src/config/globs.ts'
import { validateFiles } from '../../src/config/report.ts'
import { memoryTree } from '../fakes/tree.ts'
import { known, SIX_LINES } from './names.ts'

const load = (text: string) => loadConfig(memoryTree({ 'parity.yaml': text }))

// The example of the contract, key by key.
const EXAMPLE = `evals: ["evals/**/*.eval.yaml"]
prompts: ["prompts/**"]
ignore: ["vendor/**"]
mode: enforce
providers:
  gateway: { kind: openai, base_url: "http://llm.internal/v1", api_key_env: GATEWAY_KEY, headers: {x-team: support}, max_concurrency: 16 }
models: { "azure/support-gpt": "openai/gpt-4.1-2025-04-14", "azure/b": { base: a/x, head: a/y } }
prices: [{ id: "acme/house-model", from: 2026-01-01, input: 0.20, output: 0.80, reason: "internal cluster" }]
routes:
  - { name: support, evals: [support-answers], owner: "@acme/finops", requests_per_month: 3000000, profile: traffic.jsonl,
      prompt_cache_hit_ratio: 0.4, response_cache_hit_ratio: 0.1, monthly_usd: 9000, monthly_delta_usd: 500 }
cost: { monthly_usd: 40000, owner: "@acme/finops" }
spend: { max_usd: 20, max_calls: 20000 }
policy: { models: { allow: ["openai/*", "anthropic/*"], pinned_only: true }, uncovered: warn, owner: required, reason: optional }
comment: { when: changes, outputs: show }
redact: ["ACME-\\\\d{6}"]
`

describe('parity.yaml', () => {
  it('reads the example of the contract', async () => {
    const config = await load(EXAMPLE)
    expect(config.providers['gateway']).toEqual({
      kind: 'openai',
      baseUrl: 'http://llm.internal/v1',
      apiKeyEnv: 'GATEWAY_KEY',
      headers: { 'x-team': 'support' },
      maxConcurrency: 16,
      place: { path: 'parity.yaml', line: 6, column: 12 },
    })
    expect(config.prices[0]).toMatchObject({ id: 'acme/house-model', from: '2026-01-01', input: 0.2, output: 0.8 })
    expect(config.routes[0]).toMatchObject({
      requestsPerMonth: 3e6,
      promptCacheHitRatio: 0.4,
      horizonDays: 30,
      monthlyDeltaUsd: 500,
    })
    expect(config.policy).toMatchObject({
      models: { allow: ['openai/*', 'anthropic/*'], pinnedOnly: true },
      owner: 'required',
      reason: 'optional',
    })
    expect(config).toMatchObject({
      cost: { monthlyUsd: 40000 },
      spend: { maxUsd: 20, maxCalls: 20000 },
      redact: ['ACME-\\d{6}'],
    })
  })

  it('a missing and an empty file are the defaults, with one hash', async () => {
    const missing = await loadConfig(memoryTree({}))
    const empty = await load('# nothing yet\n')
    expect(missing).toMatchObject({
      found: false,
      evals: null,
      mode: 'enforce',
      comment: { when: 'changes', outputs: 'show' },
    })
    expect(empty).toEqual({ ...missing, found: true })
  })

  it('the hash follows content, not spelling', async () => {
    const one = await load('mode: report\nspend: {max_usd: 1, max_calls: 2}\n')
    expect((await load('# x\nspend: {max_calls: 2, "max_usd": 1.0}\nmode: "report"\n')).hash).toBe(one.hash)
    expect((await load('mode: enforce\nspend: {max_usd: 1, max_calls: 2}\n')).hash).not.toBe(one.hash)
  })

  it.each([
    ['mdoe: report', /^parity\.yaml:1:1: Unknown key "mdoe".*Did you mean "mode"/],
    ['zzzzzzzzzzzzzz: 1', /Expected one of evals, .*\. Remove it\.$/],
    ['mode: reprot', /^parity\.yaml:1:7: "mode" is "reprot"\. Expected enforce or report\. Did you mean "report"/],
    ['spend:\n  max_usd: -1', /^parity\.yaml:2:12: "spend\.max_usd" is -1\. Expected an amount in USD/],
    ['spend: { max_usd: .inf }', /amount in USD/],
    ['providers: { x: { kind: openai, base_url: "file:///etc" } }', /Expected an http\(s\) URL/],
    ['providers: { x: { kind: opneai } }', /Did you mean "openai"/],
    ['evals: ["../*.yaml"]', /^parity\.yaml:1:8: .*leads out of the repository/],
    ['evals: ["/etc/*"]', /leads out of the repository/],
    [`ignore: ["${'{a,b}'.repeat(16)}"]`, /too many alternatives/],
    ['evals: ["*a*a*a*a*a*a*a*b"]', /too many alternatives or stars/],
    ['evals: ["{1..100000000}"]', /too many alternatives/],
    ['prices: [{ id: a/b, input: 1 }]', /The price of "a\/b" is incomplete/],
    ['routes: [{name: r, evals: [a]}, {name: r, evals: [b]}]', /Two routes are called "r"/],
    ['- a', /The file is a list\. Expected a map of keys/],
    [`redact: ["${'x'.repeat(5_000_001)}"]`, /at most 5 MB/],
    ['a: [', /^parity\.yaml:\d+:\d+: Not valid YAML/],
  ])('%.60s', async (text, expected) => {
    await expect(load(text)).rejects.toThrow(expected)
  })

  it('the schemas have no key that is not closed', async () => {
    for (const name of ['parity', 'eval']) {
      const text = await readFile(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8')
      const open: string[] = []
      const walk = (node: unknown, path: string): void => {
        if (typeof node !== 'object' || node === null) return
        if (
          'properties' in node &&
          typeof node.properties === 'object' &&
          'type' in node &&
          !('additionalProperties' in node)
        )
          open.push(path)
        for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`)
      }
      walk(JSON.parse(text), name)
      expect(open).toEqual([])
    }
  })
})

describe('finding eval sets', () => {
  const files = Object.fromEntries(
    [
      'evals/a.eval.yaml',
      'b.eval.json',
      'promptfooconfig.yaml',
      'skills/x/evals/evals.json',
      'examples/c.eval.yaml',
      'tests/d.eval.yaml',
      'node_modules/p/e.eval.yaml',
      'evals/redteam.eval.yaml',
      'evals/f.yaml',
    ].map((path) => [path, SIX_LINES]),
  )
  const tree = memoryTree({
    ...files,
    'p.prompt.yml': 'messages: []\n',
    'q.prompt.yml': 'messages: []\ntestData: []\n',
  })
  const find = async (text: string) => findEvalSets(tree, { ...(await load(text)), path: 'parity.yaml' })

  it('takes every known format outside of examples, tests and red-team files', async () => {
    expect(await find('')).toEqual([
      'b.eval.json',
      'evals/a.eval.yaml',
      'promptfooconfig.yaml',
      'q.prompt.yml',
      'skills/x/evals/evals.json',
    ])
  })

  it('explicit globs replace that, ! and ignore take away', async () => {
    expect(await find('evals: ["evals/*.yaml", "examples/**", "!evals/red*"]')).toEqual([
      'evals/a.eval.yaml',
      'evals/f.yaml',
      'examples/c.eval.yaml',
    ])
    expect(await find('evals: ["**/*.eval.yaml"]\nignore: ["node_modules/**", "tests/**", "ex*/**"]')).toEqual([
      'evals/a.eval.yaml',
      'evals/redteam.eval.yaml',
    ])
  })
})

describe('globs', () => {
  it('match hidden folders and nothing outside', () => {
    const matches = globMatcher(['./.github/**', '*.md', '!x.md'])
    expect(['.github/prompts/a.md', 'y.md', 'x.md', 'd/y.md'].filter(matches)).toEqual(['.github/prompts/a.md', 'y.md'])
    expect(globMatcher([])('a')).toBe(false)
  })
})

describe('CODEOWNERS', () => {
  it.each([
    ['* @a\n*.md @b\n', 'x/y.md', '@b'],
    ['/docs/ @a\n', 'x/docs/y', undefined],
    ['docs/ @a @b\n', 'x/docs/y', '@a @b'],
    ['* @a\n/x\n', 'x/y', undefined],
    ['/x/* @a\n', 'x/y/z', undefined],
    ['# c\n!x @a\n[z] @a\n', 'x', undefined],
    ['* a@b.c # mail\n', 'x', 'a@b.c'],
  ])('%j owns %s: %s', (text, path, owner) => {
    expect(codeowners(text)(path)).toBe(owner)
  })

  it('a link in its place names nobody, and the next place is looked at', async () => {
    const tree = memoryTree({ 'docs/CODEOWNERS': '* @acme' }, { symlinks: ['.github/CODEOWNERS', 'CODEOWNERS'] })
    expect((await readCodeowners(tree))('a.md')).toBe('@acme')
    expect((await readCodeowners(memoryTree({}, { symlinks: ['CODEOWNERS'] })))('a.md')).toBe(undefined)
  })
})

describe('validateFiles', () => {
  it('reports every file, with the line of what is wrong in it', async () => {
    const { files } = await validateFiles(
      memoryTree({
        'parity.yaml': 'mdoe: x\n',
        'a.eval.yaml': SIX_LINES,
        'prompts/answer.md': 'x {{ question }}',
        'cases.jsonl': '{"question": 1}\n{]\n',
      }),
      { known },
    )
    expect(files.map(({ file, format, ok }) => ({ file, format, ok }))).toEqual([
      { file: 'parity.yaml', format: 'parity', ok: false },
      { file: 'a.eval.yaml', format: 'eval', ok: false },
    ])
    expect(files[0]?.errors[0]).toMatchObject({ line: 1, column: 1 })
    expect(files[1]?.errors[0]).toMatchObject({
      line: null,
      column: null,
      message: expect.stringMatching(/^cases\.jsonl:2: /),
    })
  })

  it('a named file that is not there is an error', async () => {
    const { files } = await validateFiles(memoryTree({}), { known, paths: ['x.eval.yaml'] })
    expect(files).toMatchObject([{ file: 'x.eval.yaml', ok: false }])
  })
})
