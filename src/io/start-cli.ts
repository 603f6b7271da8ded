// Starts the command line of dist/. The action does not start here: its runner is new each time, and has nothing kept.

import { Script } from 'node:vm'
import { createChunks } from './chunks.ts'
import { codeCacheFile, readCode, writeCode } from './code-cache.ts'

const file = codeCacheFile(process.env.PROMPT_PARITY_BUILD ?? '', process.argv[2])
const known = file === null ? new Map() : readCode(file)
const chunks = createChunks(__dirname, known)

if (file !== null) {
  const cachedData = new Script('0', { filename: 'start' }).createCachedData()
  process.once('exit', () => {
    if (!chunks.compiled()) return
    // Under flags that the program has changed since (io/heap.ts) it would be refused by the next run.
    const isAsAtStart = !new Script('0', { filename: 'exit', cachedData }).cachedDataRejected
    if (isAsAtStart) writeCode(file, new Map([...known, ...chunks.code()]))
  })
}
chunks.load('cli.cjs')
