// Access tokens of Google Cloud. Sources: Google, "Using OAuth 2.0 for server to server applications" (RFC 7523),
// "Workload identity federation" (RFC 8693), IAM generateAccessToken.

import { createSign } from 'node:crypto'
import type { Failure } from '../../domain.ts'
import { parseJson, textAt } from '../outside.ts'
import { askTokenService, keep, readOAuthToken, refused, type TokenWorld } from './ask-token.ts'
import type { GoogleCredentials, SubjectToken } from './cloud.ts'
import type { TokenRead } from './token-source.ts'

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const WHO = 'Google'
const HOUR_S = 3600

type Of<K extends GoogleCredentials['kind']> = Extract<GoogleCredentials, { kind: K }>

export async function fetchGoogleToken(credentials: GoogleCredentials, world: TokenWorld): Promise<TokenRead> {
  switch (credentials.kind) {
    case 'service-account':
      return oauth(credentials.tokenUrl, world, {
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: signedClaim(credentials, Math.floor(world.clock.now() / 1000)),
      })
    case 'user':
      return oauth(credentials.tokenUrl, world, {
        grant_type: 'refresh_token',
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        refresh_token: credentials.refreshToken,
      })
    case 'federation':
      return federated(credentials, world)
  }
}

async function oauth(url: string, world: TokenWorld, form: { readonly [name: string]: string }): Promise<TokenRead> {
  const asked = await askTokenService({ who: WHO, url, form }, world)
  return 'failure' in asked ? asked : readOAuthToken(asked.body, world, WHO)
}

/** A JSON Web Token that the service account has signed (RS256). */
function signedClaim({ email, privateKey, keyId, tokenUrl }: Of<'service-account'>, nowS: number): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) }
  const claim = { iss: email, scope: SCOPE, aud: tokenUrl, iat: nowS, exp: nowS + HOUR_S }
  const text = [header, claim].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`
}

async function federated(credentials: Of<'federation'>, world: TokenWorld): Promise<TokenRead> {
  const subject = await subjectToken(credentials.subject, world)
  if ('failure' in subject) return subject
  const exchanged = await oauth(credentials.tokenUrl, world, {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: credentials.audience,
    scope: SCOPE,
    subject_token_type: credentials.subjectTokenType,
    subject_token: subject.value,
  })
  const { impersonationUrl } = credentials
  if ('failure' in exchanged || impersonationUrl === undefined) return exchanged
  return impersonated(impersonationUrl, exchanged.token.value, world)
}

async function impersonated(url: string, token: string, world: TokenWorld): Promise<TokenRead> {
  const json = { scope: [SCOPE], lifetime: `${HOUR_S}s` }
  const asked = await askTokenService({ who: WHO, url, headers: { authorization: `Bearer ${token}` }, json }, world)
  if ('failure' in asked) return asked
  const value = textAt(asked.body, 'accessToken')
  if (!value) return refused('authentication', `${WHO} answered without a token`)
  const untilMs = Date.parse(textAt(asked.body, 'expireTime') ?? '')
  return { token: keep(value, Number.isNaN(untilMs) ? world.clock.now() + HOUR_S * 1000 : untilMs, world) }
}

type Subject = { readonly value: string } | { readonly failure: Failure }

async function subjectToken(source: SubjectToken, world: TokenWorld): Promise<Subject> {
  const read = source.from === 'file' ? fromFile(source.path, source.field, world) : await fromUrl(source, world)
  if ('value' in read) world.noteSecret(read.value)
  return read
}

function fromFile(path: string, field: string | undefined, world: TokenWorld): Subject {
  const text = world.credentialFile(path)?.trim()
  const value = text && field !== undefined ? textAt(parseJson(text), field) : text
  return value
    ? { value }
    : refused('authentication', 'the token file that GOOGLE_APPLICATION_CREDENTIALS refers to cannot be read')
}

async function fromUrl(source: Extract<SubjectToken, { from: 'url' }>, world: TokenWorld): Promise<Subject> {
  const who = `the token service at ${new URL(source.url).host}`
  const { url, headers, field } = source
  const asked = await askTokenService({ who, method: 'GET', url, headers, plain: field === undefined }, world)
  if ('failure' in asked) return asked
  const value = field === undefined ? textAt([asked.body], 0) : textAt(asked.body, field)
  return value ? { value } : refused('authentication', `${who} answered without a token`)
}
