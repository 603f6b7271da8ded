// A strict reading of GitHub-flavoured Markdown for tests: what is left once code is taken out must contain nothing live.

/** The text outside fenced blocks and code spans. Throws when a fence is left open. */
export function outsideCode(markdown: string): string {
  const kept: string[] = []
  let fence: string | null = null
  for (const line of markdown.split('\n')) {
    const run = /^ {0,3}(`{3,})/.exec(line)?.[1]
    if (fence === null && run !== undefined && !line.slice(line.indexOf(run) + run.length).includes('`')) fence = run
    else if (fence === null) kept.push(line)
    else if (run !== undefined && run.length >= fence.length && line.trim() === run) fence = null
  }
  if (fence !== null) throw new Error('a fence is left open')
  return kept.map(withoutSpans).join('\n')
}

function withoutSpans(line: string): string {
  let rest = line
  let out = ''
  for (;;) {
    const open = /`+/.exec(rest)
    if (open === null) return out + rest
    const after = rest.slice(open.index + open[0].length)
    const close = [...after.matchAll(/`+/g)].find((run) => run[0].length === open[0].length)
    out += rest.slice(0, open.index)
    if (close === undefined) throw new Error(`a code span is left open: ${line.slice(0, 200)}`)
    rest = after.slice((close.index ?? 0) + close[0].length)
  }
}

const OUR_TAGS = /<\/?(?:details|summary|code|sub|br|span)>/g

/** Everything that GitHub would bring to life, as a list of what was found; empty when inert. */
export function liveParts(markdown: string): readonly string[] {
  const text = outsideCode(markdown)
    .replace(/^<!-- prompt-parity:[^>]* -->\n/, '')
    .replace(' · [run](https://github.com/acme/shop/actions/runs/123456)', '')
  const bare = text.replace(OUR_TAGS, '').replace(/> \[!(?:WARNING|CAUTION)\]/g, '')
  const found = (pattern: RegExp) =>
    [...bare.matchAll(pattern)].map((match) => bare.slice(match.index ?? 0, (match.index ?? 0) + 60))
  return [
    ...found(/@[\w-]/g),
    ...found(/(?<!&)#\d/g),
    ...found(/\]\(|!\[|\[[^\]]*\]\[/g),
    ...found(/\w:\/\//g),
    ...found(/www\./gi),
    ...found(/<(?!\s)/g),
    ...found(/\bGH-\d/gi),
    ...found(/\b[0-9a-f]{40}\b/g),
    ...found(/\$(?!\d)/g),
    ...found(/(?!\n)[\p{Cc}\p{Bidi_Control}\u200B]/gu),
  ]
}

/** Cells of each row of each table, after the same splitting that GFM does. */
export function tableWidths(markdown: string): readonly (readonly number[])[] {
  const tables: number[][] = []
  let open = false
  for (const line of markdown.split('\n')) {
    const isRow = line.startsWith('| ')
    if (isRow && !open) tables.push([])
    if (isRow) tables.at(-1)?.push(line.slice(1, -1).split(/(?<!\\)\|/).length)
    open = isRow
  }
  return tables
}
