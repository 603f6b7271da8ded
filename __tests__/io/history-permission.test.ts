// What a forge says to a token that may not write, and what becomes of it.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { git } from '../fakes/git.ts'
import { serveGit } from '../fakes/git-http.ts'
import { lines, open, runs, start } from './history-world.ts'

async function world(mayWrite: readonly string[], token: string | null) {
  const repository = await start()
  await git(repository.bare, ['config', 'http.receivepack', 'true'])
  const server = await serveGit(repository.bare, mayWrite)
  const root = await repository.cloneShallow(1, 'main')
  await git(root, ['remote', 'set-url', 'origin', server.url])
  const authorization = token === null ? {} : { authorization: { serverUrl: server.serverUrl, token } }
  const history = await open(repository, { root, ...authorization })
  const close = async () => {
    await server[Symbol.asyncDispose]()
    await repository[Symbol.asyncDispose]()
  }
  return { repository, server, root, history, [Symbol.asyncDispose]: close }
}

describe('the token of a job', () => {
  it('writes, also where the checkout kept one of its own', async () => {
    await using place = await world(['good'], 'good')
    const kept = Buffer.from('x-access-token:of-the-checkout').toString('base64')
    await git(place.root, ['config', `http.${place.server.serverUrl}/.extraheader`, `AUTHORIZATION: basic ${kept}`])
    expect(await place.history.append(runs(2))).toMatchObject({ state: 'written', where: 'origin' })
    expect(await lines(place.repository)).toHaveLength(2)
    expect(place.server.authorizations.every((given) => given.length === 1)).toBe(true)
    expect(place.server.authorizations.length).toBeGreaterThan(0)
  })

  it('that may not write: refused at once, with the permission by its name', async () => {
    await using place = await world(['good'], 'read-only')
    const written = await place.history.append(runs(2))
    expect(written).toMatchObject({ state: 'refused', why: expect.stringContaining('`permissions: contents: write`') })
    expect(written.state === 'refused' && written.why).toContain('fork')
    expect(JSON.stringify(written)).not.toContain('127.0.0.1')
    expect(place.server.authorizations).toHaveLength(1)
    const left = await readFile(join(place.history.reportDir, 'history', 'runs', '2026-11.jsonl'), 'utf8')
    expect(left.trim().split('\n')).toHaveLength(2)
  })

  it('that is missing: nobody is asked for a password', async () => {
    await using place = await world(['good'], null)
    const written = await place.history.append(runs(1))
    expect(written).toMatchObject({ state: 'refused', why: expect.stringContaining('does not know who is asking') })
  })
})
