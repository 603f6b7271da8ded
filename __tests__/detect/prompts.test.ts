// Prompts in code and data: what is one, what it is called, and what leaves it as it is.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import { describe, expect, it } from 'vitest'
import { detected, said } from './changes.ts'

/** `§` is where the two versions differ: kind versus polite. */
const edit = (text: string) => [text.replaceAll('§', 'kind'), text.replaceAll('§', 'polite')] as const

const FOUND: readonly (readonly [string, string, string])[] = [
  ['a.py', 'SYSTEM = "You are a § helper for the shop."\n', 'prompt SYSTEM@1'],
  ['a.py', 'SYSTEM_PROMPT = """\nAnswer in one sentence.\nBe §.\n"""\n', 'prompt SYSTEM_PROMPT@1'],
  ['a.py', 'P = (\n  "You are a helper. "  # who\n  "Always be § to the user."\n)\n', 'prompt P@3'],
  ['a.py', 'PROMPTS = {\n  "welcome": f"Greet {name} in a § way",\n}\n', 'prompt PROMPTS.welcome@2'],
  ['a.py', 'r = client.messages.create(model=m, system="Always stay § to them", messages=[])\n', 'prompt system=@1'],
  ['a.py', 'm = [{"role": "system", "content": "Stay § and calm"}]\n', 'prompt m[].content@1'],
  ['a.py', 'p = ChatPromptTemplate.from_messages([("system", "Stay § and calm"), ("human", "{q}")])\n', 'prompt p@1'],
  ['a.py', 'def build_prompt(x):\n    return f"Tell {x} in a § tone what to do next"\n', 'prompt build_prompt@2'],
  ['a.py', 'a = Agent(name="x", instructions="Handle returns in a § way")\n', 'prompt instructions=@1'],
  ['a.ts', 'export const systemPrompt = `You are a § bot. ${rules}`\n', 'prompt systemPrompt@1'],
  ['a.ts', "const PROMPTS = {\n  bye: 'Say goodbye in a § manner',\n}\n", 'prompt PROMPTS.bye@2'],
  ['a.ts', "await generateText({ model, system: 'Always stay § to people' })\n", 'prompt system=@1'],
  ['a.ts', "const r = /['\"`]/g\nconst prompt = 'Write a § letter to them'\n", 'prompt prompt@2'],
  ['a.ts', 'function buildPrompt(q: string) {\n  return `Answer ${q} in a § tone please`\n}\n', 'prompt buildPrompt@2'],
  ['a.ts', "const prompt = [\n  'Read the question.',\n  'Give a § answer.',\n].join('\\n')\n", 'prompt prompt@3'],
  ['a.tsx', "const A = () => <p>Don't `panic`</p>\nconst prompt = `Write a § letter to them`\n", 'prompt prompt@2'],
  ['a.ts', "const prompt = 'Read it. ' + (x ? 'Be very § to them.' : '')\n", 'prompt prompt@1'],
  ['a.go', 'const systemPrompt = `You are a § helper.`\n', 'prompt systemPrompt@1'],
  ['a.go', 'm := openai.Message{Role: "system", Content: "Stay § and calm"}\n', 'prompt m.Content@1'],
  ['A.java', 'class A { static final String PROMPT = """\n  You are a § helper.\n  """; }\n', 'prompt PROMPT@1'],
  ['A.java', 'class A { String p = new SystemMessage("Stay § and calm"); }\n', 'prompt p@1'],
  ['A.kt', 'val systemPrompt = """\n  You help $name in a § way\n""".trimIndent()\n', 'prompt systemPrompt@1'],
  ['A.cs', 'class A { const string Prompt = @"You are a § ""helper"" of ours"; }\n', 'prompt Prompt@1'],
  ['A.cs', 'var prompt = $"""\n  Help {name} in a § way\n  """;\n', 'prompt prompt@1'],
  ['a.rb', 'PROMPT = <<~TEXT\n  Help #{name} in a § way\nTEXT\n', 'prompt PROMPT@1'],
  ['a.rb', 'prompt = %q(Help them in a § (very) way)\n', 'prompt prompt@1'],
  ['a.rs', 'const SYSTEM_PROMPT: &str = r#"You "are" a § helper of ours"#;\n', 'prompt SYSTEM_PROMPT@1'],
  ['a.php', "<p>It's</p>\n<?php\n$prompt = <<<EOT\nHelp {$name} in a § way\nEOT;\n", 'prompt prompt@3'],
  ['a.php', "<?php\n$m = ['role' => 'system', 'content' => 'Stay § and calm'];\n", 'prompt m.content@2'],
  ['a.yaml', 'agent:\n  system_prompt: |\n    You are a § helper.\n', 'prompt agent.system_prompt@3'],
  ['a.json', '{"agent": {"instructions": "Handle returns in a § way"}}\n', 'prompt agent.instructions@1'],
  ['a.toml', '[agent]\nsystem_prompt = """\nYou are a § helper.\n"""\n', 'prompt system_prompt@2'],
  [
    'action.yml',
    'inputs:\n  prompt:\n    default: "Review the change in a § way and answer with JSON"\n',
    'prompt inputs.prompt.default@3',
  ],
  ['prompts/a.md', 'Be §.\n', 'prompt file@1'],
  ['skills/refunds/SKILL.md', '# Rules\nBe §.\n', 'prompt file@2'],
  [
    'action.yml',
    "inputs:\n  summary:\n    description: 'The prompt of the summary'\n    default: |\n      Next § come diffs of each file.\n",
    'prompt inputs.summary.default@5',
  ],
  [
    'resources/agents/BASH.md',
    '# Shell\n\nYou are a § command specialist. Your task is to run commands.\nRespond only with the output. Do not explain. The user sees it.\n',
    'prompt file@3',
  ],
  ['prompts/a.j2', 'Be § to {{ name }}.\n', 'prompt file@1'],
  // Shapes in braces are no styles.
  [
    'a.py',
    'SYSTEM_PROMPT = "You are a § classifier. Return JSON as {label: string; score: number}"\n',
    'prompt SYSTEM_PROMPT@1',
  ],
  ['a.ts', 'const systemPrompt = `A § answer: {kind: "a" | "b"; why: string;}`\n', 'prompt systemPrompt@1'],
]

describe('a prompt that changes is named', () => {
  it.each(FOUND)('%s %#: %s', async (path, text, expected) => {
    expect(await said(path, ...edit(text))).toEqual([expected])
  })
})

const NO_PROMPT: readonly (readonly [string, string])[] = [
  ['a.py', 'LABEL = "A § label for the button"\n'],
  ['a.py', 'parser.add_argument("--prompt", help="The § prompt that is sent to the model")\n'],
  ['a.py', 'logger.info("You are a § user of the prompt cache")\n'],
  ['a.py', 'raise ValueError("The system prompt must be § and not empty")\n'],
  ['a.py', 'def f():\n    """Builds the § prompt for the model."""\n'],
  ['a.py', 'QUERY = "SELECT a, § FROM prompts WHERE system = 1"\n'],
  ['a.py', '# SYSTEM_PROMPT = "You are a § helper"\nx = 1\n'],
  ['a.py', 'prompt_error = "The prompt is not § enough for us"\n'],
  ['a.py', 'PROMPT_PATH = "prompts/§/system file.md"\n'],
  ['a.ts', "const promptPlaceholder = 'Ask me something § today'\n"],
  ['a.ts', "throw new Error('The prompt has to be § and short')\n"],
  ['a.ts', "console.log('Your task is to be § and to return JSON')\n"],
  ['a.tsx', 'const A = () => <p>You are a § assistant. Respond only with JSON.</p>\n'],
  ['a.ts', "const title = t('Write a § prompt for the helper')\n"],
  ['a.ts', '// You are a § helper. Return JSON.\nconst x = 1\n'],
  ['a.ts', '/* const prompt = "You are a § helper" */\nconst x = 1\n'],
  ['a.test.ts', "const prompt = 'You are a § helper'\n"],
  ['tests/a.py', 'PROMPT = "You are a § helper"\n'],
  ['docs/prompts/a.md', 'You are a § helper\n'],
  ['a.ts', 'const promptStyles = `.prompt { color: §red; width: 10px; }`\n'],
  ['a.ts', 'const promptStyles = `div.prompt > p { color: §red; }`\n'],
  ['vendor/x/a.go', 'const systemPrompt = "You are a § helper"\n'],
  ['a.go', '// Code generated by x. DO NOT EDIT.\nconst systemPrompt = "You are a § helper"\n'],
  ['a.go', 'return fmt.Errorf("the prompt is not § enough: %w", err)\n'],
  ['A.java', 'class A { /** You are a § helper. Respond with JSON. */ int x; }\n'],
  ['a.rb', '=begin\nYou are a § helper\n=end\nx = 1\n'],
  ['a.rs', '/* outer /* inner */ You are a § helper */ fn f() {}\n'],
  ['a.yaml', 'form:\n  title: Write a § title\n  placeholder: Ask the assistant a § question\n'],
  ['README.md', 'You are a § helper\n'],
  ['AGENTS.md', '# Rules\nYou are a § helper\n'],
  ['.claude/agents/review.md', 'You are a § reviewer. Your task is to review. Return only JSON.\n'],
  [
    '.github/workflows/a.yml',
    'steps:\n  - run: |\n      # Your task is to summarize the § user question\n      echo "Return only JSON: $x"\n',
  ],
  ['.github/workflows/prompt-parity.yml', 'concurrency:\n  group: parity-§-and-the-number-of-it\n'],
  ['a.tsx', "showToast('Your prompt is § and must be sent. You will receive an answer.')\n"],
  ['tutorials/a.ts', "const system = 'You are a § helper'\n"],
  ['guide.md', '# Guide\n\n- Do not § forget the key\n- Always run the tests\n'],
  ['a.tsx', "function PromptInputBox() {\n  return cn('flex § items shadow border rounded', x)\n}\n"],
  ['locales/de.json', '{"prompt": "You are a § helper, return JSON"}\n'],
]

describe('a text that is no prompt is silent', () => {
  it.each(NO_PROMPT)('%s %#: %s', async (path, text) => {
    expect(await said(path, ...edit(text))).toEqual([])
  })
})

const SAME: readonly (readonly [string, string, string])[] = [
  ['a.py', 'SYSTEM = "You are a helper. Be kind."\n', "SYSTEM = ('You are a helper. '\n          'Be kind.')\n"],
  ['a.py', 'SYSTEM = "You are a helper of ours."\n', 'SYSTEM_PROMPT = "You are a helper of ours."  # renamed\n'],
  ['a.py', 'P = """\nYou are a helper.\n"""\n', 'class A:\n    P = """\n        You are a helper.\n    """\n'],
  [
    'a.ts',
    'const prompt = \'Write a letter to "them" today\'\n',
    'const prompt = "Write a letter to \\"them\\" today"\n',
  ],
  ['a.ts', 'const prompt = `Write ${a} a letter today`\n', 'const prompt = `Write ${ other.name } a letter today`\n'],
  [
    'a.ts',
    "const prompt = 'Write a letter to them'\n",
    "const prompt = 'Write a ' +\n  // them\n  'letter to them'\nf()\n",
  ],
  ['a.json', '{"prompt": "Write a letter to them"}', '{\n  "prompt": "Write a letter to them"\n}\n'],
  ['prompts/a.j2', 'Be kind.\n', '{# why\nnot #}\nBe kind.\n'],
]

describe('a prompt that is only written in another way is silent', () => {
  it.each(SAME)('%s %#: %s', async (path, before, after) => {
    expect(await said(path, before, after)).toEqual([])
  })

  it('moves between files', async () => {
    const prompt = 'SYSTEM = "You are a helper of ours. Be kind."\n'
    const { changes, silent } = await detected({ 'a.py': [`x = 1\n${prompt}`, 'x = 1\n'], 'b.py': [null, prompt] })
    expect(changes).toEqual([])
    expect(silent?.map((one) => one.path)).toEqual(['a.py', 'b.py'])
  })

  it('moves with its file', async () => {
    const prompt = 'SYSTEM = "You are a helper of ours. Be kind."\n'
    const { changes } = await detected({ 'b.py': [prompt, `# new\n${prompt}`] }, { renames: { 'b.py': 'a.py' } })
    expect(changes).toEqual([])
  })
})

describe('hashes', () => {
  it('are those of both sides, and of the one that is there', async () => {
    const { changes, uncovered } = await detected({
      'a.py': ['SYSTEM = "You are a helper."\n', 'SYSTEM = "You are a robot."\n'],
      'b.py': [null, 'SYSTEM = "You are a new helper."\n'],
    })
    expect(changes.map(({ path, from, to }) => [path, typeof from, typeof to])).toEqual([
      ['a.py', 'string', 'string'],
      ['b.py', 'undefined', 'string'],
    ])
    expect(changes[0]?.from).not.toBe(changes[0]?.to)
    expect(uncovered).toEqual(changes)
    expect(changes[0]?.why).toBe('prompt SYSTEM changed; no eval set covers it')
  })
})
