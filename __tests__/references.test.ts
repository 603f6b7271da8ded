// Which files a file names, from text that nobody vouches for.

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are source code.

import { describe, expect, it } from 'vitest'
import { wayInWords, wayTo } from '../src/references/chains.ts'
import { ancestors, importsOf, moduleCandidates } from '../src/references/imports.ts'
import { namedBy } from '../src/references/named.ts'

const link = (from: string, to: string, how = 'imports') => ({ from, to, how })

describe('imports', () => {
  it.each([
    [
      'a.ts',
      "import { A, type B, C as D } from './x'",
      [
        ['A', 'A'],
        ['B', 'B'],
        ['C', 'D'],
      ],
    ],
    [
      'a.ts',
      "import tone, { A } from './x'",
      [
        ['default', 'tone'],
        ['A', 'A'],
      ],
    ],
    ['a.ts', "import * as x from './x'", [['*', 'x']]],
    ['a.ts', "import type { A } from './x'", [['A', 'A']]],
    ['a.ts', "export * from './x'", [['*', '*']]],
    ['a.ts', "import './x'", [['*', '']]],
    [
      'a.cjs',
      "const { A, B: C } = require('./x')",
      [
        ['A', 'A'],
        ['B', 'C'],
      ],
    ],
    ['a.mjs', "const x = await import('./x')", [['*', 'x']]],
    [
      'a.py',
      'from .x import (\n  A,  # why\n  B as C,\n)',
      [
        ['A', 'A'],
        ['B', 'C'],
      ],
    ],
    ['a.py', 'from x import *', [['*', '*']]],
    ['a.py', 'import app.x as x', [['*', 'x']]],
  ])('%s: %s', (path, text, names) => {
    expect(importsOf(path, text).flatMap((one) => one.names.map((name) => [name.imported, name.local]))).toEqual(names)
  })

  it('never leads out of the repository', () => {
    for (const specifier of ['../../../etc/passwd', '/etc/passwd', '..', '../..']) {
      const one = { specifier, names: [], exported: false }
      expect(moduleCandidates('a/b.ts', one).filter((path) => path.startsWith('..') || path.startsWith('/'))).toEqual(
        [],
      )
    }
    const up = { specifier: '.....x', names: [{ imported: 'y', local: 'y' }], exported: false }
    expect(moduleCandidates('a/b.py', up).filter((path) => path.startsWith('..'))).toEqual([])
  })

  it('packages are no files, the usual alias is', () => {
    expect(moduleCandidates('a/b.ts', { specifier: 'react', names: [], exported: false })).toEqual([])
    expect(moduleCandidates('web/b.ts', { specifier: '@/x', names: [], exported: false })).toContain('web/src/x.ts')
  })

  it('counts folders upwards', () => {
    expect(ancestors('a/b')).toEqual(['a/b', 'a', ''])
    expect(ancestors('.')).toEqual([''])
  })
})

describe('names in other files', () => {
  it('no address, no absolute path', () => {
    const text =
      '{% include "/etc/passwd" %}{% include "http://x/y" %}{% include "C:\\\\x" %}{% include "../../../x" %}'
    expect(namedBy('a/b.j2', text).flatMap((one) => one.candidates)).toEqual([])
  })

  it.each([
    ['a.j2', '{% include "'],
    ['a.j2', '{%'],
    ['a.j2', `{%${' '.repeat(1_000)}`],
    ['a.j2', "{% include ['a', "],
    ['a.hbs', '{{> '],
    ['a.yaml', '$ref: '],
    ['a.yaml', 'file://'],
    ['a.yaml', '$' + '{file:'],
    ['a.ts', "import {a from './"],
    ['a.ts', 'from "x" '],
    ['a.ts', "require('./x') = "],
    ['a.py', 'from a import (\n'],
    ['a.py', 'import a, a, '],
    ['a.py', '"x.md" '],
    ['a.py', '"x" / "x.md", '],
    ['a.py', 'f"a/{x} '],
    ['a.ts', '`${a}'],
    ['a.ts', '"a/*'],
    ['a.j2', "{% include 'a' else "],
    ['a.erb', '<%= render '],
    ['a.mako', '<%include '],
    ['a.poml', '<document '],
    ['a.md', '{{ include '],
    ['a.yaml', 'extends: ['],
    ['a.yaml', 'defaults:\n - a\n'],
    ['a.yaml', '!include '],
    ['a.yaml', '- a.md '],
    ['a.yaml', '"file://'],
    ['a.java', 'import a.b.C;\n'],
    ['a.java', 'Abc '],
    ['a.cs', 'using A.B.C;\nAbc '],
    ['a.go', 'import "a/b"\n'],
    ['a.go', '//go:embed *'],
    ['a.rb', 'A::B::C::'],
    ['a.rb', "require 'a' "],
    ['a.rs', 'use crate::a::b::'],
    ['a.rs', 'include_str!('],
    ['a.php', 'require ('],
    ['a.php', 'use A\\B\\C;\n'],
    ['a.sh', '$a/b.py '],
    ['a.sh', ' -m '],
    ['a.ex', 'A.B.'],
    ['a.dart', "import 'a';\n"],
  ])('%s full of %j ends', (path, text) => {
    expect(namedBy(path, text.repeat(1_000_000 / text.length)).length).toBeLessThanOrEqual(500)
  })
})

describe('ways', () => {
  it('the shortest one', () => {
    const links = [link('a', 'b'), link('b', 'c'), link('a', 'c'), link('c', 'a')]
    expect(wayTo(links, new Set(['a']), 'c')).toEqual([link('a', 'c')])
    expect(wayTo(links, new Set(['a']), 'a')).toEqual([])
    expect(wayTo(links, new Set(['x']), 'c')).toBe(null)
  })

  it('a long one is cut', () => {
    const names = 'abcdefghij'.split('')
    const links = names.slice(1).map((to, at) => link(names[at] ?? '', to))
    expect(wayInWords(links)).toBe('a imports b, which imports c, and so on to j')
    expect(wayInWords(links.slice(0, 3))).toBe('a imports b, which imports c, which imports d')
  })
})
