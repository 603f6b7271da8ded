// An id that got a name in its file, or lost it: `model: "id"` that became `model: Bot.MODEL` beside `static MODEL = "id"`.

import type { Pin } from './pins.ts'

/** Whether the pin is what one side's call names, where the other side's call says its id itself. */
export function isNameOf(pin: Pin, side: readonly Pin[], other: readonly Pin[]): boolean {
  return side.some(
    ({ by, id, key }) =>
      by !== undefined &&
      id === pin.id &&
      lastOf(by) === pin.key &&
      other.some((one) => one.by === undefined && one.id === id && one.key === key),
  )
}

const lastOf = (path: string) => path.split(/\.|::|->/).at(-1)
