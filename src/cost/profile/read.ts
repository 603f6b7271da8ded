// From an export to a profile: its format is told by its records, wrong rows are counted and named, and too many of them
// make it no profile.

import type { JsonObject } from '../../domain.ts'
import { Collector } from './collect.ts'
import { FORMATS, formatOf, type ProfileFormat, readRecord } from './formats/index.ts'
import type { Profile } from './profile.ts'
import { type Found, recordsOf } from './records.ts'
import type { CallRow } from './row.ts'
import { isSummary, readSummary } from './summary.ts'

export type ReadOptions = {
  /** Dimensions of slices that labels are kept for. */
  readonly dimensions: readonly string[]
  /** Rows that name another route are left out; null takes them all. */
  readonly route: string | null
  /** No call of production is later. */
  readonly nowMs: number
  /** Inputs beyond which prices are others. */
  readonly edges?: readonly number[]
}

export type RowProblem = { readonly at: string; readonly why: string }

export type ReadProfile =
  | {
      readonly state: 'read'
      readonly profile: Profile
      /** Rows that were left out because they cannot be true, the first of them named. */
      readonly wrong: number
      readonly problems: readonly RowProblem[]
      /** Failed calls that were not billed. */
      readonly failed: number
      readonly otherRoutes: number
    }
  | {
      readonly state: 'refused'
      readonly why: string
      readonly expected?: string
      readonly problems: readonly RowProblem[]
    }

const NAMED = 5
/** More wrong or uncounted rows than this share, and the rest is not production. */
const MOST_WRONG = 0.1
/** Records without a format that are looked at before the file is said to have none. */
const MOST_UNKNOWN = 100
const DAY = 86_400_000

export async function readProfile(chunks: AsyncIterable<string>, options: ReadOptions): Promise<ReadProfile> {
  return readExports([{ name: '', chunks }], options)
}

/** `name` stands before the line in what is said of a row. */
export type Export = { readonly name: string; readonly chunks: AsyncIterable<string> }

/** Several exports as one, each in a format of its own. A summary stands for itself. */
export async function readExports(exports: readonly Export[], options: ReadOptions): Promise<ReadProfile> {
  const reading = new Reading(options)
  for (const { name, chunks } of exports) {
    reading.begin(name)
    for await (const records of recordsOf(chunks)) {
      for (const one of records) {
        if ('record' in one && isSummary(one.record)) return exports.length === 1 ? ofSummary(one.record) : JOINED
        reading.add(one)
      }
      if (reading.isHopeless()) break
    }
    if (reading.isHopeless()) break
  }
  return reading.end()
}

const JOINED: ReadProfile = { state: 'refused', why: 'a summary cannot be joined with other exports', problems: [] }

function ofSummary(record: JsonObject): ReadProfile {
  const read = readSummary(record)
  if (typeof read === 'string') return { state: 'refused', why: read, problems: [] }
  return { state: 'read', profile: read, wrong: 0, problems: [], failed: 0, otherRoutes: 0 }
}

class Reading {
  readonly #options: ReadOptions
  readonly #collector: Collector
  readonly #problems: RowProblem[] = []
  readonly #routes = new Set<string>()
  #name = ''
  /** Some export before this one has rows, and none of a known format. */
  #isStrange = false
  #format: ProfileFormat | null = null
  readonly #formats = new Set<ProfileFormat>()
  #wrong = 0
  #unknown = 0
  #otherRoutes = 0

  constructor(options: ReadOptions) {
    this.#options = options
    this.#collector = new Collector(options.edges)
  }

  /** Of the next export: its format is told anew. */
  begin(name: string): void {
    this.#isStrange ||= this.#format === null && this.#unknown > 0
    this.#name = name
    this.#format = null
    this.#unknown = 0
  }

  add(found: Found): void {
    if ('why' in found) this.#refuse(found.at, found.why)
    else this.#addRecord(found.at, found.record)
  }

  #addRecord(at: string, record: JsonObject): void {
    this.#format ??= formatOf(record)
    if (this.#format === null) {
      this.#unknown += 1
      return
    }
    this.#formats.add(this.#format)
    const rows = readRecord(this.#format, record, this.#options.dimensions)
    for (const one of rows) {
      if (one.state === 'wrong') this.#refuse(at, one.why)
      else if (one.state === 'call') this.#addRow(at, one.row)
    }
  }

  #addRow(at: string, row: CallRow): void {
    const { route, nowMs } = this.#options
    if (row.atMs !== null && row.atMs > nowMs + DAY) this.#refuse(at, `its time is ${new Date(row.atMs).toISOString()}`)
    else if (row.route !== null && route !== null && row.route !== route) {
      this.#otherRoutes += 1
      if (this.#routes.size < NAMED) this.#routes.add(row.route)
    } else this.#collector.add(row)
  }

  #refuse(at: string, why: string): void {
    this.#wrong += 1
    if (this.#problems.length < NAMED) this.#problems.push({ at: this.#name === '' ? at : `${this.#name} ${at}`, why })
  }

  /** Nothing of a first stretch is of a format that we know. */
  isHopeless(): boolean {
    return this.#format === null && this.#unknown > MOST_UNKNOWN
  }

  end(): ReadProfile {
    const { rows, failed } = this.#collector
    const problems = this.#problems
    const refused = (why: string, expected?: string): ReadProfile => ({
      ...{ state: 'refused', why, problems },
      ...(expected === undefined ? {} : { expected }),
    })
    // An export of which nothing is known is not made up for by the others.
    const isStrange = this.#isStrange || (this.#format === null && this.#unknown > 0)
    if (isStrange || this.#formats.size === 0) return refused(this.#noFormat(), titles())
    if (rows === 0 && this.#otherRoutes > 0)
      return refused(`no row is of the route ${this.#options.route}: they are of ${[...this.#routes].join(', ')}`)
    if (this.#wrong > MOST_WRONG * (rows + this.#wrong))
      return refused(`${this.#wrong} of ${rows + this.#wrong} rows cannot be true`)
    if (rows === 0) return refused('no row is a call of a model')
    const profile = this.#collector.profile([...this.#formats].join(' and '))
    if (profile.uncounted > MOST_WRONG * profile.calls)
      return refused(`${profile.uncounted} of ${profile.calls} calls have no token counts`)
    if (profile.bins.length === 0) return refused('no call has token counts')
    return { state: 'read', profile, wrong: this.#wrong, problems, failed, otherRoutes: this.#otherRoutes }
  }

  #noFormat(): string {
    const isEmpty = !this.#isStrange && this.#unknown + this.#wrong === 0
    return isEmpty ? 'there is no row in it' : 'its rows are of no format that is known'
  }
}

function titles(): string {
  return Object.values(FORMATS)
    .map(({ title }) => title)
    .join('; ')
}

/** A text in pieces, so that what comes of it is never there a second time. */
export async function* piecesOf(text: string): AsyncGenerator<string> {
  const size = 1_000_000
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
}
