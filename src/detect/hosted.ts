// Prompts that leave the repository: a text is replaced by what a hosted registry returns under a name. Such a prompt can change
// without a commit, so the change that moves it there is the last one that a review sees.

import type { LooseChange } from './undeclared.ts'

export type Hosted = { readonly service: string; readonly name: string; readonly line: number }

const MAX_TEXT = 1_000_000
const MAX_FOUND = 200
const QUOTED = `["'\`]([^"'\`\\n]{1,200})["'\`]`
/** A call's arguments up to the name: keys, other short values, line ends. */
const KEYED = (key: string) => `\\(\\s*\\{?[^(){}]{0,300}?["']?${key}["']?\\s*[:=]\\s*${QUOTED}`

type Form = {
  readonly service: string
  /** What the file must say somewhere, since the call alone could be anything. */
  readonly needs: RegExp
  readonly call: RegExp
}
const form = (service: string, needs: RegExp, call: string): Form => ({ service, needs, call: new RegExp(call, 'g') })

const FORMS: readonly Form[] = [
  form(
    'Langfuse',
    /langfuse/i,
    `\\.\\s*(?:getPrompt|get_prompt|prompt\\.get|prompts\\.get)\\s*\\(\\s*(?:name\\s*=\\s*)?${QUOTED}`,
  ),
  form('LangSmith', /hub|langsmith|langchain/i, `\\b(?:hub\\s*\\.\\s*pull|pull_prompt|pullPrompt)\\s*\\(\\s*${QUOTED}`),
  form('PromptLayer', /promptlayer/i, `\\.\\s*templates\\s*\\.\\s*get\\s*\\(\\s*${QUOTED}`),
  form('PromptLayer', /promptlayer/i, `\\.\\s*run\\s*${KEYED('prompt_?[nN]ame')}`),
  form('Braintrust', /braintrust/i, `\\b(?:loadPrompt|load_prompt)\\s*${KEYED('slug')}`),
  form('Portkey', /portkey/i, `["']?prompt_?(?:id|ID|Id)["']?\\s*[:=]\\s*${QUOTED}`),
  form('Humanloop', /humanloop/i, `\\.\\s*prompts\\s*\\.\\s*(?:call|get)\\s*${KEYED('(?:path|id)')}`),
  form('MLflow', /mlflow/i, `\\bload_prompt\\s*\\(\\s*(?:name_or_uri\\s*=\\s*)?${QUOTED}`),
  form('Opik', /opik/i, `\\.\\s*get_?[pP]rompt\\s*\\(\\s*(?:name\\s*=\\s*)?${QUOTED}`),
  form('Phoenix', /phoenix|arize/i, `\\.\\s*prompts\\s*\\.\\s*get\\s*${KEYED('prompt_identifier')}`),
  form(
    'a prompt registry',
    /prompts/,
    `\\b(?:client|api|registry|\\w*[cC]lient|\\w*[rR]egistry)\\s*\\.\\s*prompts\\s*\\.\\s*(?:get|retrieve|pull)\\s*\\(\\s*${QUOTED}`,
  ),
  form('OpenAI', /pmpt_/, `["'\`](pmpt_[A-Za-z0-9]{6,100})["'\`]|\\b(?:id\\s*:\\s*)(pmpt_[A-Za-z0-9]{6,100})`),
  form('Bedrock', /:prompt\//, `(arn:aws[\\w-]*:bedrock:[\\w-]*:\\d*:prompt/[\\w:]{1,100})`),
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
  /langfuse|hub|pull_?[pP]rompt|promptlayer|braintrust|portkey|humanloop|mlflow|opik|phoenix|arize|\.prompts|pmpt_|bedrock|helicone|langsmith/i

/** Prompts that a text fetches from a hosted registry, each once. */
export function hostedPrompts(text: string | null): readonly Hosted[] {
  if (text === null || text.length > MAX_TEXT || !ANY.test(text)) return []
  const found = new Map<string, Hosted>()
  const add = (service: string, name: string, at: number) => {
    // One call may fit a named service and the general form; the named one comes first.
    if ([...found.values()].some((one) => one.name === name) || found.size >= MAX_FOUND) return
    found.set(`${service}\0${name}`, { service, name, line: text.slice(0, at).split('\n').length })
  }
  for (const { service, needs, call } of FORMS) {
    if (!needs.test(text)) continue
    for (const match of text.matchAll(call)) add(service, match[1] ?? match[2] ?? '', match.index)
  }
  for (const match of text.matchAll(ADDRESS)) add(SERVICES[match[1] ?? ''] ?? '', match[2] ?? '', match.index)
  return [...found.values()].filter((one) => one.name !== '')
}

/** Those that the head fetches and the base does not. */
export function newlyHosted(before: string | null, after: string | null): readonly Hosted[] {
  const known = new Set(hostedPrompts(before).map((one) => one.name))
  return hostedPrompts(after).filter((one) => !known.has(one.name))
}

export const GONE = 'the prompt is no longer reviewable here'

/** A prompt that left for a registry is one change: the removed text and what takes its place. */
export function withHosted(
  changes: readonly LooseChange[],
  file: { readonly path: string; readonly before: string | null; readonly after: string | null },
): readonly LooseChange[] {
  const fetched = newlyHosted(file.before, file.after)
  if (fetched.length === 0) return changes
  const removed = changes.filter((change) => change.kind === 'prompt' && change.to === undefined)
  const moved = fetched.map(({ service, name, line }, at): LooseChange => {
    const old = removed[at]
    const place = `"${name}" of ${service}`
    return {
      kind: 'prompt',
      path: file.path,
      ...(old?.symbol === undefined ? {} : { symbol: old.symbol }),
      line,
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
