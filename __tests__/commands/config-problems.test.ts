// What of parity.yaml would end a run or do nothing in it: `validate` says it before, with its place.

import { describe, expect, it } from 'vitest'
import { cli, inRepository } from './cli.ts'

const FILES = {
  'p.md': 'Say it. {{ question }}\n',
  'a.eval.yaml': `target: { prompt: p.md, model: openai/gpt-4.1-2025-04-14 }
cases: [{ vars: { question: Who? }, expected: me }]
scorers: [{ contains: "{{expected}}" }]
`,
}

type FileReport = { file: string; errors: { line: number | null; message: string }[]; warnings?: string[] }

const validate = (config: string, files: { readonly [path: string]: string } = {}) =>
  inRepository({ ...FILES, ...files, 'parity.yaml': `${config}\n` }, async (cwd) => {
    const { code, stdout, stderr } = await cli(cwd, ['validate', '--format', 'json'])
    const reports: FileReport[] = JSON.parse(stdout)
    const [own] = reports.filter(({ file }) => file === 'parity.yaml')
    return { code, stderr, errors: own?.errors ?? [], warnings: own?.warnings ?? [] }
  })

const route = (more: string) => `routes:\n  - { name: chat, evals: [a], requests_per_month: 10, ${more} }`

describe.concurrent('what would end a run', () => {
  it.each([
    ['redact: ["(?=x)y"]', 'The pattern "(?=x)y" under `redact` cannot be used'],
    [
      'prices: [{ id: acme/x, from: 2026-02-31, input: 1, output: 2 }]',
      '"prices.0.from" is "2026-02-31". Expected a date of the calendar',
    ],
    [
      'prices: [{ id: acme/x, input: 1, output: 2, cached_input: 1, tiers: [{ above: 5, input: 2, output: 3 }] }]',
      'has no cached_input',
    ],
    [route('profile: none.json'), 'There is no file "none.json", which the route chat names as its profile.'],
    [route('usage: none.jsonl'), 'There is no file "none.jsonl", which the route chat names as its usage.'],
    ['providers: { x: { kind: openai } }', 'The provider x has neither an address nor a key of its own'],
    [
      'providers: { x: { kind: openai, base_url: "http://${HOST}/v1" } }',
      '"base_url" of the provider x has "${…}" in it',
    ],
    [
      'providers: { x: { kind: openai, base_url: "http://x/v1", headers: { x-team: "${TEAM-none}" } } }',
      '"x-team" of the provider x has "${" in it, and no name of a variable in braces after it',
    ],
    [
      'providers: { x: { kind: openai, base_url: "https://${HOST}/v1" } }',
      '"base_url" of the provider x has "${…}" in it',
    ],
    [
      'providers: { openai: { kind: openai, api_version: "2024-10-21" } }',
      '"api_version" has no meaning for the provider openai',
    ],
    [
      'providers: { gcp: { kind: bedrock, region: us-east-1, project: acme } }',
      '"project" has no meaning for the provider gcp',
    ],
  ])('is an error: %s', async (config, message) => {
    const { code, errors } = await validate(config)
    expect([code, errors.map((one) => one.message)]).toEqual([2, [expect.stringContaining(message)]])
  })

  it('is none where all is there', async () => {
    const config = `redact: ["ACME-\\\\d{6}"]
prices: [{ id: acme/x, from: 2026-02-28, input: 1, output: 2 }]
${route('usage: bill.jsonl')}
providers:
  openai: { kind: openai, headers: { x-team: a }, region: eu }
  here: { kind: ollama }
  x: { kind: openai, api_key_env: X_KEY }
  far: { kind: vertex, region: asia-east1, project: acme }
  azure-eu: { kind: azure, base_url: "https://acme-eu.openai.azure.com", api_key_env: A_KEY, api_version: "2024-10-21" }`
    const bill = { 'bill.jsonl': '{"month": "2026-10", "usd": 1}\n' }
    expect(await validate(config, bill)).toEqual({ code: 0, stderr: '', errors: [], warnings: [] })
  })
})

describe.concurrent('what would do nothing', () => {
  const price = (id: string) => `prices: [{ id: ${id}, input: 1, output: 2 }]`
  const ASKED = 'openai/gpt-4.1-2025-04-14'
  it.each([
    [price('gpt-4.1-2025-04-14'), '`prices` has "gpt-4.1-2025-04-14"'],
    [price('openai/gpt-4.1-2025-04-41'), '`prices` has "openai/gpt-4.1-2025-04-41"'],
    ['models: { gpt-4.1-2025-04-14: openai/gpt-4.1 }', '`models` has "gpt-4.1-2025-04-14"'],
  ])('is a warning: %s', async (config, message) => {
    const { code, warnings } = await validate(config)
    expect([code, warnings]).toEqual([0, [`${message}, which no eval set asks. Did you mean "${ASKED}"?`]])
  })

  it('is no warning where it is asked, or nothing is like it', async () => {
    const fine = `${price(ASKED)}\nmodels: { azure/chat: openai/gpt-4.1 }`
    for (const config of [fine, price('acme/house'), price(ASKED.toUpperCase())])
      expect((await validate(config)).warnings).toEqual([])
  })
})

it('a folder among the patterns, and an eval set that is ignored', async () => {
  const { stderr } = await validate('ignore: ["./legacy/", vendor]\nprompts: [texts]', {
    'legacy/a.md': 'x',
    'texts/a.md': 'x',
  })
  expect(stderr.trim().split('\n')).toEqual([
    'parity.yaml: `prompts` has `texts`, which is a folder, and no file: write `texts/**`.',
    'parity.yaml: `ignore` has `./legacy/`, which is a folder, and no file: write `legacy/**`.',
  ])
  const ignored = await validate('ignore: ["*.eval.yaml"]')
  expect(ignored.stderr).toBe('a.eval.yaml is not read: a pattern of `ignore:` has it.\n')
})

it('in a monorepo the configuration and its patterns are those of the working directory', () =>
  inRepository(
    {
      ...FILES,
      'svc/parity.yaml': 'evals: ["checks/*.yaml"]\nredact: ["(?=x)"]\n',
      'svc/checks/b.yaml': FILES['a.eval.yaml'].replace('p.md', '../../p.md'),
    },
    async (cwd) => {
      const { code, stdout, stderr } = await cli(cwd, ['validate', '--working-directory', 'svc', '--format', 'json'])
      const reports: FileReport[] = JSON.parse(stdout)
      expect([code, stderr, reports.map(({ file, errors }) => [file, errors.length])]).toEqual([
        2,
        '',
        [
          ['svc/parity.yaml', 1],
          ['svc/checks/b.yaml', 0],
        ],
      ])
    },
  ))
