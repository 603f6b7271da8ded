// Inputs made to hang, to overflow or to confuse. Whatever they are, reading ends, and what follows them is still read.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import { describe, expect, it } from 'vitest'
import { languageOf } from '../../src/detect/code/languages.ts'
import { lex } from '../../src/detect/code/lex.ts'
import { readSource } from '../../src/detect/read-file.ts'
import { processorSeconds } from '../fakes/processor.ts'
import { detected, said } from './changes.ts'

const LONG = 80_000
const MOST_SECONDS_OF_ONE = 2
const times = (text: string) => text.repeat(Math.ceil(LONG / text.length))
const EXTENSIONS = [
  ...['ts', 'tsx', 'py', 'go', 'java', 'kt', 'cs', 'rb', 'rs', 'php', 'tf', 'bicep', 'toml', 'json'],
  ...['swift', 'ex', 'scala', 'dart', 'cpp', 'lua', 'vue', 'baml'],
]
const BOMBS: readonly (readonly [string, string])[] = [
  ['open brackets', times('[{(')],
  ['closing brackets', times(')}]')],
  ['open quotes', times('"\n')],
  ['escaped quotes', times("'\\")],
  ['quotes and escapes', `"${times('\\"')}`],
  ['backquotes in holes', times('`${')],
  ['f-strings in holes', times('f"{')],
  ['triple quotes', times('"""a')],
  ['slashes', times('/ \\/ ')],
  ['comment starts', times('/*')],
  ['tags', times('=<a>{')],
  ['closing tags', times('</a>')],
  ['heredocs', times('<<~AA ')],
  ['php heredocs', `<?php ${times('<<<A\n')}`],
  ['raw marks', times('r#"')],
  ['holes in brackets', times('"\\(')],
  ['sigils', times('~s(')],
  ['raw delimiters', times('R"a(')],
  ['long brackets', times('[==[')],
  ['script tags', times('<script ')],
  ['attributes', `<a ${times('prompt="x" ')}`],
  ['results', times('func f() (a, b) {')],
  ['dots', times('a.')],
  ['colons', times('a:')],
  ['equals', times('a=')],
  ['blanks', times(' ')],
  ['template comments', times('{#')],
  ['line ends', times('\n')],
  ['line ends in brackets', `(${times('\n')}`],
  ['line ends and carriage returns', times('\r\n ')],
  ['declared names', times('def a class b ')],
  ['decorators', times('@a\n')],
  ['statements', times('a;\n\n')],
  ['options', times('a?.\n')],
  ['dashes', times('a-')],
  ['members', times('A.value')],
  ['optional types', times('a?: "gpt-4o"\n')],
  ['imports', times('import("gpt-4o")\n')],
  ['loops', times('for a in [')],
  ['braces after line ends in a call', `f(1,${'\n'.repeat(80_000)}${'{}'.repeat(40_000)})`],
  ['paths on many lines', times('a\n\n\n.b\n.c(')],
  ['joined on many lines', times('"a"\n\n+\n\n')],
]

describe('hostile source code', () => {
  it.each(BOMBS)('%s', async (_, bomb) => {
    for (const extension of EXTENSIONS) {
      const read = async () => expect(Array.isArray((await readSource(`a.${extension}`, bomb)).texts)).toBe(true)
      // In proportion to the length it is a tenth of a second; with the square of it several.
      expect(await processorSeconds(read), extension).toBeLessThan(MOST_SECONDS_OF_ONE)
    }
  })

  it('skips a minified megabyte and says so', async () => {
    const minified = 'const a={model:"gpt-4o",b:function(){return 1}};'.repeat(18_000)
    const { changes, silent } = await detected({ 'a.js': [`${minified}1`, minified.replaceAll('gpt-4o', 'gpt-5')] })
    expect(changes).toEqual([])
    expect(silent).toEqual([{ path: 'a.js', why: 'skipped: it is minified' }])
  })

  it('skips what is too large, binary or generated', async () => {
    expect((await readSource('a.py', 'x = 1\n'.repeat(200_000))).note).toBe('it is larger than 1 MB')
    expect((await readSource('a.py', 'x = "\0"')).note).toBe('it is binary')
    expect((await readSource('a.yaml', `${'['.repeat(5_000)}`)).note).toBe('it is nested too deeply')
    expect((await readSource('a.yaml', `${'- '.repeat(5_000)}a`)).note).toBe('it is nested too deeply')
  })

  it('reads on after a string that is never closed on its line', async () => {
    const text = (id: string) => `x = "never closed\nmodel = "${id}"\n`
    expect(await said('a.py', text('gpt-4o'), text('gpt-5'))).toEqual(['model gpt-4o>gpt-5@2'])
  })

  const lines = (count: number, line: (at: number) => string) =>
    Array.from({ length: count }, (_, at) => line(at)).join('\n')

  it('pairs hundreds of pins that begin alike', async () => {
    const pins = (end: string) => lines(490, (at) => `model = "gpt-4-${'a'.repeat(90)}${end}${at}"`)
    const { changes } = await detected({ 'a.py': [pins('b'), pins('c')] })
    expect(changes).toHaveLength(490)
  })

  it('reads objects with thousands of keys, descriptions of them among them', async () => {
    const wide = (value: string) => `{${lines(14_000, (at) => `"k${at}": ${value},`)}\n"model": "gpt-4o"}`
    for (const value of ['"say what is to be said"', '{ "description": "say what is to be said" }'])
      expect(await said('a.json', '{}', wide(value))).toEqual([expect.stringMatching(/^model ->gpt-4o/)])
  })

  it('compares thousands of settings, each under a name of its own', async () => {
    const side = (more: number) =>
      `llm = ChatOpenAI(model=MODEL)\n${Array.from({ length: 10_000 }, (_, i) => `A${i}_MAX_TOKENS = ${i + more}`).join('\n')}`
    expect(await said('app/limits.py', side(0), side(1))).toEqual([
      'parameters A9999_MAX_TOKENS: 0>A9999_MAX_TOKENS: 10000@10001',
    ])
  })

  it('tells once what thousands of branches take away', async () => {
    const call = 'litellm.completion(model=MODEL, messages=messages, **kwargs)\n'
    const taken = 'kwargs.pop("temperature", None)\n'.repeat(10_000)
    expect(await said('app/ask.py', call, `${taken}${call}`)).toEqual([
      'parameters temperature: not set>temperature: not sent@1',
    ])
  })

  it('does not search dozens of pages for hundreds of prompts and pins', async () => {
    const page = 'lorem ipsum dolor '.repeat(27_000)
    const pages = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`page${at}.html`, [page, page + at] as const]),
    )
    const prompts = lines(400, (at) => `PROMPT_${at} = "You are clerk ${at} who helps with orders."`)
    const pins = lines(400, (at) => `FIRST_MODEL_${at} = "gpt-4-${at}abc"`)
    const { changes } = await detected({ ...pages, 'p.py': [prompts, ''], 'm.py': ['', pins] })
    expect(changes).toHaveLength(800)
  })

  it.each([
    ['java', 'import static com.acme.Models.FAST;\n'],
    ['java', 'import \n'],
    ['kt', 'import a.Models\n'],
    ['cs', 'using static A.B.Models;\n'],
    ['go', 'import models "a/b/models"\n'],
    ['rb', 'require "models"\n'],
    ['rs', 'use crate::a::{Models, b '],
    ['rs', 'use crate::\n'],
    ['php', 'use A\\Models;\n'],
    ['swift', 'import Models\n'],
  ])('follows the names of %s among imports without end: %s', async (extension, line) => {
    const text = (name: string) => `${times(line)}\nx = ask(model: Models.${name}_1, model = Models.${name}_2);\n`
    const { changes } = await detected({ [`a/b/c.${extension}`]: [text('FAST'), text('SMART')] })
    expect(changes).toEqual([])
  })

  it.each([
    ['addresses', times('/models/a')],
    ['bodies', `{"${times('}  ')}`],
    ['commands', times('\n ollama pull ')],
    ['arguments', times(' --model a')],
    ['tags', times('default:"a" ')],
  ])('looks for ids in %s without end', async (_, text) => {
    const file = (end: string) => `url = """${text}${end}"""\n`
    await expect(said('a.py', file('a'), file('b'))).resolves.toBeDefined()
    await expect(said('a.sh', file('a'), file('b'))).resolves.toBeDefined()
  })

  it('does not expand aliases', async () => {
    const bomb = `a: &a [x, x]\n${Array.from({ length: 30 }, (_, i) => `k${i}: &k${i} [*${i === 0 ? 'a' : `k${i - 1}`}, *${i === 0 ? 'a' : `k${i - 1}`}]`).join('\n')}\nmodel: gpt-4o\n`
    expect(await said('a.yaml', bomb, bomb.replace('gpt-4o', 'gpt-5'))).toEqual(['model gpt-4o>gpt-5@32'])
  })
})

/** Values of the strings of a text. */
const strings = (extension: string, text: string) => {
  const language = languageOf(`a.${extension}`)
  if (language === null) throw new Error(`no language for ${extension}`)
  return lex(text, language).flatMap((token) => (token.kind === 'string' ? [token.text] : []))
}

describe('strings of each language', () => {
  it.each([
    ['py', `a = r"\\d'" + f'{x["k"]!r:>{w}} {{y}}' + b'z'`, ["\\d'", '{} {y}', 'z']],
    ['py', `'''a "b" 'c''' 'd'`, [`a "b" 'c`, 'd']],
    ['ts', 'a = `x ${f({ b: `y ${c}` })} z`; r = /[/"]/g; d = a / "e" / 2', ['x {} z', 'e']],
    ['tsx', 'a = <b c="d" e={"f"}>it\'s {"g"} </b>; h = "i"', ['f', 'g', 'i']],
    ['go', 'a := `b\\n"` + "c\\"" + string(\'"\')', ['b\\n"', 'c"', '"']],
    ['java', 'a = """\n b "c" \\""" d""" + \'"\' + "e"', ['\n b "c" """ d', '"', 'e']],
    ['kt', 'a = "b ${c("d")} $e" + """f\\n$g"""', ['b {} {}', 'f\\n{}']],
    ['cs', 'a = @"b\\""c" + $"d{e}{{f}}" + $$"""g{h}{{i}}"""', ['b\\"c', 'd{}{f}', 'g{h}{}']],
    ['rb', 'a = <<~X + \'b\'\n  c #{d("e")}\nX\nf = %q(g h) # "i"\n', ['  c {}\n', 'b', 'g h']],
    ['rs', 'let a: &\'static str = r#"b "c""#; let d = \'"\'; let e = "f\\"g";', ['b "c"', '"', 'f"g']],
    ['php', '<p>"no"</p><?php $a = \'b\\\'\'; $c = "d $e {$f->g} \\$h"; # "i"', ["b'", 'd {} {} $h']],
    ['tf', 'a = "b ${c} d"\ne = <<-EOT\n  f\n  EOT\n', ['b {} d', '  f\n']],
    ['toml', "a = '''b\\c'''\nd = \"e\\\"\" # 'f'", ['b\\c', 'e"']],
  ])('%s: %s', (extension, text, expected) => {
    expect(strings(extension, text)).toEqual(expected)
  })
})

/** Many of what is compared with each other: every pair of them must not be looked at. */
const MANY: readonly (readonly [string, (n: number, side: number) => string])[] = [
  ['pins.py', (n, side) => `model = "gpt-${4 + side}o-${n}"\n`],
  ['calls.py', (n, side) => `c.responses.create(model=M, temperature=0.${side}${n}, max_tokens=${n}${side})\n`],
  ['prompts.py', (n, side) => `PROMPT_${n} = "You are a helper ${side} of ${n}"\n`],
]

/** A tenth of it where every pair is not looked at, minutes where it is. */
const MOST_SECONDS = 15

describe('a file of thousands', () => {
  it.each(MANY)('%s is compared within seconds', async (path, row) => {
    const side = (at: number) => Array.from({ length: 12_000 }, (_, n) => row(n, at)).join('')
    expect(await processorSeconds(() => said(path, side(0), side(1)))).toBeLessThan(MOST_SECONDS)
  })

  it.each(['{# ', '{#', '{% include "'])('%s in a template, never closed', async (open) => {
    expect(await processorSeconds(() => said('prompts/a.j2', times(open), `${times(open)} x`))).toBeLessThan(
      MOST_SECONDS,
    )
  })

  it.each([
    ['heredocs that never end', 'cat <<AA\n'],
    ['starts of flags', '--a.-_--'],
    ['keys without values', 'model : = : \n'],
    ['imports', 'import a\n'],
    ['calls of functions', 'f("\n'],
  ])('%s in a step of a workflow', async (_, row) => {
    const side = (id: string) =>
      `run: |\n  import os\n  ${row.repeat(40_000).replaceAll('\n', '\n  ')}\n  --model ${id}\n`
    expect(await processorSeconds(() => said('a.yaml', side('gpt-4o'), side('gpt-5')))).toBeLessThan(MOST_SECONDS)
  })

  it.each([['--a-'], ['"a: "'], ["'model: x', "], ['"--model", ']])('%s in code', async (row) => {
    const side = (id: string) => `x = [${row.repeat(60_000)}'']\nmodel = "${id}"\n`
    expect(await processorSeconds(() => said('a.py', side('gpt-4o'), side('gpt-5')))).toBeLessThan(MOST_SECONDS)
  })

  it('--model in a command', async () => {
    const side = (id: string) => `args: |\n${`  --model ${id}\n`.repeat(40_000)}`
    expect(await processorSeconds(() => said('a.yaml', side('gpt-4o'), side('gpt-5')))).toBeLessThan(MOST_SECONDS)
  })
})
