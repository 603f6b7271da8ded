// Reports of comparisons of models, built by hand: one in which everything is known, and one in which little is.

import type { CandidateSet } from '../../src/report/candidates/report.ts'
import type { Report } from '../../src/report/report.ts'
import { inUse, NO_USD, NONE, row, slice, usd } from '../candidates/rows.ts'
import { evalSet, flip, report } from './samples.ts'

const month = {
  route: 'support',
  usd: { base: '9000', head: '1800', delta: '-7200', low: '-7400', high: '-7000' },
  assumption: '3,000,000 requests a month',
}

const SET: CandidateSet = {
  evalSet: 'support-answers',
  path: 'evals/support.eval.yaml',
  judge: 'acme/judge',
  limit: 5,
  inUse: inUse({ pareto: true, ends: { on: '2027-01-14', replacement: 'acme/next' } }),
  rows: [
    row('acme/medium', { pareto: true, months: [month], better: true, parameters: { top_k: 5, temperature: null } }),
    row('acme/judge', {
      holding: { state: 'drops' },
      score: { base: 95, head: 60, delta: -35, low: -47, high: -20 },
      ...{ broken: 21, fixed: 0, pareto: false, judgesItself: true, breaches: ['min-score'], ends: '2028-01-01' },
      cost: { state: 'priced', why: null, perRequestUsd: usd(0.01, 0.0001) },
      slices: [
        slice('de', { months: [month] }),
        slice('en', { holding: { state: 'too-few' } }),
        slice('de', { and: { dimension: 'kind', value: 'simple' } }),
      ],
    }),
    row('acme/unknown', {
      cost: { state: 'unpriced', why: 'acme/unknown is not in the price table', perRequestUsd: NO_USD },
      latency: { ratio: null, low: null, high: null, p95: { base: null, head: null, note: 'too few answers' } },
    }),
    row('acme/typo', {
      ...{ comparison: 'support-answers @ acme/typo', score: NONE, cases: 0, pareto: null },
      holding: { state: 'error', why: 'acme answered 404: no such model.', remedy: 'Did you mean acme/type?' },
    }),
  ],
  recommendation: { action: 'switch', model: 'acme/medium', why: 'acme/medium holds (by proof) and is cheapest' },
  splits: ['language de holds on acme/judge: -$7,200 a month on support'],
  pins: [
    {
      model: 'acme/medium',
      because: 'recommended',
      diffs: [
        {
          ...{ path: 'evals/support.eval.yaml', line: 4 },
          diff: '--- a/evals/support.eval.yaml\n+++ b/evals/support.eval.yaml\n@@ -3,3 +3,3 @@\n target:\n-  model: acme/large\n+  model: acme/medium\n cases: c.jsonl\n',
        },
      ],
      notes: [],
    },
    {
      model: 'acme/next',
      because: 'successor',
      diffs: [],
      notes: ['app/models.py:3 names the model without a provider.'],
    },
  ],
}

const comparison = evalSet({
  ...{ name: 'help @ acme/judge', outcome: 'fail', mode: 'report', rule: 'fail-all' },
  model: { base: 'acme/large', head: 'acme/judge' },
  flips: [flip('refund-1'), flip('refund-2', { kind: 'fixed' })],
})

export const compared: Report = report({
  pair: 'the model in use and each candidate, on one commit',
  changes: [],
  evalSets: [evalSet({ name: 'help @ acme/medium', mode: 'report' }), comparison],
  candidates: { named: 'flag', sets: [SET] },
})

export const unknown: Report = report({
  verdict: { outcome: 'not-measured', blocks: true, headline: 'Not measured: the run was interrupted.', findings: [] },
  changes: [],
  evalSets: [],
  candidates: {
    named: 'successor',
    sets: [
      {
        ...SET,
        judge: null,
        inUse: inUse({ score: null, perRequestUsd: null, p95Ms: null }),
        rows: [
          row('acme/a', {
            holding: { state: 'planned' },
            score: NONE,
            cases: 0,
            comparison: null,
            cost: { state: 'unpriced', why: null, perRequestUsd: NO_USD },
          }),
        ],
        recommendation: null,
        ...{ splits: [], pins: [] },
      },
    ],
  },
})
