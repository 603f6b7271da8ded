// What a name of `models:` is said to stand for satisfies the policy, and nobody can check it here: it is listed.

import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { listedChanges } from '../../src/listed-changes.ts'
import { memoryTree } from '../fakes/tree.ts'

const config = (models: string) => loadConfig(memoryTree({ 'parity.yaml': `models: ${models}\n` }))
const listed = async (base: string, head: string) =>
  listedChanges(await config(base), await config(head)).map(({ rule, level, message }) => `${rule} ${level} ${message}`)

it('names that are new, changed or removed are listed', async () => {
  const good = '{ "mygw/good": "openai/gpt-4.1" }'
  const says = (now: string, before: string) => [
    `loosened-gate note The name \`mygw/good\` stands for ${now} in this pull request, and for ${before} in the base.`,
  ]
  expect(await listed('{}', good)).toEqual(says('openai/gpt-4.1', 'nothing'))
  expect(await listed(good, '{}')).toEqual(says('nothing', 'openai/gpt-4.1'))
  const both = '{ "mygw/good": { base: "openai/gpt-4.1", head: "openai/o3" } }'
  expect(await listed(good, both)).toEqual(says('openai/gpt-4.1 (base), openai/o3 (head)', 'openai/gpt-4.1'))
  expect(await listed(good, good)).toEqual([])
})
