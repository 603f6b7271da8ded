// Picks the reader of a changed file; lexer, tables and the YAML reader are loaded when the first file needs them.

import { NOTHING, type Reading } from './reading.ts'

const CODE =
  /\.(?:[mc]?[jt]sx?|pyi?|go|java|kts?|cs|rb|rs|php|swift|exs?|scala|sc|dart|cpp|cc|cxx|hpp|h|mm|lua|vue|svelte|astro|baml|tf|tfvars|hcl|bicep|bicepparam|toml|jsonc?|json5|sql)$/i
const YAML = /\.(?:ya?ml|prompt\.ya?ml)$/i
const LINES =
  /(?:^|\/)(?:\.env[\w.-]*|env\.[\w.-]+|(?:dot)?env[_-](?:sample|example|template)[\w.-]*|[\w.-]*Dockerfile[\w.-]*|Makefile|[Jj]ustfile|[\w.-]+\.(?:env|ini|cfg|properties|conf|sh|psm?1|bat|cmd))$/i
const SHELL = /\.(?:sh|bash|zsh)$/i
const MODELFILE = /(?:^|\/)(?:Modelfile[\w.-]*|[\w.-]+\.Modelfile)$/i
const TEXT = /\.(?:md|mdc|mdx|prompt|prompty|chatmode)$/i

/** `settings.yaml.example` is what users copy to `settings.yaml`. */
const asCopied = (path: string) =>
  path
    .replace(
      /(\.(?:ya?ml|toml|jsonc?|py|ini|cfg|conf|env|tfvars|properties))\.(?:example|sample|template|dist|default|tftpl)$/i,
      '$1',
    )
    // Settings of a tool: `.taskmasterconfig`, `.agentrc`.
    .replace(/((?:^|\/)\.[a-z][\w-]*(?:config|rc))$/i, '$1.json')

export const isCode = (path: string) => {
  const name = asCopied(path)
  return CODE.test(name) && !/\.(?:toml|jsonc?|json5|tf|tfvars|hcl|bicep\w*|sql)$/i.test(name)
}
export const isReadable = (path: string) =>
  [CODE, YAML, LINES, MODELFILE, TEXT].some((kind) => kind.test(asCopied(path)))

export async function readSource(file: string, text: string | null): Promise<Reading> {
  const path = asCopied(file)
  if (text === null) return NOTHING
  if (text.includes('\0')) return { ...NOTHING, note: 'it is binary' }
  if (/@generated|code generated .{0,60}do not edit|auto-?generated (?:file|by)/i.test(text.slice(0, 600)))
    return { ...NOTHING, note: 'it is generated' }
  if (CODE.test(path)) {
    const [{ languageOf }, { readCode }] = await Promise.all([import('./code/languages.ts'), import('./code/read.ts')])
    const language = languageOf(path)
    return language === null ? NOTHING : readCode(text, language)
  }
  if (MODELFILE.test(path)) return (await import('./modelfile.ts')).readModelfile(text)
  if (!YAML.test(path) && !LINES.test(path) && !TEXT.test(path)) return NOTHING
  const { readLines, readYaml } = await import('./data.ts')
  if (YAML.test(path)) return withEmbedded(readYaml(text), text)
  if (SHELL.test(path)) return withTexts(readLines(text), (await import('./shell.ts')).shellTexts(text))
  if (LINES.test(path)) return readLines(text)
  const matter = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(text.slice(0, 20_000))?.[1]
  // Front matter starts on the second line.
  return matter === undefined ? NOTHING : readYaml(`\n${matter}`)
}

/** What reads code is loaded with the first file of data that has some in it. */
async function withEmbedded(reading: Reading, text: string): Promise<Reading> {
  return EMBEDS.test(text) ? (await import('./embedded.ts')).withCode(reading) : reading
}
const EMBEDS = /^[ \t]+(?:import [\w.]+|from [\w.]+ import |(?:const|let|var) [^=\n]{1,80}= *require\()/m

/** What is quoted over several lines, instead of the first of them. */
function withTexts(reading: Reading, texts: Reading['texts']): Reading {
  const told = new Set(texts.filter(({ name }) => name !== '').map(({ line }) => line))
  const groups = reading.texts.length
  return {
    ...reading,
    texts: [
      ...reading.texts.filter(({ line }) => !told.has(line)),
      ...texts.map((text) => ({ ...text, group: 1_000_000 + groups + text.group })),
    ],
  }
}
