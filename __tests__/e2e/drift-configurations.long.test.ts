// Two configurations of one repository whose eval sets have one name: each has its own history, its own drift and its own accept.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HistoryRecord } from '../../src/drift/records.ts'
import { git } from '../fakes/git.ts'
import type { Files } from '../fakes/repository.ts'
import { type Days, startDays, watched } from './drift-days.ts'
import { reportIn } from './launch.ts'

const TIMEOUT = 180_000
const FOLDERS = ['services/a', 'services/b'] as const
type Folder = (typeof FOLDERS)[number]

function within(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]))
}

async function at(days: Days, day: number, folder: Folder, args: readonly string[] = []) {
  const { run } = await days.day(day, ['--working-directory', folder, ...args])
  const report = await reportIn(join(days.workspace, folder))
  return { run, report, set: report?.drift?.sets[0] }
}

async function linesOf({ repository }: Days): Promise<readonly HistoryRecord[]> {
  const names = (await git(repository.bare, ['ls-tree', '-r', '--name-only', 'prompt-parity-history'])).split('\n')
  const files = names.filter((name) => name.endsWith('.jsonl'))
  const show = (file: string) => git(repository.bare, ['show', `prompt-parity-history:${file}`])
  const texts = await Promise.all(files.map(show))
  return texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line))
}

describe('two configurations with an eval set of one name', () => {
  it('are kept apart, though they ask the very same', { timeout: TIMEOUT }, async () => {
    await using days = await startDays({
      ...within('services/a', watched({ cases: 40, config: 'mode: enforce\n' })),
      ...within('services/b', watched({ cases: 40, config: 'mode: enforce\n' })),
    })
    days.weather = { flake: 0 }
    for (const folder of FOLDERS) expect((await at(days, 0, folder)).set?.state).toBe('baseline')
    expect(days.llm.stats().requests).toBe(800)
    // A falls, at the same moment at which B is well.
    days.weather = { flake: 0, broken: 8 }
    expect((await at(days, 1, 'services/a')).set?.state).toBe('drift')
    days.weather = { flake: 0 }
    expect((await at(days, 1, 'services/b')).set?.state).toBe('in-band')
    const none = await days.command(2, ['drift', 'accept', '--working-directory', 'services/b', '--reason', 'x'])
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('no eval set drifts')])
    const accepted = await days.command(2, ['drift', 'accept', '--working-directory', 'services/a', '--reason', 'x'])
    expect(accepted.code).toBe(0)
    days.weather = { flake: 0, broken: 8 }
    expect((await at(days, 3, 'services/a')).set?.state).toBe('baseline')
    days.weather = { flake: 0 }
    const other = await at(days, 3, 'services/b')
    expect([other.set?.state, other.set?.trend.length]).toEqual(['in-band', 2])
    // What was spent is counted for the repository.
    expect(Number(other.report?.drift?.monthUsd)).toBeGreaterThan(0)
    const page = await git(days.repository.bare, ['show', 'prompt-parity-history:index.html'])
    for (const folder of FOLDERS) expect(page).toContain(`support (${folder}/parity.yaml)`)
    const registry = await git(days.repository.bare, ['show', 'prompt-parity-history:registry.json'])
    const scores = JSON.parse(registry).map((one: { prompt: string; score: number }) => [one.prompt, one.score])
    expect(scores).toEqual([
      ['services/a/prompts/support.md', 80],
      ['services/b/prompts/support.md', 100],
    ])
  })

  it('a history that names no configuration stays that of the only one', { timeout: TIMEOUT }, async () => {
    await using days = await startDays(within('services/a', watched({ cases: 20, config: 'mode: enforce\n' })))
    days.weather = { flake: 0 }
    const first = await at(days, 0, 'services/a')
    // As an early release wrote it.
    const lines = (await linesOf(days)).map((record) => {
      const { config, ...rest } = record
      return `${JSON.stringify(rest)}\n`
    })
    const month = 'runs/2026-11.jsonl'
    await days.repository.commit({ [month]: lines.join('') }, 'As it was', {
      branch: 'prompt-parity-history',
      from: 'prompt-parity-history',
    })
    const second = await at(days, 1, 'services/a')
    expect([second.set?.state, second.set?.baseline?.at]).toEqual(['in-band', first.set?.baseline?.at])
    expect(days.llm.stats().requests).toBe(220)
  })
})
