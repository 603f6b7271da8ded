// A megabyte of anything in every text of a report: its comment still fits and still says the verdict.

import { test } from 'vitest'
import { expectFits } from './fits.ts'

test.each([
  ['letters', 'a'],
  ['hashes', '#1 '],
  ['emoji', '👨‍👩‍👧‍👦'],
  ['marks', 'é́́́́'],
  ['fences', '`'],
  ['mentions', '@a '],
  ['entities', '&'],
  ['wide letters', '漢'],
])('a megabyte of %s', (_, unit) => expectFits(unit))
