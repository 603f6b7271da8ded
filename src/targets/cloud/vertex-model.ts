// Whose a model of Vertex AI is: `publishers/meta/models/x`, `meta/x`, or a bare name of Google's or Anthropic's.

export function vertexModel(written: string): { readonly publisher: string; readonly model: string } {
  const found = /^(?:publishers\/)?([^/]+)\/(?:models\/)?(.+)$/.exec(written)
  if (found !== null) return { publisher: found[1] ?? '', model: found[2] ?? '' }
  return { publisher: /^claude-/i.test(written) ? 'anthropic' : 'google', model: written }
}
