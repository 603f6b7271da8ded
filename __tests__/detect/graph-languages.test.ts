// An application of any language: what its command starts, what that imports and embeds, and the texts that it reads.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import { expect, it } from 'vitest'
import { changed, evalFile, type Files, reasons } from './repository.ts'

const JAVA = 'src/main/java/com/acme'
const RESOURCES = 'src/main/resources/prompts'
/** The command, the files, and the one that changes. */
type Row = readonly [string, Files, string]

const ROWS: readonly Row[] = [
  ['node app/a.js', { 'app/a.js': "path.join(__dirname, 'prompts', 'x.md')" }, 'app/prompts/x.md'],
  ['node app/a.js', { 'app/a.js': 'readFile(`./prompts/${name}.md`)' }, 'app/prompts/x.md'],
  ['node app/a.js', { 'app/a.js': 'glob("prompts/**/*.md")' }, 'app/prompts/de/x.md'],
  [
    'node app/a.ts',
    {
      'tsconfig.json': '{ // aliases\n"compilerOptions": {"paths": {"#prompts/*": ["lib/prompts/*"]},}}',
      'app/a.ts': "import { S } from '#prompts/x'",
    },
    'lib/prompts/x.ts',
  ],
  [
    'node app/a.ts',
    { 'package.json': '{"imports": {"#p/*": "./lib/*.mjs"}}', 'app/a.ts': "import { S } from '#p/x'" },
    'lib/x.mjs',
  ],
  [
    'node apps/web/a.ts',
    {
      'packages/p/package.json': '{"name": "@acme/prompts", "main": "dist/x.js"}',
      'apps/web/a.ts': "import { S } from '@acme/prompts'",
    },
    'packages/p/src/x.ts',
  ],
  ['vite app/App.vue', { 'app/App.vue': "<script>\nimport { S } from './x'\n</script>" }, 'app/x.ts'],
  ['python -m app.a', { 'src/app/a.py': 'from .x import S' }, 'src/app/x.py'],
  ['python app/a.py', { 'app/a.py': 'P = Path(__file__).parent / "prompts" / "x.md"' }, 'app/prompts/x.md'],
  ['python app/a.py', { 'app/a.py': 'env.get_template("x.j2")' }, 'app/templates/x.j2'],
  ['python app/a.py', { 'app/a.py': 'open(f"app/prompts/{lang}.md")' }, 'app/prompts/de.md'],
  ['python app/a.py', { 'app/a.py': 'from acme_prompts.x import S' }, 'libs/p/acme_prompts/x.py'],
  ['bash run.sh', { 'run.sh': '#!/bin/sh\nexec python "$DIR/app/a.py"\n', 'app/a.py': 'import x' }, 'app/x.py'],
  [
    'uv run answer',
    { 'pyproject.toml': '[project.scripts]\nanswer = "app.a:main"\n', 'app/a.py': 'import x' },
    'app/x.py',
  ],
  [
    'go run ./cmd/answer',
    { 'cmd/answer/main.go': 'package main\nimport (\n\t"example.com/app/internal/prompts"\n)\n' },
    'internal/prompts/x.go',
  ],
  ['go run .', { 'main.go': 'package main\n' }, 'prompts.go'],
  ['go run main.go', { 'main.go': 'package main\n//go:embed prompts/*.md\nvar fs embed.FS\n' }, 'prompts/x.md'],
  ['go run main.go', { 'main.go': 'package main\n//go:embed all:prompts\nvar fs embed.FS\n' }, 'prompts/de/x.md'],
  ['ruby app/a.rb', { 'app/a.rb': "require_relative 'prompts/x'" }, 'app/prompts/x.rb'],
  ['ruby bin/a.rb', { 'bin/a.rb': "require 'acme/x'" }, 'lib/acme/x.rb'],
  ['ruby bin/a.rb', { 'bin/a.rb': 'Support::AnswerPrompt.new' }, 'app/prompts/support/answer_prompt.rb'],
  ['ruby app/a.rb', { 'app/a.rb': "File.read(File.join(__dir__, 'prompts', 'x.erb'))" }, 'app/prompts/x.erb'],
  ['cargo run', { 'src/main.rs': 'mod llm;', 'src/llm/mod.rs': 'pub mod x;' }, 'src/llm/x.rs'],
  ['cargo run', { 'src/main.rs': 'const S: &str = include_str!("../prompts/x.txt");' }, 'prompts/x.txt'],
  ['cargo run', { 'src/main.rs': 'use acme_prompts::S;' }, 'crates/acme-prompts/src/lib.rs'],
  ['php app/a.php', { 'app/a.php': "<?php\nrequire_once __DIR__ . '/x.php';" }, 'app/x.php'],
  ['php app/a.php', { 'app/a.php': '<?php\nuse App\\Llm\\Prompts;\n' }, 'src/Llm/Prompts.php'],
  [
    `java ${JAVA}/App.java`,
    { [`${JAVA}/App.java`]: 'package com.acme;\nimport com.acme.llm.Prompts;\n' },
    `${JAVA}/llm/Prompts.java`,
  ],
  [
    `java ${JAVA}/App.java`,
    { [`${JAVA}/App.java`]: 'package com.acme;\nimport static com.acme.llm.Prompts.SYSTEM;\n' },
    `${JAVA}/llm/Prompts.java`,
  ],
  [
    `java ${JAVA}/App.java`,
    { [`${JAVA}/App.java`]: 'package com.acme;\nimport com.acme.llm.*;\n' },
    `${JAVA}/llm/X.java`,
  ],
  [
    `java ${JAVA}/App.java`,
    { [`${JAVA}/App.java`]: 'class App { String s = Prompts.SYSTEM; }' },
    `${JAVA}/Prompts.java`,
  ],
  [`java ${JAVA}/App.java`, { [`${JAVA}/App.java`]: 'new ClassPathResource("/prompts/x.st")' }, `${RESOURCES}/x.st`],
  [
    `java ${JAVA}/App.java`,
    { [`${JAVA}/App.java`]: '@Value("classpath:/prompts/x.txt") Resource r;' },
    `${RESOURCES}/x.txt`,
  ],
  ['mvn spring-boot:run', { [`${JAVA}/AcmeApplication.java`]: 'Prompts.SYSTEM' }, `${JAVA}/Prompts.java`],
  ['kotlin src/App.kt', { 'src/App.kt': 'package a\nimport a.llm.Prompts\n' }, 'src/llm/Prompts.kt'],
  [
    'dotnet run --project src/App',
    { 'src/App/Program.cs': 'using App.Llm;\nConsole.Write(Prompts.System);\n' },
    'src/App/Llm/Prompts.cs',
  ],
  ['dotnet run --project src/App', { 'src/App/Program.cs': 'app.MapApi();' }, 'src/App/Extensions/ApiExtensions.cs'],
  ['mvn spring-boot:run', { [`app/${JAVA}/AcmeApplication.java`]: 'class A {}' }, `app/${JAVA}/agents/Agent.java`],
  ['sh -c cd~api;python~-m~chat.a', { 'api/chat/a.py': 'prompty.load("chat.prompty")' }, 'api/chat/chat.prompty'],
  ['ruby bin/a.rb', { 'bin/a.rb': 'AIBackend.new' }, 'app/services/ai_backend.rb'],
  ['swift run', { 'Sources/App/main.swift': 'print(Prompts.system)' }, 'Sources/Kit/Prompts.swift'],
  ['dart run bin/a.dart', { 'bin/a.dart': "import 'package:acme/x.dart';" }, 'lib/x.dart'],
  ['elixir lib/a.exs', { 'lib/a.exs': 'Acme.SupportPrompt.text()' }, 'lib/acme/support_prompt.ex'],
  ['lua a.lua', { 'a.lua': 'local p = require("prompts.x")' }, 'prompts/x.lua'],
]

const selected = async ([command, files, part]: Row) => {
  const set = {
    'evals/a.eval.yaml': evalFile(
      `  command: ${JSON.stringify(command.split(' ').map((word) => word.replaceAll('~', ' ')))}`,
    ),
  }
  return reasons(await changed({ ...set, ...files, [part]: 'one' }, { [part]: 'two' })).a
}

it.each(ROWS)('%s, %j: %s', async (...row) => {
  expect(await selected(row)).toContain(row[2])
})

it.each<Row>([
  ['node app/a.js', { 'app/a.js': 'readFile(`${root}/prompts/${name}.md`)' }, 'app/x/x.md'],
  [
    'node app/a.js',
    { 'app/a.js': "import { x } from '@other/prompts'", 'packages/p/package.json': '{"name": "@acme/prompts"}' },
    'packages/p/src/index.ts',
  ],
  ['python app/a.py', { 'app/a.py': 'import logging' }, 'libs/p/logging.py'],
  ['go run main.go', { 'main.go': 'package main\nimport "example.com/app/prompts"\n' }, 'prompts/x_test.go'],
  ['java A.java', { 'A.java': 'import org.other.llm.Prompts;' }, 'src/acme/api/Prompts.java'],
  ['node app/a.js', { 'app/a.js': 'read("/etc/passwd.md"); read("../../../x.md")' }, 'y.md'],
  ['bash run.sh', { 'run.sh': 'echo $(cat ../../../../etc/x.py)' }, 'app/y.py'],
])('%s, %j: not %s', async (...row) => {
  expect(await selected(row)).toBe(undefined)
})

it('settings that cannot be read say nothing', async () => {
  const files = { 'package.json': '{{{', 'tsconfig.json': '[1,', 'app/a.ts': "import { S } from '#p/x'" }
  expect(await selected(['node app/a.ts', files, 'lib/x.ts'])).toBe(undefined)
})
