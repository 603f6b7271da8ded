// Templates that extend, import and define macros, as Nunjucks and Jinja have them.

import { describe, expect, it } from 'vitest'
import { renderTemplate, TemplateError, templateIncludes, templateVariables } from '../../src/template/index.ts'

const render = (text: string, partials: { [name: string]: string } = {}, vars = {}) =>
  renderTemplate({ engine: 'nunjucks', text, path: 'p.j2', line: 1, partials, vars }).text

describe('extends', () => {
  const base = 'A {% block one %}base one{% endblock %} B {% block two %}base two {{ q }}{% endblock two %} C'
  it.each([
    ['{% extends "b" %}', 'A base one B base two x C'],
    ['{% extends "b" %}{% block one %}mine {{ q }}{% endblock %} ignored', 'A mine x B base two x C'],
    ['{% extends "b" %}{% block one %}[{{ super() }}]{% endblock %}', 'A [base one] B base two x C'],
    ['{% extends "b" %}{% set q = "set" %}', 'A base one B base two set C'],
    ['{% extends "b" %}{% block one %}{% for i in [1, 2] %}{{ i }}{% endfor %}{% endblock %}', 'A 12 B base two x C'],
    ['{% extends "b" %}{% block none %}never{% endblock %}', 'A base one B base two x C'],
  ])('%s', (text, expected) => {
    expect(render(text, { b: base }, { q: 'x' })).toBe(expected)
  })

  it('over two generations, each with super()', () => {
    const partials = { b: base, m: '{% extends "b" %}{% block one %}m({{ super() }}){% endblock %}' }
    expect(render('{% extends "m" %}{% block one %}c({{ super() }}){% endblock %}', partials)).toContain(
      'c(m(base one))',
    )
  })

  it('blocks in blocks, and a block without a parent', () => {
    const partials = { b: '{% block a %}<{% block c %}in{% endblock %}>{% endblock %}' }
    expect(render('{% extends "b" %}{% block c %}new{% endblock %}', partials)).toBe('<new>')
    expect(render('x {% block a %}y{% endblock %}')).toBe('x y')
  })

  it('an included template has blocks of its own', () => {
    const partials = { b: '{% block a %}1{% endblock %}{% include "i" %}', i: '{% block a %}2{% endblock %}' }
    expect(render('{% extends "b" %}{% block a %}3{% endblock %}', partials)).toBe('32')
  })

  it('a circle ends with a place', () => {
    expect(() => render('{% extends "a" %}', { a: '{% extends "b" %}', b: '{% extends "a" %}' })).toThrow(TemplateError)
  })
})

describe('import and from', () => {
  const partials = {
    t: '{% set TONE = "kind" %}{% macro hi(name, mark="!") %}Hi {{ name }}{{ mark }}{% endmacro %}seen by nobody {{ q }}',
    c: '{% set SEEN = q %}',
  }
  it.each([
    ['{% import "t" as t %}{{ t.TONE }} {{ t.hi("Ann") }}', 'kind Hi Ann!'],
    ['{% from "t" import TONE, hi as hello %}{{ TONE }} {{ hello("Ann", mark="?") }}', 'kind Hi Ann?'],
    ['{% from "t" import none %}[{{ none }}]', '[]'],
    ['{% import "c" as c %}[{{ c.SEEN }}]', '[]'],
    ['{% import "c" as c with context %}[{{ c.SEEN }}]', '[x]'],
    ['{% from "c" import SEEN without context %}[{{ SEEN }}]', '[]'],
    ['{% macro twice(a) %}{{ a }}{{ a }}{% endmacro %}{{ twice("ab") | upper }}', 'ABAB'],
    ['{% macro q2() %}{{ q }}{% endmacro %}{{ q2() }}', 'x'],
  ])('%s', (text, expected) => {
    expect(render(text, partials, { q: 'x' })).toBe(expected)
  })

  it('what is imported is no way to the language', () => {
    for (const text of ['{{ t.constructor }}', '{{ t.__proto__ }}', '{{ t.hi.constructor }}'])
      expect(render(`{% import "t" as t %}[${text}]`, partials)).toBe('[]')
    expect(() => render('{% import "t" as t %}{{ t.constructor("x") }}', partials)).toThrow(TemplateError)
  })

  it('macros that call each other many times are stopped', () => {
    const many =
      '{% macro a(n) %}{% for i in range(1000) %}{% for j in range(1000) %}{{ n }}{% endfor %}{% endfor %}{% endmacro %}'
    expect(() => render(`${many}{{ a("x") }}`)).toThrow(/steps/)
    const each = '{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}'
    expect(() => render(each)).toThrow(/nested/)
  })
})

it('mentions what it names, and only the variables that it needs', () => {
  const text =
    '{% extends "b" %}{% import "t" as t %}{% from "u" import x as y %}{% block a %}{% include "i" %}{{ q }}{{ t.z }}{{ y }}{{ super() }}{% endblock %}{% macro m(p) %}{{ p }}{{ r }}{% endmacro %}{{ m(1) }}'
  expect(templateIncludes('nunjucks', text).map((one) => `${one.how} ${one.name}`)).toEqual([
    'extends b',
    'imports t',
    'imports u',
    'includes i',
  ])
  expect([...templateVariables('nunjucks', text)].sort()).toEqual(['q', 'r'])
})
