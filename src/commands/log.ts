// `prompt-parity log`: the versions of a prompt, with who changed it, why, and the way back.

import { readFile, realpath } from 'node:fs/promises'
import { join, posix, relative } from 'node:path'
import { loadConfig } from '../config/config.ts'
import type { Prompt } from '../domain.ts'
import { EXIT, UserError } from '../errors.ts'
import { DEFAULT_CONFIG, readSettings } from '../inputs.ts'
import { repositoryRoot } from '../io/checkout.ts'
import { createGit } from '../io/git.ts'
import { createHistory } from '../io/git-history.ts'
import { absolute } from '../io/world.ts'
import { loadSets } from '../load.ts'
import type { Place } from '../log/find.ts'
import { logText } from '../log/text.ts'
import { promptLog } from '../log.ts'
import type { Tree } from '../ports.ts'
import { logLines } from '../report/escape.ts'
import { formatFlag, readFlags } from './flags.ts'

const FLAGS = {
  config: 'text',
  'working-directory': 'text',
  'report-dir': 'text',
  limit: 'text',
  format: 'text',
} as const
const DEFAULT_LIMIT = 20
const MOST = 10_000

export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args, FLAGS, 1)
  const format = formatFlag(flags, ['text', 'json'])
  const limit = limitOf(flags.text('limit'))
  const { workingDirectory, configPath, reportDir } = readSettings((name) => (name in FLAGS ? flags.text(name) : ''))
  const root = await repositoryRoot(process.cwd())
  const git = createGit({ root })
  const here = relative(root, await realpath(process.cwd())).replaceAll('\\', '/')
  const request = {
    place: placeOf(flags.rest, root, [here, workingDirectory]),
    here,
    limit,
    declared:
      (await git.commit('HEAD')) === null ? [] : await declared(git.workingTree(), workingDirectory, configPath),
    report: await readFile(join(absolute(join(root, workingDirectory), reportDir), 'report.json'), 'utf8').catch(
      () => null,
    ),
  }
  const log = await promptLog(request, git, createHistory({ root }))
  process.stdout.write(format === 'json' ? `${JSON.stringify(log, null, 2)}\n` : `${logLines(logText(log))}\n`)
  return EXIT.pass
}

function placeOf(rest: readonly string[], root: string, folders: readonly string[]): Place {
  const [prompt, ...more] = rest
  if (prompt === undefined || prompt === '' || more.length > 0)
    throw new UserError({
      what: prompt ? 'more than one prompt is named.' : 'no prompt is named.',
      expected: 'a prompt file, or a source file and a constant',
      remedy: 'For example `prompt-parity log prompts/support.md` or `prompt-parity log app/prompts.py#SYSTEM`.',
    })
  const inRoot = prompt.startsWith(`${root}/`)
  return inRoot ? { reference: prompt.slice(root.length + 1), folders: [] } : { reference: prompt, folders }
}

function limitOf(text: string): number {
  const limit = text === '' ? DEFAULT_LIMIT : Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit
  throw new UserError({
    what: `--limit is "${text.slice(0, 40)}".`,
    expected: `a whole number from 1 to ${MOST}`,
    remedy: 'Correct it.',
  })
}

/** Prompts that eval sets name: their versions are counted as the sets see them. */
async function declared(tree: Tree, directory: string, configPath: string): Promise<readonly Prompt[]> {
  const config = await loadConfig(tree, posix.join(directory, configPath))
  if (!config.found && configPath !== DEFAULT_CONFIG)
    throw new UserError({
      what: 'there is no such configuration.',
      place: { path: configPath },
      remedy: 'Correct --config, or leave it out.',
    })
  const configs = { config, base: null, head: config, loosened: [], changed: false }
  const sets = await loadSets({ trees: { base: null, head: tree }, configs, files: [], directory })
  return sets.pairs.flatMap(({ head }) => {
    const prompt = head?.target.kind === 'prompt' ? head.target.prompt : null
    // Messages inside an eval set are no file of their own.
    const inline = prompt !== null && prompt.path === head?.path && !/\.prompt\.ya?ml$/i.test(prompt.path)
    return prompt === null || inline ? [] : [prompt]
  })
}
