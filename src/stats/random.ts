// Random numbers that are a function of a text: the same seed gives the same order everywhere. Not for secrets.

/** Uniform numbers in [0, 1): sfc32 (Doty-Humphrey), seeded by FNV-1a hashes of the text. */
export function seededRandom(seed: string): () => number {
  let a = fnv1a(`${seed}/a`)
  let b = fnv1a(`${seed}/b`)
  let c = fnv1a(`${seed}/c`)
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  // The first numbers still resemble the seed.
  for (let round = 0; round < 15; round += 1) next()
  return next
}

/** A shuffled copy (Fisher-Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => ({ item }))
  for (let i = keyed.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    const left = keyed[i]
    const right = keyed[j]
    if (left === undefined || right === undefined) continue
    keyed[i] = right
    keyed[j] = left
  }
  return keyed.map(({ item }) => item)
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return hash | 0
}
