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
  const releases = tags.flatMap((tag) => {
    const match = /^v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:\+[\w.-]+)?$/.exec(tag.name)
    return match === null ? [] : [{ tag, version: [match[1], match[2], match[3]].map((part) => Number(part ?? 0)) }]
  })
  const [highest] = [...releases].sort((a, b) => compare(b.version, a.version))
  return highest?.tag ?? tags.find((tag) => !/^v?\d+(\.\d+)+-/.test(tag.name)) ?? null
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, place) => part !== other[place])
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0)
}
