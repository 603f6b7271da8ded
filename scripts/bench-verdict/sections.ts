// What is simulated: one function per table. `scale` multiplies the usual number of runs.

import type { Gates } from '../../src/domain.ts'
import { seededRandom } from '../../src/stats/random.ts'
import { tallyOverHttp } from './http.ts'
import { figures, markdown, percent } from './rows.ts'
import { tallySlices } from './slices.ts'
import { SPECIFIED } from './specified.ts'
import { tallyStored } from './stored.ts'
import { type Cell, type Tally, tally, tallyWorld } from './tally.ts'
import { bursts, drift, incident } from './weather.ts'
import { FLAKES, SIZES, TRUTH_NAMES, TRUTHS, type Truth, type World, worldOf } from './worlds.ts'

export type Section = (scale: number) => Promise<string>

type Options = Omit<Cell, 'name' | 'truth' | 'cases' | 'flake' | 'sets'> & { readonly sets?: number }

/** A cell's name seeds it, so that a cell is the same in whatever table it stands. */
function cellOf(truth: Truth, cases: number, flake: number, options: Options = {}): Cell {
  const { sets = 1, passes = 1 } = options
  return { ...options, name: `${truth} ${cases} ${flake} ${sets} ${passes}`, truth, cases, flake, sets }
}

const times = (usual: number, scale: number) => Math.max(1, Math.round(usual * scale))
const flakeHead = FLAKES.map((flake) => `flake ${100 * flake} %`)

/** Six truths by size and flake; `show` writes a cell. */
async function grid(runs: number, options: Options, show: (found: Tally, cell: Cell, column: number) => string) {
  const rows: string[][] = []
  for (const truth of TRUTHS) {
    for (const cases of SIZES) {
      const row = [TRUTH_NAMES[truth], String(cases)]
      for (const [column, flake] of FLAKES.entries()) {
        const cell = cellOf(truth, cases, flake, options)
        row.push(show(await tally(cell, runs), cell, column))
      }
      rows.push(row)
    }
  }
  return markdown(['what is true', 'cases', ...flakeHead], rows)
}

const one: Section = async (scale) => {
  const runs = times(2000, scale)
  const table = await grid(runs, {}, (found, cell, column) => {
    const [, fail, pass, open, cost] = SPECIFIED[cell.truth][cell.cases]?.[column] ?? [0, 0, 0, 0, 0]
    const naive = `${percent(found.naiveLimit)} / ${percent(found.naiveAny)}`
    return `**${figures(found)}** (${fail} / ${pass} / ${open}, ${cost.toFixed(2)}) ${naive}`
  })
  return `One eval set, ${runs} runs a cell. **fail / pass / inconclusive in percent, cost in passes**, in brackets the specification's figures, then what two naive rules fail: drop of 5 points or more / any new failure.\n\n${table}`
}

const family =
  (sets: number, usual: number): Section =>
  async (scale) => {
    const runs = times(usual, scale)
    const table = await grid(
      runs,
      { sets },
      (found) => `**${figures(found)}** ${percent(found.caught)} ${percent(found.naiveLimit)}`,
    )
    return `${sets} eval sets, one of which has what is true and the others are unchanged; ${runs} runs a cell. **Verdict of the run, cost per set**, how often the changed set itself fails, and how often the rule "a drop of 5 points or more" fails the run.\n\n${table}`
  }

/** A change that forty sets share, planned sample-first. */
const shared: Section = async (scale) => {
  const rows: string[][] = []
  for (const [cases, runs] of [
    [50, 50],
    [100, 50],
    [200, 25],
  ] as const) {
    for (const flake of [0, 0.02, 0.05]) {
      for (const truth of ['none', 'three', 'concentrated', 'diffuse'] as const) {
        const found = await tally(cellOf(truth, cases, flake, { sets: 40, sampled: true }), times(runs, scale))
        const caught = truth === 'none' ? '' : percent(found.caught)
        rows.push([`${TRUTH_NAMES[truth]}, ${cases}, flake ${100 * flake} %`, figures(found), caught])
      }
    }
  }
  return `Forty eval sets that share a change, a sample of each first.\n\n${markdown(['', 'fail / pass / inconclusive, cost per set', 'the changed set fails'], rows)}`
}

async function list(title: string, runs: number, cells: readonly (readonly [string, Cell])[]): Promise<string> {
  const rows: string[][] = []
  for (const [name, cell] of cells) rows.push([name, figures(await tally(cell, runs))])
  return `${title} ${runs} runs a row.\n\n${markdown(['', 'fail / pass / inconclusive, cost'], rows)}`
}

const suites: Section = (scale) =>
  list(
    'Two and three eval sets: the first has what is true. Flake 5 %.',
    times(2000, scale),
    [2, 3].flatMap((sets) =>
      (['none', 'concentrated', 'diffuse'] as const).flatMap((truth) =>
        [20, 100].map((n) => [`${sets} sets, ${TRUTH_NAMES[truth]}, ${n}`, cellOf(truth, n, 0.05, { sets })] as const),
      ),
    ),
  )

const passes: Section = (scale) =>
  list(
    '`passes` 2, 3 and 4; one set.',
    times(500, scale),
    [2, 3, 4].flatMap((count) =>
      (['none', 'churn', 'concentrated', 'diffuse'] as const).flatMap((truth) =>
        SIZES.flatMap((n) =>
          [0.05, 0.15].map(
            (flake) =>
              [
                `passes ${count}, ${TRUTH_NAMES[truth]}, ${n}, flake ${100 * flake} %`,
                cellOf(truth, n, flake, { passes: count }),
              ] as const,
          ),
        ),
      ),
    ),
  )

/** One case in five must pass, the one that breaks among them. */
const MUST_PASS: { readonly gates: Gates; readonly tags: (at: number) => readonly string[] } = {
  gates: { mustPass: ['tag:must'] },
  tags: (at) => (at % 5 === 0 ? ['must'] : []),
}

const mustPass: Section = (scale) =>
  list(
    'A fifth of the cases must pass.',
    times(2000, scale),
    (['none', 'one'] as const).flatMap((truth) =>
      [20, 100].flatMap((n) =>
        FLAKES.map(
          (flake) =>
            [`${TRUTH_NAMES[truth]}, ${n}, flake ${100 * flake} %`, cellOf(truth, n, flake, MUST_PASS)] as const,
        ),
      ),
    ),
  )

/** The loss of `lossy`, in other cases. */
function fromTheEnd(lossy: World, calm: World): readonly number[] {
  const usual = calm.base.flatMap((rate, at) => (rate > 0.5 ? [at] : []))
  const lost = lossy.base.filter((rate, at) => rate > (lossy.head[at] ?? 0)).length
  const broken = new Set(usual.slice(-lost))
  return calm.head.map((rate, at) => (broken.has(at) ? 1 - rate : rate))
}

const stored: Section = async (scale) => {
  const runs = times(1000, scale)
  const rows: string[][] = []
  for (const [cases, count, judgeSd] of [
    [50, 1, null],
    [100, 1, null],
    [100, 2, null],
    [50, 1, 0.1],
    [100, 1, 0.1],
    [100, 2, 0.1],
    [100, 1, 0.2],
  ] as const) {
    const calm = worldOf({ truth: 'none', cases, flake: 0.05 })
    const worse = worldOf({ truth: 'concentrated', cases, flake: 0.05 })
    const tired = { base: worse.head, head: worse.head }
    for (const [name, before, now] of [
      ['nothing changed', calm, calm],
      ['provider 10 points worse since', calm, tired],
      ['provider 10 points better since', tired, calm],
      ['-10 on the head', worse, worse],
      ['provider 10 points better since, -10 elsewhere', tired, { base: calm.base, head: fromTheEnd(worse, calm) }],
    ] as const) {
      const scores = judgeSd === null ? 'pass or fail' : `graded, sd ${judgeSd}`
      const found = tallyStored(
        { name: `${name} ${cases} ${count} ${judgeSd}`, before, now, passes: count, judgeSd },
        runs,
      )
      rows.push([`${name}, ${cases}, passes ${count}, ${scores}`, figures(found)])
    }
  }
  return `Stored base runs (gate alone), flake 5 %, ${runs} runs a row.\n\n${markdown(['', 'fail / pass / inconclusive, cost'], rows)}`
}

/** The same worlds through the loop, with its fresh look at ten cases. */
const lent: Section = async (scale) => {
  const runs = times(1000, scale)
  const rows: string[][] = []
  for (const cases of [20, 50, 100]) {
    const calm = worldOf({ truth: 'none', cases, flake: 0.05 })
    const worse = worldOf({ truth: 'concentrated', cases, flake: 0.05 })
    const tired = { base: worse.head, head: worse.head }
    for (const [name, before, now] of [
      ['nothing changed', calm, calm],
      ['provider 10 points worse since', calm, tired],
      ['provider 10 points better since', tired, calm],
      ['-10 on the head', worse, worse],
      ['provider 10 points better since, -10 elsewhere', tired, { base: calm.base, head: fromTheEnd(worse, calm) }],
    ] as const) {
      const found = await tallyWorld({ name: `lent ${name}`, cases, now, before }, runs)
      rows.push([`${name}, ${cases}`, figures(found)])
    }
  }
  return `Stored base runs through the loop, flake 5 %, ${runs} runs a row.\n\n${markdown(['', 'fail / pass / inconclusive, cost (a stored run is free)'], rows)}`
}

const slices: Section = async (scale) => {
  const runs = times(1000, scale)
  const rows: string[][] = []
  for (const [cases, count] of [
    [100, 5],
    [150, 3],
    [200, 4],
  ] as const) {
    for (const flake of [0.05, 0.15]) {
      for (const broken of [0, 0.3, 0.5]) {
        const found = await tallySlices({ cases, slices: count, flake, broken, limitPoints: 10 }, runs)
        rows.push([
          `${cases} cases in ${count} slices, flake ${100 * flake} %, ${broken === 0 ? 'no change' : `${100 * broken} % of one slice broken`}`,
          percent(found.wrong),
          broken === 0 ? '' : `${percent(found.caught)} (${percent(found.warned)})`,
          percent(found.naive),
          found.cost.toFixed(2),
        ])
      }
    }
  }
  const head = ['', 'an unchanged slice fails', 'the broken one fails (warns)', 'rule "drop >= limit"', 'cost']
  return `Slices with a limit of 10 points each, ${runs} runs a row.\n\n${markdown(head, rows)}`
}

const WEATHER: { readonly [name: string]: NonNullable<Cell['weather']> } = {
  'half of the answers wrong for a fifth of the calls': (seed, calls) =>
    incident(seededRandom(seed), calls, Math.round(calls / 5)),
  'all answers wrong for a tenth of the calls': (seed, calls) =>
    incident(seededRandom(seed), calls, Math.round(calls / 10), 1),
  'bursts of five calls, one in 50': (seed) => bursts(seededRandom(seed), 50, 5),
  'slow drift to 30 % wrong': (_seed, calls) => drift(calls, 0.3),
}

const weather: Section = (scale) =>
  list(
    'Flake that calls share, on top of 5 %.',
    times(1000, scale),
    Object.entries(WEATHER).flatMap(([name, make]) =>
      (['none', 'concentrated'] as const).flatMap((truth) =>
        [20, 100, 200].map(
          (n) => [`${name}, ${TRUTH_NAMES[truth]}, ${n}`, cellOf(truth, n, 0.05, { weather: make })] as const,
        ),
      ),
    ),
  )

const http: Section = async (scale) => {
  const runs = times(200, scale)
  const spec = { truth: 'one', cases: 20, flake: 0.05 } as const
  const over = await tallyOverHttp(spec, runs)
  const inside = await tally(cellOf(spec.truth, spec.cases, spec.flake), times(2000, scale))
  return `One broken of 20, flake 5 %, ${runs} runs over HTTP: ${figures(over)}; in process: ${figures(inside)}.`
}

export const SECTIONS = {
  one,
  five: family(5, 100),
  forty: family(40, 25),
  shared,
  suites,
  passes,
  'must-pass': mustPass,
  stored,
  lent,
  slices,
  weather,
  http,
} satisfies { readonly [name: string]: Section }
