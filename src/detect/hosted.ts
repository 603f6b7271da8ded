// Prompts that leave the repository: a text is replaced by what a hosted registry returns under a name. Such a prompt can change
// without a commit, so the change that moves it there is the last one that a review sees.

import type { LooseChange } from './undeclared.ts'

/** `name` is empty where the program makes it up. */
export type Hosted = { readonly service: string; readonly name: string; readonly line: number }

const MAX_TEXT = 1_000_000
const MAX_FOUND = 200
const QUOTED = `["'\`]([^"'\`\\n]{1,200})["'\`]`
/** A constant of the file, or a variable. */
const OR_NAME = `(?:${QUOTED}|([A-Za-z_$][\\w$.]{0,80})\\s*[,)])`
/** Type arguments, and the bracket. */
const CALL = '\\s*(?:<[^<>()]{0,100}>\\s*)?\\(\\s*'
/** A call's arguments up to the name: keys, other short values, line ends. */
const keyed = (key: string) => `${CALL}[^()]{0,300}?\\b${key}["']?\\s*[:=]\\s*${QUOTED}`

type Form = {
  readonly service: string
  /** What the file must say somewhere, since the call alone could be anything. */
  readonly needs: RegExp
  readonly call: RegExp
  /** The call returns other things, too: it counts where a prompt of the file is gone. */
  readonly weak?: boolean
}
const form = (service: string, needs: RegExp, call: string, weak = false): Form => ({
  service,
  needs,
  call: new RegExp(call, 'g'),
  weak,
})

const GET = '\\.\\s*(?:getPrompt|get_prompt|GetPrompt|prompts?(?:\\(\\))?\\s*\\.\\s*get)'
/** Registries whose clients all have a `get_prompt` of some spelling. */
const getting = (service: string, needs: RegExp) => [
  form(service, needs, `${GET}${CALL}(?:name\\s*=\\s*)?${OR_NAME}`),
  form(service, needs, `${GET}${keyed('(?:name|slug|key|handle|template_name|templateName)')}`),
]

const FORMS: readonly Form[] = [
  ...getting('Langfuse', /langfuse/i),
  form(
    'LangSmith',
    /langsmith|langchain/i,
    `\\b(?:hub\\s*\\.\\s*pull|pull_prompt|pullPrompt|pullPromptCommit)${CALL}${OR_NAME}`,
  ),
  form('PromptLayer', /promptlayer/i, `\\.\\s*templates\\s*\\.\\s*get${CALL}${OR_NAME}`),
  form('PromptLayer', /promptlayer/i, `\\.\\s*run${keyed('prompt_?[nN]ame')}`),
  form('Braintrust', /braintrust/i, `\\b(?:loadPrompt|load_prompt|invoke|initFunction|init_function)${keyed('slug')}`),
  form('Braintrust', /braintrust/i, `\\bload_prompt${CALL}["'][^"'\\n]{1,200}["']\\s*,\\s*${QUOTED}`),
  form('Portkey', /portkey/i, `["']?prompt_?(?:id|ID|Id)["']?\\s*[:=]\\s*${QUOTED}`),
  form('Helicone', /helicone/i, `["']?prompt_?(?:id|ID|Id)["']?\\s*[:=]\\s*${QUOTED}`),
  form('Humanloop', /humanloop/i, `\\.\\s*prompts\\s*\\.\\s*(?:call|get)${keyed('(?:path|id)')}`),
  form('MLflow', /mlflow/i, `\\bload_prompt${CALL}(?:name_or_uri\\s*=\\s*)?${QUOTED}`),
  ...getting('Opik', /opik/i),
  form('Phoenix', /phoenix|arize/i, `\\.\\s*prompts\\s*\\.\\s*get${keyed('prompt_identifier')}`),
  form('Phoenix', /phoenix|arize/i, `\\bgetPrompt${keyed('name')}`),
  form('Latitude', /latitude/i, `\\.\\s*prompts\\s*\\.\\s*(?:get|run)${CALL}${QUOTED}`),
  form('Agenta', /agenta/i, `\\bget_from_registry${keyed('app_slug')}`),
  form('Vellum', /vellum/i, `\\b(?:execute_?[pP]rompt(?:_?[sS]tream)?)${keyed('prompt_?[dD]eployment_?[nN]ame')}`),
  form('Orq', /\borq/i, `\\bdeployments\\s*\\.\\s*(?:invoke|get_config|getConfig)${keyed('key')}`),
  ...getting('Literal AI', /literalai|literal_client|@literalai/i),
  ...getting('Pezzo', /pezzo/i),
  ...getting('Maxim', /maxim/i),
  ...getting('LangWatch', /langwatch/i),
  form('Freeplay', /freeplay/i, `\\bprompts\\s*\\.\\s*get(?:_formatted|Formatted)?${keyed('template_?[nN]ame')}`),
  form('Weave', /\bweave\b/, `\\bweave\\s*\\.\\s*(?:ref|get)${CALL}${QUOTED}`, true),
  form('Vertex AI', /vertexai|google/i, `\\bprompts\\s*\\.\\s*(?:get|retrieve)${CALL}(?:prompt_id\\s*=\\s*)${QUOTED}`),
  form('Vertex AI', /vertexai[\w. ]{0,40}import[^\n]{0,80}\bprompts\b/, `\\bprompts\\s*\\.\\s*get${CALL}${QUOTED}`),
  form(
    'a prompt registry',
    /prompts/,
    `\\b(?:client|api|registry|\\w*[cC]lient|\\w*[rR]egistry)\\s*\\.\\s*prompts\\s*\\.\\s*(?:get|retrieve|pull)\\s*\\(\\s*${QUOTED}`,
  ),
  form('OpenAI', /pmpt_/, `(?<![\\w-])(pmpt_[A-Za-z0-9]{6,100})`),
  form('Bedrock', /:prompt\//, `(arn:aws[\\w-]*:bedrock:[\\w-]*:\\d*:prompt/[\\w:]{1,100})`),
  form('Bedrock', /promptIdentifier/, `\\bpromptIdentifier["']?\\s*[:=(]\\s*${QUOTED}`),
]
const ADDRESS = /\b(langfuse|portkey|helicone|promptlayer|langsmith|humanloop|braintrust|opik):\/\/([\w@./:-]{1,200})/g
const SERVICES: { readonly [scheme: string]: string } = {
  langfuse: 'Langfuse',
  portkey: 'Portkey',
  helicone: 'Helicone',
  promptlayer: 'PromptLayer',
  langsmith: 'LangSmith',
  humanloop: 'Humanloop',
  braintrust: 'Braintrust',
  opik: 'Opik',
}
const ANY =
  /langfuse|langchain|langsmith|promptlayer|braintrust|portkey|humanloop|mlflow|opik|phoenix|arize|prompts\b|pmpt_|promptIdentifier|:prompt\/|helicone|latitude|agenta|vellum|\borq|literal_?ai|literal_client|pezzo|maxim|langwatch|freeplay|weave/i

/** A line that is a comment as a whole. */
const COMMENT = /^\s*(?:#|\/\/|\*|\/\*|--|<!--)/

type Found = Hosted & { readonly weak: boolean }

/** Prompts that a text fetches from a hosted registry, each once. */
export const hostedPrompts = (text: string | null): readonly Hosted[] =>
  hostedIn(text).flatMap(({ weak, ...one }) => (weak ? [] : [one]))

function hostedIn(text: string | null): readonly Found[] {
  if (text === null || text.length > MAX_TEXT || !ANY.test(text)) return []
  const found = new Map<string, Found>()
  const names = new Set<string>()
  const add = ({ service, name, at, weak }: Omit<Found, 'line'> & { readonly at: number }) => {
    // One call may fit a named service and the general form; the named one comes first.
    if (found.size >= MAX_FOUND || names.has(name)) return
    const start = text.lastIndexOf('\n', at - 1) + 1
    if (COMMENT.test(text.slice(start, Math.max(start, at) + 2))) return
    if (name !== '') names.add(name)
    found.set(`${service}\0${name}`, { service, name, weak, line: text.slice(0, at).split('\n').length })
  }
  for (const { service, needs, call, weak = false } of FORMS) {
    if (!needs.test(text)) continue
    for (const match of text.matchAll(call)) {
      if (found.size >= MAX_FOUND) break
      const name = match[1] ?? constantOf(text, match[2] ?? '')
      add({ service, name, at: match.index, weak })
    }
  }
  for (const match of text.matchAll(ADDRESS))
    add({ service: SERVICES[match[1] ?? ''] ?? '', name: match[2] ?? '', at: match.index, weak: false })
  return [...found.values()].filter((one) => one.service !== '')
}

/** What a name is given in the same file; '' when that is not to be seen. */
function constantOf(text: string, name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) return ''
  const given = new RegExp(`\\b${name}\\b[ \\t]{0,20}(?::[ \\t]{0,5}\\w{1,30}[ \\t]{0,5})?=[ \\t]{0,20}${QUOTED}`).exec(
    text,
  )
  return given?.[1] ?? ''
}

/** Those that the head fetches and the base does not. A name that is made up counts as one that the service had before. */
export const newlyHosted = (before: string | null, after: string | null): readonly Hosted[] =>
  newly(before, after).filter(({ weak }) => !weak)

function newly(before: string | null, after: string | null): readonly Found[] {
  const now = hostedIn(after)
  if (now.length === 0) return []
  const old = hostedIn(before)
  const known = new Set(old.map((one) => one.name))
  const services = new Set(old.map((one) => one.service))
  return now.filter(({ name, service }) => (name === '' ? !services.has(service) : !known.has(name)))
}

export const GONE = 'the prompt is no longer reviewable here'

export const hostedName = ({ service, name }: Hosted) =>
  name === '' ? `what ${service} returns` : `"${name}" of ${service}`

/** A prompt that left for a registry is one change: the removed text and what takes its place. */
export function withHosted(
  changes: readonly LooseChange[],
  file: { readonly path: string; readonly before: string | null; readonly after: string | null },
): readonly LooseChange[] {
  const found = newly(file.before, file.after)
  if (found.length === 0) return changes
  const names = new Set(found.map(({ name }) => name))
  const removed = changes.filter((change) => change.kind === 'prompt' && isGone(change, names))
  const fetched = found.filter(({ weak }, at) => !weak || at < removed.length)
  const moved = fetched.map((one, at): LooseChange => {
    const old = removed[at]
    const place = hostedName(one)
    return {
      kind: 'prompt',
      path: file.path,
      ...(old?.symbol === undefined ? {} : { symbol: old.symbol }),
      line: one.line,
      ...(old?.from === undefined ? {} : { from: old.from }),
      what:
        old === undefined
          ? `prompt ${place} is fetched when the program runs: it is not reviewable here`
          : `prompt ${old.symbol ?? ''} is replaced by ${place}: ${GONE}`.replace('  ', ' '),
      hosted: true,
    }
  })
  const taken = new Set(removed.slice(0, fetched.length))
  return [...changes.filter((change) => !taken.has(change)), ...moved]
}

/** Gone, or nothing is left of it but the name under which it is fetched. */
const isGone = ({ to, from, said }: LooseChange, names: ReadonlySet<string>) =>
  to === undefined || (from !== undefined && (said?.pieces.every(({ value }) => names.has(value)) ?? false))
