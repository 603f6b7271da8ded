// Constants of client libraries that are called after a model: which id the name stands for, as far as the price table has it.

import { FIRST_PARTIES, type PriceBook } from './book.ts'

/**
 * `openai.GPT4o`, `ChatModel.GPT_4_1`, `openai::GPT_4O_MINI`, `GPT_4_O`: the last part begins with a capital, and no id does. A plain
 * `GPT4o` may be a deployment.
 */
const CONSTANT = /^(?:(?:\w+(?:\.|::|->)){1,6}[A-Z]\w{1,80}|[A-Z][A-Z\d]{0,20}_[A-Z\d_]{1,60})$/
const HOLDER = /^(?:chat|text|embedding)?_?model_?/i

/** Id of a model of a first party, without its provider; undefined for what is no constant, and where none or several suit. */
export function idOfConstant(book: PriceBook, name: string): string | undefined {
  if (!CONSTANT.test(name) || !/\d/.test(name)) return undefined
  const last = name.split(/\.|::|->/).at(-1) ?? ''
  // go-openai writes `GPT3Dot5Turbo`.
  const said = letters(last.replace(HOLDER, '').replaceAll('Dot', ''))
  const names = namesOf(book)
  const [, undated = '', date = ''] = DATED.exec(said) ?? []
  const id = names.get(undated)
  return names.get(said) ?? (date === '' || !id ? undefined : `${id}-${date}`)
}

/** The table has most models without a date. */
const DATED = /^(.+?)(20\d{6})$/

const letters = (text: string) => text.toLowerCase().replace(/[^a-z\d]/g, '')

const known = new WeakMap<PriceBook['index'], ReadonlyMap<string, string | null>>()

/** Ids by their letters and digits; null where two models share them. */
function namesOf({ index }: PriceBook): ReadonlyMap<string, string | null> {
  const before = known.get(index)
  if (before !== undefined) return before
  const names = new Map<string, string | null>()
  for (const provider of FIRST_PARTIES) {
    for (const [id, model] of index.get(provider) ?? []) {
      const other = names.get(letters(id))
      names.set(
        letters(id),
        other === undefined || index.get(provider)?.get(other ?? '') === model ? (other ?? id) : null,
      )
    }
  }
  known.set(index, names)
  return names
}
