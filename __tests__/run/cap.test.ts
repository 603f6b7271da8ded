// Whose cap counts: that of the input, but for heads that are not trusted.

import { expect, it } from 'vitest'
import { capOf } from '../../src/run/cap.ts'
import type { SideRequest } from '../../src/sides.ts'

const laptop: SideRequest = { kind: 'laptop', base: null, head: null }
const reviewed: SideRequest = { kind: 'untrusted', pr: 7, sha: 'a'.repeat(40), baseRef: 'main' }

it.each<[SideRequest, string | null, number | undefined, string | null]>([
  [laptop, '5', 2, '5'],
  [laptop, '1', 2, '1'],
  [laptop, null, 2, '2'],
  [laptop, '5', undefined, '5'],
  [laptop, null, undefined, null],
  [reviewed, '5', 2, '2'],
  [reviewed, '1', 2, '1'],
  [reviewed, '5', undefined, '5'],
])('%j, input %j, configuration %j: %j', (request, maxUsd, configured, cap) => {
  expect(capOf({ request, maxUsd }, { spend: configured === undefined ? {} : { maxUsd: configured } })).toBe(cap)
})
