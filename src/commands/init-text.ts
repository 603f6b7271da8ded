// What `init` says: what was found, what was written, and the three steps from there.

import type { SetFiles } from '../init/eval-set.ts'
import { SHIMS, type ShimName } from '../init/shims.ts'
import type { Variable } from '../init/workflows.ts'
import type { PinEntry, PromptEntry } from '../inventory.ts'
import { cleanLine } from '../report/escape.ts'
import { plural } from '../report/numbers.ts'

export type FileStatus = 'created' | 'overwritten' | 'kept' | 'would-create' | 'would-overwrite'
export type InitResult = {
  readonly prompts: readonly PromptEntry[]
  readonly pins: readonly PinEntry[]
  /** `name` is null where the file does not load. */
  readonly evalSets: readonly { readonly path: string; readonly name: string | null }[]
  readonly chosen: { readonly prompt: string; readonly model: string; readonly why: string } | null
  readonly files: readonly { readonly path: string; readonly status: FileStatus }[]
  readonly notes: readonly string[]
  readonly next: readonly string[]
}

const SHOWN = 15

export function initInWords({ prompts, pins, evalSets, chosen, files, notes, next }: InitResult): string {
  const at = ({ path, line, symbol }: PromptEntry | PinEntry) =>
    `${path}:${line}${symbol === undefined ? '' : `#${symbol}`}`
  return [
    `Found ${plural(prompts.length, 'prompt')}, ${plural(pins.length, 'pin')} and ${plural(evalSets.length, 'eval set')}.`,
    ...some(prompts.map((one) => `  prompt    ${cleanLine(at(one))}`)),
    ...some(pins.map((one) => `  pin       ${cleanLine(`${at(one)}  ${one.id}`)}`)),
    ...some(
      evalSets.map((one) => `  eval set  ${cleanLine(`${one.path}${one.name === null ? '  does not load' : ''}`)}`),
    ),
    ...(chosen === null ? [] : ['', cleanLine(`Chosen: ${chosen.prompt} with ${chosen.model} (${chosen.why}).`)]),
    '',
    ...files.map(({ path, status }) => `${STATUS[status].padEnd(15)} ${cleanLine(path)}`),
    ...(notes.length === 0 ? [] : ['', ...notes.map(cleanLine)]),
    '',
    'Next:',
    ...next.map((step, index) => `  ${index + 1}. ${cleanLine(step)}`),
  ].join('\n')
}

function some(lines: readonly string[]): readonly string[] {
  const more = lines.length - SHOWN
  return more <= 0 ? lines : [...lines.slice(0, SHOWN), `  and ${more} more: prompt-parity detect --all-files`]
}

const STATUS: { readonly [status in FileStatus]: string } = {
  created: 'created',
  overwritten: 'overwritten',
  kept: 'kept',
  'would-create': 'would create',
  'would-overwrite': 'would overwrite',
}

export type StepInput = {
  readonly directory: string
  readonly variables: readonly Variable[]
  readonly files: InitResult['files']
  /** The set whose cases are still placeholders. */
  readonly set: SetFiles | null
  /** Whose `--entry` is still to be said. */
  readonly shim: ShimName | null
  /** How many eval sets were there before. */
  readonly sets: number
}

export function nextSteps({ directory, variables, files, set, shim, sets }: StepInput): readonly string[] {
  const workflows = files.filter(({ path }) => path.startsWith('.github/workflows/')).map(({ path }) => path)
  const keys = variables.filter((one) => one.secret).map((one) => `\`gh secret set ${one.name}\``)
  const settings = variables.filter((one) => !one.secret).map((one) => `\`gh variable set ${one.name}\``)
  const folder = directory === '' ? '' : ` --working-directory ${directory}`
  return [
    `Add what the workflow needs: ${[...keys, ...settings].join(', ')}; and put a commit of Prompt Parity in the place of <sha> in ${workflows.join(' and ')}.`,
    casesStep({ set, shim, sets, folder }),
    `Run \`prompt-parity run --dry-run${folder}\` for calls and price, then \`prompt-parity run${folder}\`; then commit the files.`,
  ]
}

type Cases = Pick<StepInput, 'set' | 'shim' | 'sets'> & { readonly folder: string }

function casesStep({ set, shim, sets, folder }: Cases): string {
  if (set !== null) {
    const entry =
      shim === null ? '' : `Let \`command:\` name your application (${SHIMS[shim].entry} stands for it), and r`
    return `${entry === '' ? 'R' : entry}eplace the cases in ${set.cases.path} by real questions, and delete \`mode: report\` in ${set.set.path}.`
  }
  if (sets > 0) return 'See what the eval sets can see: `prompt-parity validate`.'
  return `Name a prompt: \`prompt-parity init${folder} --prompt PATH --model provider/model\`, or an application: \`--shim python\`.`
}
