// How often detection is right, on commits of public repositories that people have labelled: facts only (repository, commit,
// what changed), no code. Needs their clones: npm run bench:detect -- FOLDER, with FOLDER/<owner>+<name> for each.

import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Change } from '../src/domain.ts'

type Label = {
  readonly repository: string
  readonly commit: string
  /** Which round of labelling: the rounds used other repositories, and each was unseen when it was first measured. */
  readonly round: number
  readonly prompt: boolean
  readonly pins: readonly { readonly from: string | null; readonly to: string | null }[]
  readonly pin: boolean
  readonly parameters: boolean
  /** Only instructions of coding agents changed. */
  readonly agentFile: boolean
  /** A colleague might label it otherwise. */
  readonly sure: boolean
}

type Tally = { hit: number; false: number; missed: number }
const KINDS = ['prompt', 'pin', 'exact', 'parameters'] as const
type Tallies = { readonly [kind in (typeof KINDS)[number]]: Tally }

const root = join(import.meta.dirname, '..')
const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('name the folder of the clones')
const labels = readFileSync(join(root, 'docs', 'detection-labels.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Label)

for (const round of [...new Set(labels.map((label) => label.round))].sort()) {
  const tallies: Tallies = { prompt: none(), pin: none(), exact: none(), parameters: none() }
  let read = 0
  for (const label of labels.filter((one) => one.round === round)) {
    const changes = await detected(label)
    if (changes === null) continue
    read += 1
    count(label, changes, tallies)
  }
  console.log(`round ${round}, ${read} commits`)
  for (const kind of KINDS) console.log(`  ${kind.padEnd(10)} ${figures(tallies[kind])}`)
}

function none(): Tally {
  return { hit: 0, false: 0, missed: 0 }
}

/** Null where the clone, the commit or its parent is not there. */
async function detected({ repository, commit }: Label): Promise<readonly Change[] | null> {
  const cwd = join(folder ?? '', repository.replace('/', '+'))
  if (!existsSync(cwd) || !(await has(cwd, `${commit}^`))) return null
  const args = [join(root, 'dist', 'cli.cjs'), 'detect', '--base', `${commit}^`, '--head', commit, '--format', 'json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, maxBuffer: 1e8 })
  return (JSON.parse(stdout) as { changes: readonly Change[] }).changes
}

async function has(cwd: string, commit: string): Promise<boolean> {
  const found = promisify(execFile)('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd })
  return found.then(
    () => true,
    () => false,
  )
}

function count(label: Label, changes: readonly Change[], tallies: Tallies): void {
  const of = (kind: Change['kind']) => changes.filter((change) => change.kind === kind)
  add(tallies.prompt, of('prompt').length > 0, label.prompt)
  add(tallies.pin, of('model').length > 0, label.pin)
  add(tallies.parameters, of('parameters').length > 0, label.parameters)
  const wanted = new Set(label.pins.map(({ from, to }) => `${bare(from)}>${bare(to)}`))
  const got = new Set(of('model').map(({ from, to }) => `${bare(from)}>${bare(to)}`))
  for (const pair of new Set([...wanted, ...got])) add(tallies.exact, got.has(pair), wanted.has(pair))
}

function add(tally: Tally, got: boolean, wanted: boolean): void {
  if (got && wanted) tally.hit += 1
  else if (got) tally.false += 1
  else if (wanted) tally.missed += 1
}

/** Ids are compared without their provider. */
function bare(id: string | null | undefined): string {
  return (id ?? '')
    .replace(/^.*\//, '')
    .replace(/^(?:openai|anthropic|google\w*|azure\w*|bedrock\w*|mistral\w*|groq|ollama|vertex\w*):/, '')
}

function figures({ hit, false: wrong, missed }: Tally): string {
  const [precision, recall] = [hit / (hit + wrong), hit / (hit + missed)]
  const f1 = (2 * precision * recall) / (precision + recall)
  return `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, F1 ${f1.toFixed(3)} (${hit} found, ${wrong} false, ${missed} missed)`
}
