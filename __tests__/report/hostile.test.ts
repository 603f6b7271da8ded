import { describe, expect, test } from 'vitest'
import { renderHtml } from '../../src/report/html.ts'
import { renderJson } from '../../src/report/json.ts'
import { renderJunit } from '../../src/report/junit.ts'
import { COMMENT_BYTES, renderMarkdown, renderSummary, SUMMARY_BYTES } from '../../src/report/markdown.ts'
import { renderText } from '../../src/report/text.ts'
import { attacked, attacks } from './attacks.ts'
import { expectFits } from './fits.ts'
import { liveParts, outsideCode, tableWidths } from './inert.ts'
import { huge, samples } from './samples.ts'

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

  test('a megabyte of wide letters in every text still fits and still says the verdict', () => expectFits('漢'))

  test('a comment that fits is not called shortened', () => {
    const regression = samples.regression
    if (regression === undefined) throw new Error('no sample')
    expect(renderMarkdown(regression)).not.toContain('shortened')
  })

  test('a page with 3,000 flips has every one of them and stays below 40 MB', () => {
    const text = renderHtml(huge)
    expect([...text.matchAll(/<fieldset /g)].length).toBe(3000)
    expect(bytes(text)).toBeLessThan(40_000_000)
  })
})
