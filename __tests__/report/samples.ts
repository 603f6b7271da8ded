// Reports of every kind, built by hand: what the renderers are tested on, and what the golden files show.

import type { Finding } from '../../src/domain.ts'
import type {
  CostReport,
  Estimate,
  EvalSetReport,
  Flip,
  GateRow,
  Report,
  UsdEstimate,
} from '../../src/report/report.ts'
import { calm, driftReport, driftSet } from '../fakes/drift-report.ts'

const BASE_SHA = '1f0c9d2e7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d'
const HEAD_SHA = '9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f1e0d'

export function estimate(base: number | null, head: number | null, spread: number | null = null): Estimate {
  const delta = base === null || head === null ? null : head - base
  const known = delta !== null && spread !== null
  return { base, head, delta, low: known ? delta - spread : null, high: known ? delta + spread : null }
}

const NO_USD: UsdEstimate = { base: null, head: null, delta: null, low: null, high: null }

const priced: CostReport = {
  state: 'priced',
  perRequestUsd: { base: '0.00213', head: '0.00239', delta: '0.00026', low: '0.00024', high: '0.00028' },
  parts: { input: '0.0002', output: '0.00006', cache: null },
  provenance: 'measured tokens at list prices',
  priceDate: '2026-11-01',
  events: [],
}

export function evalSet(over: Partial<EvalSetReport> = {}): EvalSetReport {
  return {
    name: 'support-answers',
    path: 'evals/support.eval.yaml',
    owner: '@acme/support-ai',
    route: 'support',
    outcome: 'pass',
    rule: 'pass-losses',
    ranBecause: ['prompts/support.prompt.yml changed'],
    hash: 'c0ffee1234567890',
    scorerHash: 'feedbeef12345678',
    judge: null,
    model: { base: 'openai/gpt-4.1-2025-04-14', head: 'openai/gpt-4.1-2025-04-14' },
    promptHash: { base: 'aaaa1111bbbb2222', head: 'cccc3333dddd4444' },
    promptPath: 'prompts/support.prompt.yml',
    cases: { paired: 100, identical: 12, added: 0, removed: 0, edited: 0, missing: 0 },
    passes: 1,
    pairs: 100,
    compare: 'pass',
    score: estimate(91, 91, 2.4),
    maxDropPoints: 5,
    mustPass: ['refund-1'],
    scorers: [{ name: 'contains', gating: true, n: 100, score: estimate(91, 91, 2.4), status: 'shown' }],
    slices: [],
    gates: [row({ status: 'pass' })],
    flips: [],
    edited: [],
    added: [],
    removed: [],
    missing: [],
    latency: { ratio: 1.04, low: 0.98, high: 1.1, p95: { base: 2310, head: 2402 }, stages: [] },
    tokens: {
      input: estimate(812, 934),
      output: estimate(104.2, 110.8),
      sections: [
        { origin: 'prompts/support.prompt.yml', base: 410, head: 532 },
        { origin: '{{context}}', base: 402, head: 402 },
      ],
      provenance: 'measured',
    },
    cost: priced,
    prompts: {
      caseId: 'refund-1',
      base: 'system:\nAnswer from the context only.\n\nuser:\nCan I return it?',
      head: 'system:\nAnswer in one short sentence.\n\nuser:\nCan I return it?',
    },
    evidence: 'A drop of more than 5.3 points is ruled out (95 %).',
    proposedGates: null,
    mode: 'enforce',
    noise: {
      storedBaseRuns: 10,
      pairs: 60,
      flips: 3,
      flakeRatePercent: 5,
      flakiest: [{ caseId: 'refund-3', runs: 4, passes: 2 }],
    },
    ...over,
  }
}

export function row(over: Partial<GateRow> = {}): GateRow {
  return {
    rule: 'score-drop',
    metric: 'pass rate',
    base: '91',
    head: '91',
    change: '0 points (-2.4 to +2.4)',
    limit: '-5 points',
    status: 'pass',
    ...over,
  }
}

export function flip(caseId: string, over: Partial<Flip> = {}): Flip {
  return {
    caseId,
    kind: 'broken',
    base: 'You can return it within 30 days of delivery.',
    head: 'Yes, you can.',
    why: 'contains: the answer lacks "30 days"',
    baseScore: 100,
    headScore: 0,
    input: 'Can I return my order?',
    expected: '30 days',
    ...over,
  }
}

export function finding(over: Partial<Finding> = {}): Finding {
  return {
    rule: 'score-drop',
    level: 'fail',
    evalSet: 'support-answers',
    message: 'The pass rate drops: -8 points (-13.3 to -2.7), limit 5 points; 9 cases of 100 got worse.',
    threshold: '5 points',
    value: '-8 points',
    remedy: `Fix the prompt for the cases listed, or go back with \`git checkout ${BASE_SHA.slice(0, 7)} -- prompts/support.prompt.yml\`.`,
    evidence: ['refund-1', 'refund-2'],
    ...over,
  }
}

export function report(over: Partial<Report> = {}): Report {
  return {
    schema: 'prompt-parity/1',
    tool: { version: '1.0.0', node: 'v24.9.0' },
    startedAt: '2026-11-21T10:00:00.000Z',
    pair: 'merge base of main and the head commit',
    sides: { base: { ref: 'main', sha: BASE_SHA }, head: { ref: 'shorter-answers', sha: HEAD_SHA } },
    trust: 'trusted',
    provenance: {
      actor: 'mona',
      event: 'pull_request',
      pr: 7,
      runUrl: 'https://github.com/acme/shop/actions/runs/123456',
      attempt: 1,
      configHash: '0123456789abcdef0123456789abcdef',
    },
    verdict: { outcome: 'pass', blocks: false, headline: '', findings: [] },
    changes: [
      {
        kind: 'prompt',
        path: 'prompts/support.prompt.yml',
        line: 4,
        evalSets: ['support-answers'],
        covered: true,
        why: 'the system message changed',
      },
    ],
    evalSets: [evalSet()],
    routes: [
      {
        name: 'support',
        owner: '@acme/finops',
        perMonthUsd: { base: '6390', head: '7170', delta: '780', low: '720', high: '840' },
        limitUsd: { monthly: '9000', monthlyDelta: '1000' },
        assumption: '3,000,000 requests a month, 10 % of them answered by the response cache',
      },
    ],
    uncovered: [],
    run: {
      calls: { target: 188, judge: 0, identical: 12, stored: 0, retried: 2, failed: 0, lost: 0 },
      usd: { target: '0.41', judge: '0' },
      seconds: 71.4,
      spendCap: '20',
      plan: null,
      notes: [],
    },
    notRun: [],
    ...over,
  }
}

const parity = report({
  verdict: {
    outcome: 'pass',
    blocks: false,
    headline: 'Passes: none of 100 cases got worse in support-answers, score 91 to 91 (0 points; limit -5).',
    findings: [],
  },
})

const regression = report({
  verdict: {
    outcome: 'fail',
    blocks: true,
    headline: 'Fails: 9 of 100 cases broke and 1 got better in support-answers, score 91 to 83 (-8 points; limit -5).',
    findings: [
      finding(),
      finding({
        rule: 'loosened-gate',
        level: 'warn',
        message: "`max_drop_points` is loosened from 5 to 10. The base's limit applies to this change.",
        threshold: '5',
        value: '10',
        remedy: 'Nothing to do, if it is meant.',
        evidence: [],
      }),
    ],
  },
  evalSets: [
    evalSet({
      outcome: 'fail',
      rule: 'fail-all',
      score: estimate(91, 83, 5.3),
      gates: [
        row({ head: '83', change: '-8 points (-13.3 to -2.7)', status: 'fail' }),
        row({
          rule: 'slice-drop',
          metric: 'language=de',
          base: '90',
          head: '70',
          change: '-20 points (-36 to -4)',
          limit: '-10 points',
          status: 'fail',
        }),
        row({
          rule: 'cost-ratio',
          metric: 'cost per request',
          base: '$0.00213',
          head: '$0.00239',
          change: '1.12x (1.11x to 1.13x)',
          limit: '1.20x',
          status: 'pass',
        }),
      ],
      slices: [
        { dimension: 'language', value: 'de', n: 20, score: estimate(90, 70, 16), status: 'fail', limit: 10 },
        {
          dimension: 'language',
          value: 'en',
          n: 80,
          score: estimate(91.3, 86.3, 6),
          status: 'within-noise',
          limit: null,
        },
        {
          dimension: 'topic',
          value: 'refund',
          n: 30,
          score: estimate(93.3, 73.3, 15),
          status: 'outside-noise',
          limit: null,
        },
      ],
      flips: [
        ...Array.from({ length: 8 }, (_, index) => flip(`refund-${index + 1}`)),
        flip('refund-9', {
          base: 'Within 30 days.',
          head: 'Within 30 days.',
          why: 'retrieval: the script returned false',
          differences: [
            { kind: 'documents-gone', count: 1, shown: ['terms.md#returns'] },
            {
              kind: 'documents-added',
              count: 7,
              shown: ['faq-1', 'faq-2', 'faq-3', 'faq-4', 'faq-5', 'faq-6', 'faq-7'],
            },
            { kind: 'tools-changed', count: 1, shown: ['search({"q":"refund"}) → search({"q":"return"})'] },
          ],
        }),
        flip('greeting-1', { kind: 'fixed', base: 'Hm.', head: 'Hello!', why: '', baseScore: 0, headScore: 100 }),
        flip('mood-3', { kind: 'flaky', why: 'differs from run to run' }),
      ],
    }),
  ],
})

const improvement = report({
  verdict: {
    outcome: 'pass',
    blocks: false,
    headline:
      'Passes: a drop of 5 points or more is ruled out in support-answers, score 82 to 91 (+9 points; limit -5).',
    findings: [],
  },
  evalSets: [
    evalSet({
      rule: 'pass-all',
      score: estimate(82, 91, 4),
      gates: [row({ base: '82', change: '+9 points (+5 to +13)' })],
      scorers: [
        {
          ...{ name: 'select-best', gating: true, n: 100, score: estimate(82, 91, 4), status: 'shown' },
          pairwise: { wins: 18, losses: 9, ties: 73 },
        },
      ],
      flips: Array.from({ length: 9 }, (_, index) =>
        flip(`order-${index + 1}`, {
          kind: 'fixed',
          base: 'Unknown.',
          head: 'It is on its way.',
          baseScore: 0,
          headScore: 100,
        }),
      ),
    }),
  ],
})

const costBreach = report({
  verdict: {
    outcome: 'fail',
    blocks: true,
    headline:
      'Fails: cost of support rises by $2,340 a month, more than the limit of $1,000; score 91 to 91 (0 points).',
    findings: [
      finding({
        rule: 'route-delta',
        evalSet: null,
        message: 'The monthly cost of the route support rises by $2,340 ($2,280 to $2,400).',
        threshold: '$1,000',
        value: '$2,340',
        remedy: 'Shorten the prompt, or have @acme/finops raise `monthly_delta_usd`.',
        evidence: [],
      }),
    ],
  },
  evalSets: [
    evalSet({
      cost: {
        ...priced,
        spread: {
          cases: 120,
          p50: { base: '0.0019', head: '0.0021' },
          p95: { base: '0.0041', head: '0.0046' },
          max: { base: '0.0080', head: '0.0093' },
        },
      },
    }),
  ],
  routes: [
    {
      name: 'support',
      owner: '@acme/finops',
      perMonthUsd: { base: '6390', head: '8730', delta: '2340', low: '2280', high: '2400' },
      limitUsd: { monthly: '9000', monthlyDelta: '1000' },
      assumption: '3,000,000 requests a month, tokens of 40,000 calls (profile ops/traffic.json)',
      profile: {
        path: 'ops/traffic.json',
        source: 'langfuse',
        calls: 40_000,
        from: '2026-10-01T00:00:00.000Z',
        to: '2026-10-31T23:59:00.000Z',
      },
      notCovered: [{ dimension: 'language', value: 'fr', percent: 4.2 }],
    },
    {
      ...{ name: 'search', owner: null, limitUsd: { monthly: null, monthlyDelta: null }, untouched: true },
      perMonthUsd: { base: '75.5', head: '75.5', delta: '0', low: '0', high: '0' },
      assumption: 'its last recorded cost, since none of its eval sets ran',
    },
  ],
  levers: [
    {
      ...{ kind: 'prefix-order', evalSet: 'support-answers', route: 'support', per: 'month', percent: 21.4 },
      usd: { point: '1868.2', low: '1801.5' },
      message:
        'The variable question stands before 1,960 tokens of fixed text. With the fixed text first, all requests share 1,980 tokens from the start instead of 20, and the prompt cache serves them.',
      evidence: [
        'shared prefix of 20 rendered requests: 20 tokens, fewer than the 1,024 that are cached',
        'cache hits: 90 %, as the route says',
        '100 measured cases at the prices of the day',
      ],
    },
    {
      ...{ kind: 'long-answers', evalSet: 'support-answers', route: null, per: '1000-requests', percent: 6 },
      usd: { point: '0.12', low: '0.05' },
      message: 'Answers are far longer than needed: by 120 tokens more than 2 times the expected answer.',
      evidence: ['60 of 100 cases, measured output without reasoning'],
    },
  ],
})

const pinChange = report({
  verdict: {
    outcome: 'inconclusive',
    blocks: false,
    headline:
      'Not decided: 4 of 40 cases broke and 1 got better in triage, score 90 to 82.5 (-7.5 points; limit -5); re-runs could not tell it from chance.',
    findings: [
      finding({
        rule: 'inconclusive',
        level: 'warn',
        evalSet: 'triage',
        message: 'Not decided: 4 cases got worse in the complete pass, and re-runs could not settle them.',
        remedy: 'Add cases, raise `passes`, or fix the cases that answer differently from run to run.',
        evidence: ['t-1', 't-2'],
      }),
    ],
  },
  changes: [
    {
      kind: 'model',
      path: 'prompts/triage.prompt.yml',
      line: 2,
      from: 'openai/gpt-4.1-2025-04-14',
      to: 'openai/gpt-5-mini-2025-08-07',
      evalSets: ['triage'],
      covered: true,
      why: 'the pin changed',
      pin: {
        from: {
          id: 'openai/gpt-4.1-2025-04-14',
          provider: 'openai',
          family: 'gpt',
          pinned: 'dated',
          shutdown: '2027-01-14',
          shutdownPrecision: 'exact',
          replacement: 'gpt-6-luna',
          deprecated: true,
          known: true,
        },
        to: {
          id: 'openai/gpt-5-mini-2025-08-07',
          provider: 'openai',
          family: 'gpt',
          pinned: 'dated',
          deprecated: false,
          known: true,
        },
        price: {
          state: 'priced',
          inputFrom: '2',
          inputTo: '0.25',
          outputFrom: '8',
          outputTo: '2',
          asOf: '2026-09-22',
        },
      },
    },
  ],
  evalSets: [
    evalSet({
      name: 'triage',
      route: null,
      outcome: 'inconclusive',
      rule: 'inconclusive',
      cases: { paired: 40, identical: 0, added: 1, removed: 1, edited: 2, missing: 1 },
      model: { base: 'openai/gpt-4.1-2025-04-14', head: 'openai/gpt-5-mini-2025-08-07' },
      score: estimate(90, 82.5, 9),
      gates: [row({ base: '90', head: '82.5', change: '-7.5 points (-16.5 to +1.5)', status: 'inconclusive' })],
      flips: Array.from({ length: 4 }, (_, index) => flip(`t-${index + 1}`)),
      edited: [
        { caseId: 'e-1', base: 100, head: 100 },
        { caseId: 'e-2', base: 0, head: 100 },
      ],
      added: [{ caseId: 'new-1', base: 0, head: 100 }],
      removed: [{ caseId: 'old-1', lastScore: null }],
      missing: [{ caseId: 'm-1', why: 'timeout after 3 attempts' }],
      latency: {
        ratio: null,
        low: null,
        high: null,
        p95: { base: null, head: null, note: 'needs 59 runs' },
        stages: [{ stage: 'retrieval', base: 120, head: null }],
      },
    }),
  ],
  routes: [],
})

const nothingAffected = report({
  verdict: { outcome: 'nothing-affected', blocks: false, headline: 'No eval set is affected.', findings: [] },
  changes: [],
  evalSets: [],
  routes: [],
  run: {
    ...report().run,
    calls: { target: 0, judge: 0, identical: 0, stored: 0, retried: 0, failed: 0, lost: 0 },
    usd: { target: '0', judge: '0' },
    seconds: 0.3,
  },
})

const planned = report({
  trust: 'untrusted',
  verdict: {
    outcome: 'planned',
    blocks: false,
    headline: 'Planned, not run: 200 calls, about $0.42; cost of support about +$720, +9.3 % a month (estimated).',
    findings: [
      finding({
        rule: 'uncovered',
        level: 'warn',
        evalSet: null,
        message: 'prompts/legal.md changed and no eval set covers it.',
        threshold: null,
        value: null,
        remedy: 'Add an eval set whose target is this prompt.',
        evidence: [],
        place: { path: 'prompts/legal.md', line: 1 },
      }),
    ],
  },
  evalSets: [],
  routes: [],
  estimate: {
    errorPercent: 15,
    evalSets: [
      {
        name: 'support-answers',
        model: { base: 'openai/gpt-4.1-2025-04-14', head: 'openai/gpt-4.1-2025-04-14' },
        inputTokens: estimate(812, 932, 18),
        outputTokens: { base: 120, head: 120 },
        perRequestUsd: { base: '0.002584', head: '0.002824', delta: '0.00024', low: '0.000204', high: '0.000276' },
        parts: { price: '0', input: '0.00024', output: '0', cache: '0', tier: '0' },
        sections: [
          { origin: 'system template', base: 410, head: 530 },
          { origin: 'context', base: 402, head: 402 },
        ],
        basis: 'tokens estimated from text (±15 %), answers taken as 120 tokens on both sides',
        priceDate: '2026-11-01',
        events: ['the price of openai/gpt-4.1-2025-04-14 changes on 2027-01-01'],
      },
    ],
    routes: [
      {
        name: 'support',
        owner: '@acme/finops',
        perMonthUsd: { base: '7752', head: '8472', delta: '720', low: '612', high: '828' },
        limitUsd: { monthly: '9000', monthlyDelta: null },
        parts: { price: '0', input: '720', output: '0', cache: '0', tier: '0' },
        assumption: '3,000,000 requests a month, no prompt cache, prices over 30 days from 2026-11-21',
      },
    ],
  },
  uncovered: [
    { kind: 'prompt', path: 'prompts/legal.md', evalSets: [], covered: false, why: 'no eval set renders it' },
  ],
  run: {
    ...report().run,
    calls: { target: 0, judge: 0, identical: 0, stored: 0, retried: 0, failed: 0, lost: 0 },
    usd: { target: '0', judge: '0' },
    seconds: 0.4,
    plan: {
      calls: 200,
      judgeCalls: 40,
      usd: '0.42',
      worstUsd: '1.1',
      target: {
        calls: { expected: 200, worst: 1200 },
        inputTokens: { expected: 30_000, worst: 180_000 },
        outputTokens: { expected: 9000, worst: 216_000 },
        usd: { expected: '0.4', worst: '1' },
      },
      judge: {
        calls: { expected: 40, worst: 240 },
        inputTokens: { expected: 8000, worst: 96_000 },
        outputTokens: { expected: 6000, worst: 36_000 },
        usd: { expected: '0.02', worst: '0.1' },
      },
      minutes: { expected: 0.6, worst: 12.5 },
    },
    notes: ['A pull request of a fork has no keys.'],
  },
  notRun: [{ evalSet: 'support-answers', why: 'no key on a fork' }],
})

const notMeasured = report({
  verdict: {
    outcome: 'not-measured',
    blocks: true,
    headline: 'Not measured: the spend cap of $0.20 was reached after 61 of 200 calls.',
    findings: [
      finding({
        rule: 'spend-cap',
        evalSet: null,
        message: 'The spend cap of $0.20 was reached.',
        threshold: '$0.20',
        value: '$0.20',
        remedy: 'Raise `spend.max_usd`, or run fewer cases; stored answers are kept.',
        evidence: [],
      }),
    ],
  },
  evalSets: [
    evalSet({
      outcome: 'not-measured',
      rule: 'undecided',
      score: estimate(null, null),
      gates: [row({ base: '-', head: '-', change: '-', status: 'not-measured' })],
      cost: {
        ...priced,
        state: 'unpriced',
        perRequestUsd: NO_USD,
        priceDate: null,
        events: ['No price is known for acme/house-model.'],
      },
    }),
  ],
  routes: [],
  run: {
    ...report().run,
    usd: { target: null, judge: null },
    incomplete: { reason: 'spend cap', planned: 200, done: 61 },
  },
})

const firstRun = report({
  verdict: {
    outcome: 'pass',
    blocks: false,
    headline: 'support-answers ran on the head alone (no base): score 88.',
    findings: [
      finding({
        rule: 'no-base',
        level: 'note',
        message: 'The base has no such eval set: the head ran alone, and no drop can be seen.',
        threshold: null,
        value: null,
        remedy: 'From the merge on, changes are compared with it.',
        evidence: [],
      }),
    ],
  },
  evalSets: [
    evalSet({
      rule: 'no-base',
      score: estimate(null, 88),
      maxDropPoints: null,
      gates: [],
      model: { base: null, head: 'openai/gpt-4.1-2025-04-14' },
      promptHash: { base: null, head: 'cccc3333dddd4444' },
      cost: { ...priced, perRequestUsd: { ...NO_USD, head: '0.00239' } },
      prompts: null,
      evidence: 'The head ran alone on 100 cases.',
      proposedGates: 'gates:\n  max_drop_points: 5\n  min_score: 75\n  cost: { max_ratio: 1.2 }',
    }),
  ],
  uncovered: [
    {
      kind: 'prompt',
      path: 'prompts/legal.md',
      line: 3,
      symbol: 'SYSTEM',
      evalSets: [],
      covered: false,
      why: 'no eval set renders it',
    },
  ],
})

const waived = report({
  verdict: {
    outcome: 'pass',
    blocks: false,
    headline:
      'Accepted by @acme/leads until 2026-12-31 (launch): the pass rate drops by 8 points. Passes with a waiver.',
    findings: [
      finding({
        rule: 'waived',
        level: 'note',
        message: 'Accepted by @acme/leads until 2026-12-31 (launch): the pass rate drops by 8 points.',
        place: { path: 'waivers.yaml', line: 3, column: 1 },
      }),
    ],
  },
  evalSets: [
    evalSet({ outcome: 'warn', gates: [row({ head: '83', change: '-8 points (-13.3 to -2.7)', status: 'warn' })] }),
  ],
})

const manySets = report({
  verdict: {
    outcome: 'fail',
    blocks: false,
    headline:
      '12 of 40 eval sets fail. Fails: 9 of 100 cases broke in set-00, score 91 to 83 (-8 points; limit -5). Report mode: the check stays green.',
    findings: Array.from({ length: 12 }, (_, index) => finding({ evalSet: `set-${String(index).padStart(2, '0')}` })),
  },
  evalSets: Array.from({ length: 40 }, (_, index) => manySet(index)),
})

function manySet(index: number): EvalSetReport {
  const outcome = index < 12 ? 'fail' : index < 14 ? 'inconclusive' : index === 14 ? 'not-comparable' : 'pass'
  const status = outcome === 'not-comparable' ? 'not-measured' : outcome
  return evalSet({
    name: `set-${String(index).padStart(2, '0')}`,
    mode: 'report',
    outcome,
    score: estimate(91, outcome === 'fail' ? 83 - index / 10 : 91, 4),
    gates: [row({ status, change: outcome === 'fail' ? `-${8 + index / 10} points` : '0 points' })],
    flips: outcome === 'fail' ? [flip(`case-${index}`, { trace: { base: 'retrieved: atlas', head: null } })] : [],
  })
}

const LONG = 'The parcel is on its way and should arrive within the next few days, as the carrier has told us. '.repeat(
  30,
)

/** 3,000 flips with long answers, hundreds of slices, many findings. */
export const huge = report({
  verdict: {
    outcome: 'fail',
    blocks: true,
    headline:
      'Fails: 2,400 of 3,000 cases broke and 600 got better in support-answers, score 91 to 31 (-60 points; limit -5).',
    findings: Array.from({ length: 60 }, (_, index) => finding({ message: `${index}: ${LONG}`, remedy: LONG })),
  },
  evalSets: [
    evalSet({
      outcome: 'fail',
      cases: { paired: 3000, identical: 0, added: 0, removed: 0, edited: 0, missing: 0 },
      gates: [
        row({ status: 'fail', head: '31', change: '-60 points (-62 to -58)' }),
        ...Array.from({ length: 30 }, (_, index) =>
          row({
            rule: 'slice-drop',
            metric: `topic=t${index}`,
            change: '-60 points',
            status: index < 14 ? 'fail' : 'pass',
          }),
        ),
      ],
      flips: Array.from({ length: 3000 }, (_, index) =>
        flip(`case-${index}`, {
          kind: index < 2400 ? 'broken' : 'fixed',
          base: `${index} ${LONG}`,
          head: `${LONG} ${index}`,
          why: LONG,
          input: LONG,
        }),
      ),
      slices: Array.from({ length: 400 }, (_, index) => ({
        dimension: 'topic',
        value: `t${index}`,
        n: 8,
        score: estimate(91, 31, 9),
        status: 'outside-noise' as const,
        limit: null,
      })),
      missing: Array.from({ length: 500 }, (_, index) => ({ caseId: `m-${index}`, why: LONG })),
    }),
  ],
})

const shard = report({
  shard: { index: 2, of: 4 },
  verdict: {
    outcome: 'inconclusive',
    blocks: false,
    headline: 'Shard 2/4, not decided here: 26 of 100 cases are its part; the verdict is that of the merge.',
    findings: [],
  },
  evalSets: [
    evalSet({
      outcome: 'inconclusive',
      rule: null,
      gates: [],
      slices: [],
      scorers: [],
      flips: [],
      evidence: 'A part of the eval set: 26 of 100 cases. Its figures are of these alone.',
    }),
  ],
  routes: [],
})

const joined = report({
  ...notMeasured,
  verdict: {
    outcome: 'not-measured',
    blocks: true,
    headline: 'Not measured: shard 3/4 is missing; its cases were not measured.',
    findings: [
      finding({
        rule: 'not-measured',
        level: 'warn',
        evalSet: null,
        message: 'shard 3/4 is missing; its cases were not measured.',
        threshold: null,
        value: null,
        remedy: 'Run that shard again, and then the merge; the other shards are kept.',
        evidence: [],
      }),
    ],
  },
  run: {
    ...report().run,
    shards: { of: 4, missing: [3] },
    incomplete: { reason: 'shard 3/4 is missing', planned: 200, done: 151 },
  },
})

const UNLISTED = { broken: 5200, fixed: 12, flaky: 0, cleared: 0, edited: 0, added: 1, removed: 0, missing: 7 }

/** More cases than a report lists. */
const manyCases = report({
  evalSets: [
    evalSet({
      ...{ outcome: 'fail', unlisted: UNLISTED },
      flips: [flip('c1'), flip('c2')],
      added: [{ caseId: 'new', base: null, head: 100 }],
      missing: [{ caseId: 'lost', why: 'timeout' }],
    }),
  ],
})

const shift = { what: 'output-tokens', ratio: 1.31, low: 1.2, high: 1.43, p: 0.0001, moved: true } as const
const FELL_AT = '2026-11-20T05:17:00Z'

/** A scheduled run with everything that it may say. */
export const scheduled = report({
  pair: 'today',
  changes: [],
  verdict: { outcome: 'pass', blocks: false, headline: 'Drift: support-answers scores 82.7.', findings: [] },
  drift: driftReport(
    [
      driftSet({
        live: { model: 'openai/gpt-4.1', delta: -6, low: -11, high: -1, worse: true },
        shifts: [shift, { ...shift, what: 'latency', moved: false }],
      }),
      calm({ evalSet: 'triage', live: { model: 'openai/gpt-4.1', delta: 1, low: -3, high: 5, worse: false } }),
      calm({ evalSet: 'refunds', state: 'suspect', since: FELL_AT, z: 2.4, confirmedZ: 0.3 }),
      calm({ evalSet: 'returns', state: 'recovered' }),
      calm({ evalSet: 'intents', state: 'baseline', z: null, cusum: null, trend: [90] }),
      calm({
        ...{ evalSet: 'lost', state: 'not-measured', why: '40 of 40 cases have no result: no connection', score: null },
        ...{
          z: null,
          cusum: null,
          baseline: null,
          live: { model: 'm', delta: null, low: null, high: null, worse: false },
        },
      }),
    ],
    {
      events: [
        {
          kind: 'model',
          evalSet: 'support-answers',
          at: FELL_AT,
          message: 'The provider answered as gpt-4.1-2026-11-19.',
        },
        { kind: 'history', evalSet: null, at: FELL_AT, message: 'The branch was rewound; 3 records were put back.' },
      ],
      fallbacks: [
        { evalSet: 'support-answers', model: 'openai/gpt-4o-mini', score: 70.5, holds: false },
        { evalSet: 'triage', model: 'openai/gpt-4o-mini', score: 91, holds: true },
        { evalSet: 'lost', model: 'openai/gpt-4o-mini', score: null, holds: null },
      ],
      forecasts: [
        {
          ...{ route: 'support', commit: 'a1b2c3d4'.repeat(5), pr: 41, source: 'billed', path: 'usage.jsonl' },
          ...{ from: '2026-10-02T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', ratio: 1.48, off: true },
          ...{ projectedUsd: '1000', calibratedUsd: '1080', actualUsd: '1480', factor: 1.35, doubtful: false },
          requests: { assumed: 3_000_000, actual: 3_300_000 },
          change: { projectedUsd: '100', actualUsd: '580' },
        },
        {
          ...{ route: 'triage', commit: 'b'.repeat(40), pr: null, source: 'profile', path: 'traffic.jsonl' },
          ...{ from: '2026-10-02T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z', ratio: 1.02, off: false },
          ...{ projectedUsd: '40', calibratedUsd: null, actualUsd: '40.8', factor: null, doubtful: false },
          requests: null,
          change: null,
        },
      ],
      nextShutdown: {
        model: 'openai/gpt-4.1',
        date: '2027-01-14',
        precision: 'exact',
        evalSets: ['support-answers', 'triage'],
      },
      history: {
        state: 'refused',
        branch: 'prompt-parity-history',
        why: 'the token may not write',
        files: '.parity/report/history',
      },
      issue: { number: 12, url: 'https://github.com/acme/app/issues/12', status: 'updated', note: null },
    },
  ),
})

/** Small drops that added up since a release, on a day on which the provider moved. */
const eroded = report({
  verdict: {
    outcome: 'fail',
    blocks: true,
    headline: 'Fails: support-answers: -2.5 here, -7.8 since v2.4 (limit 5 points); 96 cases are what they were.',
    findings: [
      finding({
        rule: 'erosion',
        message:
          '-2.5 here, -7.8 since v2.4 (limit 5 points); 96 cases are what they were, 4 cases left out as new or edited since; one run then, 2 rounds of the head now.',
        threshold: '-5 points',
        value: '-7.8 points (-9.9 to -5.7)',
        remedy:
          'Win back what was lost since v2.4 (`git diff 0f9e8d7c6b5a`), or accept the present level: the next release does.',
        evidence: ['refund-2', 'refund-9'],
      }),
      finding({
        rule: 'provider-moved',
        level: 'warn',
        message:
          'The provider moved since 2026-11-17, not you: the base of this change scores 84 in 100 cases, and scored 95.7 with the same requests until then (up to 3 stored runs a case, p = .0002).',
        threshold: null,
        value: null,
        remedy: 'Both sides were asked today, so the comparison of this change holds.',
        evidence: ['refund-4'],
      }),
    ],
  },
  evalSets: [
    evalSet({
      outcome: 'fail',
      gates: [
        row(),
        row({
          ...{ rule: 'erosion', metric: 'since v2.4', base: '91.3', head: '83.5' },
          ...{ change: '-7.8 points (-9.9 to -5.7)', status: 'fail' },
        }),
      ],
      past: {
        trend: {
          ...{ scores: [91.3, 91, 89.5, 89.8, 86.2], merges: 3 },
          ...{ from: '2026-10-02T05:10:00Z', to: '2026-11-20T12:00:00Z' },
        },
        noisePoints: 1.4,
        since: {
          ...{ anchor: 'v2.4', commit: '0f9e8d7c6b5a49382716', at: '2026-10-02T05:10:00Z', matched: 96, unmatched: 4 },
          ...{ score: estimate(91.3, 83.5), proven: true },
        },
        moved: { since: '2026-11-17T05:10:00Z', before: 95.7, now: 84, cases: 100, p: 0.0002, evidence: ['refund-4'] },
      },
    }),
  ],
})

/** The samples that have golden files, by name. */
export const samples: { readonly [name: string]: Report } = {
  regression,
  parity,
  improvement,
  'cost-breach': costBreach,
  'pin-change': pinChange,
  'nothing-affected': nothingAffected,
  planned,
  'not-measured': notMeasured,
  'first-run': firstRun,
  waived,
  'many-sets': manySets,
  shard,
  joined,
  'many-cases': manyCases,
  eroded,
}
