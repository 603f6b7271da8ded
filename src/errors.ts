// Every message that a user can cause. Each says what happened, where, what was expected and what to do next.
// A UserError is shown without a stack; anything else is a defect of ours and keeps its stack.

import type { Place } from './domain.ts'

export const EXIT = { pass: 0, gateFailed: 1, configuration: 2, notMeasured: 3 } as const

export type Problem = {
  readonly what: string
  readonly remedy: string
  readonly place?: Place
  readonly expected?: string
  /** Default: configuration. */
  readonly exit?: typeof EXIT.configuration | typeof EXIT.notMeasured
}

export class UserError extends Error {
  readonly problems: readonly Problem[]
  readonly exit: number
  constructor(first: Problem, ...rest: readonly Problem[]) {
    const problems = [first, ...rest]
    super(problems.map(formatProblem).join('\n'))
    this.name = 'UserError'
    this.problems = problems
    this.exit = first.exit ?? EXIT.configuration
  }
}

/** `path:line:column` with what is known of it. */
export function formatPlace(place: Place): string {
  return [place.path, place.line, place.column].filter((part) => part !== undefined).join(':')
}

export function formatProblem(problem: Problem): string {
  const where = problem.place ? `${formatPlace(problem.place)}: ` : ''
  const expected = problem.expected ? ` Expected ${problem.expected}.` : ''
  return `${where}${problem.what}${expected} ${problem.remedy}`
}

/** Bugs end here: a switch over a union that forgot a member does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`)
}
