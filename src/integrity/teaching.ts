// A prompt that learns the exam by heart: case texts or expected answers that stand in the head's prompt and not in the base's.

import type { Case, Finding, Place } from '../domain.ts'
import { type PromptText, promptName } from '../policy/prompt-texts.ts'
import { type CaseTexts, caseTexts } from './case-texts.ts'
import { listed, type Reviewed } from './reviewed.ts'
import { indexWords, lineOf, standsIn, tellingWords } from './word-runs.ts'

/** What so many cases expect is a label or a set phrase, which a prompt may name. */
const SHARED = 3

type Words = readonly string[]
type Kind = keyof CaseTexts
const KINDS: readonly Kind[] = ['asked', 'expected']
type Hit = { readonly kase: Case; readonly words: Words }

export function teachingFindings({ head, base, prompts, level }: Reviewed): readonly Finding[] {
  if (level === 'ignore') return []
  const said = prompts.map((one) => one.said).join('\n')
  const before = prompts.map((one) => one.before ?? '').join('\n')
  if (said === before) return []
  const [now, old] = [indexWords(said), indexWords(before)]
  if (![...now.runs].some((run) => !old.runs.has(run))) return []
  const taught = (words: Words) => standsIn(words, now) && !standsIn(words, old)
  // One case at a time: the words of a large set would take many times what its files do.
  const found: { readonly [kind in Kind]: Hit[] } = { asked: [], expected: [] }
  for (const kase of head.cases) {
    const texts = caseTexts(kase)
    for (const kind of KINDS)
      for (const words of telling(texts[kind])) if (taught(words)) found[kind].push({ kase, words })
  }
  const shares = { asked: Math.max(SHARED, head.cases.length), expected: SHARED }
  const hits = (kind: Kind) => {
    const common = commonTexts(found[kind], { texts: () => textsOf(head.cases, kind), share: shares[kind] })
    return onePerCase(found[kind].filter(({ words }) => !common.has(words.join(' '))))
  }
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
  return `It teaches to the test: ${parts} ${asked > 0 && expected > 0 ? 'stand' : 'stands'} ${where}.`
}

const telling = (texts: readonly string[]) =>
  texts.flatMap((text) => {
    const words = tellingWords(text)
    return words === null ? [] : [words]
  })

function* textsOf(cases: readonly Case[], kind: Kind): Generator<readonly Words[]> {
  for (const kase of cases) yield telling(caseTexts(kase)[kind])
}

/** What tells no case from others: a text that every case has is a setting, one that several expect is a label. */
function commonTexts(
  hits: readonly Hit[],
  { texts, share }: { readonly texts: () => Iterable<readonly Words[]>; readonly share: number },
): ReadonlySet<string> {
  const counts = new Map(hits.map(({ words }) => [words.join(' '), 0]))
  if (counts.size === 0) return new Set()
  for (const ofCase of texts()) {
    for (const text of new Set(ofCase.map((words) => words.join(' ')))) {
      const count = counts.get(text)
      if (count !== undefined) counts.set(text, count + 1)
    }
  }
  return new Set([...counts].filter(([, count]) => count >= share).map(([text]) => text))
}

const onePerCase = (hits: readonly Hit[]) => [...new Map(hits.map((hit) => [hit.kase.id, hit])).values()]

function placeOf(words: Words, prompts: readonly PromptText[]): { readonly place?: Place } {
  for (const { path, line, text } of prompts.flatMap((one) => one.parts)) {
    const offset = lineOf(words, text)
    if (offset !== null) return { place: { path, ...(line === null ? {} : { line: line + offset }) } }
  }
  const [prompt] = prompts
  return prompt === undefined ? {} : { place: { path: promptName(prompt) } }
}
