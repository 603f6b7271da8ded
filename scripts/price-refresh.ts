// Proposes the installed @pydantic/genai-prices as the reviewed one: writes the table, the version in price-review.ts and the
// body of the pull request in which a person reviews it. Run by the workflow `prices`, or by hand after an `npm install`:
// npm run prices:refresh -- --as-of 2026-09-22 --body body.md
// Prints `changed=true` or `changed=false` for the workflow.

import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { PriceTable } from '../src/prices/table.ts'
import { refreshBody } from './price-changes.ts'
import { REVIEWED } from './price-review.ts'
import { installedVersion, proposedPrices } from './prices.ts'

const TABLE = new URL('../src/prices/prices.json', import.meta.url)
const REVIEW = new URL('./price-review.ts', import.meta.url)

const { values } = parseArgs({
  options: { 'as-of': { type: 'string' }, body: { type: 'string' }, before: { type: 'string' } },
})
const version = installedVersion()
const asOf = values['as-of'] ?? REVIEWED.asOf
if (!/^\d{4}-\d\d-\d\d$/.test(asOf)) throw new Error(`--as-of is no day: ${asOf}`)
// Later, with the outcome of the tests, the table is there already, and what it was is in --before.
const before = JSON.parse(readFileSync(values.before ?? TABLE, 'utf8')) as PriceTable
const text = proposedPrices({ version, asOf })
const after = JSON.parse(text) as PriceTable
const changed = JSON.stringify(before.providers) !== JSON.stringify(after.providers)
if (changed) {
  writeFileSync(TABLE, text)
  const review = readFileSync(REVIEW, 'utf8')
  writeFileSync(
    REVIEW,
    review.replace(
      /export const REVIEWED = \{[^}]*\}/,
      `export const REVIEWED = { version: '${version}', asOf: '${asOf}' }`,
    ),
  )
  if (values.body) writeFileSync(values.body, refreshBody({ before, after, tests: process.env.TESTS }))
}
console.log(`changed=${changed}`)
