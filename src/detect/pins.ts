// Model pins in configuration and code that no eval set declares: a whole quoted value or scalar after a key that says
// model. Prose, tests, fixtures and price tables are left out; what is found only counts when it differs between the sides.

/** A model id on a line. */
export type Pin = { readonly key: string; readonly id: string; readonly line: number }

const MAX_LINE = 2_000
const KEY = String.raw`["']?([\w.-]*(?:model|engine|deployment)[\w.-]*)["']?`
const ID = String.raw`(?:[\w.-]+[/:])*(?:gpt-|chatgpt-|o[134](?:-|\b)|claude-|gemini-|mistral-|ministral-|codestral-|magistral-|deepseek-|grok-|llama-|command-|qwen|gemma|text-embedding-)[\w.:@-]*`
const PIN = new RegExp(
  String.raw`(?:^|[\s,{(])${KEY}\s*(?::\s*[\w.|\s]*?=|:=|=>|=|:)\s*(?:["'\`](${ID})["'\`]|(${ID})\s*(?:$|#|,))`,
  'gi',
)

/** Quick test for a whole file, before its lines are looked at. */
const ANY = /gpt-|claude-|gemini-|mistral|deepseek-|grok-|llama-|\bo[134]\b|command-|qwen|gemma|text-embedding-/i

export function findPins(text: string): readonly Pin[] {
  if (!ANY.test(text)) return []
  const pins: Pin[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (line.length > MAX_LINE || /^\s*(#|\/\/|\*)/.test(line)) continue
    for (const match of line.matchAll(PIN)) {
      const id = match[2] ?? match[3]
      if (match[1] !== undefined && id !== undefined) pins.push({ key: match[1], id, line: i + 1 })
    }
  }
  return pins
}

export type PinChange = { readonly from?: string; readonly to?: string; readonly line: number }

/** Pins that differ between two versions of a file, paired by key in order of appearance. */
export function changedPins(base: string | null, head: string | null): readonly PinChange[] {
  const [before, after] = [byKey(findPins(base ?? '')), byKey(findPins(head ?? ''))]
  const changes: PinChange[] = []
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(key) ?? [], after.get(key) ?? []]
    const known = new Set(from.map((pin) => pin.id))
    const kept = new Set(to.map((pin) => pin.id))
    const gone = from.filter((pin) => !kept.has(pin.id))
    const come = to.filter((pin) => !known.has(pin.id))
    for (let i = 0; i < Math.max(gone.length, come.length); i++) {
      const [old, now] = [gone[i], come[i]]
      changes.push({
        ...(old ? { from: old.id } : {}),
        ...(now ? { to: now.id } : {}),
        line: now?.line ?? old?.line ?? 1,
      })
    }
  }
  return changes
}

function byKey(pins: readonly Pin[]): ReadonlyMap<string, readonly Pin[]> {
  const groups = new Map<string, Pin[]>()
  for (const pin of pins) groups.set(pin.key, [...(groups.get(pin.key) ?? []), pin])
  return groups
}
