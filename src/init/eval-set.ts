// The first eval set as text. Names and paths come from the repository: they go through the YAML library, and in comments
// they are cleaned. The cases are placeholders, and say so: nobody knows yet what a right answer is.

import { posix } from 'node:path'
import { Document, isScalar, isSeq } from 'yaml'
import type { Json, JsonObject } from '../domain.ts'
import { cleanLine } from '../report/escape.ts'

export type NewFile = { readonly path: string; readonly text: string }
export type SetFiles = { readonly set: NewFile; readonly cases: NewFile }
export type SetInput = {
  readonly directory: string
  readonly name: string
  readonly target: JsonObject
  readonly paths?: readonly string[]
  readonly vars: readonly JsonObject[]
  /** Where the model of the target was found. */
  readonly modelFrom?: string
}

export const STARTER_CASES = 5
const HEAD = ` Starter set, written by \`prompt-parity init\`. Its cases are placeholders that no answer passes: replace them, then
 delete \`mode: report\`, so that a proven drop fails the check. \`prompt-parity validate\` says what the set can see.`

export function evalSetFiles({ directory, name, target, paths, vars, modelFrom }: SetInput): SetFiles {
  const casesPath = `cases/${name}.jsonl`
  const document = new Document({
    mode: 'report',
    target,
    ...(paths === undefined ? {} : { paths }),
    cases: [casesPath],
    scorers: [{ contains: '{{expected}}' }],
  })
  document.commentBefore = HEAD
  comment(document.getIn(['target', 'model'], true), modelFrom === undefined ? '' : ` found at ${modelFrom}`)
  comment(document.getIn(['paths', 0], true), ' files whose change selects this set')
  flow(document.getIn(['target', 'command'], true))
  return {
    set: { path: posix.join(directory, 'evals', `${name}.eval.yaml`), text: document.toString({ lineWidth: 0 }) },
    cases: { path: posix.join(directory, 'evals', casesPath), text: caseLines(vars) },
  }
}

function comment(node: unknown, text: string): void {
  if (isScalar(node) && text !== '') node.comment = ` ${cleanLine(text)}`
}

/** A command reads best on one line. */
function flow(node: unknown): void {
  if (isSeq(node)) node.flow = true
}

function caseLines(rows: readonly JsonObject[]): string {
  const lines = rows.map((vars, index) =>
    JSON.stringify({
      id: `starter-${index + 1}`,
      vars,
      expected: 'REPLACE: words that a right answer contains',
      tags: ['starter'],
    } satisfies Json),
  )
  return `${lines.join('\n')}\n`
}

/** Placeholder values for the variables of a template; `lists` are those that it goes through. */
export function starterVars(names: readonly string[], lists: ReadonlySet<string>): readonly JsonObject[] {
  return Array.from({ length: STARTER_CASES }, (_, index) =>
    Object.fromEntries(
      names.map((name) => {
        const value = `REPLACE: ${name} ${index + 1}`
        return [name, lists.has(name) ? [value] : value]
      }),
    ),
  )
}

/** A file name, and by that the name of the set: plain letters whatever the prompt is called. */
export function setName(prompt: string, symbol: string | undefined): string {
  const base = symbol ?? posix.basename(prompt).replace(/\.(?:prompt\.ya?ml|[a-z0-9]+)$/i, '')
  const plain = base
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '')
  return plain === '' ? 'prompt' : plain
}

export const CONFIG_TEXT = `# Prompt Parity: settings of this folder. Every key is optional; \`prompt-parity validate\` checks them.

# Cap of one run in US dollars: the worst case of a call is reserved before it is made.
spend: { max_usd: 5 }

# What a prompt is used for in production, for the projected monthly cost:
# routes:
#   - { name: support, evals: [NAME-OF-AN-EVAL-SET], requests_per_month: 100000, monthly_delta_usd: 200 }

# Prompts in places that \`prompt-parity detect --all-files\` does not show, and files that hold none:
# prompts: ["texts/**"]
# ignore: ["vendor/**"]
`
