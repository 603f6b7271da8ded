// How many calls a provider takes at once, learnt from its refusals (facts: performance, section 4, rate-limit controller).

export type Limiter = {
  current(): number
  /** To be handed to `note` with the result: what started before a cut says nothing about it. */
  epoch(): number
  note(refused: boolean, epoch: number): void
}

/** A window whose refusals are above this share is a limit; below, they are noise that waiting takes care of. */
const CUT_ABOVE = 0.5
const GROW_BELOW = 0.2

/** Starts at `max`. Cuts by the share refused, never below half per step and never below 1; grows by one per good window. */
export function createLimiter(max: number): Limiter {
  let current = Math.max(1, Math.floor(max))
  const ceiling = current
  let epoch = 0
  let seen = 0
  let refusals = 0
  const note = (refused: boolean, startedIn: number) => {
    if (startedIn !== epoch) return
    seen += 1
    if (refused) refusals += 1
    if (seen < current) return
    const share = refusals / seen
    if (share > CUT_ABOVE && current > 1) {
      current = Math.max(1, Math.ceil(current * Math.max(0.5, 1 - share)))
      epoch += 1
    } else if (share < GROW_BELOW) current = Math.min(ceiling, current + 1)
    seen = 0
    refusals = 0
  }
  return { current: () => current, epoch: () => epoch, note }
}
