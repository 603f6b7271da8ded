// The little of GitHub's GraphQL that is needed, read strictly: unknown fields, arguments and variables are errors.

type Selection = {
  readonly name: string
  readonly alias: string
  readonly args: Args
  readonly fields: readonly Selection[]
}
type Args = { readonly [name: string]: unknown }
type Document = {
  readonly kind: string
  readonly variables: ReadonlySet<string>
  readonly fields: readonly Selection[]
}

/** Field tree of what may be asked; null is a leaf. */
type Fields = { readonly [name: string]: { readonly args?: readonly string[]; readonly fields: Fields | null } }

const leaf = { fields: null }
const MINIMIZED = {
  clientMutationId: leaf,
  minimizedComment: { fields: { isMinimized: leaf, minimizedReason: leaf, viewerCanMinimize: leaf, __typename: leaf } },
}
const ROOTS: { readonly [kind: string]: Fields } = {
  query: { viewer: { fields: { login: leaf, id: leaf, __typename: leaf } } },
  mutation: {
    minimizeComment: { args: ['input'], fields: MINIMIZED },
    unminimizeComment: { args: ['input'], fields: MINIMIZED },
  },
}
const CLASSIFIERS = new Set(['SPAM', 'ABUSE', 'OFF_TOPIC', 'OUTDATED', 'DUPLICATE', 'RESOLVED', 'LOW_QUALITY'])

export type GraphqlCall =
  | { readonly kind: 'viewer'; readonly field: Selection }
  | {
      readonly kind: 'minimize' | 'unminimize'
      readonly field: Selection
      readonly subjectId: string
      readonly classifier: string
    }
export type { Selection }

/** Throws an Error with what is wrong with the document or its variables. */
export function readGraphql(query: string, variables: { readonly [name: string]: unknown }): readonly GraphqlCall[] {
  const document = parseDocument(query, variables)
  const roots = ROOTS[document.kind]
  if (!roots) throw new Error(`this fake knows no ${document.kind}`)
  for (const name of Object.keys(variables)) {
    if (!document.variables.has(name)) throw new Error(`variable $${name} is not declared`)
  }
  checkFields(document.fields, roots, document.kind)
  return document.fields.map(callOf)
}

function checkFields(fields: readonly Selection[], known: Fields, where: string): void {
  for (const field of fields) {
    const rule = known[field.name]
    if (!rule) throw new Error(`Field '${field.name}' doesn't exist on type '${where}'`)
    const stray = Object.keys(field.args).find((name) => !(rule.args ?? []).includes(name))
    if (stray) throw new Error(`Field '${field.name}' doesn't accept argument '${stray}'`)
    const missing = (rule.args ?? []).find((name) => !(name in field.args))
    if (missing) throw new Error(`Field '${field.name}' is missing required arguments: ${missing}`)
    if (rule.fields === null && field.fields.length > 0) throw new Error(`'${field.name}' has no selections`)
    if (rule.fields !== null && field.fields.length === 0) throw new Error(`'${field.name}' must have selections`)
    if (rule.fields) checkFields(field.fields, rule.fields, field.name)
  }
}

function callOf(field: Selection): GraphqlCall {
  if (field.name === 'viewer') return { kind: 'viewer', field }
  const input = (field.args.input ?? {}) as Args
  const isMinimize = field.name === 'minimizeComment'
  const allowed = isMinimize ? ['subjectId', 'classifier', 'clientMutationId'] : ['subjectId', 'clientMutationId']
  const stray = Object.keys(input).find((name) => !allowed.includes(name))
  if (stray) throw new Error(`InputObject doesn't accept argument '${stray}'`)
  const { subjectId, classifier = '' } = input
  if (typeof subjectId !== 'string') throw new Error('subjectId must be an ID')
  if (isMinimize && !CLASSIFIERS.has(String(classifier)))
    throw new Error(`classifier has an invalid value (${String(classifier)})`)
  return { kind: isMinimize ? 'minimize' : 'unminimize', field, subjectId, classifier: String(classifier) }
}

const TOKEN = /[\s,\ufeff]+|#[^\n]*|(\.\.\.|[{}()[\]:$!=@]|"(?:\\.|[^"\\\n])*"|-?\d+(?:\.\d+)?|[A-Za-z_]\w*)/y

function tokens(text: string): readonly string[] {
  const found: string[] = []
  const pattern = new RegExp(TOKEN.source, TOKEN.flags)
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex
    const match = pattern.exec(text)
    if (!match) throw new Error(`Parse error at ${start}: ${text.slice(start, start + 10)}`)
    if (match[1] !== undefined) found.push(match[1])
  }
  return found
}

function parseDocument(text: string, variables: { readonly [name: string]: unknown }): Document {
  const list = tokens(text)
  let at = 0
  const peek = () => list[at]
  const take = (wanted?: string): string => {
    const token = list[at++]
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new Error(`Parse error: found ${token ?? 'the end'}${wanted ? `, expected ${wanted}` : ''}`)
    }
    return token
  }
  const skip = (wanted: string) => peek() === wanted && take() !== ''
  const declared = new Map<string, boolean>()
  const value = (): unknown => {
    const token = take()
    if (token === '$') return variable(take())
    if (token === '{') return members('}')
    if (token === '[') {
      const items: unknown[] = []
      while (peek() !== ']') items.push(value())
      take(']')
      return items
    }
    if (token.startsWith('"')) return JSON.parse(token) as unknown
    if (token === 'true' || token === 'false') return token === 'true'
    return /^-?\d/.test(token) ? Number(token) : token
  }
  const variable = (name: string): unknown => {
    if (!declared.has(name)) throw new Error(`Variable $${name} is used but not declared`)
    if (declared.get(name) && variables[name] === undefined) throw new Error(`Variable $${name} was not provided`)
    return variables[name]
  }
  const members = (end: string): Args => {
    const made: { [name: string]: unknown } = {}
    while (peek() !== end) {
      const name = take()
      take(':')
      made[name] = value()
    }
    take(end)
    return made
  }
  const selections = (): readonly Selection[] => {
    take('{')
    const fields: Selection[] = []
    while (peek() !== '}') {
      const first = take()
      if (first === '...') throw new Error('this fake knows no fragments')
      const name = skip(':') ? take() : first
      const args = skip('(') ? members(')') : {}
      fields.push({ name, alias: first, args, fields: peek() === '{' ? selections() : [] })
    }
    take('}')
    return fields
  }
  const kind = peek() === '{' ? 'query' : take()
  if (peek() !== '{' && peek() !== '(') take()
  if (skip('(')) {
    while (peek() !== ')') {
      take('$')
      const name = take()
      take(':')
      const type = [take()]
      while (peek() === '!' || peek() === ']' || type.at(-1) === '[') type.push(take())
      declared.set(name, type.at(-1) === '!')
    }
    take(')')
  }
  const fields = selections()
  if (at < list.length) throw new Error(`Parse error: ${list[at]} after the end`)
  return { kind, variables: new Set(declared.keys()), fields }
}
