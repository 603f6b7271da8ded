// One side alone, for commands that compare nothing, with the world around it.

import { join } from 'node:path'
import { type HeadSide, headSideOf } from '../head-side.ts'
import { repositoryRoot } from '../io/checkout.ts'
import { fromEnvironment } from '../io/environment.ts'
import { interruptSignal } from '../io/interrupt.ts'
import { createLog } from '../io/terminal.ts'
import { absolute, createWorld } from '../io/world.ts'
import type { Job } from '../job.ts'
import type { World } from '../parity.ts'
import { VERSION } from '../run-job.ts'

export type OneSide = HeadSide & { readonly world: World }

/** Runs `use` with the head of the job; `folder` is where the audit record of its calls goes. */
export async function withHead<T>(job: Job, folder: string, use: (side: OneSide) => Promise<T>): Promise<T> {
  const root = await repositoryRoot(process.cwd())
  const here = join(root, job.workingDirectory)
  const log = createLog(process.stderr)
  const interrupt = interruptSignal()
  const world = createWorld({
    root,
    stateDir: absolute(here, job.stateDir),
    reportDir: absolute(here, folder),
    log,
    signal: interrupt.signal,
    environment: fromEnvironment,
    version: VERSION,
  })
  try {
    return await use({ world, ...(await headSideOf(job, world, 'the head alone')) })
  } finally {
    log.end()
    await world.close()
    interrupt.dispose()
  }
}
