// Problems gathered instead of thrown, so that one reading of a file shows all of them.

import { type Problem, UserError } from '../errors.ts'

/** Result of `run`, or undefined with its UserError's problems added to `problems`. Other errors pass through. */
export async function attempt<T>(problems: Problem[], run: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}
