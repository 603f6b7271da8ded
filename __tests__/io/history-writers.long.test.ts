import { it } from 'vitest'
import { race } from './history-race.ts'

it('eight writers at once lose and double nothing', { timeout: 300_000 }, () => race(8, 4, 'shallow'))
it('five writers in full clones', { timeout: 300_000 }, () => race(5, 3, 'full'))
