// The picture of a comment in the README: the demo's golden comment in Chromium. Run when the comment changes:
//   node scripts/picture.ts [path of chromium]

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { marked } from 'marked'

const root = join(import.meta.dirname, '..')
const comment = readFileSync(join(root, '__tests__', 'golden', 'demo', 'comment.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'parity-picture-'))
const page = join(folder, 'comment.html')
// The folded details are what a reader opens; the picture shows what everybody sees.
// What the golden file leaves open, since it depends on the day.
const shown = comment
  .replace(/<details><summary>Changes[\s\S]*?(?=\n---\n)/, '')
  .replaceAll('<end>', 'stops on 2027-01-14')
writeFileSync(page, html(await marked.parse(shown, { gfm: true })))
const chromium = process.argv[2] ?? '/usr/bin/chromium'
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--force-device-scale-factor=1.5',
  '--window-size=960,1250',
]
const quiet = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  `--user-data-dir=${folder}`,
]
const made = spawnSync(
  chromium,
  [...flags, ...quiet, `--screenshot=${join(root, 'docs', 'comment.png')}`, `file://${page}`],
  { encoding: 'utf8' },
)
rmSync(folder, { recursive: true, force: true })
if (made.status !== 0) throw new Error(`Chromium made no picture: ${made.error?.message ?? made.stderr}`)

function html(body: string): string {
  return `<!doctype html><meta charset="utf-8"><style>
body{margin:0;background:#fff;font:14px/1.5 -apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;color:#1f2328}
.comment{margin:20px;border:1px solid #d1d9e0;border-radius:6px}
.who{background:#f6f8fa;border-bottom:1px solid #d1d9e0;border-radius:6px 6px 0 0;padding:8px 16px;color:#59636e}
.who b{color:#1f2328}.body{padding:16px}
h3{font-size:1.25em;margin:0 0 16px;line-height:1.3}h4{font-size:1em;margin:24px 0 12px}p{margin:0 0 12px}
table{border-collapse:collapse;margin-bottom:16px}td,th{border:1px solid #d1d9e0;padding:6px 13px}tr:nth-child(2n){background:#f6f8fa}
code{background:#818b981f;border-radius:6px;padding:.2em .4em;font:85% ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace}
pre{background:#f6f8fa;border-radius:6px;padding:12px;overflow:hidden}pre code{background:none;padding:0}
details{margin-bottom:4px}ul{padding-left:2em;margin:0 0 12px}hr{border:0;border-top:1px solid #d1d9e0;margin:16px 0}sub{color:#59636e}
</style><div class="comment"><div class="who"><b>github-actions</b> commented</div><div class="body">${body}</div></div>`
}
