// Whether a run would find answers of earlier runs. Which of its calls they are to is known to that run alone.

import type { Store } from '../ports.ts'
import { ANSWERS_FILE, lineAbout } from './record-files.ts'

export async function hasAnswers(open: () => Promise<Store & { close(): Promise<void> }>): Promise<boolean> {
  const store = await open()
  let found = false
  const look = (line: string) => {
    found ||= lineAbout(line)?.kind === 'answer'
  }
  if (store.eachLine) await store.eachLine(ANSWERS_FILE, look)
  else for (const line of await store.readLines(ANSWERS_FILE)) look(line)
  await store.close()
  return found
}
