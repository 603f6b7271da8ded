// What may be wrong with shards on their way to the merge, and what the merge says then.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type CallContext, type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { cli, KEYS, providers, textsUnder } from './launch.ts'
import { PROMPT, project, rightAnswer } from './project.ts'
import { comparable, workshop } from './sharded.ts'

let llm: FakeLlm
let answer: (context: CallContext) => string = rightAnswer
beforeAll(async () => {
  llm = await startFakeLlm({ answer: (context: CallContext) => answer(context) })
})
beforeEach(() => {
  answer = rightAnswer
})
afterAll(() => llm.close())

const BRIEF = { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
const trees = { base: project({ cases: 60 }), head: BRIEF }
const wrong =
  (pattern: RegExp) =>
  (context: CallContext): string =>
    context.prompt.includes('Be brief') && pattern.test(context.prompt) ? 'Hm.' : rightAnswer(context)
/** Three of sixty: as many as the limit takes, so that re-runs decide. */
const BROKEN = /Peru/

describe('a merge', () => {
  it('names a shard that is missing, and is not measured', async () => {
    await using shop = await workshop(trees, llm)
    const parts = [await shop.shard(1, 3), await shop.shard(3, 3)]
    llm.reset()
    const merged = await shop.merge(parts.map((one) => one.folder))
    expect([merged.code, merged.report.verdict.outcome, merged.report.run.shards]).toEqual([
      3,
      'not-measured',
      { of: 3, missing: [2] },
    ])
    expect(merged.report.verdict.headline).toContain('shard 2/3 is missing')
    expect(merged.report.run.incomplete?.reason).toBe('shard 2/3 is missing')
    expect(merged.report.evalSets[0]?.missing.every((one) => one.why === 'shard 2/3 is missing')).toBe(true)
    // It does not make up for it either.
    expect(llm.requests).toHaveLength(0)
    const red = await shop.merge(
      parts.map((one) => one.folder),
      ['--on-not-measured', 'pass'],
    )
    expect([red.code, red.report.verdict.outcome]).toEqual([0, 'not-measured'])
  })

  it('fails by proof although a shard is missing', async () => {
    const policy = { 'parity.yaml': 'policy: { models: { deny: ["openai/*"] } }\n' }
    await using shop = await workshop({ base: { ...trees.base, ...policy }, head: BRIEF }, llm)
    const part = await shop.shard(1, 2)
    expect([part.code, part.report.verdict.outcome]).toEqual([0, 'inconclusive'])
    const merged = await shop.merge([part.folder])
    expect([merged.code, merged.report.verdict.outcome]).toEqual([1, 'fail'])
  })

  it('takes the newest attempt of a shard, whatever the order of the folders', async () => {
    await using shop = await workshop(trees, llm)
    answer = wrong(/./)
    const old = await shop.shard(1, 2)
    const first = join(shop.out, 'artifacts', 'attempt-1')
    await cp(old.folder, first, { recursive: true })
    answer = rightAnswer
    await shop.shard(1, 2)
    await shop.shard(2, 2)
    const again = join(shop.out, 'parts', '2')
    for (const order of [
      [first, again],
      [again, first],
    ])
      expect((await shop.merge(order)).report.verdict.outcome).toBe('pass')
    // The attempt counts before the clock: machines disagree about the time.
    const header = JSON.parse(await readFile(join(first, 'shard.json'), 'utf8'))
    header.provenance.attempt = 3
    await writeFile(join(first, 'shard.json'), JSON.stringify(header))
    for (const order of [
      [first, again],
      [again, first],
    ])
      expect((await shop.merge(order)).report.verdict.outcome).toBe('fail')
  })

  it('refuses shards of another head, another number, another configuration, another content', async () => {
    await using shop = await workshop(trees, llm)
    const part = await shop.shard(1, 2)
    const spoil = async (name: string, change: (header: { identity: { [key: string]: unknown } }) => void) => {
      const folder = join(shop.out, 'spoilt', name)
      await cp(part.folder, folder, { recursive: true })
      const header = JSON.parse(await readFile(join(folder, 'shard.json'), 'utf8'))
      header.index = 2
      change(header)
      await writeFile(join(folder, 'shard.json'), JSON.stringify(header))
      return shop.merge([part.folder, folder])
    }
    const other = 'f'.repeat(40)
    const refused = [
      [
        await spoil('head', ({ identity }) => Object.assign(identity, { headSha: other })),
        /the head is \w{12} in one and ffffffffffff/,
      ],
      [await spoil('base', ({ identity }) => Object.assign(identity, { baseSha: other })), /the base is/],
      [
        await spoil('number', ({ identity }) => Object.assign(identity, { of: 3 })),
        /one is of 2 shards, the other of 3/,
      ],
      [
        await spoil('config', ({ identity }) => Object.assign(identity, { configHash: 'x' })),
        /different configurations/,
      ],
      [
        await spoil('content', ({ identity }) => Object.assign(identity, { evalSets: { capital: 'x' } })),
        /capital is of other content/,
      ],
      [
        await spoil('sets', ({ identity }) => Object.assign(identity, { evalSets: {} })),
        /capital is in one of them only/,
      ],
      [await spoil('version', ({ identity }) => Object.assign(identity, { version: '0.0.1' })), /version/],
      [await spoil('schema', (header) => Object.assign(header, { schema: 'x' })), /no shard of a run/],
      [await spoil('index', (header) => Object.assign(header, { index: 9 })), /no shard of a run/],
    ] as const
    for (const [ran, message] of refused) {
      expect([ran.code, ran.stdout]).toEqual([2, ''])
      expect(ran.stderr).toMatch(message)
    }
  })

  it('refuses to join in a checkout of another commit', async () => {
    await using shop = await workshop(trees, llm)
    const parts = [await shop.shard(1, 2), await shop.shard(2, 2)]
    const merged = await shop.merge(
      parts.map((one) => one.folder),
      ['--base', 'origin/main', '--head', 'origin/main'],
    )
    expect(merged.code).toBe(2)
    expect(merged.stderr).toMatch(/another run than this merge: the head is/)
  })

  it('makes the re-runs itself, with the keys of its own job; without them the run is not measured', async () => {
    answer = wrong(BROKEN)
    await using shop = await workshop(trees, llm)
    const parts = [await shop.shard(1, 2), await shop.shard(2, 2)]
    const folders = parts.map((one) => one.folder)
    llm.reset()
    const merged = await shop.merge(folders)
    expect([merged.code, merged.report.verdict.outcome]).toEqual([1, 'fail'])
    expect(llm.requests.length).toBeGreaterThan(0)
    const { OPENAI_API_KEY: _, ...keyless } = providers(llm)
    const out = join(shop.out, 'keyless')
    const ran = await cli(['ci', 'merge', ...folders, '--report-dir', out, '--format', 'json'], {
      cwd: shop.cwd,
      env: keyless,
    })
    const report = JSON.parse(ran.stdout)
    expect([ran.code, report.verdict.outcome]).toEqual([3, 'not-measured'])
    expect(report.run.incomplete.reason).toMatch(/cannot make them: .*OPENAI_API_KEY/)
    answer = rightAnswer
    const green = [await shop.shard(1, 2), await shop.shard(2, 2)]
    const passed = await cli(
      ['ci', 'merge', ...green.map((one) => one.folder), '--report-dir', out, '--format', 'json'],
      { cwd: shop.cwd, env: keyless },
    )
    expect([passed.code, JSON.parse(passed.stdout).verdict.outcome]).toEqual([0, 'pass'])
  })

  it('counts what every job called and paid; the audit record has all calls', async () => {
    answer = wrong(BROKEN)
    await using shop = await workshop(trees, llm)
    const whole = await shop.whole()
    const parts = [await shop.shard(1, 2), await shop.shard(2, 2)]
    const merged = await shop.merge(parts.map((one) => one.folder))
    expect(merged.report.run.calls).toEqual(whole.report.run.calls)
    expect(merged.report.run.usd).toEqual(whole.report.run.usd)
    const calls = async (folder: string) => (await readFile(join(folder, 'calls.jsonl'), 'utf8')).trim().split('\n')
    const keyOf = (line: string) => {
      const call = JSON.parse(line)
      return ['case', 'side', 'step', 'index'].map((name) => call[`parity.${name}`]).join(' ')
    }
    expect((await calls(merged.folder)).map(keyOf).sort()).toEqual((await calls(whole.folder)).map(keyOf).sort())
  })

  it('takes a shard whose runs were cut short for missing', async () => {
    await using shop = await workshop(trees, llm)
    const parts = [await shop.shard(1, 2), await shop.shard(2, 2)]
    const runs = join(parts[1]?.folder ?? '', 'runs.jsonl')
    const text = await readFile(runs, 'utf8')
    await writeFile(runs, text.slice(0, text.length / 2))
    const merged = await shop.merge(parts.map((one) => one.folder))
    expect([merged.code, merged.report.verdict.outcome]).toEqual([3, 'not-measured'])
    expect(merged.report.verdict.headline).toMatch(/shard 2\/2 is damaged \(\d+ of \d+ runs can be read\)/)
    await rm(runs)
    expect((await shop.merge(parts.map((one) => one.folder))).report.run.shards).toEqual({ of: 2, missing: [2] })
  })

  it('says what is wrong with the folders', async () => {
    await using shop = await workshop(trees, llm)
    const empty = join(shop.out, 'empty')
    await mkdir(empty)
    for (const [folders, message] of [
      [[], /no shard of a run was found/],
      [[empty], /no shard of a run was found/],
      [[join(shop.out, 'nowhere')], /is no folder/],
    ] as const) {
      const ran = await shop.merge(folders)
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(message)])
    }
    const part = await shop.shard(1, 1)
    const over = await shop.merge([part.folder], ['--report-dir', part.folder])
    expect([over.code, over.stderr]).toEqual([2, expect.stringMatching(/where the joined report is to be written/)])
  })

  it('of dry runs is a dry run, and of dry shards no verdict', async () => {
    await using shop = await workshop(trees, llm)
    const parts = [await shop.shard(1, 2, ['--dry-run']), await shop.shard(2, 2, ['--dry-run'])]
    expect(parts.map((one) => [one.code, one.report.verdict.outcome])).toEqual([
      [0, 'planned'],
      [0, 'planned'],
    ])
    const folders = parts.map((one) => one.folder)
    expect((await shop.merge(folders, ['--dry-run'])).report.verdict.outcome).toBe('planned')
    const merged = await shop.merge(folders)
    expect([merged.code, merged.report.verdict.outcome]).toEqual([3, 'not-measured'])
    expect(merged.report.verdict.headline).toContain('made no call (a dry run)')
  })

  it('of a change that affects nothing is green', async () => {
    await using shop = await workshop({ base: project(), head: { 'README.md': '# Other\n' } }, llm)
    const parts = [await shop.shard(1, 2), await shop.shard(2, 2)]
    const merged = await shop.merge(parts.map((one) => one.folder))
    expect([merged.code, merged.report.verdict.outcome]).toEqual([0, 'nothing-affected'])
  })
})

describe('a shard', () => {
  it('decides nothing: its check is green although its cases broke', async () => {
    answer = wrong(/./)
    await using shop = await workshop(trees, llm)
    const whole = await shop.whole()
    expect(whole.code).toBe(1)
    const part = await shop.shard(1, 2, ['--on-inconclusive', 'fail'])
    expect([part.code, part.report.verdict.outcome, part.report.shard]).toEqual([
      0,
      'inconclusive',
      { index: 1, of: 2 },
    ])
    expect(part.report.verdict.headline).toMatch(/^Shard 1\/2, not decided here: \d+ of 60 cases/)
    expect(await readFile(join(part.folder, 'summary.md'), 'utf8')).toContain('One shard of the run')
    expect(await shop.verify(part)).toEqual([])
  })

  it('without a case of its own is green', async () => {
    await using shop = await workshop({ base: project({ cases: 2 }), head: BRIEF }, llm)
    const parts = await Promise.all([1, 2, 3, 4, 5].map((index) => shop.shard(index, 5)))
    expect(parts.map((one) => one.code)).toEqual([0, 0, 0, 0, 0])
    const merged = await shop.merge([join(shop.out, 'parts')])
    expect(comparable(merged.report)).toEqual(comparable((await shop.whole()).report))
  })

  it('that could not measure is not green, and neither is the run', async () => {
    await using down = await startFakeLlm({ faults: [{ kind: 'server', when: () => true }] } as never)
    await using shop = await workshop({ base: project({ cases: 6 }), head: BRIEF }, down)
    const part = await shop.shard(1, 1, ['--max-usd', '0.000001'])
    expect([part.code, part.report.verdict.outcome]).toEqual([3, 'not-measured'])
    const merged = await shop.merge([part.folder])
    expect([merged.code, merged.report.verdict.outcome]).toEqual([3, 'not-measured'])
    expect(merged.report.run.incomplete?.reason).toContain('shard 1/1 ended early: the spend cap was reached')
  })

  it('has its part of the spend cap, and the merge what is left', async () => {
    await using shop = await workshop(trees, llm)
    const whole = await shop.whole()
    const cost = Number(whole.report.run.usd.target)
    const cap = ['--max-usd', (4 * cost).toFixed(9)]
    const parts = [
      await shop.shard(1, 4, cap),
      await shop.shard(2, 4, cap),
      await shop.shard(3, 4, cap),
      await shop.shard(4, 4, cap),
    ]
    expect(parts.map((one) => one.code)).toEqual([0, 0, 0, 0])
    const merged = await shop.merge(
      parts.map((one) => one.folder),
      cap,
    )
    expect([merged.code, Number(merged.report.run.spendCap)]).toEqual([0, Number((4 * cost).toFixed(9))])
    // The whole cap would do for this part.
    const tight = await shop.shard(1, 4, ['--no-cache', '--max-usd', cost.toFixed(9)])
    expect([tight.code, tight.report.run.incomplete?.reason]).toEqual([3, 'the spend cap was reached'])
  })

  it('shares nothing that may not be shared, and leaves the answers in the state directory', async () => {
    answer = ({ prompt }) =>
      prompt.includes('Be brief') ? `Ask jane.doe@example.org, ${KEYS.OPENAI_API_KEY}` : 'Paris'
    await using shop = await workshop(trees, llm)
    const part = await shop.shard(1, 1)
    const files = await textsUnder(part.folder)
    expect(files.map((one) => one.path.split('/').at(-1)).sort()).toEqual([
      ...['calls.jsonl', 'comment.md', 'junit.xml', 'record.jsonl', 'report.html', 'report.json'],
      ...['runs.jsonl', 'shard.json', 'summary.md'],
    ])
    for (const secret of ['jane.doe', KEYS.OPENAI_API_KEY])
      expect(files.filter((one) => one.text.includes(secret)).map((one) => one.path)).toEqual([])
    expect(files.find((one) => one.path.endsWith('record.jsonl'))?.text).not.toContain('Ask')
    expect(files.find((one) => one.path.endsWith('runs.jsonl'))?.text).toContain('[redacted: ')
    // Another run in the same folder is no shard.
    await cli(['run', '--base', 'origin/main', '--head', 'HEAD', '--dry-run', '--report-dir', part.folder], {
      cwd: shop.cwd,
      env: providers(llm),
    })
    expect((await shop.merge([part.folder])).stderr).toMatch(/no shard of a run was found/)
  })

  it('goes on where it was killed', async () => {
    await using shop = await workshop(trees, llm)
    const args = ['--state-dir', join(shop.out, 'kept')]
    const first = await shop.shard(1, 2, args)
    const calls = first.report.run.calls.target
    llm.reset()
    const again = await shop.shard(1, 2, args)
    expect([calls > 0, llm.requests.length, again.report.run.calls.stored]).toEqual([true, 0, calls])
  })

  it.each(['0/3', '4/3', 'a/b', '1/0', '1', '1/', '-1/3', '1/3/5', '1.5/3', '1/1000'])(
    '%s is refused',
    async (value) => {
      const ran = await cli(['run', `--shard=${value}`], { cwd: import.meta.dirname })
      expect([ran.code, ran.stdout]).toEqual([2, ''])
      expect(ran.stderr).toMatch(/the input `shard` is ".*`i\/n` with 1 ≤ i ≤ n/)
    },
  )
})
