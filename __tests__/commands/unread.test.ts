// What looks like a configuration and is not read: a green run that checked nothing must say so.

import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { evalFile } from '../detect/repository.ts'
import { cli, inRepository } from './cli.ts'

const APP = { 'app/answer.mjs': 'export const x = 1\n' }
const EVALS = { ...APP, 'evals/app.eval.yaml': evalFile('  command: [node, ../app/answer.mjs]') }
const INIT =
  'There is no parity.yaml and no eval set here, so that nothing is checked: `prompt-parity init` writes both.'

async function saidIn(cwd: string, at: readonly string[] = ['--base', 'HEAD']) {
  const [run, detect, validate] = await Promise.all([
    cli(cwd, ['run', ...at, '--format', 'json']),
    cli(cwd, ['detect', ...at]),
    cli(cwd, ['validate']),
  ])
  expect([run.code, detect.code, validate.code]).toEqual([0, 0, 0])
  const notes: readonly string[] = JSON.parse(run.stdout).run.notes
  const lines = ({ stderr }: { readonly stderr: string }) => stderr.split('\n').filter((line) => line !== '')
  expect(lines(detect)).toEqual(notes)
  expect(lines(validate)).toEqual(notes)
  return notes
}

describe.concurrent('what is not read', () => {
  it('is told where there is nothing to check, and not where there is', async () => {
    await inRepository(APP, async (cwd) => expect(await saidIn(cwd)).toEqual([INIT]))
    await inRepository(EVALS, async (cwd) => expect(await saidIn(cwd)).toEqual([]))
    await inRepository({ ...APP, 'parity.yaml': '' }, async (cwd) => expect(await saidIn(cwd)).toEqual([]))
  })

  it('is a configuration of another name', () =>
    inRepository({ ...EVALS, 'parity.yml': 'gates: { must_pass: [a] }\n', 'docs/parity.yml': '' }, async (cwd) => {
      expect(await saidIn(cwd)).toEqual(['parity.yml is not read: the configuration is called parity.yaml.'])
      await writeFile(join(cwd, 'parity.yaml'), '')
      expect(await saidIn(cwd)).toEqual([])
    }))

  it('is one that git ignores, that is a folder, or that is no file', () =>
    inRepository({ ...EVALS, '.gitignore': 'parity.*\n' }, async (cwd) => {
      const file = join(cwd, 'parity.yaml')
      await writeFile(file, 'mode: report\n')
      expect(await saidIn(cwd)).toEqual([
        'parity.yaml is not read: git ignores it (`git check-ignore -v` names the rule), so that no commit would have it.',
      ])
      // A commit has what it has, whatever lies in the folder.
      expect((await cli(cwd, ['detect', '--base', 'HEAD', '--head', 'HEAD'])).stderr).toBe('')
      await rm(file)
      await mkdir(file)
      expect(await saidIn(cwd)).toEqual(['parity.yaml is not read: it is a folder.'])
      await rm(file, { recursive: true })
      await promisify(execFile)('mkfifo', [file])
      expect(await saidIn(cwd)).toEqual(['parity.yaml is not read: it is not a regular file.'])
    }))

  it('is a pattern that no file matches, and a name that no variant has', () =>
    inRepository(
      {
        ...EVALS,
        'evals/other.eval.yaml': evalFile(
          '  command: [node, ../app/answer.mjs]',
          'paths: ["app/**", "!lib/**", "ap/**"]\n',
        ),
        'parity.yaml':
          'evals: ["evals/**/*.eval.yaml", "evls/**"]\nprompts: ["app/**", "prmpts/**"]\ngate_on: ["app", "oth*", "none*"]\n',
      },
      async (cwd) =>
        expect(await saidIn(cwd)).toEqual([
          'parity.yaml: `evals` has `evls/**`, which no file matches.',
          'parity.yaml: `prompts` has `prmpts/**`, which no file matches.',
          'evals/other.eval.yaml: `paths` has `ap/**`, which no file matches.',
          'parity.yaml: `gate_on` has `none*`, which no variant is called.',
        ]),
    ))

  it('is an eval set among the tests, where there is no other', async () => {
    const tests = { ...APP, 'tests/app.eval.yaml': EVALS['evals/app.eval.yaml'] }
    const said = 'tests/app.eval.yaml is not read: '
    await inRepository(tests, async (cwd) => {
      expect(await saidIn(cwd)).toEqual([`${said}folders of tests and examples count once \`evals:\` names them.`])
    })
    await inRepository({ ...tests, 'parity.yaml': 'evals: ["evals/**"]\n' }, async (cwd) => {
      expect(await saidIn(cwd)).toEqual([
        `${said}no pattern of \`evals:\` has it.`,
        'parity.yaml: `evals` has `evals/**`, which no file matches.',
      ])
    })
    await inRepository({ ...EVALS, ...tests }, async (cwd) => expect(await saidIn(cwd)).toEqual([]))
  })

  it('is looked for in the working directory', () =>
    inRepository(
      {
        'api/parity.yaml': 'prompts: ["app/**", "lib/**"]\n',
        'api/app/a.txt': 'x',
        'lib/b.txt': 'x',
        'api/a.eval.yaml': evalFile('  command: [node, app/a.mjs]'),
      },
      async (cwd) => {
        const { stderr } = await cli(cwd, ['detect', '--base', 'HEAD', '--working-directory', 'api'])
        expect(stderr).toBe('')
      },
    ))
})
