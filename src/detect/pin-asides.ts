// Where ids of models stand and nothing is asked: descriptions that are built, counting of tokens.

import { MODEL_KEY } from './model-names.ts'
import { callsOf, type Frame, type Text } from './reading.ts'
import { wordsOf } from './words.ts'

/**
 * What describes a model each time that it is called, four times or more in a file, or three times in a list:
 * `LLModel(id = "…", capabilities = …)`. What is given as the model of a call describes none: `model = ModelId("…")`.
 */
export function buildersOf(texts: readonly Text[]): ReadonlySet<string> {
  const calls = new Map<string, Set<Frame>>()
  for (const { frame, name } of texts)
    if (
      frame.open === '(' &&
      /^(?:id|name|slug)?$/.test(name) &&
      /^[A-Z]|\.[A-Z]/.test(frame.callee) &&
      !isGiven(frame)
    )
      calls.set(frame.callee, (calls.get(frame.callee) ?? new Set()).add(frame))
  return new Set([...calls].flatMap(([callee, frames]) => (frames.size >= 4 || isListOf([...frames]) ? [callee] : [])))
}

const isListOf = ([first, ...more]: readonly Frame[]) =>
  more.length >= 2 && first?.parent?.open === '[' && more.every(({ parent }) => parent === first.parent)

const isGiven = ({ name }: Frame) => MODEL_KEY.test(wordsOf(name).join('_'))

/** `encoding_for_model("…")`, a default for the tokenizer: tokens are counted, nothing is asked. */
export const isForCounting = (text: Text) =>
  [text.owner, text.outer ?? '', ...callsOf(text)].some((name) =>
    /tiktoken|tokeni[sz]er|encoding_?for|get_?encoding|token_?(?:count|limit)|(?:count|num)_?(?:\w+_)?tokens/i.test(
      name,
    ),
  )
