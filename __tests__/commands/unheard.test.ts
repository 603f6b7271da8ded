// Options and words of the command line that would be passed over without a word, or cost money nobody asked for.

import { describe, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import { cli, inRepository } from './cli.ts'

const FILES = {
  'p.md': 'Say it. {{ question }}\n',
  'a.eval.yaml': `target: { prompt: p.md, model: openai/gpt-4.1-2025-04-14 }
cases: [{ vars: { question: Who? }, expected: me }]
scorers: [{ contains: "{{expected}}" }]
`,
  'api/README.md': 'x\n',
}
const SIDES = ['--base', 'HEAD', '--head', 'HEAD']

const ran = (args: readonly string[]) => inRepository(FILES, (cwd) => cli(cwd, args))

describe.concurrent('is wrong usage', () => {
  it.each<[string, readonly string[], string]>([
    ['a word of run', ['run', ...SIDES, 'main'], '"main" stands alone.'],
    ['a switch with a value', ['run', ...SIDES, '--dry-run', 'true'], '"true" stands alone.'],
    ['a word of detect', ['detect', 'main'], '"main" stands alone.'],
    ['a second report', ['render', 'a.json', 'b.json'], '"b.json" stands alone.'],
    ['the score of an event', ['run', ...SIDES, '--score', 'merge'], '--score is "merge".'],
    ['a pull request that is none', ['run', ...SIDES, '--pr', 'x'], '--pr is "x".'],
    ['a configuration elsewhere', ['run', ...SIDES, '--config', 'no/parity.yaml'], 'no/parity.yaml: there is no such'],
    ['a folder that is not there', ['run', ...SIDES, '--working-directory', 'aip'], 'there is no folder "aip"'],
    ['what compares, of one side', ['detect', '--all-files', '--base', 'HEAD'], '--base has no meaning beside'],
    ['eval sets of detect', ['detect', '--evals', 'a'], "Unknown option '--evals'"],
    ['the base of noise', ['noise', '--base', 'HEAD'], "Unknown option '--base'"],
    ['a reason without accept', ['drift', '--reason', 'x'], '--reason is an option of `drift accept`.'],
    ['a dry run of accept', ['drift', 'accept', '--reason', 'x', '--dry-run'], 'has no dry run'],
  ])('%s', async (_, args, said) => {
    const { code, stderr } = await ran(args)
    expect([code, stderr]).toEqual([2, expect.stringContaining(said)])
  })

  it('a folder that validate is given and is not there', async () => {
    const { code, stdout } = await ran(['validate', '--working-directory', 'aip'])
    expect([code, stdout]).toEqual([2, expect.stringContaining('there is no folder "aip"')])
  })

  it('a configuration that validate is given and is not there', async () => {
    for (const name of ['nope.yaml', 'no/parity.yaml']) {
      const { code, stdout } = await ran(['validate', '--config', name])
      expect([code, stdout]).toEqual([2, expect.stringContaining(`FAIL ${name} (parity)`)])
    }
  })
})

it('globs of --evals go over the slashes in names', async () => {
  const named = { ...FILES, 'a.eval.yaml': `name: shop/answers\n${FILES['a.eval.yaml']}` }
  await inRepository(named, async (cwd) => {
    for (const glob of ['*', 'shop*', '*answers', 'shop/*'])
      expect((await cli(cwd, ['run', ...SIDES, '--dry-run', '--evals', glob])).code, glob).toBe(0)
    expect((await cli(cwd, ['run', ...SIDES, '--dry-run', '--evals', 'answers*'])).code).toBe(2)
  })
})

it('a working directory without a configuration is none of them', async () => {
  expect((await ran(['run', ...SIDES, '--working-directory', 'api'])).code).toBe(0)
})

it('noise says what it would cost in a dry run, and calls nobody', async () => {
  await using llm = await startFakeLlm({ answer: () => ({ text: 'me' }) })
  await inRepository(FILES, async (cwd) => {
    const text = await cli(cwd, ['noise', '--passes', '4', '--dry-run'], llm)
    expect([text.code, llm.requests.length]).toEqual([0, 0])
    expect(text.stdout).toMatch(
      /^Planned, not run: 4 passes of working tree\. 4 calls planned, .* Nothing was called\.$/m,
    )
    const json = await cli(cwd, ['noise', '--dry-run', '--format', 'json'], llm)
    expect(JSON.parse(json.stdout)).toMatchObject({ calls: 0, evalSets: [], plan: { calls: 3 } })
    expect(llm.requests).toEqual([])
    const made = await cli(cwd, ['noise', '--format', 'json'], llm)
    expect([JSON.parse(made.stdout).plan, llm.requests.length]).toEqual([null, 3])
    expect(made.stderr).toContain('Plan: 3 calls planned')
  })
})
