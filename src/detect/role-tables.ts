// Lists and tables of models that are asked: which one for what (`{ plan: "o3", title: "gpt-4o-mini" }`), or one after the other.

import { modelId } from './model-ids.ts'
import { isOfDefaults, saysModel } from './model-names.ts'
import { bare } from './pin-constants.ts'
import { type Frame, namesOf, type Text } from './reading.ts'
import { wordsOf } from './words.ts'

type Id = { readonly text: Text; readonly id: string }

/** The objects and maps whose keys say what a model is asked for, or whose it is, and not which model is meant. */
export function roleTables(ids: readonly Id[]): ReadonlySet<Frame> {
  const tables = new Map<Frame, Id[]>()
  for (const one of ids) {
    const { name, use } = one.text
    const table = tableOf(one.text)
    if (table === null || name === '' || use === 'condition' || use === 'key') continue
    // In a body only what is given for somebody is an entry: `OPENAI -> "…"`.
    if (table.owner !== '' && table.keys.has(name)) continue
    const entries = tables.get(table)
    if (entries === undefined) tables.set(table, [one])
    else entries.push(one)
  }
  const found = [...tables].filter(([table, entries]) => isByRole(table, entries))
  return new Set(found.flatMap(([table, entries]) => [table, ...entries.map(({ text }) => text.frame)]))
}

/** What holds an entry: an object, an array with keys, a map that is made by a call, or the list of pairs that one is made of. */
export function tableOf({ frame, name }: Pick<Text, 'frame' | 'name'>): Frame | null {
  const { open, callee, parent } = frame
  if (open === '(') return MAP.test(callee) ? frame : callee === '' || /entry$/i.test(callee) ? parent : null
  if (open === '[') return frame.keys.has(name) ? frame : null
  if (open !== '{') return null
  return frame.keys.size === 0 && parent?.open === '{' && parent.owner === '' && parent.keys.size === 0 ? parent : frame
}
const MAP = /(?:^|\.)(?:Map\.of|ImmutableMap\.of|\w*[mM]apOf|Map|dict)$/

function isByRole(frame: Frame, entries: readonly Id[]): boolean {
  if ([...frame.keys].slice(0, MAX_ROLES).some((key) => DESCRIBES_ONE.test(key))) return false
  const [name = ''] = namesOf({ name: '', frame })
  if (
    new Set(entries.map(({ text }) => text.name)).size < 2 ||
    entries.length > MAX_ROLES ||
    SAYS_OTHER.test(wordsOf(name).join('_'))
  )
    return false
  if (isOfDefaults(name)) return true
  // `"claude-opus-4": { anthropic: "…", bedrock: "…" }`: what one model is called by whom.
  if (/[-\d]/.test(frame.name) && modelId(frame.name) !== null) return false
  const named = entries.filter(({ text, id }) => namesModel(text.name, id))
  return named.length * 2 < entries.length
}
const MAX_ROLES = 40
/** Keys of an object that is about one model. */
const DESCRIBES_ONE =
  /^(?:id|value|slug|label|model|model_?id|model_?name|display_?name|nick_?name|token_?limit|context_?(?:length|window|size))$/i

/** Tables with such names say something of models, or what else they are called. */
export const SAYS_OTHER =
  /(?:^|_)(?:pric\w+|costs?|rates?|limits?|windows?|contexts?|tokens?|alias\w*|labels?|display|titles?|capabilit\w+|encod\w+|deprecated|legacy|rename\w*|migrat\w+|upgrades?|replace\w*|available|supported|options?|choices|enum|models?_dict)(?:$|_)/

/** `{ sonnet: "claude-3-5-sonnet" }`, `{ gpt4: "gpt-4-0613" }`: the key is another name of the model. */
export const namesModel = (key: string, id: string) =>
  /\d/.test(key) ||
  OTHER_NAME.test(key) ||
  FAMILY.test(key) ||
  (!ROLE.test(key) && bare(id.slice(id.lastIndexOf('/') + 1)).includes(bare(key)))
/** `MODEL_IDS = { "Gemini Flash": "…", haiku: "…" }`: an entry of a table that is known by what people call the model. */
export const isOtherName = ({ name, frame }: Text, [own = '', table = '']: readonly string[], id: string) =>
  frame.open === '{' &&
  frame.owner === '' &&
  own === name &&
  !saysModel(own) &&
  NAMES_TABLE.test(wordsOf(table).join('_')) &&
  (FAMILY.test(own) || (bare(own).length > 3 && !ROLE.test(own) && bare(id).startsWith(bare(own))))
const NAMES_TABLE = /(?:^|_)models?_(?:ids|names|map|mapping)$/
const ROLE = /^(?:chat|embed|embeddings?|vision|images?|audio|tts|stt|transcription|code|rerank|default)$/i
const FAMILY = /gpt|claude|gemini|haiku|sonnet|opus|llama|mixtral|gemma|qwen|grok|flash|turbo/i
export const OTHER_NAME =
  /^(?:id|value|label|name|slug|from|to|old|new|source|target|replacement|successor|deprecated)$/i

/** `FALLBACK_MODELS = ["a", "b"]`: each is asked in its turn. */
export function isAskedInTurn({ name, frame }: Text): boolean {
  if (name !== '' || frame.open === '' || frame.owner !== '') return false
  // `preferred_models = [["anthropic", "a"], ["google", "b"]]`
  const list = frame.name === '' && frame.elements <= 3 ? (frame.parent ?? frame) : frame
  if (isTurn(wordsOf(list.name))) return true
  // What a router is given to choose from: `{ model: "a", models: ["a", "b"] }`.
  return /^models$/i.test(frame.name) && frame.parent !== null && isRequest(frame.parent)
}
/** More of them are all that there are. */
export const MAX_TURNS = 4
const isTurn = (words: readonly string[]) =>
  words.some((word) => IN_TURN.test(word)) && !words.some((word) => word === 'legacy')
/** `FALLBACK_MODELS=a,b` */
export const isTurnOfModels = (name: string) => {
  const words = wordsOf(name)
  return isTurn(words) && words.some((word) => /^(?:models?|llms?)$/.test(word))
}
const IN_TURN =
  /^(?:fallbacks?|chain|pool|priority|priorities|cascade|rotation|ladder|escalation|preference|preferences|preferred|try|tries)$/
const isRequest = (frame: Frame) =>
  /^extra_?body$/i.test(frame.name) || [...frame.keys].some((key) => /^(?:messages|route)$/.test(key))
