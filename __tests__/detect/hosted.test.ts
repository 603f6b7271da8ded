// A prompt that leaves for a hosted registry is the last change of it that a review sees.

import { describe, expect, it } from 'vitest'
import { hostedPrompts } from '../../src/detect/hosted.ts'
import { changed, evalFile, prompt } from './repository.ts'

const TEXT = 'You are a helpful assistant of a shop. Answer in one sentence.'

describe('prompts in hosted registries', () => {
  it.each([
    [
      'Langfuse',
      'ts',
      'import { Langfuse } from "langfuse"\nconst SYSTEM_PROMPT = await langfuse.getPrompt("support")',
    ],
    [
      'Langfuse',
      'ts',
      'import { LangfuseClient } from "@langfuse/client"\nconst p = await langfuse.prompt.get("support")',
    ],
    [
      'Langfuse',
      'py',
      'from langfuse import get_client\nSYSTEM_PROMPT = get_client().get_prompt("support", label="production")',
    ],
    ['LangSmith', 'py', 'from langchain import hub\nSYSTEM_PROMPT = hub.pull("acme/support")'],
    ['LangSmith', 'py', 'from langsmith import Client\nSYSTEM_PROMPT = Client().pull_prompt("support")'],
    ['PromptLayer', 'py', 'import promptlayer\nSYSTEM_PROMPT = promptlayer.templates.get("support")'],
    [
      'Braintrust',
      'ts',
      'import { loadPrompt } from "braintrust"\nconst p = await loadPrompt({ projectName: "a", slug: "support" })',
    ],
    [
      'Portkey',
      'ts',
      'import Portkey from "portkey-ai"\nportkey.prompts.completions.create({ promptID: "pp-support-1" })',
    ],
    ['MLflow', 'py', 'import mlflow\nSYSTEM_PROMPT = mlflow.genai.load_prompt("prompts:/support/1")'],
    ['OpenAI', 'ts', 'openai.responses.create({ prompt: { id: "pmpt_68a0c1d2e3f4" } })'],
    ['Bedrock', 'py', 'client.converse(modelId="arn:aws:bedrock:us-east-1:123456789012:prompt/ABCDEF1234:1")'],
    ['a prompt registry', 'ts', 'const { prompt } = await client.prompts.get("support")'],
  ])('%s in %s: %s', async (service, end, text) => {
    const before = end === 'py' ? `SYSTEM_PROMPT = "${TEXT}"\n` : `const SYSTEM_PROMPT = "${TEXT}"\n`
    const { changes, uncovered } = await changed({ [`app/chat.${end}`]: before }, { [`app/chat.${end}`]: text })
    const moved = changes.filter((one) => one.kind === 'prompt')
    expect(moved).toEqual([
      expect.objectContaining({ path: `app/chat.${end}`, symbol: 'SYSTEM_PROMPT', covered: false, evalSets: [] }),
    ])
    expect(moved[0]?.why).toContain(`of ${service}: the prompt is no longer reviewable here`)
    expect(uncovered).toContainEqual(moved[0])
  })

  it('a registry beside a prompt that stays is named, too, once', async () => {
    const base = 'import { Langfuse } from "langfuse"\n'
    const call = 'const extra = await langfuse.getPrompt("extra")\n'
    const { changes } = await changed({ 'a.ts': base }, { 'a.ts': base + call + call })
    expect(changes.map((one) => one.why)).toEqual([expect.stringContaining('"extra" of Langfuse is fetched')])
    const after = await changed({ 'a.ts': base + call }, { 'a.ts': `${base}${call}export const x = 1\n` })
    expect(after.changes).toEqual([])
  })

  it.each([
    [
      'promptfoo',
      'promptfooconfig.yaml',
      (one: string) =>
        `prompts: ["${one}"]\nproviders: [openai:gpt-4o]\ntests: [{ vars: { q: x }, assert: [{ type: contains, value: y }] }]\n`,
      'p.txt',
      'langfuse://support:production',
    ],
    ['our own', 'evals/a.eval.yaml', (one: string) => prompt(one), '../p.txt', 'portkey://pp-support-1'],
  ])('an eval set of %s', async (_, path, file, before, after) => {
    const files = { [path]: file(before), 'p.txt': `${TEXT} {{ question }}` }
    const { changes } = await changed(files, { [path]: file(after) })
    expect(changes.filter((one) => one.kind === 'prompt')).toEqual([
      expect.objectContaining({ path, covered: false, why: expect.stringContaining('no longer reviewable here') }),
    ])
  })

  it.each([
    'const x = map.get("support"); const prompts = []',
    'hub.push("acme/support")',
    'the prompt is called pmpt_ in the manual',
    'const url = "https://langfuse.com/docs/prompts/get"',
    'registry.prompts.list("x")',
  ])('is not found in %s', (text) => {
    expect(hostedPrompts(text)).toEqual([])
  })

  it('ends on text that is made to hang', () => {
    const bombs = [
      'loadPrompt({ a: ',
      '.run(',
      'client.prompts.get(',
      'langfuse://',
      'prompt_id="',
      '.prompts.get({ path',
    ]
    for (const bomb of bombs) {
      const text = `langfuse promptlayer braintrust portkey humanloop opik phoenix pmpt_ :prompt/ ${bomb.repeat(40_000)}`
      expect(hostedPrompts(text.slice(0, 900_000)).length).toBeLessThanOrEqual(200)
    }
  })
})

it('an application that still calls keeps its eval set', async () => {
  const files = {
    'evals/a.eval.yaml': evalFile('  command: [node, app.mjs]'),
    'app.mjs': `const SYSTEM_PROMPT = "${TEXT}"\n`,
  }
  const edit = { 'app.mjs': 'import "langfuse"\nconst p = await langfuse.getPrompt("support")\n' }
  const { selections, uncovered } = await changed(files, edit)
  expect(selections.map((one) => one.pair.name)).toEqual(['a'])
  expect(uncovered).toHaveLength(1)
})
