// Constants that were the prompt of an eval set, are none's any more, and say something else now: looked up by their name, since
// nothing but the set that had them said that they are prompts.

import type { DetectInput } from '../detect.ts'
import type { Prompt } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Tree } from '../ports.ts'
import { usesConstant } from './told.ts'
import type { LooseChange } from './undeclared.ts'

export async function leftConstants({ sets, files, trees }: DetectInput): Promise<readonly LooseChange[]> {
  const before = sets.pairs.flatMap(({ base }) => {
    const prompt = base?.target.kind === 'prompt' ? base.target.prompt : null
    return prompt?.symbol === undefined ? [] : [{ prompt, symbol: prompt.symbol }]
  })
  const changed = new Map(files.map((file) => [file.previousPath ?? file.path, file]))
  const found: LooseChange[] = []
  for (const { prompt, symbol } of before) {
    const file = changed.get(prompt.path)
    if (file === undefined || file.status === 'deleted') continue
    if (found.some((one) => one.path === file.path && one.symbol === symbol)) continue
    if (sets.pairs.some(({ head }) => head !== null && usesConstant(head, file.path, symbol))) continue
    const now = await constantIn(trees.head, file.path, symbol)
    if (now !== null && now.hash !== prompt.hash && saidIn(now) !== saidIn(prompt)) found.push(changeOf(prompt, now))
  }
  return found
}

/** Null for one that is gone, or that no set could use. */
async function constantIn(tree: Tree, path: string, symbol: string): Promise<Prompt | null> {
  const { loadPrompt } = await import('../formats/prompts.ts')
  return loadPrompt(tree, `${path}#${symbol}`, { path: '' }).catch((error: unknown) => {
    if (error instanceof UserError) return null
    throw error
  })
}

const saidIn = ({ messages }: Prompt) => messages.map(({ content }) => content).join('\n')

function changeOf(before: Prompt, now: Prompt): LooseChange {
  const { path, symbol = '', line, hash, messages } = now
  return {
    ...{ kind: 'prompt', path, symbol, line, from: before.hash.slice(0, 12), to: hash.slice(0, 12) },
    ...(before.path === path ? {} : { previousPath: before.path }),
    what: `prompt ${symbol} changed`,
    said: { before: saidIn(before), pieces: messages.map(({ content }) => ({ value: content, line })) },
  }
}
