// What the lexer must know of each language: its comments, its strings, and where names stand. One row per language.

/** Where code stands in a string: text between `open` and the matching close is code, `doubled` is the opener as text. */
export type Hole = { readonly open: string; readonly close: string; readonly doubled?: string }

export type StringForm = {
  /** Sticky; tried where a token starts. */
  readonly open: RegExp
  /** Closing text for what `open` matched; the match itself by default. */
  readonly close?: (match: RegExpExecArray) => string
  /** `backslash` by default; `raw` keeps what follows a backslash, `doubled` escapes the quote by writing it twice. */
  readonly escapes?: (match: RegExpExecArray) => 'backslash' | 'raw' | 'doubled' | 'none'
  readonly multiline?: (match: RegExpExecArray) => boolean
  readonly hole?: (match: RegExpExecArray) => Hole | null
  /** `$name` in the text is a variable. */
  readonly dollarNames?: boolean
}

export type Language = {
  readonly id: string
  readonly lineComments: readonly string[]
  readonly blockComment?: readonly [string, string]
  readonly nestedComments?: boolean
  readonly strings: readonly StringForm[]
  /** Sticky; group `id` names the end. */
  readonly heredoc?: RegExp
  /** Statements end with a line unless it is clear that they go on. */
  readonly lineStatements: boolean
  readonly regexes?: boolean
  readonly jsx?: boolean
  /** Strings may start with a letter: `r"…"`. */
  readonly prefixes?: boolean
  readonly python?: boolean
  /** Bodies of functions and classes are told by their indentation. */
  readonly indented?: boolean
  /** `key => value`. */
  readonly arrowKeys?: boolean
  /** Text outside of this is not code (PHP). */
  readonly island?: readonly [string, string]
}

const yes = () => true
const raw = () => 'raw' as const
const none = () => 'none' as const
const braces = (open: string, doubled?: string) => (): Hole => ({
  open,
  close: '}',
  ...(doubled === undefined ? {} : { doubled }),
})

const parentheses = (): Hole => ({ open: '\\(', close: ')' })
const CLOSING: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}', '<': '>' }

const C_COMMENTS = { lineComments: ['//'], blockComment: ['/*', '*/'] } as const
const PLAIN: StringForm = { open: /["']/y }
const DOUBLE: StringForm = { open: /"/y }
const CHAR: StringForm = { open: /'/y }
const TRIPLE: StringForm = { open: /"""/y, multiline: yes }

const javascript: Language = {
  id: 'javascript',
  ...C_COMMENTS,
  strings: [PLAIN, { open: /`/y, multiline: yes, hole: braces('${') }],
  lineStatements: true,
  regexes: true,
}

const python: Language = {
  id: 'python',
  lineComments: ['#'],
  strings: [
    {
      open: /([rRbBfFuUtT]{0,2})("""|'''|"|')/y,
      close: (match) => match[2] ?? '"',
      escapes: (match) => (/r/i.test(match[1] ?? '') ? 'raw' : 'backslash'),
      multiline: (match) => match[2]?.length === 3,
      hole: (match) => (/[ft]/i.test(match[1] ?? '') ? braces('{', '{{')() : null),
    },
  ],
  lineStatements: true,
  prefixes: true,
  python: true,
  indented: true,
}

const csharp: Language = {
  id: 'csharp',
  ...C_COMMENTS,
  strings: [
    {
      open: /(\$*)("{3,})/y,
      close: (match) => match[2] ?? '"""',
      escapes: none,
      multiline: yes,
      hole: (match) => (match[1] ? { open: '{'.repeat(match[1].length), close: '}'.repeat(match[1].length) } : null),
    },
    {
      open: /(\$@|@\$|@)"/y,
      close: () => '"',
      escapes: () => 'doubled',
      multiline: yes,
      hole: (match) => (match[1] === '@' ? null : braces('{', '{{')()),
    },
    { open: /(\$?)"/y, close: () => '"', hole: (match) => (match[1] ? braces('{', '{{')() : null) },
    CHAR,
  ],
  lineStatements: false,
  arrowKeys: true,
}

const ruby: Language = {
  id: 'ruby',
  lineComments: ['#'],
  blockComment: ['\n=begin', '\n=end'],
  strings: [
    { open: /["`]/y, multiline: yes, hole: braces('#{') },
    { open: /'/y, multiline: yes },
    {
      open: /%([qQwWiI]?)([([{<|!])(?=[^\s=])/y,
      close: (match) => CLOSING[match[2] ?? ''] ?? match[2] ?? ')',
      multiline: yes,
      hole: (match) => (/[qwi]/.test(match[1] ?? '') ? null : braces('#{')()),
    },
  ],
  heredoc: /<<[~-]?(["'`]?)(?<id>[A-Z_][A-Za-z0-9_]*)\1/y,
  lineStatements: true,
  indented: true,
  arrowKeys: true,
}

const php: Language = {
  id: 'php',
  lineComments: ['//', '#'],
  blockComment: ['/*', '*/'],
  strings: [
    { open: /'/y, multiline: yes },
    { open: /"/y, multiline: yes, hole: braces('{$'), dollarNames: true },
  ],
  heredoc: /<<<[ \t]*(["']?)(?<id>[A-Za-z_]\w*)\1(?=\r?\n)/y,
  lineStatements: false,
  arrowKeys: true,
  island: ['<?', '?>'],
}

const kotlin: Language = {
  id: 'kotlin',
  ...C_COMMENTS,
  nestedComments: true,
  strings: [
    { open: /"""/y, escapes: none, multiline: yes, hole: braces('${'), dollarNames: true },
    { open: /"/y, hole: braces('${'), dollarNames: true },
    CHAR,
  ],
  lineStatements: true,
}

const rust: Language = {
  id: 'rust',
  prefixes: true,
  ...C_COMMENTS,
  nestedComments: true,
  strings: [
    { open: /b?r(#*)"/y, close: (match) => `"${match[1] ?? ''}`, escapes: none, multiline: yes },
    { open: /b?"/y, close: () => '"', multiline: yes },
    { open: /b?'(?=(?:\\[^\n]{1,8}|[^\\'\n])')/y, close: () => "'" },
  ],
  lineStatements: false,
}

const sql: Language = {
  id: 'sql',
  prefixes: true,
  lineComments: ['--'],
  blockComment: ['/*', '*/'],
  strings: [
    { open: /\$(\w*)\$/y, escapes: none, multiline: yes },
    { open: /[eE]?'/y, close: () => "'", escapes: () => 'doubled', multiline: yes },
    { open: /"/y, escapes: () => 'doubled' },
  ],
  lineStatements: false,
}

const swift: Language = {
  id: 'swift',
  ...C_COMMENTS,
  nestedComments: true,
  strings: [
    { open: /(#*)"""/y, close: (match) => `"""${match[1] ?? ''}`, multiline: yes, hole: parentheses },
    { open: /(#+)"/y, close: (match) => `"${match[1] ?? ''}`, escapes: none },
    { open: /"/y, hole: parentheses },
  ],
  lineStatements: true,
}

const elixir: Language = {
  id: 'elixir',
  lineComments: ['#'],
  strings: [
    { open: /~S"""/y, close: () => '"""', escapes: none, multiline: yes },
    { open: /(?:~[a-z])?"""/y, close: () => '"""', multiline: yes, hole: braces('#{') },
    { open: /~[a-zA-Z]([|/"'([{<])/y, close: (match) => CLOSING[match[1] ?? ''] ?? match[1] ?? '"', multiline: yes },
    { open: /"/y, multiline: yes, hole: braces('#{') },
  ],
  lineStatements: true,
  indented: true,
  arrowKeys: true,
}

const scala: Language = {
  id: 'scala',
  prefixes: true,
  ...C_COMMENTS,
  nestedComments: true,
  strings: [
    {
      open: /[a-z]{0,6}"""/y,
      close: () => '"""',
      escapes: none,
      multiline: yes,
      hole: braces('${'),
      dollarNames: true,
    },
    { open: /[a-z]{0,6}"/y, close: () => '"', hole: braces('${'), dollarNames: true },
    CHAR,
  ],
  lineStatements: true,
}

const dart: Language = {
  id: 'dart',
  prefixes: true,
  ...C_COMMENTS,
  strings: [
    {
      open: /r('''|"""|'|")/y,
      close: (match) => match[1] ?? "'",
      escapes: none,
      multiline: (match) => match[1]?.length === 3,
    },
    { open: /('''|"""|'|")/y, multiline: (match) => match[1]?.length === 3, hole: braces('${'), dollarNames: true },
  ],
  lineStatements: false,
}

const cpp: Language = {
  id: 'cpp',
  prefixes: true,
  ...C_COMMENTS,
  strings: [
    {
      open: /(?:u8|[uUL])?R"([^\s()\\]{0,16})\(/y,
      close: (match) => `)${match[1] ?? ''}"`,
      escapes: none,
      multiline: yes,
    },
    { open: /(?:u8|[uUL]|@)?"/y, close: () => '"' },
    CHAR,
  ],
  lineStatements: false,
}

const LANGUAGES: { readonly [extension: string]: Language } = {
  ts: javascript,
  mts: javascript,
  cts: javascript,
  js: { ...javascript, jsx: true },
  mjs: javascript,
  cjs: javascript,
  tsx: { ...javascript, jsx: true },
  jsx: { ...javascript, jsx: true },
  py: python,
  pyi: python,
  go: {
    id: 'go',
    ...C_COMMENTS,
    strings: [DOUBLE, { open: /`/y, escapes: none, multiline: yes }, CHAR],
    lineStatements: true,
  },
  java: { id: 'java', ...C_COMMENTS, strings: [TRIPLE, DOUBLE, CHAR], lineStatements: false },
  kt: kotlin,
  kts: kotlin,
  cs: csharp,
  rb: ruby,
  rs: rust,
  php,
  tf: {
    id: 'hcl',
    lineComments: ['#', '//'],
    blockComment: ['/*', '*/'],
    strings: [{ open: /"/y, hole: braces('${') }],
    heredoc: /<<-?()(?<id>[A-Za-z_]\w*)(?=\r?\n)/y,
    lineStatements: true,
  },
  bicep: {
    id: 'bicep',
    ...C_COMMENTS,
    strings: [
      { open: /'''/y, escapes: none, multiline: yes },
      { open: /'/y, hole: braces('${') },
    ],
    lineStatements: true,
  },
  sql,
  swift,
  ex: elixir,
  scala,
  dart,
  cpp,
  lua: {
    id: 'lua',
    lineComments: ['--'],
    blockComment: ['--[[', ']]'],
    strings: [PLAIN, { open: /\[(=*)\[/y, close: (match) => `]${match[1] ?? ''}]`, escapes: none, multiline: yes }],
    lineStatements: true,
  },
  // Single-file components: what stands in the script is code.
  vue: { ...javascript, island: ['<script', '</script>'] },
  baml: {
    id: 'baml',
    lineComments: ['//'],
    strings: [{ open: /(#+)"/y, close: (match) => `"${match[1] ?? ''}`, escapes: none, multiline: yes }, DOUBLE],
    lineStatements: true,
  },
  json: { id: 'json', ...C_COMMENTS, strings: [PLAIN], lineStatements: false },
  toml: {
    id: 'toml',
    lineComments: ['#'],
    strings: [TRIPLE, { open: /'''/y, escapes: raw, multiline: yes }, DOUBLE, { open: /'/y, escapes: none }],
    lineStatements: true,
  },
}
const SAME: { readonly [extension: string]: string } = {
  tfvars: 'tf',
  hcl: 'tf',
  bicepparam: 'bicep',
  jsonc: 'json',
  json5: 'json',
  exs: 'ex',
  sc: 'scala',
  svelte: 'vue',
  astro: 'vue',
  cc: 'cpp',
  cxx: 'cpp',
  hpp: 'cpp',
  h: 'cpp',
  mm: 'cpp',
}

/** The language of a path, null when the lexer does not know it. */
export function languageOf(path: string): Language | null {
  const extension = /\.([a-z]+5?)$/i.exec(path)?.[1]?.toLowerCase() ?? ''
  const key = SAME[extension] ?? extension
  return Object.hasOwn(LANGUAGES, key) ? (LANGUAGES[key] ?? null) : null
}
