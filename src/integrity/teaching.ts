// A prompt that learns the exam by heart: case texts or expected answers that stand in the head's prompt and not in the base's.

import type { Case, Finding, Place } from '../domain.ts'
import { type PromptText, promptName } from '../policy/prompt-texts.ts'
import { caseTexts } from './case-texts.ts'
import { listed, type Reviewed } from './reviewed.ts'
import { indexWords, lineOf, standsIn, tellingWords } from './word-runs.ts'

/** What so many cases share is a label or a set phrase, which a prompt may name. */
const SHARED = 3

type Texts = { readonly kase: Case; readonly asked: Words[]; readonly expected: Words[] }
type Words = readonly string[]
type Hit = { readonly kase: Case; readonly words: Words }

export function teachingFindings({ head, base, prompts, level }: Reviewed): readonly Finding[] {
  if (level === 'ignore') return []
  const said = prompts.map((one) => one.said).join('\n')
  const before = prompts.map((one) => one.before ?? '').join('\n')
  if (said === before) return []
  const [now, old] = [indexWords(said), indexWords(before)]
  if (![...now.runs].some((run) => !old.runs.has(run))) return []
  const taught = (words: Words) => standsIn(words, now) && !standsIn(words, old)
  const cases = ownTexts(head.cases)
  const hits = (of: 'asked' | 'expected') =>
    cases.flatMap((one): Hit[] => {
      const words = one[of].find(taught)
      return words === undefined ? [] : [{ kase: one.kase, words }]
    })
  const [asked, expected] = [hits('asked'), hits('expected')]
  const all = [...asked, ...expected]
  const [first] = all
  if (first === undefined) return []
  const ids = [...new Set(all.map(({ kase }) => kase.id))]
  return [
    {
      rule: 'teaches-to-test',
      level,
      evalSet: head.name,
      message: messageOf({ asked: asked.length, expected: expected.length, isNew: base === null }),
      threshold: null,
      value: `${ids.length} of ${head.cases.length} cases`,
      remedy:
        'Take examples that are no cases, or take these cases out of the set: their scores say nothing about other input.',
      evidence: ids.slice(0, 50),
      ...placeOf(first.words, prompts),
    },
  ]
}

function messageOf({ asked, expected, isNew }: { asked: number; expected: number; isNew: boolean }): string {
  const parts = [
    ...(asked > 0 ? [`the text of ${listed(asked)}`] : []),
    ...(expected > 0 ? [`the expected answer of ${listed(expected)}`] : []),
  ].join(' and ')
  const where = isNew ? 'in the prompt' : "in the head's prompt and not in the base's"
  return `It teaches to the test: ${parts} ${asked + expected === 1 || parts.includes(' and ') === false ? 'stands' : 'stand'} ${where}.`
}

/** Texts that tell one case from others: what every case has is a setting, and what several expect is a label. */
function ownTexts(cases: readonly Case[]): readonly Texts[] {
  const texts = cases.map((kase) => {
    const { asked, expected } = caseTexts(kase)
    return { kase, asked: telling(asked), expected: telling(expected) }
  })
  const [questions, answers] = [countsOf(texts.map((one) => one.asked)), countsOf(texts.map((one) => one.expected))]
  const isSetting = (words: Words) => cases.length >= SHARED && questions.get(words.join(' ')) === cases.length
  const isLabel = (words: Words) => (answers.get(words.join(' ')) ?? 0) >= SHARED
  return texts.map(({ kase, asked, expected }) => ({
    kase,
    asked: asked.filter((words) => !isSetting(words)),
    expected: expected.filter((words) => !isLabel(words)),
  }))
}

const telling = (texts: readonly string[]) =>
  texts.flatMap((text) => {
    const words = tellingWords(text)
    return words === null ? [] : [words]
  })

/** In how many cases each text is. */
function countsOf(cases: readonly (readonly Words[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const texts of cases) {
    for (const text of new Set(texts.map((words) => words.join(' ')))) counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return counts
}

function placeOf(words: Words, prompts: readonly PromptText[]): { readonly place?: Place } {
  for (const { path, line, text } of prompts.flatMap((one) => one.parts)) {
    const offset = lineOf(words, text)
    if (offset !== null) return { place: { path, line: line + offset } }
  }
  const [prompt] = prompts
  return prompt === undefined ? {} : { place: { path: promptName(prompt) } }
}
