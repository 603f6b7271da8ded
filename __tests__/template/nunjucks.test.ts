import { describe, expect, it } from 'vitest'
import type { Json, TemplateEngine } from '../../src/domain.ts'
import { renderTemplate, TemplateError, templateIncludes, templateVariables } from '../../src/template/index.ts'

type Vars = { readonly [name: string]: Json }

function render(text: string, vars: Vars = {}, engine: TemplateEngine = 'nunjucks'): string {
  return renderTemplate({ engine, text, path: 'p.md', line: 1, vars, partials: {} }).text
}

function failure(text: string, vars: Vars = {}, engine: TemplateEngine = 'nunjucks'): TemplateError {
  try {
    render(text, vars, engine)
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error(`rendered without an error: ${text.slice(0, 60)}`)
}

const people = [
  { name: 'Ada', age: 36 },
  { name: 'bob', age: 9 },
]

const rows: readonly (readonly [string, Vars, string])[] = [
  // values
  ['{{ a }}', { a: 'x' }, 'x'],
  ['{{a}}|{{ missing }}|{{ missing.deep.er }}', { a: null }, '||'],
  ['{{ a }}', { a: { b: [1, 'x'] } }, '{"b":[1,"x"]}'],
  ['{{ a }}', { a: [1, 'x', null, true] }, '1,x,,true'],
  ['{{ a }}{{ b }}', { a: 1.5, b: false }, '1.5false'],
  ['{{ a.b["c d"][1] }}', { a: { b: { 'c d': [1, 2] } } }, '2'],
  ['{{ a.length }}{{ b.length }}', { a: 'four', b: [1] }, '41'],
  ['{{ a[1:3] }}{{ a[-1:] }}', { a: 'abcd' }, 'bcd'],
  ['{{ [1, 2, [3]] }}|{{ {a: 1, "b": [x]} | dump }}', { x: 2 }, '1,2,3|{"a":1,"b":[2]}'],
  ['{{ "a\\n\\"b\\"" }}{{ \'}}\' }}', {}, 'a\n"b"}}'],
  ['{{ a < 2 }} &amp; <b>', { a: 1 }, 'true &amp; <b>'],
  // operators
  [
    '{{ 1 + 2 * 3 - 4 / 2 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 2 ** 3 }} {{ -a }} {{ (1 + 2) * 3 }}',
    { a: 5 },
    '5 3 3 8 -5 9',
  ],
  ['{{ "a" ~ 1 ~ none ~ x }} {{ "a" + 1 }}', {}, 'a1 a1'],
  [
    '{{ a == 1 }} {{ a === 1 }} {{ a != 2 }} {{ none == missing }} {{ 0 == "" }}',
    { a: '1' },
    'true false true true false',
  ],
  ['{{ [1, {a: 2}] == [1, {a: 2}] }}', {}, 'true'],
  [
    '{{ 1 in l }} {{ "el" in "hello" }} {{ "k" in d }} {{ 9 not in l }}',
    { l: [1], d: { k: 0 } },
    'true true true true',
  ],
  ['{{ a or "d" }} {{ a and b }} {{ not a }}', { a: '', b: 1 }, 'd  true'],
  ['{{ "y" if a else "n" }}{{ "z" if b }}', { a: 1 }, 'y'],
  // tests
  [
    '{{ a is defined }} {{ b is defined }} {{ b is not defined }} {{ c is none }}',
    { a: 1, c: null },
    'true false true true',
  ],
  [
    '{{ 3 is odd }} {{ 4 is divisibleby(2) }} {{ 4 is divisibleby 3 }} {{ d is mapping }}',
    { d: {} },
    'true true false true',
  ],
  ['{{ "a" is string }} {{ 1 is number }} {{ [1] is iterable }} {{ 2 is in [1, 2] }}', {}, 'true true true true'],
  // filters
  [
    '{{ a | upper }} {{ a | lower }} {{ a | capitalize }} {{ a | title }}',
    { a: 'hI yOU' },
    'HI YOU hi you Hi you Hi You',
  ],
  ['{{ "  x " | trim }}|{{ "a b  c" | wordcount }}|{{ -3 | abs }}', {}, 'x|3|3'],
  ['{{ m | default("d") }} {{ n | default("d") }} {{ "" | d("e", true) }}', { n: null }, 'd  e'],
  [
    '{{ l | join(", ") }} {{ p | join("/", "name") }} {{ p | join(attribute="name") }}',
    { l: [1, 2], p: people },
    '1, 2 Ada/bob Adabob',
  ],
  [
    '{{ l | length }} {{ l | first }} {{ l | last }} {{ l | reverse }} {{ m | length }}',
    { l: [3, 1, 2] },
    '3 3 2 2,1,3 0',
  ],
  ['{{ "aaa" | replace("a", "b") }} {{ "aaa" | replace("a", "b", 2) }}', {}, 'bbb bba'],
  [
    '{{ l | sort }} {{ l | sort(true) }} {{ p | sort(attribute="age") | join("", "name") }}',
    { l: [10, 9], p: people },
    '9,10 10,9 bobAda',
  ],
  ['{{ [1, 1, "1", 2] | unique }} {{ "ab" | list }} {{ "ab" | reverse }}', {}, '1,1,2 a,b ba'],
  [
    '{{ 2.567 | round(1) }} {{ 2.1 | round(0, "ceil") }} {{ "12x" | int }} {{ "x" | int(7) }} {{ "1.5" | float }}',
    {},
    '2.6 3 12 7 1.5',
  ],
  ['{{ a | dump }}|{{ a | tojson(2) }}', { a: { x: '"' } }, '{"x":"\\""}|{\n  "x": "\\""\n}'],
  ['{{ "one two three" | truncate(8) }} {{ "one two three" | truncate(8, true, "") }}', {}, 'one two... one two '],
  ['{{ "a\nb" | indent(2) }}|{{ "a\nb" | indent(2, true) }}|{{ "a\nb" | nl2br }}', {}, 'a\n  b|  a\n  b|a<br />\nb'],
  ['{{ "<b>" | safe }}{{ "<b>" | escape }}{{ "<b>" | e }}', {}, '<b><b><b>'],
  ['{{ p | selectattr("name", "equalto", "bob") | length }} {{ p | sum("age") }}', { p: people }, '1 45'],
  // blocks
  ['{% if a > 1 %}x{% elif a == 1 %}y{% else %}z{% endif %}', { a: 1 }, 'y'],
  [
    '{% for p in people %}{{ loop.index }}/{{ loop.length }} {{ p.name }}{% if not loop.last %}, {% endif %}{% endfor %}',
    { people },
    '1/2 Ada, 2/2 bob',
  ],
  [
    '{% for k, v in d %}{{ k }}={{ v }};{% endfor %}{% for k, v in d.items() %}{{ k }}{% endfor %}',
    { d: { a: 1, b: 2 } },
    'a=1;b=2;ab',
  ],
  ['{% for x in [] %}{% else %}none{% endfor %}{% for x in missing %}{{ x }}{% endfor %}', {}, 'none'],
  ['{% for i in range(3) %}{{ i }}{% endfor %}{% for a, b in [[1, 2]] %}{{ a }}{{ b }}{% endfor %}', {}, '01212'],
  ['{% set n = 0 %}{% for x in [1, 2] %}{% set n = n + x %}{% endfor %}{{ n }}', {}, '3'],
  ['{% set b %}<{{ a }}>{% endset %}{{ b }}{{ b }}', { a: 1 }, '<1><1>'],
  ['a{# no {{ x }} #}b{#- c -#} d', {}, 'abd'],
  ['{% raw %}{{ a }}{% if %}{% endraw %}{% verbatim %}{{{% endverbatim %}', { a: 1 }, '{{ a }}{% if %}{{'],
  ['a \n{%- if true -%}\n b \n{%- endif %} {{- "c" -}} d', {}, 'abcd'],
  ['x\n{% if true %}\ny\n{% endif %}\n', {}, 'x\n\ny\n\n'],
]

describe('nunjucks engine', () => {
  it.each(rows)('renders %j', (template, vars, expected) => {
    expect(render(template, vars)).toBe(expected)
  })

  it('takes Jinja truth and scope for prompty', () => {
    expect(render('{% if l %}y{% else %}n{% endif %}', { l: [] }, 'prompty')).toBe('n')
    expect(render('{% if l %}y{% else %}n{% endif %}', { l: [] })).toBe('y')
    expect(render('{% set n = 0 %}{% for x in [1] %}{% set n = 5 %}{% endfor %}{{ n }}', {}, 'prompty')).toBe('0')
  })

  it('renders includes, with the names around them, and says where an included file fails', () => {
    const template = { engine: 'nunjucks', path: 'p.md', line: 1, vars: { a: 'A' } } as const
    const text = '[{% include "x.md" %}][{% include "no.md" ignore missing %}]'
    expect(renderTemplate({ ...template, text, partials: { 'x.md': '{{ a }}!' } }).text).toBe('[A!][]')
    const bad = () =>
      renderTemplate({ ...template, text: '\n{% include "x.md" %}', partials: { 'x.md': 'ok\n  {{ a | nope }}' } })
    expect(bad).toThrow(/^x\.md:2:8: There is no filter `nope`/)
    expect(() => renderTemplate({ ...template, text: 'a {% include "y.md" %}', partials: {} })).toThrow(
      /^p\.md:1:3: .*`y\.md` was not found/,
    )
    const cycle = { 'x.md': '{% include "x.md" %}' }
    expect(() => renderTemplate({ ...template, text, partials: cycle })).toThrow(/nested more than 20/)
    expect(() => renderTemplate({ ...template, text: '{% include "constructor" %}', partials: {} })).toThrow(
      /not found/,
    )
  })
})

describe('data stays data', () => {
  const hostile = '{{ 7 * 7 }}{% for i in range(9) %}x{% endfor %}{# c #}{{name}}'
  it.each(['nunjucks', 'prompty', 'dotprompt', 'literal'] as const)('%s renders values once', (engine) => {
    expect(render('<{{a}}>', { a: hostile, name: 'N' }, engine)).toBe(`<${hostile}>`)
  })
  it('keeps template characters that come through filters, set and loops', () => {
    expect(render('{% set b = a ~ a %}{{ b }}{% for x in [a] %}{{ x | trim }}{% endfor %}', { a: '{{ x }}' })).toBe(
      '{{ x }}{{ x }}{{ x }}',
    )
  })
})

describe('prototypes and code', () => {
  const nothing = [
    '{{ a.__proto__ }}',
    '{{ a.constructor }}',
    '{{ a["constructor"]["prototype"] }}',
    '{{ "x".constructor.constructor }}',
    '{{ [].constructor }}',
    '{{ a["__pro" ~ "to__"] }}',
    '{{ constructor }}{{ __proto__ }}{{ toString }}{{ hasOwnProperty }}',
    '{{ a.toString }}{{ l.push }}{{ l.map }}{{ s.at }}',
    '{{ loop.constructor }}{{ range.constructor }}',
    '{% for k in l %}{{ loop.__proto__ }}{% endfor %}',
    '{{ env }}{{ env.PATH }}{{ env.HOME }}{{ process }}{{ globalThis }}{{ this }}',
    '{{ d | selectattr("constructor") | length if false }}',
    '{{ [a] | join("", "constructor.name") }}{{ [a] | sum("x") if false }}',
  ]
  it.each(nothing)('%s is nothing', (template) => {
    expect(render(template, { a: {}, l: [1], s: 'x' })).toMatch(/^(\{\})?$/)
  })
  it('does not reach own keys with the names of prototypes', () => {
    const vars: Vars = JSON.parse('{"a": {"__proto__": "p", "constructor": "c", "prototype": "q"}, "__proto__": "r"}')
    expect(render('{{ a.__proto__ }}{{ a.constructor }}{{ a["prototype"] }}{{ __proto__ }}', vars)).toBe('')
    expect(render('{{__proto__}}', vars, 'literal')).toBe('{{__proto__}}')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
  it('builds dicts without a prototype', () => {
    expect(render('{% set x = {"__proto__": {"polluted": 1}} %}{{ x.polluted }}')).toBe('')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
  const refused = [
    ['{{ a.toString() }}', 1, 5, /toString/],
    ['x\n  {{ range.constructor("return process") }}', 2, 11, /constructor/],
    ['{{ range.constructor("return process")() }}', 1, 21, /not a function/],
    ['{{ "x".constructor.constructor("return 1") }}', 1, 19, /constructor/],
    ['{{ cycler() }}', 1, 4, /cycler/],
    ['{{ a["toString"]() }}', 1, 6, /toString/],
    ['{% call m() %}{% endcall %}', 1, 1, /call/],
    ['{% import "x" as y %}', 1, 1, /not found/],
    ['{% extends "x" %}', 1, 1, /not found/],
    ['{% if a %}{% extends "x" %}{% endif %}', 1, 11, /inside another block/],
    ['{% block a %}', 1, 1, /never closed/],
    ['{% macro m( %}{% endmacro %}', 1, 13, /./],
    ['{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', 1, 19, /Macros are nested/],
    ['{% include name %}', 1, 12, /quotes/],
    ['{% include "a" ~ x %}', 1, 16, /quotes/],
    ['{% include "a" if a else b %}', 1, 26, /quotes/],
  ] as const
  it.each(refused)('%s is an error with a place', (template, line, column, words) => {
    const error = failure(template, { a: {} })
    expect(error.message).toMatch(words)
    expect(error.place).toEqual({ path: 'p.md', line, column })
  })
})

describe('errors of templates', () => {
  const rows = [
    ['a {{ b', 1, 3, /never closed/],
    ['{% if a %}x', 1, 1, /never closed/],
    ['{% if a %}{% endfor %}', 1, 13, /endfor/],
    ['x{% endif %}', 1, 4, /nothing to close/],
    ['{% raw %}', 1, 1, /never closed/],
    ['{{ a | uper }}', 1, 6, /Did you mean `upper`/],
    ['{{ a is defned }}', 1, 6, /Did you mean `is defined`/],
    ['{{ a b }}', 1, 6, /`b`/],
    ['{{ }}', 1, 4, /a value/],
    ['{{ a ? b : c }}', 1, 6, /`\?`/],
    ['{{ a | indent(wdth=2) }}', 1, 6, /no argument `wdth`/],
    ['{{ 1 / 0 }}', 1, 6, /finite/],
    ['\n\n {{ m * 2 }}', 3, 7, /number was expected/],
  ] as const
  it.each(rows)('%j', (template, line, column, words) => {
    const error = failure(template)
    expect(error.message).toMatch(words)
    expect(error.place).toEqual({ path: 'p.md', line, column })
  })
  it('counts lines from where the template starts in its file', () => {
    const template = {
      engine: 'nunjucks',
      text: 'a\n{{ x | no }}',
      path: 'q.yml',
      line: 40,
      vars: {},
      partials: {},
    } as const
    expect(() => renderTemplate(template)).toThrow(/^q\.yml:41:6: /)
  })
})

describe('bounds', () => {
  const loops = (depth: number): string =>
    `${'{% for x in range(100) %}'.repeat(depth)}y${'{% endfor %}'.repeat(depth)}`
  const bombs: readonly (readonly [string, string])[] = [
    ['nested loops', loops(6)],
    ['empty nested loops', loops(8).replace('y', '')],
    ['range', '{{ range(1000000000) | length }}'],
    ['doubling text', `{% set a = "x" %}${'{% set a = a ~ a %}'.repeat(60)}{{ a }}`],
    ['doubling by replace', `{% set a = "xx" %}${'{% set a = a | replace("x", "xxxx") %}'.repeat(40)}`],
    ['doubling lists', `{% set a = [1] %}${'{% set a = a + a %}'.repeat(60)}{{ a | length }}`],
    ['shared structure as JSON', `{% set a = [1] %}${'{% set a = [a, a] %}'.repeat(60)}{{ a | dump }}`],
    ['shared structure as text', `{% set a = [1] %}${'{% set a = [a, a] %}'.repeat(60)}{{ a }}`],
    ['shared structure compared', `{% set a = [1] %}${'{% set a = [a, a] %}'.repeat(60)}{{ a == [a] }}`],
    ['indented shared structure', `{% set a = [1] %}${'{% set a = [a, a] %}'.repeat(60)}{{ a | dump(10) }}`],
    ['wide indent of many lines', '{{ l | join("\n") | indent(100000) }}'],
    ['long output', `{% for x in range(1000) %}{{ big }}{% endfor %}`],
    ['many large filters', '{% for x in range(90000) %}{% set y = big | upper %}{% endfor %}'],
    ['deep parentheses', `{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`],
    ['deep lists', `{{ ${'['.repeat(50_000)}${']'.repeat(50_000)} }}`],
    ['long chain', `{{ 1${' ~ 1'.repeat(200_000)} }}`],
    ['deep blocks', '{% if true %}'.repeat(20_000) + '{% endif %}'.repeat(20_000)],
    ['deep elif', `{% if false %}${'{% elif false %}'.repeat(20_000)}{% endif %}`],
    ['include doubling', '{% include "a" %}'],
  ]
  it.each(bombs)('%s ends in an error', (_, text) => {
    const partials: Record<string, string> = { z: 'x' }
    for (let index = 0; index < 19; index += 1)
      partials[index === 0 ? 'a' : `a${index}`] = `{% include "a${index + 1}" %}`.repeat(9)
    const vars = { big: 'x'.repeat(100_000), l: Array.from({ length: 1000 }, () => 'x') }
    expect(() => renderTemplate({ engine: 'nunjucks', text, path: 'p', line: 1, vars, partials })).toThrow(
      TemplateError,
    )
  })
  it('leaves room for large honest prompts', () => {
    const documents = Array.from({ length: 2000 }, (_, index) => ({ title: `t${index}`, text: 'word '.repeat(100) }))
    const text = render('{% for d in documents %}## {{ d.title | upper }}\n{{ d.text | trim }}\n{% endfor %}', {
      documents,
    })
    expect(text.length).toBeGreaterThan(1_000_000)
  })
})

describe('what a template mentions', () => {
  it('includes one of several by a condition, and knows all of them', () => {
    const text = '{% include "long.md" if long else "short.md" if short else "none.md" %}{% include "x.md" if x %}'
    const partials = { 'long.md': 'L', 'short.md': 'S', 'none.md': 'N', 'x.md': 'X' }
    const rendered = (vars: Vars) =>
      renderTemplate({ engine: 'nunjucks', text, path: 'p', line: 1, vars, partials }).text
    expect([rendered({ long: true }), rendered({ short: 1, x: 1 }), rendered({})]).toEqual(['L', 'SX', 'N'])
    const names = templateIncludes('nunjucks', text).map(({ name }) => name)
    expect(names).toEqual(['long.md', 'short.md', 'none.md', 'x.md'])
    expect(templateVariables('nunjucks', text)).toEqual(['long', 'short', 'x'])
    const optional = '{% include "no.md" if a else "x.md" ignore missing %}'
    expect(templateIncludes('nunjucks', optional).map((one) => one.optional)).toEqual([true, true])
  })

  it('names free variables and includes', () => {
    const text = `{% include "a" %}{% if x %}{% include "b" %}{% endif %}{% set s = y %}{{ s }}{% for i in list %}{{ i.z }}{{ loop.index }}{% include "a" %}{% endfor %}{{ i }}{{ o["k" ~ q] | default(w) }}{{ env.HOME }}`
    expect(templateIncludes('nunjucks', text).map((one) => one.name)).toEqual(['a', 'b'])
    expect(templateVariables('nunjucks', text)).toEqual(['x', 'y', 'list', 'i', 'o', 'q', 'w'])
  })
  it('reports the names that were looked up, and the environment by allow-list', () => {
    const text = '{{ a }}{{ env.TEAM }}{{ env.SECRET }}{% if false %}{{ b }}{% endif %}'
    const env = { TEAM: 'support' }
    const rendered = renderTemplate({ engine: 'nunjucks', text, path: 'p', line: 1, vars: { a: 1 }, partials: {}, env })
    expect(rendered.text).toBe('1support')
    expect(rendered.used).toEqual(['a', 'env.TEAM', 'env.SECRET'])
  })
  it('gives every stretch its origin', () => {
    const text =
      'Hi {{ user.name | upper }}{% for d in docs %}[{{ d }}]{% endfor %}{% include "s" %}{% set t = q ~ "!" %}{{ t }}{{ "lit" }}'
    const vars = { user: { name: 'Al' }, docs: ['x', 'y'], q: 'why' }
    const { segments, text: whole } = renderTemplate({
      engine: 'nunjucks',
      text,
      path: 'p',
      line: 1,
      vars,
      partials: { s: 'S{{ q }}' },
    })
    expect(segments.map(({ text: part, origin, kind }) => [part, origin, kind])).toEqual(
      [
        ['Hi ', 'template', 'static'],
        ['AL', 'user', 'variable'],
        ['[', 'template', 'static'],
        ['x', 'docs', 'variable'],
        ['][', 'template', 'static'],
        ['y', 'docs', 'variable'],
        [']', 'template', 'static'],
        ['S', 's', 'include'],
        ['why', 'q', 'variable'],
        ['why!', 'q', 'variable'],
        ['lit', 'template', 'static'],
      ].reduce<string[][]>((merged, row) => {
        const last = merged.at(-1)
        if (last && last[1] === row[1] && last[2] === row[2]) last[0] += row[0] ?? ''
        else merged.push([...row])
        return merged
      }, []),
    )
    expect(segments.map((segment) => segment.text).join('')).toBe(whole)
  })
})
