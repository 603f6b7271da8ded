// GitHub Models `.prompt.yml` with testData and evaluators as an eval set (formats.md 2.2). Their runner is gone.

import { type Draft, identify, isObject } from '../config/cases.ts'
import type { LoadContext, Loaded } from '../config/eval-file.ts'
import { noCases, targetSources } from '../config/eval-file.ts'
import { inheritedGates } from '../config/gate-names.ts'
import { readScorers } from '../config/scorer-list.ts'
import type { ParsedFile } from '../config/yaml.ts'
import type { EvalSet, Json, JsonObject } from '../domain.ts'
import type { Problem } from '../errors.ts'
import { parseMap, readPromptYml } from './prompt-yml.ts'
import { promptOf } from './prompts.ts'

const KEYS = new Set([
  'name',
  'description',
  'reason',
  'model',
  'modelParameters',
  'responseFormat',
  'jsonSchema',
  'messages',
  'testData',
  'evaluators',
])

/** Throws a UserError when the file is no prompt file at all. */
export async function readGithubModels(path: string, text: string, context: LoadContext): Promise<Loaded> {
  const { file, map } = parseMap(path, text)
  const prompt = await promptOf(context.tree, { path }, readPromptYml(path, text))
  const notCarried = Object.keys(map)
    .filter((key) => !KEYS.has(key))
    .map((key) => `The key "${key}" (line ${file.keyPlace([], key).line}) is not known and not used.`)
  const { cases, problems } = identify(draftsOf(map.testData, file), [])
  const scorers = evaluators(map.evaluators, file, notCarried)
  const read = readScorers(scorers, (index) => file.place(['evaluators', index]), {
    known: context.known,
    foreign: true,
  })
  notCarried.push(...read.notCarried)
  if (cases.length === 0) return { evalSets: [], problems: [noCases(file.place(['testData']))], notCarried }
  if (read.specs.length === 0) {
    return {
      evalSets: [],
      problems,
      notCarried: [...notCarried, 'testData without an evaluator that can be run: nothing to score.'],
    }
  }
  const modelProblem: Problem[] = prompt.model === undefined ? [noModel(file)] : []
  const target = { kind: 'prompt' as const, prompt, model: prompt.model ?? '', parameters: prompt.parameters ?? {} }
  const evalSet: EvalSet = {
    name: typeof map.name === 'string' && map.name !== '' ? map.name : path,
    path,
    ...(context.owner === undefined ? {} : { owner: context.owner }),
    target: prompt.responseFormat === undefined ? target : { ...target, responseFormat: prompt.responseFormat },
    cases,
    slices: [],
    scorers: read.specs,
    passes: 1,
    compare: 'pass',
    gates: inheritedGates(context.config.gates, { cases, scorers: read.specs }),
    mode: context.config.mode,
    paths: [],
    candidates: [],
    waivers: [],
    sources: [{ path, role: 'eval file' }, ...targetSources(target)],
    notCarried,
  }
  const found = [...problems, ...modelProblem]
  return { evalSets: found.length === 0 ? [evalSet] : [], problems: found, notCarried }
}

function noModel(file: ParsedFile): Problem {
  return {
    what: 'The file names no model.',
    expected: '"model: publisher/model"',
    remedy: 'Add "model:".',
    place: file.place([]),
  }
}

/** All keys of a row are variables; `expected` is the expected answer as well. */
function draftsOf(rows: Json | undefined, file: ParsedFile): readonly Draft[] {
  if (!Array.isArray(rows)) return []
  return rows.flatMap((row: Json, index): Draft[] => {
    if (!isObject(row)) return []
    const { expected } = row
    const place = file.place(['testData', index])
    return [{ vars: row, ...(expected === undefined ? {} : { expected }), tags: [], fields: {}, scorers: [], place }]
  })
}

// Their fixed judges ask for 1 to 5; ours are rubrics of our own wording, pass from 4 on.
const USES: { readonly [name: string]: string } = {
  'github/similarity': 'The answer means the same as this reference: {{expected}}',
  'github/coherence':
    'The answer is coherent: its sentences follow from each other and address the question as a whole.',
  'github/fluency': 'The answer is fluent: grammatical, well formed and natural to read.',
  'github/relevance': 'The answer is relevant to this input and leaves nothing important out: {{input}}',
  'github/groundedness': 'Everything the answer claims is supported by this input: {{input}}',
}

function evaluators(list: Json | undefined, file: ParsedFile, notCarried: string[]): Json[] {
  if (!Array.isArray(list)) return []
  return list.map((entry: Json, index): Json => {
    const line = file.place(['evaluators', index]).line ?? 0
    const evaluator = isObject(entry) ? entry : {}
    const { name = null, string, llm, uses } = evaluator
    const named = typeof name === 'string' ? { name } : {}
    if (isObject(string)) return { ...named, ...stringCheck(string) }
    if (isObject(llm)) return { ...named, ...judge(llm) }
    const rubric = typeof uses === 'string' && Object.hasOwn(USES, uses) ? USES[uses] : undefined
    if (rubric === undefined) return { ...named, type: typeof uses === 'string' ? uses : 'evaluator' }
    notCarried.push(`${String(uses)} (line ${line}) is graded by llm-rubric with wording of our own.`)
    return { ...named, type: 'llm-rubric', value: rubric, model: 'openai/gpt-4o' }
  })
}

// Only one is used, in this order; all but equals ignore case, and the answer is trimmed first.
const CHECKS = [
  ['equals', 'equals'],
  ['contains', 'icontains'],
  ['startsWith', 'starts-with'],
  ['endsWith', 'ends-with'],
] as const

function stringCheck(check: JsonObject): JsonObject {
  const [key, type] = CHECKS.find(([name]) => typeof check[name] === 'string') ?? ['equals', 'string']
  return { type, value: check[key] ?? '', trim: true, ...(key === 'equals' ? {} : { ignore_case: true }) }
}

function judge(llm: JsonObject): JsonObject {
  const { modelId, prompt, systemPrompt, choices } = llm
  const model = typeof modelId === 'string' ? { model: modelId.includes('/') ? modelId : `openai/${modelId}` } : {}
  return {
    type: 'llm-rubric',
    value: prompt ?? '',
    ...model,
    ...(choices === undefined ? {} : { choices }),
    ...(systemPrompt === undefined ? {} : { system_prompt: systemPrompt }),
  }
}
