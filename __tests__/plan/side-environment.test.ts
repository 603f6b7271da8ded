// What a side may read of the environment: templates what is listed and no secret, addresses what they spell, keys nobody.

import { describe, expect, it } from 'vitest'
import type { EvalSet } from '../../src/domain.ts'
import { fromEnvironment } from '../../src/io/environment.ts'
import { sideEnvironment } from '../../src/plan/side-environment.ts'

const VALUES: { readonly [name: string]: string } = {
  SHOP: 'Foo',
  APP_URL: 'http://a.example',
  APP_TOKEN: 'secret-token',
  OPENAI_API_KEY: 'sk-x',
  EMPTY: '',
  GATEWAY: 'gw-x',
  GW_KEY: 'gw-y',
}
const http = (headers: { readonly [name: string]: string } = {}, base = '${APP_URL}') =>
  ({ target: { kind: 'http', base, head: '${APP_URL}', headers } }) as unknown as EvalSet
const prompt = { target: { kind: 'prompt', prompt: { messages: [{ content: '${SHOP}' }] } } } as unknown as EvalSet
const read = (set: EvalSet, ...listed: readonly string[]) =>
  sideEnvironment(set, { environment: (name) => VALUES[name], listed, keys: new Set(['GATEWAY', 'GW_KEY']) })

describe('templates', () => {
  it('read what is listed and has a value', () => {
    expect(read(prompt).templates).toEqual({})
    expect(read(prompt, 'SHOP', 'NOTHERE', 'EMPTY').templates).toEqual({ SHOP: 'Foo', EMPTY: '' })
  })
  it('never read a name that looks like a secret', () => {
    expect(read(prompt, 'APP_TOKEN', 'OPENAI_API_KEY').templates).toEqual({})
  })
})

describe('addresses', () => {
  it('read the names that they spell, listed or not', () => {
    expect(read(http({ 'x-shop': '${SHOP}' }))).toMatchObject({
      addresses: { APP_URL: 'http://a.example', SHOP: 'Foo' },
      unset: {},
    })
    expect(read(prompt, 'SHOP').addresses).toEqual({})
  })
  it('read a secret only where it is listed', () => {
    const set = http({ authorization: 'Bearer ${APP_TOKEN}' })
    expect(read(set).unset).toMatchObject({ APP_TOKEN: { why: 'looks like a secret and is not listed' } })
    expect(read(set, 'APP_TOKEN')).toMatchObject({ addresses: { APP_TOKEN: 'secret-token' }, unset: {} })
  })
  it.each(['GITHUB_PAT', 'DB_PASS', 'APP_AUTH', 'SENTRY_DSN', 'db_pwd'])('take %s for a secret', (name) => {
    expect(read(http({ a: `\${${name}}` })).unset).toMatchObject({
      [name]: { why: 'looks like a secret and is not listed' },
    })
  })
  it.each(['PWD', 'SSH_AUTH_SOCK', 'PATH_PREFIX', 'PASSAGE', 'AUTHOR', 'COMPATIBLE'])('take %s for none', (name) => {
    expect(read(http({ a: `\${${name}}` })).unset).toMatchObject({ [name]: { why: 'is not set' } })
  })
  it('have no value for what every object has', () => {
    const names = ['constructor', '__proto__', 'toString']
    const { unset } = sideEnvironment(http({ a: names.map((name) => `\${${name}}`).join() }), {
      environment: fromEnvironment,
      listed: [],
      keys: new Set(),
    })
    expect(Object.keys(unset)).toEqual(expect.arrayContaining(names))
  })
  it('never read the key of a provider', () => {
    const { addresses, unset } = read(http({ authorization: 'Bearer ${OPENAI_API_KEY}' }), 'OPENAI_API_KEY')
    expect(addresses).toEqual({ APP_URL: 'http://a.example' })
    expect(unset.OPENAI_API_KEY?.why).toContain('goes to that provider alone')
  })
  it('never read what `providers:` sends as a secret, listed or not', () => {
    const { addresses, templates, unset } = read(http({ a: '${GATEWAY} ${GW_KEY}' }), 'GATEWAY', 'GW_KEY')
    expect([addresses, templates]).toEqual([{ APP_URL: 'http://a.example' }, {}])
    expect(unset.GATEWAY?.why).toContain('goes to that provider alone')
    expect(unset.GW_KEY?.why).toContain('goes to that provider alone')
  })
  it('say what is not set', () => {
    expect(read(http({}, '${BASE_URL}/${SHOP}')).unset).toMatchObject({ BASE_URL: { why: 'is not set' } })
  })
})
