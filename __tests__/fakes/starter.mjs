// A small process that starts programs for a large one (apart.ts): to fork costs what the memory of the forking process costs.

import { spawn } from 'node:child_process'

const running = new Map()

process.on('disconnect', () => process.exit())
process.on('message', ({ id, start, signal }) => {
  if (start === undefined) return running.get(id)?.kill(signal)
  const tell = (told) => process.connected && process.send({ id, ...told })
  const { program, args, input, ...options } = start
  const child = spawn(program, args, { ...options, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
  running.set(id, child)
  for (const name of ['stdout', 'stderr']) child[name].on('data', (bytes) => tell({ name, bytes }))
  child.stdin?.on('error', () => {})
  child.stdin?.end(input)
  child.on('error', ({ message }) => tell({ error: message }))
  child.on('close', (code, signal) => {
    running.delete(id)
    tell({ ended: { code, signal } })
  })
})
