// The files of one side, so that a name finds them by path, by the end of a path, or by folder. Built when first asked.

import { posix } from 'node:path'
import { once } from '../once.ts'
import type { Named } from './named.ts'

export type Places = {
  has(path: string): boolean
  /** The files that a name means, seen from the file that names them. */
  meant(named: Named, from: string): readonly string[]
}

/** A name that so many files have means none of them in particular, and a folder with more is not read by one name. */
const MAX_SAME = 500
const MAX_IN_FOLDER = 100

export function placesOf(paths: ReadonlySet<string>): Places {
  const byName = once(() => grouped(paths, posix.basename))
  const byFolder = once(() => grouped(paths, posix.dirname))
  const ended = (ending: string, from: string): string | undefined => {
    const alike = byName().get(posix.basename(ending)) ?? []
    if (!ending.includes('/')) return alike.length === 1 ? alike[0] : undefined
    return nearest(
      alike.slice(0, MAX_SAME).filter((path) => path === ending || path.endsWith(`/${ending}`)),
      from,
    )
  }
  const within = ({ ends, deep }: Named, folder: string): readonly string[] => {
    const at = folder === '' ? '.' : folder.replace(/\/$/, '')
    const own = byFolder().get(at) ?? []
    const below = deep ? [...byFolder()].flatMap(([one, files]) => (one.startsWith(`${at}/`) ? files : [])) : []
    return [...own, ...below].filter((path) => ends?.test(path) ?? true).slice(0, MAX_IN_FOLDER)
  }
  const meant = (named: Named, from: string): readonly string[] => {
    const found = named.candidates.filter((path) => paths.has(path))
    if (found.length > 0) return named.every ? found : found.slice(0, 1)
    for (const ending of named.endings ?? []) {
      const path = ended(ending, from)
      if (path !== undefined) return [path]
    }
    for (const folder of named.folders ?? []) {
      const files = within(named, folder)
      if (files.length > 0) return files
    }
    return []
  }
  return { has: (path) => paths.has(path), meant: (named, from) => meant(named, from).filter((path) => path !== from) }
}

function grouped(paths: Iterable<string>, key: (path: string) => string): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const path of paths) {
    const group = groups.get(key(path))
    if (group === undefined) groups.set(key(path), [path])
    else group.push(path)
  }
  return groups
}

/** The one that shares most folders with the file that names it; of equals the shortest path. */
function nearest(paths: readonly string[], from: string): string | undefined {
  const parts = from.split('/')
  const shared = (path: string) => {
    const other = path.split('/')
    const end = parts.findIndex((part, at) => part !== other[at])
    return end < 0 ? parts.length : end
  }
  return [...paths].sort((a, b) => shared(b) - shared(a) || a.length - b.length || (a < b ? -1 : 1))[0]
}
