// The last release, by its tag.

export type Tag = {
  readonly name: string
  /** The commit that it stands for. */
  readonly commit: string
}

/**
 * The highest version of a release; where no tag is one, the newest tag.
 *
 * @param tags newest first
 */
export function lastRelease(tags: readonly Tag[]): Tag | null {
  return releasesOf(tags)[0] ?? tags.find((tag) => !/^v?\d+(\.\d+)+-/.test(tag.name)) ?? null
}

/** Tags that are versions and no pre-releases, the highest first. */
export function releasesOf(tags: readonly Tag[]): readonly Tag[] {
  const releases = tags.flatMap((tag) => {
    const match = /^v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:\+[\w.-]+)?$/.exec(tag.name)
    return match === null ? [] : [{ tag, version: [match[1], match[2], match[3]].map((part) => Number(part ?? 0)) }]
  })
  return releases.sort((a, b) => compare(b.version, a.version)).map(({ tag }) => tag)
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, place) => part !== other[place])
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0)
}
