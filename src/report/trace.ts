// How an application came to its answer, as it says itself and as the recording proxy saw it: one text for each side.

import { canonicalJson } from '../config/canonical.ts'
import { cutText } from '../cut-text.ts'
import type { Answer, ModelCall, Result } from '../domain.ts'
import { formatMs, plural } from './numbers.ts'

const SHOWN_CALLS = 8
const SHOWN_DOCUMENTS = 20
const SHOWN_CHARACTERS = 4_000

/** Null for an answer that says nothing of it. */
export function traceOf(run: Result | undefined): string | null {
  if (run?.outcome.state !== 'answered') return null
  const { answer } = run.outcome
  const lines = [...documents(answer), ...tools(answer), ...stages(answer), ...models(answer.calls ?? [])]
  return lines.length === 0 ? null : cutText(lines.join('\n'), SHOWN_CHARACTERS)
}

function documents({ retrieved }: Answer): readonly string[] {
  if (retrieved === undefined) return []
  const shown = retrieved
    .slice(0, SHOWN_DOCUMENTS)
    .map(({ id, score }) => (score === undefined ? id : `${id} (${score})`))
  const more = retrieved.length > SHOWN_DOCUMENTS ? `, and ${retrieved.length - SHOWN_DOCUMENTS} more` : ''
  return [`retrieved: ${shown.join(', ') || 'nothing'}${more}`]
}

/** Of a prompt target the calls are the answer, and stand there. */
function tools({ toolCalls, calls, retrieved, timings }: Answer): readonly string[] {
  if (calls === undefined && retrieved === undefined && timings === undefined) return []
  return (toolCalls ?? []).slice(0, SHOWN_CALLS).map((call) => `tool: ${call.name}(${canonicalJson(call.arguments)})`)
}

function stages({ timings }: Answer): readonly string[] {
  const named = Object.entries(timings ?? {}).map(([stage, ms]) => `${stage} ${formatMs(ms)}`)
  return named.length === 0 ? [] : [`times: ${named.join(', ')}`]
}

function models(calls: readonly ModelCall[]): readonly string[] {
  const lines = calls.slice(0, SHOWN_CALLS).map(({ provider, model, usage, counted, failure }) => {
    const tokens =
      usage === undefined
        ? 'tokens not known'
        : `${usage.input} + ${usage.output} tokens${counted === 'estimated' ? ', estimated' : ''}`
    return `call: ${provider}/${model}, ${failure === undefined ? tokens : failure.message}`
  })
  const more = calls.length - lines.length
  return more > 0 ? [...lines, `and ${plural(more, 'call')} more`] : lines
}
