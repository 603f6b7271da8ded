// What `init` of the shipped program writes in every kind of repository that it knows.

import { describe, it } from 'vitest'
import { KINDS } from '../commands/init-repositories.ts'
import { expectReady } from './init-ready.ts'

describe('init from dist/', () => {
  it.each(Object.entries(KINDS))('%s', (_, kind) => expectReady(kind))
})
