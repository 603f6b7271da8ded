import { describe, expect, it } from 'vitest'
import { type Config, loadConfig } from '../../src/config/config.ts'
import { stricterConfig } from '../../src/gate/stricter-config.ts'
import { memoryTree } from '../fakes/tree.ts'

const config = (text?: string): Promise<Config> =>
  loadConfig(memoryTree(text === undefined ? {} : { 'parity.yaml': text }))
const route = (limits: string) => `routes:\n  - { name: chat, evals: [a], requests_per_month: 10${limits} }\n`

describe('stricterConfig', () => {
  it.each([
    ['raised', route(', monthly_usd: 100'), route(', monthly_usd: 900'), 100, ['routes.chat.monthly_usd']],
    ['removed', route(', monthly_usd: 100'), route(''), 100, ['routes.chat.monthly_usd']],
    ['lowered', route(', monthly_usd: 100'), route(', monthly_usd: 50'), 50, []],
    ['new', route(''), route(', monthly_usd: 70'), 70, []],
  ])('a ceiling that is %s', async (_, before, after, limit, gates) => {
    const made = stricterConfig(await config(before), await config(after))
    expect(made.config.routes[0]?.monthlyUsd).toBe(limit)
    expect(made.loosened.map((one) => one.gate)).toEqual(gates)
  })

  it('a route or a file that is removed still holds for this change', async () => {
    const base = await config(route(', monthly_delta_usd: 5'))
    expect(stricterConfig(base, await config('mode: enforce\n')).config.routes).toHaveLength(1)
    const deleted = stricterConfig(base, await config())
    expect(deleted.config.routes).toHaveLength(1)
    expect(deleted.loosened).toHaveLength(1)
  })

  it('nothing to compare with leaves the head as it is', async () => {
    const head = await config(route(', monthly_usd: 1'))
    expect(stricterConfig(null, head)).toEqual({ config: head, loosened: [] })
    expect(stricterConfig(await config(), head)).toEqual({ config: head, loosened: [] })
  })

  it('keeps the patterns of the base beside others, whether or not the base has a file', async () => {
    const head = await config('ignore: [evals/**]\nlifecycle: [ends.json]\n')
    const before = { prompts: [], ignore: ['ends.json'] }
    expect(stricterConfig(await config('mode: enforce\n'), head).config.before).toEqual(before)
    expect(stricterConfig(await config(), head).config.before).toEqual(before)
    expect(stricterConfig(head, head).config.before).toBeUndefined()
  })
})
