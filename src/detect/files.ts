// Which changed files may hold a prompt or a pin at all, by path. What eval sets declare needs none of this.

import { globMatcher } from '../config/globs.ts'

const PROMPT_FILES = [
  '**/*.prompt.{yml,yaml,json,md,txt,toml}',
  '**/*.{prompt,prompty,prompt.ts.md}',
  '**/{prompts,prompt}/**/*.{md,txt,j2,jinja,jinja2,yml,yaml,json,toml,tmpl,hbs,mustache,liquid,xml,prompt}',
  '**/{system,prompt}?{prompts,templates}/**/*.{md,txt,j2,jinja,jinja2,yml,yaml,json,toml}',
  '**/*{prompt,Prompt,PROMPT,instructions}*.{md,txt,j2,jinja,jinja2,hbs,mustache,liquid,tmpl,xml}',
  '**/*prompt*.{yml,yaml,json,toml}',
  '**/SKILL.md',
]
/** What steers coding agents that work on the repository itself: not what the product sends to a model. */
const AGENT_FILES = [
  '**/{CLAUDE,AGENTS,AGENT,GEMINI,CLAUDE.local,copilot-instructions}.md',
  '**/{.cursorrules,.windsurfrules,.clinerules,.goosehints}',
  '**/*.{chatmode,instructions,agent}.md',
  '**/.{claude,claude-plugin,agents,cursor,windsurf,clinerules,roo,codex,opencode,gemini,kiro,augment,junie,serena,continue,aider,amazonq,specify,trae,qoder,factory}/**',
  '**/.github/{agents,skills,prompts,chatmodes,instructions}/**',
]
/** Texts that may be a prompt wherever they stand: what they say decides. */
const TEXT_FILES = ['**/*.{md,txt,j2,jinja,jinja2,hbs,mustache,liquid,tmpl,erb,njk,prompt.html}']
const NEVER_PARTS = [
  '**/{node_modules,vendor,vendored,third_party,third-party,dist,build,out,.git,target,__snapshots__,generated,gen,.next,coverage}/**',
  '**/{test,tests,__tests__,spec,specs,fixtures,fixture,__fixtures__,__mocks__,mocks,testdata,test-data,test_data,e2e,cassettes,snapshots,stories}/**',
  '**/{docs,doc,documentation,website,examples,example,tutorials,tutorial,cookbook,cookbooks,notebooks,locales,locale,i18n,translations,lang}/**',
  '**/{benchmark,benchmarks,bench}/**',
  '**/*.{test,spec,tests,stories,snap,min,generated,gen,lock,bench}.*',
  '**/*.{snap,lock,map,lockb,svg}',
  '**/test_*',
  '**/*{_test,_tests,Test,Tests,_spec,Spec,_pb2,.pb}.*',
  '**/conftest.py',
  '**/*{results,datasets,corpus,recordings}/**',
  '**/*{llm,model,models}{-,_,}{list,catalog,registry,info,prices}*',
  '**/{CHANGELOG,README,LICENSE,CONTRIBUTING,SECURITY,HISTORY,CHANGES,RELEASE,NEWS,Changelog,changelog,readme}*',
  '**/{package-lock.json,yarn.lock,pnpm-lock.yaml,npm-shrinkwrap.json,go.sum,package.json,tsconfig*.json,composer.json}',
  '**/*{prices,pricing,price_table,Pricing,Prices}*',
]
const PIN_FILES = [
  '**/*.{json,jsonc,yml,yaml,toml,env,ini,cfg,conf,properties,sh,py,pyi,ts,tsx,mts,cts,js,mjs,cjs,jsx,go,java,kt,kts,cs,rb,rs,php,tf,tfvars,hcl,bicep,bicepparam}',
  '**/.env*',
  '**/*Dockerfile*',
]

export type FileKinds = {
  isPrompt(path: string): boolean
  /** A text that is a prompt if it reads like one. */
  mayBePrompt(path: string): boolean
  mayHoldPin(path: string): boolean
  /** Instructions of coding agents: silent, unless `prompts:` names them. */
  isAgentFile(path: string): boolean
  /** Tests, documents, generated and vendored files: silent, whatever they hold. */
  isAside(path: string): boolean
}

export function fileKinds(options: { prompts: readonly string[]; ignore: readonly string[] }): FileKinds {
  const matchers = NEVER_PARTS.map((pattern) => globMatcher([pattern]))
  const ignored = globMatcher(options.ignore)
  const never = (path: string) => ignored(path) || matchers.some((match) => match(path))
  const extra = globMatcher(options.prompts)
  const prompt = globMatcher(PROMPT_FILES)
  const pin = globMatcher(PIN_FILES)
  const agent = globMatcher(AGENT_FILES)
  const text = globMatcher(TEXT_FILES)
  const aside = (path: string) => never(path) || agent(path)
  return {
    isPrompt: (path) => (extra(path) && !ignored(path)) || (prompt(path) && !aside(path)),
    mayBePrompt: (path) => text(path) && !aside(path),
    mayHoldPin: (path) => pin(path) && !aside(path),
    isAgentFile: (path) => agent(path) && !extra(path),
    isAside: (path) => (pin(path) || prompt(path) || text(path)) && never(path),
  }
}
