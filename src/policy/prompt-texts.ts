// The head's prompts as texts: those of eval sets, and changed ones that no eval set declares, each with what the base said.

import type { FoundText } from '../detect.ts'
import type { EvalSet, Place, Prompt } from '../domain.ts'
import { staticText } from '../template/index.ts'
import { settingTexts } from './setting-texts.ts'

/** As written, to be searched; `line` is that of its first character, null where a file has it as data. */
export type PromptPart = { readonly path: string; readonly line: number | null; readonly text: string }

export type PromptText = {
  readonly path: string
  readonly symbol?: string
  readonly line: number
  readonly parts: readonly PromptPart[]
  /** Its words whatever the variables are. */
  readonly said: string
  /** Those of the base; null when the base has no such prompt. */
  readonly before: string | null
  /** Whose tokens it is counted in; '' when no model is known. */
  readonly model: string
  /** Eval sets that it belongs to. */
  readonly evalSets: readonly string[]
}

export type Sides = { readonly base: EvalSet | null; readonly head: EvalSet }

export function promptTexts(sets: readonly Sides[], texts: readonly FoundText[]): readonly PromptText[] {
  const declared = new Map<string, PromptText>()
  for (const { base, head } of sets) {
    if (head.target.kind !== 'prompt') continue
    const { prompt, model } = head.target
    const before = base?.target.kind === 'prompt' ? base.target.prompt : null
    const settings = settingTexts(head)
    const [now, old] = [joined(settings), base === null ? '' : joined(settingTexts(base))]
    const key = [prompt.path, prompt.symbol, prompt.hash, before?.hash, model, now, old].join('\0')
    const known = declared.get(key)
    if (known !== undefined) {
      declared.set(key, { ...known, evalSets: [...known.evalSets, head.name] })
      continue
    }
    const { parts, said, ...place } = ofPrompt(prompt)
    declared.set(key, {
      ...place,
      parts: [...parts, ...settings.map((one) => ({ ...one, line: null }))],
      said: `${said}${now}`,
      before: before === null ? null : `${saidBy(before)}${old}`,
      model,
      evalSets: [head.name],
    })
  }
  return [...declared.values(), ...texts.map(ofFound)]
}

/** Below the prompt's own words. */
const joined = (texts: readonly { readonly text: string }[]) => texts.map(({ text }) => `\n${text}`).join('')

function ofPrompt(prompt: Prompt): Omit<PromptText, 'before' | 'model' | 'evalSets'> {
  const { path, symbol, line } = prompt
  return { path, ...(symbol === undefined ? {} : { symbol }), line, parts: partsOf(prompt), said: saidBy(prompt) }
}

function partsOf({ path, line, messages, messageLines, partials, sources }: Prompt): readonly PromptPart[] {
  const included = Object.entries(partials)
  // Sources are the prompt and then its includes in order, unless one file is included under two names.
  const pathOf = (index: number) => (sources.length === included.length + 1 ? sources[index + 1] : undefined) ?? path
  return [
    ...messages.map(({ content }, index) => ({ path, line: messageLines?.[index] ?? line, text: content })),
    ...included.map(([, text], index) => ({ path: pathOf(index), line: 1, text })),
  ]
}

/** An include counts once, however often it is put in. */
function saidBy({ engine, messages, partials }: Prompt): string {
  const texts = [...messages.map(({ content }) => content), ...Object.values(partials)]
  return texts.map((text) => staticText(engine, text)).join('\n')
}

const FRONT = /^---\r?\n[\s\S]*?\r?\n---(?:\r?\n|$)/

function ofFound({ path, symbol, line, before, pieces, evalSets }: FoundText): PromptText {
  const engine = path.endsWith('.prompt') ? 'dotprompt' : 'nunjucks'
  const said = (text: string) => staticText(engine, text.replace(FRONT, ''))
  return {
    path,
    ...(symbol === undefined ? {} : { symbol }),
    line: line ?? 1,
    parts: pieces.map((piece) => ({ path, line: piece.line, text: piece.value })),
    said: pieces.map((piece) => said(piece.value)).join('\n'),
    before: before === '' ? null : said(before),
    model: '',
    evalSets,
  }
}

/** `prompts/a.md` or `app/prompts.py#SYSTEM`. */
export const promptName = ({ path, symbol }: Pick<PromptText, 'path' | 'symbol'>) =>
  symbol === undefined ? path : `${path}#${symbol}`

/** Where an offset into a part is. */
export function placeAt({ path, text, line }: PromptPart, offset: number): Place {
  return line === null ? { path } : { path, line: line + text.slice(0, offset).split('\n').length - 1 }
}
