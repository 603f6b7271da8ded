// Bedrock's Converse, with its signature checked here by code of its own.

import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Body, FakeMessage, FullAnswer } from './llm-answers.ts'
import type { AwsAccount } from './llm-clouds.ts'
import { type ErrorAnswer, type ErrorFacts, type Shape, type Signed, textOf } from './llm-shape.ts'

const STOP = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'content_filtered',
  refusal: 'end_turn',
} as const

function error(facts: ErrorFacts): ErrorAnswer {
  const make = (status: number, type: string, message: string) => ({
    status,
    body: { message },
    headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
  })
  const invalid = (message: string) => make(400, 'ValidationException', message)
  switch (facts.kind) {
    case 'missing-key':
      return make(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
    case 'wrong-key':
    case 'missing-version':
      return make(403, 'InvalidSignatureException', 'The request signature we calculated does not match.')
    case 'bad-json':
      return make(400, 'SerializationException', 'The body is no JSON object.')
    case 'unknown-parameter':
      return invalid(`Malformed input request: #: extraneous key [${facts.parameter}] is not permitted.`)
    case 'invalid':
      return invalid(facts.message ?? 'invalid request')
    case 'unknown-model':
      return invalid('The provided model identifier is invalid.')
    case 'rate-limit':
      return make(429, 'ThrottlingException', 'Too many requests, please wait before trying again.')
    case 'quota':
      return make(429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.')
    case 'server-error':
      return make(facts.status ?? 500, 'InternalServerException', 'The system encountered an unexpected error.')
    case 'overloaded':
      return make(503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.')
    case 'forbidden':
      return make(403, 'AccessDeniedException', 'User is not authorized to perform: bedrock:InvokeModel')
    case 'content-filter':
      return invalid('The model returned the following errors: Output blocked by content filtering policy')
    case 'unsupported-parameter':
      return invalid(`The model returned the following errors: \`${facts.parameter}\` is not supported for this model.`)
    case 'context-too-long':
      return invalid('Input is too long for requested model.')
  }
}

/** Either an API key, or a signature that has to be right to the last bit. */
function key(headers: IncomingHttpHeaders, signed: Signed) {
  const said = headers.authorization ?? ''
  const bearer = /^Bearer (\S+)$/.exec(said)?.[1]
  if (bearer !== undefined) return { key: bearer }
  if (!said.startsWith('AWS4-HMAC-SHA256 ')) return {}
  const { aws } = signed
  const violation = aws === undefined ? 'no account to check the signature with' : wrongSignature(headers, signed, aws)
  return violation === null ? { key: aws?.accessKeyId ?? '' } : { violation }
}

function wrongSignature(headers: IncomingHttpHeaders, signed: Signed, aws: AwsAccount): string | null {
  const parts = /Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    headers.authorization ?? '',
  )
  if (parts === null) return 'a signature header of another form'
  const [, credential = '', list = '', signature = ''] = parts
  const [id = '', ...scope] = credential.split('/')
  const stamp = String(headers['x-amz-date'])
  if (id !== aws.accessKeyId) return 'another access key'
  if (scope.join('/') !== `${stamp.slice(0, 8)}/${aws.region}/bedrock/aws4_request`) return `scope ${scope.join('/')}`
  if (!isNow(stamp)) return `signed at ${stamp}`
  if (headers['x-amz-security-token'] !== aws.sessionToken) return 'another session token'
  const names = list.split(';')
  const must = ['host', ...Object.keys(headers).filter((name) => /^(content-type|x-amz-)/.test(name))]
  const unsigned = must.find((name) => !names.includes(name))
  if (unsigned !== undefined) return `${unsigned} is not signed`
  if (names.join() !== [...names].sort().join()) return 'signed headers out of order'
  return signature === expected(headers, signed, { names, scope, stamp, secret: aws.secretAccessKey })
    ? null
    : 'wrong signature'
}

function isNow(stamp: string): boolean {
  const iso = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return Math.abs(Date.parse(iso) - Date.now()) < 300_000
}

type Parts = {
  readonly names: readonly string[]
  readonly scope: readonly string[]
  readonly stamp: string
  readonly secret: string
}

function expected(headers: IncomingHttpHeaders, { method, path, rawBody }: Signed, parts: Parts): string {
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const mac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest()
  // The path is encoded twice: once for the wire, once for the signature.
  const twice = path.replaceAll('%', '%25')
  const lines = parts.names.map((name) => `${name}:${String(headers[name]).trim().replace(/\s+/g, ' ')}\n`).join('')
  const canonical = `${method}\n${twice}\n\n${lines}\n${parts.names.join(';')}\n${sha(rawBody)}`
  let secret: string | Buffer = `AWS4${parts.secret}`
  for (const part of parts.scope) secret = mac(secret, part)
  const text = `AWS4-HMAC-SHA256\n${parts.stamp}\n${parts.scope.join('/')}\n${sha(canonical)}`
  return mac(secret, text).toString('hex')
}

function contentOf(answer: FullAnswer): readonly Body[] {
  const calls = answer.toolCalls.map((call, index) => ({
    toolUse: { toolUseId: `tooluse_${answer.id}${index}`, name: call.name, input: call.arguments },
  }))
  return [...(answer.text === '' ? [] : [{ text: answer.text }]), ...calls]
}

export const bedrock: Shape = {
  api: 'converse',
  schema: { file: 'bedrock', request: 'ConverseRequest', answer: 'ConverseResponse' },
  key,
  notParameters: ['messages', 'system'],
  read: (body, pathModel) => {
    const turns = (Array.isArray(body.messages) ? body.messages : []) as readonly Body[]
    const system = Array.isArray(body.system) ? [{ role: 'system', content: body.system }] : []
    const messages: readonly FakeMessage[] = [...system, ...turns].map((turn: Body) => ({
      role: String(turn.role),
      content: textOf(turn.content),
    }))
    const limit = (body.inferenceConfig as Body | undefined)?.maxTokens
    return {
      model: pathModel ?? '',
      messages,
      outputLimit: typeof limit === 'number' ? limit : undefined,
      cachePrefix: null,
    }
  },
  answer: (answer) => {
    const usage = answer.usage
    return {
      output: { message: { role: 'assistant', content: contentOf(answer) } },
      stopReason: STOP[answer.finish],
      ...(usage
        ? {
            usage: {
              inputTokens: usage.input - usage.cached - usage.cacheWrite,
              outputTokens: usage.output,
              totalTokens: usage.input + usage.output,
              cacheReadInputTokens: usage.cached,
              cacheWriteInputTokens: usage.cacheWrite,
            },
          }
        : {}),
      metrics: { latencyMs: 12 },
    }
  },
  error,
}
