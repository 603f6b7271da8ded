// AWS Signature Version 4, in headers. Source: AWS documentation, "Create a signed AWS API request".

import { createHash, createHmac } from 'node:crypto'
import type { AwsKeys } from './cloud.ts'

export type ToSign = {
  readonly method: string
  readonly host: string
  /** As it goes over the wire: it is encoded once more for the signature, so `%3A` is signed as `%253A`. No query. */
  readonly path: string
  /** Every header that is to be signed, beside host, date and session token. */
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

export type Scope = { readonly region: string; readonly service: string; readonly keys: AwsKeys; readonly atMs: number }

const ALGORITHM = 'AWS4-HMAC-SHA256'

/** The headers that make it a signed request: date, session token and signature. */
export function signatureHeaders(request: ToSign, scope: Scope): { readonly [name: string]: string } {
  const { keys, region, service } = scope
  const stamp = new Date(scope.atMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const added: { readonly [name: string]: string } = {
    'x-amz-date': stamp,
    ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken }),
  }
  const headers = canonicalHeaders({ ...request.headers, ...added, host: request.host })
  const names = headers.map(([name]) => name).join(';')
  const credential = [stamp.slice(0, 8), region, service, 'aws4_request']
  const canonical = [
    request.method,
    request.path.split('/').map(encodeSegment).join('/'),
    '',
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    hash(request.body),
  ].join('\n')
  const text = [ALGORITHM, stamp, credential.join('/'), hash(canonical)].join('\n')
  const key = credential.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${keys.secretAccessKey}`)
  const signature = hmac(key, text).toString('hex')
  const parts = [
    `Credential=${keys.accessKeyId}/${credential.join('/')}`,
    `SignedHeaders=${names}`,
    `Signature=${signature}`,
  ]
  return { ...added, authorization: `${ALGORITHM} ${parts.join(', ')}` }
}

function canonicalHeaders(headers: { readonly [name: string]: string }): readonly (readonly [string, string])[] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Everything but the unreserved characters of RFC 3986. */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

function hash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest()
}
