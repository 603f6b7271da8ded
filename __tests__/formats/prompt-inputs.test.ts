// What prompt files of other tools say of their inputs: defaults for what a case lacks, and how a variable is written.

import { describe, expect, it } from 'vitest'
import { unsetVariables } from '../../src/config/unset-variables.ts'
import type { EvalSet } from '../../src/domain.ts'
import { loadPrompt } from '../../src/formats/prompts.ts'
import { renderMessages } from '../../src/template/index.ts'
import { memoryTree } from '../fakes/tree.ts'

const dotprompt = (input: string) =>
  `---\nmodel: googleai/gemini-2.5-flash\n${input}---\nIn {{lang}}, {{tone}}: {{question}}\n`
const prompty = (inputs: string) => `---\nname: x\n${inputs}---\nsystem:\nIn {{lang}}, {{tone}}.\nuser:\n{{question}}\n`
const load = (path: string, text: string) => loadPrompt(memoryTree({ [path]: text }), path, { path })
const said = (prompt: Awaited<ReturnType<typeof load>>, vars: { readonly [name: string]: string }) =>
  renderMessages(prompt, vars)
    .messages.map(({ content }) => content.trim())
    .join('\n')

describe('Dotprompt', () => {
  it('fills in what a case lacks, and nothing that it has', async () => {
    const prompt = await load('p.prompt', dotprompt('input:\n  default: { lang: German, tone: calm }\n'))
    expect(said(prompt, { question: 'Who?' })).toBe('In German, calm: Who?')
    expect(said(prompt, { question: 'Who?', tone: '' })).toBe('In German, : Who?')
  })
  it('has another version with another default', async () => {
    const versions = ['German', 'French'].map((lang) =>
      load('p.prompt', dotprompt(`input:\n  default: { lang: ${lang} }\n`)),
    )
    const [one, two, none] = await Promise.all([...versions, load('p.prompt', dotprompt(''))])
    expect(new Set([one?.hash, two?.hash, none?.hash]).size).toBe(3)
    expect(none?.defaults).toBeUndefined()
  })
})

describe('Prompty', () => {
  it.each([
    ['a map', 'inputs:\n  lang: { kind: string, default: German }\n  tone: calm\n  question: { type: string }\n'],
    [
      'a list',
      'inputs:\n  - { name: lang, default: German }\n  - { name: tone, default: calm }\n  - { name: question }\n',
    ],
  ])('fills in the defaults of %s', async (_how, inputs) => {
    const prompt = await load('p.prompty', prompty(inputs))
    expect(prompt.defaults).toEqual({ lang: 'German', tone: 'calm' })
    expect(said(prompt, { question: 'Who?' })).toBe('In German, calm.\nWho?')
  })
  it.each(['inputs: { question: string, lang: { type: string } }\n', 'inputs: []\n', 'inputs: x\n', ''])(
    'has none in %j',
    async (inputs) => expect((await load('p.prompty', prompty(inputs))).defaults).toBeUndefined(),
  )
})

describe('LangChain', () => {
  const file = (more: string, template: string) => `_type: prompt\n${more}template: ${JSON.stringify(template)}\n`
  it.each([
    ['', 'Say {question} as {{"a": "{tone}"}}.', 'Say Who? as {"a": "calm"}.'],
    ['template_format: f-string\n', '{{{{question}}}} {question:>10}', '{{question}} {question:>10}'],
    ['template_format: jinja2\n', 'Say {{ question }} {tone}', 'Say Who? {tone}'],
  ])('has variables in single braces, unless it says otherwise: %j', async (more, template, expected) => {
    const prompt = await load('p.yaml', file(more, template))
    expect(said(prompt, { question: 'Who?', tone: 'calm' })).toBe(expected)
  })
  it('is what another file with a template is not', async () => {
    const prompt = await load('p.yaml', 'template: "Say {question} {{ question }}"\n')
    expect(said(prompt, { question: 'Who?' })).toBe('Say {question} Who?')
  })
})

it('an input with a default is no variable that is unset', async () => {
  const prompt = await load('p.prompt', dotprompt('input:\n  default: { lang: German }\n'))
  const set = { target: { kind: 'prompt', prompt }, cases: [{ vars: { question: 'Who?' } }] } as unknown as EvalSet
  expect(unsetVariables(set).names.map(({ name }) => name)).toEqual(['tone'])
})
