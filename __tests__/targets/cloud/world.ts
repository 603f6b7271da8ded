// Calls to the clouds as the engine makes them, with an environment and credential files of the test's own.

import { generateKeyPairSync } from 'node:crypto'
import type { Request } from '../../../src/domain.ts'
import { systemClock } from '../../../src/io/clock.ts'
import { createHttp } from '../../../src/io/http.ts'
import { createProcesses } from '../../../src/io/processes.ts'
import type { Clock, Http } from '../../../src/ports.ts'
import { hideKeys } from '../../../src/report/known-keys.ts'
import type { Attempt } from '../../../src/targets/call.ts'
import { createReplay } from '../../../src/targets/replay.ts'
import { createTargets } from '../../../src/targets/targets.ts'
import { request, trial } from '../requests.ts'

export type Env = { readonly [name: string]: string }

export type CallWorld = {
  readonly secrets: string[]
  call(parts: Partial<Omit<Request, 'hash' | 'segments'>>, signal?: AbortSignal): Promise<Attempt>
}

export type Setup = { readonly env: Env; readonly files?: Env; readonly clock?: Clock; readonly http?: Http }

const processes = createProcesses()

export function callWorld({ env, files = {}, clock = systemClock, http }: Setup): CallWorld {
  const secrets: string[] = []
  const environment = (name: string) => env[name]
  const targets = createTargets({
    http: http ?? createHttp({ environment: () => undefined }),
    clock,
    processes,
    workTrees: { directory: async () => '/' },
    environment,
    endpoints: { environment, credentialFile: (path) => files[path] ?? null, configProviders: {} },
    noteSecret: (value) => void secrets.push(value),
    withoutKeys: hideKeys(secrets),
    targetOf: () => {
      throw new Error('no application here')
    },
    replayOf: () => createReplay([]),
  })
  const call: CallWorld['call'] = (parts, signal = new AbortController().signal) =>
    targets.call(request(parts), { trial: trial(), timeoutMs: 5000, signal })
  return { secrets, call }
}

/** Made once: keys take time. */
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
export const PUBLIC_KEY = pair.publicKey
export const PRIVATE_KEY = pair.privateKey
export const EMAIL = 'evals@acme-test.iam.gserviceaccount.com'

export function serviceAccount(url: string, change: object = {}): string {
  return JSON.stringify({
    type: 'service_account',
    project_id: 'acme-test',
    private_key_id: 'key-1',
    private_key: PRIVATE_KEY,
    client_email: EMAIL,
    token_uri: `${url}/token`,
    ...change,
  })
}

export const AWS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: 'session-token-0123456789',
}
export const AWS_ENV = {
  AWS_ACCESS_KEY_ID: AWS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: AWS.secretAccessKey,
  AWS_SESSION_TOKEN: AWS.sessionToken,
  AWS_REGION: 'eu-central-1',
}
export const ENTRA = { tenant: 'tenant-1', client: 'client-1', secret: 'entra-client-secret-0123' }
export const ENTRA_ENV = { AZURE_TENANT_ID: ENTRA.tenant, AZURE_CLIENT_ID: ENTRA.client }
