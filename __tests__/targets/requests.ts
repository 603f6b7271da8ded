// Small requests and servers for the tests of targets and run.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Request, Trial } from '../../src/domain.ts'
import { requestHash } from '../../src/targets/request.ts'
import type { Endpoint } from '../../src/targets/shape.ts'

export function request(parts: Partial<Omit<Request, 'hash' | 'segments'>> = {}): Request {
  const asked = {
    kind: 'model' as const,
    provider: 'openai',
    model: 'gpt-4.1',
    endpoint: 'chat' as const,
    messages: [{ role: 'user' as const, content: 'Hello' }],
    parameters: {},
    ...parts,
  }
  return { ...asked, hash: requestHash(asked), segments: [] }
}

export function trial(parts: Partial<Trial> = {}): Trial {
  return { evalSet: 'set', caseId: 'c1', side: 'head', step: 'pass', index: 0, ...parts }
}

export function endpoint(parts: Partial<Endpoint> = {}): Endpoint {
  return {
    provider: 'openai',
    kind: 'openai',
    baseUrl: 'https://api.openai.com/v1',
    headers: {},
    key: { name: 'OPENAI_API_KEY', value: 'sk-secret-value' },
    ...parts,
  }
}

export function chatBody(text: string, extra: object = {}): string {
  return JSON.stringify({
    id: 'chatcmpl-1',
    model: 'gpt-4.1-2025-04-14',
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
    ...extra,
  })
}

export type Handler = (body: string, response: ServerResponse, request: IncomingMessage) => void

/** A server on the loopback interface; `close` ends its connections, too. */
export async function serve(handler: Handler): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => handler(Buffer.concat(chunks).toString('utf8'), response, incoming))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
