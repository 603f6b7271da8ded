// Ways to pay less through the shipped program: one that is worth a line, and those that are not.

import { describe, expect, it } from 'vitest'
import { startFakeLlm } from '../fakes/llm.ts'
import type { AnswerSpec, CallContext } from '../fakes/llm-answers.ts'
import { scanMarkdown } from '../fakes/markdown.ts'
import type { Files } from '../fakes/repository.ts'
import { change as changed } from './change.ts'
import { evalFile, project, rightAnswer } from './project.ts'

const RULES = Array.from(
  { length: 120 },
  (_, i) => `Rule ${i}: name the city of country number ${i} in its own language.`,
).join('\n')
const route = (more: string) => `routes:\n  - { name: atlas, evals: [capital], ${more} }\n`

async function change(before: Files, head: Files, answer: (context: CallContext) => string | AnswerSpec = rightAnswer) {
  await using llm = await startFakeLlm({ seed: 'levers', answer })
  const ran = await changed(llm, { base: before, head })
  expect(llm.violations).toEqual([])
  const file = (name: string) => ran.files.find((one) => one.path.endsWith(name))?.text ?? ''
  return { ...ran, levers: ran.report?.levers ?? [], file }
}

const prompt = (text: string): Files => ({ 'prompts/capital.md': text })

describe.concurrent('a variable before long fixed text', () => {
  const late = `Question: {{ question }}\n\n${RULES}\n`
  const base = (more: string) => ({ ...project({ cases: 6 }), ...prompt(late), 'parity.yaml': route(more) })

  it('is named with its monthly figure, in one line of the comment and in full elsewhere', async () => {
    const ran = await change(
      base('requests_per_month: 1000000, prompt_cache_hit_ratio: 0.9'),
      prompt(`${late}Be brief.\n`),
    )
    expect(ran.levers.map(({ kind, per, route: name }) => [kind, per, name])).toEqual([
      ['prefix-order', 'month', 'atlas'],
    ])
    const [lever] = ran.levers
    expect(lever?.message).toMatch(/^The variable question stands before [\d,]+ tokens of fixed text\./)
    expect(Number(lever?.usd.low)).toBeGreaterThan(50)
    const comment = ran.file('comment.md')
    expect(comment.match(/Could save/g)).toHaveLength(1)
    expect(comment).toMatch(/\*\*Could save\*\* about \$[\d,.]+ a month(, | \(at least \$)/)
    for (const name of ['summary.md', 'report.html']) {
      expect(ran.file(name)).toContain('Ways to pay less')
      expect(ran.file(name)).toContain('cache hits: 90 %, as the route says')
    }
    expect(scanMarkdown(comment).mentions).toEqual([])
  })

  it('below the floor of a comment it is in the report alone', async () => {
    const ran = await change(base('requests_per_month: 300'), prompt(`${late}Be brief.\n`))
    expect(ran.levers).toEqual([])
    const more = await change(base('requests_per_month: 10000'), prompt(`${late}Be brief.\n`))
    expect(more.levers.map((one) => one.kind)).toEqual(['prefix-order'])
    expect(Number(more.levers[0]?.usd.point)).toBeLessThan(50)
    expect(more.levers[0]?.evidence.join()).toContain('68.6 %, for 10,000 requests a month that come evenly')
    expect(more.file('comment.md')).not.toContain('Could save')
    expect(more.file('summary.md')).toContain('Ways to pay less')
  })

  it('without a route the figure is that of a thousand requests', async () => {
    const { 'parity.yaml': _, ...before } = base('requests_per_month: 1')
    const ran = await change(before, prompt(`${late}Be brief.\n`))
    expect(ran.levers[0]).toMatchObject({ kind: 'prefix-order', per: '1000-requests', route: null })
    expect(ran.levers[0]?.evidence.join()).toContain('if every request finds it in the cache')
    expect(ran.file('comment.md')).not.toContain('Could save')
  })

  it('that the change itself put there has the figure of the finding', async () => {
    const before = { ...base('requests_per_month: 1000000, prompt_cache_hit_ratio: 0.9') }
    const ran = await change({ ...before, ...prompt(`${RULES}\n\nQuestion: {{ question }}\n`) }, prompt(late))
    const found = ran.report?.verdict.findings.find(({ rule }) => rule === 'cache-break')?.message ?? ''
    const lost = Number(/costs \$([\d,]+) a month/.exec(found)?.[1]?.replaceAll(',', ''))
    expect(ran.levers.map(({ kind }) => kind)).toEqual(['prefix-order'])
    // Tokens are rounded for each call in one, and in the mean in the other.
    expect(Number(ran.levers[0]?.usd.point) / lost).toBeCloseTo(1, 2)
  })

  it('with the fixed text first there is nothing to say', async () => {
    const early = `${RULES}\n\nQuestion: {{ question }}\n`
    const before = { ...base('requests_per_month: 1000000'), ...prompt(early) }
    const ran = await change(before, prompt(early.replace('Question', 'The question')))
    expect(ran.levers).toEqual([])
  })
})

describe.concurrent('other ways', () => {
  it('the same text twice, traffic for which nobody waits, and long answers', async () => {
    const extra = 'gates: { tokens: { max_output: { limit: 20, level: warn } } }\n'
    const twice = `${RULES}\n\nAnswer this.\n\n${RULES}\n\n{{ question }}\n`
    const before = {
      ...project({ cases: 6 }),
      'evals/capital.eval.yaml': evalFile({ extra }).replace('max_tokens: 50', 'max_tokens: 500'),
      ...prompt(twice),
      'parity.yaml': route('requests_per_month: 500000, interactive: false'),
    }
    const wordy = (context: CallContext) =>
      `${rightAnswer(context)}. ${'It is a very old and beautiful city. '.repeat(20)}`
    const ran = await change(before, prompt(`${twice}Be brief.\n`), wordy)
    expect(ran.levers.map((one) => one.kind).sort()).toEqual(['batch', 'long-answers', 'repeated-context'])
    const of = (kind: string) => ran.levers.find((one) => one.kind === kind)
    expect(of('batch')).toMatchObject({ percent: 50, evidence: expect.arrayContaining(['factor of batch, published']) })
    expect(of('repeated-context')?.message).toContain('The same text stands twice in the request')
    expect(of('long-answers')?.message).toContain("beyond the set's own limit of 20 tokens")
    // The largest alone is in the comment.
    expect(ran.file('comment.md').match(/Could save/g)).toHaveLength(1)
    expect(ran.file('comment.md')).toContain('2 more ways to pay less in the job summary')
  })

  it('names are shown as text', async () => {
    const name = '@everyone <img src=x> [a](http://b)'
    const files = {
      ...project({ cases: 6 }),
      'evals/capital.eval.yaml': evalFile().replace('name: capital', `name: ${JSON.stringify(name)}`),
    }
    const before = {
      ...files,
      ...prompt(`{{ question }}\n\n${RULES}\n`),
      'parity.yaml': `routes: [{ name: ${JSON.stringify(name)}, evals: [${JSON.stringify(name)}], requests_per_month: 9000000 }]\n`,
    }
    const ran = await change(before, prompt(`{{ question }}\n\n${RULES}\nBe brief.\n`))
    expect(ran.levers).toHaveLength(1)
    for (const file of ['comment.md', 'summary.md']) {
      const found = scanMarkdown(ran.file(file))
      expect([
        ...found.mentions,
        ...found.images,
        ...found.links.filter((link) => JSON.stringify(link).includes('//b')),
      ]).toEqual([])
    }
    expect(ran.file('report.html')).not.toContain('<img')
  })
})
