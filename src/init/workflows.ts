// The ready workflows of docs/workflows, fitted to a folder and to the keys that its eval sets need.

import { posix } from 'node:path'
import { type Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml'
import { isObject } from '../config/cases.ts'
import { parseYaml } from '../config/yaml.ts'
import type { Json } from '../domain.ts'
import { UserError } from '../errors.ts'
import { PROVIDERS } from '../targets/provider-table.ts'

export type WorkflowName = 'pull-request' | 'shards' | 'forks' | 'merges' | 'drift'
type Workflow = { readonly template: string; readonly file: string }

export const WORKFLOWS: { readonly [name in WorkflowName]: Workflow } = {
  'pull-request': { template: 'pull-request.yml', file: 'prompt-parity' },
  shards: { template: 'pull-request-shards.yml', file: 'prompt-parity' },
  forks: { template: 'fork.yml', file: 'prompt-parity-forks' },
  merges: { template: 'merges.yml', file: 'prompt-parity-merges' },
  drift: { template: 'drift.yml', file: 'prompt-parity-drift' },
}

/** These stand beside the one that evaluates pull requests. */
export const evaluatesPulls = (name: WorkflowName): boolean => name === 'pull-request' || name === 'shards'

/** One file for each folder of a monorepo: a name that is taken would leave the second folder without. */
export function workflowPath(name: WorkflowName, directory: string): string {
  const slug = directory.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '')
  return `.github/workflows/${WORKFLOWS[name].file}${slug === '' ? '' : `-${slug}`}.yml`
}

/** `${{` in a folder's name would be an expression of the workflow, and in a command to copy, quotes would be the shell's. */
export function refuseUnusualFolder(directory: string): void {
  if (/^[\w@.+-]*(?:\/[\w@.+-]+)*$/.test(directory)) return
  throw new UserError({
    what: `the folder "${directory.slice(0, 100)}" cannot be named in a workflow.`,
    expected: 'letters, digits, and any of . _ - + @',
    remedy: 'Rename it, or write the workflow by hand (docs/workflows).',
  })
}

export type Variable = { readonly name: string; readonly value: string; readonly secret: boolean }
const secret = (name: string): Variable => ({ name, value: `\${{ secrets.${name} }}`, secret: true })
const setting = (name: string): Variable => ({ name, value: `\${{ vars.${name} }}`, secret: false })

// What is more than a key: docs/guides/providers.md.
const CLOUDS: { readonly [provider: string]: readonly Variable[] } = {
  azure: [secret('AZURE_OPENAI_API_KEY'), setting('AZURE_OPENAI_ENDPOINT')],
  bedrock: [secret('AWS_ACCESS_KEY_ID'), secret('AWS_SECRET_ACCESS_KEY'), setting('AWS_REGION')],
  vertex: [setting('GOOGLE_APPLICATION_CREDENTIALS')],
}

/** What the workflow hands over, by the models of the eval sets; OpenAI's key where no provider is known. */
export function variablesFor(models: readonly string[]): readonly Variable[] {
  const providers = [...new Set(models.map((model) => model.split('/', 1)[0] ?? ''))].sort()
  const all = providers.flatMap((provider) => {
    if (Object.hasOwn(CLOUDS, provider)) return CLOUDS[provider] ?? []
    const entry = Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined
    const [key] = entry?.keys ?? []
    if (key === undefined) return []
    return entry?.local ? [setting(entry.bases[0] ?? '')] : [secret(key)]
  })
  return all.length === 0 ? [secret('OPENAI_API_KEY')] : all
}

export type Fit = { readonly directory: string; readonly variables: readonly Variable[] }

/** The template itself where nothing is to be fitted; comments stay in any case. */
export function workflowText(template: string, { directory, variables }: Fit): string {
  const only = variables.length === 1 && variables[0]?.name === 'OPENAI_API_KEY'
  if (directory === '' && only) return template
  const document = parseDocument(template)
  for (const step of stepsOf(document)) {
    if (isOwn(step)) fitOwn(step, { directory, variables })
    else moveState(step, directory)
  }
  if (directory !== '') document.set('name', `${String(document.get('name'))} (${directory})`)
  return document.toString({ lineWidth: 0 })
}

const isOwn = (step: YAMLMap) => String(step.get('uses')).startsWith('prompt-parity/')

function fitOwn(step: YAMLMap, { directory, variables }: Fit): void {
  if (directory !== '') step.setIn(['with', 'working-directory'], directory)
  if (step.hasIn(['env'])) step.set('env', Object.fromEntries(variables.map(({ name, value }) => [name, value])))
}

/** The folders of `state-dir` and `report-dir` lie in the working directory. */
function moveState(step: YAMLMap, directory: string): void {
  const path = step.getIn(['with', 'path'])
  if (typeof path === 'string' && path.startsWith('.parity/')) step.setIn(['with', 'path'], posix.join(directory, path))
}

function stepsOf(document: Document): readonly YAMLMap[] {
  const jobs = document.get('jobs')
  if (!isMap(jobs)) return []
  return jobs.items.flatMap(({ value }) => {
    const steps = isMap(value) ? value.get('steps') : null
    return isSeq(steps) ? steps.items.filter((step) => isMap(step)) : []
  })
}

/** Whether a workflow of the repository evaluates pull requests of this folder already. */
export function evaluates(path: string, text: string, directory: string): boolean {
  const parsed = parseYaml(path, text)
  if (!parsed.ok || !isObject(parsed.file.value)) return false
  const { on, jobs } = parsed.file.value
  if (!/pull_request|merge_group/.test(JSON.stringify(on ?? null)) || !isObject(jobs)) return false
  const steps = Object.values(jobs).flatMap((job): readonly Json[] =>
    isObject(job) && Array.isArray(job.steps) ? job.steps : [],
  )
  return steps.some((step) => runsHere(step, directory))
}

function runsHere(step: Json, directory: string): boolean {
  if (!isObject(step) || typeof step.uses !== 'string' || !/(^|\/)prompt-parity@/.test(step.uses)) return false
  const inputs = isObject(step.with) ? step.with : {}
  const command = inputs.command ?? 'auto'
  if (command !== 'auto' && command !== 'run' && command !== 'merge') return false
  const folder = String(inputs['working-directory'] ?? '.')
  return posix.normalize(`./${folder}/`) === posix.normalize(`./${directory}/`)
}
