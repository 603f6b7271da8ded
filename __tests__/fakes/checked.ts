// Two versions of a repository in memory, and what policy and integrity find in the second.

import { detect } from '../../src/detect.ts'
import type { Finding } from '../../src/domain.ts'
import { loadLifecycle } from '../../src/lifecycle/load.ts'
import { loadConfigs, loadSets } from '../../src/load.ts'
import type { FileChange, Store } from '../../src/ports.ts'
import { staticFindings } from '../../src/static-checks.ts'
import { memoryTree } from './tree.ts'

export type Files = { readonly [path: string]: string }
export type Checked = {
  readonly findings: readonly Finding[]
  readonly loosened: readonly string[]
  of(rule: Finding['rule']): readonly Finding[]
}

export type Versions = {
  readonly base: Files | null
  /** What the head changes; null deletes. */
  readonly head: { readonly [path: string]: string | null }
  readonly trusted?: boolean
  /** Lines of `answers.jsonl` in the state. */
  readonly answers?: readonly string[]
  /** Names of the eval sets that run. */
  readonly chosen?: readonly string[]
  readonly environment?: { readonly [name: string]: string }
}

export async function checked({
  base,
  head,
  trusted = true,
  answers = [],
  chosen = [],
  environment = {},
}: Versions): Promise<Checked> {
  const kept = Object.entries({ ...base, ...head }).filter((entry): entry is [string, string] => entry[1] !== null)
  const now: Files = Object.fromEntries(kept)
  const trees = { base: base === null ? null : memoryTree(base, { id: 'base' }), head: memoryTree(now, { id: 'head' }) }
  const configs = await loadConfigs('parity.yaml', trees, trusted)
  const files = base === null ? [] : changes(base, now)
  const sets = await loadSets({ trees, configs, files, directory: '' })
  const config = { ...configs.config, path: 'parity.yaml', changed: configs.changed }
  const detection = await detect({ files, sets, trees, config, directory: '' })
  const problems = sets.pairs.flatMap((pair) => pair.headProblems)
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  const findings = await staticFindings({
    ...{ configs, sets, detection, files, trusted },
    today: '2026-05-01',
    nowMs: Date.parse('2026-05-01T12:00:00Z'),
    lifecycle: await loadLifecycle(configs.config, trees.head),
    chosen,
    environment: (name) => environment[name],
    openStore: async () => stateOf(answers),
  })
  return {
    findings,
    loosened: configs.loosened.map((one) => one.gate),
    of: (rule) => findings.filter((one) => one.rule === rule),
  }
}

function changes(base: Files, head: Files): readonly FileChange[] {
  return [...new Set([...Object.keys(base), ...Object.keys(head)])].flatMap((path): FileChange[] => {
    if (base[path] === head[path]) return []
    return [{ path, status: base[path] === undefined ? 'added' : head[path] === undefined ? 'deleted' : 'modified' }]
  })
}

const stateOf = (lines: readonly string[]): Store & { close(): Promise<void> } => ({
  readLines: async (name) => (name === 'answers.jsonl' ? lines : []),
  append: () => {
    throw new Error('a check writes nothing')
  },
  flush: async () => {},
  close: async () => {},
})

export type Row = { readonly [key: string]: unknown }
export const rows = (cases: readonly Row[]) => cases.map((one) => `${JSON.stringify(one)}\n`).join('')

/** Six cases whose questions are long enough to be recognised. */
export const CASES: readonly Row[] = ['refund', 'delivery', 'warranty', 'invoice', 'account', 'voucher'].map(
  (topic, at) => ({
    id: topic,
    vars: { question: `How many days does a ${topic} usually take in our shop?` },
    expected: `A ${topic} takes ${at + 3} working days in our shop.`,
  }),
)

export const PROMPT = 'You answer questions of customers.\nBe short and polite.\n'

export type Setup = {
  readonly policy?: string
  readonly prompt?: string
  readonly cases?: readonly Row[]
  readonly target?: string
  readonly scorers?: string
  readonly extra?: string
}

export function shop(setup: Setup = {}): Files {
  const { policy, prompt = PROMPT, cases = CASES, target = 'model: openai/gpt-4.1-2025-04-14' } = setup
  return {
    ...(policy === undefined ? {} : { 'parity.yaml': `policy: ${policy}\n` }),
    'prompts/shop.md': prompt,
    'evals/shop.jsonl': rows(cases),
    'evals/shop.eval.yaml': `name: shop
target:
  prompt: ../prompts/shop.md
  ${target}
cases: shop.jsonl
scorers: ${setup.scorers ?? '[{ contains: "{{expected}}" }]'}
${setup.extra ?? ''}`,
  }
}
