// The page in a real browser: keyboard, screen reader, both colour schemes, phone, and no word to anybody.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, type Page, type View, withPage } from '../fakes/browser.ts'
import { filesOf, yearOf } from './page-samples.ts'

const program = findChromium()
if (program === null)
  console.warn('no Chromium on this machine: the page is not looked at (Debian: apt-get install chromium)')
/** Screenshots are kept where this names a folder. */
const shots = process.env.SCREENSHOTS

const VIEWS: readonly (readonly [string, View])[] = [
  ['light', { width: 1200, height: 900, dark: false }],
  ['dark', { width: 1200, height: 900, dark: true }],
  ['phone', { width: 360, height: 740, dark: false }],
]

describe.skipIf(program === null)('the page in Chromium', () => {
  let folder = ''
  let url = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parity-page-'))
    await writeFile(join(folder, 'index.html'), filesOf(yearOf(5, 365))['index.html'])
    url = pathToFileURL(join(folder, 'index.html')).href
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const look = (view: View, use: (page: Page) => Promise<void>) => withPage(program ?? '', url, view, use)

  it.each(VIEWS)('%s: readable, within its width, and silent', async (name, view) => {
    await look(view, async (page) => {
      expect(await page.value<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(view.width)
      expect(await page.value<readonly string[]>(LOW_CONTRAST)).toEqual([])
      expect(
        await page.value<number>(
          "Math.min(...[...document.querySelectorAll('.chart svg')].filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect().width))",
        ),
      ).toBeGreaterThan(200)
      expect(page.complaints).toEqual([])
      expect(page.requests).toEqual([url])
      if (shots !== undefined) await page.screenshot(join(shots, `drift-${name}.png`))
    })
  })

  it('finds what is planted: a pale word, a wide box, a script', async () => {
    await look({ width: 360, height: 740, dark: false }, async (page) => {
      await page.value("document.body.append(Object.assign(document.createElement('hr'), {width: 999}))")
      expect(await page.value<number>('document.documentElement.scrollWidth')).toBeGreaterThan(360)
      await page.value(
        "const one = document.createElement('font'); one.color = '#999'; one.textContent = 'pale'; document.body.append(one)",
      )
      expect(await page.value<readonly string[]>(LOW_CONTRAST)).toEqual([expect.stringContaining('pale')])
      await page.value(
        "const bad = document.createElement('script'); bad.textContent = 'window.ran = true'; document.body.append(bad)",
      )
      expect(await page.value<unknown>('window.ran ?? null')).toBeNull()
      expect(page.complaints).toEqual([expect.stringContaining('Content Security Policy')])
    })
  })

  it('by keyboard: skip, open a set from the table, walk over its points', async () => {
    await look({ width: 1200, height: 900, dark: false }, async (page) => {
      const focused = () =>
        page.value<string>(
          "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).slice(0, 80)",
        )
      await page.key('Tab')
      expect(await focused()).toBe('Skip to the eval sets')
      await page.key('Enter')
      await page.key('Tab')
      expect(await focused()).toBe('refund-policy')
      await page.key('Tab')
      const name = await focused()
      const isOpen = `[...document.querySelectorAll('details')].find((one) => one.textContent.startsWith('${name}')).open`
      expect(await page.value<boolean>(isOpen)).toBe(false)
      await page.key('Enter')
      expect(await page.value<boolean>(isOpen)).toBe(true)
      const seen: string[] = []
      for (let step = 0; step < 12; step++) {
        await page.key('Tab')
        seen.push(await focused())
      }
      expect(seen.filter((words) => /^2026-\d\d-\d\d: /.test(words)).length).toBeGreaterThan(3)
      expect(seen.some((words) => words.startsWith('Events ('))).toBe(true)
    })
  })

  it('to a screen reader: landmarks, headings, named charts and points, tables with heads', async () => {
    await look({ width: 1200, height: 900, dark: false }, async (page) => {
      const { nodes } = await page.send<{ nodes: readonly AxNode[] }>('Accessibility.getFullAXTree')
      const shown = nodes.filter(({ ignored }) => !ignored)
      const named = (role: string) =>
        shown.filter((node) => node.role?.value === role).map(({ name }) => name?.value ?? '')
      expect(named('main')).toHaveLength(1)
      expect(named('banner')).toHaveLength(1)
      expect(named('contentinfo')).toHaveLength(1)
      expect(named('heading')).toEqual(expect.arrayContaining(['Eval sets', 'Over time', 'Prompts', 'Drift issues']))
      expect(named('group').filter((name) => name.startsWith('Score of refund-policy from 2025-11-28'))).toHaveLength(1)
      expect(named('image').filter((name) => /points, drift$/.test(name)).length).toBeGreaterThan(3)
      expect([...named('image'), ...named('link')].every((name) => name.trim() !== '')).toBe(true)
      expect(named('columnheader')).toEqual(expect.arrayContaining(['eval set', 'state', 'last score']))
    })
  })
})

type AxNode = {
  readonly ignored: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
}

/** Texts whose contrast with what is behind them is below 4.5 (WCAG 2.2, 1.4.3). */
const LOW_CONTRAST = `(() => {
  const parse = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number)
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0)
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor)
      if (color.length === 3 || color[3] === 1) return color
    }
    return [255, 255, 255]
  }
  const low = []
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')
    if (!own || !element.checkVisibility() || element.closest('svg')) continue
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < 4.5) low.push(element.textContent.slice(0, 40) + ' ' + ratio.toFixed(2))
  }
  return [...new Set(low)]
})()`
