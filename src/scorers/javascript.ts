import { Script } from 'node:vm'
import type { Json, JsonObject } from '../domain.ts'
import type { ScriptResult } from '../ports.ts'
import { textOfMessage } from '../targets/turns.ts'
import {
  binary,
  clamp,
  evidence,
  inverted,
  isJsonObject,
  missing,
  type ScoreInput,
  type Scorer,
  type Verdict,
} from './scorer.ts'

/**
 * promptfoo's javascript assertion, in a sandbox: one line is an expression, several are a function body with `return`.
 * `module.exports = (output, context) => …` and `export default` work too. A script that throws, runs too long or returns
 * no verdict is a defect of the scorer: the score is missing, not 0.
 */
export const javascript: Scorer = {
  value: 'script',
  check: ({ value }) =>
    typeof value === 'string' && value.trim() !== ''
      ? syntaxError(functionBody(value))
      : 'its value must be JavaScript',
  score: async (input) => {
    const code = typeof input.value === 'string' ? input.value : ''
    return verdictOf(await transformOutput(code, input), input)
  },
}

/** What a script over the output and its context returns (the verdict, or a `transform`'s new output), or why nothing. */
export async function transformOutput(code: string, input: ScoreInput): Promise<ScriptResult> {
  return input.sandbox(functionBody(code), { output: input.answer.text, context: contextOf(input) })
}

const STATEMENT = /^(?:return|const|let|var|if|for|throw|try|switch|while|do)\b/
const MODULE = /^[ \t]*export\s+default\b|\bmodule\.exports\s*=/m

function functionBody(code: string): string {
  const trimmed = code.trim()
  if (MODULE.test(trimmed)) {
    const commonJs = trimmed.replace(/^[ \t]*export\s+default\b/m, 'module.exports =')
    return `const module = { exports: {} }; const exports = module.exports;\n${commonJs}\n;return (module.exports.default ?? module.exports)(output, context)`
  }
  if (trimmed.includes('\n') || STATEMENT.test(trimmed)) return trimmed
  return `return (${trimmed.replace(/;\s*$/, '')}\n)`
}

/** Compiled and never run: a slip is told before any answer is paid for. */
function syntaxError(body: string): string | null {
  try {
    new Script(`(async function (output, context) {\n${body}\n})`)
    return null
  } catch (error) {
    // Other errors are limits of this engine; what the sandbox's can do shows there.
    return error instanceof SyntaxError ? `its value is no JavaScript that can be run: ${error.message}` : null
  }
}

function contextOf({ spec, vars, kase, answer, request }: ScoreInput): JsonObject {
  return {
    vars,
    expected: kase.expected ?? null,
    context: kase.context ?? [],
    prompt: request.messages.map(textOfMessage).join('\n'),
    config: spec.options.config ?? {},
    test: { vars, metadata: kase.labels, description: kase.id },
    providerResponse: { output: answer.text, finishReason: answer.finishReason ?? null },
    toolCalls: (answer.toolCalls ?? []).map(({ name, arguments: args }) => ({ name, arguments: args })),
    retrieved: (answer.retrieved ?? []).map(({ id, text }) => ({ id, text: text ?? null })),
  }
}

function verdictOf(result: ScriptResult, { spec }: ScoreInput): Verdict {
  if (result.state === 'failed') return missing(`the script failed: ${result.why}`)
  const { value } = result
  if (typeof value === 'boolean') {
    const verdict = binary(value, `the script returned ${value}`)
    return spec.not ? inverted(verdict) : verdict
  }
  // promptfoo: `not-` has no effect on numbers and on complete verdicts.
  if (typeof value === 'number') return numberVerdict(value, spec.threshold)
  if (isJsonObject(value)) return objectVerdict(value, spec.threshold)
  return missing(
    `the script returned ${value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)}, no verdict`,
  )
}

function numberVerdict(value: number, threshold: number | undefined): Verdict {
  const pass = threshold === undefined ? value > 0 : value >= threshold
  return { state: 'scored', value: clamp(value), pass, why: `the script returned ${value}` }
}

function objectVerdict(value: { readonly [key: string]: Json }, threshold: number | undefined): Verdict {
  if (typeof value.pass !== 'boolean') return missing('the script returned an object without a boolean `pass`')
  const score = typeof value.score === 'number' ? value.score : value.pass ? 1 : 0
  const pass = value.pass && (threshold === undefined || score >= threshold)
  const why =
    typeof value.reason === 'string' && value.reason !== '' ? value.reason : `the script returned ${value.pass}`
  return { state: 'scored', value: clamp(score), pass, why: evidence(why) }
}
