import { expect, it } from 'vitest'
import { stderrNote } from '../../src/targets/stderr-note.ts'

const frames = (count: number, frame = '    at run (file:///app/deep.mjs:3:9)') => Array(count).fill(frame)
const note = (...lines: readonly string[]) => stderrNote(`${lines.join('\n')}\n`)

it.each([
  [
    'Node',
    [
      'file:///app/a.mjs:3',
      "  throw new Error('x')",
      '  ^',
      '',
      'Error: missing setting X',
      ...frames(10),
      '',
      'Node.js v24',
    ],
    /^; it wrote: Error: missing setting X \| /,
  ],
  [
    'Node with properties and a cause',
    [
      ...['Error: no index', ...frames(8), '    at load (a.mjs:1:1) {', "  [cause]: Error: ENOENT: 'index.json'"],
      ...[
        ...frames(4),
        '    errno: -2,',
        "    code: 'ENOENT',",
        "    syscall: 'open',",
        '    path: 1',
        '  }',
        '}',
        'Node.js v24',
      ],
    ],
    /^; it wrote: Error: no index \| \[cause\]: Error: ENOENT: 'index\.json' \| /,
  ],
  [
    'Java',
    [
      ...['Exception in thread "main" java.lang.RuntimeException: start', ...frames(9, '\tat a.B.c(B.java:3)')],
      ...['Caused by: java.io.IOException: no disk', ...frames(9, '\tat a.B.c(B.java:3)'), '\t... 5 more'],
    ],
    /^; it wrote: Exception in thread "main" java\.lang\.RuntimeException: start \| Caused by: java\.io\.IOException: no disk$/,
  ],
  [
    'Go',
    ['panic: no key', '', 'goroutine 1 [running]:', ...Array(9).fill('main.f(...)\n\t/a.go:5 +0x1d'), 'exit status 2'],
    /^; it wrote: panic: no key \| /,
  ],
  [
    'three causes with long words, and the end',
    [
      ...[`Error: ${'a'.repeat(300)}`, ...frames(3), 'Error: between', ...frames(3), `Error: why ${'b'.repeat(300)}`],
      ...[...frames(3), 'npm error code 1'],
    ],
    /^; it wrote: Error: a{83} \| Error: why b{79} \| (?:Error: between \| )?npm error code 1$/,
  ],
  [
    'words that begin with "at"',
    ['could not start', '    at least one key is missing', 'stopped'],
    /^; it wrote: could not start \| at least one key is missing \| stopped$/,
  ],
  [
    'Python',
    ['Traceback (most recent call last):', '  File "a.py", line 1', '    from foo import bar', "ImportError: no 'bar'"],
    /ImportError: no 'bar'$/,
  ],
  [
    'Python, an assignment',
    ['  File "a.py", line 1', '    at = 1 / 0', 'ZeroDivisionError: x'],
    /ZeroDivisionError: x$/,
  ],
  ['a long line without a stack', [`${'x'.repeat(5000)} the end`], /^; it wrote: x{272} the end$/],
  ['nothing', ['', ' '], /^$/],
])('%s: the line that names the error is kept', (_name, lines, expected) => {
  expect(note(...lines)).toMatch(expected)
  expect(note(...lines).length).toBeLessThan(320)
})

it('reads what was written once, whatever it is', () => {
  const started = performance.now()
  for (const line of [`${' '.repeat(200_000)}at`, '    at x\n'.repeat(50_000), `    from ${':1'.repeat(100_000)}`])
    stderrNote(line)
  expect(performance.now() - started).toBeLessThan(1000)
})
