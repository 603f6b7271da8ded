// Which scorers there are, as far as reading files is concerned.

export type ScorerNames = {
  readonly names: readonly string[]
  readonly aliases: { readonly [alias: string]: string }
  /** Known names that we cannot run, with the reason in words. */
  readonly notRunnable: { readonly [name: string]: string }
}
