// Serves a route of an Express application (or any other `(request, response)` function) to Prompt Parity, protocol v1.
//
//   target: { command: [node, parity-express.mjs, app/server.mjs, POST, /answer, answer] }
//
// The module exports the application as `app` or by default, and does not listen by itself. The variables of a case are the JSON
// body; {name} in the path is filled with a variable. The last word is the key of the answer in the JSON that comes back
// ("data.text" goes deeper); without it the whole body is the answer.

import { writeSync } from 'node:fs'
import { createServer } from 'node:http'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [, , file = '', method = 'POST', path = '/', key = ''] = process.argv
const loaded = await import(pathToFileURL(resolve(file)).href)
const app = loaded.app ?? loaded.default?.app ?? loaded.default
const server = createServer(app)
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const base = `http://127.0.0.1:${server.address().port}`

async function answer(vars) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(vars[name] ?? '')))
  const body = method.toUpperCase() === 'GET' ? {} : { body: JSON.stringify(vars) }
  const response = await fetch(base + filled, { method, headers: { 'content-type': 'application/json' }, ...body })
  const text = await response.text()
  if (!response.ok) return { error: `${method} ${path} answered ${response.status}: ${text.slice(0, 300)}` }
  return { output: key === '' ? text : pick(JSON.parse(text)) }
}

function pick(body) {
  const found = key.split('.').reduce((value, name) => {
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : []
    if (names.includes(name)) return value[name]
    throw new Error(`what ${method} ${path} answers has no "${name}" for ${key}, but ${names.join(', ') || 'no names'}`)
  }, body)
  if (found === null) throw new Error(`${key} of what ${method} ${path} answers is null`)
  return found
}

function say(line) {
  let rest = Buffer.from(`${JSON.stringify(line)}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(3, rest))
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

const lines = createInterface({ input: process.stdin })
// What came before is not part of the time that the first answer takes.
say({ ready: true })
for await (const line of lines) {
  const { id, vars } = JSON.parse(line)
  say({ id, ...(await answer(vars).catch((error) => ({ error: String(error) }))) })
}
process.exit(0)
