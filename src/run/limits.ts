// How long, how often, how many: the engine's settings with their defaults. Times in milliseconds.

export type RunLimits = {
  /** Calls in flight per provider, unless the provider or application says otherwise. */
  readonly concurrency: number
  /** Of one attempt. */
  readonly timeoutMs: number
  /** Of one call with all its waiting: no Retry-After is obeyed beyond it. Of refused ones, since the provider last answered. */
  readonly callDeadlineMs: number
  /** How long a provider's headers alone may hold all its calls back. */
  readonly holdMs: number
  /** For everything but refusals for load, which are bounded by the deadline alone. */
  readonly maxAttempts: number
  /** The same for a command target: an application that hangs once more than this will go on hanging. */
  readonly commandAttempts: number
  /** First wait after a fault; doubles. */
  readonly backoffMs: number
  readonly maxBackoffMs: number
  /** A provider is given up after this many calls in a row without an answer, ... */
  readonly breakerCalls: number
  /** ... or after this long without one, when as many attempts failed meanwhile. */
  readonly breakerSilenceMs: number
  /** Answers needed before hung attempts are told from slow ones. */
  readonly patienceAnswers: number
  readonly patienceFloorMs: number
}

export const RUN_LIMITS: RunLimits = {
  concurrency: 20,
  timeoutMs: 60_000,
  callDeadlineMs: 600_000,
  holdMs: 60_000,
  maxAttempts: 5,
  commandAttempts: 2,
  backoffMs: 1000,
  maxBackoffMs: 30_000,
  breakerCalls: 20,
  breakerSilenceMs: 120_000,
  patienceAnswers: 20,
  patienceFloorMs: 2000,
}
