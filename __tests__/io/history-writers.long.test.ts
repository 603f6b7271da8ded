import { it } from 'vitest'
import { race } from './history-race.ts'

it('eight writers at once lose and double nothing', () => race(8, 4, 'shallow'))
it('five writers in full clones', () => race(5, 3, 'full'))
