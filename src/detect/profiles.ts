// Traffic profiles of routes: their change is one of configuration, for the eval sets that stand for the route.

import { posix } from 'node:path'
import { globMatcher } from '../config/globs.ts'
import type { DetectInput } from '../detect.ts'
import type { Change } from '../domain.ts'

export function changedProfiles({ files, sets, config }: DetectInput): readonly Change[] {
  return (config.routes ?? []).flatMap((route): Change[] => {
    if (route.profile === undefined) return []
    const path = posix.normalize(posix.join(posix.dirname(config.path), route.profile))
    if (!files.some((file) => file.path === path || file.previousPath === path)) return []
    const stands = (name: string) => route.evals.some((one) => one === name || globMatcher([one])(name))
    const evalSets = sets.pairs.map((pair) => pair.name).filter(stands)
    const why = `the traffic profile ${path} of the route ${route.name} changed`
    return [{ kind: 'config', path, evalSets, covered: true, why }]
  })
}
