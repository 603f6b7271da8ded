// What a file of another tool uses and is not run, as people read it: what is said of many lines is said once.

const AT_LINE = /^(.*)\(line (\d+)\)(.*)$/s
const SHOWN = 3

/** Equal sentences about several lines become one, at the place of the first. */
export function grouped(sentences: readonly string[]): readonly string[] {
  const groups = new Map<string, { readonly before: string; readonly lines: string[]; readonly after: string }>()
  for (const sentence of sentences) {
    const [, before = sentence, line = '', after = ''] = AT_LINE.exec(sentence) ?? []
    const key = `${before}\0${after}`
    const group = groups.get(key) ?? { before, lines: [], after }
    groups.set(key, group)
    if (line !== '' && !group.lines.includes(line)) group.lines.push(line)
  }
  return [...groups.values()].map(({ before, lines, after }) => `${before}${linesOf(lines)}${after}`)
}

function linesOf(lines: readonly string[]): string {
  if (lines.length === 0) return ''
  if (lines.length === 1) return `(line ${lines[0]})`
  const more = lines.length - SHOWN
  return `(lines ${lines.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''})`
}
