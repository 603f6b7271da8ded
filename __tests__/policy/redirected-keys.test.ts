// What a provider of the head may take to an address of its own: nothing that is anybody else's.

import { expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import type { EvalSet } from '../../src/domain.ts'
import { refuseRedirectedKeys } from '../../src/redirected-keys.ts'
import { memoryTree } from '../fakes/tree.ts'

const shop = {
  target: {
    kind: 'http',
    base: 'http://a.test',
    head: 'http://b.test',
    headers: { a: 'Bearer ${SHOP_TOKEN} ${SHOP_ID}' },
  },
} as unknown as EvalSet
const GW = (more: string) => `gw: { kind: openai, base_url: "https://gw.test/v1"${more} }`
const BASE = GW(', headers: { x-portkey-api-key: "${PORTKEY_API_KEY}", x-team: "${TEAM}" }')
const config = (providers: string) =>
  loadConfig(memoryTree({ 'parity.yaml': `environment: [SHOP_TOKEN, KNOWN_TOKEN]\nproviders: { ${providers} }\n` }))

/** The key that is refused, or null. */
async function refused(head: string) {
  const [before, after] = [await config(BASE), await config(head)]
  try {
    refuseRedirectedKeys(before, after, [shop])
    return null
  } catch (error) {
    return /would send the key (\w+) to another address/.exec(String(error))?.[1] ?? String(error)
  }
}
const added = (text: string) => `${BASE}, new: { kind: openai, base_url: "https://evil.test/v1", ${text} }`

it.each(['GITHUB_TOKEN', 'ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'SHOP_TOKEN', 'SHOP_ID'])(
  '%s goes to no address that the base does not send it to',
  async (name) => {
    expect(await refused(added(`headers: { x-a: "Bearer \${${name}}" }`))).toBe(name)
    expect(await refused(added(`api_key_env: ${name}`))).toBe(name)
    expect(await refused(GW(`, headers: { x-a: "\${${name}}" }`))).toBe(name)
  },
)

it('a header takes no secret that the base does not list', async () => {
  expect(await refused(added('headers: { x-a: "${NPM_TOKEN}" }'))).toBe('NPM_TOKEN')
  expect(await refused(added('headers: { x-a: "${KNOWN_TOKEN}", x-region: "${REGION}" }, api_key_env: NEW_KEY'))).toBe(
    null,
  )
})

it('what the base sends to the same address stays', async () => {
  expect(await refused(BASE.replace('kind: openai', 'kind: openai, timeout_s: 20'))).toBe(null)
  expect(await refused(BASE.replace('gw.test', 'evil.test'))).toBe('PORTKEY_API_KEY')
})

it('the first configuration of a repository may send its own secret, and not those of the platform', async () => {
  const none = await loadConfig(memoryTree({ 'README.md': '' }))
  const first = (text: string) => config(GW(`, headers: { x-a: "\${${text}}" }`))
  const portkey = await first('PORTKEY_API_KEY')
  expect(() => refuseRedirectedKeys(none, portkey, [])).not.toThrow()
  const platform = await first('GITHUB_TOKEN')
  expect(() => refuseRedirectedKeys(none, platform, [])).toThrow('GITHUB_TOKEN')
})
