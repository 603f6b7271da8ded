// `prompt-parity ci merge`, `ci publish` and `ci profile`: what the jobs of a workflow hand to each other.

import { UserError } from '../errors.ts'

const VERBS: { readonly [verb: string]: () => Promise<{ run(args: readonly string[]): Promise<number> }> } = {
  merge: () => import('./ci-merge.ts'),
  publish: () => import('./ci-publish.ts'),
  profile: () => import('./ci-profile.ts'),
}

export async function run(args: readonly string[]): Promise<number> {
  const [verb = '', ...rest] = args
  const load = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
  if (load !== undefined) return (await load()).run(rest)
  throw new UserError({
    what: verb === '' ? '`ci` needs a second word.' : `there is no \`ci ${verb.slice(0, 40)}\`.`,
    expected: '`ci merge DIR…`, `ci publish REPORT.json` or `ci profile EXPORT…`',
    remedy: 'See `prompt-parity ci --help`.',
  })
}
