import { describe, expect, test } from 'vitest'
import * as sinks from '../../src/report/escape.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { attacks } from './attacks.ts'

describe('cut', () => {
  test('keeps whole graphemes and says that something is missing', () => {
    expect(sinks.cut('abcdef', 3)).toBe('abc…')
    expect(sinks.cut('abc', 3)).toBe('abc')
    expect(sinks.cut('👨‍👩‍👧x', 1)).not.toContain('\uD83D…')
    expect(sinks.cut('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301e\u0301…')
    expect(sinks.cut('🇩🇪🇫🇷', 1)).toBe('🇩🇪…')
  })

  test('a single grapheme of a million marks does not get through', () => {
    const shown = sinks.cleanCut(`a${'\u0301'.repeat(1_000_000)}`, 10)
    expect(shown.length).toBeLessThan(60)
  })

  test('never ends in half a surrogate pair', () => {
    for (let n = 1; n < 12; n += 1) expect(sinks.cut('a😀b😀c😀d😀e😀', n)).not.toMatch(/\p{Cs}/u)
  })

  test('a text that was only looked at in part is marked as cut', () => {
    expect(sinks.cleanCut('a'.repeat(200_000), 10)).toBe(`${'a'.repeat(10)}…`)
    expect(sinks.cleanCut('\u200B'.repeat(200_000), 10)).toBe('…')
  })
})

describe('clean', () => {
  test('line breaks of every kind become line feeds', () => {
    expect(sinks.clean('a\r\nb\rc\u2028d\u2029e\u0085f\u000Bg')).toBe('a\nb\nc\nd\ne\nf\ng')
  })
  test('joiners stay where a script or an emoji needs them', () => {
    expect(sinks.clean('👩‍🚀 می‌خواهم')).toBe('👩‍🚀 می‌خواهم')
    expect(sinks.clean('pass\u200Dword')).toBe('password')
  })
  test('escape sequences go as a whole', () => {
    expect(sinks.clean('\u001B[1;31mred\u001B[0m \u001B]0;title\u0007end')).toBe('red end')
  })
  test('what is taken for plain is what nothing would be taken from', () => {
    // Beside a letter that is never plain, everything is looked at.
    const slowly = (text: string) => sinks.clean(`${text}\u{10428}`).slice(0, -2)
    for (let unit = 0; unit < 0x10000; unit += 1) {
      const letter = String.fromCharCode(unit)
      for (const text of [letter, `a${letter.repeat(6)}b`]) {
        if (sinks.clean(text) !== slowly(text))
          expect([unit.toString(16), sinks.clean(text)]).toEqual(['', slowly(text)])
      }
    }
  })
  test('is idempotent on every attack', () => {
    for (const attack of Object.values(attacks)) expect(sinks.clean(sinks.clean(attack))).toBe(sinks.clean(attack))
  })
})

describe('markdown sinks', () => {
  test('ordinary words and figures stay readable', () => {
    const plain = "The pass rate drops: -8 points (-13.3 to -2.7), 5 % of $1,234 in support_answers/v1.2; that's all."
    expect(sinks.markdownText(plain)).toBe(plain)
    expect(sinks.tableCell('-8 points')).toBe('-8 points')
  })
  test('a code span is longer than any run inside and never open', () => {
    expect(sinks.markdownCode('a `` b')).toBe('```a `` b```')
    expect(sinks.markdownCode('`a`')).toBe('`` `a` ``')
    expect(sinks.markdownCode('')).toBe('(empty)')
    expect(sinks.markdownCode('\u200B')).toBe('(empty)')
  })
  test('a bar cannot split a cell, nor with a backslash before it', () => {
    for (const text of ['a|b', 'a\\|b', 'a\\\\|b', '`|`']) {
      expect(sinks.tableCode(text)).not.toContain('|')
      expect(sinks.tableCell(text)).not.toContain('|')
    }
  })
  test('a fence is longer than any fence inside', () => {
    expect(sinks.markdownFence('`````\nx', 'diff')).toBe('``````diff\n`````\nx\n``````')
  })
  test('prose keeps what stands between backquotes as code, and only that', () => {
    expect(sinks.markdownProse('`max_drop` is *new*, `a` and ` open')).toBe(
      '`max_drop` is &#42;new&#42;, `a` and &#96; open',
    )
    expect(sinks.markdownProse('see `@octocat` and @octocat')).toBe('see `@octocat` and @&#8203;octocat')
  })
  test('what opens a block at the start of a line does not', () => {
    for (const text of ['# a', '- a', '+ a', '> a', '1. a', '12) a', '=== ', '---']) {
      expect(sinks.markdownText(text)).not.toMatch(/^(?:[#+\->=]|\d+[.)])/)
    }
  })
  test('a marker key cannot end the marker', () => {
    expect(sinks.commentMarker('a --> <b> \n c')).toBe('<!-- prompt-parity:a_-___b__c -->')
    expect(sinks.commentMarker('.github/workflows/parity.yml:parity.yaml')).toBe(
      '<!-- prompt-parity:.github/workflows/parity.yml:parity.yaml -->',
    )
  })
})

describe('a line without markup', () => {
  test('is written as it would be beside some', () => {
    const parts = [
      'a',
      '7',
      'f00d',
      'deadbeef1',
      '1234567',
      ' ',
      '-',
      '_',
      '#',
      '@',
      ':',
      '$',
      '.',
      '/',
      'www',
      'gh',
      'cve',
      'mailto',
      'é',
      '&',
    ]
    const random = seededRandom('lines without markup')
    const marks = ' &'
    let plain = 0
    for (let round = 0; round < 20_000; round += 1) {
      const length = 1 + Math.floor(4 * random())
      const line = Array.from({ length }, () => parts[Math.floor(random() * parts.length)])
        .join('')
        .trim()
      const shown = sinks.tableCell(line)
      plain += Number(shown === line)
      if (line !== '' && !/\s\s/.test(line))
        expect([line, `${shown} &amp;`]).toEqual([line, sinks.tableCell(line + marks)])
    }
    expect(plain).toBeGreaterThan(1000)
  })
})

describe('log and annotations', () => {
  test('no command survives, in either notation', () => {
    expect(sinks.logLine(' ::set-output name=a::b')).toBe(': :set-output name=a::b')
    expect(sinks.logLine('x ##[error]y')).toBe('x ## [error]y')
    expect(sinks.logLine('a\r::debug::b')).not.toMatch(/::debug/)
  })
  test('ordinary double colons stay', () => {
    expect(sinks.logLine('std::string and 12::34')).toBe('std::string and 12::34')
  })
  test('an annotation is one line with escaped properties', () => {
    const text = sinks.annotation({
      level: 'error',
      message: '100 %\n::error::x',
      title: 'a,b:c',
      file: 'a\nb.md',
      line: 3,
    })
    expect(text).toBe('::error file=a b.md,line=3,title=a%2Cb%3Ac::100 %25%0A: :error::x')
    expect(text).not.toContain('\n')
  })
  test('an annotation without properties', () => {
    expect(sinks.annotation({ level: 'notice', message: 'ok' })).toBe('::notice::ok')
  })
})

describe('HTML and XML', () => {
  test('no attribute can be left', () => {
    expect(sinks.htmlAttribute('" onload="x\n')).toBe('&quot; onload=&quot;x&#10;')
    expect(sinks.xmlAttribute("'<&\t")).toBe('&#39;&lt;&amp;&#9;')
  })
  test('what XML cannot carry is gone', () => {
    expect(sinks.xmlText('a\u0000b\u000Bc\uD800\uFFFE')).toBe('ab\nc\uFFFD\uFFFD')
  })
})

test('a megabyte of any attack takes bounded work', () => {
  // Quadratic patterns need minutes here, so that the test's time limit is the assertion.
  const units = [
    ...Object.values(attacks).map((attack) => attack.slice(0, 200)),
    '\n',
    ' ',
    '\u001B',
    '\u001B]',
    '::',
    '::a ',
    '`',
    '\\',
    '\u0301',
    '\u200D',
    ':a',
    '@',
    '1f',
  ]
  for (const unit of units) {
    const text = unit.repeat(Math.ceil(300_000 / Math.max(1, unit.length)))
    for (const sink of [
      sinks.markdownText,
      sinks.markdownProse,
      sinks.markdownCode,
      sinks.tableCode,
      sinks.markdownFence,
      sinks.htmlText,
      sinks.xmlText,
      sinks.logLine,
    ]) {
      expect(typeof sink(text)).toBe('string')
    }
  }
})
