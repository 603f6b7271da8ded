import { createServer as createTcpServer } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
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

  describe('compressed although nobody asked for it', () => {
    const text = JSON.stringify({ said: 'ü'.repeat(5000) })
    const ways: readonly (readonly [string, Buffer])[] = [
      ['gzip', gzipSync(text)],
      ['GZIP', gzipSync(text)],
      ['deflate', deflateSync(text)],
      ['br', brotliCompressSync(text)],
    ]
    const answer = (encoding: string, bytes: Buffer, length = bytes.length) => {
      handler = (_body, response) => {
        response.writeHead(200, { 'content-encoding': encoding, 'content-length': length })
        response.write(bytes)
        if (length === bytes.length) response.end()
        else setTimeout(() => response.destroy(), 20)
      }
    }
    const request = () => ({ method: 'GET' as const, url: server.url, headers: {}, timeoutMs: 60_000 })

    it.each(ways)('%s is read, as a whole and in pieces', async (encoding, bytes) => {
      answer(encoding, bytes)
      const { body, headers } = await http(request())
      expect([body, headers['content-encoding'], headers['content-length']]).toEqual([text, undefined, undefined])
      const { chunks, headers: open } = await http.open(request())
      const pieces: Uint8Array[] = []
      for await (const chunk of chunks) pieces.push(chunk)
      expect([Buffer.concat(pieces).toString('utf8'), open['content-encoding']]).toEqual([text, undefined])
    })

    it.each<[string, string, Buffer, number | undefined]>([
      ['cut off', 'gzip', gzipSync(text).subarray(0, 40), 90],
      ['whole, but for the end of what was compressed', 'gzip', gzipSync(text).subarray(0, 40), undefined],
      ['damaged', 'br', Buffer.from('no such thing'), undefined],
      ['a bomb', 'gzip', gzipSync(Buffer.alloc(40 * 1024 * 1024)), undefined],
    ])('%s, it is truncated, not an answer', async (_name, encoding, bytes, length) => {
      answer(encoding, bytes, length)
      expect(await kindOf(http(request()))).toBe('truncated')
    })

    it('an encoding that nobody knows is left as it is', async () => {
      answer('constructor', Buffer.from('as it is'))
      const { body, headers } = await http(request())
      expect([body, headers['content-encoding']]).toEqual(['as it is', 'constructor'])
    })
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

  it('a reset after the request and a closed port are told apart, and show no path', async () => {
    handler = (_body, response) => void response.destroy()
    const get = { method: 'GET' as const, url: `${server.url}/secret`, headers: {}, timeoutMs: 60_000 }
    const { host } = new URL(server.url)
    expect(await http(get).catch((e: unknown) => e)).toMatchObject({
      kind: 'reset',
      message: `${host} broke the connection before it answered: ECONNRESET`,
    })
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

  describe('a stream whose last event is there', () => {
    const EVENT = 'data: last\n\n'
    const ask = () => {
      let heard = ''
      const isLast = (piece: Uint8Array) => {
        heard += Buffer.from(piece).toString()
        return heard.endsWith(EVENT)
      }
      return http({ method: 'GET', url: server.url, headers: {}, timeoutMs: 60_000, isLast })
    }
    const begin = (response: Parameters<Handler>[1], type = 'text/event-stream; charset=utf-8') => {
      response.writeHead(200, { 'content-type': type })
      response.write('data: first\n\nda')
      setTimeout(() => response.write('ta: last\n\n'), 20)
    }

    it('is an answer, though its connection stays open, which is then closed', async () => {
      let closed = false
      handler = (_body, response) => {
        response.on('close', () => {
          closed = true
        })
        begin(response)
      }
      expect((await ask()).body).toBe(`data: first\n\n${EVENT}`)
      await expect.poll(() => closed, { interval: 10, timeout: 20_000 }).toBe(true)
    })

    it('is an answer, though its connection breaks afterwards', async () => {
      handler = (_body, response) => {
        begin(response)
        setTimeout(() => response.destroy(), 60)
      }
      expect((await ask()).body).toBe(`data: first\n\n${EVENT}`)
    })

    it('leaves the connection to the next call where it ends in time', async () => {
      const ports = new Set<number | undefined>()
      handler = (_body, response, request) => {
        ports.add(request.socket.remotePort)
        begin(response)
        setTimeout(() => response.end(), 40)
      }
      // Not each time where the machine is busy; where it were closed with the last event, never.
      const asks = 6
      for (let i = 0; i < asks; i++) {
        await ask()
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      expect(ports.size).toBeLessThan(asks)
    })

    it('is waited for where it is no stream, and where it breaks before', async () => {
      handler = (_body, response) => {
        begin(response, 'application/json')
        setTimeout(() => response.destroy(), 60)
      }
      expect(await kindOf(ask())).toBe('truncated')
      handler = (_body, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write('data: first\n\n')
        setTimeout(() => response.destroy(), 20)
      }
      expect(await kindOf(ask())).toBe('truncated')
    })
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
    for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'])
      delete process.env[name]
    Object.assign(process.env, saved)
  })

  type Head = readonly string[]
  /** Speaks as little of it as a test needs; `answer` is what it says to the head of a request. */
  async function proxyThat(answer: (head: Head) => string) {
    const asked: Head[] = []
    const proxy = createTcpServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', (data) => {
        const head = data.toString('utf8').split('\r\n')
        asked.push(head)
        socket.end(answer(head))
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as { port: number }
    for (const name of ['no_proxy', 'NO_PROXY', 'HTTP_PROXY', 'HTTPS_PROXY']) delete process.env[name]
    process.env.http_proxy = `http://me:p%40ss@127.0.0.1:${port}`
    process.env.https_proxy = process.env.http_proxy
    const proxied = createHttp({ environment: (name) => process.env[name] })
    const close = () => {
      proxied.close()
      return new Promise((resolve) => proxy.close(resolve))
    }
    return { asked, proxied, port, close }
  }
  const get = { method: 'GET' as const, headers: {}, timeoutMs: 60_000 }
  const OWN = `proxy-authorization: Basic ${Buffer.from('me:p@ss').toString('base64')}`

  it('is asked for whole URLs where nothing is encrypted, and never for loopback hosts', async () => {
    const { asked, proxied, close } = await proxyThat(() => 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
    handler = (_body, response) => response.end('direct')
    expect((await proxied({ ...get, url: server.url })).body).toBe('direct')
    expect(asked).toEqual([])
    expect((await proxied({ ...get, url: 'http://model.invalid:8080/v1?x=1' })).body).toBe('ok')
    expect(asked[0]?.[0]).toBe('GET http://model.invalid:8080/v1?x=1 HTTP/1.1')
    expect(asked[0]?.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))).toEqual(
      expect.arrayContaining(['host: model.invalid:8080', OWN]),
    )
    await close()
  })

  it.each([403, 407, 502])(
    'that refuses a tunnel with %s is no answer of the host, and its password is not said',
    async (status) => {
      const { asked, proxied, port, close } = await proxyThat(
        () => `HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`,
      )
      const failure = await proxied({ ...get, url: 'https://model.invalid/v1' }).catch((error: unknown) => error)
      expect(asked[0]?.[0]).toBe('CONNECT model.invalid:443 HTTP/1.1')
      expect(failure).toMatchObject({
        kind: 'connection',
        message: `no connection to model.invalid: the proxy 127.0.0.1:${port} refused it with status ${status}`,
      })
      await close()
    },
  )
})
