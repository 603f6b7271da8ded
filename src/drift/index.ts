// What a run asks of the history, loaded where some eval set really runs.

export { keepMerge } from './keep-merge.ts'
export { createLookBack } from './look-back.ts'
export { readPast } from './set-history.ts'
