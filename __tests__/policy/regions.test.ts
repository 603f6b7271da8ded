import { describe, expect, it } from 'vitest'
import type { ProviderConfig } from '../../src/config/config.ts'
import { regionOf } from '../../src/policy/regions.ts'
import { checked, shop } from '../fakes/checked.ts'

const at = (baseUrl: string, region?: string) => {
  const gate: ProviderConfig = {
    kind: 'openai',
    baseUrl,
    headers: {},
    place: { path: '' },
    ...(region === undefined ? {} : { region }),
  }
  return regionOf('gate/model', { models: {}, providers: { gate } })
}

describe('where a model runs', () => {
  it.each([
    ['bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'eu'],
    ['us.amazon.nova-pro-v1:0', 'us'],
    ['bedrock/global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'global'],
    ['bedrock/us-gov.anthropic.claude-3-haiku-v1:0', 'us-gov'],
    ['bedrock/anthropic.claude-3-haiku-20240307-v1:0', null],
    ['arn:aws:bedrock:eu-central-1:123:inference-profile/eu.anthropic.claude-x-v1:0', 'eu'],
    ['bedrock/arn:aws:bedrock:ap-south-1:123:provisioned-model/abc', 'ap-south-1'],
    ['vertex/projects/p/locations/europe-west4/publishers/google/models/gemini-2.5-pro', 'europe-west4'],
    ['openai/gpt-4.1', null],
    ['constructor/x', null],
  ])('%s: %s', (id, region) => {
    expect(regionOf(id, { models: {}, providers: {} })).toBe(region)
  })

  it.each([
    ['https://bedrock-runtime.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['https://europe-west4-aiplatform.googleapis.com/v1', 'europe-west4'],
    ['https://SwedenCentral.api.cognitive.microsoft.com', 'swedencentral'],
    ['https://eu.api.openai.com/v1', 'eu'],
    ['https://our-gateway.openai.azure.com', null],
    ['https://llm.example.eu/v1', null],
    ['https://eastusers.example.com', null],
    ['not a url', null],
  ])('address %s: %s', (url, region) => {
    expect(at(url)).toBe(region)
  })

  it('what `region:` says goes before the address', () => {
    expect(at('https://eu-west-1.example.com', 'EU-Central-1')).toBe('eu-central-1')
  })
})

describe('policy.regions', () => {
  const claude = (region: string) => ({ target: `model: bedrock/${region}.anthropic.claude-sonnet-4-5-20250929-v1:0` })
  it('fails outside of the list, and for what is denied', async () => {
    const allow = '{ regions: { allow: [eu, "eu-*"] } }'
    const { of } = await checked({
      base: shop({ policy: allow, ...claude('eu') }),
      head: shop({ policy: allow, ...claude('us') }),
    })
    expect(of('policy-region')).toEqual([
      expect.objectContaining({ level: 'fail', value: 'us', threshold: 'eu, eu-*' }),
    ])
    const deny = '{ regions: { deny: [global] } }'
    const made = await checked({ base: shop({ policy: deny }), head: shop({ policy: deny, ...claude('global') }) })
    expect(made.of('policy-region')[0]?.message).toContain('denied')
  })

  it('names what shows no region in one note, and is silent without a rule', async () => {
    const policy = '{ regions: { allow: [eu] } }'
    const { findings } = await checked({
      base: shop({ policy }),
      head: shop({ policy, extra: 'candidates: [openai/gpt-5-nano]\n' }),
    })
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'policy-region',
        level: 'note',
        evidence: ['openai/gpt-4.1-2025-04-14', 'openai/gpt-5-nano'],
      }),
    ])
    const without = await checked({ base: shop(), head: shop({ extra: 'candidates: [openai/gpt-5-nano]\n' }) })
    expect(without.findings).toEqual([])
  })
})
