// A model as users write it, `provider/model`: what is wrong with one that nobody can be asked for.

import type { Place } from '../domain.ts'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { PROVIDERS } from './provider-table.ts'

/**
 * Null for a model of a provider that there is.
 *
 * @param whose as a sentence begins: `The candidate`
 * @param configured names under `providers:`
 */
export function modelProblem(
  model: string,
  {
    whose,
    configured,
    place,
  }: { readonly whose: string; readonly configured: readonly string[]; readonly place?: Place | null },
): Problem | null {
  const known = [...Object.keys(PROVIDERS), ...configured]
  const [, provider = null] = /^([^/\s]+)\/\S+$/.exec(model) ?? []
  if (provider !== null && known.includes(provider)) return null
  const near = provider === null ? null : nearest(provider, known)
  return {
    what: `${whose} is "${model.slice(0, 100)}"${provider === null ? '' : ', and there is no such provider'}.`,
    expected: 'provider/model, such as openai/gpt-4.1-mini-2025-04-14',
    remedy:
      near === null
        ? `Put the provider in front: ${known.slice(0, 8).join(', ')}, …, or an entry of \`providers:\`.`
        : `Did you mean ${near}?`,
    ...(place ? { place } : {}),
  }
}
