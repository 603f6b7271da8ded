import { describe, expect, it } from 'vitest'
import { PROMPT, project, rightAnswer, wrongWhen } from './project.ts'
import { stage } from './stage.ts'

const inFolder = (files: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`services/atlas/${path}`, text])) as ReturnType<
    typeof project
  >

describe('the action on a pull request', () => {
  it('runs in a folder of a monorepo and points at files of the repository', async () => {
    await using play = await stage({
      base: { 'README.md': 'x', ...inFolder(project()) },
      head: { 'services/atlas/prompts/capital.md': `${PROMPT}Be thorough.\n` },
      llm: { answer: wrongWhen('thorough', ['France', 'Japan', 'Kenya', 'Peru']) },
      inputs: { 'working-directory': 'services/atlas' },
    })
    const { action, comments } = await play.run()
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('fail')
    expect(action.outputs['report-dir']).toMatch(/services\/atlas\/\.parity\/report$/)
    expect(action.annotations[0]).toMatchObject({ properties: { file: 'services/atlas/prompts/capital.md' } })
    expect(comments()[0]).toContain('prompt-parity:services/atlas/parity.yaml')
  })

  it('is done without a call when another folder of the monorepo changes', async () => {
    await using play = await stage({
      base: { ...inFolder(project()), 'services/other/prompts/x.md': 'one\n' },
      head: { 'services/other/prompts/x.md': 'two\n' },
      inputs: { 'working-directory': 'services/atlas' },
    })
    const { action } = await play.run()
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('nothing-affected')
    expect(play.llm.requests).toHaveLength(0)
  })

  it('plans and prices a dry run without a call', async () => {
    await using play = await stage({
      base: project(),
      head: { 'prompts/capital.md': `${PROMPT}Be brief.\n` },
      inputs: { 'dry-run': 'true' },
    })
    const { action, report } = await play.run()
    expect(action.outputs.verdict).toBe('planned')
    expect(action.code).toBe(0)
    expect(report?.run.plan?.calls).toBe(40)
    expect(Number(report?.run.plan?.usd)).toBeGreaterThan(0)
    expect(Number(report?.run.plan?.worstUsd)).toBeGreaterThan(Number(report?.run.plan?.usd))
    expect(play.llm.requests).toHaveLength(0)
  })

  it('calls only the cases that reach the changed branch of a template', async () => {
    const branch = (tone: string) =>
      `${PROMPT}{% if question == "What is the capital of Peru?" %}${tone}{% endif %}\n{{ question }}\n`
    await using play = await stage({
      base: project({ prompt: branch('Be kind.') }),
      head: { 'prompts/capital.md': branch('Be very kind.') },
      llm: { answer: rightAnswer },
    })
    const { action, report } = await play.run()
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('pass')
    expect(play.llm.requests).toHaveLength(2)
    expect(report?.evalSets[0]?.cases).toMatchObject({ paired: 20, identical: 19 })
    expect(report?.evalSets[0]?.score.delta).toBe(0)
  })

  it('calls a tie once when a gate needs its level', async () => {
    await using play = await stage({
      base: project({ extra: 'gates: { min_score: 50 }\n', prompt: `${PROMPT}{{ question }}\n` }),
      head: {
        'evals/cases/capital.jsonl': `${project()['evals/cases/capital.jsonl']}{"id": "new", "vars": {"question": "What is the capital of France?"}, "expected": "Paris"}\n`,
      },
      llm: { answer: rightAnswer },
    })
    const { action, report } = await play.run()
    expect(action.outputs.verdict, action.stdout + action.stderr).toBe('pass')
    expect(play.llm.requests.length).toBeLessThanOrEqual(22)
    expect(report?.evalSets[0]?.score.head).toBe(100)
  })

  it('reports without failing in report mode', async () => {
    await using play = await stage({
      base: { ...project(), 'parity.yaml': 'mode: report\n' },
      head: { 'prompts/capital.md': `${PROMPT}Be thorough.\n` },
      llm: { answer: wrongWhen('thorough', ['France', 'Japan', 'Kenya', 'Peru']) },
    })
    const { action, comments } = await play.run()
    expect(action.outputs.verdict).toBe('fail')
    expect(action.code).toBe(0)
    expect(comments()[0]).toContain('stays green')
  })

  it('keeps model text off the runner with numbers-only', async () => {
    await using play = await stage({
      base: { ...project(), 'parity.yaml': 'comment: { outputs: numbers-only }\n' },
      head: { 'prompts/capital.md': `${PROMPT}Be thorough.\n` },
      llm: { answer: wrongWhen('thorough', ['France', 'Japan', 'Kenya', 'Peru']) },
    })
    const { action, file, comments } = await play.run()
    const shared = [
      action.stdout,
      action.summary,
      comments().join(),
      ...(await Promise.all(['report.json', 'report.html', 'junit.xml', 'calls.jsonl', 'summary.md'].map(file))),
    ]
    expect(shared.filter((text) => text.includes('whom you ask'))).toEqual([])
  })
})
