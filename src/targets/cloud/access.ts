// Shape and access of an endpoint in a cloud. Loaded when the first call of a run goes to one.

import type { Failure, Request } from '../../domain.ts'
import type { Shape } from '../shape.ts'
import { refused, type TokenWorld } from './ask-token.ts'
import { azureShape } from './azure.ts'
import { bedrockConverse } from './bedrock.ts'
import { type AwsKeys, type BedrockCloud, type Cloud, secretsIn } from './cloud.ts'
import { fetchEntraToken } from './entra.ts'
import { fetchGoogleToken } from './google.ts'
import { signatureHeaders } from './sigv4.ts'
import { createTokenSource, type TokenRead } from './token-source.ts'
import { vertexShape } from './vertex.ts'

export type Unsigned = {
  readonly method: string
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}
export type Proof = { readonly headers: { readonly [name: string]: string } } | { readonly failure: Failure }

export type CloudAccess = {
  shapeOf(request: Request): Shape
  /** The headers that prove who asks. */
  prove(unsigned: Unsigned, signal: AbortSignal): Promise<Proof>
}

export function openCloud(cloud: Cloud, world: TokenWorld): CloudAccess {
  for (const secret of secretsIn(cloud)) world.noteSecret(secret)
  switch (cloud.kind) {
    case 'azure': {
      const { login } = cloud
      const prove = login === null ? keyProves : byToken(() => fetchEntraToken(login, world), world)
      return { shapeOf: (request) => azureShape(cloud, request), prove }
    }
    case 'bedrock': {
      const { keys } = cloud
      return { shapeOf: () => bedrockConverse, prove: keys === null ? keyProves : bySignature(cloud, keys, world) }
    }
    case 'vertex': {
      const { credentials } = cloud
      const prove = credentials === null ? keyProves : byToken(() => fetchGoogleToken(credentials, world), world)
      return { shapeOf: (request) => vertexShape(cloud, request), prove }
    }
  }
}

/** The shape has put the endpoint's key into the headers. */
const keyProves: CloudAccess['prove'] = async () => ({ headers: {} })

function byToken(ask: () => Promise<TokenRead>, { clock }: TokenWorld): CloudAccess['prove'] {
  const source = createTokenSource(ask)
  return async (_unsigned, signal) => {
    const read = await source(clock.now(), signal)
    if (read === null) return refused('cancelled', 'the wait for an access token was cancelled')
    return 'failure' in read ? read : { headers: { authorization: `Bearer ${read.token.value}` } }
  }
}

function bySignature({ region }: BedrockCloud, keys: AwsKeys, { clock }: TokenWorld): CloudAccess['prove'] {
  return async ({ method, url, headers, body }) => {
    const { host, pathname } = new URL(url)
    const signed = { 'content-type': headers['content-type'] ?? '' }
    const request = { method, host, path: pathname, headers: signed, body }
    return { headers: signatureHeaders(request, { region, service: 'bedrock', keys, atMs: clock.now() }) }
  }
}
