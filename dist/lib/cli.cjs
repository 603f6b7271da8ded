"use strict";const actionStartParts=require("./action-start-parts.cjs"),actionStartDetectRunCallsParts=require("./action-start-detect-run-calls-parts.cjs");require("./action-start-detect-run-parts.cjs");var RUN_FLAGS=`  --base REF              compare with this (default: merge base with the default branch)
  --head REF              evaluate this (default: the working tree)
  --evals NAMES           affected (default), all, or names and globs separated by commas
  --max-usd N             spend cap of the run
  --dry-run               plan, policy and price only, no call
  --no-cache              draw anew instead of using stored answers
  --mode enforce|report   report: nothing fails
  --on-inconclusive pass|fail, --on-not-measured fail|pass, --allow-code never|base|trusted
  --config FILE, --working-directory DIR, --report-dir DIR, --state-dir DIR, --shard i/n
  --format text|markdown|json   what is printed (default text)
`,COMMANDS=[{name:"run",summary:"evaluate a change on both sides and give the verdict",help:`prompt-parity run [options]

Examples:
  prompt-parity run                       the working tree against the merge base
  prompt-parity run --dry-run             what would be called, and at what price
  prompt-parity run --base main --head my-branch --evals "support-*"

Options:
${RUN_FLAGS}
Exit codes: 0 pass, nothing affected, planned \xB7 1 a gate failed \xB7 2 wrong usage or configuration \xB7 3 not measured
`},{name:"detect",summary:"changed prompts, pins and parameters, and what covers them",help:`prompt-parity detect [--base REF] [--head REF] [--all] [--format text|json] [--config FILE] [--working-directory DIR]
prompt-parity detect --all-files [--head REF] [--format text|json] [--config FILE] [--working-directory DIR]

What changed by meaning, what covers it, and which eval sets it selects, with the way there: "a.j2 includes b.j2, which
changed". A changed pin is told with its family, whether it floats, when it ends, and its price per million tokens.

Options:
  --all         also the changed files that bring no change, with the reason
  --all-files   every prompt and pin of the head, changed or not, and what covers it: what a first setup needs to know.
                Tests, documents, examples and vendored or generated files are left out; files that are larger than 1 MB,
                binary or minified are named as skipped
  --format json {changes, uncovered, selected}; with --all-files {prompts, pins, uncovered, skipped, files}, where
                uncovered is how many of the prompts and pins no eval set covers

Examples:
  prompt-parity detect
  prompt-parity detect --base v1.2.0 --format json
  prompt-parity detect --all-files
`},{name:"drift",summary:"the scheduled job: today against a frozen baseline, and the pin against the live model",help:`prompt-parity drift [--evals NAMES] [--spread] [--dry-run] [--max-usd N] [options of run]
prompt-parity drift accept --reason TEXT [--evals NAMES]

Asks every eval set anew, never from the store, and holds it against the baseline of its content: ten runs, made at once the
first time (--spread: one in each run), which move only by \`drift accept\`. A departure counts after a confirming run that is
made at once. The model that \`live:\` names, or the name without the pin's date, runs beside the pin case by case; fallbacks
run, too. Records go to the branch prompt-parity-history, of this clone where there is no remote.

Options:
  --spread          one baseline run today instead of ten at once (\`drift: { baseline: spread }\` in parity.yaml)
  --evals NAMES     all (default), or names and globs separated by commas
  --dry-run         what would be called, and at what price
  --head REF        the files of this commit (default: the working tree)
  --reason TEXT     of accept: why the present level is right; it is kept
  --format text|markdown|json

Examples:
  prompt-parity drift --dry-run
  prompt-parity drift --evals "support-*" --max-usd 5
  prompt-parity drift accept --evals support-answers --reason "new refund policy, answers checked by hand"

accept without --evals takes the sets that drift now. Exit codes: 0 measured, drift or not \xB7 2 wrong usage or configuration \xB7
3 something could not be measured
`},{name:"candidates",summary:"the same eval sets on other models: score, cost, latency, and which holds and is cheapest",help:`prompt-parity candidates [--model PROVIDER/MODEL]\u2026 [--evals NAMES] [--max-usd N] [--dry-run] [options]

Runs each eval set on the model in use and on every candidate: same prompt, cases and scorers, on the working tree or
--head. The model in use is asked once for all candidates. Says of each whether it holds by the set's own score gate, what
it costs per request and per month, how fast it answers, on which slices it holds; marks the Pareto set; prints the change
of the pin for what it recommends. Nothing fails: a candidate that does worse is a result.

Candidates are those of --model, else those of \`candidates:\` of each eval set, else what the shutdown notice of the model
in use names in its place.

Options:
  --model PROVIDER/MODEL   a candidate; may be repeated
  --evals NAMES            all (default), or names and globs separated by commas
  --head REF               compare on this commit (default: the working tree)
  --max-usd N              spend cap of the run
  --dry-run                the plan and its price, no call
  --no-cache               draw anew instead of using stored answers
  --config FILE, --working-directory DIR, --report-dir DIR, --state-dir DIR
  --format text|json|markdown|html   what is printed (default text; json is the report.json)

Examples:
  prompt-parity candidates --model openai/gpt-5-nano-2025-08-07 --model anthropic/claude-haiku-4-5-20251001
  prompt-parity candidates --evals support-answers --dry-run
  prompt-parity candidates --max-usd 5 --format markdown

Exit codes: 0 measured, planned \xB7 2 wrong usage or configuration \xB7 3 not measured
`},{name:"log",summary:"versions of a prompt: who, when, why, score and the way back",help:`prompt-parity log PROMPT[#symbol] [--limit N] [--format text|json] [options]

PROMPT is a prompt file, or a source or data file and a name in it as \`detect\` prints it (function.name where several
functions have a prompt of that name). Its versions are followed through renames, newest first. A commit that only changes other code, spacing or comments is no version.

Options:
  --limit N              how many versions (default 20)
  --report-dir DIR       report.json in it gives scores and costs (default .parity/report)
  --config FILE, --working-directory DIR, --format text|json

Examples:
  prompt-parity log prompts/support.md
  prompt-parity log app/prompts.py#SYSTEM --limit 5
  prompt-parity log prompts/support.md --format json

The reason is \`reason:\` of the prompt file when the commit changed it, else the \`Prompt-reason:\` line of the commit
message, else the subject. JSON:
  {prompt: {path, symbol, owner, deleted}, versions: [...], more, uncommitted: {hash} | null, shallow: {commit} | null}
  of a version: {hash, otherHashes, status: created|changed|deleted, commit, date, author, pullRequest, reason,
    reasonFrom: front-matter|commit-line|subject, owner, path, symbol, line, movedTo, score, costUsd, recorded: [...], back}
  recorded: {path, symbol, hash, evalSet, score, costUsd, model, at, source: history|report}; null is "not known";
    score and costUsd of a version are the worst that is recorded.
`},{name:"validate",summary:"check configuration and eval sets, and grade them",help:`prompt-parity validate [FILES] [--format text|json] [--config FILE] [--working-directory DIR]

Examples:
  prompt-parity validate
  prompt-parity validate evals/support.eval.yaml --format json

Exit codes: 0 all files load \xB7 2 some do not
`},{name:"noise",summary:"run each eval set against itself: flake rate and visible drop",help:`prompt-parity noise [--evals NAMES] [--passes N] [--head REF] [--max-usd N] [--dry-run] [--no-cache] [--format text|json] [options]

Runs each eval set N times (default 3) on one side, the working tree or --head, and prints how often the same request is
answered differently, the flakiest cases, the drop that the set can see, and what more cases or passes would buy.
Runs that are stored are not made again: --no-cache draws anew. --dry-run says what would be called, and at what price.
Further options: --config FILE, --working-directory DIR, --report-dir DIR, --state-dir DIR.

Examples:
  prompt-parity noise
  prompt-parity noise --evals support-answers --passes 5 --format json

Exit codes: 0 measured \xB7 2 wrong usage or configuration \xB7 3 some set could not be measured
`},{name:"judge",summary:"hold a judge against human labels",help:`prompt-parity judge LABELS.jsonl --model PROVIDER/MODEL --rubric TEXT | --eval-set NAME [options]

Judges every labelled output and prints agreement, Cohen's kappa, sensitivity, specificity, and what is left of a true drop
when this judge measures it. A line of LABELS.jsonl: {"output": "\u2026", "input": "\u2026", "expected": "\u2026", "label": "pass"}; label is pass or
fail, accept or reject. The labels.jsonl that report.html downloads is read, too, with the answers of --report.

Options:
  --eval-set NAME        the judge and the cases of this eval set
  --scorer NAME          which of its judges, when it has several
  --model, --rubric      another judge, another rubric
  --report REPORT.json   where labels without an output find theirs (default .parity/report/report.json)
  --out FILE             write the labels with the judge's verdicts: name it under labels: of the scorer
  --max-usd N, --no-cache, --format text|json

Examples:
  prompt-parity judge labels.jsonl --eval-set support-answers --out evals/labels.jsonl
  prompt-parity judge labels.jsonl --model openai/gpt-5-mini-2025-08-07 --rubric "Answers only from the context."
`},{name:"render",summary:"any report again, in another format",help:`prompt-parity render REPORT.json --format text|markdown|summary|html|junit|json

Example:
  prompt-parity render .parity/report/report.json --format html > report.html
`},{name:"verify",summary:"recompute the verdict from the record, offline",help:`prompt-parity verify REPORT.json | RECORD.jsonl [options]

Of a report: each compared eval set and the run, with what differs from the record and what the record cannot prove.
Exit code 1 where something differs.

Options of a bare record:
  --cases N              cases of the set, when some have not run
  --max-drop-points 5    the limit
  --passes P             complete passes
  --suites K             gated eval sets of the run: the column for 1, 2, or 3 and more
  --compare pass|score   what is compared
  --must-pass ID\u2026        cases that must pass (may be repeated)
  --eval-set NAME        which set of a record with several
  --sampled              a change that many sets share: a sample without a loss may end it

Examples:
  prompt-parity verify .parity/report/report.json
  prompt-parity verify record.jsonl --cases 60 --max-drop-points 5
`},{name:"init",summary:"find prompts and pins, write a first eval set, parity.yaml and the workflow",help:`prompt-parity init [--dry-run] [--force] [options]

Looks through the working tree (tracked and unignored files), shows the prompts, pins and eval sets that it finds, chooses a
prompt with a model, and writes parity.yaml, evals/NAME.eval.yaml with placeholder cases in evals/cases/NAME.jsonl, and
.github/workflows/prompt-parity.yml. Files that are there are kept. Where there are eval sets already, of promptfoo and
GitHub Models too, it writes no other, unless --prompt or --shim asks for one. Nothing of the repository is executed.

Options:
  --dry-run              say what would be written
  --force                overwrite files that are there
  --prompt PATH[#NAME]   this prompt file or constant, relative to the repository
  --model PROVIDER/MODEL the model, where the prompt names none and no pin is the right one
  --shim python|asgi|express|langchain   evaluate the application: copies a shim, and the target starts it
  --entry NAME           what the shim serves: app.answer:answer, app.main:app, app.chain:chain or app/server.mjs
  --workflows NAMES      pull-request (default), or shards in its place; forks, merges and drift beside it, by commas
  --working-directory DIR, --format text|json

Examples:
  prompt-parity init --dry-run
  prompt-parity init --prompt app/prompts.py#SYSTEM --model openai/gpt-4.1-mini-2025-04-14
  prompt-parity init --shim asgi --entry app.main:app --workflows pull-request,forks

JSON: {prompts, pins, evalSets: [{path, name}], chosen: {prompt, model, why} | null, files: [{path, status}], notes, next};
  status is created, overwritten, kept, would-create or would-overwrite.
`},{name:"demo",summary:"the main job on a small example, offline, in seconds",help:`prompt-parity demo [--keep DIR]

Makes a scratch repository whose head changes a prompt and a model pin, runs the main job on it, prints the comment that
a pull request would get, and says where the HTML report is.
`},{name:"ci",summary:"plumbing: join shards; publish a report from a second job; summarise an export of traffic",help:`prompt-parity ci merge DIR\u2026 [options of run, without --shard]

Joins the reports that \`run --shard i/n\` wrote anywhere below the folders: the verdict, score and comment are those of one
run. Re-runs that the verdict needs are made here, with the keys and the checkout of this job. What is not said is as the
shards were asked. Of a shard that ran twice the newest attempt counts; a missing one is named, and the run is not measured.
With GITHUB_TOKEN and GITHUB_REPOSITORY the comment is posted; with GITHUB_STEP_SUMMARY the summary is written.

prompt-parity ci publish REPORT.json [--pr N] [--sha HEAD] [--repository OWNER/NAME] [--key parity.yaml]

Posts or updates the comment of a pull request from a report that another job wrote, and writes the job summary. Nothing is
posted when the head of the pull request is no longer that of the report, or of --sha. Needs GITHUB_TOKEN.

prompt-parity ci profile EXPORT\u2026 [--slices language,topic] [--route NAME] [--out traffic.json]

Reads calls of production (JSON lines of our own, OpenTelemetry, Langfuse, LangSmith, Helicone; - is standard input) and prints
what \`profile:\` of a route takes: how long they are, how they are cached, batched and retried, and how many there are. No text
of them is kept, so that it may be committed.

Examples:
  prompt-parity run --shard 1/2 --report-dir parts/1; prompt-parity run --shard 2/2 --report-dir parts/2
  prompt-parity ci merge parts
  prompt-parity ci publish .parity/report/report.json --pr 7
  prompt-parity ci profile langfuse/observations_v2/*.jsonl --slices language --out traffic.json

Exit codes of merge: 0 pass \xB7 1 a gate failed \xB7 2 shards that do not belong together \xB7 3 not measured, a shard is missing
`}];function usage(){return`prompt-parity <command> [options]

${COMMANDS.map(one=>`  ${one.name.padEnd(10)} ${one.summary}`).join(`
`)}

Start with:
  prompt-parity demo            see a comment, offline
  prompt-parity init            write a first eval set and the workflow
  prompt-parity run --dry-run   see what your change would cost to evaluate
Help of a command: prompt-parity run --help
`}var LOADERS={run:inCheckout(()=>Promise.resolve().then(()=>require("./run-parts.cjs"))),detect:inCheckout(()=>Promise.resolve().then(()=>require("./detect-parts.cjs"))),log:()=>Promise.resolve().then(()=>require("./chunk-TBRJDJQU.cjs")),drift:()=>Promise.resolve().then(()=>require("./chunk-OQGJ4RFR.cjs")),validate:()=>Promise.resolve().then(()=>require("./chunk-QQSG2WXI.cjs")),noise:()=>Promise.resolve().then(()=>require("./chunk-ZXCWCW6B.cjs")),judge:()=>Promise.resolve().then(()=>require("./chunk-77TGNFED.cjs")),render:()=>Promise.resolve().then(()=>require("./chunk-7JJQMALE.cjs")),verify:()=>Promise.resolve().then(()=>require("./chunk-CEZL4I2S.cjs")),init:()=>Promise.resolve().then(()=>require("./chunk-VVSZS5GV.cjs")),demo:()=>Promise.resolve().then(()=>require("./chunk-LCCIAD7W.cjs")),candidates:()=>Promise.resolve().then(()=>require("./chunk-BAHKHWDR.cjs")),ci:()=>Promise.resolve().then(()=>require("./chunk-MN532H6L.cjs"))};function inCheckout(load){return async()=>{let{lookAhead}=await Promise.resolve().then(()=>require("./start-parts.cjs"));return lookAhead(process.cwd()),load()}}async function main(argv){let[name="",...args]=argv;if(name===""||name==="--help"||name==="-h"||name==="help")return print(usage());if(name==="--version"||name==="-v")return print(`0.1.0
`);let command=COMMANDS.find(one=>one.name===name);if(command===void 0){let near=actionStartDetectRunCallsParts.n(name,COMMANDS.map(one=>one.name));throw new actionStartDetectRunCallsParts.U({what:`there is no command "${name.slice(0,60)}".`,remedy:near===null?"See `prompt-parity --help`.":`Did you mean \`${near}\`?`})}return args.includes("--help")||args.includes("-h")?print(command.help):(refuseGoneFolder(),(await LOADERS[command.name]()).run(args))}function refuseGoneFolder(){try{process.cwd()}catch{throw new actionStartDetectRunCallsParts.U({what:"the folder in which this was started is not there any more.",remedy:"Change to one that is."})}}function print(text){return process.stdout.write(text),actionStartDetectRunCallsParts.E.pass}actionStartParts.g(async()=>{process.exitCode=await main(process.argv.slice(2))},async error=>{let{logLines}=await Promise.resolve().then(()=>require("./chunk-VJELJPM7.cjs"));process.stderr.write(error instanceof actionStartDetectRunCallsParts.U?`error: ${logLines(error.message)}
`:`${actionStartParts.d(error)}
`)});
