import { describe, expect, it } from 'vitest'
import { PROMPT, project, wrongWhen } from './project.ts'
import { stage } from './stage.ts'

describe('the action on a pull request', () => {
  it('fails a regression, comments, and names the broken cases', async () => {
    await using play = await stage({
      base: project(),
      head: { 'prompts/capital.md': `${PROMPT}Be thorough.\n` },
      llm: { answer: wrongWhen('thorough', ['France', 'Japan', 'Kenya', 'Peru']) },
    })
    const { action, report, comments } = await play.run()
    console.log(action.stdout.slice(0, 3000), action.stderr.slice(0, 2000))
    expect(play.llm.violations).toEqual([])
    expect(play.github.violations).toEqual([])
    expect(report?.verdict.outcome).toBe('fail')
    expect(action.code).toBe(1)
    expect(action.outputs.verdict).toBe('fail')
    expect(comments()).toHaveLength(1)
    console.log(comments()[0])
  })
})
