// The renderings of a comparison of models.

import type { Renderers } from '../../render.ts'
import { renderHtml } from '../html.ts'
import { COMMENT_BYTES } from '../markdown.ts'
import { CHART_STYLE, candidatesHtml } from './html.ts'
import { candidatesMarkdown } from './markdown.ts'
import type { CandidatesReport } from './report.ts'
import { candidatesText } from './text.ts'

export function candidatesRenderers(found: CandidatesReport): Renderers {
  return {
    text: (report, options) => candidatesText(report, report.candidates ?? found, options),
    comment: (report, marker) =>
      candidatesMarkdown(report, report.candidates ?? found, {
        bytes: COMMENT_BYTES,
        ...(marker === undefined ? {} : { marker }),
      }),
    summary: (report) => candidatesMarkdown(report, report.candidates ?? found),
    html: (report) =>
      renderHtml(report, { lead: candidatesHtml(report.candidates ?? found, report), style: CHART_STYLE }),
  }
}
