// Every kind of target behind one function: the engine calls it and does not know what it calls.

import type { EvalSet, Request, SideLabel, Target } from '../domain.ts'
import type { Http } from '../ports.ts'
import type { ApplicationFacts } from './application-facts.ts'
import { type Attempt, type AttemptContext, attempt, type Call } from './call.ts'
import type { CloudAccess } from './cloud/access.ts'
import { type CommandPool, type CommandWorld, createCommandPool } from './command.ts'
import { createSetups } from './command-setup.ts'
import { callHttp } from './http.ts'
import { callModel } from './model.ts'
import { type EndpointSources, endpointFor } from './providers.ts'
import { echo, type Replay } from './replay.ts'
import { type Endpoint, secretsOf } from './shape.ts'

export type TargetWorld = CommandWorld & {
  readonly http: Http
  readonly endpoints: EndpointSources
  /** Told every secret that comes up, so that it is redacted wherever it shows itself. */
  readonly noteSecret: (value: string) => void
  /** The target of an eval set on a side: sides may differ in command and setup. */
  targetOf(evalSet: EvalSet['name'], side: SideLabel): Target
  /** The recorded answers of an eval set's replay target. */
  replayOf(evalSet: EvalSet['name'], side: SideLabel): Replay
}

export type Targets = {
  readonly call: Call
  /** Where calls of a provider go; for batches, which are no single calls. */
  connect(provider: string): Promise<Connection>
  /** What the processes of applications did beside answering, so far. */
  applications(): readonly ApplicationFacts[]
  close(): void
}

/** The table of targets over one world. `close` ends the processes that command targets started. */
export function createTargets(world: TargetWorld): Targets {
  const connect = createConnections(world)
  const pools: Pools = new Map()
  const shared = { ...world, setups: world.setups ?? createSetups(world) }
  const kinds: { readonly [kind in Request['kind']]: Call } = {
    model: async (request, context) => {
      const { endpoint, ...rest } = await connect(request.provider)
      return callModel(request, endpoint, {
        ...{ http: world.http, clock: world.clock, withoutKeys: world.withoutKeys },
        ...{ context, ...rest },
      })
    },
    command: (request, context) => poolFor(context, shared, pools).call(request, context),
    http: (request, context) => callHttp(request, { ...world, context }),
    replay: async (request, context) => replayed(request, context, world),
    echo: async (request) => attempt(echo(request)),
  }
  const close = () => {
    shared.setups.close()
    for (const { pool } of pools.values()) pool.close()
  }
  const applications = () => [...pools.values()].map(({ evalSet, side, pool }) => ({ evalSet, side, ...pool.facts() }))
  return { call: (request, context) => kinds[request.kind](request, context), connect, applications, close }
}

type Pools = Map<string, Pick<ApplicationFacts, 'evalSet' | 'side'> & { readonly pool: CommandPool }>

export type Connection = {
  readonly endpoint: Endpoint
  readonly secrets: readonly string[]
  readonly cloud?: CloudAccess
}

/** One connection for each provider: what it has learnt (a token) serves every call. */
function createConnections(world: TargetWorld): (provider: string) => Promise<Connection> {
  const connections = new Map<string, Promise<Connection>>()
  return (provider) => {
    const there = connections.get(provider) ?? connectTo(provider, world)
    connections.set(provider, there)
    return there
  }
}

async function connectTo(provider: string, world: TargetWorld): Promise<Connection> {
  const endpoint = await endpointFor(provider, world.endpoints)
  const secrets: string[] = [...(endpoint.secrets ?? [])]
  for (const secret of secretsOf(endpoint)) world.noteSecret(secret)
  if (endpoint.cloud === undefined) return { endpoint, secrets }
  const noteSecret = (value: string) => {
    secrets.push(value)
    world.noteSecret(value)
  }
  const { openCloud } = await import('./cloud/access.ts')
  const { http, clock, endpoints } = world
  const cloud = openCloud(endpoint.cloud, { http, clock, noteSecret, credentialFile: endpoints.credentialFile })
  return { endpoint, secrets, cloud }
}

function replayed(request: Request, context: AttemptContext, world: TargetWorld): Attempt {
  const { trial, promptHash } = context
  return attempt(world.replayOf(trial.evalSet, trial.side)(request, trial, promptHash))
}

function poolFor({ trial }: AttemptContext, world: TargetWorld, pools: Pools): CommandPool {
  const name = JSON.stringify([trial.evalSet, trial.side])
  const there = pools.get(name)
  if (there !== undefined) return there.pool
  const target = world.targetOf(trial.evalSet, trial.side)
  if (target.kind !== 'command') throw new Error(`the target of ${trial.evalSet} is ${target.kind}, its request is not`)
  const pool = createCommandPool(target, trial.side, world)
  pools.set(name, { evalSet: trial.evalSet, side: trial.side, pool })
  return pool
}
