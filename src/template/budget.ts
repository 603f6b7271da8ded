// What rendering may use up. Steps and characters, never time: the same template fails at the same place everywhere.

import { TemplateFault } from './fault.ts'

export type Budget = { steps: number; characters: number }

/** About 30 ms of work; a prompt with a thousand-item list takes a few thousand steps. */
export const MAX_STEPS = 400_000
/** Ten times the largest context window in characters is never a prompt. */
export const MAX_CHARACTERS = 8_000_000
/** Text costs one step per this many characters that a filter or operator reads or writes. */
const CHARACTERS_PER_STEP = 128

export function freshBudget(): Budget {
  return { steps: MAX_STEPS, characters: MAX_CHARACTERS }
}

/** @throws TemplateFault when the steps are used up */
export function spend(budget: Budget, steps: number, at: number): void {
  budget.steps -= steps
  if (budget.steps >= 0) return
  throw new TemplateFault(
    at,
    `Rendering took more than ${MAX_STEPS} steps.`,
    'Shorten the loops: nested loops multiply.',
  )
}

/** Charges for reading or making `length` characters; no single text may pass the limit. */
export function spendText(budget: Budget, length: number, at: number): void {
  if (length > MAX_CHARACTERS) throw tooLong(at)
  spend(budget, 1 + Math.floor(length / CHARACTERS_PER_STEP), at)
}

/** Charges for characters of the result. */
export function emit(budget: Budget, length: number, at: number): void {
  budget.characters -= length
  if (budget.characters < 0) throw tooLong(at)
}

function tooLong(at: number): TemplateFault {
  return new TemplateFault(at, `The rendered text is longer than ${MAX_CHARACTERS} characters.`, 'Render less.')
}
