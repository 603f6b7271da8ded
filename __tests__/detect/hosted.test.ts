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
    ['LangSmith', 'ts', 'import * as hub from "langchain/hub"\nconst p = await hub.pull<ChatPrompt>("acme/support")'],
    ['LangSmith', 'py', 'from langchain import hub\nNAME = "acme/support"\np = hub.pull(NAME)'],
    ['LangSmith', 'py', 'from langchain import hub\np = hub.pull(settings.prompt)'],
    ['Langfuse', 'py', 'from langfuse import Langfuse\np = Langfuse().get_prompt(type="chat", name="support")'],
    ['Langfuse', 'go', 'package main\nimport "github.com/henomis/langfuse-go"\nvar p = client.GetPrompt("support")'],
    ['Langfuse', 'java', 'import com.langfuse.Client;\nclass A { Prompt p = client.prompts().get("support"); }'],
    ['PromptLayer', 'ts', 'import "promptlayer"\nawait pl.run({ inputVariables: { q }, promptName: "support" })'],
    ['Braintrust', 'py', 'import braintrust\np = braintrust.load_prompt("acme", "support")'],
    ['Braintrust', 'ts', 'import { invoke } from "braintrust"\nawait invoke({ projectName: "a", slug: "support" })'],
    ['OpenAI', 'py', 'client.responses.create(prompt={"id": "pmpt_68a1b2c3d4e5", "version": "2"})'],
    ['Bedrock', 'py', 'p = agent.get_prompt(promptIdentifier="ABCDEFGHIJ")'],
    ['Bedrock', 'ts', 'await client.send(new GetPromptCommand({ promptIdentifier: "ABCDEFGHIJ" }))'],
    ['Vertex AI', 'py', 'import vertexai\np = vertexai.Client().prompts.get(prompt_id="123456789")'],
    ['Vertex AI', 'py', 'from vertexai.preview import prompts\np = prompts.get("123456789")'],
    ['Helicone', 'ts', 'import "@helicone/helpers"\nawait client.chat.completions.create({ prompt_id: "abc123" })'],
    [
      'Phoenix',
      'ts',
      'import { getPrompt } from "@arizeai/phoenix-client/prompts"\nawait getPrompt({ prompt: { name: "s" } })',
    ],
    ['MLflow', 'py', 'import mlflow\nSYSTEM_PROMPT = mlflow.genai.load_prompt("prompts:/support@production")'],
    ['Latitude', 'ts', 'import "@latitude-data/sdk"\nawait latitude.prompts.run("support/answer", {})'],
    ['Agenta', 'py', 'import agenta as ag\np = ag.ConfigManager.get_from_registry(app_slug="support")'],
    ['Weave', 'py', 'import weave\np = weave.ref("support:v3").get()'],
  ])('%s in %s: %s', async (service, end, text) => {
    const before: { readonly [end: string]: string } = {
      py: `SYSTEM_PROMPT = "${TEXT}"\n`,
      ts: `const SYSTEM_PROMPT = "${TEXT}"\n`,
      go: `package main\nconst SYSTEM_PROMPT = "${TEXT}"\n`,
      java: `class A { static final String SYSTEM_PROMPT = "${TEXT}"; }\n`,
    }
    const { changes, uncovered } = await changed(
      { [`app/chat.${end}`]: before[end] ?? '' },
      { [`app/chat.${end}`]: text },
    )
    const moved = changes.filter((one) => one.kind === 'prompt')
    expect(moved).toEqual([
      expect.objectContaining({ path: `app/chat.${end}`, symbol: 'SYSTEM_PROMPT', covered: false, evalSets: [] }),
    ])
    expect(moved[0]?.why).toMatch(
      new RegExp(`(?:of ${service}|what ${service} returns): the prompt is no longer reviewable here`),
    )
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
    '# from langchain import hub\n  # hub.pull("acme/support")',
    'import docker\nimage = docker.hub.pull("acme/support")',
    'import weave\ndata = weave.ref("cases:v1").get()',
    'import langchain\nx = settings.prompts.get("a")',
  ])('is not found in %s', (text) => {
    expect(hostedPrompts(text)).toEqual([])
  })

  it('a name that is made up elsewhere is no new one when it is called otherwise', async () => {
    const text = (name: string) =>
      `from langfuse import Langfuse\ndef get(${name}):\n    return Langfuse().get_prompt(${name})\n`
    const { changes } = await changed({ 'a.py': text('name') }, { 'a.py': text('prompt_name') })
    expect(changes).toEqual([])
    const added = await changed({ 'a.py': 'x = 1\n' }, { 'a.py': text('name') })
    expect(added.changes.map((one) => one.why)).toEqual([expect.stringContaining('what Langfuse returns is fetched')])
  })

  it('ends on text that is made to hang', () => {
    const bombs = [
      'loadPrompt({ a: ',
      '.run(',
      'client.prompts.get(',
      'langfuse://',
      'prompt_id="',
      '.prompts.get({ path',
      'hub.pull(a',
      'hub.pull<',
      '.get_prompt(name',
      'x = "y" ',
      'load_prompt("a", ',
      'promptIdentifier=',
      'vertexai import ',
      'pmpt_',
    ]
    for (const bomb of bombs) {
      const text = `langfuse langchain vertexai helicone weave promptlayer braintrust portkey humanloop opik phoenix pmpt_ :prompt/ ${bomb.repeat(40_000)}`
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
