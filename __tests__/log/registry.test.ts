// The registry that the history branch carries, as the shipped `log` shows it.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { historyFiles } from '../../src/drift/history-files.ts'
import { createHistoryBranch } from '../../src/io/history-branch.ts'
import { cli } from '../commands/cli.ts'
import { figuresOf, runRecord } from '../fakes/drift-records.ts'
import { createMemoryStore } from '../fakes/memory-store.ts'
import { createRepository } from '../fakes/repository.ts'
import { logOf } from './history.ts'

const NOW = Date.parse('2026-11-28T06:00:00Z')

it('scores and costs of the branch stand beside their version, in a clone and in a shallow checkout', async () => {
  await using repository = await createRepository({ files: { 'prompts/a.md': 'Answer in one sentence.\n' } })
  await repository.commit({ 'prompts/a.md': 'Answer in one sentence. Be kind.\n' }, 'kinder')
  const [newest, oldest] = (await logOf(repository, 'prompts/a.md')).versions
  const hash = `${newest?.hash}${'0'.repeat(52)}`
  const root = await repository.cloneShallow(1, 'main')
  const history = createHistoryBranch({
    root,
    store: createMemoryStore(),
    reportDir: join(root, '.parity'),
    now: () => NOW,
  })
  const figures = figuresOf([1], { score: 91.5, costUsd: '0.0012' })
  const run = runRecord({ at: '2026-11-27T05:00:00Z', evalSet: 'answers', prompt: hash, figures })
  const prompt = { prompt: 'prompts/a.md', symbol: null, hash, owner: null, reason: 'kinder', model: 'openai/gpt-4.1' }
  await history.append(
    [run],
    historyFiles({ prompts: [{ ...prompt, evalSets: ['answers'] }], config: 'parity.yaml', now: NOW }),
  )
  for (const cwd of [await repository.cloneFull(), root]) {
    const { code, stdout } = await cli(cwd, ['log', 'prompts/a.md', '--format', 'json'])
    expect(code).toBe(0)
    const { versions } = JSON.parse(stdout)
    expect(versions[0]).toMatchObject({
      ...{ hash: newest?.hash, score: 91.5, costUsd: '0.0012' },
      recorded: [{ evalSet: 'answers', model: 'openai/gpt-4.1', at: '2026-11-27T05:00:00Z', source: 'history' }],
    })
    if (cwd !== root) expect(versions[1]).toMatchObject({ hash: oldest?.hash, score: null, costUsd: null })
  }
})
