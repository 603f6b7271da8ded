import { describe, expect, it } from 'vitest'
import { vertexLocation } from '../../src/prices/vertex-location.ts'

const environment = (set: { readonly [name: string]: string }) => (name: string) => set[name]

describe('where calls to Vertex AI go', () => {
  it.each([
    [{ region: 'asia-east1' }, { GOOGLE_CLOUD_LOCATION: 'global' }, 'asia-east1'],
    [{}, { GOOGLE_CLOUD_LOCATION: ' europe-west4 ', GOOGLE_CLOUD_REGION: 'us' }, 'europe-west4'],
    [undefined, { GOOGLE_CLOUD_REGION: 'us' }, 'us'],
    [undefined, { GOOGLE_CLOUD_LOCATION: '' }, undefined],
  ])('%j and %j: %s', (entry, set, location) => {
    const written =
      entry === undefined ? undefined : { kind: 'vertex' as const, place: { path: 'parity.yaml' }, ...entry }
    expect(vertexLocation(written as Parameters<typeof vertexLocation>[0], environment(set))).toBe(location)
  })
})
