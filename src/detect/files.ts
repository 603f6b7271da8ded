// Which changed files may hold a prompt or a pin at all, by path. What eval sets declare needs none of this.

import { globMatcher } from '../config/globs.ts'

const PROMPT_FILES = [
  '**/*.prompt.{yml,yaml,json,md,txt,toml}',
  '**/*.{prompt,prompty,prompt.ts.md,chatmode.md,instructions.md,agent.md}',
  '**/{prompts,prompt}/**/*.{md,txt,j2,jinja,jinja2,yml,yaml,json,toml,tmpl,hbs,mustache,liquid,xml,prompt}',
  '**/{system,prompt}?{prompts,templates}/**/*.{md,txt,j2,jinja,jinja2,yml,yaml,json,toml}',
  '**/*{prompt,Prompt,PROMPT,instructions}*.{md,txt,j2,jinja,jinja2,hbs,mustache,liquid,tmpl,xml}',
  '**/*prompt*.{yml,yaml,json,toml}',
  '**/{CLAUDE,AGENTS,AGENT,GEMINI,SKILL,CLAUDE.local}.md',
  '**/{.cursorrules,.windsurfrules,.clinerules,copilot-instructions.md}',
  '**/.cursor/rules/**/*.{md,mdc}',
  '**/.{claude,github,opencode,gemini}/{agents,commands,skills,prompts,chatmodes,instructions}/**/*.md',
]
const NEVER_PARTS = [
  '**/{node_modules,vendor,vendored,third_party,third-party,dist,build,out,.git,target,__snapshots__,generated,gen,.next,coverage}/**',
  '**/{test,tests,__tests__,spec,specs,fixtures,fixture,__fixtures__,__mocks__,mocks,testdata,test-data,test_data,e2e,cassettes,snapshots,stories}/**',
  '**/{docs,doc,documentation,website,examples,example,locales,locale,i18n,translations,lang}/**',
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
  mayHoldPin(path: string): boolean
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
  return {
    isPrompt: (path) => (extra(path) && !ignored(path)) || (prompt(path) && !never(path)),
    mayHoldPin: (path) => pin(path) && !never(path),
    isAside: (path) => (pin(path) || prompt(path)) && never(path),
  }
}
