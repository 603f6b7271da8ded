// Errors of templates. Parser and evaluator throw a TemplateFault with an offset; whoever knows the file turns it into a TemplateError.

import type { Place } from '../domain.ts'
import { UserError } from '../errors.ts'

export class TemplateFault extends Error {
  readonly at: number
  readonly remedy: string
  constructor(at: number, message: string, remedy: string) {
    super(message)
    this.at = at
    this.remedy = remedy
  }
}

/** A template that cannot be parsed or rendered; `place` is where. */
export class TemplateError extends UserError {
  readonly place: Place
  constructor(what: string, place: Place, remedy: string) {
    super({ what, place, remedy })
    this.name = 'TemplateError'
    this.place = place
  }
}

export type Source = { readonly text: string; readonly path: string; readonly line: number }

/** 1-based line and column of an offset, counted from the line on which the template starts in its file. */
export function placeOf(source: Source, at: number): Place {
  const before = source.text.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = source.line + (before.match(/\n/g)?.length ?? 0)
  return { path: source.path, line, column: at - lineStart + 1 }
}

/** Runs `work` and gives its faults (and a stack that ran out) a place in `source`. */
export function placingFaults<T>(source: Source, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof TemplateFault) throw new TemplateError(error.message, placeOf(source, error.at), error.remedy)
    if (error instanceof RangeError) {
      throw new TemplateError('The template is nested too deeply.', placeOf(source, 0), 'Make it flatter.')
    }
    throw error
  }
}
