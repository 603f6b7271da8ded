// How often drift is told that is none, and how soon one that is: seeded simulations of the monitor with discrete noise.
// `--scale 0.1` makes a tenth of the repetitions: npm run bench:drift -- false delays --scale 0.1

import { parseArgs } from 'node:util'
import { perYear, quantile, watchMany } from './bench-drift/watch.ts'
import { GRADES, graded, passFail } from './bench-drift/worlds.ts'
import { markdown } from './bench-verdict/rows.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' } },
})
const scale = Number(values.scale)
if (!(scale > 0)) throw new Error(`--scale is "${values.scale}", not a number above 0`)
const times = (count: number) => Math.max(20, Math.round(count * scale))

const FLAKES = [0.005, 0.01, 0.02, 0.05, 0.1]
const SIZES = [20, 50, 100, 200]
const fixed = (value: number) => value.toFixed(2)

/** Of the whole repository: those of one set times the sets, since sets that drift apart have an issue each at the most. */
function falseIssues(): string {
  const rows = [1, 5, 20, 100].map((sets) => {
    const rate = (cases: number, flake: number, kind: 'even' | 'few') => {
      const repeats = times(sets >= 20 ? 4000 : 1500)
      const all = watchMany(
        { world: passFail(cases, flake, kind), sets },
        repeats,
        `false ${sets} ${cases} ${flake} ${kind}`,
      )
      return { issues: sets * perYear(all, ({ opened }) => opened), confirming: perYear(all, (one) => one.confirming) }
    }
    const plain = rate(100, 0.05, 'even')
    const grid = SIZES.flatMap((cases) =>
      FLAKES.flatMap((flake) =>
        (['even', 'few'] as const).map((kind) => ({
          at: `${cases}, ${100 * flake} %, ${kind}`,
          ...rate(cases, flake, kind),
        })),
      ),
    )
    const worst = grid.reduce((most, one) => (one.issues > most.issues ? one : most))
    const mean = grid.reduce((sum, { issues }) => sum + issues, 0) / grid.length
    return [
      String(sets),
      fixed(plain.issues),
      plain.confirming.toFixed(1),
      fixed(mean),
      `${fixed(worst.issues)} (${worst.at})`,
    ]
  })
  return markdown(
    [
      'sets',
      'false issues a year, 100 cases, flake 5 %',
      'confirming runs a year and set',
      'mean of 40 worlds',
      'worst of them',
    ],
    rows,
  )
}

function delays(): string {
  const rows = [1, 20].flatMap((sets) =>
    SIZES.flatMap((cases) =>
      [3, 5, 10].map((points) => {
        const world = passFail(cases, 0.05)
        const all = watchMany(
          { world, sets, broken: () => (points * cases) / 100, untilFirst: true },
          times(2000),
          `delay ${sets} ${cases} ${points}`,
        )
        const first = all.map((one) => one.first)
        const never = first.filter((day) => day === null).length / first.length
        return [
          String(sets),
          String(cases),
          `-${points}`,
          ...[0.1, 0.5, 0.9, 0.95].map((share) => quantile(first, share)),
          `${(100 * never).toFixed(1)} %`,
        ]
      }),
    ),
  )
  return markdown(['sets', 'cases', 'points', '10 %', 'median', '90 %', '95 %', 'not in a year'], rows)
}

/** The baseline of 20 runs, for comparison. */
function moreRuns(): string {
  const rows = [1, 20].flatMap((sets) =>
    [10, 20, 40].map((runs) => {
      const world = passFail(100, 0.05)
      const of = (points: number) =>
        watchMany(
          { world, sets, runs, broken: () => points, untilFirst: true },
          times(1500),
          `runs ${sets} ${runs} ${points}`,
        ).map((one) => one.first)
      const all = watchMany({ world, sets, runs }, times(2000), `runs ${sets} ${runs}`)
      return [
        String(sets),
        String(runs),
        fixed(sets * perYear(all, ({ opened }) => opened)),
        ...[3, 5].flatMap((points) => [quantile(of(points), 0.5), quantile(of(points), 0.9)]),
      ]
    }),
  )
  return markdown(
    ['sets', 'runs of the baseline', 'false issues a year', '-3: median', '90 %', '-5: median', '90 %'],
    rows,
  )
}

function courses(): string {
  const world = passFail(100, 0.05)
  const rows = [1, 20].flatMap((sets) => {
    const slide = watchMany(
      { world, sets, broken: (day) => 0.1 * day, untilFirst: true },
      times(2000),
      `slide ${sets}`,
    ).map((one) => one.first)
    const outage = watchMany(
      { world, sets, missing: (day) => day > 20 && day <= 23, broken: (day) => (day > 10 ? 5 : 0), untilFirst: true },
      times(2000),
      `outage ${sets}`,
    )
    const gaps = watchMany({ world, sets, missing: (_, random) => random() < 0.3 }, times(3000), `gaps ${sets}`)
    const found = outage.map(({ first }) => (first === null ? null : Math.max(0, first - 10)))
    const back = [3, 5, 10].map((points) => {
      const all = watchMany(
        { world, sets, days: 100, broken: (day) => (day > 10 && day <= 40 ? points : 0) },
        times(2000),
        `back ${sets} ${points}`,
      )
      return quantile(
        all.flatMap(({ lasted }) => lasted),
        0.5,
      )
    })
    const early = [3, 5, 10].map((points) => {
      const all = watchMany({ world, sets, days: 90, broken: () => points }, times(1500), `stays ${sets} ${points}`)
      return fixed(all.reduce((sum, { closed }) => sum + closed, 0) / all.length)
    })
    return [
      [
        String(sets),
        quantile(slide, 0.5),
        quantile(slide, 0.9),
        quantile(found, 0.5),
        fixed(sets * perYear(gaps, ({ opened }) => opened)),
        back.join(' / '),
        early.join(' / '),
      ],
    ]
  })
  return markdown(
    [
      'sets',
      'slide of 0.1 a day: median day',
      '90 %',
      '-5 from day 11, no runs on days 21-23: runs after',
      'false issues a year, 30 % of the runs missing',
      'drift of 30 days at -3 / -5 / -10: days until its issue is closed',
      'closed too early in 90 days of -3 / -5 / -10',
    ],
    rows,
  )
}

function steady(): string {
  const rows = [1, 20].flatMap((sets) =>
    [20, 50, 100, 200].map((cases) => {
      const first = (broken: number) =>
        quantile(
          watchMany(
            { world: passFail(cases, 0), sets, broken: () => broken, untilFirst: true },
            times(200),
            `steady ${sets}`,
          ).map((one) => one.first),
          0.5,
        )
      return [String(sets), String(cases), first(1), first(2), first(3)]
    }),
  )
  return markdown(['sets', 'cases', 'one breaks', 'two', 'three'], rows)
}

function scores(): string {
  const rows = Object.entries(GRADES).flatMap(([name, draw]) =>
    [20, 100].map((cases) => {
      const world = graded(cases, draw)
      const all = [1, 20].map((sets) =>
        fixed(sets * perYear(watchMany({ world, sets }, times(300), `graded ${name} ${sets}`), ({ opened }) => opened)),
      )
      const first = [3, 5].map((points) =>
        quantile(
          watchMany(
            { world, sets: 1, days: 200, broken: () => (points * cases) / 100, untilFirst: true },
            times(300),
            `graded ${name}`,
          ).map((one) => one.first),
          0.5,
        ),
      )
      return [name, String(cases), ...all, ...first]
    }),
  )
  return markdown(['scores', 'cases', 'false issues a year, 1 set', '20 sets', '-3: median day', '-5'], rows)
}

const sections: { readonly [name: string]: () => string } = {
  false: falseIssues,
  delays,
  runs: moreRuns,
  courses,
  steady,
  scores,
}
const unknown = positionals.filter((name) => !(name in sections))
if (unknown.length > 0) throw new Error(`no table ${unknown.join(', ')}; there are ${Object.keys(sections).join(', ')}`)
for (const [name, section] of Object.entries(sections)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue
  const started = performance.now()
  console.log(`## ${name}\n\n${section()}\n`)
  process.stderr.write(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`)
}
