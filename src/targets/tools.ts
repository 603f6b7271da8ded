// Tools as a request has them, in the form of Chat Completions; what other forms they take is each shape's own matter.

import type { Json, Request } from '../domain.ts'
import { at, textAt } from './outside.ts'

/** The tools of the target, else those among its parameters, in a provider's form. What is no list stays as it was written. */
export function toolsIn(
  request: Request,
  written: Json | undefined,
  form: (tools: readonly Json[]) => readonly Json[],
): Json | undefined {
  const tools = request.tools ?? written
  return Array.isArray(tools) ? form(tools as readonly Json[]) : (tools as Json | undefined)
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** Null for a choice that is not in Chat's form: it is the provider's own, and stays as it was written. */
export function readToolChoice(written: Json | undefined): ToolChoice | null {
  if (written === 'auto' || written === 'none' || written === 'required') return written
  const name = at(written, 'type') === 'function' ? textAt(written, 'function', 'name') : undefined
  return name === undefined ? null : { name }
}
