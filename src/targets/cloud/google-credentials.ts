// Google's credential files: a service account, a user's own login, or the federation of another identity.

import { createPrivateKey } from 'node:crypto'
import type { Json } from '../../domain.ts'
import { isSafeUrl, own } from '../endpoint-parts.ts'
import { at, given, isObject, parseJson, textAt } from '../outside.ts'
import type { GoogleCredentials, SubjectToken } from './cloud.ts'

/** `why` is what was expected instead. */
export type CredentialsRead =
  | { readonly credentials: GoogleCredentials; readonly project?: string }
  | { readonly why: string }

const TOKEN_URL = 'https://oauth2.googleapis.com/token'

export function readGoogleCredentials(text: string): CredentialsRead {
  const file = parseJson(text)
  const type = textAt(file, 'type')
  const read = own(READERS, type ?? '')
  if (read === undefined)
    return {
      why: `the path of a credentials file of type ${Object.keys(READERS).join(', ')}${type === undefined ? '' : `, not ${JSON.stringify(type.slice(0, 60))}`}`,
    }
  const found = read(file)
  return 'why' in found ? found : { credentials: found, ...given({ project: textAt(file, 'project_id') }) }
}

type Reader = (file: Json | undefined) => GoogleCredentials | { readonly why: string }

const READERS: { readonly [type: string]: Reader } = {
  service_account: readServiceAccount,
  authorized_user: readUser,
  external_account: readFederation,
}

function readServiceAccount(file: Json | undefined): ReturnType<Reader> {
  const email = textAt(file, 'client_email')
  const privateKey = textAt(file, 'private_key')
  const tokenUrl = textAt(file, 'token_uri') ?? TOKEN_URL
  if (email === undefined || privateKey === undefined)
    return { why: 'a service account file with client_email and private_key' }
  if (!isRsaKey(privateKey)) return { why: 'a service account file whose private_key is an RSA key in PEM form' }
  if (!isGoogle(tokenUrl)) return foreign('token_uri')
  return { kind: 'service-account', email, privateKey, tokenUrl, ...given({ keyId: textAt(file, 'private_key_id') }) }
}

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

function readUser(file: Json | undefined): ReturnType<Reader> {
  const clientId = textAt(file, 'client_id')
  const clientSecret = textAt(file, 'client_secret')
  const refreshToken = textAt(file, 'refresh_token')
  const tokenUrl = textAt(file, 'token_uri') ?? TOKEN_URL
  if (clientId === undefined || clientSecret === undefined || refreshToken === undefined)
    return { why: 'a file of an authorized user with client_id, client_secret and refresh_token' }
  if (!isGoogle(tokenUrl)) return foreign('token_uri')
  const quotaProject = textAt(file, 'quota_project_id')
  return { kind: 'user', clientId, clientSecret, refreshToken, tokenUrl, ...given({ quotaProject }) }
}

function readFederation(file: Json | undefined): ReturnType<Reader> {
  const audience = textAt(file, 'audience')
  const subjectTokenType = textAt(file, 'subject_token_type')
  const tokenUrl = textAt(file, 'token_url')
  const impersonationUrl = textAt(file, 'service_account_impersonation_url')
  const subject = readSubject(at(file, 'credential_source'))
  if (audience === undefined || subjectTokenType === undefined || tokenUrl === undefined)
    return { why: 'an external_account file with audience, subject_token_type and token_url' }
  if (subject === null)
    return {
      why: 'an external_account file whose credential_source is a file or a https URL (not AWS, not an executable)',
    }
  if (!isGoogle(tokenUrl)) return foreign('token_url')
  if (impersonationUrl !== undefined && !isGoogle(impersonationUrl)) return foreign('service_account_impersonation_url')
  return { kind: 'federation', audience, subjectTokenType, tokenUrl, subject, ...given({ impersonationUrl }) }
}

function readSubject(source: Json | undefined): SubjectToken | null {
  const isJson = textAt(source, 'format', 'type') === 'json'
  const field = isJson ? (textAt(source, 'format', 'subject_token_field_name') ?? '') : undefined
  const path = textAt(source, 'file')
  const url = textAt(source, 'url')
  if (at(source, 'environment_id') !== undefined || field === '') return null
  if (path !== undefined) return { from: 'file', path, ...given({ field }) }
  return url !== undefined && isSafeUrl(url)
    ? { from: 'url', url, headers: texts(at(source, 'headers')), ...given({ field }) }
    : null
}

function texts(value: Json | undefined): { readonly [name: string]: string } {
  const entries = isObject(value) ? Object.entries(value) : []
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Tokens are asked for at Google alone (or at this machine): a file must not send keys or other files elsewhere. */
function isGoogle(url: string): boolean {
  if (!isSafeUrl(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' || hostname === '127.0.0.1' || hostname.endsWith('.googleapis.com')
}

function foreign(field: string): { readonly why: string } {
  return { why: `a credentials file whose ${field} is an address of googleapis.com` }
}
