// Which calls earlier runs have an answer to, for a plan that calls nothing. Nothing is written.

import type { Store } from '../ports.ts'
import { ANSWERS_FILE, lineAbout } from './record-files.ts'
import { isRefusedLine } from './recorded-answers.ts'
import { type Work, workKey } from './work.ts'

/** A refusal that was recorded may be asked again, and counts as no answer here. */
export async function answeredBefore(
  open: () => Promise<Store & { close(): Promise<void> }>,
): Promise<(work: Work) => boolean> {
  const store = await open()
  const keys = new Set<string>()
  const look = (line: string) => {
    const about = lineAbout(line)
    if (about?.kind === 'answer' && !isRefusedLine(line)) keys.add(about.key)
  }
  if (store.eachLine) await store.eachLine(ANSWERS_FILE, look)
  else for (const line of await store.readLines(ANSWERS_FILE)) look(line)
  await store.close()
  return (work) => keys.size > 0 && keys.has(workKey(work))
}
