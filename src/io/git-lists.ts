// The files of commits, and what differs between two, out of tree objects: a process of git's own for each of these questions
// would cost a small repository more than the answers. Larger ones are left to git, which is faster there.

import type { FileChange, TreeEntry } from '../ports.ts'
import type { BlobReader } from './git-blobs.ts'

export type Entry = TreeEntry & { readonly mode: string }
/** By path, in git's order. */
export type Listing = ReadonlyMap<string, Entry>

export type Lists = {
  /** Null where git itself is to be asked. */
  list(sha: string): Promise<Listing | null>
  /** Null where git itself is to be asked: what came and what went may be renames. */
  changes(base: string, head: string): Promise<readonly FileChange[] | null>
}

/** Folders of a commit with its root, and bytes of a folder, up to which it is small. */
const MOST_FOLDERS = 64
const MOST_BYTES = 256 * 1024

type Row = { readonly mode: string; readonly name: string; readonly id: string }
type Folder = { readonly row: Row; readonly rows: readonly Node[] }
type Node = Row | Folder

export function createLists(blobs: () => BlobReader): Lists {
  const folders = new Map<string, Promise<readonly Row[] | null>>()
  const rowsOf = (tree: string) => {
    const known = folders.get(tree) ?? readFolder(blobs(), tree)
    folders.set(tree, known)
    return known
  }
  const lists = new Map<string, Promise<Listing | null>>()
  const list = (sha: string) => {
    const known = lists.get(sha) ?? listCommit(rowsOf, sha).catch(() => null)
    lists.set(sha, known)
    return known
  }
  const changes = async (base: string, head: string) => {
    const [before, after] = await Promise.all([list(base), list(head)])
    return before === null || after === null ? null : differences(before, after)
  }
  return { list, changes }
}

async function readFolder(reader: BlobReader, tree: string): Promise<readonly Row[] | null> {
  const found = await reader.bytes(tree, MOST_BYTES)
  return found?.type === 'tree' ? rowsIn(found.bytes, found.id.length / 2) : null
}

/** `<mode> <name>\0<id>` of each, the id in bytes. Null for what git does not write: it has its own ways with that. */
function rowsIn(bytes: Buffer, idBytes: number): readonly Row[] | null {
  const rows: Row[] = []
  const names = new Set<string>()
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const end = space < 0 ? -1 : bytes.indexOf(0, space)
    const next = end + 1 + idBytes
    if (end < 0 || next > bytes.length) return null
    const mode = bytes.toString('latin1', at, space)
    const name = bytes.toString('utf8', space + 1, end)
    if (!MODES.has(mode) || !isPlainName(name) || names.has(name)) return null
    rows.push({ mode, name, id: bytes.toString('hex', end + 1, next) })
    names.add(name)
    at = next
  }
  return isInOrder(rows) ? rows : null
}

const FOLDER = '40000'
const MODES: ReadonlySet<string> = new Set([FOLDER, '100644', '100755', '120000', '160000'])

/** Not empty, of one folder, and UTF-8: what is not decodes to names that may be equal. */
const isPlainName = (name: string) => name !== '' && !name.includes('/') && !name.includes('\ufffd')

/** By bytes, a folder as if a slash stood behind its name. */
function isInOrder(rows: readonly Row[]): boolean {
  const keys = rows.map(({ mode, name }) => Buffer.from(mode === FOLDER ? `${name}/` : name))
  return keys.every((key, at) => at === 0 || Buffer.compare(keys[at - 1] ?? key, key) < 0)
}

async function listCommit(
  rowsOf: (tree: string) => Promise<readonly Row[] | null>,
  sha: string,
): Promise<Listing | null> {
  let left = MOST_FOLDERS
  const read = async (tree: string): Promise<readonly Node[] | null> => {
    left -= 1
    const rows = left < 0 ? null : await rowsOf(tree)
    if (rows === null) return null
    const nodes = await Promise.all(rows.map((row) => (row.mode === FOLDER ? folder(row) : row)))
    return nodes.every((node) => node !== null) ? nodes : null
  }
  const folder = async (row: Row): Promise<Folder | null> => {
    const rows = await read(row.id)
    return rows === null ? null : { row, rows }
  }
  const root = await read(`${sha}^{tree}`)
  if (root === null) return null
  const entries = new Map<string, Entry>()
  flatten(root, '', entries)
  return entries
}

function flatten(nodes: readonly Node[], prefix: string, into: Map<string, Entry>): void {
  for (const node of nodes) {
    if ('rows' in node) flatten(node.rows, `${prefix}${node.row.name}/`, into)
    else {
      const path = prefix + node.name
      into.set(path, { path, mode: node.mode, id: node.id })
    }
  }
}

const SUBMODULE = '160000'

function differences(before: Listing, after: Listing): readonly FileChange[] | null {
  const isSame = ({ path, mode, id }: Entry, other: Listing) => {
    const there = other.get(path)
    return there !== undefined && there.id === id && there.mode === mode
  }
  const [old, now] = [[...before.values()], [...after.values()]]
  const left = old.filter((entry) => !isSame(entry, after))
  const came = now.filter((entry) => !isSame(entry, before))
  const isGone = ({ path }: Entry) => !after.has(path)
  const isNew = ({ path }: Entry) => !before.has(path)
  const [gone, added] = [left.some(isGone), came.some(isNew)]
  if ((gone && added) || [...left, ...came].some(({ mode }) => mode === SUBMODULE)) return null
  const status = (entry: Entry) => (isGone(entry) ? 'deleted' : isNew(entry) ? 'added' : 'modified')
  return (gone ? left : came).map((entry) => ({ status: status(entry), path: entry.path }))
}
