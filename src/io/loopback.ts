// A server for children of ours. It listens on 127.0.0.1 alone, on any free port, and bounds what a client can make it hold.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Loopback, LoopbackBody, LoopbackReply } from '../ports.ts'
import { encodingOf, flatHeaders, MAX_BODY_BYTES } from './http-body.ts'
import { loopbackToken } from './loopback-token.ts'

const MAX_CONNECTIONS = 2000
/** A request that dribbles in is cut; answers have no such bound, models take their time. */
const REQUEST_MS = 60_000

/** Longer than any client keeps a connection: one that we close first may be closed just as it is used again. */
const KEEP_ALIVE_MS = 600_000

type Handle = Parameters<Loopback['listen']>[0]

export const systemLoopback: Loopback = {
  token: loopbackToken,
  listen: async (handle) => {
    const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS })
    server.maxConnections = MAX_CONNECTIONS
    server.keepAliveTimeout = KEEP_ALIVE_MS
    server.on('request', (request: IncomingMessage, response: ServerResponse) => receive(request, response, handle))
    server.on('clientError', (_error, socket) => socket.destroy())
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    const { port } = server.address() as AddressInfo
    const close = () => {
      server.close()
      server.closeAllConnections()
    }
    return { url: `http://127.0.0.1:${port}`, close }
  },
}

function receive(request: IncomingMessage, response: ServerResponse, handle: Handle): void {
  const reply = replyTo(response)
  const fail = (status: number, message: string) => {
    if (response.headersSent) return reply.cut()
    reply.start(status, { 'content-type': 'application/json', connection: 'close' })
    reply
      .write(JSON.stringify({ error: { message, type: 'parity_proxy', code: null, param: null } }))
      .catch(() => undefined)
    reply.end()
  }
  request.on('error', () => undefined)
  response.on('error', () => undefined)
  bodyOf(request).then(async (bytes) => {
    const body = bytes === null ? 'too-large' : await readBody(request, bytes)
    const { method = '' } = request
    const path = pathOf(request)
    // Nobody reads the rest of it.
    if (!request.complete) response.setHeader('connection', 'close')
    await handle({ method, path, headers: flatHeaders(request), body }, reply).catch((error: unknown) =>
      fail(500, `Prompt Parity's proxy failed: ${error instanceof Error ? error.message : String(error)}`),
    )
    if (!request.complete) request.destroy()
  })
}

/**
 * Some clients name the whole address, as to a proxy of the network (RFC 9112, 3.2.2). It is ours where the host is; of another host
 * it stays as it is, and is no path of ours.
 */
function pathOf({ url = '/', socket }: IncomingMessage): string {
  const [, host, path = ''] = /^http:\/\/([^/?#]*)(.*)$/i.exec(url) ?? []
  const ours = [`127.0.0.1:${socket.localPort}`, `localhost:${socket.localPort}`]
  if (host === undefined || !ours.includes(host.toLowerCase())) return url
  return path.startsWith('/') ? path : `/${path}`
}

/** Null as soon as it is longer than any request may be. */
function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size <= MAX_BODY_BYTES) chunks.push(chunk)
      else {
        chunks.length = 0
        resolve(null)
      }
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
  })
}

async function readBody(request: IncomingMessage, bytes: Buffer): Promise<LoopbackBody> {
  const said = (request.headers['content-encoding'] ?? '').trim().toLowerCase()
  if (said === '' || said === 'identity') return { bytes, text: bytes.toString('utf8') }
  const encoding = encodingOf(request)
  if (encoding === undefined) return 'not-decoded'
  const { decoded } = await import('./http-decode.ts')
  try {
    const plain = await decoded(bytes, encoding, MAX_BODY_BYTES)
    return plain === null ? 'too-large' : { bytes, text: plain.toString('utf8') }
  } catch {
    return 'not-decoded'
  }
}

function replyTo(response: ServerResponse): LoopbackReply {
  const gone = new AbortController()
  response.on('close', () => {
    if (!response.writableFinished) gone.abort()
  })
  return {
    start: (status, headers) => {
      if (!response.headersSent && !response.destroyed) response.writeHead(status, headers)
    },
    write: (chunk) => written(response, chunk),
    end: () => void response.end(),
    cut: () => void response.destroy(),
    gone: gone.signal,
  }
}

/** Waits while the client does not read; nobody reads more of one that is over, or whose client went away. */
function written(response: ServerResponse, chunk: Uint8Array | string): Promise<void> {
  if (response.destroyed || response.writableEnded || response.write(chunk)) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.once('drain', done)
    response.once('close', done)
  })
}
