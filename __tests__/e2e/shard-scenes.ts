// Changes of every kind that must come out the same, whole or in shards.

import { expect } from 'vitest'
import type { CallContext, FakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { cases, evalFile, PROMPT, project, rightAnswer } from './project.ts'
import { comparable, type Trees, workshop } from './sharded.ts'

export const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
export const wrong =
  (pattern: RegExp) =>
  (context: CallContext): string =>
    context.prompt.includes('Be brief') && pattern.test(context.prompt) ? 'Hm.' : rightAnswer(context)

const many = (count: number): Files =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `evals/set${i}.eval.yaml`,
      evalFile().replace('name: capital', `name: set${i}`),
    ]),
  )
const routes = `routes:
  - { name: atlas, evals: [capital], requests_per_month: 100000, monthly_usd: 5000, monthly_delta_usd: 100 }
`

export type Scene = {
  readonly trees: Trees
  readonly answer?: (context: CallContext) => string
  readonly outcome: string
}
export const SCENES: { readonly [name: string]: Scene } = {
  'broken cases that re-runs confirm': {
    trees: { base: project({ cases: 60 }), head: BRIEF },
    answer: wrong(/Peru/),
    outcome: 'fail',
  },
  'nothing got worse, with a route': {
    trees: { base: { ...project(), 'parity.yaml': routes }, head: BRIEF },
    outcome: 'pass',
  },
  'two passes, slices, a floor and a case that must pass': {
    trees: {
      base: project({
        extra:
          'passes: 2\ngates: { max_drop_points: 10, min_score: 90, must_pass: [peru], slices: { continent: { max_drop_points: 10 } } }\n',
      }),
      head: BRIEF,
    },
    answer: wrong(/Peru/),
    outcome: 'fail',
  },
  'edited, added and removed cases, and ties': {
    trees: {
      base: project({ extra: 'gates: { max_drop_points: 5, min_score: 50 }\n' }),
      head: {
        'evals/cases/capital.jsonl': `${cases(20).split('\n').slice(2, -1).join('\n').replace('"Vienna"', '"Wien"')}\n{"id":"new","vars":{"question":"What is the capital of France? Again."},"expected":"Paris"}\n`,
      },
    },
    outcome: 'pass',
  },
  'scorers that changed': {
    trees: {
      base: project(),
      head: {
        ...BRIEF,
        'evals/capital.eval.yaml': evalFile().replace('contains: "{{expected}}"', 'equals: "{{expected}}."'),
      },
    },
    outcome: 'pass',
  },
  'an early look': {
    trees: { base: project({ cases: 240 }), head: BRIEF },
    outcome: 'pass',
  },
  'graded scores': {
    trees: {
      base: project({ extra: 'compare: score\n' }).valueOf() as Files,
      head: BRIEF,
    },
    answer: wrong(/Asia|Japan|India|Nepal/),
    outcome: 'fail',
  },
  'five sets that share a prompt: a sample of each': {
    trees: { base: { ...project({ cases: 120 }), ...many(5) }, head: BRIEF },
    answer: wrong(/question 113/),
    outcome: 'pass',
  },
  'an added set': {
    trees: {
      base: { 'README.md': '# Atlas\n', 'prompts/capital.md': PROMPT },
      head: project(),
    },
    outcome: 'pass',
  },
  'both sides send the same': {
    trees: {
      base: project({ extra: 'gates: { min_score: 90 }\n' }),
      head: { 'evals/capital.eval.yaml': evalFile({ extra: 'gates: { min_score: 95 }\n' }) },
    },
    outcome: 'pass',
  },
}

const OF = 3

/** The same verdict, score, interval, findings, flips and costs. */
export async function expectSameInShards(scene: Scene, llm: FakeLlm): Promise<void> {
  await using shop = await workshop(scene.trees, llm)
  const whole = await shop.whole()
  expect(whole.report.verdict.outcome).toBe(scene.outcome)
  const parts = await Promise.all(Array.from({ length: OF }, (_, i) => shop.shard(i + 1, OF)))
  expect(parts.map((one) => [one.code, one.report.shard?.index])).toEqual(parts.map((_, i) => [0, i + 1]))
  const merged = await shop.merge([`${shop.out}/parts/${OF}`])
  expect(comparable(merged.report)).toEqual(comparable(whole.report))
  expect([merged.code, merged.stderr.includes('error')]).toEqual([whole.code, false])
  expect(merged.report.run.shards).toEqual({ of: OF, missing: [] })
  expect(await shop.verify(merged)).toEqual(await shop.verify(whole))
}
