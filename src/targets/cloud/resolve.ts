// Endpoints whose address and access are more than a base URL and a key. Loaded when a run needs one.

import type { Resolved } from '../endpoint-problems.ts'
import type { CloudAsked } from './asked.ts'
import { resolveAzure } from './azure-endpoint.ts'
import { resolveBedrock } from './bedrock-endpoint.ts'
import type { Cloud } from './cloud.ts'
import { resolveVertex } from './vertex-endpoint.ts'

const CLOUDS: { readonly [kind in Cloud['kind']]: (asked: CloudAsked) => Resolved } = {
  azure: resolveAzure,
  bedrock: resolveBedrock,
  vertex: resolveVertex,
}

export function resolveCloud(kind: Cloud['kind'], asked: CloudAsked): Resolved {
  return CLOUDS[kind](asked)
}
