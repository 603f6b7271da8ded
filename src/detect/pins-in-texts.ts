// Ids inside of longer texts: arguments of commands, addresses of an API, tags of Go's fields.

import { modelId, withoutProvider } from './model-ids.ts'
import { saysModel } from './model-names.ts'
import { isNeverNamed, writtenIn } from './pin-values.ts'
import type { Pin } from './pins.ts'
import { SHORT } from './pins-unknown.ts'
import type { Text } from './reading.ts'
import { isTurnOfModels, MAX_TURNS } from './role-tables.ts'
import { carrierOf } from './words.ts'

/** A text with more of them is data. */
const MAX_INSIDE = 100

export function pinsInside(text: Text): readonly Pin[] {
  const { value, use, name, frame } = text
  // A document that shows how it is done.
  if (/ndpoint|NDPOINT/.test(value) && REMOTE.test(value)) return endpointPins(text)
  if (use === 'docstring' || use === 'condition' || use === 'key' || value.includes('```') || SAYS.test(frame.callee))
    return []
  return [
    ...(COMMAND_WORD.test(value) && !isNeverNamed(text) && carrierOf(name) !== 'reader' ? argumentPins(text) : []),
    ...(value.includes('/') ? addressPins(text) : []),
    ...((BODY.test(value) || (saysModel(name) && OBJECT.test(value))) && !isNeverNamed(text) ? bodyPins(text) : []),
    ...(value.includes('efault:"') ? tagPins(text) : []),
    ...(value.includes('\n') && !isNeverNamed(text) ? settingPins(text) : []),
    ...(value.includes(',') && isTurnOfModels(name) ? pinsInTurn(text) : []),
  ]
}

/** BigQuery's `CREATE OR REPLACE MODEL … OPTIONS (endpoint = 'id')`, wherever it is written or sent. */
function endpointPins({ value, line, name }: Text): readonly Pin[] {
  return [...value.matchAll(ENDPOINT)]
    .slice(0, MAX_INSIDE)
    .flatMap(({ 1: id = '', index }): Pin[] =>
      modelId(id) === null
        ? []
        : [{ key: 'endpoint', id, line: line + linesBefore(value, index), trust: 'sure', symbol: name || 'endpoint' }],
    )
}
const REMOTE = /\bCREATE\s+(?:OR\s+REPLACE\s+)?MODEL\b/i
const ENDPOINT = /\bendpoint\s{0,4}=\s{0,4}\\?["']([\w.:/@-]{2,80})\\?["']/gi

const COMMAND_WORD = /--(?:[\w.-]{0,30}[._-])?model|-Model|ollama |vllm serve|\s-m /

/** A script that shows how it is called. */
const SAYS = /^(?:echo|printf)$/

/** `--model id` in a command or in a block of arguments, `ollama pull id`; short names of a family count, too. */
function argumentPins({ value, line, name }: Text): readonly Pin[] {
  if (HELP.test(value)) return []
  return [ARGUMENT, PULLED, SHORT_ARGUMENT].flatMap((pattern) =>
    [...value.matchAll(pattern)].slice(0, MAX_INSIDE).flatMap(({ 1: id = '', index }): Pin[] => {
      if (modelId(id) === null && !SHORT.test(id)) return []
      const at = line + linesBefore(value, index)
      return [{ key: '--model', id: withoutProvider(id), line: at, trust: 'sure', symbol: name }]
    }),
  )
}
/** How a program is called, for whoever calls it. */
const HELP = /(?:^|\n)[ \t]*(?:usage|examples?|options|flags)(?::|[ \t]*\n)|<\/(?:code|li|p)>/i
const ARGUMENT =
  /(?<![\w-])(?:--(?:[\w.-]{0,30}[._-])?model(?:[-_](?:name|id))?[ =]|-Model(?:Name|Id)? )[ =]*["']?([\w.:/@-]{2,80})/g
/** At the start of a command: in a sentence it is advice. */
const PULLED = /(?:^|\n|&&|;|\bexec|\bRUN)[ \t]*(?:ollama +(?:pull|run)|vllm +serve) +["']?([\w.:/@-]{2,80})/g
const SHORT_ARGUMENT =
  /(?:^|\n|&&|;|\|)[ \t]*(?:llm|gemini|codex|aichat|mods|sgpt)\b[^\n|;&]{0,60} -m[ =]+["']?([\w.:/@-]{2,80})/g

/** `["run", "--model", "id"]`: an argument of its own after its name. */
export function listedArguments(texts: readonly Text[]): readonly Pin[] {
  return texts.flatMap(({ value, name, frame, line, use }, at): Pin[] => {
    const before = texts[at - 1]
    const isArgument = name === '' && use === 'value' && before?.frame === frame && FLAG.test(before.value)
    if (!isArgument || frame.open === '' || (modelId(value) === null && !SHORT.test(value))) return []
    return [{ key: '--model', id: withoutProvider(value), line, trust: 'sure', symbol: frame.name || '--model' }]
  })
}
const FLAG = /^--(?:[\w.-]{0,30}[._-])?model(?:[-_](?:name|id))?$/

const linesBefore = (value: string, index: number) => value.slice(0, index + 1).match(/\n/g)?.length ?? 0

/** `…/models/id:generateContent`, `…/publishers/google/models/id`, `…/deployments/id/chat/completions`, `…/realtime?model=id`. */
function addressPins({ value, line, name, frame }: Text): readonly Pin[] {
  if (value.length > MAX_ADDRESS) return []
  return [...value.matchAll(ADDRESS)].flatMap(([, ...places]): Pin[] => {
    const id = places.find((place) => place !== undefined) ?? ''
    if (modelId(id) === null) return []
    const key = name || frame.name || frame.callee
    return [{ key, id: withoutProvider(id), line, trust: 'sure', symbol: key }]
  })
}
const MAX_ADDRESS = 400
const ADDRESS =
  /\/(?:models?|deployments|engines)\/((?:[\w.-]{1,60}\/(?!chat\/))?[\w.@-]{2,80}?)(?::(?:\w*[gG]enerateContent|\w*[pP]redict|\w*[eE]mbedContents?)\b|\/(?:chat\/completions|completions|embeddings|invoke\b|converse\b|images\/|audio\/))|huggingface\.co\/(?:models|pipeline\/[\w-]{1,40})\/([\w.-]{1,60}\/[\w.-]{1,80})|\/publishers\/[\w-]{1,30}\/models\/([\w.@-]{2,80})|\/realtime\?(?:[\w.-]{1,40}=[\w.-]{0,40}&){0,5}model=([\w.-]{2,80})/g

/** `{"model": "id", …}` that is sent as it stands, or given to curl, as `-F model=id` may be. */
function bodyPins({ value, line, name }: Text): readonly Pin[] {
  const all = [...value.matchAll(MODEL_OF_BODY), ...value.matchAll(MODEL_OF_FORM)]
  return all.slice(0, MAX_INSIDE).flatMap(({ 1: id = '', index }): Pin[] =>
    modelId(id) === null
      ? []
      : [
          {
            key: 'model',
            id: withoutProvider(id),
            line: line + linesBefore(value, index),
            trust: 'sure',
            symbol: name,
          },
        ],
  )
}
/** With what is asked, or with nothing else; dots stand for what a reader is to fill in. */
const BODY =
  /^\s*\{\s*\\?["'](?![\s\S]*\.\.\.)(?:[^,]*\}\s*$|[\s\S]*(?:messages|input|prompt|provider|contents|stream|max_?tokens|temperature)\\?["'])|\bcurl\b|\s-d '|(?:^|\s)-F ["']?model=/i
/** `MODEL_INFO='{"model": "id", "version": "0613"}'` */
const OBJECT = /^\s*\{[^{}]{0,400}\}\s*$/
const MODEL_OF_BODY = /\\?["']model(?:_?id|_?name)?\\?["']\s{0,4}:\s{0,4}\\?["']([\w.:/@-]{2,80})\\?["']/gi

const MODEL_OF_FORM = /(?:^|\s)(?:-F|--form) ["']?model=\\?["']?([\w.:/@-]{2,80})/g

/** A file of settings that is written out in code, of which nearly every line is a setting: `[llm]`, `model = "id"`. */
function settingPins({ value, line, name }: Text): readonly Pin[] {
  if (value.length > MAX_SETTINGS) return []
  const rows = value.split(/\r?\n/)
  // Front matter that is written out has a line of its own at both ends.
  const said = rows.filter((row) => !/^\s*(?:---)?\s*$/.test(row))
  if (said.length < 2 || said.filter((row) => SETTING_ROW.test(row)).length < said.length * 0.9) return []
  return rows.flatMap((row, at): Pin[] => {
    const { 1: key = '', 2: id = '' } = MODEL_ROW.exec(row) ?? []
    const known = saysModel(key) ? modelId(id) : null
    return known === null ? [] : [{ key, id: known, written: id, line: line + at, trust: 'sure', symbol: name || key }]
  })
}
const MAX_SETTINGS = 20_000
const SETTING_ROW = /^[ \t]*(?:#|\[[\w.-]{1,60}\]|(?:- )?["']?[\w. -]{1,40}["']?[ \t]{0,9}[:=])/
const MODEL_ROW = /^[ \t]*(?:- )?["']?([\w. -]{1,40}?)["']?[ \t]{0,9}[:=][ \t]{0,9}["']?([\w.:/@-]{2,80})["']?,?[ \t]*$/

/** `FALLBACK_MODELS=a,b`: each is asked in its turn, if all of them are ids. */
function pinsInTurn({ value, line, name }: Text): readonly Pin[] {
  const written = (writtenIn({ value }) ?? '').split(/\s*,\s*/, MAX_TURNS + 1)
  if (written.length > MAX_TURNS || written.some((one) => modelId(one) === null)) return []
  return written.map((one) => ({
    key: name,
    id: withoutProvider(one),
    written: one,
    line,
    trust: 'sure',
    symbol: name,
  }))
}
/** Go: `env:"OPENAI_MODEL" envDefault:"id"`. */
function tagPins({ value, line }: Text): readonly Pin[] {
  if (value.length > MAX_ADDRESS) return []
  const tags = [...value.matchAll(/([\w-]{1,40}):"([^"]{0,120})"/g)].map(({ 1: tag = '', 2: said = '' }) => ({
    tag,
    said,
  }))
  const name = tags.find(({ tag, said }) => !DEFAULT_TAG.test(tag) && saysModel(said))?.said
  if (name === undefined) return []
  return tags.flatMap(({ tag, said }): Pin[] => {
    const id = DEFAULT_TAG.test(tag) ? modelId(said) : null
    return id === null ? [] : [{ key: name, id, written: said, line, trust: 'sure', symbol: name }]
  })
}
const DEFAULT_TAG = /^(?:env-?)?default$/i
