import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import type { FindingRule } from '../../src/domain.ts'
import type { Report } from '../../src/report/report.ts'
import { compared, unknown } from './candidates-samples.ts'
import { huge, report, samples, scheduled } from './samples.ts'

type Node = { readonly [key: string]: unknown }
const schema = JSON.parse(readFileSync(new URL('../../schema/report.schema.json', import.meta.url), 'utf8')) as Node
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema)

function errorsOf(value: unknown): readonly string[] {
  return validate(value) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
}

describe('schema/report.schema.json', () => {
  for (const [name, sample] of Object.entries({ ...samples, huge, scheduled })) {
    test(`${name} is valid`, () => expect(errorsOf(JSON.parse(JSON.stringify(sample)))).toEqual([]))
  }

  const wrong: { readonly [name: string]: (valid: Report) => unknown } = {
    'another version': (valid) => ({ ...valid, schema: 'prompt-parity/2' }),
    'an unknown key': (valid) => ({ ...valid, extra: 1 }),
    'money as a number': (valid) => ({ ...valid, run: { ...valid.run, spendCap: 20 } }),
    'money with an exponent': (valid) => ({ ...valid, run: { ...valid.run, spendCap: '1e-7' } }),
    'an unknown outcome': (valid) => ({ ...valid, verdict: { ...valid.verdict, outcome: 'parity' } }),
    'no verdict': ({ verdict: _, ...rest }) => rest,
    'a flip without an id': (valid) => ({
      ...valid,
      evalSets: valid.evalSets.map((set) => ({ ...set, flips: [{ kind: 'broken' }] })),
    }),
    'an array': () => [],
  }
  for (const [name, spoil] of Object.entries(wrong)) {
    test(`${name} is refused`, () => expect(errorsOf(spoil(report()))).not.toEqual([]))
  }

  test('every key of the schema is one that the samples use, so that none is stale', () => {
    const used = new Set<string>()
    const walk = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(walk)
      else if (value !== null && typeof value === 'object')
        for (const [key, item] of Object.entries(value)) {
          used.add(key)
          walk(item)
        }
    }
    walk([...Object.values(samples), scheduled, compared, unknown])
    const declared = [...JSON.stringify(schema).matchAll(/"properties":\{/g)].length
    expect(declared).toBeGreaterThan(20)
    const keys = new Set<string>()
    const collect = (node: unknown): void => {
      if (Array.isArray(node)) node.forEach(collect)
      else if (node !== null && typeof node === 'object') {
        const properties = (node as Node).properties
        if (properties !== null && typeof properties === 'object')
          for (const key of Object.keys(properties)) keys.add(key)
        Object.values(node).forEach(collect)
      }
    }
    collect(schema)
    const rare = new Set(['previousPath'])
    expect([...keys].filter((key) => !used.has(key) && !rare.has(key))).toEqual([])
  })

  test('finding rules of the schema and of the types are the same', () => {
    const rules = {
      'score-drop': 1,
      'min-score': 1,
      'must-pass': 1,
      'slice-drop': 1,
      'slice-min-score': 1,
      'scorer-rate': 1,
      'scorer-min-score': 1,
      'scorer-drop': 1,
      'latency-ratio': 1,
      'latency-p95': 1,
      'tokens-input': 1,
      'tokens-output': 1,
      'cost-ratio': 1,
      'cost-per-request': 1,
      'route-ceiling': 1,
      'route-delta': 1,
      'repository-ceiling': 1,
      'cache-break': 1,
      unpriced: 1,
      'no-base': 1,
      'not-comparable': 1,
      'not-measured': 1,
      'missing-runs': 1,
      inconclusive: 1,
      'spend-cap': 1,
      'prompt-deleted': 1,
      'unset-variable': 1,
      'loosened-gate': 1,
      'scorer-changed': 1,
      'cases-changed': 1,
      uncovered: 1,
      'policy-model': 1,
      'policy-unpinned': 1,
      'policy-region': 1,
      'policy-owner': 1,
      'policy-reason': 1,
      'policy-static-tokens': 1,
      'policy-forbidden-text': 1,
      'teaches-to-test': 1,
      'duplicate-cases': 1,
      'loosened-scorer': 1,
      'removed-cases': 1,
      waived: 1,
      'waiver-expired': 1,
      quarantined: 1,
      'quarantine-expired': 1,
      erosion: 1,
      'provider-moved': 1,
      'not-carried': 1,
      'provider-error': 1,
      'model-shutdown': 1,
      'model-answered': 1,
      'application-ended': 1,
      drift: 1,
    } as const satisfies { readonly [rule in FindingRule]: 1 }
    const finding = (schema.definitions as { finding: { properties: { rule: { enum: string[] } } } }).finding
    expect([...finding.properties.rule.enum].sort()).toEqual(Object.keys(rules).sort())
  })
})
