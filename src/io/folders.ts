// Folders that the program writes into.

import { existsSync, mkdirSync, realpathSync, unlinkSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { UserError } from '../errors.ts'
import { codeOf } from './disk-failure.ts'

/** With those above it. Node's own way never ends where a file system takes none and says that something is missing (/proc). */
export function makeFolder(path: string, mode = 0o777): void {
  if (existsSync(path)) return
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST' && existsSync(path)) return
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error
    makeFolder(dirname(path), mode)
    makeFolder(path, mode)
  }
}

/** Not there afterwards. Node's `rmSync` says nothing of why it could not: its error has no code. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/** Raw answers lie in the one, and the other is uploaded: neither may be in the other. Throws a UserError. */
export function refuseNested({ reportDir, stateDir }: { readonly reportDir: string; readonly stateDir: string }): void {
  const [report, state] = [placeOf(reportDir), placeOf(stateDir)]
  const isWithin = (inner: string, outer: string) =>
    `${inner}${sep}`.startsWith(outer.endsWith(sep) ? outer : outer + sep)
  if (!isWithin(state, report) && !isWithin(report, state)) return
  const how = report === state ? 'are one folder' : 'lie one in the other'
  throw new UserError({
    what: `state-dir (${stateDir}) and report-dir (${reportDir}) ${how}: raw answers are private, and reports are uploaded.`,
    expected: 'two folders, neither of them in the other',
    remedy: 'Name another folder for one of them; the defaults are `.parity/state` and `.parity/report`.',
  })
}

/** Through links, as far as it is there. */
function placeOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const above = dirname(path)
    return above === path ? path : join(placeOf(above), basename(path))
  }
}
