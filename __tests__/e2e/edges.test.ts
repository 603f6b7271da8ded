// Surroundings that nobody meant: each ends in a result, or in an error that says what to do with an exit code of its own. Never
// in a stack trace, in a hang, in 1 (a gate's alone), or in a write to where a commit wants it.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { git } from '../fakes/git.ts'
import { type FakeLlm, startFakeLlm } from '../fakes/llm.ts'
import { createRepository } from '../fakes/repository.ts'
import { application, INSTRUCTION } from './application.ts'
import { type CliRun, cli, providers } from './launch.ts'
import { PROMPT, project, rightAnswer } from './project.ts'

const RUN = ['run', '--base', 'origin/main', '--head', 'HEAD', '--format', 'json']

type Place = {
  readonly cwd: string
  readonly llm: FakeLlm
  readonly run: (more?: Partial<CliRun>, args?: string[]) => ReturnType<typeof cli>
}

async function place(use: (of: Place) => Promise<void>, files = project({ cases: 3 })): Promise<void> {
  await using repository = await createRepository({ files })
  const change =
    'app/prompt.txt' in files
      ? { 'app/prompt.txt': `${INSTRUCTION} Be brief.` }
      : { 'prompts/capital.md': `${PROMPT}Be brief.\n` }
  await repository.commit(change, 'Change', { branch: 'change' })
  const cwd = await repository.cloneFull('change')
  await using llm = await startFakeLlm({ seed: 'edges', answer: rightAnswer })
  const run: Place['run'] = (more = {}, args = []) =>
    cli([...RUN, ...args], { cwd, ...more, env: { ...providers(llm), ...more.env } })
  await use({ cwd, llm, run })
}

/** A shell command around the program, which it names `"$@"`. */
const inShell = (text: string) => (command: readonly string[]) => ['bash', '-c', text, 'bash', ...command]

const error = (text: string) => text.split('\n').filter((line) => line.startsWith('error: '))

describe('git', () => {
  it('of another place by its variables, as in a hook: the repository is the one of the folder', async () => {
    await place(async ({ cwd, run }) => {
      await using other = await createRepository({ files: { 'a.md': 'Other\n' } })
      const elsewhere = await other.cloneFull('main')
      const calm = JSON.parse((await run()).stdout)
      const GIT = {
        GIT_DIR: join(elsewhere, '.git'),
        GIT_WORK_TREE: elsewhere,
        GIT_INDEX_FILE: join(cwd, 'no', 'index'),
      }
      for (const env of [GIT, { GIT_OBJECT_DIRECTORY: join(cwd, 'no'), GIT_ALTERNATE_OBJECT_DIRECTORIES: elsewhere }]) {
        const ran = await run({ env })
        expect([ran.code, JSON.parse(ran.stdout || '{}').sides], ran.stderr).toEqual([0, calm.sides])
      }
    })
  })

  it('that is told what a path means reads those that we ask for all the same', async () => {
    await place(async ({ cwd }) => {
      const log = (env: { readonly [name: string]: string }) =>
        cli(['log', 'prompts/capital.md', '--format', 'json'], { cwd, env })
      const calm = await log({})
      for (const name of ['GIT_LITERAL_PATHSPECS', 'GIT_ICASE_PATHSPECS', 'GIT_GLOB_PATHSPECS']) {
        const ran = await log({ [name]: '1' })
        expect([ran.code, ran.stdout], ran.stderr).toEqual([0, calm.stdout])
      }
    })
  })

  it('in a folder whose name ends in white space', async () => {
    await place(async ({ cwd, run }) => {
      for (const end of [' ', '\n']) {
        const odd = `${cwd}${end}`
        renameSync(cwd, odd)
        const ran = await run({ cwd: odd })
        expect([ran.code, error(ran.stderr)]).toEqual([0, []])
        renameSync(odd, cwd)
      }
    })
  })
})

it('told to end while git does not answer, it ends', async () => {
  await place(async ({ cwd, run }) => {
    const bin = join(dirname(cwd), 'bin')
    const up = join(dirname(cwd), 'up')
    mkdirSync(bin)
    writeFileSync(join(bin, 'git'), `#!/bin/sh\nsleep 2\ntouch ${up}\nexec sleep 100\n`, { mode: 0o755 })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      rmSync(up, { force: true })
      const kill = { when: () => existsSync(up), signal }
      const ran = await run({ env: { PATH: `${bin}:${process.env.PATH}` }, kill })
      expect([ran.code, ran.stdout, error(ran.stderr).length], ran.stderr).toEqual([3, '', 1])
    }
  })
})

describe('the process', () => {
  it('in a folder that is gone: a wrong place, and help all the same', async () => {
    await place(async ({ cwd, run }) => {
      const gone = join(cwd, '..', 'gone')
      const within = inShell(`mkdir ${gone}; cd ${gone}; rmdir ${gone}; exec "$@"`)
      const ran = await run({ within })
      expect([ran.code, ran.stdout, ran.stderr]).toEqual([
        2,
        '',
        expect.stringMatching(/^error: the folder in which .* not there any more/),
      ])
      expect((await cli(['--help'], { cwd, within })).code).toBe(0)
    })
  })

  it('with nobody to hear of its progress: a full device, a pipe that is closed', async () => {
    await place(async ({ run }) => {
      for (const text of ['exec "$@" 2> /dev/full', '"$@" 2>&1 >/dev/null | true; exit "$PIPESTATUS"'])
        expect((await run({ within: inShell(text) })).code, text).toBe(0)
    })
  })

  it('without a temporary folder for the work trees of an application: said as such', async () => {
    await place(
      async ({ cwd, run }) => {
        for (const temporary of [join(cwd, 'nowhere'), join(cwd, 'app', 'prompt.txt')]) {
          const ran = await run({ env: { TMPDIR: temporary } })
          expect([ran.code, ran.stdout], ran.stderr).toEqual([2, ''])
          expect(error(ran.stderr)).toEqual([
            expect.stringMatching(/work trees .* temporary folder .* \(ENO\w+\).*TMPDIR/),
          ])
        }
      },
      application({ answer: `return 'Paris'`, count: 2 }),
    )
  })
})

describe('our own folder', () => {
  let victim = ''
  beforeEach(() => {
    victim = ''
  })
  const precious = (cwd: string) => {
    victim = join(dirname(cwd), 'victim')
    mkdirSync(victim)
    writeFileSync(join(victim, 'precious'), 'text')
  }
  const LINKS: { readonly [name: string]: (cwd: string) => void } = {
    'the folder': (cwd) => symlinkSync('../victim', join(cwd, '.parity')),
    'the file that hides it': (cwd) => {
      mkdirSync(join(cwd, '.parity'))
      symlinkSync('../../victim/precious', join(cwd, '.parity', '.gitignore'))
    },
    'the folder of reports': (cwd) => {
      mkdirSync(join(cwd, '.parity'))
      symlinkSync('../../victim', join(cwd, '.parity', 'report'))
    },
    'the state': (cwd) => {
      mkdirSync(join(cwd, '.parity'))
      symlinkSync('../../victim', join(cwd, '.parity', 'state'))
    },
    'the folder, into nothing': (cwd) => symlinkSync('../nothing', join(cwd, '.parity')),
  }
  it.each(Object.keys(LINKS))('as a link that came with a commit is not written through: %s', async (name) => {
    await place(async ({ cwd, run }) => {
      precious(cwd)
      LINKS[name]?.(cwd)
      await git(cwd, ['add', '--force', '.parity'])
      await git(cwd, ['-c', 'user.name=n', '-c', 'user.email=e@example.invalid', 'commit', '-qm', 'Link'])
      const ran = await run()
      expect([ran.code, ran.stdout]).toEqual([2, ''])
      expect(error(ran.stderr)).toEqual([expect.stringMatching(/\.parity\S* is a symbolic link.*nothing is written/)])
      const left = spawnSync('ls', ['-A', victim], { encoding: 'utf8' }).stdout.trim()
      expect([left, readFileSync(join(victim, 'precious'), 'utf8')]).toEqual(['precious', 'text'])
    })
  })

  it('with something else in place of its files: an error at once', async () => {
    await place(async ({ cwd, run }) => {
      const state = join(cwd, '.parity', 'state')
      const pipe = (path: string) => spawnSync('mkfifo', [path])
      const long = await run({}, ['--report-dir', `.parity/${'long'.repeat(80)}`])
      expect([long.code, long.stdout, error(long.stderr).length], long.stderr).toEqual([2, '', 1])
      const odd: readonly (() => unknown)[] = [
        () => mkdirSync(join(state, 'answers.jsonl')),
        () => pipe(join(state, 'answers.jsonl')),
        () => pipe(join(cwd, '.parity', '.gitignore')),
      ]
      for (const make of odd) {
        rmSync(join(cwd, '.parity'), { recursive: true, force: true })
        mkdirSync(state, { recursive: true })
        make()
        const ran = await run()
        expect([ran.code, ran.stdout, error(ran.stderr).length], ran.stderr).toEqual([2, '', 1])
        expect(ran.stderr).not.toContain('defect')
      }
    })
  })

  it('where no folder can be made, as in /proc: an error, and no end to waiting for it', async () => {
    await place(async ({ run }) => {
      for (const option of ['--state-dir', '--report-dir']) {
        const ran = await run({}, [option, '/proc/none/deep'])
        expect([ran.code, ran.stdout, error(ran.stderr).length], ran.stderr).toEqual([2, '', 1])
      }
    })
  })
})

it('a file of the working tree that may not be read: named', async () => {
  await place(async ({ cwd }) => {
    const config = join(cwd, 'parity.yaml')
    writeFileSync(config, 'mode: report\n')
    chmodSync(config, 0o000)
    const isRoot = process.getuid?.() === 0
    // The superuser may read everything.
    if (isRoot && spawnSync('setpriv', ['--version']).error !== undefined) return
    const within = (command: readonly string[]) =>
      isRoot ? ['setpriv', '--reuid=65534', '--clear-groups', ...command] : command
    chmodSync(dirname(cwd), 0o777)
    chmodSync(cwd, 0o755)
    const folders = ['state', 'report'].flatMap((name) => [`--${name}-dir`, join(dirname(cwd), name)])
    const ran = await cli(['run', '--base', 'origin/main', ...folders], { cwd, within, env: providers(undefined) })
    expect([ran.code, error(ran.stderr)]).toEqual([
      2,
      [expect.stringMatching(/parity\.yaml.*(may not be read|Permission denied)/)],
    ])
  })
})

describe('the folders for answers and for reports', () => {
  it.each([
    ['.parity/report', '.parity/report/state', 'lie one in the other'],
    ['.parity/state/report', '.parity/state', 'lie one in the other'],
    ['out', 'out/', 'are one folder'],
    ['.parity/report', '.', 'lie one in the other'],
  ])('%s and %s are refused before any call', async (report, state, how) => {
    await place(async ({ llm, run }) => {
      const ran = await run({}, ['--report-dir', report, '--state-dir', state])
      expect([ran.code, ran.stdout, llm.requests.length]).toEqual([2, '', 0])
      expect(ran.stderr).toContain(how)
    })
  })

  it('are followed through links', async () => {
    await place(async ({ cwd, run }) => {
      mkdirSync(join(cwd, 'out'))
      symlinkSync('out', join(cwd, 'link'))
      const ran = await run({}, ['--report-dir', 'out', '--state-dir', 'link/state'])
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('lie one in the other')])
    })
  })
})
