// The token services beside the model providers: Microsoft Entra ID, Google's OAuth and STS, GitHub's OpenID tokens. Each
// request is checked against what the services publish; what they issue is what the model routes accept.

import { createPublicKey, createVerify } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export type AwsAccount = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly region: string
}
export type FakeClouds = {
  readonly aws?: AwsAccount
  readonly entra?: {
    readonly tenant: string
    readonly client: string
    readonly secret?: string
    /** The token of another identity that is taken for a proof. */
    readonly assertion?: string
    readonly scope?: string
  }
  readonly google?: {
    readonly email?: string
    readonly publicKey?: string
    readonly refreshToken?: string
    /** The token of another identity, and the pool that it is exchanged in. */
    readonly subject?: string
    readonly audience?: string
  }
  /** What an OpenID token of a workflow run is asked for with, and the token. */
  readonly github?: { readonly requestToken: string; readonly token: string }
  /** Life of the tokens; default an hour. */
  readonly tokenSeconds?: number
  /** Answers of the services, in this order, before they work. */
  readonly tokenStatuses?: number[]
}
export type IssuedTokens = Map<string, 'entra' | 'google'>

export type TokenAsked = {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
export type TokenAnswer = { readonly status: number; readonly body: unknown; readonly violation?: string }

/** Undefined when the address is none of a token service. */
export function issueToken(clouds: FakeClouds, tokens: IssuedTokens, asked: TokenAsked): TokenAnswer | undefined {
  const path = asked.url.split('?')[0] ?? ''
  const service = SERVICES.find(([shape]) => shape.test(path))?.[1]
  if (service === undefined) return undefined
  const status = clouds.tokenStatuses?.shift()
  if (status !== undefined) return { status, body: { error: 'temporarily_unavailable' } }
  return service(clouds, tokens, { ...asked, path, form: new URLSearchParams(asked.body) })
}

type Asked = TokenAsked & { readonly path: string; readonly form: URLSearchParams }
type Service = (clouds: FakeClouds, tokens: IssuedTokens, asked: Asked) => TokenAnswer

const SERVICES: readonly (readonly [RegExp, Service])[] = [
  [/\/oauth2\/v2\.0\/token$/, entra],
  [/^\/token$/, oauth],
  [/^\/v1\/token$/, exchange],
  [/:generateAccessToken$/, impersonate],
  [/^\/oidc$/, workflow],
]

function grant(clouds: FakeClouds, tokens: IssuedTokens, issuer: 'entra' | 'google'): TokenAnswer {
  const token = `${issuer}-temporary-token-${tokens.size + 1}`
  tokens.set(token, issuer)
  const expires = clouds.tokenSeconds ?? 3600
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: expires } }
}

function deny(status: number, error: string, violation: string): TokenAnswer {
  return { status, body: { error, error_description: `${error}: ${violation}` }, violation }
}

const isForm = ({ method, headers }: Asked) =>
  method === 'POST' && headers['content-type'] === 'application/x-www-form-urlencoded'

function entra(clouds: FakeClouds, tokens: IssuedTokens, asked: Asked): TokenAnswer {
  const { entra: known } = clouds
  const { form, path } = asked
  if (!known || !isForm(asked)) return deny(400, 'invalid_request', 'no form')
  if (path !== `/${known.tenant}/oauth2/v2.0/token`) return deny(400, 'invalid_request', 'another tenant')
  const scope = known.scope ?? 'https://cognitiveservices.azure.com/.default'
  if (form.get('grant_type') !== 'client_credentials' || form.get('scope') !== scope)
    return deny(400, 'invalid_scope', `grant ${form.get('grant_type')} scope ${form.get('scope')}`)
  const bySecret = known.secret !== undefined && form.get('client_secret') === known.secret
  const byAssertion =
    known.assertion !== undefined &&
    form.get('client_assertion') === known.assertion &&
    form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  if (form.get('client_id') !== known.client || !(bySecret || byAssertion)) {
    const description = 'AADSTS7000215: Invalid client secret provided.'
    return { status: 401, body: { error: 'invalid_client', error_description: description } }
  }
  return grant(clouds, tokens, 'entra')
}

function oauth(clouds: FakeClouds, tokens: IssuedTokens, asked: Asked): TokenAnswer {
  const { google } = clouds
  const { form } = asked
  if (!google || !isForm(asked)) return deny(400, 'invalid_request', 'no form')
  if (form.get('grant_type') === 'refresh_token') {
    const isKnown = google.refreshToken !== undefined && form.get('refresh_token') === google.refreshToken
    const isWhole = form.get('client_id') && form.get('client_secret')
    return isKnown && isWhole ? grant(clouds, tokens, 'google') : deny(400, 'invalid_grant', 'refresh token')
  }
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
    return deny(400, 'unsupported_grant_type', `grant ${form.get('grant_type')}`)
  const wrong = wrongJwt(form.get('assertion') ?? '', google, `http://${asked.headers.host}/token`)
  return wrong === null ? grant(clouds, tokens, 'google') : deny(400, 'invalid_grant', wrong)
}

/** A service account's claim: RS256, its own name, our address, the cloud scope, at most an hour. */
function wrongJwt(jwt: string, known: NonNullable<FakeClouds['google']>, audience: string): string | null {
  const [head = '', claim = '', signature = ''] = jwt.split('.')
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  if (head === '' || claim === '' || known.publicKey === undefined) return 'no JWT'
  const verify = createVerify('RSA-SHA256').update(`${head}.${claim}`)
  if (!verify.verify(createPublicKey(known.publicKey), signature, 'base64url')) return 'JWT signature'
  if (read(head).alg !== 'RS256' || read(head).typ !== 'JWT') return 'JWT header'
  const { iss, aud, scope, iat, exp } = read(claim)
  if (iss !== known.email) return `JWT iss ${iss}`
  if (aud !== audience) return `JWT aud ${aud}`
  if (scope !== 'https://www.googleapis.com/auth/cloud-platform') return `JWT scope ${scope}`
  const nowS = Date.now() / 1000
  const isTimely = typeof iat === 'number' && typeof exp === 'number' && Math.abs(iat - nowS) < 300 && exp - iat <= 3600
  return isTimely ? null : 'JWT iat or exp'
}

function exchange(clouds: FakeClouds, tokens: IssuedTokens, asked: Asked): TokenAnswer {
  const { google } = clouds
  const { form } = asked
  const names = ['grant_type', 'requested_token_type', 'audience', 'scope', 'subject_token_type', 'subject_token']
  const missing = names.find((name) => !form.get(name))
  if (!google || !isForm(asked) || missing) return deny(400, 'invalid_request', `no ${missing ?? 'form'}`)
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:token-exchange')
    return deny(400, 'unsupported_grant_type', `grant ${form.get('grant_type')}`)
  if (form.get('subject_token') !== google.subject || form.get('audience') !== google.audience)
    return deny(400, 'invalid_grant', 'subject token or audience')
  return grant(clouds, tokens, 'google')
}

function impersonate(clouds: FakeClouds, tokens: IssuedTokens, asked: Asked): TokenAnswer {
  const bearer = /^Bearer (\S+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? ''
  if (tokens.get(bearer) !== 'google') return deny(403, 'PERMISSION_DENIED', 'impersonation without a token')
  const body = JSON.parse(asked.body) as { scope?: unknown; lifetime?: unknown }
  if (!Array.isArray(body.scope) || body.lifetime !== '3600s') return deny(400, 'INVALID_ARGUMENT', 'scope or lifetime')
  const { access_token } = grant(clouds, tokens, 'google').body as { access_token: string }
  const expireTime = new Date(Date.now() + (clouds.tokenSeconds ?? 3600) * 1000).toISOString()
  return { status: 200, body: { accessToken: access_token, expireTime } }
}

function workflow(clouds: FakeClouds, _tokens: IssuedTokens, asked: Asked): TokenAnswer {
  const { github } = clouds
  const audience = new URL(asked.url, 'http://host').searchParams.get('audience')
  if (asked.method !== 'GET' || !github || asked.headers.authorization !== `Bearer ${github.requestToken}`)
    return deny(401, 'unauthorized', 'request token')
  if (audience === null) return deny(400, 'bad_request', 'no audience')
  return { status: 200, body: { value: github.token, count: 1 } }
}
