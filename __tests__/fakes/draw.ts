// Seeded draws. A draw depends on its key alone, never on the order or the time of requests.

/** 32-bit FNV-1a over UTF-16 units with a final avalanche. */
export function hash32(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

/** Uniform in [0, 1), the same for the same key. */
export function fraction(...key: readonly (string | number)[]): number {
  return hash32(key.join('\u0000')) / 2 ** 32
}

/** Standard normal by Box and Muller from two draws of the key. */
export function normal(...key: readonly (string | number)[]): number {
  const radius = Math.sqrt(-2 * Math.log(1 - fraction(...key, 'radius')))
  return radius * Math.cos(2 * Math.PI * fraction(...key, 'angle'))
}

/** Milliseconds of an answer: fixed, or log-normal by its median and sigma. */
export type Latency = number | { readonly medianMs: number; readonly sigma: number }

export function latencyOf(latency: Latency, ...key: readonly (string | number)[]): number {
  if (typeof latency === 'number') return latency
  return latency.medianMs * Math.exp(latency.sigma * normal(...key, 'latency'))
}
