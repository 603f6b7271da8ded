import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { elsewhereNote, otherPins } from '../../src/candidates/other-pins.ts'
import { pinDiff } from '../../src/candidates/pin-diff.ts'
import { pinPlaces } from '../../src/candidates/pin-places.ts'
import type { EvalSet } from '../../src/domain.ts'
import { memoryTree } from '../fakes/tree.ts'

const OLD = 'openai/gpt-4.1-2025-04-14'
const folders: string[] = []
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))))

const set = (files: { readonly [path: string]: string }, more: Partial<EvalSet> = {}): EvalSet => ({
  name: 'help',
  path: 'evals/help.eval.yaml',
  target: {
    kind: 'prompt',
    prompt: {
      path: 'prompts/help.prompt.yml',
      engine: 'none',
      messages: [],
      sources: [],
      partials: {},
      line: 1,
      hash: '',
    },
    model: OLD,
    parameters: {},
  },
  ...{ cases: [], slices: [], scorers: [], passes: 1, compare: 'pass', gates: {}, mode: 'enforce', paths: [] },
  ...{ candidates: [], waivers: [], notCarried: [] },
  sources: Object.keys(files).map((path) => ({ path, role: path.endsWith('.jsonl') ? 'cases' : 'prompt' })),
  ...more,
})

/** The diff as git takes it; gives the files afterwards. */
async function applied(files: { readonly [path: string]: string }, diff: string): Promise<{ [path: string]: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-pins-'))
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  execFileSync('git', ['init', '-q'], { cwd: folder })
  execFileSync('git', ['apply', '--whitespace=nowarn', '-'], { cwd: folder, input: diff })
  const after = await Promise.all(
    Object.keys(files).map(async (path) => [path, await readFile(join(folder, path), 'utf8')]),
  )
  return Object.fromEntries(after)
}

const diffOf = async (files: { readonly [path: string]: string }, model: string, more: Partial<EvalSet> = {}) => {
  const { places } = await pinPlaces(set(files, more), OLD, memoryTree(files))
  const found = pinDiff(places, OLD, { model, because: 'recommended' })
  return { ...found, text: found.diffs.map(({ diff }) => diff).join('') }
}

const EVAL = `name: help
target:
  prompt: ../prompts/help.prompt.yml
  model: ${OLD}   # pinned in May
candidates: [openai/gpt-5-nano, ${OLD}]
live: openai/gpt-4.1
scorers:
  - llm-rubric: { value: "Polite.", model: ${OLD} }
`

it('changes the target of the eval file, and neither its judge nor its candidates', async () => {
  const files = { 'evals/help.eval.yaml': EVAL }
  const { text, notes } = await diffOf(files, 'openai/gpt-6-luna')
  expect(notes).toEqual([])
  const after = await applied(files, text)
  expect(after['evals/help.eval.yaml']).toBe(EVAL.replace(`model: ${OLD}   #`, 'model: openai/gpt-6-luna   #'))
})

it('changes a prompt file, and constants with or without a provider', async () => {
  const files = {
    'evals/help.eval.yaml': 'name: help\ntarget:\n  prompt: ../prompts/help.prompt.yml\n',
    'prompts/help.prompt.yml': `model: "${OLD}"\nmessages:\n  - role: system\n    content: Not ${OLD}, says the text.\n`,
    'app/models.py': `# Models\nMODEL = "gpt-4.1-2025-04-14"\n\n\n\n\n\n\n\n\ndef ask(client):\n    return client.chat.completions.create(model="gpt-4.1-2025-04-14")`,
    'app/other.py': 'MODEL = "gpt-4.1-2025-04-14"\n',
  }
  const { text, diffs } = await diffOf(files, 'openai/gpt-6-luna', {
    paths: ['app/models.py'],
    sources: [
      { path: 'evals/help.eval.yaml', role: 'eval file' },
      { path: 'prompts/help.prompt.yml', role: 'prompt' },
    ],
  })
  expect(diffs.map(({ path, line }) => [path, line])).toEqual([
    ['prompts/help.prompt.yml', 1],
    ['app/models.py', 2],
  ])
  const after = await applied(files, text)
  expect(after['prompts/help.prompt.yml']).toContain(`model: "openai/gpt-6-luna"\n`)
  expect(after['prompts/help.prompt.yml']).toContain(`Not ${OLD}, says the text.`)
  expect(after['app/models.py']?.match(/gpt-6-luna/g)).toHaveLength(2)
  expect(after['app/models.py']?.endsWith('")')).toBe(true)
  expect(after['app/other.py']).toBe(files['app/other.py'])
})

it('says where another provider needs another client', async () => {
  const files = { 'evals/help.eval.yaml': EVAL, 'app/models.py': 'MODEL = "gpt-4.1-2025-04-14"\n' }
  const { text, notes } = await diffOf(files, 'anthropic/claude-x', { paths: ['app/**'] })
  expect(text).toContain('+  model: anthropic/claude-x')
  expect(text).not.toContain('models.py')
  expect(notes).toEqual([
    'app/models.py:1 names the model without a provider: the client there has to change to anthropic with it.',
  ])
})

it('keeps line ends, odd names and files without a last line feed', async () => {
  const path = 'evals/a "b"\ttäglich.eval.yaml'
  const text = `name: help\r\ntarget:\r\n  model: ${OLD}\r\n  prompt: x.md`
  const found = await diffOf({ [path]: text }, 'openai/gpt-6-luna', { path, sources: [{ path, role: 'eval file' }] })
  const after = await applied({ [path]: text }, found.text)
  expect(after[path]).toBe(text.replace(OLD, 'openai/gpt-6-luna'))
})

it('says so where the pin is not to be found, and reads no huge file, link or case', async () => {
  const huge = 'evals/help.eval.yaml'
  const files = { [huge]: `${EVAL}# ${'x'.repeat(1_100_000)}`, 'cases.jsonl': `{"model": "${OLD}"}\n` }
  const found = await diffOf(files, 'openai/gpt-6-luna')
  expect(found.diffs).toEqual([])
  expect(found.notes).toEqual([`Where ${OLD} is pinned was not found in the files that the eval set names.`])
})

it('names other places of the repository that pin the model, and leaves them alone', async () => {
  const files = {
    'evals/help.eval.yaml': EVAL,
    'app/batch.py': 'MODEL = "gpt-4.1-2025-04-14"\n',
    'config/prod.yaml': `\nmodel: ${OLD}\n`,
    'tests/test_models.py': 'MODEL = "gpt-4.1-2025-04-14"\n',
    'docs/models.md': `We use ${OLD}.\n`,
    'prices/pricing.json': `{"${OLD}": 2}`,
    'other/app.py': 'MODEL = "gpt-4.1-2025-04-14-preview"\n',
  }
  const { files: named } = await pinPlaces(
    set({}, { sources: [{ path: 'evals/help.eval.yaml', role: 'eval file' }] }),
    OLD,
    memoryTree(files),
  )
  const where = { tree: memoryTree(files), directory: '', config: { prompts: [], ignore: [] } }
  const found = await otherPins(OLD, named, where)
  expect(found).toEqual(['app/batch.py:1', 'config/prod.yaml:2'])
  expect(elsewhereNote(found, OLD)[0]).toMatch(
    /is pinned in app\/batch\.py:1, config\/prod\.yaml:2, too: .* left as it is/,
  )
  expect(await otherPins(OLD, named, { ...where, directory: 'config' })).toEqual(['config/prod.yaml:2'])
  expect(elsewhereNote([], OLD)).toEqual([])
})
