// Model pins and call settings: which are read, how they are written in a change, and what pins nothing.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import { describe, expect, it } from 'vitest'
import { modelId } from '../../src/detect/model-ids.ts'
import { said } from './changes.ts'

/** `§` is a model id that changes. */
const pins = (text: string) => [text.replaceAll('§', 'gpt-4o-2024-08-06'), text.replaceAll('§', 'gpt-4.1')] as const
const PIN = 'model gpt-4o-2024-08-06>gpt-4.1'

const FOUND: readonly (readonly [path: string, text: string, line: number])[] = [
  ['a.py', 'x = 1\nr = client.chat(model="§", n=1)\n', 2],
  ['a.py', 'MODEL = os.getenv("CHAT_MODEL", "§")\n', 1],
  ['a.py', 'MODEL = os.environ.get("M") or "§"\n', 1],
  ['a.py', 'class S(BaseSettings):\n    model: str = Field(default="openai/§")\n', 2],
  ['a.py', 'llm = ChatOpenAI("§")\n', 1],
  ['a.py', 'def ask(q, model="§"):\n    pass\n', 1],
  ['a.ts', "const model = process.env.MODEL ?? '§'\n", 1],
  ['a.ts', "streamText({\n  model: openai('§'),\n})\n", 2],
  ['a.ts', "const DEFAULT_MODEL: string = 'openai:§' // why\n", 1],
  ['a.go', 'req := api.Request{\n\tModel: "§",\n}\n', 2],
  ['A.java', 'class A { String m = Chat.builder().modelName("§").build(); }\n', 1],
  ['A.kt', 'val modelName = "§"\n', 1],
  ['A.cs', 'var client = new ChatClient(model: "§", key);\n', 1],
  [
    'Four.kt',
    'class C {\n    fun f0() { ask(ChatRequest(\n        model = ModelId("whisper-1"),\n        maxTokens = 10\n    )) }\n    fun f1() { ask(ChatRequest(\n        model = ModelId("gpt-4-turbo-preview"),\n        maxTokens = 10\n    )) }\n    fun f2() { ask(ChatRequest(\n        model = ModelId("gpt-3.5-turbo-0125"),\n        maxTokens = 10\n    )) }\n    fun f3() { ask(ChatRequest(\n        model = ModelId("§"),\n        maxTokens = 10\n    )) }\n}\n',
    15,
  ],
  ['a.rb', 'client.chat(parameters: { model: "§", messages: m })\n', 1],
  ['a.rs', 'let model = env::var("MODEL").unwrap_or("§".to_string());\n', 1],
  ['a.php', "<?php\n$config = ['model' => '§'];\n", 2],
  ['a.yaml', 'llm:\n  model: §  # pinned\n', 2],
  ['a.yaml', 'env:\n  CHAT_MODEL: ${CHAT_MODEL:-§}\n', 2],
  ['values.yaml', 'model: {{ .Values.x }}\nchat:\n  model: "§"\n', 3],
  ['a.json', '{"deployment": "§"}', 1],
  ['a.toml', '[llm]\nmodel = "§"\n', 2],
  ['.env.production', 'OPENAI_MODEL=§\n', 1],
  ['Dockerfile', 'FROM node\nENV CHAT_MODEL=§\n', 2],
  ['main.tf', 'variable "model" {\n  default = "§"\n}\n', 2],
  ['main.bicep', "param chatModel string = '§'\n", 1],
  ['main.tf', 'resource "d" "x" {\n  model {\n    name = "§"\n  }\n}\n', 3],
  ['action.yml', 'inputs:\n  model:\n    default: "§"\n', 3],
  [
    'a.ts',
    "function getModel(p) {\n  switch (p) {\n    case 'a':\n      return google('gemini-2.5-flash')\n    case 'b':\n      return openai('§')\n    case 'c':\n      return anthropic('claude-x-1')\n    default:\n      return groq('llama-3.1-8b')\n  }\n}\n",
    6,
  ],
  ['.github/workflows/a.yml', 'steps:\n  - with:\n      claude_args: |\n        --max-turns 5\n        --model §\n', 5],
  ['prompts/a.prompt', '---\nmodel: openai/§\n---\nBe kind.\n', 2],
]

describe('a pin that changes', () => {
  it.each(FOUND)('%s %#: %s', async (path, text, line) => {
    expect(await said(path, ...pins(text))).toEqual([`${PIN}@${line}`])
  })

  it.each([
    [
      'a.py',
      'm = X(model=Llm.GEMINI_2_PRO)\n',
      'm = X(model=Llm.GEMINI_3_PRO)\n',
      'model Llm.GEMINI_2_PRO>Llm.GEMINI_3_PRO@1',
    ],
    [
      'a.yaml',
      'model: us.anthropic.claude-3-haiku-v1:0\n',
      'model: claude-3-5-haiku@002\n',
      'model us.anthropic.claude-3-haiku-v1:0>claude-3-5-haiku@002@1',
    ],
    [
      'a.yaml',
      'model: gpt-4o\nmodel_version: "2024-05-13"\n',
      'model: gpt-4o\nmodel_version: "2024-08-06"\n',
      'model 2024-05-13>2024-08-06@2',
    ],
    ['a.py', 'x = 1\n', 'x = 1\nMODEL = "gpt-4o"\n', 'model ->gpt-4o@2'],
    ['a.py', 'x = 1\nMODEL = "gpt-4o"\n', 'x = 1\n', 'model gpt-4o>-@2'],
  ])('%s: %s', async (path, before, after, expected) => {
    expect(await said(path, before, after)).toEqual([expected])
  })
})

const SILENT: readonly (readonly [string, string])[] = [
  ['a.py', 'menu.add(GPT3_MODEL_NAME, label="§")\n'],
  ['a.py', 'if model == "§":\n    pass\n'],
  ['a.py', 'if model in ("§", "x"):\n    pass\n'],
  ['a.py', 'if model.startswith("§"):\n    pass\n'],
  ['a.ts', "switch (model) {\n  case '§':\n    break\n}\n"],
  ['a.py', '# model = "§"\nx = 1\n'],
  ['a.py', 'MODELS = ["gpt-5", "gpt-5-mini", "claude-3-opus", "§"]\n'],
  ['a.py', 'PRICES = {"gpt-5": 1, "claude-3-opus": 2, "§": 3}\n'],
  [
    'a.ts',
    "const models = [{ id: 'gpt-5', label: 'A' }, { id: 'claude-3-opus', label: 'B' }, { id: '§', label: 'C' }, { id: 'gemini-2.0-pro', label: 'D' }]\n",
  ],
  ['a.py', 'class Llm(Enum):\n    A = "gpt-5"\n    MODELS = ["gpt-5", "claude-3-opus", "§"]\n'],
  ['a.ts', 'log(`model is § now`)\n'],
  ['model.test.ts', "const model = '§'\n"],
  ['CHANGELOG.md', 'model: §\n'],
  ['package-lock.json', '{"model": "§"}'],
  ['model_prices.json', '{"model": "§"}'],
  ['a.tsx', 'const A = () => <option value="§">§</option>\n'],
  ['a.json', '{"default_model": "m", "additional_visible_models": [{"name": "§"}, {"name": "gpt-4o-mini"}]}'],
  [
    'Models.kt',
    ['gpt-5', 'gpt-5-mini', 'claude-3-opus', '§']
      .map((id, i) => `val M${i} = LLModel(provider = P, id = "${id}", capabilities = c)\n`)
      .join(''),
  ],
]

describe('what pins nothing', () => {
  it.each(SILENT)('%s %#: %s', async (path, text) => {
    expect(await said(path, ...pins(text))).toEqual([])
  })

  it.each([
    ['a.ts', "const model = 'gpt-4o'\n", 'const chatModel = "gpt-4o" // same\n'],
    // The branches of one function are the same call.
    [
      'a.py',
      'def ask(q):\n    return a(model="gpt-4o")\n',
      'def ask(q):\n    if q:\n        return b(model="gpt-4o")\n    return a(model="gpt-4o")\n',
    ],
    [
      '.github/workflows/a.yml',
      'steps:\n  - uses: anthropics/claude-code-action@v1\n',
      'steps:\n  - uses: anthropics/claude-code-action@v2\n',
    ],
    [
      'list.ts',
      "const models = [\n  { name: 'gpt-4o', label: 'A' },\n  { name: 'gpt-5', label: 'B' },\n]\n",
      "const models = [\n  { name: 'gpt-4o', label: 'A' },\n  { name: 'gpt-5', label: 'B' },\n  { name: 'gpt-5-mini', label: 'C' },\n  { name: 'o3', label: 'D' },\n]\n",
    ],
    ['a.yaml', 'model: gpt-4o\nx: 1\n', 'x: 1\n\nmodel: "gpt-4o"\n'],
  ])('%s: %s', async (path, before, after) => {
    expect(await said(path, before, after)).toEqual([])
  })
})

const SETTINGS: readonly (readonly [string, string, string, string])[] = [
  [
    'a.py',
    'c.create(model=m, temperature=0.2)\n',
    'c.create(model=m, temperature=0)\n',
    'parameters temperature: 0.2>temperature: 0@1',
  ],
  [
    'a.ts',
    'generateText({ model, temperature: 0.2 })\n',
    'generateText({ model, temperature: 0.3 })\n',
    'parameters temperature: 0.2>temperature: 0.3@1',
  ],
  [
    'a.ts',
    "c.create({ model: m, max_tokens: 10,\n  stop: ['x'] })\n",
    "c.create({ model: m, max_tokens: 10,\n  stop: ['y'] })\n",
    'parameters stop: [ "x" ]>stop: [ "y" ]@2',
  ],
  [
    'a.yaml',
    'llm:\n  model: gpt-4o\n  temperature: 0.2\n',
    'llm:\n  model: gpt-4o\n  temperature: 1 # hot\n',
    'parameters temperature: 0.2>temperature: 1@3',
  ],
  [
    'a.json',
    '{"model": "gpt-4o", "max_tokens": 10}',
    '{"model": "gpt-4o", "max_tokens": 20}',
    'parameters max_tokens: 10>max_tokens: 20@1',
  ],
  [
    'a.go',
    'r := api.Request{Model: m, MaxTokens: 10}\n',
    'r := api.Request{Model: m, MaxTokens: 20}\n',
    'parameters MaxTokens: 10>MaxTokens: 20@1',
  ],
  [
    'a.py',
    'c.create(model=m, n=1)\n',
    'c.create(model=m, n=1,\n  response_format={"type": "json_object"})\n',
    'parameters response_format: not set>response_format: { "type" : "json_object" }@2',
  ],
]

describe('settings of a model call', () => {
  it.each(SETTINGS)('%s: %s', async (path, before, after, expected) => {
    expect(await said(path, before, after)).toEqual([expected])
  })

  it.each([
    ['a.py', 'oven(temperature=200)\n', 'oven(temperature=220)\n'],
    ['a.py', 'c.create(model=m, temperature=t)\n', 'c.create(model=m, temperature=self.t)\n'],
    ['a.py', 'c.create(model=m, temperature=0.2)\n', 'c.create(\n  model=m,\n  temperature=0.2,  # low\n)\n'],
    ['a.yaml', 'weather:\n  temperature: 20\n', 'weather:\n  temperature: 30\n'],
    ['a.py', 'x = 1\n', 'x = 1\nc.create(model=m, temperature=0.2)\n'],
  ])('silent: %s %s', async (path, before, after) => {
    expect(await said(path, before, after)).toEqual([])
  })

  it('keeps the three kinds of one file apart', async () => {
    const text = (a: string, b: string, c: string) =>
      `r = c.create(model="${a}", temperature=${b}, system="Always be ${c} to them")\n`
    expect(await said('a.py', text('gpt-4o', '0', 'kind'), text('gpt-5', '1', 'polite'))).toEqual([
      'prompt system=@1',
      'model gpt-4o>gpt-5@1',
      'parameters temperature: 0>temperature: 1@1',
    ])
  })
})

describe('modelId', () => {
  it.each([
    ['openai/gpt-4o', 'gpt-4o'],
    ['openai:chat:gpt-4o', 'gpt-4o'],
    ['azure/gpt-4.1-2025-04-14', 'gpt-4.1-2025-04-14'],
    ['bedrock/us.anthropic.claude-3-haiku-20240307-v1:0', 'us.anthropic.claude-3-haiku-20240307-v1:0'],
    ['o3-mini', 'o3-mini'],
    ['gpt-4 turbo', null],
    ['claude-helper.ts', null],
    ['gpt-{n}', null],
    ['openai', null],
    ['User', null],
    ['GPT3_MODEL_NAME', null],
  ])('%s', (written, expected) => {
    expect(modelId(written)).toBe(expected)
  })
})
