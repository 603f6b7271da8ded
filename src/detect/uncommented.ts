// What a source text says outside of its comments, for whoever counts what stands in it.

import type { Token } from './code/tokens.ts'

/** The tokens of a source text, written one after the other; a text of another format as it is. */
export async function uncommented(path: string, text: string): Promise<string> {
  const [{ languageOf }, { lex }, { MAX_CODE_CHARS }] = await Promise.all([
    import('./code/languages.ts'),
    import('./code/lex.ts'),
    import('./code/tokens.ts'),
  ])
  const language = languageOf(path)
  if (language === null || text.length > MAX_CODE_CHARS) return text
  const tokens = lex(text, language)
  return tokens.map((token, at) => said(token) + (isWord(token) && isWord(tokens[at + 1]) ? ' ' : '')).join('')
}

const said = ({ kind, text }: Token) => (kind === 'string' ? `"${text}"` : text)
const isWord = (token: Token | undefined) => token?.kind === 'name' || token?.kind === 'number'
