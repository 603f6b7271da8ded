// The order in which answers come, and how many calls are in the air, change nothing in the report: tried with latencies that
// are drawn anew each time, several eval sets in one pool, and a judge.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { fraction } from '../fakes/draw.ts'
import { type CallContext, startFakeLlm } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'
import { type Checkout, checkout, essence, type Ran } from './calm.ts'
import { evalFile, PROMPT, project, rightAnswer } from './project.ts'

const judged = evalFile({ extra: 'gates: { max_drop_points: 8, must_pass: [peru, cuba] }\n' })
  .replace('name: capital', 'name: judged')
  .replace(
    'contains: "{{expected}}"',
    'llm-rubric: { value: "Names the city.", model: openai/gpt-4.1-mini-2025-04-14 }',
  )
const FILES: Files = {
  ...project(),
  'evals/judged.eval.yaml': judged,
  'evals/twice.eval.yaml': evalFile({ extra: 'passes: 2\n' }).replace('name: capital', 'name: twice'),
}
const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }

/** By the question alone: which of two equal questions comes first is what the order of calls decides, and no answer may. */
function answer(context: CallContext): string {
  const { prompt, model } = context
  if (model.includes('mini'))
    return JSON.stringify({ reason: 'read', label: prompt.includes('ask.') ? 'fail' : 'pass' })
  const wrong = prompt.includes('Be brief') ? 0.3 : 0.1
  return fraction('answers', prompt) < wrong ? 'That depends on whom you ask.' : rightAnswer(context)
}

let place: Checkout
let first: Ran
beforeAll(async () => {
  place = await checkout(FILES, BRIEF)
  first = await run('one', 0)
  expect(first.report?.evalSets.map((one) => one.name).sort(), first.stderr).toEqual(['capital', 'judged', 'twice'])
  expect(first.report?.run.calls.judge).toBeGreaterThan(10)
})
afterAll(() => place[Symbol.asyncDispose]())

/** The seed draws the latencies; the answers are of their own. */
async function run(seed: string, sigma: number, maxConcurrent?: number): Promise<Ran> {
  const latency = { medianMs: 12, sigma }
  await using llm = await startFakeLlm({
    seed: 'answers',
    answer: (context) => ({ text: answer(context), latencyMs: drawn(seed, context, latency) }),
    ...(maxConcurrent === undefined ? {} : { maxConcurrent, retryAfterSeconds: 0.05 }),
  })
  return await place.run(llm)
}

/** Log-normal: a few answers take far longer than the others, and each run it is others. */
function drawn(seed: string, context: CallContext, { medianMs, sigma }: { medianMs: number; sigma: number }): number {
  const [a, b] = [context.random(`${seed} a`), context.random(`${seed} b`)]
  const normal = Math.sqrt(-2 * Math.log(Math.max(a, 1e-9))) * Math.cos(2 * Math.PI * b)
  return Math.min(600, medianMs * Math.exp(sigma * normal))
}

it.each([
  ['two', 1.2, undefined],
  ['three', 1.6, undefined],
  ['four', 1.2, 7],
  ['five', 0.3, 2],
] as const)('latencies %s (sigma %s), calls at once %s', async (seed, sigma, most) => {
  const ran = await run(seed, sigma, most)
  expect([ran.code, ran.record], ran.stderr).toEqual([first.code, first.record])
  expect(essence(ran.report)).toEqual(essence(first.report))
})
