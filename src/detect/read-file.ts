// Picks the reader of a changed file; lexer, tables and the YAML reader are loaded when the first file needs them.

import { NOTHING, type Reading } from './reading.ts'

const CODE = /\.(?:[mc]?[jt]sx?|pyi?|go|java|kts?|cs|rb|rs|php|tf|tfvars|hcl|bicep|bicepparam|toml|jsonc?|json5|sql)$/i
const YAML = /\.(?:ya?ml|prompt\.ya?ml)$/i
const LINES = /(?:^|\/)(?:\.env[\w.-]*|[\w.-]*Dockerfile[\w.-]*|[\w.-]+\.(?:env|ini|cfg|properties|conf|sh))$/i
const TEXT = /\.(?:md|mdc|mdx|prompt|prompty|chatmode)$/i

export const isCode = (path: string) =>
  CODE.test(path) && !/\.(?:toml|jsonc?|json5|tf|tfvars|hcl|bicep\w*|sql)$/i.test(path)
export const isReadable = (path: string) => CODE.test(path) || YAML.test(path) || LINES.test(path) || TEXT.test(path)

export async function readSource(path: string, text: string | null): Promise<Reading> {
  if (text === null) return NOTHING
  if (text.includes('\0')) return { ...NOTHING, note: 'it is binary' }
  if (/@generated|code generated .{0,60}do not edit|auto-?generated (?:file|by)/i.test(text.slice(0, 600)))
    return { ...NOTHING, note: 'it is generated' }
  if (CODE.test(path)) {
    const [{ languageOf }, { readCode }] = await Promise.all([import('./code/languages.ts'), import('./code/read.ts')])
    const language = languageOf(path)
    return language === null ? NOTHING : readCode(text, language)
  }
  if (!YAML.test(path) && !LINES.test(path) && !TEXT.test(path)) return NOTHING
  const { readLines, readYaml } = await import('./data.ts')
  if (YAML.test(path)) return readYaml(text)
  if (LINES.test(path)) return readLines(text)
  const matter = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(text.slice(0, 20_000))?.[1]
  // Front matter starts on the second line.
  return matter === undefined ? NOTHING : readYaml(`\n${matter}`)
}
