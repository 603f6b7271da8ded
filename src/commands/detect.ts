// `prompt-parity detect`: what changed and what covers it; calls nothing.

import { EXIT, UserError } from '../errors.ts'
import { repositoryRoot } from '../io/checkout.ts'
import { createGit } from '../io/git.ts'
import { survey } from '../parity.ts'
import { logLine } from '../report/escape.ts'
import { changeTitle, changeValues } from '../report/sentences.ts'
import { type Flags, formatFlag, readFlags } from './flags.ts'
import { JOB_FLAGS, localJob } from './local-job.ts'

const { base, head, config, 'working-directory': directory, format: shape } = JOB_FLAGS
const OWN = { base, head, config, 'working-directory': directory, format: shape }
const FLAGS = { ...OWN, all: 'switch', 'all-files': 'switch' } as const

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS, 0)
  const format = formatFlag(flags, ['text', 'json'])
  const git = createGit({ root: await repositoryRoot(process.cwd()) })
  if (flags.given('all-files')) refuseComparison(flags)
  if (flags.given('all-files')) return (await import('./all-files.ts')).allFiles(localJob(flags), git, format)
  const { detection, unread } = await survey(localJob(flags), git, Date.now())
  for (const note of unread) process.stderr.write(`${logLine(note)}\n`)
  const { changes, uncovered } = detection
  const silent = flags.given('all') ? (detection.silent ?? []) : null
  const selected = detection.selections.map(({ pair, because }) => ({ evalSet: pair.name, because }))
  if (format === 'json') {
    const all = { changes, uncovered, selected, ...(silent === null ? {} : { silent }) }
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
    return EXIT.pass
  }
  const lines = changes.map((change) => {
    const values = changeValues(change)
    const covers = change.evalSets.length > 0 ? `${change.evalSets.join(', ')}; ` : ''
    return told(`${changeTitle(change)}${values === null ? '' : `  ${values}`}`, `${covers}${change.why}`)
  })
  for (const { evalSet, because } of selected) lines.push(told(`selects ${evalSet}`, because.join('; ')))
  for (const { path, why } of silent ?? []) lines.push(told(path, `silent: ${why}`))
  process.stdout.write(`${lines.length === 0 ? 'No prompt, pin or parameter changed.' : lines.join('\n')}\n`)
  return EXIT.pass
}

/** What there is has no other side. */
function refuseComparison(flags: Flags): void {
  const stray = ['base', 'all'].find((name) => flags.given(name))
  if (stray === undefined) return
  throw new UserError({
    what: `--${stray} has no meaning beside --all-files, which compares nothing.`,
    remedy: 'Leave one of them out.',
  })
}

/** Each in a line of its own, whatever a path has in it. */
const told = (what: string, more: string) => `${logLine(what)}\n    ${logLine(more)}`
