// A repository over HTTP as a forge serves it: anybody may read, and a push needs a token that may write.

import { execFileSync, spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { basename, dirname } from 'node:path'
import { gitEnvironment } from './git.ts'

export type GitHttp = {
  /** Of the server: what an action knows as its server. */
  readonly serverUrl: string
  readonly url: string
  /** Authorization headers of each request that writes, as they came. */
  readonly authorizations: (readonly string[])[]
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** @param mayWrite tokens whose pushes are taken; others get what GitHub says to them */
export async function serveGit(bare: string, mayWrite: readonly string[]): Promise<GitHttp> {
  const backend = `${execFileSync('git', ['--exec-path'], { encoding: 'utf8' }).trim()}/git-http-backend`
  const authorizations: (readonly string[])[] = []
  const server = createServer((request, response) => {
    if (!(request.url ?? '').includes('git-receive-pack')) return void cgi(backend, bare, request, response)
    const given = request.rawHeaders.filter(
      (_, at, all) => at % 2 === 1 && all[at - 1]?.toLowerCase() === 'authorization',
    )
    authorizations.push(given)
    const refusal = refusalOf(given, mayWrite)
    if (refusal === null) return void cgi(backend, bare, request, response)
    request.resume()
    response.writeHead(refusal.status, { 'content-type': 'text/plain', ...refusal.headers }).end(refusal.text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const serverUrl = `http://127.0.0.1:${address.port}`
  return {
    ...{ serverUrl, url: `${serverUrl}/${basename(bare)}`, authorizations },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function refusalOf(given: readonly string[], mayWrite: readonly string[]) {
  if (given.length > 1) return { status: 400, text: 'Duplicate header: "Authorization"\n', headers: {} }
  const token = /^basic (.*)$/i.exec(given[0] ?? '')?.[1]
  if (token === undefined) return { status: 401, text: '', headers: { 'www-authenticate': 'Basic realm="GitHub"' } }
  const name = Buffer.from(token, 'base64').toString().replace('x-access-token:', '')
  if (mayWrite.includes(name)) return null
  return { status: 403, text: 'Permission to acme/app.git denied to github-actions[bot].\n', headers: {} }
}

function cgi(backend: string, bare: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const env = {
    ...{ GIT_PROJECT_ROOT: dirname(bare), GIT_HTTP_EXPORT_ALL: '1', PATH_INFO: path, QUERY_STRING: query },
    ...{
      REQUEST_METHOD: request.method ?? '',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_USER: 'bot',
    },
    ...{
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  }
  const child = spawn(backend, [], { env: gitEnvironment(env), stdio: ['pipe', 'pipe', 'ignore'] })
  const out: Buffer[] = []
  request.pipe(child.stdin)
  child.stdin.on('error', () => {})
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.on('close', () => {
    const all = Buffer.concat(out)
    const end = all.indexOf('\r\n\r\n')
    const headers = all
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => line.split(': '))
    const status = Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200)
    const rest = headers.flatMap(([name, value]) =>
      name && value && name !== 'Status' ? [[name, value] as const] : [],
    )
    response.writeHead(status, Object.fromEntries(rest)).end(all.subarray(end + 4))
  })
}
