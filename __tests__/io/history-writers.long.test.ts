import { it } from 'vitest'
import { race } from './history-race.ts'

it('eight writers at once lose and double nothing', () => race(8, 4, 'shallow'))
it('four writers at once, two records each', () => race(4, 2, 'shallow'))
it('five writers in full clones', () => race(5, 3, 'full'))
