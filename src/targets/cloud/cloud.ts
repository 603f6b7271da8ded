// How calls to the three clouds prove who they are. Secrets in here must never reach a message, a report or the record.

export type Cloud = AzureCloud | BedrockCloud | VertexCloud

/** `apiVersion` null: the v1 path, which has none. `login` null: the endpoint's key is sent, as `keyIn` says. */
export type AzureCloud = {
  readonly kind: 'azure'
  readonly apiVersion: string | null
  readonly keyIn: 'api-key' | 'bearer'
  readonly login: EntraLogin | null
}

export type EntraLogin = {
  readonly authority: string
  readonly tenant: string
  readonly client: string
  readonly scope: string
  readonly proof:
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'file'; readonly path: string }
    /** An OpenID token of the workflow run, asked for at GitHub. */
    | { readonly kind: 'github'; readonly url: string; readonly token: string }
}

/** `keys` null: the endpoint's key is a Bedrock API key. */
export type BedrockCloud = { readonly kind: 'bedrock'; readonly region: string; readonly keys: AwsKeys | null }

export type AwsKeys = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** `credentials` null: the endpoint's key is an access token. */
export type VertexCloud = {
  readonly kind: 'vertex'
  readonly project: string
  readonly location: string
  readonly credentials: GoogleCredentials | null
}

export type GoogleCredentials =
  | {
      readonly kind: 'service-account'
      readonly email: string
      readonly privateKey: string
      readonly keyId?: string
      readonly tokenUrl: string
    }
  | {
      readonly kind: 'user'
      readonly clientId: string
      readonly clientSecret: string
      readonly refreshToken: string
      readonly tokenUrl: string
      readonly quotaProject?: string
    }
  | {
      readonly kind: 'federation'
      readonly audience: string
      readonly subjectTokenType: string
      readonly tokenUrl: string
      readonly subject: SubjectToken
      readonly impersonationUrl?: string
    }

/** Where a workload's own token comes from, as text or as a field of JSON. */
export type SubjectToken = {
  readonly field?: string
} & (
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'url'; readonly url: string; readonly headers: { readonly [name: string]: string } }
)

/** Everything secret that an endpoint of a cloud is configured with. */
export function secretsIn(cloud: Cloud): readonly string[] {
  switch (cloud.kind) {
    case 'azure': {
      const proof = cloud.login?.proof
      return proof?.kind === 'secret' ? [proof.secret] : proof?.kind === 'github' ? [proof.token] : []
    }
    case 'bedrock':
      return cloud.keys === null ? [] : [cloud.keys.secretAccessKey, cloud.keys.sessionToken ?? ''].filter(Boolean)
    case 'vertex':
      return cloud.credentials === null ? [] : googleSecrets(cloud.credentials)
  }
}

function googleSecrets(credentials: GoogleCredentials): readonly string[] {
  if (credentials.kind === 'service-account') return keyLines(credentials.privateKey)
  if (credentials.kind === 'user') return [credentials.clientSecret, credentials.refreshToken]
  const { subject } = credentials
  return subject.from === 'url' ? Object.values(subject.headers) : []
}

/** A key in PEM form is as secret in its lines. */
function keyLines(pem: string): readonly string[] {
  return [pem, ...pem.split(/\r?\n/).filter((line) => /^[A-Za-z0-9+/=]{16,}$/.test(line))]
}
