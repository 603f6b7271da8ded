// The command that takes a set's present level for its baseline, as it can be pasted into a shell: names of sets are free text.

import type { Job } from '../job.ts'

/** @param place flags that name the configuration; '' for the one at the root */
export const acceptCommand = (evalSet: string, place = ''): string =>
  `prompt-parity drift accept${place} --evals ${shellWord(evalSet)} --reason "…"`

/** Several configurations may have sets of one name: a command that names none would take that of the root. */
export function placeFlags({ workingDirectory, configPath }: Pick<Job, 'workingDirectory' | 'configPath'>): string {
  const folder =
    workingDirectory === '' || workingDirectory === '.' ? '' : ` --working-directory ${shellWord(workingDirectory)}`
  return `${folder}${configPath === DEFAULT_CONFIG ? '' : ` --config ${shellWord(configPath)}`}`
}

const DEFAULT_CONFIG = 'parity.yaml'

/** In single quotes nothing is expanded. */
const shellWord = (text: string) => (/^\w[\w./-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
