// The small project that end-to-end tests change: twenty questions with one right answer each.

import type { AnswerSpec, CallContext } from '../fakes/llm.ts'
import type { Files } from '../fakes/repository.ts'

export const CAPITALS: readonly (readonly [string, string, string])[] = [
  ['France', 'Paris', 'Europe'],
  ['Italy', 'Rome', 'Europe'],
  ['Austria', 'Vienna', 'Europe'],
  ['Portugal', 'Lisbon', 'Europe'],
  ['Greece', 'Athens', 'Europe'],
  ['Poland', 'Warsaw', 'Europe'],
  ['Ireland', 'Dublin', 'Europe'],
  ['Norway', 'Oslo', 'Europe'],
  ['Japan', 'Tokyo', 'Asia'],
  ['India', 'New Delhi', 'Asia'],
  ['Nepal', 'Kathmandu', 'Asia'],
  ['Vietnam', 'Hanoi', 'Asia'],
  ['Jordan', 'Amman', 'Asia'],
  ['Kenya', 'Nairobi', 'Africa'],
  ['Egypt', 'Cairo', 'Africa'],
  ['Ghana', 'Accra', 'Africa'],
  ['Senegal', 'Dakar', 'Africa'],
  ['Peru', 'Lima', 'America'],
  ['Cuba', 'Havana', 'America'],
  ['Canada', 'Ottawa', 'America'],
]

export const PROMPT = 'You answer questions about geography.\nName the city and nothing else.\n'

export function project(options: { prompt?: string; model?: string; extra?: string; cases?: number } = {}): Files {
  return {
    'README.md': '# Atlas\n',
    'prompts/capital.md': options.prompt ?? PROMPT,
    'evals/capital.eval.yaml': evalFile(options),
    'evals/cases/capital.jsonl': cases(options.cases ?? CAPITALS.length),
  }
}

export function evalFile(options: { model?: string; extra?: string } = {}): string {
  return `name: capital
owner: "@atlas/geo"
target:
  prompt: ../prompts/capital.md
  model: ${options.model ?? 'openai/gpt-4.1-2025-04-14'}
  parameters: { temperature: 0, max_tokens: 50 }
cases: cases/capital.jsonl
slices: [continent]
scorers: [{ contains: "{{expected}}" }]
${options.extra ?? ''}`
}

export function cases(count: number): string {
  return Array.from({ length: count }, (_, i) => {
    const [country, city, continent] = CAPITALS[i % CAPITALS.length] ?? ['', '', '']
    const again = i < CAPITALS.length ? '' : ` (question ${i})`
    return `${JSON.stringify({ id: `${country.toLowerCase()}${i < CAPITALS.length ? '' : `-${i}`}`, vars: { question: `What is the capital of ${country}?${again}` }, expected: city, continent })}\n`
  }).join('')
}

/** Knows every capital. */
export function rightAnswer(context: CallContext): string {
  return CAPITALS.find(([country]) => context.prompt.includes(`of ${country}?`))?.[1] ?? 'I do not know.'
}

/** Knows every capital, and answers the last question that it reads: prompts may have examples. */
export function lastAnswer({ prompt }: CallContext): string {
  const at = ([country]: readonly [string, string, string]) => prompt.lastIndexOf(`of ${country}?`)
  const last = CAPITALS.reduce((best, one) => (at(one) > at(best) ? one : best))
  return at(last) < 0 ? 'I do not know.' : last[1]
}

/** Right, but for the named countries when the prompt contains a text. */
export function wrongWhen(text: string, countries: readonly string[]): (context: CallContext) => string | AnswerSpec {
  return (context) =>
    context.prompt.includes(text) && countries.some((country) => context.prompt.includes(`of ${country}?`))
      ? 'That depends on whom you ask.'
      : rightAnswer(context)
}
