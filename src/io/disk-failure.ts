// What the file system refused, in words: which file, how much room there is, what to do. A place that cannot be written is wrong
// usage; a machine that ran short in the middle of a run is not: then nothing was measured, and the same command goes on later.

import { statfsSync } from 'node:fs'
import { EXIT, type Problem, UserError } from '../errors.ts'

/** The input that names the folder. */
export type FolderOption = 'state-dir' | 'report-dir'

export type Refused = {
  readonly path: string
  readonly option: FolderOption
  /** What belongs there: `the record of this run`. */
  readonly what: string
  /** That could not be written. */
  readonly bytes?: number
}

/** Anything but an error of the file system stays what it is. */
export function diskFailure(error: unknown, refused: Refused): unknown {
  const code = error instanceof UserError ? null : codeOf(error)
  return code === null ? error : new UserError(problemOf(code, refused))
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

const MAKE_ROOM: { readonly [option in FolderOption]: string } = {
  'state-dir':
    'Make room (about 2 kB for each call that is left, and twice the length of its answer), or move the folder to a larger disk and name that by state-dir',
  'report-dir': 'Make room or point report-dir elsewhere',
}

/** Of a place that was chosen, whatever happens meanwhile. */
const PLACE: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'ENOENT',
  'EEXIST',
  'ENAMETOOLONG',
])

function problemOf(code: string, { path, option, what, bytes }: Refused): Problem {
  const goesOn = 'then run the same command again: what is recorded is not called and not paid for again.'
  const exit = EXIT.notMeasured
  const more = bytes === undefined ? 'any more' : `${sizeOf(bytes)} more`
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return {
      what: `The disk is full: ${path} cannot take ${more} of ${what}${freeAt(path)}.`,
      remedy: `${MAKE_ROOM[option]}; ${goesOn}`,
      exit,
    }
  if (code === 'EFBIG')
    return {
      what: `${path} is as large as a file may be here (EFBIG) and cannot take ${more} of ${what}.`,
      remedy: `Raise the limit of this shell (\`ulimit -f\`) or use another file system; ${goesOn}`,
      exit,
    }
  if (code === 'EMFILE' || code === 'ENFILE')
    return {
      what: `Too many files are open (${code}): ${what} cannot be written to ${path}.`,
      remedy: `Raise the limit (\`ulimit -n\`) or lower \`max_concurrency\` of the providers; ${goesOn}`,
      exit,
    }
  const cannot = `${what[0]?.toUpperCase()}${what.slice(1)} cannot be written to ${path} (${code}).`
  return PLACE.has(code)
    ? { what: cannot, remedy: `Point ${option} to a directory of ours that may be written, without symbolic links.` }
    : { what: cannot, remedy: `See to the disk; ${goesOn}`, exit }
}

/** The folder may be gone, or a file system without such figures. */
function freeAt(path: string): string {
  try {
    const { bavail, bsize } = statfsSync(path.replace(/[^/\\]*$/, '') || '.')
    return ` (${sizeOf(bavail * bsize)} free there)`
  } catch {
    return ''
  }
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
