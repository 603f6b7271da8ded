// What a drift run writes down of one eval set. Pure.

import { caseMark, inOrder, measureOf } from './key.ts'
import { levelsOf } from './levels.ts'
import { recordId } from './lines.ts'
import { figuresOfPasses, type Pass, whyUnmeasured } from './passes.ts'
import type { HistoryRecord, KeyRecord, RunRecord, RunRole } from './records.ts'
import type { Made, Run, SetJob } from './set-run.ts'

export function keyRecord({ plan, key }: Pick<SetJob, 'plan' | 'key'>, run: Pick<Run, 'at' | 'config'>): KeyRecord {
  const { at, config } = run
  return {
    ...{ v: 1, kind: 'key', id: recordId('key', plan.name, key, config), at, config, evalSet: plan.name, key },
    compare: plan.head.compare,
    cases: inOrder(plan).map(({ kase }) => caseMark(kase)),
    measure: measureOf(plan),
  }
}

type RunOf = { readonly role: RunRole; readonly run: Run; readonly model?: string; readonly index?: number }

export function runRecord({ job }: Made, pass: Pass, { role, run, model, index = 0 }: RunOf): RunRecord {
  const { plan, key } = job
  const { target } = plan.head
  const asked = model ?? target.model ?? null
  return {
    ...{ v: 1, kind: 'run', id: recordId('run', role, plan.name, key, asked ?? '', run.at, index, run.config) },
    ...{ at: run.at, config: run.config, role, evalSet: plan.name, key, model: asked, commit: run.commit },
    prompt: target.kind === 'prompt' ? target.prompt.hash : null,
    figures: figuresOfPasses([pass]),
    levels: levelsOf(pass.cases.map(({ level }) => level)),
    ...(run.runUrl === null ? {} : { runUrl: run.runUrl }),
  }
}

export function liveRecords(made: Made, run: Run): readonly HistoryRecord[] {
  const { live, job } = made
  if (live === null || job.live === null || whyUnmeasured(live) !== null) return []
  return [runRecord(made, live, { role: 'live', run, model: job.live.model })]
}

export function fallbackRecords(made: Made, run: Run): readonly HistoryRecord[] {
  return made.fallbacks
    .filter(({ pass }) => whyUnmeasured(pass) === null)
    .map(({ model, pass }) => runRecord(made, pass, { role: 'fallback', run, model }))
}
