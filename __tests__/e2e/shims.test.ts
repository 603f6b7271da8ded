// The shims that stand between the protocol and what teams have: a Python function, an ASGI or Express route, a LangChain runnable.

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runApplication as run } from './application.ts'
import { cases } from './project.ts'
import { ROOT } from './stage.ts'

const shim = (name: string) => readFileSync(join(ROOT, 'templates', 'shims', name), 'utf8')
const FUNCTION = shim('parity_function.py')
const hasPython = spawnSync('python3', ['--version']).status === 0

type Scene = {
  readonly command: readonly string[]
  readonly files: { readonly [path: string]: string }
  readonly head?: { readonly [path: string]: string }
}

function files({ command, files: own }: Scene) {
  return {
    ...own,
    'notes.txt': 'one',
    'evals/app.eval.yaml': `name: app
target: { command: ${JSON.stringify(command)} }
paths: [notes.txt]
cases: cases.jsonl
slices: [continent]
scorers: [{ contains: "{{expected}}" }]
`,
    'evals/cases.jsonl': cases(3),
  }
}

async function measured(scene: Scene) {
  const ran = await run({ base: files(scene), head: { 'notes.txt': 'two', ...scene.head } })
  const [set] = ran.report?.evalSets ?? []
  return {
    ...ran,
    set,
    said: ran.stderr + JSON.stringify(ran.report?.evalSets[0]?.flips ?? []) + JSON.stringify(set?.missing ?? []),
  }
}

const CITIES = '{"France": "Paris", "Italy": "Rome", "Austria": "Vienna"}'
const ANSWER = `import json, os, urllib.request
CITIES = ${CITIES}
def ask(text):
    body = json.dumps({"model": "gpt-4.1-2025-04-14", "messages": [{"role": "user", "content": text}]}).encode()
    headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", body, headers)) as told:
        return json.load(told)["choices"][0]["message"]["content"]
`

describe.skipIf(!hasPython).concurrent('in Python', () => {
  const command = (...words: readonly string[]) => ['python3', ...words]

  it('a function is served, and its calls are seen', async () => {
    const source = `${ANSWER}
def answer(question):
    print("noise")
    return {"output": ask(question), "retrieved": [{"id": "d1", "score": float("nan")}], "timings": {"retrieval": float("inf")}}
`
    const ran = await measured({
      command: command('parity_function.py', 'app.answer:answer'),
      files: { 'parity_function.py': FUNCTION, 'app/answer.py': source },
    })
    expect([ran.code, ran.set?.score.head], ran.said).toEqual([0, 100])
    expect(ran.report?.run.calls).toMatchObject({ target: 6, model: 6 })
  })

  it('an async one, too; and what it throws is the side’s own', async () => {
    const source = (body: string) =>
      `import asyncio\nasync def answer(question):\n    await asyncio.sleep(0)\n    ${body}\n`
    const good = source('return "Paris Rome Vienna"')
    const scene = {
      command: command('parity_function.py', 'answer'),
      files: { 'parity_function.py': FUNCTION, 'answer.py': good },
    }
    expect((await measured(scene)).set?.score).toMatchObject({ base: 100, head: 100 })
    const ran = await measured({ ...scene, head: { 'answer.py': source('raise KeyError("no index")') } })
    expect([ran.code, ran.report?.verdict.outcome], ran.said).toEqual([1, 'fail'])
    expect(ran.said).toContain('no index')
  })

  it('an ASGI route is asked as a server would, with its lifespan', async () => {
    const source = `import json
STARTED = []
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        STARTED.append(1)
        await send({"type": "lifespan.startup.complete"})
        await receive()
    assert STARTED == [1] and scope["method"] == "POST" and scope["path"].startswith("/answer/What is"), scope["path"]
    body = json.loads((await receive())["body"])
    text = json.dumps({"data": [{"text": {"France": "Paris", "Italy": "Rome", "Austria": "Vienna"}[body["question"].split()[-1][:-1]]}]})
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text[:5].encode(), "more_body": True})
    await send({"type": "http.response.body", "body": text[5:].encode()})
`
    const scene = {
      command: command('parity_asgi.py', 'main:app', 'POST', '/answer/{question}', 'data.0.text'),
      files: { 'parity_function.py': FUNCTION, 'parity_asgi.py': shim('parity_asgi.py'), 'main.py': source },
    }
    const ran = await measured(scene)
    expect([ran.code, ran.set?.score.head], ran.said).toEqual([0, 100])
    const broken = await measured({
      ...scene,
      head: { 'main.py': source.replaceAll('"status": 200', '"status": 500') },
    })
    expect(broken.said).toContain('answered 500')
  })

  it('a LangChain runnable brings what its retrievers found and how long they took', async () => {
    // Stands in for the package: the shim uses this one name of it.
    const fake = {
      'langchain_core/__init__.py': '',
      'langchain_core/callbacks.py': 'class BaseCallbackHandler: pass\n',
    }
    const source = `class Document:
    id, metadata = None, {"source": "atlas.md"}
    page_content = "Cities of the world."
class Message:
    content = [{"type": "text", "text": "Paris "}, "Rome Vienna"]
class Chain:
    async def ainvoke(self, values, config):
        assert "question" in values
        for handler in config["callbacks"]:
            handler.on_retriever_start({}, "x", run_id=1)
            handler.on_retriever_end([Document()], run_id=1)
        return {"messages": ["earlier", Message()]}
chain = Chain()
`
    const ran = await measured({
      command: command('parity_langchain.py', 'chain'),
      files: {
        ...fake,
        'parity_function.py': FUNCTION,
        'parity_langchain.py': shim('parity_langchain.py'),
        'chain.py': source.replace('chain = Chain()', 'answer = Chain()'),
      },
    })
    expect([ran.code, ran.set?.score.head], ran.said).toEqual([0, 100])
    expect(ran.set?.latency.stages.map((one) => one.stage)).toContain('retrieval')
  })
})

describe.concurrent('in Node', () => {
  it('an Express route is asked over HTTP', async () => {
    const source = `export const app = (request, response) => {
  let body = ''
  request.on('data', (part) => { body += part }).on('end', () => {
    const { question } = JSON.parse(body)
    const city = { France: 'Paris', Italy: 'Rome', Austria: 'Vienna' }[question.split(' ').at(-1).slice(0, -1)]
    response.writeHead(request.url.startsWith('/answer?q=What%20is') ? 200 : 404).end(JSON.stringify({ data: { text: city } }))
  })
}
`
    const scene = {
      command: ['node', 'parity-express.mjs', 'app/server.mjs', 'POST', '/answer?q={question}', 'data.text'],
      files: { 'parity-express.mjs': shim('parity-express.mjs'), 'app/server.mjs': source },
    }
    const ran = await measured(scene)
    expect([ran.code, ran.set?.score.head], ran.said).toEqual([0, 100])
    const broken = await measured({ ...scene, head: { 'app/server.mjs': source.replace(' 200 ', ' 503 ') } })
    expect(broken.said).toContain('answered 503')
  })

  it.each([
    ['{ data: { text: 1, more: 2 } }', `has no "txt" for data.txt, but text, more`],
    ['{ data: null }', `has no "txt" for data.txt, but no names`],
    ['{ data: { txt: null } }', 'data.txt of what POST /answer answers is null'],
  ])('an answer of Express without the key is an error that names it: %s', async (body, said) => {
    const ran = await measured({
      command: ['node', 'parity-express.mjs', 'server.mjs', 'POST', '/answer', 'data.txt'],
      files: {
        'parity-express.mjs': shim('parity-express.mjs'),
        'server.mjs': `export const app = (request, response) => response.end('{ "data": { "txt": "Paris Rome Vienna" } }')\n`,
      },
      head: { 'server.mjs': `export const app = (request, response) => response.end(JSON.stringify(${body}))\n` },
    })
    expect([ran.code, ran.set?.score.base], ran.said).toEqual([1, 100])
    expect(ran.said).toContain(JSON.stringify(said).slice(1, -1))
  })
})
