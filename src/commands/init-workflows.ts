// The workflows that `init` writes, or the one that is there already.

import type { NewFile } from '../init/eval-set.ts'
import { evaluates, evaluatesPulls, type Variable, WORKFLOWS, workflowPath, workflowText } from '../init/workflows.ts'
import { readTemplate } from '../io/templates.ts'
import type { Tree } from '../ports.ts'
import type { Context } from './init-flags.ts'

/** `keep`: a file that somebody else wrote, which `--force` is not about. */
export type WorkflowFile = NewFile & { readonly keep?: true }

export async function workflowFiles(
  context: Context,
  variables: readonly Variable[],
): Promise<readonly WorkflowFile[]> {
  const { directory, scan } = context
  const there = await evaluatingWorkflow(scan.tree, directory)
  const made = context.workflows.map(async (name): Promise<WorkflowFile> => {
    const path = workflowPath(name, directory)
    if (evaluatesPulls(name) && there !== null && there !== path) return { path: there, text: '', keep: true }
    const template = await readTemplate('workflows', WORKFLOWS[name].template)
    return { path, text: workflowText(template, { directory, variables }) }
  })
  return Promise.all(made)
}

/** Under whatever name: a second one would evaluate, and pay, twice. */
async function evaluatingWorkflow(tree: Tree, directory: string): Promise<string | null> {
  for (const { path } of await tree.list()) {
    if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) continue
    const text = await tree.read(path, MAX_WORKFLOW_BYTES).catch(() => null)
    if (text !== null && evaluates(path, text, directory)) return path
  }
  return null
}
const MAX_WORKFLOW_BYTES = 1_000_000
