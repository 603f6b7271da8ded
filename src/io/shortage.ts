// Codes of starting a process that say something of the machine, and nothing of what was to be started.

const SHORTAGES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'])

export const isShortage = (code: string) => SHORTAGES.has(code)
