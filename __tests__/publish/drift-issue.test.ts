// The one issue from its opening to its end, against the fake GitHub, which checks every request by GitHub's own description.

import { describe, expect, it } from 'vitest'
import type { AcceptRecord, RunRecord } from '../../src/drift/records.ts'
import type { HistoryStore } from '../../src/ports.ts'
import { publishDrift } from '../../src/publish/drift-issue.ts'
import { figuresOf } from '../fakes/drift-records.ts'
import { calm, driftReport, driftSet } from '../fakes/drift-report.ts'
import { DAY_MS, jobOf, openOffice, START } from './desk.ts'

const drift = driftReport([driftSet()])
const gone = driftReport([calm({ state: 'recovered', confirmedZ: 0.2 })])
const other = driftSet({ evalSet: 'refund-policy', score: 84, owner: '@acme/refunds' })

describe('opening', () => {
  it('creates one issue that names owner, figures and what to do', async () => {
    await using office = await openOffice()
    const done = await office.run(drift)
    expect([done.status, done.number, done.url]).toEqual(['opened', 1, 'https://github.com/acme/app/issues/1'])
    const issue = office.fake.state.issues.get(1)
    expect(issue?.title).toBe('Drift: support-answers is 9.4 points below its baseline since 2026-11-20')
    expect(issue?.labels).toEqual(['drift'])
    expect(issue?.body).toMatch(/^<!-- prompt-parity:drift:parity\.yaml -->\n<!-- prompt-parity:incident:2026-11-28-/)
    expect(issue?.body).toContain('@acme/support-ai')
    expect(office.history.records().map(({ id }) => id.split('/')[2])).toEqual(['claimed', 'opened'])
    expect(office.fake.violations).toEqual([])
  })

  it('asks GitHub nothing when nothing drifts', async () => {
    await using office = await openOffice({}, acceptOf('2026-11-01T00:00:00Z'))
    expect(await office.run(driftReport([calm()]))).toMatchObject({ status: 'off', number: null, records: [] })
    expect(office.fake.requests).toEqual([])
  })

  it('leaves it to a job that has just claimed it, and takes over from one that died', async () => {
    await using office = await openOffice()
    office.fake.faults.push({ operation: 'issues/create', kind: 'status', status: 500, times: 99 })
    expect((await office.run(drift)).status).toBe('failed')
    office.fake.faults.splice(0)
    const claim = { v: 1, kind: 'incident', state: 'claimed', incident: 'x', issue: null, evalSets: [] } as const
    const at = (ms: number) => new Date(office.clock.now() - ms).toISOString()
    await office.history.append([{ ...claim, id: 'incident/x/claimed/1', at: at(14 * 60_000), config: 'parity.yaml' }])
    expect(await office.run(drift)).toMatchObject({ status: 'unchanged', number: null, records: [] })
    expect(office.issues()).toEqual([])
    expect(await office.run(drift)).toMatchObject({ status: 'opened', number: 1 })
  })

  it('does not wait for a claim from the future', async () => {
    await using office = await openOffice()
    const claim = { v: 1, kind: 'incident', state: 'claimed', incident: 'x', issue: null, evalSets: [] } as const
    await office.history.append([{ ...claim, id: 'incident/x/claimed/1', at: '2031-01-01T00:00:00Z' }])
    expect(await office.run(drift)).toMatchObject({ status: 'opened', number: 1 })
  })

  it('knows its own claim when the answer to writing it was lost', async () => {
    await using office = await openOffice()
    const twice: HistoryStore = {
      read: office.history.read,
      append: async (records, files) => {
        await office.history.append(records)
        return office.history.append(records, files)
      },
    }
    const done = await publishDrift(jobOf(drift, 'run-1'), { ...office, history: twice })
    expect([done.status, office.issues()]).toEqual(['opened', ['1 open']])
  })

  it('another configuration has an issue of its own', async () => {
    await using office = await openOffice()
    await office.run(drift)
    await office.run(drift, { config: 'services/bot/parity.yaml' })
    expect(office.issues()).toEqual(['1 open', '2 open'])
    expect((await office.run(drift)).number).toBe(1)
  })

  it('finds its own issue behind two hundred others, and is not fooled by strangers and pull requests', async () => {
    const many = Array.from({ length: 250 }, (_, at) => ({
      number: at + 10,
      title: 'x',
      author: 'github-actions[bot]',
    }))
    const marker = '<!-- prompt-parity:drift:parity.yaml -->\n<!-- prompt-parity:told 9.40 -->'
    const issues = [{ number: 3, title: 'Drift: forged', author: 'mallory', body: marker }, ...many]
    await using office = await openOffice({ issues })
    expect(await office.run(drift)).toMatchObject({ status: 'opened', number: 260 })
    office.history.lose()
    const again = await office.run(drift)
    expect([again.status, again.number]).toEqual(['updated', 260])
    expect(office.fake.state.issues.get(3)?.body).toBe(marker)
  })
})

describe('what the provider did', () => {
  const run = (day: string, answered: readonly string[], over: Partial<RunRecord> = {}): RunRecord => ({
    ...{
      v: 1,
      kind: 'run',
      id: `run-${day}-${over.role ?? ''}`,
      at: `2026-11-${day}T05:00:00Z`,
      role: 'pinned',
      key: 'k',
    },
    ...{ evalSet: 'support-answers', model: 'openai/gpt-4.1', commit: 'c', prompt: null },
    figures: figuresOf([0.92], { answered }),
    ...over,
  })

  it('stays in the text, though each run tells it once', async () => {
    await using office = await openOffice({}, [
      run('01', ['long-before']),
      run('04', ['gpt-4.1-2025-01-01']),
      run('18', ['gpt-4.1-2025-04-14']),
      run('19', ['gpt-4.1-2025-04-14']),
      run('20', ['gpt-4.1-2026-11-19']),
      run('20', ['a fallback'], { role: 'fallback' }),
      run('21', ['gpt-4.1-2026-11-19']),
      run('22', ['of another content'], { key: 'other' }),
    ])
    const shutdown = { model: 'openai/gpt-4.1', date: '2027-03-01', evalSets: ['support-answers'] }
    await office.run(driftReport([driftSet()], { nextShutdown: shutdown }))
    await office.run(driftReport([driftSet({ score: 82 })], { nextShutdown: shutdown }))
    const lines = (office.fake.state.issues.get(1)?.body ?? '')
      .split('\n')
      .filter((line) => / UTC · |shut down/.test(line))
    expect(lines).toEqual([
      '- 2026-11-18 05:00 UTC · `support-answers`: The provider answered as gpt-4.1-2025-04-14; before: gpt-4.1-2025-01-01.',
      '- 2026-11-20 05:00 UTC · `support-answers`: The provider answered as gpt-4.1-2026-11-19; before: gpt-4.1-2025-04-14.',
      '- `openai/gpt-4.1` is to be shut down on 2027-03-01',
    ])
  })
})

describe('while it lasts', () => {
  it('edits the body in place, and writes nothing when nothing is new', async () => {
    await using office = await openOffice()
    await office.run(drift)
    expect((await office.run(driftReport([driftSet({ score: 83.5 })]))).status).toBe('updated')
    expect(office.fake.state.issues.get(1)?.body).toContain('83.5')
    expect(office.fake.state.issues.get(1)?.body).not.toMatch(/(?<!`)@acme/)
    office.clock.set(office.clock.now() - DAY_MS)
    const writes = office.fake.state.writes.length
    expect((await office.run(driftReport([driftSet({ score: 83.5 })]))).status).toBe('unchanged')
    expect([office.fake.state.writes.length, office.bodies(1)]).toEqual([writes, []])
  })

  it('comments once when another set joins, when it gets worse, and when one of two is over', async () => {
    await using office = await openOffice()
    await office.run(drift)
    const both = driftReport([driftSet(), other])
    await office.run(both)
    await office.run(both)
    expect(office.bodies(1)).toEqual([expect.stringContaining('**Drift in `refund-policy` too.**')])
    expect(office.fake.state.issues.get(1)?.title).toContain('2 eval sets below the baseline')
    const worse = driftReport([driftSet({ score: 60 }), other])
    await office.run(worse)
    await office.run(worse)
    expect(office.bodies(1)[1]).toContain('**It got worse:** 32.1 points below the baseline at most, 9.4 before.')
    await office.run(driftReport([driftSet({ score: 60 }), { ...other, state: 'recovered', score: 92 }]))
    expect(office.bodies(1)[2]).toContain('`refund-policy` is back inside its band')
    expect(office.issues()).toEqual(['1 open 3'])
  })

  it('noise of the same drift is no news', async () => {
    await using office = await openOffice()
    await office.run(drift)
    for (const score of [80, 84, 79.5, 86, 78]) await office.run(driftReport([driftSet({ score })]))
    expect(office.issues()).toEqual(['1 open'])
  })

  it('a run that could not measure, or is not sure, changes nothing', async () => {
    await using office = await openOffice()
    await office.run(drift)
    const writes = office.fake.state.writes.length
    for (const state of ['not-measured', 'suspect'] as const)
      await office.run(driftReport([calm({ state, why: 'the provider was down', score: null })]))
    await office.run(driftReport([]))
    expect([office.issues(), office.fake.state.writes.length]).toEqual([['1 open'], writes])
  })
})

describe('the end', () => {
  it('closes with a comment when it is gone, and opens a new one for the next drift', async () => {
    await using office = await openOffice()
    await office.run(drift)
    expect(await office.run(gone)).toMatchObject({ status: 'closed', number: 1 })
    expect(office.bodies(1)).toEqual([expect.stringContaining('back inside its band')])
    expect(office.fake.state.issues.get(1)?.stateReason).toBe('completed')
    expect((await office.run(driftReport([calm()]))).status).toBe('off')
    expect(await office.run(drift)).toMatchObject({ status: 'opened', number: 2 })
    expect(office.issues()).toEqual(['1 closed 1', '2 open'])
  })

  it('shows no secret, neither of the run nor of a reason', async () => {
    await using office = await openOffice()
    await office.run(driftReport([driftSet({ advice: ['the key hunter2 was in an answer'] })]))
    await office.history.append(acceptOf('2026-11-28T12:00:00Z', 'hunter2 is fine'))
    await office.run(driftReport([calm()]))
    const texts = [office.fake.state.issues.get(1)?.body, ...office.bodies(1)].join()
    expect([texts.includes('hunter2'), texts.includes('*** is fine') || texts.includes('&#42;')]).toEqual([false, true])
  })

  it('says who accepted it and why, as text', async () => {
    await using office = await openOffice()
    await office.run(drift)
    await office.history.append(acceptOf('2026-11-28T12:00:00Z', 'the new @tone is #1 for us'))
    await office.run(driftReport([calm({ state: 'baseline' })]))
    const [comment = ''] = office.bodies(1)
    expect(comment).toContain('was accepted by `ada` on 2026-11-28')
    expect(comment).not.toMatch(/@tone|(?<!&)#1/)
    expect(office.issues()).toEqual(['1 closed 1'])
  })

  it('a set that was changed while it drifted stays until its new content is measured, and nobody calls it recovered', async () => {
    await using office = await openOffice()
    await office.run(drift)
    const ended = new Map([['support-answers', { at: '2026-11-28T05:17:00Z', score: 82.7, baseline: 92.1 }]])
    const fresh = { score: 83, sd: 2.2, runs: 3, at: '2026-11-29T05:17:00Z' }
    const growing = driftReport([calm({ state: 'baseline', score: 83.4, z: null, baseline: fresh })])
    for (const _day of [1, 2, 3]) await office.run(growing, { ended })
    // Told once, though a baseline may grow for days.
    expect(office.issues()).toEqual(['1 open 1'])
    const body = office.fake.state.issues.get(1)?.body ?? ''
    expect(body).toContain('was changed while it drifted; whether it recovered cannot be measured')
    expect(body).toContain('82.7 points, 92.1 in its baseline')
    expect(body).not.toMatch(/0\.4|-0\.4/)
    await office.run(driftReport([calm({ score: 83.2, baseline: { ...fresh, runs: 10 } })]), { ended })
    expect(office.bodies(1)[1]).toMatch(/not seen to recover.*83\.2 points, 83 in its baseline of 2026-11-29/)
    expect([office.issues(), office.fake.state.issues.get(1)?.stateReason]).toEqual([['1 closed 2'], 'not_planned'])
  })

  it('a new baseline alone changes nothing, and a set that was removed is no longer part of it', async () => {
    await using office = await openOffice()
    await office.run(driftReport([driftSet(), other]))
    await office.run(driftReport([driftSet({ state: 'baseline' })]), { known: ['support-answers', 'refund-policy'] })
    expect(office.issues()).toEqual(['1 open'])
    await office.run(driftReport([calm()]), { known: ['support-answers'] })
    expect(office.bodies(1)[0]).toContain('`refund-policy` is no longer there')
    expect(office.issues()).toEqual(['1 closed 1'])
  })

  it('an issue whose record was lost is closed all the same', async () => {
    await using office = await openOffice()
    await office.run(drift)
    await using blank = await openOffice()
    const done = await blank.run(gone, {})
    expect(done.status).toBe('off')
    // The same GitHub, a history without anything.
    office.history.lose()
    expect(await office.run(gone, { past: { records: [], state: 'lost' } })).toMatchObject({
      status: 'closed',
      number: 1,
    })
  })
})

describe('people', () => {
  it('closed by hand stays closed until another set joins', async () => {
    await using office = await openOffice()
    await office.run(drift)
    close(office, 1)
    const writes = office.fake.state.writes.length
    expect(await office.run(drift)).toMatchObject({ status: 'unchanged', number: 1 })
    expect(office.fake.state.writes.length).toBe(writes)
    expect(await office.run(driftReport([driftSet(), other]))).toMatchObject({ status: 'updated', number: 1 })
    expect(office.issues()).toEqual(['1 open 1'])
  })

  it('closed by hand and then gone: over without a word, and the next drift has a new issue', async () => {
    await using office = await openOffice()
    await office.run(drift)
    close(office, 1)
    await office.run(gone)
    expect(office.issues()).toEqual(['1 closed'])
    expect(await office.run(drift)).toMatchObject({ status: 'opened', number: 2 })
  })

  it('closed by hand is respected even without a history', async () => {
    await using office = await openOffice()
    office.history.refuse('protected')
    await office.run(drift)
    close(office, 1)
    const done = await office.run(drift, { past: { records: [], state: 'none' } })
    expect([done.status, office.issues()]).toEqual(['unchanged', ['1 closed']])
  })

  it('without a history that can be written it still tells what joins, and closes', async () => {
    await using office = await openOffice()
    office.history.refuse('protected')
    const past = { records: [], state: 'none' } as const
    await office.run(drift, { past })
    await office.run(drift, { past })
    await office.run(driftReport([driftSet(), other]), { past })
    await office.run(driftReport([driftSet(), other]), { past })
    expect(office.issues()).toEqual(['1 open 1'])
    await office.run(driftReport([calm(), calm({ evalSet: 'refund-policy' })]), { past })
    expect(office.issues()).toEqual(['1 closed 2'])
    expect((await office.run(driftReport([calm()]), { past })).status).toBe('off')
  })

  it('reopened by hand after the end: left alone while all is well, used again for the next drift', async () => {
    await using office = await openOffice()
    await office.run(drift)
    await office.run(gone)
    const issue = office.fake.state.issues.get(1)
    if (issue) issue.state = 'open'
    expect((await office.run(driftReport([calm()]))).status).toBe('off')
    expect(office.issues()).toEqual(['1 open 1'])
    expect(await office.run(drift)).toMatchObject({ status: 'updated', number: 1 })
    expect(office.issues()).toEqual(['1 open 2'])
    expect(office.bodies(1)[1]).toContain('**Drift in `support-answers` again.**')
  })

  it('one line for all that an accept took together', async () => {
    await using office = await openOffice()
    await office.run(driftReport([driftSet(), other]))
    const [accept] = acceptOf('2026-11-28T12:00:00Z')
    if (accept) await office.history.append([{ ...accept, evalSets: ['support-answers', 'refund-policy'] }])
    await office.run(driftReport([calm({ state: 'baseline' }), calm({ evalSet: 'refund-policy', state: 'baseline' })]))
    expect(office.bodies(1)[0]).toContain(
      '- `refund-policy`, `support-answers` were accepted by `ada` on 2026-11-28: wanted',
    )
  })

  it.each([404, 410])('deleted (%i): not opened again until it gets worse', async (status) => {
    await using office = await openOffice()
    await office.run(drift)
    office.fake.state.issues.delete(1)
    if (status === 410) office.fake.state.deleted.add(1)
    const done = await office.run(drift)
    expect([done.status, done.number, done.note]).toEqual([
      'unchanged',
      null,
      expect.stringContaining('no longer here'),
    ])
    expect(await office.run(driftReport([driftSet({ score: 50 })]))).toMatchObject({ status: 'opened' })
    expect(office.issues()).toHaveLength(1)
    expect((await office.run(driftReport([driftSet({ score: 50 })]))).status).toBe('updated')
    expect(office.issues()).toHaveLength(1)
  })

  it('an issue of somebody else that the history names is not touched', async () => {
    await using office = await openOffice({ issues: [{ number: 5, title: 'mine', body: 'text', author: 'ada' }] })
    const forged = { v: 1, kind: 'incident', id: 'incident/f/opened/1', at: '2026-11-27T05:00:00Z' } as const
    const said = { state: 'opened', incident: 'f', issue: 5, evalSets: ['support-answers'] } as const
    await office.history.append([{ ...forged, ...said, config: 'parity.yaml', worst: 9 }])
    await office.run(drift)
    await office.run(gone)
    expect(office.fake.state.issues.get(5)).toMatchObject({ title: 'mine', body: 'text', state: 'open' })
    expect(office.bodies(5)).toEqual([])
  })

  it('locked: the body is edited, the comment is not, and that is said', async () => {
    await using office = await openOffice()
    await office.run(drift)
    const issue = office.fake.state.issues.get(1)
    if (issue) issue.locked = true
    const done = await office.run(driftReport([driftSet(), other]))
    expect([done.status, done.note]).toEqual(['updated', 'Issue 1 is locked: no comment could be written.'])
  })

  it('edited by hand with other line ends: the marker is found, and the text is ours again', async () => {
    await using office = await openOffice()
    await office.run(drift)
    const issue = office.fake.state.issues.get(1)
    if (issue) issue.body = (issue.body ?? '').replaceAll('\n', '\r\n')
    office.history.lose()
    expect(await office.run(drift, { past: { records: [], state: 'lost' } })).toMatchObject({ number: 1 })
    expect(office.issues()).toEqual(['1 open'])
  })
})

describe('GitHub refuses or breaks', () => {
  it('does not guess its own name while GitHub does not answer', async () => {
    await using office = await openOffice({ login: 'acme-bot[bot]' })
    await office.run(drift)
    office.fake.faults.push({ operation: 'graphql', kind: 'status', status: 502, times: 99 })
    expect((await office.run(driftReport([driftSet({ score: 50 })]))).status).toBe('failed')
    office.fake.faults.splice(0)
    expect((await office.run(driftReport([driftSet({ score: 50 })]))).status).toBe('updated')
    expect(office.issues()).toEqual(['1 open 1'])
  })

  it('names the permission', async () => {
    await using office = await openOffice({ permissions: { issues: 'read' } })
    const done = await office.run(drift)
    expect([done.status, done.note]).toEqual(['failed', expect.stringContaining('`issues: write`')])
    // Nothing is left behind that would keep the next run from opening it.
    await using allowed = await openOffice({}, office.history.records())
    allowed.clock.set(START + 60_000)
    expect((await allowed.run(drift)).status).toBe('opened')
  })

  it('issues that are switched off', async () => {
    await using office = await openOffice({ issuesDisabled: true })
    const done = await office.run(drift)
    expect([done.status, done.note]).toEqual(['failed', expect.stringContaining('switched off')])
  })

  it('issues that are switched off while one is open', async () => {
    await using office = await openOffice()
    await office.run(drift)
    office.fake.faults.push({ operation: 'issues/get', kind: 'status', status: 410, times: 9 })
    office.fake.faults.push({ operation: 'issues/list-for-repo', kind: 'status', status: 410, times: 9 })
    const done = await office.run(drift)
    expect([done.status, done.note]).toEqual(['failed', expect.stringContaining('switched off')])
  })

  it('a secondary rate limit is waited for as long as GitHub asks', async () => {
    await using office = await openOffice()
    office.fake.faults.push({ operation: 'issues/create', kind: 'secondary', retryAfter: 60 })
    expect((await office.run(drift)).status).toBe('opened')
    expect(office.clock.slept).toContain(60_000)
    expect(office.issues()).toEqual(['1 open'])
  })

  it('a limit that stays is said, and the next run opens it', async () => {
    await using office = await openOffice()
    office.fake.faults.push({ operation: 'issues/create', kind: 'secondary', retryAfter: 60, times: 4 })
    expect(await office.run(drift)).toMatchObject({ status: 'failed', note: expect.stringContaining('rate') })
    expect((await office.run(drift)).status).toBe('opened')
  })

  it.each(['lost', 'garbage', 'reset'] as const)('a create whose answer is %s makes one issue', async (kind) => {
    await using office = await openOffice()
    office.fake.faults.push({ operation: 'issues/create', kind, worked: true })
    const done = await office.run(drift)
    expect([done.status, done.number, office.issues()]).toEqual(['opened', 1, ['1 open']])
  })

  it.each(['issues/update', 'issues/create-comment'])('%s with a lost answer is written once', async (operation) => {
    await using office = await openOffice()
    await office.run(drift)
    office.fake.faults.push({ operation, kind: 'lost' })
    await office.run(driftReport([driftSet(), other]))
    office.fake.faults.push({ operation, kind: 'lost' })
    await office.run(driftReport([calm(), calm({ evalSet: 'refund-policy' })]))
    expect(office.issues()).toEqual(['1 closed 2'])
  })

  it('a job that dies between two writes leaves nothing twice', async () => {
    const faults = [
      ['issues/update', 0],
      ['issues/create-comment', 0],
      ['issues/list-comments', 0],
      // After the comment was written.
      ['issues/list-comments', 1],
      ['issues/list-for-repo', 0],
    ] as const
    for (const [operation, after] of faults) {
      await using office = await openOffice()
      await office.run(drift)
      const both = driftReport([driftSet(), other])
      office.fake.faults.push({ operation, kind: 'status', status: 502, times: 99, after })
      expect((await office.run(both)).status).toBe('failed')
      office.fake.faults.splice(0)
      expect((await office.run(both)).status).toBe('updated')
      const written = office.fake.state.writes.filter((one) => one.startsWith('issues/create-comment'))
      expect([operation, office.issues(), written.length]).toEqual([operation, ['1 open 1'], 1])
    }
  })

  it('a job that dies after it created the issue: the next one takes it up', async () => {
    await using office = await openOffice()
    office.fake.faults.push({ operation: 'issues/list-for-repo', kind: 'status', status: 502, times: 99, after: 1 })
    const done = await office.run(drift)
    expect([done.status, office.issues()]).toEqual(['failed', ['1 open']])
    office.fake.faults.splice(0)
    expect(await office.run(drift)).toMatchObject({ status: 'updated', number: 1 })
    expect(office.issues()).toEqual(['1 open'])
  })

  it('two issues that came up all the same: the lowest number stays', async () => {
    await using office = await openOffice()
    await office.run(drift)
    const [issue] = office.fake.state.issues.values()
    if (issue) office.fake.state.issues.set(9, { ...issue, number: 9, id: 900 })
    await office.run(drift)
    expect(office.issues()).toEqual(['1 open', '9 closed 1'])
    expect(office.bodies(9)).toEqual([expect.stringContaining('#1 stays')])
  })
})

function close(office: Awaited<ReturnType<typeof openOffice>>, number: number): void {
  const issue = office.fake.state.issues.get(number)
  if (issue) issue.state = 'closed'
}

function acceptOf(at: string, reason = 'wanted'): readonly AcceptRecord[] {
  return [{ v: 1, kind: 'accept', id: `accept/${at}`, at, evalSets: ['support-answers'], reason, actor: 'ada' }]
}

it('starts where the clock of these tests starts', () => {
  expect(new Date(START).toISOString()).toBe('2026-11-28T05:17:00.000Z')
})
