// Variables that a prompt puts out and no case has: found where they are needed, silent where they may be missing.

import { describe, expect, it } from 'vitest'
import { unsetInScorers, unsetSentences, unsetVariables } from '../../src/config/unset-variables.ts'
import type { EvalSet, TemplateEngine } from '../../src/domain.ts'
import { processorSeconds } from '../fakes/processor.ts'

type Cases = readonly { readonly [name: string]: unknown }[]
const CASES: Cases = [{ vars: { question: 'Who?', docs: [1] } }, { vars: { question: 'What?' } }]

function set(
  contents: string | readonly string[],
  {
    cases = CASES,
    engine = 'nunjucks',
    partials = {},
  }: { cases?: Cases; engine?: TemplateEngine; partials?: object } = {},
) {
  const messages = [contents].flat().map((content) => ({ role: 'user', content }))
  return {
    target: { kind: 'prompt', prompt: { engine, messages, partials } },
    cases,
    scorers: [],
  } as unknown as EvalSet
}
const names = (...given: Parameters<typeof set>) => unsetVariables(set(...given)).names.map(({ name }) => name)

describe('what no case has', () => {
  it('is told of a few where thousands are missing, in the time that reading them takes', async () => {
    const text = Array.from({ length: 5_000 }, (_, index) => `{{ asked${index} }}{had${index}}`).join(' ')
    const vars = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`had${index}`, 'x']))
    const many = { ...set(text, { cases: [{ vars }] }) }
    let said: readonly string[] = []
    const read = () => {
      said = unsetSentences(many)
    }
    expect(await processorSeconds(read)).toBeLessThan(8)
    expect(said.filter((one) => one.includes('puts out'))).toHaveLength(5)
    expect(said).toContain('And 4995 more such variables.')
  })

  it.each([
    ['{{ qestion }}', ['qestion']],
    ['{{ question }} {{ user.name }} {{ rows[0] }}', ['user', 'rows']],
    ['{{ qestion | upper | trim }}', ['qestion']],
    ['{{ question ~ tail }}', ['tail']],
    ['{% for doc in documents %}{{ doc.text }}{% endfor %}', ['documents']],
    ['{% for doc in docs %}{{ doc }}{{ sep }}{% endfor %}', ['sep']],
    ['{% set who = person %}{{ who }}', ['person']],
    ['{% if docs %}{{ tail }}a{% else %}{{ tail }}b{% endif %}', ['tail']],
  ])('is named: %s', (text, expected) => expect(names(text)).toEqual(expected))

  it.each([
    'No variable at all.',
    // No case need come there.
    '{% if docs %}{{ missing }}{% endif %}{% if not docs %}{{ other }}{% endif %}',
    '{% for doc in docs %}{{ doc }}{% else %}{{ none_found }}{% endfor %}',
    '{{ question }}',
    '{% if tone %}{{ tone }}{% endif %}{{ question }}',
    '{{ tone | default("calm") }} {{ d | d("x") }}',
    '{{ tone or question }}',
    '{{ tone if tone else "calm" }}',
    '{% for doc in docs %}{{ loop.index }} {{ doc }}{% else %}none{% endfor %}',
    '{% set tone = "calm" %}{{ tone }}',
    '{% macro line(text) %}{{ text }}{% endmacro %}{{ line(question) }}',
    '{% raw %}{{ qestion }}{% endraw %}',
    '{# {{ qestion }} #}',
    '{{ broken',
    '{% include "x.j2" %}',
  ])('is nothing where it may be missing, or is no variable: %s', (text) => expect(names(text)).toEqual([]))

  it('is looked for in all messages and in what they include, with what those bind', () => {
    const partials = { 'doc.j2': '{{ doc.text }} {{ lang }} {{ extra }}' }
    const text = ['{% set lang = "de" %}', '{% for doc in docs %}{% include "doc.j2" %}{% endfor %}{{ qestion }}']
    expect(names(text, { partials })).toEqual(['qestion', 'extra'])
  })

  it('leaves out what an item of Handlebars may have, and finds the rest', () => {
    expect(names('{{#each docs}}{{text}}{{/each}} {{qestion}}', { engine: 'dotprompt' })).toEqual(['qestion'])
  })

  it('is a placeholder that stays as written', () =>
    expect(names('{{qestion}}', { engine: 'literal' })).toEqual(['qestion']))

  it('counts what cases carry beside their variables', () => {
    expect(names('{{ context }}', { cases: [{ vars: {}, context: ['a'] }] })).toEqual([])
    expect(names('{{ context }}')).toEqual(['context'])
  })

  it('is no matter of applications', () => {
    expect(unsetSentences({ target: { kind: 'command' }, cases: [], scorers: [] } as unknown as EvalSet)).toEqual([])
  })
})

it('looks no further than it has to', () => {
  let read = 0
  const cases = Array.from({ length: 1000 }, (_, i) => ({
    get vars() {
      read += 1
      return i < 3 ? {} : { question: 'x' }
    },
  }))
  expect(names('{{ question }}', { cases })).toEqual([])
  expect(read).toBe(4)
})

describe('prompts with nothing of their cases in them', () => {
  const same = (...given: Parameters<typeof set>) => unsetVariables(set(...given)).isSameForAll
  it('are the same request for every case', () => {
    expect(same('Say hello.')).toBe(true)
    expect(same('Say {{ qestion }}.')).toBe(true)
    expect(same('Say {% if question == "Who?" %}hello{% endif %}.')).toBe(false)
    expect(same('Say {{ tone or question }}.')).toBe(false)
  })
  it('are in order for one case, and where cases bring a conversation', () => {
    expect(same('Say hello.', { cases: CASES.slice(0, 1) })).toBe(false)
    const cases = CASES.map((one) => ({ ...one, messages: [{ role: 'user', content: 'Hi' }] }))
    expect(same('Say hello.', { cases })).toBe(false)
  })
})

it('a variable in single braces is told as the text that it is', () => {
  const told = '`{question}` in the prompt is plain text: a variable is written `{{question}}`.'
  expect(unsetSentences(set('Answer {question}, as {tone}.'))).toEqual([
    told,
    'The prompt has nothing of its cases in it: all 2 send the same request.',
  ])
  expect(unsetSentences(set('Answer {question}. {{ docs }}'))).toEqual([told])
  // As a system prompt whose question comes as the turn of the user.
  expect(unsetSentences(set(['Answer {question}.', '{{ input or question }}']))).toEqual([told])
  expect(unsetSentences(set('Answer {{question}}{{ docs }} with {"question": 1} and { question }.'))).toEqual([])
})

describe('what scorers look for and no case has', () => {
  const found = (scorer: object, cases: Cases = CASES) =>
    unsetInScorers({
      ...set('{{ question }}', { cases }),
      scorers: [{ name: 's', type: 'equals', options: {}, ...scorer }],
    } as unknown as EvalSet)
  const named = (...given: Parameters<typeof found>) => found(...given).map(({ name }) => name)
  it.each([
    [{ value: '{{ expcted }}' }, ['expcted']],
    [{ value: ['{{ question }}', 'at {{ place }}'] }, ['place']],
    [{ value: '{{expcted}}', options: { engine: 'literal' } }, ['expcted']],
  ])('is named: %j', (scorer, expected) => expect(named(scorer)).toEqual(expected))
  it.each([
    { value: 'plain' },
    { value: { schema: '{{ x }}' } },
    { value: undefined },
    { value: 3 },
    { value: '{{ broken' },
    { value: '{{ place | default("here") }}' },
    { type: 'javascript', value: '({ a: {{ x }} })' },
  ])('is nothing: %j', (scorer) => expect(named(scorer)).toEqual([]))
  it('is the context of a case, which is for prompts and judges', () => {
    expect(named({ value: '{{ context }}' }, [{ vars: {}, context: ['a'] }])).toEqual(['context'])
  })
  it('is what is expected only where no case says so', () => {
    expect(named({ value: '{{ expected }}' })).toEqual(['expected'])
    expect(named({ value: '{{ expected }}' }, [...CASES, { vars: {}, expected: 'x' }])).toEqual([])
    expect(found({ value: '{{ expcted }}' }, [{ vars: {}, expected: 'x' }])[0]?.near).toBe('expected')
  })
})

it('both are told in words, with the name that was meant', () => {
  expect(unsetSentences(set('{{ qestion }}'))).toEqual([
    'The prompt puts out `qestion`, which none of 2 cases has: nothing stands there. Did you mean `question`?',
    'The prompt has nothing of its cases in it: all 2 send the same request.',
  ])
  const scored = {
    ...set('{{ question }}'),
    scorers: [{ name: 's', type: 'equals', options: {}, value: '{{ expcted }}' }],
  }
  expect(unsetSentences(scored as unknown as EvalSet)).toEqual([
    'The scorer s looks for `expcted`, which none of 2 cases has.',
  ])
  expect(unsetSentences(set('{{ question }} {{ zebra }}', { cases: CASES.slice(0, 1) }))).toEqual([
    'The prompt puts out `zebra`, which the case does not have: nothing stands there.',
  ])
})
