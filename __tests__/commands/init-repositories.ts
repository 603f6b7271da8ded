// Small repositories of every kind that `init` is started in, and what it should choose in each.

import type { Files } from '../fakes/repository.ts'

const PROMPT_YML = `model: openai/gpt-4.1-mini-2025-04-14
messages:
  - role: system
    content: You answer questions of customers of Acme.
  - role: user
    content: "{{question}}"
`
export const PYTHON: Files = {
  'app/prompts.py': `SYSTEM_PROMPT = """You are the support assistant of Acme.
Answer the question of {customer} in two sentences: {question}
"""
`,
  'app/client.py': `import openai
from .prompts import SYSTEM_PROMPT
MODEL = "gpt-4.1-mini-2025-04-14"
EMBEDDING_MODEL = "text-embedding-3-small"
def answer(messages):
    return openai.OpenAI().chat.completions.create(model=MODEL, messages=messages)
`,
}
const TYPESCRIPT: Files = {
  'src/prompts.ts': `export const TRIAGE_PROMPT = \`You sort the tickets of a shop into billing, shipping and other.
Answer with one word. The ticket is: \${ticket}\`
export const model = 'claude-sonnet-4-5-20250929'
`,
}
export const PROMPTFOO: Files = {
  'promptfooconfig.yaml': `prompts: ["Answer in one word: {{question}}"]
providers: [anthropic:messages:claude-sonnet-4-5-20250929]
tests:
  - vars: { question: What is the capital of France? }
    assert: [{ type: contains, value: Paris }]
`,
}

export type Kind = {
  readonly files: Files
  readonly directory?: string
  /** What is chosen; null where no set is written. */
  readonly chosen: { readonly prompt: string; readonly model: string } | null
  readonly set?: string
  readonly vars?: readonly string[]
  readonly secret: string
}

const OPENAI = 'openai/gpt-4.1-mini-2025-04-14'
const CLAUDE = 'anthropic/claude-sonnet-4-5-20250929'

export const KINDS: { readonly [name: string]: Kind } = {
  'a Python constant': {
    files: PYTHON,
    chosen: { prompt: 'app/prompts.py#SYSTEM_PROMPT', model: OPENAI },
    set: 'system-prompt',
    vars: ['customer', 'question'],
    secret: 'OPENAI_API_KEY',
  },
  'a TypeScript constant': {
    files: TYPESCRIPT,
    chosen: { prompt: 'src/prompts.ts#TRIAGE_PROMPT', model: CLAUDE },
    set: 'triage-prompt',
    vars: ['ticket'],
    secret: 'ANTHROPIC_API_KEY',
  },
  'a prompt file with its model': {
    files: { 'prompts/support.prompt.yml': PROMPT_YML, 'other/config.yaml': 'model: claude-sonnet-4-5-20250929\n' },
    chosen: { prompt: 'prompts/support.prompt.yml', model: OPENAI },
    set: 'support',
    vars: ['question'],
    secret: 'OPENAI_API_KEY',
  },
  'a text, and a model elsewhere': {
    files: {
      'prompts/support.md': 'You are the support agent of Acme. Answer only from the help centre.\n',
      'config.yaml': 'model: gpt-4.1-mini-2025-04-14\n',
    },
    chosen: { prompt: 'prompts/support.md', model: OPENAI },
    set: 'support',
    vars: ['question'],
    secret: 'OPENAI_API_KEY',
  },
  'Prompty with a deployment and a loop': {
    files: {
      'chat.prompty': `---
name: Chat
model:
  api: chat
  configuration: { type: azure_openai, azure_deployment: support-gpt }
---
system:
You are a helper.
{% for item in documents %}
# {{item.title}}
{% endfor %}
user:
{{question}}
`,
    },
    chosen: { prompt: 'chat.prompty', model: 'azure/support-gpt' },
    set: 'chat',
    vars: ['documents', 'question'],
    secret: 'AZURE_OPENAI_API_KEY',
  },
  'a promptfoo project': { files: PROMPTFOO, chosen: null, secret: 'ANTHROPIC_API_KEY' },
  'GitHub Models with test data': {
    files: {
      'prompts/support.prompt.yml': `${PROMPT_YML}testData:
  - question: How long do I have to return a coat?
    expected: 30 days
evaluators:
  - name: says it
    string: { contains: "{{expected}}" }
`,
    },
    chosen: null,
    secret: 'OPENAI_API_KEY',
  },
  'no prompt at all': { files: { 'README.md': '# Acme\n' }, chosen: null, secret: 'OPENAI_API_KEY' },
  'a folder of a monorepo': {
    files: {
      'services/api/prompts/support.prompt.yml': PROMPT_YML,
      'services/web/prompts/hero.prompt.yml': PROMPT_YML.replace('{{question}}', '{{headline}}'),
    },
    directory: 'services/api',
    chosen: { prompt: 'services/api/prompts/support.prompt.yml', model: OPENAI },
    set: 'support',
    vars: ['question'],
    secret: 'OPENAI_API_KEY',
  },
}
