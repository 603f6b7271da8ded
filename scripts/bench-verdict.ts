// How often the verdict is right, and what it costs: seeded simulations through the program's own loop and gate. Names choose
// among the tables; `--scale 0.1` makes a tenth of the runs: npm run bench:verdict -- required one --scale 0.1

import { parseArgs } from 'node:util'
import { required } from './bench-verdict/required.ts'
import { markdown } from './bench-verdict/rows.ts'
import { SECTIONS, type Section } from './bench-verdict/sections.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' } },
})
const scale = Number(values.scale)
if (!(scale > 0)) throw new Error(`--scale is "${values.scale}", not a number above 0`)

const requirements: Section = async (times) => {
  const found = await required(times)
  if (found.some((one) => !one.met)) process.exitCode = 1
  const rows = found.map((one) => [one.name, String(one.runs), one.figures, one.met ? 'yes' : '**no**'])
  return `What is promised.\n\n${markdown(['', 'runs', 'found', 'met'], rows)}`
}
const sections: { readonly [name: string]: Section } = { required: requirements, ...SECTIONS }
const unknown = positionals.filter((name) => !(name in sections))
if (unknown.length > 0) throw new Error(`no table ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}`)

for (const [name, section] of Object.entries(sections)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const started = performance.now()
  console.log(`## ${name}\n\n${await section(scale)}\n`)
  process.stderr.write(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
}
