// Which changed files may hold a prompt or a pin at all, by path. What eval sets declare needs none of this.

import type { Config } from '../config/config.ts'
import { globMatcher } from '../config/globs.ts'
import { ownGlobs } from './own-globs.ts'

/** Texts and templates: a file is one prompt, if it is any. */
const TEXT =
  /\.(?:md|txt|j2|jinja2?|njk|tmpl|tpl|hbs|handlebars|mustache|liquid|minijinja|scriban|st|ejs|twig|mako|xml|tera|gotmpl|erb|eex|mdx|mdc|rst|adoc|template|ftl|vm)$/i
const DATA = /\.(?:ya?ml|json|toml)$/i
/** Places and names that say prompt. */
const PROMPT_FILES: readonly ((path: string) => boolean)[] = [
  (path) => /\.(?:prompt|prompty|prompt\.(?:ya?ml|json|md|txt|toml|ts\.md))$/i.test(path),
  (path) =>
    /(?:^|\/)(?:[\w-]*prompts?|(?:system|prompt)[-_.]?(?:prompts|templates))\//i.test(path) && isTextOrData(path),
  (path) =>
    /[^/]*(?:prompt|instructions)[^/]*$/i.test(path) && TEXT.test(path) && !GUIDE.test(path) && !LETTER.test(path),
  (path) => /(?:^|\/)(?:system|user|developer)(?:[-_](?:message|prompt))?\.[^/.]+$/i.test(path) && TEXT.test(path),
  (path) => /prompt[^/]*$/i.test(path) && DATA.test(path) && !WORKFLOW.test(path),
  (path) => /(?:^|\/)SKILL\.md$/.test(path),
  // GitHub's agentic workflows: front matter for the runner, and below it what the agent is told.
  (path) => /(?:^|\/)\.github\/workflows\/(?:.+\/)?[^/]+\.md$/.test(path),
]
/** `INSTRUCTIONS.md`, `install-instructions.md`: for people or for a model, as it reads. */
const GUIDE = /^(?!.*(?:prompt|system|agent|assistant)).*instructions\.mdx?$/i
/** What is sent by mail or shown in a page: `reset_password_instructions.html.erb`. */
const LETTER = /\.html\.\w+$|(?:^|\/)mailers?\//i
/** Named after the tool that it runs (`prompt-parity.yml`). Prompts that are inputs of its steps are found by their keys. */
const WORKFLOW = /(?:^|\/)\.github\/workflows\//
const isTextOrData = (path: string) =>
  TEXT.test(path) ||
  DATA.test(path) ||
  /(?:^|\/)prompts?\/[^/]+\.blade\.php$/.test(path) ||
  /(?:^|\/)[\w-]+$/.test(path)

/** What steers coding agents that work on the repository itself: not what the product sends to a model. */
const AGENT_FILES = [
  '**/{CLAUDE,AGENTS,AGENT,GEMINI,CLAUDE.local,copilot-instructions,copilot_instructions}.md',
  '**/{.cursorrules,.windsurfrules,.clinerules,.goosehints}',
  '**/*.{chatmode,instructions,agent}.md',
  '**/.{claude,claude-plugin,cursor,windsurf,clinerules,roo,codex,opencode,gemini,kiro,augment,junie,serena,continue,aider,amazonq,specify,trae,qoder,factory,taskmaster}/**',
  '**/.agent*/**',
  '**/{claudedocs,claude_prompts,claude-prompts,cursor_prompts,cursor-prompts,codex_prompts,codex-prompts}/**',
  '**/.github/{agents,skills,prompts,chatmodes,instructions}/**',
]
const NEVER_PARTS = [
  '**/{node_modules,vendor,vendored,third_party,third-party,dist,build,out,.git,target,__snapshots__,generated,gen,.next,.ipynb_checkpoints,coverage}/**',
  '**/{test,tests,testapp,testapps,__tests__,spec,specs,fixtures,fixture,__fixtures__,__mocks__,mocks,_mock,_mocks,testdata,test-data,test_data,e2e,cassettes,snapshots,stories}/**',
  '**/{docs,doc,documentation,website,examples,example,samples,sample,demos,tutorials,tutorial,cookbook,cookbooks,notebooks,locales,locale,i18n,l10n,spikes,translations,lang}/**',
  '**/{benchmark,benchmarks,bench}/**',
  '**/*{-,_}bench/**',
  '**/{baml_client,evalCases,eval_cases}/**',
  '**/{log,logs}/**/*.{txt,md}',
  'outputs/**',
  '**/{runs,experiments,results}/**/outputs/**',
  '**/{badwords,bad_words,bad-words,stopwords,stop_words,stop-words,wordlist,word_list,word-list}*.txt',
  '**/{blog,blogs}/{posts,content}/**',
  '**/content/{blog,blogs}/**',
  '**/{design,designs,adr,adrs,rfc,rfcs,incidents}/**/*.md',
  '**/*{postman_collection,Postman_Collection}*.json',
  '**/.github/workflows/{test,tests,e2e,integration}{-,_,.}*',
  '**/.github/workflows/*{-,_}{test,tests,e2e}.*',
  '**/src/demo/**',
  '**/{src,scripts,pkg,internal}/testing/**',
  '**/*TestKit/**',
  '**/{fern,mintlify}/**',
  '**/{.changeset,changelog.d}/**',
  // Pages and texts of Android's apps.
  '**/res/{layout,menu,drawable,xml,navigation}/*.xml',
  '**/res/{layout,menu,drawable,xml,navigation}-*/*.xml',
  '**/res/values/{strings,arrays,plurals,colors,dimens,styles,themes,attrs}*.xml',
  '**/res/values-*/{strings,arrays,plurals,colors,dimens,styles,themes,attrs}*.xml',
  '**/docs{_,-}*/**',
  '**/docsite/**',
  // Harnesses; eval sets themselves are data.
  '**/{eval,evals,evaluation,evaluations}/**/*.{py,ts,tsx,js,mjs,go,java,kt,cs,rb,rs,php}',
  '**/*{_,-,.}{bench,benchmark,benchmarks}.*',
  '**/*.{eval,spec-d,test-d}.{ts,tsx,js,mjs}',
  '**/{tests,test}{_,-}*/**',
  '**/*{Test,Tests,.test,.tests,_tests,-tests}/**',
  '**/*{-,_}{examples,samples,tutorials,cookbook,playground}/**',
  '**/{example,examples,sample,samples}{-,_}*/**',
  '**/{example,examples,sample}{_,-,., }*',
  '**/_{example,sample}*',
  '**/*{_example,-example,_examples}.{py,ts,tsx,js,mjs,go,java,kt,cs,rb,rs,php}',
  '**/*.{test,spec,tests,vitest,stories,snap,min,generated,gen,lock,bench}.*',
  '**/*.{snap,lock,map,lockb,svg}',
  '**/test_*',
  '**/scripts/{debug,verify,benchmark}_*',
  '**/scripts/{compare,diagnose}_{llm,model,prompt,rerank,embed,run}*',
  '**/test-*.{ts,tsx,js,mjs,py,sh,rb,go,php}',
  'playground/**',
  '**/{test,tests}.{py,ts,js,mjs,go,rb,php}',
  '**/*{_test,_tests,Test,Tests,_spec,Spec,_pb2,.pb}.*',
  '**/conftest.py',
  '**/*{results,datasets,corpus,recordings}/**',
  '**/{.licenses,licenses,LICENSES}/**',
  '**/*{mock,Mock,fake,Fake,stub,Stub}{-,_,.,s,[A-Z]}*',
  '**/*.{py,ts,js,go,rs,java}.md',
  // Guides for people, and what Helm prints.
  '**/{HOW_TO,HOWTO,How-To,how-to,GUIDE,INSTALL,DEVELOPMENT,DEPLOYMENT,TROUBLESHOOTING,FAQ,MIGRATION,UPGRADING,ARCHITECTURE}*.md',
  '**/*{Guide,-guide,_guide}.md',
  '**/templates/{NOTES.txt,_*.tpl}',
  '**/{CHANGELOG,README,LICENSE,CONTRIBUTING,SECURITY,HISTORY,CHANGES,RELEASE,NEWS,Changelog,changelog,readme}*',
  '**/{package-lock.json,yarn.lock,pnpm-lock.yaml,npm-shrinkwrap.json,go.sum,tsconfig*.json,composer.json}',
]
/** What lists models and prices: nothing is pinned there. */
const CATALOGUES = [
  '**/*{llm,model,models}{-,_,}{list,catalog,catalogue,registry,info,prices}*',
  '**/*{prices,pricing,price_table,Pricing,Prices}*',
]
const PIN_FILES = [
  '**/*.{json,jsonc,yml,yaml,toml,env,ini,cfg,conf,properties,sh,ps1,psm1,bat,cmd,py,pyi,ts,tsx,mts,cts,js,mjs,cjs,jsx,go,java,kt,kts,cs,rb,rs,php,swift,ex,exs,scala,sc,dart,cpp,cc,cxx,hpp,h,mm,lua,vue,svelte,astro,baml,tf,tfvars,hcl,bicep,bicepparam,sql}',
  '**/*.{json,jsonc,yml,yaml,toml,py,ini,cfg,conf,env}.{example,sample,template,dist,default,tftpl}',
  '**/*.{tfvars,properties}.{example,sample,template,dist,default,tftpl}',
  '**/.*{config,rc}',
  '**/.env*',
  '**/env.*',
  '**/{env,dotenv}{_,-}{sample,example,template}*',
  '**/*Dockerfile*',
  '**/{Makefile,justfile,Justfile}',
  '**/*Modelfile*',
]

/** All of them, for the test that holds them against the library. */
export const GLOBS = [...NEVER_PARTS, ...CATALOGUES, ...PIN_FILES, ...AGENT_FILES]
const isNever = ownGlobs(NEVER_PARTS)
const isCatalogue = ownGlobs(CATALOGUES)
const isPinFile = ownGlobs(PIN_FILES)
const isAgent = ownGlobs(AGENT_FILES)

/** `CONTRIBUTION.md`, `ROADMAP_V2.md`: capitals at the root are for people; deeper down they may be anything. */
const ROOT_DOCUMENT = /^[A-Z][A-Z\d_-]+\.(?:md|txt)$/

/** `strings/en.json`, `messages_de.properties`: words to people in their language. */
const TRANSLATION =
  /(?:^|\/)(?:(?:en|de|fr|es|it|pt|nl|pl|ru|uk|cs|sv|da|fi|nb|tr|ar|fa|hi|ja|ko|zh|vi|th|hu|ro)(?:[-_][A-Za-z]{2,4})?\.(?:json|ya?ml|arb|po|properties|[jt]s|php)|messages(?:_\w+)?\.properties|strings\.xml|i18n\.[jt]sx?|\w*[tT]ranslations?\.(?:json|ya?ml|[jt]s))$/

/**
 * What is published: `content/posts/prompting.mdx`, `blog/writing-good-prompts.md`, `2025-01-31-prompts.md`. What writes posts
 * stands among prompts, or is called one: `blog/writer.prompt.md`.
 */
const isPost = (path: string) =>
  /(?:^|\/)(?:(?:blogs?|_?posts|articles)\/(?:[^/]+\/){0,3}|\d{4}-\d\d-\d\d-)[^/]+\.mdx?$/i.test(path) &&
  !/(?:^|\/)[\w-]*(?:prompts?|agents?|templates?|skills?|instructions|patterns|llm|ai)\//i.test(path) &&
  !/[./_-]prompt\.mdx?$/i.test(path)

/** What a program wrote down of its own runs: `sessions/8f14e45f-….json`. */
const RECORD =
  /(?:^|\/)(?:conversations?|sessions?|transcripts?|chats?|threads|history)\/(?:[^/]+\/)?[^/]*[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}[^/]*\.(?:json|ya?ml|md|txt)$/i

/** Examples among prompts are shown to the model. */
const withoutShots = (path: string) =>
  path
    .replace(/(^|\/)prompts\/(?:.*\/)?examples?\//i, '$1prompts/')
    // What writes tests is no test.
    .replace(/(^|\/)testing\/(?=prompts\/)/i, '$1')

/** What evaluates among templates or prompts is said to a model, and no harness. */
const withoutJudging = (path: string) =>
  path.replace(/(^|\/)((?:[\w-]+[-_])?(?:prompts?|templates?)\/(?:[^/]+\/)*?)(?:evals?|evaluations?)\//i, '$1$2')

/** What users copy: `example.env`, `example-config.json`. */
const withoutExample = (path: string) =>
  path.replace(/(^|\/)(?:example|sample)s?(?:(?=\.env$)|[-_.](?=(?:config|settings)\.(?:json|ya?ml|toml|ini)$))/i, '$1')

/** Texts by language are for people, but for those that say what they are: `lang/en/prompt_question.txt`. */
const withoutLanguage = (path: string) =>
  /(?:^|\/)(?:\w+[-_])?prompts?[^/]*$/i.test(path) && /\.(?:txt|md|j2|jinja2?)$/i.test(path)
    ? path.replace(/(^|\/)(?:lang|locales?|i18n|l10n|translations)\//i, '$1')
    : path

/** `test_generation_prompt.toml` is about tests, and none. */
const withoutTest = (path: string) =>
  /prompt[^/]*\.(?:toml|ya?ml|json|txt|md|j2|jinja2?)$/i.test(path)
    ? path.replace(/(^|\/)tests?_(?=[^/]*$)/, '$1')
    : path

/** Packages of JVM languages are named as their authors like: `src/main/java/com/example/` is no example. */
const withoutPackage = (path: string) =>
  path.replace(/(^|\/)src\/main\/(java|kotlin|scala|groovy|resources)\/.*\//, '$1src/main/$2/')

/** What a program brings along is its own: `src/main/resources/.agent/skills/git/SKILL.md`. */
const withoutResources = (path: string) => path.replace(/(^|\/)src\/main\/resources\/\./, '$1src/main/resources/')

export type FileKinds = {
  isPrompt(path: string): boolean
  /** A text that is a prompt if it reads like one. */
  mayBePrompt(path: string): boolean
  mayHoldPin(path: string): boolean
  /** Lists of models or prices by name: their ids pin nothing. */
  isCatalogue(path: string): boolean
  /** Instructions of coding agents: silent, unless `prompts:` names them. */
  isAgentFile(path: string): boolean
  /** Tests, documents, generated and vendored files: silent, whatever they hold. */
  isAside(path: string): boolean
}

export function fileKinds(options: Pick<Config, 'prompts' | 'ignore' | 'before'>): FileKinds {
  const sides = [options, ...(options.before === undefined ? [] : [options.before])]
  const ignores = sides.map(({ ignore }) => globMatcher(ignore))
  const ignored = (path: string) => ignores.every((matches) => matches(path))
  const never = (path: string) =>
    ignored(path) ||
    (ROOT_DOCUMENT.test(path) && !/SYSTEM_?PROMPT/.test(path)) ||
    isPost(path) ||
    RECORD.test(path) ||
    (TRANSLATION.test(path) && !/prompt/i.test(path)) ||
    isNever(withoutExample(withoutPackage(withoutLanguage(withoutJudging(withoutShots(withoutTest(path)))))))
  const extras = sides.map(({ prompts }) => globMatcher(prompts))
  const extra = (path: string) => extras.some((matches) => matches(path))
  const prompt = (path: string) => PROMPT_FILES.some((matches) => matches(path))
  const aside = (path: string) => never(path) || isAgent(withoutResources(path))
  return {
    isPrompt: (path) => (extra(path) && !ignored(path)) || (prompt(path) && !aside(path)),
    mayBePrompt: (path) => TEXT.test(path) && !aside(path),
    mayHoldPin: (path) => isPinFile(path) && !aside(path),
    isCatalogue,
    isAgentFile: (path) => isAgent(withoutResources(path)) && !extra(path),
    isAside: (path) => (isPinFile(path) || prompt(path) || TEXT.test(path)) && never(path),
  }
}
