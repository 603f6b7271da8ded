// Globs that are written in this program, as one expression: every start that looks at a change needs all of them, and a library
// for patterns of any author takes longer to read them than to match.

/**
 * Tests a path against globs of folders at any depth, stars, alternatives and character classes; nothing else may stand in them.
 * They are put together when they are needed first.
 */
export function ownGlobs(globs: readonly string[]): (path: string) => boolean {
  let expression: RegExp | undefined
  return (path) => {
    expression ??= new RegExp(`^(?:${globs.map(sourceOf).join('|')})$`)
    return expression.test(path)
  }
}

const PARTS = /\*\*\/|\/\*\*$|[*{},.+^$()|?\\]/g

const sourceOf = (glob: string) => glob.replace(PARTS, (part) => SOURCES[part] ?? `\\${part}`)

const SOURCES: { readonly [part: string]: string } = {
  '**/': '(?:.*/)?',
  '/**': '/.*',
  '*': '[^/]*',
  '{': '(?:',
  ',': '|',
  '}': ')',
}
