// Who may touch the world: only io/ and the shells. A stage that reads the clock or the disk is found here, not in review.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NODE24 } from './fakes/runner.ts'

const src = join(import.meta.dirname, '..', 'src')
const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
  .map((entry) => relative(src, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
const read = (file: string) => readFileSync(join(src, file), 'utf8')

/** io/ is the world; the shells and the commands put it together; publishing waits and announces. */
const isRim = (file: string) => /^(io\/|commands\/|publish\/|action\.ts$|cli\.ts$|run-(job|drift)\.ts$)/.test(file)
const core = files.filter((file) => !isRim(file))

/** Code without comments and strings, so that words about the world are no use of it. */
const code = (text: string) =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`(?:[^`\\]|\\.)*`/g, '``')

const EFFECTS = [
  /\bprocess\./,
  /\bconsole\./,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bMath\.random\b/,
  /(?:await|return|=>|=|\() ?fetch\(/,
  /\bsetTimeout\(/,
]
const WORLD = /from 'node:(fs|child_process|http|https|os|readline|timers)[^']*'|from '@actions\/|from '@octokit\//

describe('boundaries', () => {
  it('finds the files of the core', () => {
    expect(core.length).toBeGreaterThan(100)
  })

  it.each(core)('%s is free of effects', (file) => {
    const text = read(file)
    const imports = text.split('\n').filter((line) => /^import(?! type)/.test(line) && WORLD.test(line))
    expect(imports).toEqual([])
    expect(EFFECTS.filter((effect) => effect.test(code(text))).map(String)).toEqual([])
  })

  it('nothing of the core imports the rim', () => {
    const offenders = core.flatMap((file) =>
      [...read(file).matchAll(/^import (?!type)[^;]*?from '([^']+)'/gm)]
        .map((match) => join(file, '..', match[1] ?? '').replaceAll('\\', '/'))
        .filter((target) => /^(io|commands|publish)\//.test(target))
        .map((target) => `${file} → ${target}`),
    )
    expect(offenders).toEqual([])
  })

  it('finds a planted effect', () => {
    expect(EFFECTS.some((effect) => effect.test(code('const now = Date.now()')))).toBe(true)
    expect(WORLD.test("import { readFile } from 'node:fs/promises'")).toBe(true)
  })

  it('has no file with a name that says nothing', () => {
    expect(files.filter((file) => /(^|\/)(utils?|common|helpers?|core|manager)\b/.test(file))).toEqual([])
  })

  it('has no any, no non-null assertion and no silenced check', () => {
    const loose =
      /([\w)\]]\??: any\s*[,;)=\]>|]|\bas any\b|<any>|@ts-ignore|@ts-expect-error|eslint-disable|biome-ignore)/
    expect(files.filter((file) => loose.test(code(read(file))))).toEqual([])
  })
})

it('the sources run without a build, as Node strips their types', () => {
  const root = join(src, '..')
  const run = spawnSync(NODE24, [join(src, 'cli.ts'), 'validate', '--format', 'json'], { cwd: root, encoding: 'utf8' })
  expect([run.status, JSON.parse(run.stdout)]).toEqual([
    0,
    expect.arrayContaining([expect.objectContaining({ ok: true })]),
  ])
})
