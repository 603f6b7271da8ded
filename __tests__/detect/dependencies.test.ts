// Only the deepest file changes: the eval set is selected all the same, and the way there is told.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import { describe, expect, it } from 'vitest'
import { pathReasons } from '../../src/detect/coverage.ts'
import type { DetectInput } from '../../src/detect.ts'
import type { EvalSet } from '../../src/domain.ts'
import { changed, type Edits, evalFile, type Files, prompt, reasons } from './repository.ts'

const set = (path: string, rest = '') => ({ 'evals/a.eval.yaml': prompt(`../${path}`, rest) })
async function why(files: Files, edits: Edits, options = {}): Promise<string | undefined> {
  return reasons(await changed(files, edits, options)).a
}
const TONE = { 'prompts/partials/tone.j2': 'Be brief.\n' }
const LOUD = { 'prompts/partials/tone.j2': 'Be loud.\n' }
const command = (...words: readonly string[]) => ({
  'evals/a.eval.yaml': evalFile(`  command: ${JSON.stringify(words)}`),
})

describe('includes of a prompt', () => {
  const main = 'Answer {{ question }}.\n{% include "partials/tone.j2" %}\n'
  it('tells the way', async () => {
    expect(await why({ ...set('prompts/support.j2'), 'prompts/support.j2': main, ...TONE }, LOUD)).toBe(
      'prompts/support.j2 includes prompts/partials/tone.j2, which changed',
    )
  })

  it('an include in an include', async () => {
    const files = {
      ...set('prompts/support.j2'),
      'prompts/support.j2': '{% include "frame.j2" %}',
      'prompts/frame.j2': 'x {% include "partials/tone.j2" %}',
      ...TONE,
    }
    expect(await why(files, LOUD)).toBe(
      'prompts/support.j2 includes prompts/frame.j2, which includes prompts/partials/tone.j2, which changed',
    )
  })

  it.each([
    ['extends', '{% extends "frame.j2" %}{% block a %}x{% endblock %}', 'extends'],
    ['import', '{% import "frame.j2" as f %}{{ f.T }}{{ question }}', 'imports'],
    ['from', '{% from "frame.j2" import T %}{{ T }}', 'imports'],
  ])('%s, two files deep', async (_, text, how) => {
    const files = {
      ...set('prompts/support.j2'),
      'prompts/support.j2': text,
      'prompts/frame.j2': '{% set T = "t" %}{% block a %}{% endblock %}{% include "partials/tone.j2" %}',
      ...TONE,
    }
    expect(await why(files, LOUD)).toBe(
      `prompts/support.j2 ${how} prompts/frame.j2, which includes prompts/partials/tone.j2, which changed`,
    )
  })

  it('names the line of the prompt, not its last one', async () => {
    const files = { ...set('prompts/support.j2'), 'prompts/support.j2': main, ...TONE }
    const { changes } = await changed(files, LOUD)
    expect(changes).toEqual([expect.objectContaining({ kind: 'prompt', path: 'prompts/support.j2', line: 1 })])
  })

  it('names the line of a constant, and of the words below front matter', async () => {
    const code = (other: string, tone: string) =>
      `export const OTHER = ${other}\n\nexport const SYSTEM = 'Be ${tone}.'\n`
    const files = { ...set('app/p.ts#SYSTEM'), 'app/p.ts': code('1', 'kind') }
    const constant = await changed(files, { 'app/p.ts': code('2', 'polite') })
    expect(constant.changes).toEqual([expect.objectContaining({ kind: 'prompt', symbol: 'SYSTEM', line: 3 })])
    const text = (model: string, tone: string) => `---\nmodel: ${model}\n---\nHelp {{question}}.\nBe ${tone}.\n`
    const file = evalFile('  prompt: ../prompts/a.prompt')
    const dotprompt = await changed(
      { 'evals/a.eval.yaml': file, 'prompts/a.prompt': text('openai/gpt-4o-2024-08-06', 'kind') },
      { 'prompts/a.prompt': text('openai/gpt-4.1-2025-04-14', 'polite') },
    )
    expect(dotprompt.changes).toEqual([
      expect.objectContaining({ kind: 'prompt', path: 'prompts/a.prompt', line: 5 }),
      expect.objectContaining({ kind: 'model', path: 'prompts/a.prompt', line: 2 }),
    ])
  })

  it('a comment in an include is no change', async () => {
    const files = { ...set('prompts/support.j2'), 'prompts/support.j2': main, ...TONE }
    expect(await why(files, { 'prompts/partials/tone.j2': '{# new #}\nBe brief.\n' })).toBe(undefined)
  })

  it('a root of templates above the prompt', async () => {
    const files = { ...set('prompts/de/support.j2'), 'prompts/de/support.j2': main, ...TONE }
    expect(await why(files, LOUD)).toContain('prompts/de/support.j2 includes prompts/partials/tone.j2')
  })

  it('a deleted include makes the set unreadable, and one that may be missing does not', async () => {
    const files = { ...set('prompts/support.j2'), 'prompts/support.j2': main, ...TONE }
    expect(await why(files, { 'prompts/partials/tone.j2': null })).toContain('cannot be read')
    const optional = { ...files, 'prompts/support.j2': main.replace('.j2" %', '.j2" ignore missing %') }
    expect(await why(optional, { 'prompts/partials/tone.j2': null })).toContain('includes prompts/partials/tone.j2')
  })

  it('a cycle ends', async () => {
    const files = {
      ...set('prompts/a.j2'),
      'prompts/a.j2': 'A {% include "b.j2" %}',
      'prompts/b.j2': 'B {% if question == "never" %}{% include "a.j2" %}{% endif %}',
    }
    expect(await why(files, { 'prompts/b.j2': 'B2 {% if x %}{% include "a.j2" %}{% endif %}' })).toContain(
      'prompts/a.j2 includes prompts/b.j2, which changed',
    )
  })

  it('never reads what lies outside', async () => {
    const files = { ...set('prompts/a.j2'), 'prompts/a.j2': '{% include "../../etc/passwd" %}' }
    const { reads } = await changed(files, { 'prompts/a.j2': '{% include "../../../etc/passwd" %} x' })
    expect(reads.filter((path) => path.startsWith('..') || path.includes('passwd'))).toEqual([])
  })

  it('dotprompt partials', async () => {
    const files = {
      ...set('prompts/a.prompt'),
      'prompts/a.prompt': '---\nmodel: openai/gpt-4o\n---\n{{>tone}} {{question}}',
      'prompts/_tone.prompt': 'Be brief.',
    }
    expect(await why(files, { 'prompts/_tone.prompt': 'Be loud.' })).toBe(
      'prompts/a.prompt includes prompts/_tone.prompt, which changed',
    )
  })
})

describe('files that a prompt refers to', () => {
  it.each([
    [
      'prompty',
      'prompts/a.prompty',
      '---\nmodel:\n  id: gpt-4o\n  options:\n    tools: ${file:tools.json}\n---\nsystem:\nHi {{question}}',
    ],
    [
      '$ref in YAML',
      'prompts/a.yaml',
      'messages:\n  - role: system\n    content: Hi\ntools: [{ $ref: tools.json#/0 }]\n',
    ],
    [
      '$ref in JSON',
      'prompts/a.json',
      '{"messages":[{"role":"user","content":"Hi"}],"tools":[{"$ref":"tools.json#/0"}]}',
    ],
    [
      'dotprompt',
      'prompts/a.prompt',
      '---\nmodel: openai/gpt-4o\ntoolDefs:\n  - $ref: "tools.json#/0"\n---\nHi {{question}}',
    ],
  ])('%s', async (_, path, text) => {
    const tools = (name: string) => ({
      'prompts/tools.json': JSON.stringify([{ type: 'function', function: { name } }]),
    })
    const files = { ...set(path), [path]: text, ...tools('find') }
    expect(await why(files, tools('search'))).toContain(`${path} refers to prompts/tools.json, which changed`)
  })

  it('one file further', async () => {
    const files = {
      ...set('prompts/a.yaml'),
      'prompts/a.yaml': 'messages: [{ role: user, content: Hi }]\ntools: [{ $ref: tools/all.yaml }]\n',
      'prompts/tools/all.yaml': 'type: function\nparameters: { $ref: deep.json }\n',
      'prompts/tools/deep.json': '{"type":"object"}',
    }
    expect(await why(files, { 'prompts/tools/deep.json': '{"type":"string"}' })).toContain(
      'prompts/a.yaml refers to prompts/tools/all.yaml, which refers to prompts/tools/deep.json, which changed',
    )
  })

  it('a circle, a missing file and one outside are left as they are', async () => {
    const files = {
      ...set('prompts/a.yaml'),
      'prompts/a.yaml':
        'messages: [{ role: user, content: Hi }]\ntools: [{ $ref: b.yaml }, { $ref: gone.yaml }, { $ref: ../../x.yaml }]\n',
      'prompts/b.yaml': 'x: { $ref: a.yaml }\n',
    }
    const { reads, selections } = await changed(files, { 'prompts/b.yaml': 'y: { $ref: a.yaml }\n' })
    expect(selections).toHaveLength(1)
    expect(reads.filter((path) => path.startsWith('..'))).toEqual([])
  })
})

describe('constants of modules', () => {
  const python = { ...set('app/prompts.py#SYSTEM'), 'app/__init__.py': '' }
  const script = set('app/prompts.ts#SYSTEM')
  it.each([
    [
      'py joined',
      { ...python, 'app/prompts.py': 'from .tone import TONE\nSYSTEM = "You help. " + TONE\n' },
      'app/tone.py',
    ],
    [
      'py f-string',
      { ...python, 'app/prompts.py': 'from app.tone import TONE as T\nSYSTEM = f"You {T} {question}"\n' },
      'app/tone.py',
    ],
    ['py module', { ...python, 'app/prompts.py': 'from . import tone\nSYSTEM = f"You {tone.TONE}"\n' }, 'app/tone.py'],
    ['py dotted', { ...python, 'app/prompts.py': 'import app.tone\nSYSTEM = f"You {app.tone.TONE}"\n' }, 'app/tone.py'],
    [
      'py join',
      { ...python, 'app/prompts.py': 'from .tone import *\nSYSTEM = "\\n".join([\n  "You",\n  TONE,\n])\n' },
      'app/tone.py',
    ],
    [
      'py brackets',
      { ...python, 'app/prompts.py': 'from .tone import TONE\nSYSTEM = (\n    "You help. "\n    + TONE\n)\n' },
      'app/tone.py',
    ],
    [
      'ts joined',
      { ...script, 'app/prompts.ts': "import { TONE } from './tone'\nexport const SYSTEM = 'You. ' + TONE\n" },
      'app/tone.ts',
    ],
    [
      'ts template',
      {
        ...script,
        'app/prompts.ts': "import { TONE as T } from './tone.js'\nexport const SYSTEM = `You. ${T} ${question}`\n",
      },
      'app/tone.ts',
    ],
    [
      'ts namespace',
      { ...script, 'app/prompts.ts': "import * as tone from './tone.ts'\nconst SYSTEM = `You ${tone.TONE}`;\n" },
      'app/tone.ts',
    ],
    [
      'ts join',
      { ...script, 'app/prompts.ts': "import { TONE } from './tone'\nconst SYSTEM = ['You.', TONE].join('\\n')\n" },
      'app/tone.ts',
    ],
    [
      'ts alias',
      { ...script, 'app/prompts.ts': "import { TONE } from '@/tone'\nexport const SYSTEM = TONE\n" },
      'src/tone.ts',
    ],
    [
      'js require',
      { ...set('app/p.cjs#SYSTEM'), 'app/p.cjs': "const { TONE } = require('./tone')\nconst SYSTEM = 'You ' + TONE\n" },
      'app/tone.js',
    ],
  ] as const)('%s', async (_, files, path) => {
    const tone = (text: string) => ({
      [path]: path.endsWith('.py')
        ? `OTHER = "x y z"\nTONE = "${text}"\n`
        : `export const OTHER = 'x'\nexport const TONE = '${text}'\n`,
    })
    const all: Files = { ...files, ...tone('Be brief.') }
    const detection = await changed(all, tone('Be loud.'))
    const source = Object.keys(files).find((name) => /prompts\.|p\.cjs/.test(name))
    expect(reasons(detection).a).toBe(`${source}#SYSTEM takes TONE from ${path}, which changed`)
    expect(detection.changes).toHaveLength(1)
    expect(JSON.stringify(detection.selections[0]?.pair.head?.target)).toMatch(
      /"content":"You[^"]*Be loud\.|"content":"Be loud/,
    )
    // What is beside the constant does not matter.
    const beside = Object.fromEntries(
      Object.entries(all).map(([name, text]) => [name, name === path ? text.replace('x', 'q') : text]),
    )
    expect(reasons(await changed(all, { [path]: beside[path] ?? '' })).a).toBe(undefined)
  })

  it('over two modules, and through one that passes it on', async () => {
    const files = {
      ...script,
      'app/prompts.ts': "import { RULES } from './rules'\nexport const SYSTEM = `You. ${RULES}`\n",
      'app/rules.ts': "import { TONE } from './texts'\nexport const RULES = `Rules: ${TONE}`\n",
      'app/texts/index.ts': "export { TONE } from './tone'\nexport * from './more'\n",
      'app/texts/tone.ts': "export const TONE = 'Be brief.'\n",
      'app/texts/more.ts': 'export const X = 1\n',
    }
    expect(await why(files, { 'app/texts/tone.ts': "export const TONE = 'Be loud.'\n" })).toBe(
      'app/prompts.ts#SYSTEM takes RULES from app/rules.ts, which takes TONE from app/texts/index.ts, which takes TONE from app/texts/tone.ts, which changed',
    )
  })

  it('a constant of the same file', async () => {
    const text = (tone: string) => ({ 'app/prompts.py': `TONE = "${tone}"\nSYSTEM = "You. " + TONE\n` })
    expect(await why({ ...python, ...text('a b c') }, text('d e f'))).toBe('its prompt app/prompts.py changed')
  })

  it('what is no constant stays a variable, and circles end', async () => {
    const files = {
      ...python,
      'app/prompts.py': 'from .b import B\nquestion = input()\nSYSTEM = f"You {question} {B}"\n',
      'app/b.py': 'from .prompts import SYSTEM\nB = "b " + SYSTEM\n',
    }
    const { selections } = await changed(files, {
      'app/prompts.py': String(files['app/prompts.py']).replace('You', 'I'),
    })
    expect(selections[0]?.pair.head?.target).toMatchObject({
      prompt: { messages: [{ content: 'I {{ question }} {{ B }}' }] },
    })
  })
})

describe('schemas, recorded answers, labels, waivers, profiles', () => {
  it('$ref of a schema, two files deep', async () => {
    const scorers =
      'target:\n  prompt: ../p.md\n  model: openai/gpt-4o\ncases: [{ id: a, vars: { question: x } }]\nscorers: [{ is-json: s/a.json }]\n'
    const files = {
      'evals/a.eval.yaml': scorers,
      'p.md': 'Answer {{ question }}',
      'evals/s/a.json': '{"type":"object","properties":{"x":{"$ref":"b.json#/definitions/x"}}}',
      'evals/s/b.json': '{"definitions":{"x":{"$ref":"c.json"}, "again":{"$ref":"b.json"}}}',
      'evals/s/c.json': '{"type":"string"}',
    }
    expect(await why(files, { 'evals/s/c.json': '{"type":"number"}' })).toBe(
      'evals/s/a.json refers to evals/s/b.json, which refers to evals/s/c.json, which changed',
    )
  })

  it.each([
    [
      'recorded answers',
      { 'evals/r.jsonl': '{"id":"a","output":"me"}\n' },
      { 'evals/r.jsonl': '{"id":"a","output":"you"}\n' },
      '  replay: r.jsonl',
      '',
      'its recorded answers (evals/r.jsonl) changed',
    ],
    [
      'waivers',
      { 'evals/w.yaml': '[]\n' },
      { 'evals/w.yaml': '- { rule: score-drop, reason: known, owner: "@me", expiry: 2030-01-01 }\n' },
      '',
      'waivers: w.yaml\n',
      'its waivers changed',
    ],
  ] as const)('%s', async (_, files, edits, target, rest, reason) => {
    const all = {
      ...files,
      'p.md': 'Answer {{ question }}',
      'evals/a.eval.yaml': evalFile(`  prompt: ../p.md\n  model: openai/gpt-4o\n${target}`.trimEnd(), rest),
    }
    expect(await why(all, edits)).toBe(reason)
  })

  it('labels of a judge', async () => {
    const row = (human: string) => `${JSON.stringify({ output: 'x', label: human, verdict: 'pass' })}\n`
    const files = {
      'p.md': 'Answer {{ question }}',
      'evals/a.eval.yaml': `${prompt('../p.md').replace('[{ contains: "{{expected}}" }]', '[{ llm-rubric: { value: Polite, model: openai/gpt-4o, labels: l.jsonl } }]')}`,
      'evals/l.jsonl': row('pass'),
    }
    expect(await why(files, { 'evals/l.jsonl': row('fail') })).toContain("its judge's labels (evals/l.jsonl) changed")
  })

  it('the traffic profile of a route', async () => {
    const files = {
      'parity.yaml': 'routes: [{ name: support, evals: [a], profile: traffic.jsonl }]\n',
      ...set('p.md'),
      'p.md': 'Answer {{ question }}',
      'traffic.jsonl': '{"n":1}\n',
    }
    const detection = await changed(files, { 'traffic.jsonl': '{"n":2}\n' })
    expect(reasons(detection).a).toBe('the traffic profile traffic.jsonl of the route support changed')
    expect([...(detection.selections[0]?.kinds ?? [])]).toEqual(['config'])
  })
})

describe('promptfoo', () => {
  const config = (more: string, provider = 'openai:gpt-4o') =>
    `prompts: [prompts/a.j2]\nproviders:\n  - ${provider}\n${more || 'tests: [{ vars: { question: x }, assert: [{ type: contains, value: y }] }]'}\n`
  const test = 'tests: [{ vars: { question: x }, assert: [{ type: contains, value: y }] }]'
  it.each([
    [
      'an include of a prompt',
      config(''),
      'prompts/tone.j2',
      'Be brief.',
      'Be loud.',
      'prompts/a.j2 includes prompts/tone.j2',
    ],
    [
      'a variable',
      config('tests: [{ vars: { question: file://v.txt }, assert: [{ type: contains, value: y }] }]'),
      'v.txt',
      'a',
      'b',
      'cases',
    ],
    [
      'all variables',
      config('tests: [{ vars: file://v.yaml, assert: [{ type: contains, value: y }] }]'),
      'v.yaml',
      'question: a',
      'question: b',
      'cases',
    ],
    [
      'an assertion',
      config('tests: [{ vars: { question: x }, assert: [{ type: is-json, value: file://s.json }] }]'),
      's.json',
      '{"type":"object"}',
      '{"type":"array"}',
      'cases',
    ],
    [
      'defaultTest',
      config(`defaultTest: file://d.yaml\n${test}`),
      'd.yaml',
      'assert: [{ type: contains, value: a }]',
      'assert: [{ type: contains, value: b }]',
      'cases',
    ],
    [
      'a rubric prompt',
      config(
        'defaultTest: { options: { rubricPrompt: file://r.txt, provider: openai:gpt-4o } }\ntests: [{ vars: { question: x }, assert: [{ type: llm-rubric, value: y }] }]',
      ),
      'r.txt',
      'Grade {{output}}',
      'Judge {{output}}',
      'cases',
    ],
    [
      'tools of a provider',
      config(test, '{ id: openai:gpt-4o, config: { tools: file://t.json } }'),
      't.json',
      '[{"type":"function"}]',
      '[{"type":"other"}]',
      'parameters',
    ],
    [
      'a provider',
      config(test, 'file://p.yaml'),
      'p.yaml',
      'id: openai:gpt-4o\nconfig: { temperature: 0 }',
      'id: openai:gpt-4o\nconfig: { temperature: 1 }',
      'parameters',
    ],
  ])('%s in a file', async (_, text, path, before, after, reason) => {
    const include = path === 'prompts/tone.j2' ? '{% include "tone.j2" %}' : ''
    const files = { 'promptfooconfig.yaml': text, 'prompts/a.j2': `Answer {{ question }} ${include}`, [path]: before }
    const because = Object.values(reasons(await changed(files, { [path]: after })))
    expect(because).toEqual([expect.stringContaining(reason)])
  })
})

describe('applications', () => {
  const app = {
    'app/answer.mjs': "import { ask } from './lib/ask.mjs'\nconsole.log(ask())\n",
    'app/lib/ask.mjs': "export { ask } from './deep/tone.mjs'\n",
    'app/lib/deep/tone.mjs': "export const ask = () => 'x'\n",
    'other/tone.mjs': 'export const x = 1\n',
  }
  it('imports of imports', async () => {
    const files = { ...command('node', 'app/answer.mjs'), ...app }
    expect(await why(files, { 'app/lib/deep/tone.mjs': "export const ask = () => 'y'\n" })).toBe(
      'app/answer.mjs imports app/lib/ask.mjs, which imports app/lib/deep/tone.mjs, which changed',
    )
    expect(await why(files, { 'app/answer.mjs': '1\n' })).toBe('its command names app/answer.mjs, which changed')
    expect(await why(files, { 'other/tone.mjs': 'export const x = 2\n' })).toBe(undefined)
    expect(await why(files, { 'app/lib/deep/tone.mjs': null })).toContain('which changed')
  })

  it.each([
    ['python -m', command('python', '-m', 'app.answer'), 'app/answer.py', 'from .tone import ask\n', 'app/tone.py'],
    [
      'python packages',
      command('uv', 'run', 'app/answer.py'),
      'app/answer.py',
      'from app.texts import tone\n',
      'app/texts/tone.py',
    ],
    [
      'a script of package.json',
      { ...command('npm', 'run', 'answer'), 'package.json': '{"scripts":{"answer":"tsx src/a.ts"}}' },
      'src/a.ts',
      "import './b'\n",
      'src/b.tsx',
    ],
    [
      'a text that is read',
      command('node', 'a.mjs'),
      'a.mjs',
      "readFileSync('prompts/system.md')\n",
      'prompts/system.md',
    ],
    [
      'a template that is read, and its partial',
      command('node', 'a.mjs'),
      'a.mjs',
      "render('prompts/a.hbs')\n",
      'prompts/tone.hbs',
    ],
  ] as const)('%s', async (_, eval_, entry, text, path) => {
    const files = { ...eval_, [entry]: text, [path]: 'a = 1\n', 'prompts/a.hbs': '{{> tone}}' }
    expect(await why(files, { [path]: 'a = 2\n' })).toMatch(
      /^\S+ (imports|reads) \S+(, which includes \S+)?, which changed$/,
    )
  })

  it('covers a prompt in an imported module', async () => {
    const files = { ...command('node', 'app/answer.mjs'), ...app }
    const edits = { 'app/lib/deep/tone.mjs': "export const SYSTEM_PROMPT = 'You are a helpful assistant. Be brief.'\n" }
    const { uncovered, changes } = await changed(files, edits)
    expect(uncovered).toEqual([])
    expect(changes[0]?.why).toContain('covered by a: app/answer.mjs imports app/lib/ask.mjs')
  })

  it('a working directory of a monorepo', async () => {
    const files = {
      'pkg/evals/a.eval.yaml': evalFile('  command: [node, app/answer.mjs]'),
      'pkg/app/answer.mjs': "import './lib.mjs'\n",
      'pkg/app/lib.mjs': '1\n',
    }
    const options = { directory: 'pkg', config: 'pkg/parity.yaml' }
    expect(await why(files, { 'pkg/app/lib.mjs': '2\n' }, options)).toContain(
      'pkg/app/answer.mjs imports pkg/app/lib.mjs',
    )
  })

  it('a thousand imports and a circle end at a bound', async () => {
    const modules = Object.fromEntries(
      Array.from({ length: 1000 }, (_, at) => [`m/${at}.mjs`, `import './${(at + 1) % 1000}.mjs'\n`]),
    )
    const files = { ...command('node', 'm/0.mjs'), ...modules, 'z.mjs': '1' }
    const { reads } = await changed(files, { 'm/990.mjs': '1\n', 'z.mjs': '2' })
    expect(new Set(reads).size).toBeLessThan(500)
  })

  it('reads nothing of the application when nothing could matter', async () => {
    const files = { ...command('node', 'app/answer.mjs'), ...app, 'logo.png': 'x' }
    for (const path of ['logo.png', 'README.md', '.github/workflows/ci.yml'])
      expect((await changed(files, { [path]: 'y' })).reads).not.toContain('app/answer.mjs')
  })
})

describe('templates under `paths`', () => {
  it.each([
    ['jinja extends', 'j2', '{% extends "shared/tone.j2" %}', 'extends'],
    ['jinja import', 'j2', '{% import "shared/tone.j2" as t %}', 'imports'],
    ['jinja from', 'j2', "{%- from 'shared/tone.j2' import x -%}", 'imports'],
    ['jinja list', 'j2', "{% include ['none.j2', 'shared/tone.j2'] %}", 'includes'],
    ['handlebars', 'hbs', '{{> shared/tone}}', 'includes'],
    ['mustache', 'mustache', '{{>shared/tone}}', 'includes'],
    ['liquid include', 'liquid', "{% include 'shared/tone' %}", 'includes'],
    ['liquid render', 'liquid', "{% render 'shared/tone', a: b %}", 'includes'],
    ['YAML $ref', 'yaml', 'system: { $ref: ../shared/tone.yaml }', 'refers to'],
    ['file://', 'yaml', 'system: file://../shared/tone.yaml', 'refers to'],
  ])('%s', async (_, end, text, how) => {
    const files = {
      ...command('x'),
      'evals/a.eval.yaml': evalFile(
        '  http: { base: "http://a", head: "http://b", path: /x }',
        'paths: ["texts/**"]\n',
      ),
      [`texts/main.${end}`]: text,
      [`shared/tone.${end}`]: 'a: b\n',
    }
    expect(await why(files, { [`shared/tone.${end}`]: 'c: d\n' })).toBe(
      `texts/main.${end} ${how} shared/tone.${end}, which changed`,
    )
  })
})

describe('what is told of a set', () => {
  const rows = (text: string) => ({
    'evals/cases/a.jsonl': `{"id":"a","vars":{"question":"${text}"},"expected":"y"}\n`,
  })
  const target = '  prompt: ../p.md\n  model: openai/gpt-4.1-2025-04-14'
  const kept = `target:\n${target}\ncases: [cases/*.jsonl]\nscorers: [{ contains: "{{expected}}" }]\n`

  it('the file of its cases that changed', async () => {
    const files = { 'evals/a.eval.yaml': kept, 'p.md': '{{ question }}', ...rows('x') }
    expect(await why(files, rows('z'))).toBe('its cases changed (evals/cases/a.jsonl)')
    const both = { ...rows('z'), 'evals/a.eval.yaml': `${kept}passes: 2\n` }
    expect(await why(files, both)).toBe('its cases changed; its passes changed')
    const scores = { 'evals/a.eval.yaml': `${kept}compare: score\n` }
    expect(await why(files, scores)).toBe('what it compares changed')
  })

  it('the shared defaults of promptfoo', async () => {
    const file =
      'prompts: [file://p.txt]\nproviders: [openai:gpt-4o]\ndefaultTest: file://d.yaml\ntests: file://t.yaml\n'
    const defaults = (value: string) => ({ 'd.yaml': `assert: [{ type: contains, value: ${value} }]\n` })
    const files = { 'promptfooconfig.yaml': file, 'p.txt': '{{q}}', 't.yaml': '- vars: { q: x }\n', ...defaults('a') }
    expect(Object.values(reasons(await changed(files, defaults('b'))))).toEqual(['its cases changed (d.yaml)'])
  })

  it('why a new one cannot be read, and nothing of it is a pin', async () => {
    const { changes } = await changed({}, { 'evals/b.eval.yaml': prompt('../../etc/passwd') })
    expect(changes).toEqual([
      expect.objectContaining({
        kind: 'eval-set',
        path: 'evals/b.eval.yaml',
        why: expect.stringContaining('leads out of'),
      }),
    ])
  })

  it('a watched file that moved away, by the name under which it was watched', () => {
    const head = { paths: ['lib/**'] } as unknown as EvalSet
    const files = [{ path: 'other/x.py', previousPath: 'lib/x.py', status: 'renamed' as const }]
    expect(pathReasons(head, { files, directory: '' } as unknown as DetectInput)).toEqual([
      'lib/x.py changed (`paths`)',
    ])
  })
})
