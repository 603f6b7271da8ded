// Texts that try to come alive in some sink, and a way to put them into every text of a report.

import type { Report } from '../../src/report/report.ts'

export const attacks: { readonly [name: string]: string } = {
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
  template: '{{y}} {% x %} \'"`',
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
  'how',
  'named',
  'action',
  'because',
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
export function attacked(report: Report, attack: string): Report {
  return infect(report, attack) as Report
}

export function infect(value: unknown, attack: string, key = ''): unknown {
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
