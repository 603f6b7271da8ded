// A prompt that an eval set turned away from is a prompt still: its change is told, and that nothing covers it.

import { describe, expect, it } from 'vitest'
import { changed, type Edits, evalFile, type Files, prompt } from './repository.ts'

const SET = 'evals/a.eval.yaml'
const TEXT = 'You are a helpful assistant for the shop.\n'
const RUDE = 'You are rude to every customer of the shop.\n'
const shown = async (files: Files, edits: Edits) => {
  const { changes, uncovered } = await changed(files, edits)
  const told = changes.filter(({ kind }) => kind === 'prompt')
  return {
    changes: told.map(({ path, symbol, evalSets, covered }) => [path, symbol ?? null, evalSets, covered]),
    uncovered: uncovered.map(({ path }) => path),
  }
}
const NOTHING = { changes: [], uncovered: [] }
const left = (path: string, symbol: string | null = null) => ({
  changes: [[path, symbol, [], false]],
  uncovered: [path],
})

describe('an eval set that is pointed at a copy', () => {
  const files = { [SET]: prompt('../prompts/qa.md'), 'prompts/qa.md': TEXT }
  const copy = { [SET]: prompt('../prompts/qa-v1.md'), 'prompts/qa-v1.md': TEXT }

  it('no longer covers the prompt that was rewritten', async () => {
    expect(await shown(files, { ...copy, 'prompts/qa.md': RUDE })).toEqual(left('prompts/qa.md'))
  })

  it('also where nothing but the eval set says that the file is a prompt', async () => {
    const plain = { [SET]: prompt('../app/tone'), 'app/tone': 'Be kind.\n' }
    const away = { [SET]: prompt('../app/tone-v1'), 'app/tone-v1': 'Be kind.\n', 'app/tone': 'Be rude.\n' }
    expect(await shown(plain, away)).toEqual(left('app/tone'))
  })

  it('is silent about a prompt that was copied or moved and says the same', async () => {
    expect(await shown(files, copy)).toEqual(NOTHING)
    expect(await shown(files, { ...copy, 'prompts/qa.md': null })).toEqual(NOTHING)
    expect(await shown(files, { ...copy, 'prompts/qa.md': `${TEXT}\n\n` })).toEqual(NOTHING)
  })

  it('tells one that moved and changed once, as covered', async () => {
    const moved = { ...copy, 'prompts/qa-v1.md': RUDE, 'prompts/qa.md': null }
    expect(await shown(files, moved)).toEqual({ changes: [['prompts/qa-v1.md', null, ['a'], true]], uncovered: [] })
  })

  it('leaves it to another set that has it', async () => {
    const both = { ...files, 'evals/b.eval.yaml': prompt('../prompts/qa.md') }
    expect(await shown(both, { ...copy, 'prompts/qa.md': RUDE })).toEqual({
      changes: [['prompts/qa.md', null, ['b'], true]],
      uncovered: [],
    })
  })

  it('a new set on the rewritten prompt covers it, and its change is told', async () => {
    const swapped = { ...copy, 'prompts/qa.md': RUDE, 'evals/new.eval.yaml': prompt('../prompts/qa.md') }
    expect(await shown(files, swapped)).toEqual({
      changes: [['prompts/qa.md', null, ['new'], true]],
      uncovered: [],
    })
  })

  it('a new prompt with its new set is no change of a prompt', async () => {
    expect(await shown({}, { ...files, [SET]: prompt('../prompts/qa.md') })).toEqual(NOTHING)
  })

  it('an eval file whose own messages became a prompt file is no prompt', async () => {
    const inline = { [SET]: evalFile('  messages: [{ role: user, content: Hi }]\n  model: openai/gpt-4.1-2025-04-14') }
    const { uncovered } = await changed(inline, files)
    expect(uncovered).toEqual([])
  })
})

describe('an include that the prompt drops', () => {
  const main = 'You answer {{ question }}.\n{% include "tone.txt" %}\n'
  const files = { [SET]: prompt('../app/qa.j2'), 'app/qa.j2': main, 'app/tone.txt': 'Be kind.\n' }

  it('is told when its text changes', async () => {
    const edits = { 'app/qa.j2': 'You answer {{ question }}.\nBe kind.\n', 'app/tone.txt': 'Be rude.\n' }
    const { uncovered } = await shown(files, edits)
    expect(uncovered).toEqual(['app/tone.txt'])
  })

  it('is silent when it stays as it is, or goes', async () => {
    const dropped = { 'app/qa.j2': 'You answer {{ question }}.\n' }
    expect((await shown(files, dropped)).uncovered).toEqual([])
    expect((await shown(files, { ...dropped, 'app/tone.txt': null })).uncovered).toEqual([])
  })
})

describe('a constant', () => {
  const code = (system: string, more = '') => `SYSTEM = "${system}"\n${more}`
  const files = { [SET]: prompt('../app/p.py#SYSTEM'), 'app/p.py': code('You are kind to customers.') }
  const away = { [SET]: prompt('../app/p.py#SYSTEM_V1') }
  const copy = 'SYSTEM_V1 = "You are kind to customers."\n'

  it('that the set left for a copy is told where it changed', async () => {
    const edits = { ...away, 'app/p.py': code('You are rude to customers.', copy) }
    expect(await shown(files, edits)).toEqual(left('app/p.py', 'SYSTEM'))
  })

  it('also one that does not read like a prompt', async () => {
    const hello = { [SET]: prompt('../app/p.py#HELLO'), 'app/p.py': 'HELLO = "Good day"\n' }
    const edits = { [SET]: prompt('../app/p.py#HELLO_2'), 'app/p.py': 'HELLO = "Go away"\nHELLO_2 = "Good day"\n' }
    expect(await shown(hello, edits)).toEqual(left('app/p.py', 'HELLO'))
  })

  it('that was renamed, copied or moved as it is, is silent', async () => {
    expect(await shown(files, { ...away, 'app/p.py': copy })).toEqual(NOTHING)
    expect(await shown(files, { ...away, 'app/p.py': code('You are kind to customers.', copy) })).toEqual(NOTHING)
    const out = { [SET]: prompt('../prompts/p.md'), 'prompts/p.md': 'You are kind to customers.', 'app/p.py': '\n' }
    expect(await shown(files, out)).toEqual(NOTHING)
  })

  it('of a set that is removed with its change is told, and gone with it is not', async () => {
    const rude = { [SET]: null, 'app/p.py': code('You are rude to customers.') }
    expect((await shown(files, rude)).uncovered).toEqual(['app/p.py'])
    expect((await shown(files, { [SET]: null, 'app/p.py': '\n' })).uncovered).toEqual([])
  })
})

it('a set that no longer watches a file does not cover it', async () => {
  const files = { [SET]: prompt('../prompts/qa.md', 'paths: [lib/**]\n'), 'prompts/qa.md': TEXT, 'lib/prompt.md': TEXT }
  const edits = { [SET]: prompt('../prompts/qa.md'), 'lib/prompt.md': RUDE }
  expect(await shown(files, edits)).toEqual(left('lib/prompt.md'))
})
