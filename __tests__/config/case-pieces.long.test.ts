// Files of cases that come in pieces, and whose cases go on the shelf: nobody may see a difference to files that are read whole.

import { StringDecoder } from 'node:string_decoder'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { loadEvalSet } from '../../src/config/evalset.ts'
import { HELD_CASES } from '../../src/config/shelved-cases.ts'
import type { Case } from '../../src/domain.ts'
import { EXIT, formatProblem, UserError } from '../../src/errors.ts'
import { loadConfigs, loadSets } from '../../src/load.ts'
import type { Shelf, Tree } from '../../src/ports.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { memoryTree } from '../fakes/tree.ts'
import { known, SIX_LINES } from './names.ts'

type Bytes = { readonly [path: string]: string | Buffer }
const EVAL = SIX_LINES
const FILES: Bytes = { 'a.eval.yaml': EVAL, 'prompts/answer.md': 'Answer: {{question}}' }

/** A tree that cuts every file after so many bytes, within a character or not. */
function inPieces(files: Bytes, sizeOf: () => number): Tree {
  const whole = memoryTree(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, String(text)])))
  return {
    ...whole,
    readInPieces: async (path, take) => {
      const text = files[path]
      if (text === undefined) return false
      const [bytes, decoder] = [Buffer.from(text), new StringDecoder('utf8')]
      for (let at = 0; at < bytes.length; ) {
        const end = at + sizeOf()
        take(decoder.write(bytes.subarray(at, end)))
        at = end
      }
      take(decoder.end())
      return true
    },
  }
}

function memoryShelf(): Shelf & { readonly texts: string[] } {
  const texts: string[] = []
  return { texts, put: (text) => texts.push(text) - 1, get: (ticket) => texts[ticket] ?? '' }
}

const FIELDS: readonly (keyof Case)[] = [
  ...(['id', 'explicitId', 'vars', 'expected', 'context', 'relevant', 'messages'] as const),
  ...(['tags', 'labels', 'scorers', 'threshold', 'place', 'hash'] as const),
]
const plain = (kase: Case) => Object.fromEntries(FIELDS.map((name) => [name, kase[name]]))

async function load(tree: Tree, openShelf?: () => Shelf) {
  const config = await loadConfig(tree)
  const loaded = await loadEvalSet(tree, 'a.eval.yaml', { config, known, ...(openShelf && { openShelf }) })
  const evalSets = loaded.evalSets.map((set) => ({ ...set, cases: set.cases.map(plain) }))
  return { ...loaded, evalSets, problems: loaded.problems.map(formatProblem) }
}

/** Read whole and held, and in pieces and put away. */
async function both(files: Bytes, sizeOf: () => number = () => 64 * 1024) {
  const shelf = memoryShelf()
  const whole = await load(inPieces(files, () => Number.MAX_SAFE_INTEGER))
  return { whole, pieces: await load(inPieces(files, sizeOf), () => shelf), shelf }
}

async function expectSame(files: Bytes, sizeOf?: () => number) {
  const { whole, pieces, shelf } = await both(files, sizeOf)
  expect(pieces).toEqual(whole)
  const cases = pieces.evalSets[0]?.cases ?? []
  if (cases.length > 0) expect(shelf.texts.length > 0, `${cases.length} cases`).toBe(cases.length > HELD_CASES)
  return pieces
}

const lines = (rows: readonly string[], lineBreak = '\n') => Buffer.from(rows.map((row) => row + lineBreak).join(''))
const MANY = HELD_CASES + 300
const rowsOf = (count: number, of: (at: number) => object = (at) => ({ question: `Grüße 🎉 ${at}`, expected: 'a' })) =>
  Array.from({ length: count }, (_, at) => JSON.stringify(of(at)))

describe('a file in pieces', () => {
  const random = seededRandom('pieces')
  const any = () => 1 + Math.floor(random() * 300)
  const rows = rowsOf(MANY)

  it.each<[string, Buffer]>([
    ['with line feeds', lines(rows)],
    ['with carriage returns', lines(rows, '\r\n')],
    ['with a byte order mark', Buffer.concat([Buffer.from('\ufeff'), lines(rows)])],
    ['without a line break at its end', Buffer.from(rows.join('\n'))],
    ['with empty lines', lines(rows.flatMap((row, at) => (at % 3 === 0 ? ['', '  ', row, '\t'] : [row])))],
    ['with bytes that are no UTF-8', Buffer.from(lines(rows).map((byte, at) => (at % 5011 === 4000 ? 0xfe : byte)))],
    ['of two thousand cases, which are held', lines(rows.slice(0, HELD_CASES))],
  ])('%s', async (_, text) => {
    await expectSame({ ...FILES, 'cases.jsonl': text }, any)
  })

  it('cut at every byte', async () => {
    const { evalSets } = await expectSame({ ...FILES, 'cases.jsonl': lines(rows.slice(0, 40), '\r\n') }, () => 1)
    expect(evalSets[0]?.cases[39]).toMatchObject({ vars: { question: 'Grüße 🎉 39' }, place: { line: 40 } })
  })

  it('with a line of 5 MB, between others', async () => {
    const long = JSON.stringify({ question: 'ü'.repeat(2_500_000), expected: 'a' })
    const { evalSets } = await expectSame({ ...FILES, 'cases.jsonl': lines([...rows, long, '{"question":"last"}']) })
    const cases = evalSets[0]?.cases ?? []
    expect(cases[MANY]?.vars).toEqual({ question: 'ü'.repeat(2_500_000) })
    expect(cases.at(-1)?.place).toMatchObject({ line: MANY + 2 })
  })

  it('puts each case away as it comes, and holds no text', async () => {
    const shelf = memoryShelf()
    const counts: number[] = []
    const tree = inPieces({ ...FILES, 'cases.jsonl': lines(rows) }, () => {
      counts.push(shelf.texts.length)
      return 1000
    })
    const config = await loadConfig(tree)
    const { evalSets } = await loadEvalSet(tree, 'a.eval.yaml', { config, known, openShelf: () => shelf })
    expect(counts.filter((count) => count > 0 && count < MANY).length).toBeGreaterThan(5)
    expect(shelf.texts).toHaveLength(MANY)
    expect(JSON.stringify(evalSets[0]?.cases.map((one) => ({ ...one })))).not.toContain('Grüße')
  })
})

describe('what is wrong with a large file', () => {
  it('names the line, at its very end, too', async () => {
    const text = lines([...rowsOf(60_000), '{"question": "q",}'], '\r\n')
    const { problems, evalSets } = await expectSame({ ...FILES, 'cases.jsonl': text })
    expect(problems).toEqual([
      expect.stringMatching(/^cases\.jsonl:60001: The line is not valid JSON: .* one JSON object per line\. Correct/),
    ])
    expect(evalSets).toEqual([])
  })

  it('ends with twenty problems, and is not read into any more', async () => {
    const rows = rowsOf(MANY).map((row, at) => (at % 50 === 7 ? '{"vars":3}' : row))
    // What stands behind them would throw.
    const text = lines([...rows, '{"vars":{"q":1},"messages":[{"role":"user"}]}'])
    expect((await expectSame({ ...FILES, 'cases.jsonl': text })).problems).toHaveLength(20)
  })

  it('names both places of an id that stands twice', async () => {
    const rows = rowsOf(MANY, (at) => ({ id: `c${at === 2200 ? 3 : at}`, vars: { question: 'same' } }))
    const { problems } = await expectSame({ ...FILES, 'cases.jsonl': lines(rows) })
    expect(problems.join()).toMatch(/jsonl:2201.*"c3" stands twice; the first is at cases\.jsonl:4\b/)
  })

  it('more cases than anyone needs, or too many bytes', async () => {
    const many = await expectSame({ ...FILES, 'cases.jsonl': Buffer.from('{"q":1}\n'.repeat(200_002)) })
    expect(many.problems.join()).toMatch(/more than 200000 cases/)
    for (const path of ['cases.jsonl', 'cases.csv']) {
      const row = path.endsWith('csv') ? `a,"b ""c""",${'x'.repeat(100)}\n` : '{"q":1}\n'
      const text = Buffer.from(`${row.replaceAll('""', '')}${row.repeat(Math.ceil(64_000_001 / row.length))}`)
      const { problems } = await expectSame({
        ...FILES,
        'a.eval.yaml': EVAL.replace('cases.jsonl', path),
        [path]: text,
      })
      expect(problems.join()).toMatch(/The file has 64 MB\. Expected at most 64 MB/)
    }
  })

  it('of an error in one of its rows nothing else of the file counts, and other files do', async () => {
    const broken = '{"vars":{"q":1},"messages":[{"role":"user"}]}'
    const rows = rowsOf(MANY, (at) => ({ id: `c${at}`, vars: { question: 'q' } }))
    const { problems } = await expectSame({
      ...FILES,
      'a.eval.yaml': EVAL.replace('cases.jsonl', 'cases.jsonl, more.jsonl'),
      'cases.jsonl': lines([...rows, broken, ...rows]),
      // Twice, unless the first file's are forgotten.
      'more.jsonl': lines(rows.slice(0, 3)),
    })
    expect(problems).toEqual([expect.stringMatching(/^cases\.jsonl:\d+/)])
  })

  it('a file of another kind, or none', async () => {
    const of = (path: string, more: Bytes = {}) =>
      expectSame({ ...FILES, 'a.eval.yaml': EVAL.replace('cases.jsonl', path), ...more })
    expect((await of('cases.txt', { 'cases.txt': 'x' })).problems.join()).toMatch(/is no file of cases/)
    expect((await of('gone.jsonl')).problems.join()).toMatch(/There is no file "gone\.jsonl"/)
  })
})

describe('identity', () => {
  it('of cases without an id: repeats are numbered past ids that the author gave', async () => {
    const [first] = (await load(inPieces({ ...FILES, 'cases.jsonl': '{"question":"same"}' }, () => 9))).evalSets
    const hash = first?.cases[0]?.id
    const rows = rowsOf(MANY, (at) => (at === 2100 ? { id: `${hash}#2`, vars: { n: 1 } } : { question: 'same' }))
    const { evalSets } = await expectSame({ ...FILES, 'cases.jsonl': lines(rows) })
    expect(evalSets[0]?.cases.slice(0, 2).map(({ id }) => id)).toEqual([hash, `${hash}#3`])
  })

  it('of scorers of their own: what is in the files that they name is part of the hash', async () => {
    const scored = (at: number) => ({ vars: { n: at }, scorers: [{ contains: at % 2 ? 'file://v.txt' : 'word' }] })
    const files = (value: string) => ({ ...FILES, 'cases.jsonl': lines(rowsOf(MANY, scored)), 'v.txt': value })
    const [one, two] = [await expectSame(files('one')), await expectSame(files('two'))]
    const hashesOf = ({ evalSets }: typeof one) => evalSets[0]?.cases.map(({ hash }) => hash) ?? []
    expect(hashesOf(one).filter((hash, at) => hash !== hashesOf(two)[at])).toHaveLength(MANY / 2)
    expect(one.evalSets[0]?.cases[1]?.scorers).toMatchObject([{ value: 'one' }])
  })
})

describe('a table in pieces', () => {
  const eval_ = EVAL.replace('cases.jsonl', 'cases.csv')
  const table = (rows: readonly string[]) => ({
    ...FILES,
    'a.eval.yaml': eval_,
    'cases.csv': `\ufeffquestion,expected\r\n${rows.join('\r\n')}`,
  })
  const cells = Array.from({ length: MANY }, (_, at) => `"Grüße, ""🎉""\n${at}",a`)

  it('cut anywhere: quotes, quoted line breaks, characters', async () => {
    const random = seededRandom('table')
    const { evalSets } = await expectSame(table(cells), () => 1 + Math.floor(random() * 200))
    expect(evalSets[0]?.cases[1]).toMatchObject({ vars: { question: 'Grüße, "🎉"\n1' }, place: { line: 5 } })
  })

  it('is read once more when a quote far below is not strict', async () => {
    const { evalSets } = await expectSame(table([...cells, 'a "loose" quote,b']))
    expect(evalSets[0]?.cases).toHaveLength(MANY + 1)
  })

  it('names the line of a row with too many cells, and nothing else', async () => {
    const { problems } = await expectSame(table([...cells.slice(0, 5), ...cells, '1,2,3,4']))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^cases\.csv:\d{4}: Not a valid table/)
  })

  it('with more rows than anyone needs', async () => {
    const { problems } = await expectSame(table(Array.from({ length: 200_010 }, () => 'q,a')))
    expect(problems.join()).toMatch(/more than 200000 cases/)
  })

  it('whose header names a column twice', async () => {
    const { problems } = await expectSame({ ...table([]), 'cases.csv': 'q,q\n1,2\n' })
    expect(problems.join()).toMatch(/cases\.csv:1.*"q" stands twice/)
  })
})

describe('two sides', () => {
  const files = (rows: readonly string[]): Bytes => ({
    'prompts/answer.md': 'Answer: {{question}}',
    'evals/a.eval.yaml': EVAL.replace('prompts/', '../prompts/'),
    'evals/cases.jsonl': lines(rows),
  })
  async function pairOf(base: readonly string[], head: readonly string[], openShelf: () => Shelf) {
    const trees = { base: inPieces(files(base), () => 999), head: inPieces(files(head), () => 777) }
    const configs = await loadConfigs('parity.yaml', trees, true)
    const changed = [{ status: 'modified', path: 'evals/cases.jsonl' } as const]
    const { pairs } = await loadSets({ trees, configs, files: changed, directory: '', openShelf })
    return pairs[0]
  }
  const rows = rowsOf(MANY, (at) => ({ id: `c${at}`, vars: { question: `q${at}` } }))

  it('share the cases that are equal, and no others', async () => {
    const shelf = memoryShelf()
    const edits = new Map([
      [7, '{"id":"c7","vars":{"question":"q7"},"tags":["hard"]}'],
      [2222, '{"id":"c2222","vars":{"question":"q"}}'],
    ])
    const pair = await pairOf(
      rows,
      rows.map((row, at) => edits.get(at) ?? row),
      () => shelf,
    )
    const different = pair?.base?.cases.filter((kase, at) => kase !== pair.head?.cases[at]).map(({ id }) => id)
    expect(different).toEqual(['c7', 'c2222'])
    expect([pair?.base?.cases[7]?.tags, pair?.head?.cases[7]?.tags]).toEqual([[], ['hard']])
    expect(pair?.base?.cases[2222]?.vars).toEqual({ question: 'q2222' })
    expect(pair?.head?.cases[2222]?.vars).toEqual({ question: 'q' })
  })

  it.each(['head', 'base'])('end the run when the shelf takes no more at the %s', async (side) => {
    const full = new UserError({ what: 'The disk is full.', remedy: 'Make room.', exit: EXIT.notMeasured })
    let left = side === 'head' ? HELD_CASES + 100 : MANY + HELD_CASES + 100
    const put = () => {
      left -= 1
      if (left < 0) throw full
      return 0
    }
    const shelf: Shelf = { put, get: () => '{}' }
    const changed = rows.map((row) => row.replace('"q', '"Q'))
    await expect(pairOf(rows, changed, () => shelf)).rejects.toBe(full)
  })
})
