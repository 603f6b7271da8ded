// A request as its provider reads it from the first token on, each stretch with where it came from. Prompt caches match
// from the front, and tokens are told apart by section.

import { canonicalJson } from '../config/canonical.ts'
import type { Json, Prompt, Request, Segment, SideLabel } from '../domain.ts'
import type { PlannedCase, SetPlan } from '../plan.ts'
import { renderMessages } from '../template/index.ts'
import { scope } from './request.ts'

/** `frame`: what stands between messages; of no section. */
export type Stretch = {
  readonly text: string
  readonly origin: string
  readonly kind: Segment['kind'] | 'history' | 'tools' | 'frame'
}
export type Wire = readonly Stretch[]

/** The requests of a case on both sides; null where a side sends none. */
export type WirePair = {
  readonly caseId: string
  readonly base: Wire | null
  readonly head: Wire | null
  /** Both sides send the same text, to whichever model. */
  readonly sameText: boolean
}

export const TOOLS = 'tools'
export const SCHEMA = 'response format'
export const HISTORY = 'history'

/**
 * Requests of up to `most` cases, taken evenly from all of them, or from those that ran. Empty for applications: nobody
 * knows what they will ask.
 */
export function wiresOf(plan: SetPlan, most: number, hasRun: (caseId: string) => boolean = all): readonly WirePair[] {
  if (plan.head.target.kind !== 'prompt') return []
  const cases = [...plan.cases.values()]
  const chosen = ranAmong(sampled(cases, most), hasRun) ?? ranAmong(sampled(cases, WIDER * most), hasRun) ?? cases
  return sampled(chosen, most).map((planned) => {
    const [base, head] = [wireOf(plan, planned, 'base'), wireOf(plan, planned, 'head')]
    return { caseId: planned.kase.id, base, head, sameText: base !== null && head !== null && isSameText(base, head) }
  })
}

const all = () => true

/** An early verdict leaves most cases unrun: then some are looked for among so many times more. */
const WIDER = 10
const FEWEST_RUN = 3

function ranAmong(cases: readonly PlannedCase[], hasRun: (caseId: string) => boolean): readonly PlannedCase[] | null {
  const ran = cases.filter(({ kase }) => hasRun(kase.id))
  return ran.length >= FEWEST_RUN || ran.length === cases.length ? ran : null
}

function sampled<T>(from: readonly T[], most: number): readonly T[] {
  if (from.length <= most) return from
  return Array.from({ length: most }, (_, index) => from[Math.floor((index * from.length) / most)]).filter(
    (one) => one !== undefined,
  )
}

/** Providers put tools in different places. */
const isSameText = (one: Wire, other: Wire) => pieces(one) === pieces(other)
const pieces = (wire: Wire) =>
  wire
    .map(({ text }) => text)
    .sort()
    .join('')

export const textOf = (wire: Wire) => wire.map(({ text }) => text).join('')

function wireOf(plan: SetPlan, planned: PlannedCase, side: SideLabel): Wire | null {
  const [set, prepared] = side === 'base' ? [plan.base, planned.base] : [plan.head, planned.head]
  if (set?.target.kind !== 'prompt' || prepared?.state !== 'ready') return null
  const environment = plan.environments?.[side].templates ?? {}
  return requestWire(prepared.request, messageSegments(set.target.prompt, planned, environment))
}

type Rendered = { readonly content: string; readonly segments: readonly Segment[] }

/** Of each message of the prompt, in order. */
function messageSegments(
  prompt: Prompt,
  { kase }: PlannedCase,
  environment: { readonly [name: string]: string },
): readonly Rendered[] {
  const { messages, segments } = renderMessages(prompt, scope(kase), environment)
  let next = 0
  return messages.map(({ content }) => {
    const own: Segment[] = []
    for (let length = 0; length < content.length && next < segments.length; next += 1) {
      const segment = segments[next]
      if (segment === undefined) break
      own.push(segment)
      length += segment.text.length
    }
    return { content, segments: own }
  })
}

/** Tools and answer formats come before the messages; Gemini's after what the system says. */
export function requestWire(request: Request, rendered: readonly Rendered[] = []): Wire {
  const firstTurn = request.messages.findIndex((message) => message.role !== 'system')
  const turnsFrom = firstTurn < 0 ? request.messages.length : firstTurn
  const messages = messageStretches(request, rendered)
  const [system, turns] = [messages.slice(0, turnsFrom).flat(), messages.slice(turnsFrom).flat()]
  const declared = [
    ...jsonStretch(request.tools ?? request.parameters.tools, TOOLS),
    ...jsonStretch(request.responseFormat ?? request.parameters.response_format, SCHEMA),
  ]
  return request.endpoint === 'generate' ? [...system, ...declared, ...turns] : [...declared, ...system, ...turns]
}

/** Messages that the prompt does not have are the case's history. */
function messageStretches(request: Request, rendered: readonly Rendered[]): readonly Wire[] {
  let next = 0
  return request.messages.map(({ role, content }): Wire => {
    const frame: Stretch = { text: `\n${role}\n`, origin: role, kind: 'frame' }
    const own = rendered[next]
    if (own?.content === content) {
      next += 1
      return [frame, ...own.segments]
    }
    return [frame, { text: content, origin: HISTORY, kind: 'history' }]
  })
}

/** As it is sent: the order of tools and keys counts. */
function jsonStretch(value: Json | undefined, origin: string): Wire {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return []
  return [{ text: JSON.stringify(value), origin, kind: 'tools' }]
}

/** Whether both sides declare the same tools in another order (of tools, or of their keys). */
export function isReordered(base: Wire, head: Wire): boolean {
  const [before, after] = [toolsOf(base), toolsOf(head)]
  return before !== after && sorted(before) !== null && sorted(before) === sorted(after)
}

const toolsOf = (wire: Wire) => wire.find(({ origin, kind }) => kind === 'tools' && origin === TOOLS)?.text ?? ''

function sorted(tools: string): string | null {
  const list = tools === '' ? null : (JSON.parse(tools) as Json)
  return Array.isArray(list)
    ? list
        .map((tool: Json) => canonicalJson(tool))
        .sort()
        .join('\n')
    : null
}
