// An http target that would ask nobody, or ask the wrong thing, without a word about it.

import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { loadEvalSets } from '../../src/config/evalset.ts'
import { knownScorers } from '../../src/config/known-scorers.ts'
import { unsetSentences } from '../../src/config/unset-variables.ts'
import type { Case, Target } from '../../src/domain.ts'
import { prepareRequest } from '../../src/plan/request.ts'
import { withTimeout } from '../../src/run/tuned.ts'
import type { Work } from '../../src/run/work.ts'
import { memoryTree } from '../fakes/tree.ts'
import { request, trial } from '../targets/requests.ts'

const work = (): Work => ({ trial: trial(), request: request({ kind: 'http' }) })
const config = async () => loadConfig(memoryTree({}))

async function load(http: string) {
  const tree = memoryTree({
    'a.eval.yaml': `target: { http: ${http} }
cases: [{ id: one, vars: { question: "a & b" } }, { id: two, vars: { question: c } }]
scorers: [{ contains: x }]
`,
  })
  const [loaded] = await loadEvalSets(tree, await loadConfig(tree), { known: knownScorers })
  return loaded
}
const at = (rest: string, base = 'http://base.test') => `{ base: "${base}", head: "http://head.test", ${rest} }`

describe('what cannot be asked is an error with its place', () => {
  it.each([
    [at('path: /a', 'base.test:80'), 'The address "base.test:80" is no URL.'],
    [at('path: /a, output: answer'), 'The path "answer" cannot be read.'],
    [at('path: /a, output: "$..answer"'), 'The path "$..answer" cannot be read.'],
    [at('path: /a, headers: { x-case: "{{question}}" }'), 'The header "x-case" has a variable of a case in it'],
  ])('%s', async (http, message) => {
    expect((await load(http))?.problems).toMatchObject([{ what: expect.stringContaining(message), place: { line: 1 } }])
  })

  it.each([
    at('path: /a', '${BASE_URL}'),
    at('path: /a', 'https://${HOST}/v1'),
    at('path: /a, output: "$[0].b"'),
    at('path: /a, headers: { authorization: "Bearer ${APP_TOKEN}" }'),
  ])('and this is none: %s', async (http) => expect((await load(http))?.problems).toEqual([]))
})

it('an attempt may take another time than 60 s', async () => {
  const set = await load(`${at('path: /a')}, timeout_s: 120`)
  expect([set?.problems, set?.evalSets[0]?.target]).toMatchObject([[], { kind: 'http', timeoutMs: 120_000 }])
  expect(withTimeout(work(), await config(), () => set?.evalSets[0]?.target ?? fail())).toMatchObject({
    timeoutMs: 120_000,
  })
})

it('a variable of path or body that no case has is named', async () => {
  const sentences = async (http: string) => unsetSentences((await load(http))?.evalSets[0] ?? fail())
  expect(
    await sentences(at('path: "/a/{{questoin}}", body: { deep: ["{{question}}", { x: "{{ other }}" }] }')),
  ).toEqual([
    'The http target puts out `questoin`, which none of 2 cases has: nothing stands there. Did you mean `question`?',
    'The http target puts out `other`, which none of 2 cases has: nothing stands there.',
  ])
  expect(await sentences(at('path: /a, body: { question: "{{question}}" }'))).toEqual([])
  expect(await sentences(at('path: /a'))).toEqual([
    'The http target has nothing of its cases in it: all 2 send the same request.',
  ])
})

it('a path is never a part of the host, whatever a case has in it', () => {
  const url = (path: string, vars: Case['vars'] = {}) => {
    const target: Target = {
      ...{
        kind: 'http',
        base: 'http://base.test',
        head: 'http://head.test/',
        path,
        method: 'GET',
        headers: {},
        output: '$',
      },
    }
    const kase = { id: 'one', vars, place: { path: 'c' } } as unknown as Case
    const environment = { templates: {}, addresses: {}, unset: {} }
    const made = prepareRequest(target, kase, { side: 'head', contentId: '', environment })
    const application = made.state === 'ready' ? made.request.application : undefined
    return (application as { url: string }).url
  }
  expect(url('answer')).toBe('http://head.test/answer')
  expect(url('/answer')).toBe('http://head.test/answer')
  expect(url('?q=1')).toBe('http://head.test?q=1')
  expect(url('')).toBe('http://head.test')
  expect(new URL(url('{{x}}', { x: '@evil.test/' })).host).toBe('head.test')
  expect(new URL(url('{{x}}', { x: '.evil.test' })).host).toBe('head.test')
  expect(url('/a?q={{ x | urlencode }}', { x: 'a & b#c' })).toBe('http://head.test/a?q=a%20%26%20b%23c')
})

function fail(): never {
  throw new Error('not loaded')
}
