// The full scan of a tree: everything is found with its place, what covers it is said, and nothing can make it hang.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import { describe, expect, it } from 'vitest'
import { mayHold } from '../src/detect/may-hold.ts'
import { UserError } from '../src/errors.ts'
import { inventory } from '../src/inventory.ts'
import { loadConfigs, loadSets } from '../src/load.ts'
import type { Tree } from '../src/ports.ts'
import { loadPrices } from '../src/prices/index.ts'
import { overlay } from '../src/tree.ts'
import { evalFile, type Files, prompt } from './detect/repository.ts'
import { memoryTree } from './fakes/tree.ts'

async function scan(files: Files | Tree, directory = '') {
  const tree = 'list' in files && typeof files.list === 'function' ? (files as Tree) : memoryTree(files as Files)
  const config = directory === '' ? 'parity.yaml' : `${directory}/parity.yaml`
  const trees = { base: null, head: tree }
  const configs = await loadConfigs(config, trees, true)
  const sets = await loadSets({ trees, configs, files: [], directory })
  const { prompts, ignore, models, prices } = configs.config
  return inventory({
    tree,
    sets,
    directory,
    config: { path: config, prompts, ignore },
    prices: () => loadPrices(prices, models),
    nowMs: Date.parse('2026-11-28T00:00:00Z'),
  })
}
const SAYS = 'You are a helpful assistant of a shop. Answer in one sentence.'
const places = (entries: readonly { path: string; line: number; symbol?: string; evalSets: readonly string[] }[]) =>
  entries.map(
    ({ path, line, symbol, evalSets }) => `${path}:${line}${symbol ? `#${symbol}` : ''} ${evalSets.join(',') || '-'}`,
  )

describe('a full scan', () => {
  const files: Files = {
    'evals/a.eval.yaml': prompt('../prompts/a.md'),
    'evals/b.eval.yaml': prompt('../app/texts.py#SYSTEM_PROMPT'),
    'evals/c.eval.yaml': evalFile('  command: [node, app/answer.mjs]', 'paths: ["web/**"]\n'),
    'prompts/a.md': `${SAYS} {{ question }}`,
    'prompts/b.md': 'Nobody tests this prompt.',
    'app/texts.py': `SYSTEM_PROMPT = "${SAYS}"\n\nOTHER_PROMPT = "${SAYS} Or not."\nmodel = "gpt-4o-2024-08-06"\n`,
    'app/answer.mjs': "import './lib/ask.mjs'\n",
    'app/lib/ask.mjs': `const SYSTEM_PROMPT = '${SAYS}'\nconst model = 'claude-sonnet-4-5'\n`,
    'web/chat.ts': `export const CHAT_PROMPT = '${SAYS}'\n`,
    'lib/loose.ts': "const model = 'gpt-9-ultra'\n",
    'test/x.test.ts': `const SYSTEM_PROMPT = '${SAYS}'\n`,
    'docs/guide.md': SAYS,
    'logo.png': 'x',
  }

  it('finds every prompt with its place and what covers it', async () => {
    const { prompts, uncovered, files: counts } = await scan(files)
    expect(places(prompts)).toEqual([
      'app/lib/ask.mjs:1#SYSTEM_PROMPT c',
      'app/texts.py:1#SYSTEM_PROMPT b',
      'app/texts.py:3#OTHER_PROMPT -',
      'prompts/a.md:1 a',
      'prompts/b.md:1 -',
      'web/chat.ts:1#CHAT_PROMPT c',
    ])
    expect(prompts[0]?.why).toBe('covered by c: app/answer.mjs imports app/lib/ask.mjs')
    expect(prompts.every((one) => one.kind === 'prompt' && /^[0-9a-f]{12}$/.test(one.hash))).toBe(true)
    expect(uncovered).toBe(4)
    expect(counts).toEqual({ listed: 13, read: 10 })
  })

  it('finds every pin and what is known of it', async () => {
    const { pins } = await scan(files)
    expect(pins.map(({ path, id, evalSets }) => [path, id, evalSets.join()])).toEqual([
      ['app/lib/ask.mjs', 'claude-sonnet-4-5', 'c'],
      ['app/texts.py', 'gpt-4o-2024-08-06', ''],
      ['evals/a.eval.yaml', 'gpt-4.1-2025-04-14', 'a'],
      ['evals/b.eval.yaml', 'gpt-4.1-2025-04-14', 'b'],
      ['lib/loose.ts', 'gpt-9-ultra', ''],
    ])
    expect(pins[0]?.pin).toMatchObject({ family: 'claude', pinned: 'floating', known: true })
    expect(pins[1]?.pin).toMatchObject({ shutdown: '2027-01-14', deprecated: true })
    expect(pins[4]?.pin).toMatchObject({ known: false })
  })

  it('keeps to a folder of a monorepo, to `prompts` and to `ignore`', async () => {
    const inFolder = {
      'pkg/parity.yaml': 'prompts: ["texts/**"]\nignore: ["old/**"]\n',
      'pkg/texts/a.txt': SAYS,
      'pkg/old/prompts/b.md': SAYS,
      'prompts/c.md': SAYS,
    }
    expect(places((await scan(inFolder, 'pkg')).prompts)).toEqual(['pkg/texts/a.txt:1 -'])
  })

  it('names the prompt of an eval set wherever it is kept', async () => {
    const { prompts } = await scan({
      'a.eval.yaml': prompt('docs/answer.txt'),
      'docs/answer.txt': 'Answer {{ question }}',
    })
    expect(places(prompts)).toEqual(['docs/answer.txt:1 a'])
  })

  it('says which eval set cannot be read', async () => {
    const { skipped } = await scan({ 'a.eval.yaml': prompt('gone.md') })
    expect(skipped).toEqual([{ path: 'a.eval.yaml', why: expect.stringContaining('the eval set cannot be read') }])
  })

  it('an empty tree has nothing', async () => {
    expect(await scan({})).toEqual({ prompts: [], pins: [], uncovered: 0, skipped: [], files: { listed: 0, read: 0 } })
  })
})

describe('files that are made to hang or to confuse', () => {
  const LONG = 900_000
  const times = (text: string) => text.repeat(Math.ceil(LONG / text.length))
  const seed = 'model = "gpt-4o"; prompt = "you are"; '
  const BOMBS: readonly (readonly [string, string])[] = [
    ['brackets.ts', seed + times('[{(')],
    ['line.js', `${seed}${times('a')}`],
    ['strings.py', seed + times('"""never closed ')],
    ['quotes.go', seed + times('\'\\"`')],
    ['regex.ts', `${seed}const r = /(a+)+$/; const s = "${times('a')}!"`],
    ['spaces.py', `${seed}"${times(' ')}"`],
    ['orders.py', `${times('"                   ')}generate`],
    ['speech.ts', `role: ${times('you are your the following you ')}`],
    ['holes.ts', seed + times('`${')],
    ['tags.tsx', seed + times('<a><b>{')],
    ['deep.json', times('{"model":')],
    ['deep.yaml', times('- ')],
    ['flow.yml', `model: ${times('[')}`],
    [
      'alias.yaml',
      `a: &a [gpt-4o, gpt-4o]\n${Array.from({ length: 60 }, (_, at) => `x${at}: &x${at} [*a, *a, *a]`).join('\n')}\nmodel: *x59\n`,
    ],
    [
      'billion.yaml',
      `a0: &a0 [lol]\n${Array.from({ length: 40 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}, *a${at}, *a${at}]`).join('\n')}\nprompt: *a40\n`,
    ],
    ['prompts/include.j2', times('{% include "')],
    ['prompts/open.hbs', times('{{> ')],
    ['nul.py', `${seed}\0${seed}`],
    ['utf8.py', `${seed}\ufffd\ufffd\ud800`],
    ['toml.toml', `${seed}${times('"""')}`],
    ['env.sh', times('export A=')],
  ]

  it.each(BOMBS)('%s', async (path, text) => {
    const { files } = await scan({
      [path]: text.slice(0, 999_000),
      'lib/next.ts': "const model = 'gpt-4o-2024-08-06'\n",
    })
    expect(files.read).toBe(2)
  })

  it('all of them leave what follows to be found', async () => {
    const all = Object.fromEntries(BOMBS.map(([path, text]) => [path, text.slice(0, 999_000)]))
    const { pins } = await scan({ ...all, 'zz.ts': "const model = 'gpt-4o-2024-08-06'\n" })
    expect(pins.map((one) => one.path)).toContain('zz.ts')
  })

  it('names what it skips', async () => {
    const { skipped } = await scan({
      'big.ts': `const model = 'gpt-4o'\n${'x'.repeat(1_000_001)}`,
      'nul.ts': `const model = 'gpt-4o'\0`,
      'min.js': `const a={model:"gpt-4o",b(){return 1}};${'const a={model:"gpt-4o",b(){return 1}};'.repeat(900)}`,
      'gen.ts': "// @generated\nconst model = 'gpt-4o'\n",
    })
    expect(skipped.map(({ path, why }) => `${path} ${why}`).sort()).toEqual([
      'big.ts the file is too large.',
      'gen.ts it is generated',
      'min.js it is minified',
      'nul.ts it is binary',
    ])
  })

  it('a file that refuses to be read is named, a defect is not hidden', async () => {
    const tree = memoryTree({ 'a.ts': 'x', 'b.ts': 'y' })
    const refusing = (error: Error): Tree => ({
      ...tree,
      read: (path) => (path === 'a.ts' ? Promise.reject(error) : tree.read(path)),
    })
    const lfs = new UserError({ what: 'the file is stored in Git LFS.', remedy: 'x' })
    expect((await scan(refusing(lfs))).skipped).toEqual([{ path: 'a.ts', why: 'the file is stored in Git LFS.' }])
    await expect(scan(refusing(new Error('disk')))).rejects.toThrow('disk')
  })
})

describe('the words that a file has to hold', () => {
  it.each([
    "const SYSTEM_PROMPT = 'x'",
    "{ role: 'user', content: 'Tell me more of it' }",
    "await generateText({ system: 'Tell me more' })",
    '"Summarize the text below"',
    'const a = `You are an expert`',
    'x = "Your task is to count"',
    'const m = "你是一个助手"',
    'model_version: "0613"',
    'llm = "o3"',
    "const model = 'command-r-plus'",
  ])('%s', (text) => {
    expect(mayHold('a.ts', text)).toBe(true)
  })

  it('a file without them is not read as code', () => {
    expect(mayHold('src/add.ts', 'export const add = (a: number, b: number) => a + b\n')).toBe(false)
    expect(mayHold('src/prompts/add.ts', '')).toBe(true)
  })
})

it('a working tree is read from its commit, but for what differs', async () => {
  const working = memoryTree({ 'a.ts': 'new', 'b.ts': 'same', 'c.ts': 'untracked' }, { id: 'working-tree' })
  const commit = memoryTree({ 'a.ts': 'old', 'b.ts': 'same', 'gone.ts': 'x' })
  const tree = overlay(working, commit, new Set(['a.ts', 'c.ts']))
  expect((await tree.list()).map((one) => one.path)).toEqual(['a.ts', 'b.ts', 'c.ts'])
  expect([await tree.read('a.ts'), await tree.read('b.ts'), await tree.read('c.ts')]).toEqual([
    'new',
    'same',
    'untracked',
  ])
  expect(working.reads).toEqual(['a.ts', 'c.ts'])
})
