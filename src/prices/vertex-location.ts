// Where calls to Vertex AI go: the price of Claude depends on it, as the address does.

import type { ProviderConfig } from '../config/config.ts'
import type { Environment } from '../ports.ts'
import { setting } from '../targets/endpoint-parts.ts'

/** @param entry of `providers:`, when there is one of the name */
export function vertexLocation(entry: ProviderConfig | undefined, environment: Environment): string | undefined {
  return entry?.region ?? setting(environment, 'GOOGLE_CLOUD_LOCATION', 'GOOGLE_CLOUD_REGION')
}
