// Objects that only hold the settings of a call, and settings of which nothing around them says whose they are.

import { around, type Entry, type Frame } from './reading.ts'
import type { SettingName } from './setting-names.ts'

/** Names of what only holds the settings of a call. */
export const HOLDS =
  /(?:options|settings|config|params|kwargs|args)(?:\.(?:open_?ai|anthropic|google|azure|vertex|bedrock|groq|mistral|openrouter|xai))?$/i

/** What is sent with each request, also of one of many providers. */
export const SENT = /(?:params|parameters|kwargs|body|settings)$/i

/** Calls by what is called: the variable that takes the answer says little. */
export const scopeOf = (frame: Frame) =>
  around(frame)
    .slice(0, 3)
    .map((one) => one.callee || one.name || one.owner)
    .filter((name) => name !== '')
    .reverse()
    .join('.') || (frame.open === '{' ? ROOT : '')
/** The object that a data file is, and the statements of a file. */
export const ROOT = '{}'
export const BODY = ''

/** The statements of a file or of a function. */
export const isBody = (frame: Frame) => frame.open === '' || frame.owner !== '' || frame.block

export const isHolder = (frame: Frame) => HOLDS.test(frame.name) && !cuts(frame)

/** What cuts texts into pieces has limits of its own, and so has what counts calls. */
const CUTS = /chunk|split|truncat|window|trim|limit|quota|price|pricing|catalog|range|weather/i
const cuts = (frame: Frame) =>
  around(frame)
    .slice(0, 3)
    .some(({ name, callee }) => CUTS.test(`${name} ${callee}`))

/** A limit or a rate of which nothing says whose it is: another value is a change, one that comes or goes is none. */
export function mayBeMeant({ plain, own, scalar }: SettingName, { frame, text }: Entry, speaks: boolean): boolean {
  if (!own || !scalar || !(speaks || (LARGE.test(text) && plain.startsWith('max')))) return false
  return (isBody(frame) || SENT.test(frame.name)) && !cuts(frame)
}
/** Nobody uploads a hundred tokens. */
const LARGE = /^\d[\d_]{2,}$/
