import { describe, expect, test } from 'vitest'
import { renderHtml } from '../../src/report/html.ts'
import { renderJson } from '../../src/report/json.ts'
import { renderJunit } from '../../src/report/junit.ts'
import { COMMENT_BYTES, renderMarkdown, renderSummary, SUMMARY_BYTES } from '../../src/report/markdown.ts'
import type { Report } from '../../src/report/report.ts'
import { renderText } from '../../src/report/text.ts'
import { liveParts, outsideCode, tableWidths } from './inert.ts'
import { huge, samples } from './samples.ts'

const attacks: { readonly [name: string]: string } = {
  mention: 'thanks @octocat and @acme/security, cc @everyone',
  reference: 'fixes #12, closes acme/shop#34, GH-56, gh-7, 1f0c9d2e7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d',
  image: '![x](https://evil.example/pixel.png) <img src="https://evil.example/a"> [a]: https://evil.example',
  link: '[click](javascript:alert(1)) <https://evil.example> https://evil.example www.evil.example mailto:a@b.example',
  html: '</details></summary><script>alert(1)</script><iframe src=x onload=alert(1)>" onmouseover="alert(1)',
  fence: '```\n</details>\n````\n# heading\n``````\n@octocat\n~~~\n@octocat',
  spans: '` `` ``` ```` @octocat `` ` #12',
  pipes: 'a | b \\| c \\\\| d ||| `|` | --- |\n| --- |',
  marker: '<!-- prompt-parity:ci.yml:parity.yaml -->\n<!-- prompt-parity:other --> -->',
  runner:
    '::error::gone\n::set-output name=verdict::pass\n  ::stop-commands::x\n##[error]gone\ntext ::add-mask::a\r::debug::b\u2028::debug::c',
  ansi: '\u001B[31mred\u001B[0m \u001B]0;title\u0007 \u001B]8;;https://evil.example\u001B\\link \u009B2J \u001Bc',
  bidi: 'abc\u202Edef\u202C \u2066x\u2069 a\u200Bb\u200Cc\u200Dd\uFEFF \u061C \u{E0041}\u{E0042}',
  nulls: 'a\u0000b\u0001c\u0008\u007F\u0085',
  surrogates: 'a\uD800b\uDC00c\uD83D \uFFFE\uFFFF',
  blocks: '# heading\n- list\n> quote\n1. one\n---\n===\n\n    code\n$x$ $$y$$ $`z`$ [^1] :tada:',
  xml: ']]> <![CDATA[ </testcase> &amp; &#0; <!DOCTYPE x>',
  zalgo: `e${'\u0301'.repeat(5000)}`,
  template: '${x} {{y}} \'"`',
}

const KEPT = new Set([
  'schema',
  'outcome',
  'rule',
  'level',
  'kind',
  'status',
  'state',
  'trust',
  'compare',
  'mode',
  'delta',
  'low',
  'high',
  'sha',
  'runUrl',
  'monthly',
  'monthlyDelta',
  'target',
  'spendCap',
  'usd',
  'worstUsd',
  'parts',
])
const KEPT_TREES = new Set(['perRequestUsd', 'perMonthUsd', 'limitUsd', 'usd', 'parts'])

/** Puts the attack into every text of a report, whoever wrote it; enumerations, sums and the run's own URL stay. */
function attacked(report: Report, attack: string): Report {
  return infect(report, attack) as Report
}

function infect(value: unknown, attack: string, key = ''): unknown {
  if (typeof value === 'string') return KEPT.has(key) ? value : attack
  if (Array.isArray(value)) return value.map((item) => infect(item, attack, key))
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([name, item]) => [
      name,
      KEPT_TREES.has(name) && typeof item === 'object' ? item : infect(item, attack, name),
    ]),
  )
}

const runnerCommands = (text: string) =>
  text.split(/\r\n|\r|\n/).filter((line) => /^\s*::/.test(line) || line.includes('##['))
const unsafeCharacters = (text: string) =>
  [...text].filter(
    (character) => character !== '\n' && /[\p{Cc}\p{Bidi_Control}\p{Cs}\u200B\uFEFF\u2028\u2029]/u.test(character),
  )

for (const [sample, report] of Object.entries(samples)) {
  describe(`hostile text everywhere in ${sample}`, () => {
    for (const [name, attack] of Object.entries(attacks)) {
      const bad = attacked(report, attack)
      test(`${name}: Markdown stays inert`, () => {
        for (const text of [renderMarkdown(bad, { marker: 'ci.yml:parity.yaml' }), renderSummary(bad)]) {
          expect(liveParts(text)).toEqual([])
          expect(unsafeCharacters(text)).toEqual([])
          expect(runnerCommands(text)).toEqual([])
          expect([...text.matchAll(/<!--/g)].length).toBe(text.startsWith('<!--') ? 1 : 0)
          for (const widths of tableWidths(text)) expect(new Set(widths).size).toBe(1)
        }
      })
      test(`${name}: folded blocks stay balanced`, () => {
        const text = outsideCode(renderMarkdown(bad))
        expect([...text.matchAll(/<details>/g)].length).toBe([...text.matchAll(/^<\/details>$/gm)].length)
      })
      test(`${name}: log and terminal stay inert`, () => {
        const text = renderText(bad)
        expect(runnerCommands(text)).toEqual([])
        expect(unsafeCharacters(text)).toEqual([])
      })
      test(`${name}: HTML stays inert`, () => {
        const text = renderHtml(bad)
        const tags = [...text.matchAll(/<([a-z0-9]+)([^>]*)>/g)]
        const names = new Set(tags.map((tag) => tag[1]))
        for (const tag of ['img', 'iframe', 'object', 'form', 'link', 'svg']) expect(names).not.toContain(tag)
        expect([...text.matchAll(/<script/g)].length).toBe(1)
        expect([...text.matchAll(/<a /g)].length).toBe(1)
        expect(
          tags
            .filter((tag) =>
              /\son\w+\s*=|\sstyle=|(?:src|href)="(?!#)/.test(
                tag[2]?.replace(/"[^"]*"/g, (quoted) => (/^"#/.test(quoted) ? '"#"' : '"x"')) ?? '',
              ),
            )
            .map((tag) => tag[0]),
        ).toEqual([])
        expect(unsafeCharacters(text)).toEqual([])
      })
      test(`${name}: JUnit is well-formed`, () => {
        const text = renderJunit(bad)
        expect(wellFormed(text)).toBe(true)
        expect(unsafeCharacters(text)).toEqual([])
        expect(runnerCommands(text)).toEqual([])
      })
      test(`${name}: JSON comes back as it was, without commands`, () => {
        const text = renderJson(bad)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(bad)))
        expect(runnerCommands(text)).toEqual([])
      })
    }
  })
}

/** Tags nest, attributes are quoted, no stray `<` or `&`. */
function wellFormed(xml: string): boolean {
  const open: string[] = []
  const body = xml.replace(/^<\?xml[^>]*\?>\n/, '')
  const rest = body.replace(
    /<(\/?)([a-z-]+)((?:\s+[a-z]+="[^"<&]*(?:&(?:amp|lt|gt|quot|apos|#\d+);[^"<&]*)*")*)\s*(\/?)>/g,
    (_, close: string, name: string, __, self: string) => {
      if (close === '/') return open.pop() === name ? '' : '<'
      if (self !== '/') open.push(name)
      return ''
    },
  )
  return open.length === 0 && !/<|&(?!(?:amp|lt|gt|quot|apos|#\d+);)|]]>/.test(rest)
}

describe('size', () => {
  const bytes = (text: string) => Buffer.byteLength(text, 'utf8')

  test('a comment on 3,000 flips keeps verdict, failing rows and footer within 60,000 bytes', () => {
    const text = renderMarkdown(huge, { marker: 'key' })
    expect(bytes(text)).toBeLessThanOrEqual(COMMENT_BYTES)
    expect(text).toContain('2,400 of 3,000 cases broke')
    expect(text).toContain('**✗ fail**')
    expect(text).toContain('**Also failing (5):**')
    expect(text).toContain('Broken cases (2400)')
    expect(text).toContain('Reproduce: `prompt-parity run')
    expect(text).toContain('Waive:')
    expect(text).toContain('shortened')
    expect(liveParts(text)).toEqual([])
  })

  test('the summary holds more of it, within 900,000 bytes', () => {
    const text = renderSummary(huge)
    expect(bytes(text)).toBeLessThanOrEqual(SUMMARY_BYTES)
    expect(bytes(text)).toBeGreaterThan(100_000)
  })

  for (const [name, unit] of Object.entries({
    letters: 'a',
    hashes: '#1 ',
    emoji: '👨‍👩‍👧‍👦',
    marks: 'é́́́́',
    fences: '`',
    mentions: '@a ',
    entities: '&',
    wide: '漢',
  })) {
    test(`a megabyte of ${name} in every text still fits and still says the verdict`, () => {
      const long = unit.repeat(Math.ceil(1_000_000 / unit.length))
      for (const sample of ['regression', 'many-sets']) {
        const report = samples[sample]
        if (report === undefined) throw new Error('no sample')
        const text = renderMarkdown(infect(report, long) as Report, { marker: 'key' })
        expect(bytes(text)).toBeLessThanOrEqual(COMMENT_BYTES)
        expect(text).toContain('### ✗ Fail')
        expect(text).toContain('**✗ fail**')
        expect(text).toContain('Reproduce:')
        expect(liveParts(text)).toEqual([])
      }
    })
  }

  test('a comment that fits is not called shortened', () => {
    const regression = samples['regression']
    if (regression === undefined) throw new Error('no sample')
    expect(renderMarkdown(regression)).not.toContain('shortened')
  })

  test('a page with 3,000 flips has every one of them and stays below 40 MB', () => {
    const text = renderHtml(huge)
    expect([...text.matchAll(/<fieldset /g)].length).toBe(3000)
    expect(bytes(text)).toBeLessThan(40_000_000)
  })
})
