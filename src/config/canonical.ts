// One spelling per value, so that equal content has equal hashes whatever the order of keys.

import crypto from 'node:crypto'

/** JSON with sorted keys and no spaces; undefined members are left out. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  return Array.isArray(value) ? listText(value) : membersText(value as { readonly [key: string]: unknown })
}

// Called for every request and every case: by index, since an iterator costs more than what it walks over. What holds nothing
// composed JSON itself writes the same, and faster.

function listText(list: readonly unknown[]): string {
  if (!list.some(isComposed)) return JSON.stringify(list)
  let text = '['
  for (let i = 0; i < list.length; i++) text += (i === 0 ? '' : ',') + canonicalJson(list[i])
  return `${text}]`
}

function membersText(members: { readonly [key: string]: unknown }): string {
  // By UTF-16 units, as `<` compares.
  const keys = sorted(Object.keys(members))
  let [text, comma] = ['{', '']
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] ?? ''
    const item = members[key]
    if (item === undefined) continue
    text += `${comma}${JSON.stringify(key)}:${canonicalJson(item)}`
    comma = ','
  }
  return `${text}}`
}

/** The library's sort copies the list twice over. */
function sorted(keys: string[]): readonly string[] {
  if (keys.length > SHORT_LIST) return keys.sort()
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? ''
    let at = i
    for (; at > 0 && (keys[at - 1] ?? '') > key; at--) keys[at] = keys[at - 1] ?? ''
    keys[at] = key
  }
  return keys
}

const SHORT_LIST = 16

const isComposed = (item: unknown) => typeof item === 'object' && item !== null

/** SHA-256 of the canonical JSON, in hex. */
export function contentHash(value: unknown): string {
  return sha256(canonicalJson(value))
}

/** In hex. By one call where Node has one (from 20.12): a hash that is an object costs memory outside the heap until it is collected. */
export function sha256(text: string): string {
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', text)
  return crypto.createHash('sha256').update(text, 'utf8').digest('hex')
}

export type ListHash = { add(item: unknown): void; end(): string }

/**
 * The hash of an object with a long list in it, of which only one item at a time has to be there:
 * `contentHash({ ...before, [name]: items, ...after })`, where the names of `before` sort before `name` and those of `after` behind.
 */
export function listHash(
  name: string,
  { before, after }: { readonly before: object; readonly after: object },
): ListHash {
  const hash = crypto.createHash('sha256')
  const members = (part: object) => canonicalJson(part).slice(1, -1)
  const [first, last] = [members(before), members(after)]
  hash.update(`{${first}${first === '' ? '' : ','}${JSON.stringify(name)}:[`)
  let comma = ''
  return {
    add: (item) => {
      hash.update(`${comma}${canonicalJson(item)}`)
      comma = ','
    },
    end: () => hash.update(`]${last === '' ? '' : ','}${last}}`).digest('hex'),
  }
}

const BAG_MODULUS = 1n << 256n

/**
 * The hash of items whatever their order, of which only one at a time has to be there: the sum of their content hashes, modulo 2^256.
 * Equal items count as often as they are added.
 */
export function bagHash(): ListHash {
  let [sum, count] = [0n, 0]
  return {
    add: (item) => {
      sum = (sum + BigInt(`0x${contentHash(item)}`)) % BAG_MODULUS
      count += 1
    },
    end: () => contentHash([count, sum.toString(16)]),
  }
}
