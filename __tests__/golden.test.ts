// Whole scenarios through the shipped action: what a pull request is, and everything that it gets. A new case is a folder
// with scenario.ts; `UPDATE_GOLDEN=1 npm test` writes its `expected/`, a person reads the diff.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { Scenario } from './e2e/scenario.ts'
import { type Played, type Stage, stage } from './e2e/stage.ts'
import { scanMarkdown } from './fakes/markdown.ts'

const GOLDEN = join(import.meta.dirname, 'golden')
const update = process.env.UPDATE_GOLDEN === '1' && process.env.CI === undefined
const names = readdirSync(GOLDEN).filter((name) => existsSync(join(GOLDEN, name, 'scenario.ts')))

describe.concurrent('golden scenarios', () => {
  it.each(names)('%s', async (name) => {
    const { scenario } = (await import(`./golden/${name}/scenario.ts`)) as { scenario: Scenario }
    await using play = await stage(scenario.scene)
    await scenario.before?.(play)
    const callsBefore = play.llm.requests.length
    const requestsBefore = play.github.requests.length
    const played = await play.run()
    const log = `${played.action.stdout}\n${played.action.stderr}`
    expect(played.action.outputs.verdict, log).toBe(scenario.verdict)
    expect(played.action.code, log).toBe(scenario.exit)
    expect(played.action.outputs['comment-status']).toBe(scenario.commentStatus)
    expect(play.llm.violations).toEqual([])
    expect(play.github.violations).toEqual([])
    if (scenario.calls !== undefined) expect(play.llm.requests.length - callsBefore).toBeLessThanOrEqual(scenario.calls)
    checkComment(played)
    expect(schemaErrors(JSON.parse(await played.file('report.json')))).toEqual([])
    const common = masker(play)
    const mask = (text: string) => scenario.mask?.(common(text)) ?? common(text)
    await compare(name, {
      'report.json': mask(await played.file('report.json')),
      'comment.md': mask(await played.file('comment.md')),
      'junit.xml': mask(await played.file('junit.xml')),
      'github.txt': `${play.github.requests
        .slice(requestsBefore)
        .map((one) => `${one.status} ${one.method} ${mask(one.path)}`)
        .join('\n')}\n`,
      'outputs.json': `${mask(JSON.stringify(played.action.outputs, null, 2))}\n`,
    })
  })

  it('has the scenarios that the main job is made of', () => {
    expect(names.length).toBeGreaterThanOrEqual(14)
  })
})

const validate = new Ajv({ strict: false, allErrors: true }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'schema', 'report.schema.json'), 'utf8')),
)

function schemaErrors(report: unknown): unknown[] {
  return validate(report) ? [] : (validate.errors ?? [])
}

function checkComment(played: Played): void {
  for (const body of played.comments()) {
    expect(new TextEncoder().encode(body).length).toBeLessThanOrEqual(60_000)
    const found = scanMarkdown(body)
    expect([found.mentions, found.references, found.images].flat()).toEqual([])
  }
}

/** What differs from run to run and says nothing: ports, times, latencies, versions, temporary folders. */
function masker(play: Stage): (text: string) => string {
  return (text) =>
    text
      .replaceAll(play.workspace, '<workspace>')
      .replace(/127\.0\.0\.1:\d+/g, '<host>')
      .replace(/"startedAt": "[^"]*"/g, '"startedAt": "<time>"')
      .replace(/"seconds": [\d.]+/g, '"seconds": 0')
      .replace(/"latency": \{[\s\S]*?\n {6}\},/g, '"latency": "<latency>",')
      .replace(/timestamp="[^"]*"/g, 'timestamp="<time>"')
      .replace(/time="[^"]*"/g, 'time="0"')
      .replace(/v\d+\.\d+\.\d+/g, '<node>')
      .replace(/\| p95[^|]*\|.*\|/g, '| p95 | <latency> |')
      .replace(/ calls in [\d.]+ (s|ms|min)/g, ' calls in <time>')
      .replace(/prices over (\d+) days from [\d-]+/g, 'prices over $1 days from <date>')
      .replace(/deprecated: (?:was to stop|stops) on [\d-]+(?:, in \d+ days?)?/g, 'deprecated: <end>')
      .replace(
        / (?:was to stop|stops) on [\d-]+(?:, in (?:only )?\d+ days?)?(?:: (?:since then|from then on) calls to it fail)? \(/g,
        ' <end> (',
      )
      .replace(/(genai-prices )[\d.]+( \(prices of )[\d-]+/g, '$1<version>$2<date>')
      .replace(/(genai-prices )\d[\d.]*/g, '$1<version>')
      .replace(/"(priceDate|asOf)": "[\d-]+"/g, '"$1": "<date>"')
      .replace(/"threshold": "(?:60|14) days"/g, '"threshold": "<ahead>"')
      .replace(/"(retried|lost)": \d+/g, '"$1": 0')
      .replace(/\d+ retried/g, '0 retried')
}

async function compare(name: string, files: { readonly [file: string]: string }): Promise<void> {
  const folder = join(GOLDEN, name, 'expected')
  if (update) await mkdir(folder, { recursive: true })
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, file)
    if (update) await writeFile(path, text)
    expect(text, `${name}/expected/${file}`).toBe(await readFile(path, 'utf8'))
  }
}
