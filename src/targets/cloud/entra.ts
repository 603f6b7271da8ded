// Tokens of Microsoft Entra ID for a registered application: by secret, or by the token of another identity.
// Source: Microsoft identity platform, OAuth 2.0 client credentials flow.

import type { Failure } from '../../domain.ts'
import { textAt } from '../outside.ts'
import { askTokenService, readOAuthToken, refused, type TokenWorld } from './ask-token.ts'
import type { EntraLogin } from './cloud.ts'
import type { TokenRead } from './token-source.ts'

const WHO = 'Microsoft Entra ID'
const AUDIENCE = 'api://AzureADTokenExchange'

export async function fetchEntraToken(login: EntraLogin, world: TokenWorld): Promise<TokenRead> {
  const proof = await proofFields(login.proof, world)
  if ('failure' in proof) return proof
  const asked = await askTokenService(
    {
      who: WHO,
      url: `${login.authority}/${login.tenant}/oauth2/v2.0/token`,
      form: { grant_type: 'client_credentials', client_id: login.client, scope: login.scope, ...proof.fields },
    },
    world,
  )
  return 'failure' in asked ? asked : readOAuthToken(asked.body, world, WHO)
}

type Proof = { readonly fields: { readonly [name: string]: string } } | { readonly failure: Failure }

async function proofFields(proof: EntraLogin['proof'], world: TokenWorld): Promise<Proof> {
  if (proof.kind === 'secret') return { fields: { client_secret: proof.secret } }
  if (proof.kind === 'github') return workflowToken(proof, world)
  const text = world.credentialFile(proof.path)?.trim()
  if (!text) return refused('authentication', 'the file that AZURE_FEDERATED_TOKEN_FILE names cannot be read')
  return assertion(text, world)
}

function assertion(token: string, world: TokenWorld): Proof {
  world.noteSecret(token)
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  return { fields: { client_assertion_type: type, client_assertion: token } }
}

async function workflowToken(
  { url, token }: Extract<EntraLogin['proof'], { kind: 'github' }>,
  world: TokenWorld,
): Promise<Proof> {
  const who = "GitHub's token service"
  const asked = await askTokenService(
    {
      who,
      method: 'GET',
      url: `${url}${url.includes('?') ? '&' : '?'}audience=${encodeURIComponent(AUDIENCE)}`,
      headers: { authorization: `Bearer ${token}` },
    },
    world,
  )
  if ('failure' in asked) return asked
  const value = textAt(asked.body, 'value')
  return value ? assertion(value, world) : refused('authentication', `${who} answered without a token`)
}
