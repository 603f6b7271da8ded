// What a golden scenario is: a pull request, and what must come of it.

import type { Scene, Stage } from './stage.ts'

export type Scenario = {
  readonly scene: Scene
  readonly verdict: string
  readonly exit: number
  readonly commentStatus: string
  /** Calls that the model may see at most. */
  readonly calls?: number
  /** Hides what differs from day to day in this scenario alone. */
  readonly mask?: (text: string) => string
  /** Runs before the one that is compared. */
  readonly before?: (play: Stage) => Promise<unknown>
}
