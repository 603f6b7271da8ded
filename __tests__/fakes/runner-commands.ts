// Commands that the runner finds in output lines: `::name::` at the start of a line, `##[name]` anywhere in one.

export type Command = {
  readonly name: string
  readonly properties: { readonly [name: string]: string }
  readonly data: string
  readonly form: '::' | '##['
  readonly line: string
}
export type Annotation = {
  readonly level: 'error' | 'warning' | 'notice'
  readonly message: string
  readonly properties: { readonly [name: string]: string }
}
export type ParsedCommands = {
  readonly commands: readonly Command[]
  readonly outputs: { readonly [name: string]: string }
  readonly state: { readonly [name: string]: string }
  readonly masks: readonly string[]
  readonly problems: readonly string[]
}

const KNOWN = new Set([
  'set-output',
  'save-state',
  'add-mask',
  'add-matcher',
  'remove-matcher',
  'debug',
  'notice',
  'warning',
  'error',
  'group',
  'endgroup',
  'echo',
  'stop-commands',
  'set-env',
  'add-path',
])
const LEVELS = ['error', 'warning', 'notice'] as const
const MAX_MESSAGE = 4096
const SHOWN_PER_LEVEL = 10

/** Reads each stream by itself: the runner gets them line by line, CR alone ends a line too. */
export function parseCommands(streams: readonly string[]): ParsedCommands {
  const commands: Command[] = []
  const outputs: { [name: string]: string } = {}
  const state: { [name: string]: string } = {}
  const masks: string[] = []
  const problems: string[] = []
  for (const stream of streams) {
    let stopToken: string | undefined
    for (const line of stream.split(/\r\n|\n|\r/)) {
      if (stopToken !== undefined) {
        if (parseCommand(line, new Set([stopToken]))) stopToken = undefined
        continue
      }
      const command = parseCommand(line, KNOWN)
      if (!command) continue
      commands.push(command)
      const { name, properties, data } = command
      if (name === 'stop-commands') stopToken = data.toLowerCase()
      if (name === 'set-output') outputs[properties.name ?? ''] = data
      if (name === 'save-state') state[properties.name ?? ''] = data
      if (name === 'add-mask' && data.trim() !== '') masks.push(data)
      if (name === 'set-env' || name === 'add-path') problems.push(`the ${name} command is disabled: ${line}`)
    }
  }
  return { commands, outputs, state, masks, problems }
}

function parseCommand(line: string, known: ReadonlySet<string>): Command | undefined {
  return parseColons(line, known) ?? parseHashes(line, known)
}

function parseColons(line: string, known: ReadonlySet<string>): Command | undefined {
  const text = line.trimStart()
  if (!text.startsWith('::')) return undefined
  const end = text.indexOf('::', 2)
  if (end < 0) return undefined
  const head = text.slice(2, end)
  return commandOf({ line, form: '::', head, data: text.slice(end + 2), separator: ',' }, known)
}

function parseHashes(line: string, known: ReadonlySet<string>): Command | undefined {
  const start = line.indexOf('##[')
  if (start < 0) return undefined
  const end = line.indexOf(']', start)
  if (end < 0) return undefined
  const head = line.slice(start + 3, end)
  return commandOf({ line, form: '##[', head, data: line.slice(end + 1), separator: ';' }, known)
}

type Found = Pick<Command, 'line' | 'form' | 'data'> & { readonly head: string; readonly separator: string }

function commandOf(found: Found, known: ReadonlySet<string>): Command | undefined {
  const space = found.head.indexOf(' ')
  const name = (space < 0 ? found.head : found.head.slice(0, space)).toLowerCase()
  if (!known.has(name)) return undefined
  const pairs =
    space < 0
      ? []
      : found.head
          .slice(space + 1)
          .trim()
          .split(found.separator)
  const properties = pairs.flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals < 0
      ? []
      : [[pair.slice(0, equals), unescapeText(pair.slice(equals + 1), found.form === '::')] as const]
  })
  const { line, form } = found
  return { name, properties: Object.fromEntries(properties), data: unescapeText(found.data, false), form, line }
}

function unescapeText(text: string, isProperty: boolean): string {
  const plain = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n')
  const more = isProperty ? plain.replaceAll('%3A', ':').replaceAll('%2C', ',') : plain
  return more.replaceAll('%25', '%')
}

/** Ten of each level, messages cut at 4,096 characters. */
export function annotationsOf(
  commands: readonly Command[],
  warnings: readonly string[],
  isSummaryTooLong: boolean,
): { readonly annotations: readonly Annotation[]; readonly dropped: number } {
  const said = commands.flatMap((command): readonly Annotation[] => {
    const level = LEVELS.find((name) => name === command.name)
    return level ? [{ level, message: command.data.slice(0, MAX_MESSAGE), properties: command.properties }] : []
  })
  const own = warnings.map((message): Annotation => ({ level: 'warning', message, properties: {} }))
  const late: readonly Annotation[] = isSummaryTooLong
    ? [
        {
          level: 'error',
          message: '$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k',
          properties: {},
        },
      ]
    : []
  const all = [...own, ...said, ...late]
  const annotations = LEVELS.flatMap((level) => all.filter((one) => one.level === level).slice(0, SHOWN_PER_LEVEL))
  return { annotations, dropped: all.length - annotations.length }
}
