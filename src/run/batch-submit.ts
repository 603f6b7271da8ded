// Handing calls over: in as few batches as they fit in, once no more of them come.

import { UserError } from '../errors.ts'
import type { HttpResponse } from '../ports.ts'
import { at, parseJson } from '../targets/outside.ts'
import { transient } from '../targets/shape.ts'
import { type Known, noteHandedOver, noteNotHandedOver, noteOrdering } from './batch-file.ts'
import { follow } from './batch-follow.ts'
import { asFailure, type BatchesState, type Group, sendBy, settleAll, type Waiter } from './batch-state.ts'

/** A batch is handed over when no call has come for this long. */
const QUIET_MS = 500

export async function submitWhenQuiet(state: BatchesState, group: Group): Promise<void> {
  const asked = group.asked
  await state.deps.clock.sleep(QUIET_MS)
  if (group.asked !== asked) return
  for (const part of partsOf(group))
    await handOver(state, group, part).catch((error: unknown) => {
      for (const one of part) one.fail(error)
    })
}

async function handOver(state: BatchesState, group: Group, part: readonly Waiter[]): Promise<void> {
  const { store, clock, log, run } = state.deps
  const ids = part.map(({ id }) => id)
  const intend = () => noteOrdering(store, clock, ids)
  const done = await group.wire.submit(part, group.origin, { send: sendBy(state.deps), intend }).catch(asFailure)
  if (done.state !== 'submitted') await noteNotHandedOver(store, ids)
  if (done.state === 'refused' && isWithout(done.response)) throw withoutBatches(group.provider)
  if (done.state === 'unheard') {
    const why = `what became of an order of ${part.length} calls is not known: ${done.why}`
    for (const waiter of part) waiter.end(transient('server', why, { wasSent: true }))
    return
  }
  if (done.state !== 'submitted') {
    settleAll(part, done)
    return
  }
  if (state.followed.has(done.id)) {
    // Whose answers will be found under it nobody knows, and the next batch would be given the same.
    const why = `the provider gave two batches the same id (${done.id})`
    for (const waiter of part) waiter.giveUp(transient('malformed-answer', why, { wasSent: true }))
    return
  }
  const origin = run === null ? null : { at: run.at, config: run.config }
  const batch: Known = { id: done.id, ids, origin, isCollected: false }
  for (const waiter of part) waiter.batch = batch
  await noteHandedOver(store, clock, batch)
  log.info(`Batch ${batch.id}: ${part.length} calls handed to ${group.provider}.`)
  follow(state, group, batch, false)
}

/** As many as the provider takes at once; what waits is taken out of the group. */
function partsOf(group: Group): readonly (readonly Waiter[])[] {
  const { requests, bytes } = group.wire.most
  const parts: Waiter[][] = []
  let room = 0
  for (const waiter of group.waiting.splice(0)) {
    const size = Buffer.byteLength(JSON.stringify(waiter.body), 'utf8') + 300
    const last = parts.at(-1)
    if (last === undefined || last.length >= requests || room < size) {
      parts.push([waiter])
      room = bytes - size
    } else {
      last.push(waiter)
      room -= size
    }
  }
  return parts
}

/** An address without batches; a model that does not exist is said in the provider's own error. */
function isWithout({ status, body }: HttpResponse): boolean {
  return status === 405 || status === 501 || (status === 404 && at(parseJson(body), 'error', 'code') === undefined)
}

function withoutBatches(provider: string): UserError {
  return new UserError({
    what: `the address of ${provider} has no batch endpoint.`,
    remedy: 'Remove `spend.batch`, or the base URL of a gateway that does not pass batches on.',
  })
}
