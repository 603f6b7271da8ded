// Repositories to measure on: cases of one sum each, which the fake provider can answer, and a change of the prompt.

import { createRepository, type Files, type Repository } from '../../__tests__/fakes/repository.ts'

export type Bench = { readonly repository: Repository; readonly workspace: string }

export const PROMPT = 'You add numbers.\nAnswer with the number only.\n'

/**
 * A checkout with `main` and a branch `change`. With `passes: 2` the gate looks once, after the first complete
 * pass; with one pass a limit of 2.5 cases keeps it from stopping before the last of its four looks.
 */
export async function sums(cases: number, passes: 1 | 2, more: Files = {}): Promise<Bench> {
  const base: Files = {
    'prompts/sum.md': PROMPT,
    'evals/sum.eval.yaml': evalFile(passes, cases),
    'evals/cases/sum.jsonl': Array.from({ length: cases }, (_, index) => `${JSON.stringify(caseOf(index))}\n`).join(''),
  }
  return checkout({ ...base, ...more }, { 'prompts/sum.md': `${PROMPT}Write digits, not words.\n` })
}

/** `count` source files around one small eval set; the change touches `changed` of them. */
export async function largeRepository(count: number, changed: number): Promise<Bench> {
  const source = (index: number, version: number) =>
    `// Part ${index}\nexport const MODEL = 'gpt-4o-mini'\nexport function part${index}() {\n  return ${index + version}\n}\n`
  const path = (index: number) => `packages/p${index % 97}/src/area${index % 13}/file${index}.ts`
  const files = Object.fromEntries(Array.from({ length: count }, (_, index) => [path(index), source(index, 0)]))
  const step = Math.floor(count / changed)
  const change = Object.fromEntries(
    Array.from({ length: changed }, (_, index) => [path(index * step), source(index * step, 1)]),
  )
  const set = {
    'prompts/sum.md': PROMPT,
    'evals/sum.eval.yaml': evalFile(1, 20),
    'evals/cases/sum.jsonl': `${JSON.stringify(caseOf(1))}\n`,
  }
  return checkout({ ...files, ...set }, { ...change, 'prompts/sum.md': `${PROMPT}Write digits.\n` })
}

async function checkout(base: Files, head: Files): Promise<Bench> {
  const repository = await createRepository()
  await repository.commit(base, 'Base', { branch: 'main' })
  await repository.commit(head, 'Change', { branch: 'change', from: 'main' })
  const workspace = await repository.cloneFull('change')
  return { repository, workspace }
}

export function caseOf(index: number): {
  readonly id: string
  readonly vars: { readonly question: string }
  readonly expected: string
} {
  const [a, b] = [index + 1, (7 * index) % 1000]
  return { id: `sum-${index}`, vars: { question: `What is ${a} + ${b}?` }, expected: String(a + b) }
}

function evalFile(passes: number, cases: number): string {
  const limit = passes === 1 ? `gates: { max_drop_points: ${250 / cases} }\n` : ''
  return `name: sum
target:
  prompt: ../prompts/sum.md
  model: openai/gpt-4.1-mini-2025-04-14
  parameters: { temperature: 0, max_tokens: 20 }
cases: cases/sum.jsonl
scorers: [{ equals: "{{expected}}" }]
passes: ${passes}
${limit}`
}

/** A small project, and a change that matters to no eval set. */
export function untouched(): { readonly base: Files; readonly head: Files } {
  const rows = Array.from({ length: 20 }, (_, index) => `${JSON.stringify(caseOf(index))}\n`)
  const base = {
    'README.md': '# Sums\n',
    'prompts/sum.md': PROMPT,
    'evals/sum.eval.yaml': evalFile(1, 20),
    'evals/cases/sum.jsonl': rows.join(''),
  }
  return { base, head: { 'README.md': '# Sums\n\nNow with a second paragraph.\n' } }
}
