import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { generatePrices, installedVersion } from '../../scripts/prices.ts'
import { loadPrices } from '../../src/prices/index.ts'

const FILE = new URL('../../src/prices/prices.json', import.meta.url)
const text = readFileSync(FILE, 'utf8')
const { table } = await loadPrices()

describe('prices.json', () => {
  it('is what the script writes from the installed package', () => {
    expect(generatePrices(installedVersion())).toBe(text)
  })

  it('is not written from a version that nobody read', () => {
    expect(() => generatePrices(`${installedVersion()}-next`)).toThrow('not reviewed')
  })

  it('stays small', () => {
    expect(Buffer.byteLength(text)).toBeLessThan(120_000)
  })

  it('holds only integers, each id once per provider, lower case', () => {
    for (const [provider, { models }] of Object.entries(table.providers)) {
      const ids = models.flatMap((model) => model.ids)
      expect(new Set(ids).size, provider).toBe(ids.length)
      expect(ids.every((id) => id === id.toLowerCase() && id.trim() !== '')).toBe(true)
      const rows = models.flatMap((model) => model.prices)
      const rates = rows.flatMap((row) => [row.rates, ...(row.tiers ?? []).map((tier) => tier.rates)])
      for (const rate of rates.flatMap((entry) => Object.values(entry))) {
        expect(Number.isSafeInteger(rate) && rate >= 0, `${provider} ${rate}`).toBe(true)
      }
    }
  })

  it('knows prices of the future and of the past', () => {
    const days = Object.values(table.providers).flatMap(({ models }) =>
      models.flatMap(({ prices }) => prices.flatMap(({ from }) => (from ? [from] : []))),
    )
    expect(days).toContain('2027-01-01')
    expect(days).toContain('2025-06-10')
  })

  it('marks assumed factors', () => {
    expect(table.providers.openai?.multipliers.flex?.assumed).toBe(true)
    expect(table.providers.openai?.multipliers.batch).toEqual({ num: 1, den: 2, assumed: false })
  })
})

describe('loading', () => {
  it('survives bundling to ESM chunks', async () => {
    const bundled = await build({
      stdin: {
        contents: `import { loadPrices } from './src/prices/index.ts'; console.log((await loadPrices()).table.asOf)`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      write: false,
      outdir: 'out',
    })
    const entry = bundled.outputFiles.find((file) => file.path.endsWith('stdin.js'))
    expect(bundled.outputFiles.length).toBeGreaterThan(1)
    expect(entry?.text).not.toContain('gpt-4.1-mini')
  })

  it('runs on this node as it stands', () => {
    const code = `import('${new URL('../../src/prices/index.ts', import.meta.url)}').then((m) => m.loadPrices()).then((b) => console.log(b.table.asOf))`
    const { stdout, status, stderr } = spawnSync('node_modules/.bin/node', ['--input-type=module', '-e', code], {
      encoding: 'utf8',
    })
    expect(`${status} ${stdout.trim()} ${status === 0 ? '' : stderr}`.trim()).toBe(`0 ${table.asOf}`)
  })
})
