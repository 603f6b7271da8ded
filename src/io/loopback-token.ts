import { randomBytes } from 'node:crypto'

/** What a child of ours shows instead of a key. */
export const loopbackToken = () => `sk-parity-${randomBytes(24).toString('hex')}`
