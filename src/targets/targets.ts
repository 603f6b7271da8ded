// Every kind of target behind one function: the engine calls it and does not know what it calls.

import type { EvalSet, Request, SideLabel, Target } from '../domain.ts'
import type { Http } from '../ports.ts'
import { type Attempt, type AttemptContext, attempt, type Call } from './call.ts'
import { type CommandPool, type CommandWorld, createCommandPool } from './command.ts'
import { createSetups } from './command-setup.ts'
import { callHttp } from './http.ts'
import { callModel } from './model.ts'
import { type EndpointSources, endpointFor } from './providers.ts'
import { echo, type Replay } from './replay.ts'
import type { Endpoint } from './shape.ts'

export type TargetWorld = CommandWorld & {
  readonly http: Http
  readonly endpoints: EndpointSources
  /** The target of an eval set on a side: sides may differ in command and setup. */
  targetOf(evalSet: EvalSet['name'], side: SideLabel): Target
  /** The recorded answers of an eval set's replay target. */
  replayOf(evalSet: EvalSet['name'], side: SideLabel): Replay
}

export type Targets = { readonly call: Call; close(): void }

/** The table of targets over one world. `close` ends the processes that command targets started. */
export function createTargets(world: TargetWorld): Targets {
  const endpoints = new Map<string, Endpoint>()
  const pools = new Map<string, CommandPool>()
  const shared = { ...world, setups: world.setups ?? createSetups(world) }
  const kinds: { readonly [kind in Request['kind']]: Call } = {
    model: async (request, context) => {
      const endpoint = endpoints.get(request.provider) ?? endpointFor(request.provider, world.endpoints)
      endpoints.set(request.provider, endpoint)
      return callModel(request, endpoint, { ...world, context })
    },
    command: (request, context) => poolFor(context, shared, pools).call(request, context),
    http: (request, context) => callHttp(request, { ...world, context }),
    replay: async (request, context) => replayed(request, context, world),
    echo: async (request) => attempt(echo(request)),
  }
  const close = () => {
    for (const pool of pools.values()) pool.close()
  }
  return { call: (request, context) => kinds[request.kind](request, context), close }
}

function replayed(request: Request, context: AttemptContext, world: TargetWorld): Attempt {
  const { trial, promptHash } = context
  return attempt(world.replayOf(trial.evalSet, trial.side)(request, trial, promptHash))
}

function poolFor({ trial }: AttemptContext, world: TargetWorld, pools: Map<string, CommandPool>): CommandPool {
  const name = JSON.stringify([trial.evalSet, trial.side])
  const there = pools.get(name)
  if (there !== undefined) return there
  const target = world.targetOf(trial.evalSet, trial.side)
  if (target.kind !== 'command') throw new Error(`the target of ${trial.evalSet} is ${target.kind}, its request is not`)
  const pool = createCommandPool(target, trial.side, world)
  pools.set(name, pool)
  return pool
}
