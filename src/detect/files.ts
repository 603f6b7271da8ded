// Which changed files may hold a prompt or a pin at all, by path. What eval sets declare needs none of this.

import { globMatcher } from '../config/globs.ts'

const PROMPT_FILES = [
  '**/*.prompt.{yml,yaml,json,md,txt}',
  '**/*.prompt',
  '**/*.prompty',
  '**/prompts/**/*.{md,txt,j2,jinja,jinja2,yml,yaml,json,tmpl,hbs,mustache}',
  '**/*prompt*.{md,txt,j2,jinja,jinja2,hbs,mustache}',
]
const NEVER = [
  '**/{node_modules,vendor,third_party,dist,build,out,.git}/**',
  '**/{test,tests,__tests__,spec,fixtures,__fixtures__,testdata,docs,doc,examples,example}/**',
  '**/*.{test,spec}.*',
  '**/{CHANGELOG,README,LICENSE,CONTRIBUTING,SECURITY}*',
  '**/{package-lock.json,yarn.lock,pnpm-lock.yaml,*.lock,go.sum}',
  '**/*{prices,pricing,price_table,model_prices}*',
]
const PIN_FILES = [
  '**/*.{json,yml,yaml,toml,env,ini,cfg,py,ts,tsx,js,mjs,cjs,jsx,go,java,kt,cs,rb,rs,php,tf,bicep,tpl}',
  '**/.env*',
  '**/Dockerfile*',
]

export type FileKinds = { isPrompt(path: string): boolean; mayHoldPin(path: string): boolean }

export function fileKinds(options: { prompts: readonly string[]; ignore: readonly string[] }): FileKinds {
  const never = globMatcher([...NEVER, ...options.ignore])
  const extra = globMatcher(options.prompts)
  const prompt = globMatcher(PROMPT_FILES)
  const pin = globMatcher(PIN_FILES)
  const ignored = globMatcher(options.ignore)
  return {
    isPrompt: (path) => (extra(path) && !ignored(path)) || (prompt(path) && !never(path)),
    mayHoldPin: (path) => pin(path) && !never(path),
  }
}
