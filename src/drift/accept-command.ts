// The command that takes a set's present level for its baseline, as it can be pasted into a shell: names of sets are free text.

export const acceptCommand = (evalSet: string): string =>
  `prompt-parity drift accept --evals ${shellWord(evalSet)} --reason "…"`

/** In single quotes nothing is expanded. */
const shellWord = (text: string) => (/^\w[\w./-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
