// `policy.owner: required`: a name that names nobody is no owner.

import { describe, expect, it } from 'vitest'
import { checked, PROMPT, shop } from '../fakes/checked.ts'

const found = async (extra: string, more: { readonly [path: string]: string } = {}) => {
  const base = { ...shop({ policy: '{ owner: required }', extra }), ...more }
  const { of } = await checked({ base, head: { 'prompts/shop.md': `${PROMPT}Be brief.\n` } })
  return of('policy-owner').map(({ evalSet }) => evalSet)
}

describe('policy.owner', () => {
  it.each(['', 'owner: "   "\n', 'owner: "-"\n', 'owner: "\u200b\u00a0"\n'])('%j: nobody', async (extra) => {
    expect(await found(extra)).toEqual(['shop'])
  })

  it.each(['owner: "@acme/support"\n', 'owner: Ада\n'])('%j: somebody', async (extra) => {
    expect(await found(extra)).toEqual([])
  })

  it('who is in CODEOWNERS stands in for a blank', async () => {
    expect(await found('owner: " "\n', { CODEOWNERS: '* @acme/support\n' })).toEqual([])
  })
})
