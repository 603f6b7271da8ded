// `target.http` of an eval file -> Target.

import type { JsonObject, Target } from '../domain.ts'
import { UserError } from '../errors.ts'
import { parseJsonPath } from '../targets/json-path.ts'
import type { ParsedFile } from './yaml.ts'

export function httpTarget(target: JsonObject, file: ParsedFile): Target {
  const http = target.http as JsonObject
  refuseBadHttp(http, file)
  const { base, head, path, method, headers, body, output } = http
  return {
    kind: 'http',
    base: String(base),
    head: String(head),
    path: String(path),
    method: typeof method === 'string' ? method : body === undefined ? 'GET' : 'POST',
    headers: (headers ?? {}) as { readonly [name: string]: string },
    ...(body === undefined ? {} : { body }),
    output: typeof output === 'string' ? output : '$',
    ...(typeof target.timeout_s === 'number' ? { timeoutMs: 1000 * target.timeout_s } : {}),
    ...(typeof target.model === 'string' ? { model: target.model } : {}),
  }
}

/** What would go out as it is written, or be found nowhere, without a word about why. */
function refuseBadHttp({ base, head, headers, output = '$' }: JsonObject, file: ParsedFile): void {
  const wrong = (key: string, what: string, rest: { readonly expected: string; readonly remedy: string }) =>
    new UserError({ what, ...rest, place: file.place(['target', 'http', key]) })
  for (const [key, url] of Object.entries({ base, head }))
    if (!/^(?:https?:\/\/|\$\{)/.test(String(url)))
      throw wrong(key, `The address "${String(url).slice(0, 200)}" is no URL.`, {
        expected: 'an http or https URL, or ${NAME} of the environment',
        remedy: 'Write it with http:// or https:// in front.',
      })
  if (parseJsonPath(String(output)) === null)
    throw wrong('output', `The path "${String(output).slice(0, 200)}" cannot be read.`, {
      expected: 'a JSON path such as $.answer, $.choices[0].text or $',
      remedy: 'Correct it.',
    })
  const filled = Object.entries(headers ?? {}).find(([, text]) => String(text).includes('{{'))
  if (filled !== undefined)
    throw wrong('headers', `The header "${filled[0]}" has a variable of a case in it, and headers are not filled in.`, {
      expected: 'a text; ${NAME} is a variable of the environment',
      remedy: 'Put it into the path or the body.',
    })
}
