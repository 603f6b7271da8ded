// The `NAME=value` and heredoc format of GITHUB_OUTPUT, GITHUB_ENV and GITHUB_STATE.

export type FileEntries = { readonly entries: { readonly [name: string]: string }; readonly problem?: string }

export function parseEnvironmentFile(text: string): FileEntries {
  const entries: { [name: string]: string } = {}
  const lines = text.split(/\r?\n/)
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) return { entries, problem: `Invalid format '${line}'. Name must not be empty` }
      entries[line.slice(0, equals)] = line.slice(equals + 1)
      continue
    }
    if (heredoc <= 0) return { entries, problem: `Invalid format '${line}'` }
    const delimiter = line.slice(heredoc + 2)
    if (delimiter === '') return { entries, problem: `Invalid format '${line}'. Delimiter must not be empty` }
    const end = lines.indexOf(delimiter, index + 1)
    if (end < 0) return { entries, problem: `Invalid value. Matching delimiter not found '${delimiter}'` }
    entries[line.slice(0, heredoc)] = lines.slice(index + 1, end).join('\n')
    index = end
  }
  return { entries }
}
