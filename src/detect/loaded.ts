// Changed files on both sides, read: whether a prompt or a pin may be in them at all, and what stands in them.

import type { DetectInput } from '../detect.ts'
import { once } from '../once.ts'
import type { FileChange, Tree } from '../ports.ts'
import { relativeTo } from '../tree.ts'
import type { FileKinds } from './files.ts'
import { refersOtherwise, withResolved } from './model-references.ts'
import type { ChangedText } from './moved.ts'
import type { Near } from './near.ts'
import { readsLikePrompt, readVersion, type Version } from './version.ts'

export type Loaded = {
  readonly file: FileChange
  readonly base: Version
  readonly head: Version
  readonly prompt: boolean
  readonly movedAway: boolean
  /** Models or prices by its name: nothing is pinned in it. */
  readonly lists: boolean
}

type Around = { readonly kinds: FileKinds; readonly near: Near }

/** Null for a file that concerns nobody, its reason in words for one that could have. */
export async function load(
  file: FileChange,
  input: DetectInput,
  { kinds, near }: Around,
): Promise<Loaded | string | null> {
  const [place, origin] = [file.path, file.previousPath ?? file.path].map((path) => relativeTo(input.directory, path))
  const isPrompt = (path: string | null | undefined) => typeof path === 'string' && kinds.isPrompt(path)
  const movedAway = isPrompt(origin) && !isPrompt(place)
  const named = isPrompt(place) || movedAway
  if (typeof place !== 'string') return null
  if (!named && !kinds.mayHoldPin(place) && !kinds.mayBePrompt(place)) return unread(place, kinds)
  const { base, head } = input.trees
  const [before, after] = await Promise.all([
    file.status === 'added' || base === null ? null : readOrNull(base, file.previousPath ?? file.path),
    file.status === 'deleted' ? null : readOrNull(head, file.path),
  ])
  if (before === null && after === null) return 'it cannot be read as text'
  if (before === after && !movedAway) return 'moved or renamed, the same text'
  const isText = !named && kinds.mayBePrompt(place)
  const prompt =
    named ||
    (isText && [before, after].some((text) => readsLikePrompt(place, text))) ||
    (isText && file.status !== 'deleted' && (await near.isReadAsPrompt(file.path)))
  if (!prompt && !kinds.mayHoldPin(place)) return 'a text that does not read like a prompt'
  const answers = await near.answers(file.path, after ?? '')
  const was = await readVersion(file.previousPath ?? file.path, before, prompt, answers)
  const is = await readVersion(file.path, after, prompt, answers)
  const versions = refersOtherwise(was, is)
    ? {
        base: await resolved(was, file.previousPath ?? file.path, base),
        head: await resolved(is, file.path, head),
      }
    : { base: was, head: is }
  return { file, prompt, movedAway, lists: kinds.isCatalogue(place), ...versions }
}

async function resolved(version: Version, path: string, tree: Tree | null): Promise<Version> {
  const { text, reading, pins } = version
  return text === null || tree === null
    ? version
    : { ...version, pins: await withResolved(pins, { path, text, reading }, tree) }
}

function unread(path: string, kinds: FileKinds): string | null {
  if (kinds.isAgentFile(path)) return 'instructions of a coding agent; `prompts:` in parity.yaml makes it a prompt'
  return kinds.isAside(path) ? 'a test, fixture, document, example, lock, generated or vendored file, or ignored' : null
}

/** Larger files are not searched for what moved. */
const MAX_SEARCHED_BYTES = 500_000

/** All changed files as they are on both sides, whether or not a prompt may be in them; read when somebody asks. */
export const changedTexts = ({ files, trees }: DetectInput): readonly ChangedText[] =>
  files.map((file) => ({
    path: file.path,
    before: once(async () =>
      file.status === 'added' || trees.base === null
        ? ''
        : readOrNull(trees.base, file.previousPath ?? file.path, MAX_SEARCHED_BYTES),
    ),
    after: once(async () => (file.status === 'deleted' ? '' : readOrNull(trees.head, file.path, MAX_SEARCHED_BYTES))),
  }))

const readOrNull = (tree: Tree, path: string, maxBytes?: number) => tree.read(path, maxBytes).catch(() => null)
