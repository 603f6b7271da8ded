// What the processes of an application do beside answering, which no score shows.

import type { EvalSet, Json, SideLabel } from '../domain.ts'
import { countAt, isObject, textAt } from './outside.ts'

export type ProcessFacts = {
  /** Questions that were answered, whatever the answer. */
  readonly answers: number
  /** Answers to what a process had answered before: left out. */
  readonly repeated: number
  /** Processes that ended by themselves with an error after they had answered. */
  readonly ended: number
  /** How the first of them ended, with its last words; empty where none did. */
  readonly how: string
}

/** Of one eval set on one side. */
export type ApplicationFacts = ProcessFacts & { readonly evalSet: EvalSet['name']; readonly side: SideLabel }

export type FactsTaker = {
  answered(): void
  repeated(): void
  ended(how: string): void
  facts(): ProcessFacts
}

export function takeFacts(): FactsTaker {
  const counts = { answers: 0, repeated: 0, ended: 0 }
  let first = ''
  return {
    answered: () => {
      counts.answers += 1
    },
    repeated: () => {
      counts.repeated += 1
    },
    ended: (how) => {
      counts.ended += 1
      first ||= how
    },
    facts: () => ({ ...counts, how: first }),
  }
}

/** Those of one eval set and side put together, in the order in which they come first. */
export function addFacts(all: readonly ApplicationFacts[]): readonly ApplicationFacts[] {
  const sums = new Map<string, ApplicationFacts>()
  for (const one of all) {
    const key = JSON.stringify([one.evalSet, one.side])
    const sum = sums.get(key)
    sums.set(key, sum === undefined ? one : { ...one, ...sumOf(sum, one) })
  }
  return [...sums.values()]
}

const sumOf = (a: ProcessFacts, b: ProcessFacts): ProcessFacts => ({
  answers: a.answers + b.answers,
  repeated: a.repeated + b.repeated,
  ended: a.ended + b.ended,
  how: a.how || b.how,
})

/** As they stand in a file: what is none of them is left out. */
export function readFacts(value: Json | undefined): readonly ApplicationFacts[] {
  return Array.isArray(value) ? (value as readonly Json[]).flatMap(readOne) : []
}

function readOne(value: Json): readonly ApplicationFacts[] {
  if (!isObject(value)) return []
  const [evalSet, how] = [textAt(value, 'evalSet'), textAt(value, 'how')]
  const side = textAt(value, 'side')
  const [answers, repeated, ended] = [countAt(value, 'answers'), countAt(value, 'repeated'), countAt(value, 'ended')]
  if (evalSet === undefined || how === undefined || (side !== 'base' && side !== 'head')) return []
  if (answers === undefined || repeated === undefined || ended === undefined) return []
  return [{ evalSet, side, answers, repeated, ended, how }]
}
