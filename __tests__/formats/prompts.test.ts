import { describe, expect, it } from 'vitest'
import { loadPrompt } from '../../src/formats/prompts.ts'
import { withCaseInput } from '../../src/formats/text.ts'
import { processorSeconds } from '../fakes/processor.ts'
import { memoryTree } from '../fakes/tree.ts'

const from = { path: 'evals/a.eval.yaml', line: 2, column: 3 }
const load = (files: { readonly [path: string]: string }, reference: string) =>
  loadPrompt(memoryTree(files), `../${reference}`, from)
const contents = async (files: { readonly [path: string]: string }, reference: string) =>
  (await load(files, reference)).messages.map(({ role, content }) => [role, content])

describe('text prompts', () => {
  it('are one message, whatever lines in them look like', async () => {
    expect(await contents({ 'p.md': 'system: x\nuser: {{ q }}' }, 'p.md')).toEqual([
      ['user', 'system: x\nuser: {{ q }}'],
    ])
  })

  it('without a variable become the system message when cases bring the input', async () => {
    const prompt = await load({ 'p.md': 'Be kind.' }, 'p.md')
    const roles = (cases: Parameters<typeof withCaseInput>[1]) =>
      withCaseInput(prompt, cases).messages.map(({ role, content }) => [role, content])
    expect(roles([{ vars: { question: 'x' } }, { vars: { input: 'y' } }])).toEqual([
      ['system', 'Be kind.'],
      ['user', '{{ input or question }}'],
    ])
    expect(roles([{ vars: {}, messages: [{ role: 'user', content: 'x' }] }])).toEqual([['system', 'Be kind.']])
    expect(roles([{ vars: { other: 1 } }])).toEqual([['user', 'Be kind.']])
  })

  it('follow includes once, cycles too, and name what is missing', async () => {
    const files = {
      'p/a.j2': '{% include "b.j2" %}',
      'p/b.j2': '{% include "a.j2" %}{% include "c/d.j2" %}',
      'c/d.j2': 'D',
    }
    const prompt = await load(files, 'p/a.j2')
    expect(prompt.sources).toEqual(['p/a.j2', 'p/b.j2', 'c/d.j2'])
    expect(prompt.partials['c/d.j2']).toBe('D')
    await expect(load({ 'a.j2': '{% include "none.j2" %}' }, 'a.j2')).rejects.toThrow(/^a\.j2: .*"none\.j2"/)
    await expect(load({ 'a.j2': '{% include "../../x" %}' }, 'a.j2')).rejects.toThrow(/leads out of the repository/)
  })

  it('the version ignores comments and follows text and includes', async () => {
    const version = async (text: string, partial = 'P') => (await load({ 'a.j2': text, 'b.j2': partial }, 'a.j2')).hash
    const one = await version('A {{ x }}{% include "b.j2" %}')
    expect(await version('{# note #}\nA {{ x }}{% include "b.j2" %}\n')).toBe(one)
    expect(await version('B {{ x }}{% include "b.j2" %}')).not.toBe(one)
    expect(await version('A {{ x }}{% include "b.j2" %}', 'Q')).not.toBe(one)
  })

  it('a template that does not parse names its line', async () => {
    await expect(load({ 'a.md': 'x\n{% if %}' }, 'a.md')).rejects.toThrow(/^a\.md:2/)
  })
})

describe('prompt formats', () => {
  it('.prompt.yml is literal', async () => {
    const text =
      'model: gpt-4o\nmodelParameters: { maxTokens: 5, topP: 1 }\nresponseFormat: json_object\nmessages:\n  - role: system\n    content: Be {{tone}}.\n'
    expect(await load({ 'a.prompt.yml': text }, 'a.prompt.yml')).toMatchObject({
      engine: 'literal',
      model: 'openai/gpt-4o',
      parameters: { max_tokens: 5, top_p: 1 },
      responseFormat: { type: 'json_object' },
      messages: [{ role: 'system', content: 'Be {{tone}}.' }],
      line: 6,
    })
    await expect(load({ 'a.prompt.yml': `${text}  - role: robot\n    content: x\n` }, 'a.prompt.yml')).rejects.toThrow(
      /^a\.prompt\.yml:7:5: A message/,
    )
  })

  it('dotprompt: front matter, roles, partials', async () => {
    const text =
      '---\nmodel: googleai/gemini-x\nconfig: { maxOutputTokens: 9 }\n---\n{{role "system"}}\nBe kind. {{>tone}}\n{{role "user"}}\n{{q}}\n'
    const prompt = await load({ 'p/a.prompt': text, 'p/_tone.prompt': 'Softly.' }, 'p/a.prompt')
    expect(prompt).toMatchObject({
      engine: 'dotprompt',
      model: 'gemini/gemini-x',
      parameters: { max_tokens: 9 },
      partials: { tone: 'Softly.' },
    })
    expect(prompt.messages).toEqual([
      { role: 'system', content: 'Be kind. {{>tone}}' },
      { role: 'user', content: '{{q}}' },
    ])
    expect(prompt.messageLines).toEqual([6, 8])
  })

  it('prompty: roles on their own lines only', async () => {
    const text =
      '---\nmodel: { api: chat, configuration: { type: azure_openai, azure_deployment: dep }, parameters: { max_tokens: 3 } }\n---\nsystem:\nYou help.\nuser: inline stays\n\nuser:\n{{q}}\n'
    const prompt = await load({ 'a.prompty': text }, 'a.prompty')
    expect(prompt).toMatchObject({ engine: 'prompty', model: 'azure/dep', parameters: { max_tokens: 3 } })
    expect(prompt.messages).toEqual([
      { role: 'system', content: 'You help.\nuser: inline stays' },
      { role: 'user', content: '{{q}}' },
    ])
  })

  it('chats as JSON and YAML', async () => {
    const chat = [
      { role: 'developer', content: 'a' },
      { role: 'human', content: [{ type: 'text', text: '{{q}}' }] },
    ]
    for (const name of ['a.json', 'a.yaml']) {
      expect(await contents({ [name]: JSON.stringify(chat, null, '\t') }, name)).toEqual([
        ['system', 'a'],
        ['user', '{{q}}'],
      ])
    }
    await expect(load({ 'a.json': '{"x": 1}' }, 'a.json')).rejects.toThrow(
      /^a\.json:1:1: .*Expected a list of \{role, content\}/,
    )
    await expect(load({ 'a.exe': '' }, 'a.exe')).rejects.toThrow(/no prompt file that we know/)
  })
})

describe('constants', () => {
  it.each([
    ['py', 'X = """a\n{{ q }}"""', 'a\n{{ q }}'],
    ['py', "# SYSTEM = 'no'\nx = 'SYSTEM = 1'\nSYSTEM: str = 'yes'", 'yes', 'SYSTEM'],
    ['py', "X = (\n  'a' # one\n  \"b\\n\"\n  r'\\n'\n)\n", 'ab\n\\n'],
    ['py', 'X = f"Hi {user.name!r}, {{literal}} {n}"', 'Hi {{ user.name }}, {literal} {{ n }}'],
    ['py', 'X = "Hi {name}, {\\"a\\": 1}".format(name=n)', 'Hi {{ name }}, {"a": 1}'],
    ['py', "X = dedent('''\n    a\n      b\n''').strip()", '\na\n  b\n'],
    ['py', 'X = "\\u00e9\\x41\\\\ \\q"', 'éA\\ \\q'],
    ['ts', "// X = 'no'\nconst r = /['\"]/g\nexport const X: string = `a ${q} \\` \\${x}`", 'a {{ q }} ` ${x}'],
    ['ts', 'const X = \'a\' +\n  "b" // c\n  + `c`', 'abc'],
    ['js', 'module.exports = { X: "in an object" }', 'in an object'],
    ['js', 'if (a.X == "no") {}\nlet X = "yes"', 'yes'],
  ])('%s: %j', async (extension, source, expected, symbol = 'X') => {
    expect(await contents({ [`a.${extension}`]: source }, `a.${extension}#${symbol}`)).toEqual([['user', expected]])
  })

  it.each([
    ['py', 'X = "a" + Y'],
    ['py', 'X = make("a")'],
    ['py', 'X = "never closed'],
    ['py', 'Y = "a"'],
    ['py', 'X = f"{a + 1}"'],
    ['js', 'const X = `${run()}`'],
    ['js', 'const X = "a" + b'],
  ])('%s: %j is not known without running it', async (extension, source) => {
    await expect(load({ [`a.${extension}`]: source }, `a.${extension}#X`)).rejects.toThrow(
      /no constant "X" that is a plain string/,
    )
  })

  it('ends soon whatever stands behind it', async () => {
    const source = `const X = 'a' ${'/**/'.repeat(2_000)} + 'b'\nconst Y = 'c' ${'/* */ '.repeat(2_000)};`
    const read = async () => {
      expect(await contents({ 'a.js': source }, 'a.js#X')).toEqual([['user', 'ab']])
      expect(await contents({ 'a.js': source }, 'a.js#Y').catch(() => [])).toBeDefined()
    }
    expect(await processorSeconds(read)).toBeLessThan(8)
  })

  it('names the line', async () => {
    expect((await load({ 'a.py': '\n\nX = "a"' }, 'a.py#X')).line).toBe(3)
  })

  it('a hostile source ends', async () => {
    for (const piece of ['"', "'''", '/', '`${', 'X = (', 'X: ', '\\', 'X = dedent((((']) {
      await expect(load({ 'a.ts': piece.repeat(20_000), 'a.py': '' }, 'a.ts#X')).rejects.toThrow(/no constant/)
    }
  })
})
