// Everything that a run may call: models, applications with the proxy that records their calls, replays.

import type { Config } from '../config/config.ts'
import type { SideLabel, Sides } from '../domain.ts'
import type { EngineWorld } from '../engine.ts'
import type { SetPlan } from '../plan.ts'
import type { Tree } from '../ports.ts'
import { type TargetOf, withTimeout } from '../run/tuned.ts'
import type { Work } from '../run/work.ts'
import { loadReplays } from '../targets/load-replays.ts'
import type { EndpointSources } from '../targets/providers.ts'
import { keysOfRun, reachable } from '../targets/proxy/environment.ts'
import { createProxy, type ProxyWorld, type RecordingProxy } from '../targets/proxy/proxy.ts'
import { createReplay } from '../targets/replay.ts'
import { type Endpoint, secretsOf } from '../targets/shape.ts'
import { createTargets, type Targets } from '../targets/targets.ts'

export type CallersInput = {
  readonly world: EngineWorld
  readonly sides: Sides
  readonly trees: { readonly base: Tree | null; readonly head: Tree }
  readonly plans: readonly SetPlan[]
  readonly config: Config
  readonly directory: string
  readonly endpoints: EndpointSources
  /** How calls that an application makes through the proxy are made, and whether a price is known for them. */
  readonly submit: ProxyWorld['submit']
  readonly isPriced: ProxyWorld['isPriced']
  readonly keep: ProxyWorld['keep']
}

export type Callers = Pick<Targets, 'call' | 'connect' | 'applications'> &
  Pick<RecordingProxy, 'refused' | 'excess'> & {
    readonly targetOf: TargetOf
    close(): Promise<void>
  }

export async function openCallers(input: CallersInput): Promise<Callers> {
  const { world, plans, config, endpoints, keep, isPriced } = input
  const workTrees = world.workTrees(input.sides, input.directory)
  const replays = await loadReplays(plans, input.trees)
  const targetOf = targetsOf(plans)
  const offered = plans.some(runsApplication) ? await reachable(endpoints) : new Map<string, Endpoint>()
  for (const secret of [...offered.values()].flatMap(secretsOf)) world.noteSecret(secret)
  const proxy = createProxy({
    ...world,
    endpoints: offered,
    submit: (work: Work) => input.submit(withTimeout(work, config, targetOf)),
    isPriced,
    keep,
  })
  const targets = createTargets({
    ...world,
    ...{ workTrees, proxy, keys: keysOfRun(endpoints), endpoints, targetOf },
    sources: { trees: input.trees, directory: input.directory },
    applications: { base: applicationsOf(plans, 'base'), head: applicationsOf(plans, 'head') },
    replayOf: (name, side) => replays.get(`${side} ${name}`) ?? createReplay([]),
  })
  const close = async () => {
    targets.close()
    proxy.close()
    await workTrees.dispose()
  }
  const { call, connect, applications } = targets
  return { call, connect, applications, targetOf, refused: proxy.refused, excess: proxy.excess, close }
}

function targetsOf(plans: readonly SetPlan[]): TargetOf {
  const byName = new Map(plans.map((plan) => [plan.name, plan]))
  return (name, side) => {
    const plan = byName.get(name)
    const target = (side === 'base' ? plan?.base : plan?.head)?.target
    if (target === undefined) throw new Error(`no target of ${name} on ${side}`)
    return target
  }
}

const applicationsOf = (plans: readonly SetPlan[], side: SideLabel) =>
  plans.flatMap((plan) => {
    const target = plan[side]?.target
    return target?.kind === 'command' ? [target] : []
  })
const runsApplication = ({ base, head }: SetPlan) => base?.target.kind === 'command' || head.target.kind === 'command'
