// An application reads a template or a settings file that names another: a change of that one selects the eval set.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are templates.

import { describe, expect, it } from 'vitest'
import { changed, evalFile, reasons } from './repository.ts'

const why = async (main: string, text: string, part: string) => {
  const files = {
    'evals/a.eval.yaml': evalFile('  command: [python, app/run.py]'),
    'app/run.py': `open("app/prompts/${main}").read()\n`,
    [`app/prompts/${main}`]: text,
    [part]: 'tone: brief\n',
  }
  return reasons(await changed(files, { [part]: 'tone: loud\n' })).a
}

describe('includes and partials of every template format', () => {
  it.each([
    ['a.liquid', "{% render 'tone' %}", 'app/prompts/_tone.liquid'],
    ['a.liquid', "{%- include 'shared/tone' -%}", 'app/snippets/shared/tone.liquid'],
    ['a.hbs', '{{#> layout}}x{{/layout}}', 'app/prompts/layout.hbs'],
    ['a.hbs', '{{~> "sub/tone" ~}}', 'app/prompts/sub/tone.hbs'],
    ['a.mustache', '{{<layout}}{{$a}}x{{/a}}{{/layout}}', 'app/prompts/layout.mustache'],
    ['a.erb', '<%= render "tone" %>', 'app/prompts/_tone.erb'],
    ['a.text.erb', '<%= render partial: "shared/tone", locals: {} %>', 'app/prompts/shared/_tone.text.erb'],
    ['a.erb', '<%= render :partial => "tone" %>', 'app/prompts/_tone.erb'],
    ['a.ejs', "<%- include('partials/tone') %>", 'app/prompts/partials/tone.ejs'],
    ['a.ejs', '<%- await include("partials/tone.ejs", {a}) %>', 'app/prompts/partials/tone.ejs'],
    ['a.eex', '<%= render "tone.eex" %>', 'app/prompts/tone.eex'],
    ['a.njk', "{% include './partials/tone.njk' ignore missing %}", 'app/prompts/partials/tone.njk'],
    ['a.j2', "{%+ include 'tone.j2' with context %}", 'app/prompts/tone.j2'],
    ['a.j2', "{% include [\n  'missing.j2',\n  'tone.j2'\n] %}", 'app/prompts/tone.j2'],
    ['a.j2', "{% include 'tone.j2' if a else 'other.j2' %}", 'app/prompts/tone.j2'],
    ['a.j2', "{% include 'tone.j2' if a else 'other.j2' %}", 'app/prompts/other.j2'],
    ['a.j2', "{% from 'macros.j2' import tone as t %}", 'app/prompts/macros.j2'],
    ['a.j2', "{% include 'shared/tone.j2' %}", 'lib/templates/shared/tone.j2'],
    ['a.twig', "{{ include('tone.twig') }}", 'app/prompts/tone.twig'],
    ['a.twig', "{% embed 'tone.twig' %}{% endembed %}", 'app/prompts/tone.twig'],
    ['a.tera', '{% include "tone.tera" %}', 'app/prompts/tone.tera'],
    ['a.tmpl', '{{- template "tone.tmpl" . -}}', 'app/prompts/tone.tmpl'],
    ['a.gotmpl', '{{ template "tone" . }}', 'app/prompts/tone.gotmpl'],
    ['a.ftl', '<#include "tone.ftl">', 'app/prompts/tone.ftl'],
    ['a.vm', '#parse("tone.vm")', 'app/prompts/tone.vm'],
    ['a.mako', '<%include file="tone.mako"/>', 'app/prompts/tone.mako'],
    ['a.blade.php', "@include('prompts.tone')", 'app/prompts/tone.blade.php'],
    ['a.poml', '<document src="tone.md" />', 'app/prompts/tone.md'],
    ['a.md', '{{include "tone.md"}}', 'app/prompts/tone.md'],
    ['a.prompty', '---\nmodel: {api: chat}\n---\nsystem:\n{% include "tone.md" %}', 'app/prompts/tone.md'],
  ])('%s: %s', async (main, text, part) => {
    expect(await why(main, text, part)).toContain(`${part}, which changed`)
  })
})

describe('what settings name', () => {
  it.each([
    ['a.yaml', 'a: "file://./sub dir/tone.md"', 'app/prompts/sub dir/tone.md'],
    ['a.yaml', 'a: file://tone.md', 'app/prompts/tone.md'],
    ['a.yaml', 'a: !include tone.yaml', 'app/prompts/tone.yaml'],
    ['a.yaml', 'system_prompt_file: tone.md', 'app/prompts/tone.md'],
    ['a.yaml', 'prompts:\n  - shared/tone.md\n', 'app/shared/tone.md'],
    ['a.toml', 'prompt_file = "tone.md"', 'app/prompts/tone.md'],
    ['a.json', '{"a":{"$ref":"tone.json#/a"}}', 'app/prompts/tone.json'],
    ['a.yaml', 'extends: base.yaml', 'app/prompts/base.yaml'],
    ['a.json', '{"extends":"./base"}', 'app/prompts/base.json'],
    ['a.yaml', 'inherits: [base, other]\n', 'app/prompts/other.yaml'],
    ['a.yaml', 'defaults:\n  - base\n  - prompt: tone\n', 'app/prompts/base.yaml'],
    ['a.yaml', 'defaults:\n  - base\n  - prompt: tone\n', 'app/prompts/prompt/tone.yaml'],
  ])('%s: %s', async (main, text, part) => {
    expect(await why(main, text, part)).toContain(`${part}, which changed`)
  })

  it.each([
    ['a.yaml', 'url: https://example.com/tone.md', 'app/prompts/tone.md'],
    ['a.yaml', 'base: 3\n', 'app/prompts/tone.yaml'],
    ['a.j2', "{% set a = 'tone.j2' %}", 'app/prompts/tone.j2'],
    ['a.md', 'See tone.md for the tone.', 'app/prompts/tone.md'],
    ['a.j2', "{% include 'tone.j2' %}", 'other/x/tone.txt'],
  ])('%s: nothing in %s', async (main, text, part) => {
    expect(await why(main, text, part)).toBe(undefined)
  })

  it('a bare name that two files have means neither', async () => {
    const files = {
      'evals/a.eval.yaml': evalFile('  command: [python, app/run.py]'),
      'app/run.py': 'env.get_template("tone.j2")\n',
      'x/tone.j2': 'a',
    }
    expect(reasons(await changed(files, { 'x/tone.j2': 'b' })).a).toContain('reads x/tone.j2')
    expect(reasons(await changed({ ...files, 'y/tone.j2': 'a' }, { 'x/tone.j2': 'b' })).a).toBe(undefined)
  })
})
