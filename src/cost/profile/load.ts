// The traffic profiles of routes, from the side that the configuration is of.

import type { Route } from '../../config/config.ts'
import { readAt, resolveReference } from '../../config/paths.ts'
import { UserError } from '../../errors.ts'
import type { Tree } from '../../ports.ts'
import type { RouteProfile } from '../traffic.ts'
import { piecesOf, type ReadProfile, readProfile } from './read.ts'

export type LoadProfiles = {
  readonly routes: readonly Route[]
  /** Where they are looked for, in this order: a route that the head removed has its profile on the base alone. */
  readonly trees: readonly Tree[]
  /** Slices of the eval sets that stand for a route. */
  readonly dimensionsOf: (route: Route) => readonly string[]
  readonly nowMs: number
  /** Inputs beyond which prices are others. */
  readonly edges: readonly number[]
}

/** By name of the route. Throws a UserError for a profile that is not there or cannot be read. */
export async function loadProfiles(input: LoadProfiles): Promise<{ readonly [route: string]: RouteProfile }> {
  const found: [string, RouteProfile][] = []
  for (const route of input.routes) {
    if (route.profile !== undefined) found.push([route.name, await loadProfile(route, route.profile, input)])
  }
  return Object.fromEntries(found)
}

async function loadProfile(route: Route, written: string, input: LoadProfiles): Promise<RouteProfile> {
  const path = resolveReference(written, route.place)
  const text = await textOf(path, route, input.trees)
  const { nowMs, edges } = input
  const options = { dimensions: input.dimensionsOf(route), route: route.name, nowMs, edges }
  const read = await readProfile(piecesOf(text), options)
  if (read.state === 'refused') throw refusal(path, read)
  return { path, profile: read.profile, leftOut: leftOut(read) }
}

async function textOf(path: string, route: Route, trees: readonly Tree[]): Promise<string> {
  for (const tree of trees) {
    const text = await readAt(tree, path, route.place).catch((error: unknown) => {
      throw withSummary(error)
    })
    if (text !== null) return text
  }
  throw new UserError({
    what: `there is no file "${path}", which the route ${route.name} names as its profile.`,
    expected: 'an export of calls, or the summary that `prompt-parity ci profile` makes of one, in the repository',
    remedy: 'Commit the file, correct the path, or leave `profile` out.',
    place: route.place,
  })
}

function withSummary(error: unknown): unknown {
  if (!(error instanceof UserError)) return error
  const [first] = error.problems
  if (first === undefined) return error
  const remedy = `${first.remedy} Or commit what \`prompt-parity ci profile\` makes of it: a few kilobytes, without any text.`
  return new UserError({ ...first, remedy })
}

/** Why an export is no profile, with the first of its rows that are wrong. */
export function refusal(
  path: string,
  { why, expected, problems }: Extract<ReadProfile, { state: 'refused' }>,
): UserError {
  const rows = problems.map(({ at, why: reason }) => `${at}: ${reason}`)
  return new UserError({
    what: `the traffic profile cannot be used: ${why}${rows.length === 0 ? '' : ` (${rows.join('; ')})`}.`,
    ...(expected === undefined ? {} : { expected }),
    remedy: 'Correct the export; docs/guides/cost.md says how each one is made.',
    place: { path },
  })
}

/** Rows that were left out, in words; '' when all were taken. */
export function leftOut({ wrong, problems, profile }: Extract<ReadProfile, { state: 'read' }>): string {
  const [first] = problems
  if (wrong === 0 || first === undefined) return ''
  const all = (profile.calls + wrong).toLocaleString('en-US')
  return `${wrong} of ${all} rows of the profile left out (${first.at}: ${first.why})`
}
