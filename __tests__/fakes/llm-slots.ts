// A server that takes every call and works on so many at once. The others wait in line, without a word; whoever goes away leaves it.

import type { ServerResponse } from 'node:http'

export type Slots = { busy: number; readonly line: Turn[] }
type Turn = { readonly response: ServerResponse; readonly workMs: number; readonly done: () => void }

export const noSlots = (): Slots => ({ busy: 0, line: [] })

/** Waits for its turn, then works for so long. */
export function queueUp(slots: Slots, atOnce: number, turn: Turn): void {
  slots.line.push(turn)
  serveNext(slots, atOnce)
}

function serveNext(slots: Slots, atOnce: number): void {
  while (slots.busy < atOnce) {
    const turn = slots.line.shift()
    if (turn === undefined) return
    if (turn.response.destroyed) continue
    slots.busy += 1
    setTimeout(() => {
      slots.busy -= 1
      turn.done()
      serveNext(slots, atOnce)
    }, turn.workMs)
  }
}
