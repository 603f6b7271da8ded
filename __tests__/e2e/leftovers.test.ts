// What `kill -9` leaves in the temporary folder and in git's list of work trees: the next run that makes work trees removes it, and
// nothing of a run that lives.

import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { git } from '../fakes/git.ts'
import { startFakeLlm } from '../fakes/llm.ts'
import { createRepository } from '../fakes/repository.ts'
import { application, INSTRUCTION } from './application.ts'
import { cli, providers } from './launch.ts'

const RUN = ['run', '--base', 'origin/main', '--head', 'HEAD', '--format', 'json', '--no-cache']

/** An application that waits in its first answer for as long as there is a file, and says so by another. */
async function waiting() {
  const answer = `const { existsSync, writeFileSync } = await import('node:fs')
  if (existsSync(process.env.WAIT)) writeFileSync(process.env.WAIT + '.there', '')
  while (existsSync(process.env.WAIT)) await new Promise((resolve) => setTimeout(resolve, 20))
  return 'Paris'`
  const files = application({ answer, target: ', environment: [WAIT]' })
  const repository = await createRepository({ files })
  await repository.commit({ 'app/prompt.txt': `${INSTRUCTION} Be brief.` }, 'Change', { branch: 'change' })
  const cwd = await repository.cloneFull('change')
  const llm = await startFakeLlm({ seed: 'left' })
  const temporary = join(cwd, '..', 'temporary')
  mkdirSync(temporary)
  const env = { ...providers(llm), TMPDIR: temporary }
  /** A run whose application waits until it is let go; `holds` once it does. */
  const held = (name: string, signal?: NodeJS.Signals) => {
    const wait = join(cwd, '..', name)
    writeFileSync(wait, '')
    const holds = () => existsSync(`${wait}.there`)
    const kill = signal === undefined ? {} : { kill: { when: holds, signal } }
    return { holds, ended: cli(RUN, { cwd, env: { ...env, WAIT: wait }, ...kill }), letGo: () => rmSync(wait) }
  }
  return {
    ...{ cwd, held, run: () => cli(RUN, { cwd, env: { ...env, WAIT: join(cwd, '..', 'none') } }) },
    folders: () => readdirSync(temporary),
    listed: async () => (await git(cwd, ['worktree', 'list', '--porcelain'])).match(/^worktree /gm)?.length ?? 0,
    [Symbol.asyncDispose]: async () => {
      await llm.close()
      await repository[Symbol.asyncDispose]()
    },
  }
}

it('go with the next run, and those of a run that lives stay', async () => {
  await using at = await waiting()
  const first = at.held('first', 'SIGKILL')
  const killed = await first.ended
  first.letGo()
  const [left = ''] = at.folders()
  expect([killed.code, at.folders().length, (await at.listed()) > 1]).toEqual([null, 1, true])
  // Making of a tree was cut off: git keeps it locked, and would do so for ever.
  const admin = join(at.cwd, '.git', 'worktrees')
  for (const name of readdirSync(admin)) writeFileSync(join(admin, name, 'locked'), 'initializing')
  const lives = at.held('lives')
  while (!lives.holds()) await new Promise((resolve) => setTimeout(resolve, 20))
  const own = at.folders()
  expect([own.length, own.includes(left)]).toEqual([1, false])
  const beside = at.held('beside', 'SIGKILL')
  await beside.ended
  beside.letGo()
  expect(at.folders()).toEqual(expect.arrayContaining(own))
  lives.letGo()
  const ended = await lives.ended
  const last = await at.run()
  expect(JSON.parse(ended.stdout).evalSets[0].score).toEqual(JSON.parse(last.stdout).evalSets[0].score)
  expect([ended.code, last.code, at.folders(), await at.listed()]).toEqual([0, 0, [], 1])
})
