import { createServer as createTcpServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createHttp } from '../../src/io/http.ts'
import { HttpFailure } from '../../src/ports.ts'
import { type Handler, serve } from '../targets/requests.ts'

const http = createHttp({ environment: () => undefined })
let handler: Handler = (_body, response) => response.end('ok')
let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  server = await serve((body, response, request) => handler(body, response, request))
})
afterAll(async () => {
  http.close()
  await server.close()
})
const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof HttpFailure ? error.kind : String(error)),
  )

describe('http', () => {
  it('gives status, lower-case headers and body, and sends UTF-8 with its length', async () => {
    handler = (body, response, request) => {
      response.writeHead(418, { 'X-Said': 'A', 'set-cookie': ['a=1', 'b=2'] })
      response.end(
        JSON.stringify({
          body,
          length: request.headers['content-length'],
          encoding: request.headers['accept-encoding'],
        }),
      )
    }
    const { status, headers, body } = await http({
      method: 'POST',
      url: server.url,
      headers: {},
      body: '{"ü":1}',
      timeoutMs: 60_000,
    })
    expect([status, headers['x-said'], headers['set-cookie']]).toEqual([418, 'A', 'a=1, b=2'])
    expect(JSON.parse(body)).toEqual({ body: '{"ü":1}', length: '8', encoding: 'identity' })
  })

  it('does not follow redirects', async () => {
    let calls = 0
    handler = (_body, response) => {
      calls += 1
      response.writeHead(307, { location: '/elsewhere' }).end()
    }
    const { status } = await http({
      method: 'GET',
      url: server.url,
      headers: { authorization: 'Bearer k' },
      timeoutMs: 60_000,
    })
    expect([status, calls]).toEqual([307, 1])
  })

  it.each([
    ['a body shorter than promised', { 'content-length': '1000' }],
    ['a chunked body cut off', {}],
  ])('%s is truncated, not an answer', async (_name, headers) => {
    handler = (_body, response) => {
      response.writeHead(200, headers)
      response.write('{"half":')
      setTimeout(() => response.destroy(), 20)
    }
    expect(await kindOf(http({ method: 'GET', url: server.url, headers: {}, timeoutMs: 60_000 }))).toBe('truncated')
  })

  it('a body beyond the limit ends early', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x')
    handler = (_body, response) => {
      response.on('error', () => undefined)
      for (let i = 0; i < 40; i++) response.write(chunk)
      response.end()
    }
    const failure = await http({ method: 'GET', url: server.url, headers: {}, timeoutMs: 60_000 }).catch(
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ kind: 'truncated', message: expect.stringContaining('32 MB') })
  })

  it('silence before and in the middle of an answer is a timeout', async () => {
    const open = { method: 'GET' as const, url: server.url, headers: {}, timeoutMs: 100 }
    handler = () => undefined
    expect(await kindOf(http(open))).toBe('timeout')
    handler = (_body, response) => void response.writeHead(200).write('{')
    expect(await kindOf(http(open))).toBe('timeout')
  })

  it('can be cancelled before and during', async () => {
    handler = () => undefined
    const during = new AbortController()
    setTimeout(() => during.abort(), 30)
    const get = { method: 'GET' as const, url: server.url, headers: {}, timeoutMs: 60_000 }
    expect(await kindOf(http({ ...get, signal: during.signal }))).toBe('cancelled')
    expect(await kindOf(http({ ...get, signal: AbortSignal.abort() }))).toBe('cancelled')
  })

  it('a reset and a closed port are connection failures that show no path', async () => {
    handler = (_body, response) => void response.destroy()
    expect(await kindOf(http({ method: 'GET', url: server.url, headers: {}, timeoutMs: 60_000 }))).toBe('connection')
    const failure = await http({
      method: 'GET',
      url: 'http://127.0.0.1:1/secret?key=k',
      headers: {},
      timeoutMs: 60_000,
    }).catch((e: unknown) => e)
    expect(failure).toMatchObject({ kind: 'connection', message: 'no connection to 127.0.0.1:1: ECONNREFUSED' })
  })

  it('a header that cannot be sent fails without showing its value', async () => {
    const headers = { authorization: 'Bearer sk-secret\r\nx: y' }
    const failure = await http({ method: 'GET', url: server.url, headers, timeoutMs: 500 }).catch((e: unknown) => e)
    expect(failure).toMatchObject({ kind: 'connection', message: expect.stringContaining('"authorization"') })
    expect(String(failure)).not.toContain('sk-secret')
  })

  it('keeps connections open', async () => {
    const ports = new Set<number | undefined>()
    handler = (_body, response, request) => {
      ports.add(request.socket.remotePort)
      response.end('ok')
    }
    const own = createHttp({ environment: () => undefined })
    for (let i = 0; i < 5; i++) await own({ method: 'GET', url: server.url, headers: {}, timeoutMs: 60_000 })
    own.close()
    expect(ports.size).toBe(1)
  })
})

describe('a proxy from the environment', () => {
  const saved = { ...process.env }
  afterEach(() => {
    for (const name of ['http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY']) delete process.env[name]
    Object.assign(process.env, saved)
  })

  it('is asked for foreign hosts and not for loopback ones', async () => {
    const asked: string[] = []
    const proxy = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', (data) => {
        asked.push(data.toString('utf8').split('\r\n')[0] ?? '')
        socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as { port: number }
    delete process.env.no_proxy
    delete process.env.NO_PROXY
    process.env.http_proxy = `http://127.0.0.1:${port}`
    const proxied = createHttp({ environment: (name) => process.env[name] })
    handler = (_body, response) => response.end('direct')
    const get = { method: 'GET' as const, headers: {}, timeoutMs: 60_000 }
    expect((await proxied({ ...get, url: server.url })).body).toBe('direct')
    await kindOf(proxied({ ...get, url: 'http://model.invalid/v1' }))
    expect(asked).toEqual(['CONNECT model.invalid:80 HTTP/1.1'])
    proxied.close()
    await new Promise((resolve) => proxy.close(resolve))
  })
})
