// What the resolution of a cloud's endpoint starts from.

import type { ProviderConfig } from '../../config/config.ts'
import type { CredentialFile, Environment } from '../../ports.ts'
import type { Endpoint } from '../shape.ts'

/** `own` is an entry of `providers:`, with the key that it names. */
export type CloudAsked = {
  readonly provider: string
  readonly environment: Environment
  readonly credentialFile: CredentialFile
  readonly own?: { readonly entry: ProviderConfig; readonly key: Endpoint['key'] }
}
