import { expect, test } from 'vitest'
import { scanMarkdown } from './markdown.ts'

const texts = (found: readonly { readonly text: string }[]) => found.map(({ text }) => text)

test.each([
  ['plain @ada', ['@ada']],
  ['escaped \\@ada and &#64;bob and &commat;eve', ['@ada', '@bob', '@eve']],
  ['**@ada** _@bob_ (@eve)', ['@ada', '@bob', '@eve']],
  ['@acme/team', ['@acme/team']],
  ['`@ada` ``@b`ob`` a@b.co a_@eve', []],
  ['x/@ada .@bob', ['@ada', '@bob']],
  ['<summary>@ada `@bob`</summary>', ['@ada', '@bob']],
  ['<summary><code>@ada</code></summary>', []],
  ['<code>@in\n\nout @ada', ['@ada']],
  ['```\n@ada\n```\n@bob', ['@bob']],
  ['````\n```\n@ada\n````', []],
  ['```\n@ada\n``` x\n@bob\n```', []],
  ['``` `x\n@ada\n```', ['@ada']],
  ['    ```\n@ada\n    ```', []],
  ['> ```\n> @ada\n\n@bob', ['@bob']],
  ['`open\n\n@ada`', ['@ada']],
  ['| a | b |\n|---|---|\n| `@in|@out` | 1 |', ['@in', '@out']],
  ['@\u200bada', []],
  ['[@ada](https://x.example)', ['@ada']],
  ['<!-- @ada --> @bob', ['@bob']],
  ['<!-- @ada\n@bob', []],
  ['- item\n  ```\n  @ada\n  ```\n- @bob', ['@bob']],
])('mentions in %j', (markdown, expected) => {
  expect(texts(scanMarkdown(markdown).mentions)).toEqual(expected)
})

test.each([
  ['see #12 and `#13`', ['#12']],
  ['GH-3 acme/app#4 &#35;5', ['GH-3', 'acme/app#4', '#5']],
  ['# 12\n#hash', []],
  ['https://github.com/acme/app/pull/9', ['https://github.com/acme/app/pull/9']],
])('references in %j', (markdown, expected) => {
  expect(texts(scanMarkdown(markdown).references)).toEqual(expected)
})

test('images and links in every way of writing them', () => {
  const scan = scanMarkdown(
    '![a](http://i/1.png) [![b](http://i/2.png)](http://l/1) <img src="http://i/3.png"> <http://l/2> www.l3.example\n\n[r]: http://l/4\n\n`![c](http://i/5.png)`',
  )
  expect(texts(scan.images)).toEqual(['http://i/1.png', 'http://i/2.png', '<img src="http://i/3.png">'])
  expect(texts(scan.links).sort()).toEqual(['http://l/1', 'http://l/2', 'http://l/4', 'www.l3.example'])
})

test('tags and attributes outside the allow-list, and tags without a partner', () => {
  const scan = scanMarkdown(
    '<details open>\n<summary>ok</summary>\n\n<script>x</script>\n\n<b onclick="y">z</b> <iframe>\n',
  )
  expect(texts(scan.html)).toEqual(['<script>', '</script>', '<b onclick="y">', '<iframe>'])
  expect(texts(scan.unbalanced)).toEqual(['<details open>'.replace(' open', '')])
})

test('tables: cells as shown, rows that GitHub would cut, headers that make no table', () => {
  const scan = scanMarkdown('| a | b |\n|:--|--:|\n| `1\\|2` | 3 |\n| 4 |\n| `5|6` | 7 |\n\n| x |\n|---|---|\n| y |')
  expect(scan.tables[0]?.rows.slice(0, 2)).toEqual([
    ['a', 'b'],
    ['1|2', '3'],
  ])
  expect(scan.brokenTables.map(({ line }) => line)).toEqual([4, 5, 8])
})

test('formulas by accident, invisible characters, comments and code', () => {
  const scan = scanMarkdown('<!-- marker -->\ncosts $12 or $x$ more\n\n```diff\n-a\n```\nz\u202ey')
  expect(texts(scan.maths)).toEqual(['$x$'])
  expect(texts(scan.invisible)).toEqual(['U+202E'])
  expect(texts(scan.comments)).toEqual(['<!-- marker -->'])
  expect(scan.codeBlocks).toEqual([{ line: 4, info: 'diff', text: '-a' }])
})

test('says the line', () => {
  expect(scanMarkdown('one\n\ntwo `x`\n@ada').mentions).toEqual([{ line: 4, text: '@ada' }])
})
