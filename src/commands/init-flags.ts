// What `init` is asked for.

import { UserError } from '../errors.ts'
import { splitSymbol } from '../formats/prompts.ts'
import type { Place } from '../init/choose.ts'
import { SHIMS, type ShimName } from '../init/shims.ts'
import { evaluatesPulls, WORKFLOWS, type WorkflowName } from '../init/workflows.ts'
import type { HeadScan } from './all-files.ts'
import type { Flags } from './flags.ts'

export const INIT_FLAGS = {
  'dry-run': 'switch',
  force: 'switch',
  prompt: 'text',
  model: 'text',
  shim: 'text',
  entry: 'text',
  workflows: 'text',
  'working-directory': 'text',
  format: 'text',
} as const

export type Wanted = {
  readonly dryRun: boolean
  readonly force: boolean
  readonly prompt: Place | null
  readonly model: string | null
  readonly shim: ShimName | null
  readonly entry: string | null
  readonly workflows: readonly WorkflowName[]
}

export function readWanted(flags: Flags): Wanted {
  const [stray] = flags.rest
  if (stray !== undefined) throw wrong('init', stray, 'options alone; a prompt is named by `--prompt`')
  const shim = flags.text('shim')
  if (shim !== '' && !isShim(shim)) throw wrong('--shim', shim, Object.keys(SHIMS).join(', '))
  const model = flags.text('model')
  if (model !== '' && !/^[^/\s]+\/\S+$/.test(model)) throw wrong('--model', model, 'provider/model')
  if (flags.given('prompt') && isShim(shim))
    throw wrong('--prompt', flags.text('prompt'), 'a prompt or `--shim`: a set has one target')
  if (flags.given('entry') && !isShim(shim)) throw wrong('--entry', flags.text('entry'), '`--shim` beside it')
  return {
    dryRun: flags.given('dry-run'),
    force: flags.given('force'),
    prompt: flags.given('prompt') ? splitSymbol(flags.text('prompt').replace(/^\.\//, '')) : null,
    model: model || null,
    shim: isShim(shim) ? shim : null,
    entry: flags.text('entry') || null,
    workflows: readWorkflows(flags.text('workflows')),
  }
}

const isShim = (name: string): name is ShimName => Object.hasOwn(SHIMS, name)
const isWorkflow = (name: string): name is WorkflowName => Object.hasOwn(WORKFLOWS, name)

function readWorkflows(text: string): readonly WorkflowName[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const unknown = names.find((name) => !isWorkflow(name))
  if (unknown !== undefined) throw wrong('--workflows', unknown, Object.keys(WORKFLOWS).join(', '))
  if (names.includes('pull-request') && names.includes('shards'))
    throw wrong('--workflows', text, 'pull-request or shards: both would evaluate every pull request')
  const evaluating = names.filter(isWorkflow).some(evaluatesPulls) ? [] : ['pull-request' as const]
  return [...evaluating, ...new Set(names.filter(isWorkflow))]
}

function wrong(flag: string, value: string, expected: string): UserError {
  return new UserError({ what: `${flag} is given "${value.slice(0, 100)}".`, expected, remedy: 'Correct it.' })
}

/** With where, and what is there. */
export type Context = Wanted & { readonly root: string; readonly directory: string; readonly scan: HeadScan }
