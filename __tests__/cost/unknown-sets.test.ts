import { expect, it } from 'vitest'
import { unknownSetFindings } from '../../src/cost/unknown-sets.ts'
import { route } from './fixtures.ts'

const found = (evals: readonly string[], names: readonly string[]) =>
  unknownSetFindings([route({ evals: [...evals] })], names)

it('a route whose sets exist is not spoken of', () => {
  expect(found(['support', 'refunds'], ['refunds', 'support', 'other'])).toEqual([])
})

it('a misspelt set is named with the nearest one, and warns', () => {
  const [finding, ...rest] = found(['support', 'refnds'], ['refunds', 'support'])
  expect(rest).toEqual([])
  expect(finding).toMatchObject({ rule: 'route-ceiling', level: 'warn', remedy: 'Did you mean "refunds"?' })
  expect(finding?.message).toContain('names the eval set "refnds", which does not exist')
})

it('without a near name it says where names come from', () => {
  expect(found(['x'], ['support'])[0]?.remedy).toContain('`evals:`')
})
